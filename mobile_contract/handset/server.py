"""A server of the simulation's own: on a free port, told what time it is, ended afterwards."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from time import monotonic
from typing import IO

import httpx

from mobile_contract.handset.door import client

ROOT = Path(__file__).resolve().parents[2]
TIED = ROOT / "app" / "bootstrap" / "tied.py"
"""Ends what it runs when this process ends, however it ends."""
READY_S = 90.0
BETWEEN_LOOKS_S = 0.1
BEFORE_ALL = "2017-09-01T00:00:00+00:00"


class DidNotStart(Exception):
    """The server ended or stayed silent."""


@dataclass(frozen=True)
class OwnServer:
    """Where it answers, and the file that tells it the time."""

    base_url: str
    clock: Path


@asynccontextmanager
async def own_server() -> AsyncIterator[OwnServer]:
    """The service of this checkout over the database that the environment names."""
    with TemporaryDirectory(prefix="grid-simulation-") as folder, TemporaryFile() as log:
        clock = Path(folder) / "clock"
        clock.write_text(BEFORE_ALL, encoding="ascii")
        port = free_port()
        process = _start(port, clock, log)
        try:
            server = OwnServer(f"http://127.0.0.1:{port}", clock)
            await _until_ready(server, process, log)
            yield server
        finally:
            process.terminate()
            process.wait()


def _start(port: int, clock: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    variables = {
        "GRID_DEMO": "true",
        "GRID_CLOCK_FILE": str(clock),
        "GRID_REQUESTS_PER_MINUTE": "1000000",
        "GRID_JOBS": "false",
    }
    serve = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, str(TIED), *serve],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
    )


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _until_ready(server: OwnServer, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    deadline = monotonic() + READY_S
    async with client(server.base_url) as http:
        while process.poll() is None and monotonic() < deadline:
            if await is_ready(http):
                return
            await asyncio.sleep(BETWEEN_LOOKS_S)
    log.seek(0)
    raise DidNotStart(log.read().decode(errors="replace")[-4000:] or "the server stayed silent")


async def is_ready(http: httpx.AsyncClient) -> bool:
    """Whether a server answers and has its database."""
    try:
        return (await http.get("/readyz")).is_success
    except httpx.TransportError:
        return False


async def machine_time(http: httpx.AsyncClient) -> datetime:
    """The time by the clock of the server's machine, to the second."""
    answer = await http.get("/healthz")
    return parsedate_to_datetime(answer.headers["date"])
