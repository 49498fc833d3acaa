"""A worker that runs beside the server and ends with it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from app.bootstrap import tied
from app.settings import ROOT, Settings

END_S = 15


@contextmanager
def worker_beside(settings: Settings) -> Iterator[None]:
    """`python -m app.cli work` as a child, unless GRID_JOBS=false says that it runs elsewhere."""
    if not settings.jobs:
        yield
        return
    command = [sys.executable, str(tied.__file__), sys.executable, "-m", "app.cli", "work"]
    worker = subprocess.Popen(command, cwd=ROOT)  # noqa: S603 - our own command
    try:
        yield
    finally:
        worker.terminate()
        try:
            worker.wait(END_S)
        except subprocess.TimeoutExpired:
            worker.kill()
