"""The contenders' servers: uvicorn with two processes each, over the same fresh database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from app.settings import ROOT, Settings

PROCESSES = "2"
OURS = ["app.cli", "serve", "--workers", PROCESSES]
PATIENCE_S = 60


def factory(name: str) -> list[str]:
    """A yardstick, served as ours is."""
    quiet = ["--no-access-log", "--log-level", "warning"]
    return [
        "uvicorn",
        f"tests.load.{name}:application",
        "--factory",
        "--workers",
        PROCESSES,
        *quiet,
    ]


@contextmanager
def serving(module: Sequence[str], settings: Settings, secret: str) -> Iterator[int]:
    """Serve on a free loopback port until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", *module, "--port", str(port)],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": settings.libpq_url,
            "GRID_SECRET_KEY": secret,
            "GRID_JOBS": "false",
            "GRID_LOG_LEVEL": "WARNING",
            "GRID_REQUESTS_PER_MINUTE": "1000000000",
            "GRID_REQUIRE_SECOND_FACTOR": "false",
        },
    )
    try:
        _await_answer(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _await_answer(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended before it answered"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(port)
