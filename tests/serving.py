"""A real server process over a test database, on a free loopback port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from app.settings import ROOT, Settings


@dataclass
class Server:
    """A process that serves, and where it answers."""

    process: subprocess.Popen[bytes]
    url: str


@contextmanager
def serving(settings: Settings, *, workers: int = 1, **environment: str) -> Iterator[Server]:
    """Serve until the block ends; what is given in `environment` is set for the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve", "--port", str(port), "--workers", str(workers)],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": settings.database_url,
            "GRID_JOBS": "false",
            "GRID_LOG_LEVEL": "WARNING",
            **environment,
        },
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _await_answer(process, url)
        yield Server(process, url)
    finally:
        process.terminate()
        process.wait(20)


def _await_answer(process: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server ended before it answered"
        try:
            if httpx.get(f"{url}/readyz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError(url)
