"""Lines such as `[2/5] Installing Python packages … 23 s`."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

TICK_SECONDS = 1.0
HEARTBEAT_SECONDS = 15.0


def spent(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004


class Progress:
    """Counts steps and shows how long each takes.

    A terse one says only what took longer than a second, for commands whose own output matters.
    """

    def __init__(self, total: int, *, terse: bool = False, stream: TextIO | None = None) -> None:
        self._total = total
        self._terse = terse
        self._stream = stream or sys.stderr
        self._number = 0

    @contextmanager
    def step(self, title: str, *, loud: bool = False) -> Iterator[None]:
        """One step; a loud one prints lines of its own, so nothing is redrawn under them."""
        self._number += 1
        label = f"[{self._number}/{self._total}] {title} …"
        began = time.monotonic()
        done = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(label, began, done), daemon=True)
        if loud:
            self._write(f"{label}\n")
        else:
            ticker.start()
        ended = "stopped after"
        try:
            yield
            ended = ""
        finally:
            done.set()
            if not loud:
                ticker.join()
            self._finish(f"{label} {ended}".rstrip(), time.monotonic() - began)

    def say(self, text: str) -> None:
        self._write(f"{self._fresh_line()}{text}\n")

    def _finish(self, label: str, seconds: float) -> None:
        if self._terse and seconds < TICK_SECONDS:
            return
        self._write(f"{self._fresh_line()}{label} {spent(seconds)}\n")

    def _tick(self, label: str, began: float, done: threading.Event) -> None:
        on_terminal = self._stream.isatty()
        if on_terminal and not self._terse:
            self._write(label)
        while not done.wait(TICK_SECONDS if on_terminal else HEARTBEAT_SECONDS):
            end = "" if on_terminal else "\n"
            self._write(f"{self._fresh_line()}{label} {time.monotonic() - began:.0f} s{end}")

    def _fresh_line(self) -> str:
        return "\r\x1b[K" if self._stream.isatty() else ""

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
