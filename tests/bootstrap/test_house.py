"""What has to hold before anything is installed."""

import ast
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.bootstrap.checkout import HERE

FIRST_TO_RUN = [
    HERE.root / "app" / "__init__.py",
    HERE.root / "app" / "__main__.py",
    *sorted((HERE.root / "app" / "bootstrap").glob("*.py")),
]


def imported(source: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names |= {node.module}
    return names


@pytest.mark.parametrize("source", FIRST_TO_RUN, ids=lambda p: p.name)
def test_a_stock_python_can_import_it(source: Path) -> None:
    foreign = {
        name
        for name in imported(source)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not name.startswith("app.bootstrap")
    }
    assert foreign <= ({"app"} if source.name == "__init__.py" else set())


def test_the_parser_above_sees_imports() -> None:
    assert "app.bootstrap.commands" in imported(HERE.root / "app" / "__main__.py")
    assert "numpy" in imported(HERE.root / "app" / "rules" / "field_time.py")


def test_ci_runs_the_test_command_and_nothing_else() -> None:
    script = HERE.root / ".ci" / "run"
    assert stat.S_IMODE(script.stat().st_mode) & stat.S_IXUSR
    shebang, *lines = script.read_text(encoding="utf-8").splitlines()
    assert shebang == "#!/usr/bin/env bash"
    assert [line for line in lines if line] == [
        "set -euo pipefail",
        'cd "$(dirname "${BASH_SOURCE[0]}")/.."',
        "exec python3 -m app test",
    ]


def ask(*arguments: str) -> subprocess.CompletedProcess[str]:
    isolated = [sys.executable, "-S", "-m", "app", *arguments]
    return subprocess.run(isolated, cwd=HERE.root, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",), ("help",)])
def test_without_a_command_all_of_them_are_listed(arguments: tuple[str, ...]) -> None:
    done = ask(*arguments)
    assert done.returncode == 0
    offered = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")}
    asked_for = "up down test migrate demo backup restore judge rules simulate import load"
    assert set(asked_for.split()) <= offered


@pytest.mark.parametrize("command", ["up", "down", "test", "backup", "restore", "exec"])
def test_help_sets_nothing_up(command: str) -> None:
    done = ask(command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("usage: python3 -m app " + command)
    assert done.stderr == ""


def test_an_unknown_option_is_refused_before_anything_is_set_up() -> None:
    done = ask("up", "--prot", "1")
    assert done.returncode == 2
    assert "--prot" in done.stderr
