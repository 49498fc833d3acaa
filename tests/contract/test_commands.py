"""Every command of the table is there, and says what it does."""

import pytest
from typer.testing import CliRunner

from app.cli import COMMANDS, cli


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_does(name: str) -> None:
    shown = CliRunner().invoke(cli, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert "Usage:" in shown.output


def test_help_lists_all_commands() -> None:
    shown = CliRunner().invoke(cli, ["--help"])
    assert shown.exit_code == 0
    assert all(name in shown.output for name in COMMANDS)


def test_a_command_that_is_none_is_refused() -> None:
    assert CliRunner().invoke(cli, ["nothing"]).exit_code == 2
