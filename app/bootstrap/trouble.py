"""What ends a command with an explanation instead of a traceback."""

import shlex
from collections.abc import Sequence
from pathlib import Path

FAILED = 1
ASK_A_PERSON = 2


class Trouble(Exception):
    """Something could not be had; the message tells a person what to do."""

    def __init__(self, message: str, exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def please_type(reason: str, *commands: Sequence[str]) -> Trouble:
    """Names the exact commands that a person has to type."""
    as_root = "" if any(c[0] == "sudo" for c in commands) else " as root"
    lines = [f"{reason} Please type{as_root}:", "", *(f"    {shlex.join(c)}" for c in commands), ""]
    return Trouble("\n".join([*lines, "and then repeat this command."]), ASK_A_PERSON)


def log_tail(log: Path, lines: int = 20) -> str:
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
