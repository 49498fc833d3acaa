"""The commands behind `python3 -m app`; each is loaded only when it is asked for."""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command
from typing_extensions import override

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "serve": "app.serving:serve",
        "work": "app.jobs.commands:work",
        "migrate": "app.jobs.commands:migrate",
        "check-migrations": "app.jobs.commands:check_migrations",
        "new-epoch": "app.jobs.commands:new_epoch",
        "judge": "app.counsel:judge",
        "rules": "app.counsel:rules",
        "demo": "app.demo.command:load_demo",
        "import": "app.people.importing.command:import_city",
        "first-administrator": "app.people.importing.command:first_administrator",
        "simulate": "mobile_contract.handset.command:simulate",
        "platform-stub": "app.standin.command:platform_stub",
        "appraise": "app.appraisal.running:appraise",
        "detect": "app.conduct.command:detect_month",
        "payroll": "app.pay.command:payroll",
        "contract": "app.serving:write_contract",
    }
)
"""By name, the module and the function of it that does it."""


class Commands(TyperGroup):
    """The table as a group of commands."""

    @override
    def list_commands(self, ctx: object) -> list[str]:
        """In the order of the table."""
        return list(COMMANDS)

    @override
    def get_command(self, ctx: object, cmd_name: str) -> TyperCommand | None:
        """The one that was asked for, loaded now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name].partition(":")
        one = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        one.command(cmd_name)(getattr(import_module(module), function))
        found = get_command(one)
        assert isinstance(found, TyperCommand)
        return found


cli = typer.Typer(
    cls=Commands, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False
)


@cli.callback()
def commands() -> None:
    """网格员后台 · Grid workers of Jianyang."""


if __name__ == "__main__":
    cli(prog_name="python3 -m app")
