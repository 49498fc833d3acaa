"""`test`: every check and test, and which of them failed."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from app.bootstrap import tenancy
from app.bootstrap.checkout import HERE
from app.bootstrap.children import run_child
from app.bootstrap.handover import SETTING_UP_STEPS, ensure_python, run_application
from app.bootstrap.progress import Progress, spent

STATIC: dict[str, tuple[str, ...]] = {
    "format": ("ruff", "format", "--check", "."),
    "lint": ("ruff", "check", "."),
    "types": ("mypy",),
    "imports": ("lint-imports",),
}
EVERYTHING = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
"""All tests, a process for each core, each with databases of its own."""
HELP = """\
usage: python3 -m app test [pytest's arguments]

Run every check (format, lint, types, imports, migrations) and all tests;
with arguments, only pytest with them.
"""


@dataclass(frozen=True)
class Outcome:
    name: str
    code: int
    seconds: float


def test(arguments: Sequence[str]) -> int:
    if list(arguments) in (["--help"], ["-h"]):
        print(HELP)
        return 0
    checks = 1 if arguments else len(STATIC) + 2
    progress = Progress(SETTING_UP_STEPS + checks)
    ensure_python(progress, testing=True)
    with tenancy.database(HERE, progress) as url:
        outcomes = [] if arguments else run_checks(progress, url)
        outcomes.append(_timed(progress, "pytest", partial(_pytest, arguments, url)))
    print(summary(outcomes), flush=True)
    return next((o.code for o in outcomes if o.code != 0), 0)


def run_checks(progress: Progress, url: str) -> list[Outcome]:
    outcomes = [
        _timed(progress, name, partial(_tool, *command)) for name, command in STATIC.items()
    ]
    return [*outcomes, _timed(progress, "migrations", partial(check_migrations, url))]


def check_migrations(url: str) -> int:
    """In a database of its own: from nothing to the newest revision, which the models must say."""
    return run_application(["check-migrations"], url)


def summary(outcomes: Sequence[Outcome]) -> str:
    times = ", ".join(f"{o.name} {spent(o.seconds)}" for o in outcomes)
    failed = [o.name for o in outcomes if o.code != 0]
    verdict = f"FAILED: {', '.join(failed)}" if failed else "All checks are green"
    return f"{verdict} ({times})"


def _timed(progress: Progress, name: str, check: Callable[[], int]) -> Outcome:
    began = time.monotonic()
    with progress.step(name, loud=True):
        code = check()
    return Outcome(name, code, time.monotonic() - began)


def _tool(name: str, *arguments: str) -> int:
    return run_child([str(HERE.venv / "bin" / name), *arguments])


def _pytest(arguments: Sequence[str], url: str) -> int:
    command = [str(HERE.python), "-m", "pytest", *(arguments or EVERYTHING)]
    return run_child(command, {"DATABASE_URL": url})
