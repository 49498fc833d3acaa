"""What `python3 -m app` offers, and what each command needs before it can run."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from app.bootstrap import tenancy
from app.bootstrap.checkout import HERE
from app.bootstrap.checks import test
from app.bootstrap.children import run_child
from app.bootstrap.copies import backup, restore
from app.bootstrap.handover import SETTING_UP_STEPS, ensure_python, run_application
from app.bootstrap.progress import Progress
from app.bootstrap.serving import down, up
from app.bootstrap.trouble import ASK_A_PERSON, Trouble


class Need(Enum):
    PYTHON = "the virtual environment"
    DATABASE = "the virtual environment and the database"


@dataclass(frozen=True)
class Command:
    summary: str
    run: Callable[[Sequence[str]], int] | None = None
    """None for what the application itself does."""
    need: Need = Need.DATABASE


def with_database(arguments: Sequence[str]) -> int:
    """Runs any command line with DATABASE_URL set."""
    command = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    if not command or command in (["--help"], ["-h"]):
        print("usage: python3 -m app exec COMMAND…\n\nRun COMMAND with DATABASE_URL set.")
        return 0
    progress = Progress(SETTING_UP_STEPS, terse=True)
    ensure_python(progress)
    with tenancy.database(HERE, progress) as url:
        return run_child(command, {"DATABASE_URL": url})


def load(arguments: Sequence[str]) -> int:
    """Runs the load table, which lives beside the tests and not in the application."""
    command = [str(HERE.python), "-m", "tests.load", *arguments]
    progress = Progress(SETTING_UP_STEPS, terse=True)
    ensure_python(progress)
    if FOR_HELP & set(arguments):
        return run_child(command)
    with tenancy.database(HERE, progress) as url:
        return run_child(command, {"DATABASE_URL": url})


COMMANDS: dict[str, Command] = {
    "up": Command("set up what is missing, load the demo city, serve (--detach: go on alone)", up),
    "down": Command("end the server and the private database that `up` started", down),
    "test": Command("run every check and test; with arguments only pytest with them", test),
    "migrate": Command("bring the database's schema up to date"),
    "demo": Command("load the demo city anew"),
    "import": Command("load a city's own units, grids and workers, all or nothing"),
    "backup": Command("write a copy of the whole database into FILE", backup),
    "restore": Command("put the copy in FILE in the database's place, all or nothing", restore),
    "simulate": Command("drive the running API as handsets do"),
    "platform-stub": Command(
        "stand in for a platform, well or badly behaved on command", need=Need.PYTHON
    ),
    "judge": Command("judge cases from files and compare with what they expect", need=Need.PYTHON),
    "rules": Command("list rules, clauses, values and since when", need=Need.PYTHON),
    "contract": Command("write mobile_contract/ anew from the code"),
    "load": Command("measure speed and size, and print the table", load),
    "exec": Command("run a command line with DATABASE_URL set", with_database),
}
FOR_HELP = {"--help", "-h"}


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] in {*FOR_HELP, "help"}:
        print(overview())
        return 0
    try:
        return run(arguments[0], arguments[1:])
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return trouble.exit_code
    except PermissionError as error:
        print(f"\n{error}. This checkout may belong to another account.", file=sys.stderr)
        return ASK_A_PERSON
    except KeyboardInterrupt:
        return 130


def run(name: str, arguments: Sequence[str]) -> int:
    command = COMMANDS.get(name, Command(""))
    if command.run is not None:
        return command.run(arguments)
    progress = Progress(SETTING_UP_STEPS, terse=True)
    ensure_python(progress)
    if command.need is Need.PYTHON or FOR_HELP & set(arguments):
        return run_application([name, *arguments])
    with tenancy.database(HERE, progress) as url:
        return run_application([name, *arguments], url)


def overview() -> str:
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {name:{width}}{command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(["usage: python3 -m app COMMAND …", "", *lines, "", AFTERWORD])


AFTERWORD = """\
COMMAND --help says more. DATABASE_URL, when set, names the database to use
instead of the private one under var/."""
