"""Runs a command to its end: it gets the signals meant for it and never outlives this process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

TIED = Path(__file__).with_name("tied.py")
FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_child(command: Sequence[str], variables: Mapping[str, str] | None = None) -> int:
    """The exit code, 128 + n where signal n ended it."""
    tied = [sys.executable, str(TIED), *command]
    environment = {**os.environ, **(variables or {})}
    with _signals() as received:
        child = subprocess.Popen(tied, env=environment)
        received.begin(child)
        code = child.wait()
    return code if code >= 0 else 128 - code


class Signals:
    """Passes signals on to the child, also those that came while it was being started."""

    def __init__(self) -> None:
        self._early: list[int] = []
        self._child: subprocess.Popen[bytes] | None = None

    def begin(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        for number in self._early:
            child.send_signal(number)

    def take(self, number: int, _frame: FrameType | None) -> None:
        # Ctrl-C reaches the whole foreground group; a child has it already.
        if self._child is None:
            self._early.append(number)
        elif number != signal.SIGINT or not typed_at_terminal():
            self._child.send_signal(number)


@contextmanager
def _signals() -> Iterator[Signals]:
    received = Signals()
    before = {s: signal.signal(s, received.take) for s in FORWARDED}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def typed_at_terminal() -> bool:
    """Whether this process is in the foreground of a terminal."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
