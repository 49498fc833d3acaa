"""Locks between processes: the kernel drops them when a process ends, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.bootstrap.progress import Progress


class FileLock:
    """An advisory lock on a file, shared or exclusive."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def share(self) -> None:
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def own(self) -> None:
        fcntl.flock(self._handle, fcntl.LOCK_EX)

    def try_own(self) -> bool:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._handle)


@contextmanager
def alone(path: Path, progress: Progress) -> Iterator[None]:
    """Only one run at a time passes here; the others wait and say so."""
    lock = FileLock(path)
    try:
        if not lock.try_own():
            progress.say("Another run is setting up this checkout; waiting for it …")
            lock.own()
        yield
    finally:
        lock.close()
