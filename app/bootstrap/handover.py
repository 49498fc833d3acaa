"""Hands a command over to the application in its virtual environment."""

from collections.abc import Sequence

from app.bootstrap.checkout import HERE
from app.bootstrap.children import run_child
from app.bootstrap.locks import alone
from app.bootstrap.progress import Progress
from app.bootstrap.python_env import RUNTIME, TESTING, ensure_virtualenv
from app.bootstrap.trouble import Trouble

SETTING_UP_STEPS = 3
"""Python packages, finding PostgreSQL, starting it."""


def ensure_python(progress: Progress, *, testing: bool = False) -> None:
    HERE.make_var()
    files = (RUNTIME, TESTING) if testing else (RUNTIME,)
    with (
        alone(HERE.var / "setup.lock", progress),
        progress.step("Installing Python packages"),
    ):
        ensure_virtualenv(HERE, files)


def run_application(arguments: Sequence[str], url: str | None = None) -> int:
    variables = {} if url is None else {"DATABASE_URL": url}
    return run_child([str(HERE.python), "-m", "app.cli", *arguments], variables)


def require(arguments: Sequence[str], url: str, what: str) -> None:
    """Runs a command that the rest depends on."""
    code = run_application(arguments, url)
    if code != 0:
        raise Trouble(f"{what} failed; nothing was started.", code)
