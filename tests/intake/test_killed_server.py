"""A server killed in the middle of a push: the same push again, and every item is there once."""

import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Submission, TrackBatch, Visit
from app.kit import clock
from app.kit.ids import uuid7
from app.settings import Settings
from tests.city import PASSWORD, City
from tests.intake.handset import GRID, batch, item

PATIENCE_S = 60.0
KILLS = 6


@dataclass(frozen=True)
class Work:
    """What a handset has to send."""

    items: list[dict[str, Any]]
    tracks: list[dict[str, Any]]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(database: Settings, port: int, root: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real server process over the test's database."""
    environment = os.environ | {"DATABASE_URL": database.database_url, "GRID_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, cwd=root) as process:
        try:
            wait_until_alive(port)
            yield process
        finally:
            process.kill()


def wait_until_alive(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not start")


def sign_in(port: int, city: City, device: str) -> dict[str, str]:
    body = {
        "phone": city.phones[GRID],
        "password": PASSWORD,
        "device": {"id": device, "model": "test", "app_version": "1.0.0"},
    }
    answer = httpx.post(f"http://127.0.0.1:{port}/v1/tokens", json=body, timeout=PATIENCE_S)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def send(
    port: int, headers: dict[str, str], path: str, body: dict[str, Any]
) -> dict[str, Any] | None:
    """The answer, or none if the server died first."""
    url = f"http://127.0.0.1:{port}{path}"
    try:
        answer = httpx.post(url, json=body, headers=headers, timeout=PATIENCE_S)
    except httpx.TransportError:
        return None
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def push_of(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"batch_id": str(uuid7(clock.now())), "sent_at": clock.now().isoformat(), "items": items}


def send_until_killed(
    server: tuple[Settings, Path], city: City, device: str, work: Work, after_s: float
) -> list[dict[str, Any]] | None:
    """All of the work against a server that is killed meanwhile; the results it promised."""
    port = free_port()
    with serving(server[0], port, server[1]) as process:
        headers = sign_in(port, city, device)
        killer = threading.Timer(after_s, process.kill)
        killer.start()
        for track in work.tracks:
            send(port, headers, "/v1/tracks", track)
        answer = send(port, headers, "/v1/push", push_of(work.items))
        killer.join()
    return answer["results"] if answer else None


def send_all(server: tuple[Settings, Path], city: City, device: str, work: Work) -> set[str]:
    """All of the work against a server that lives: every status that was answered."""
    port = free_port()
    with serving(server[0], port, server[1]):
        headers = sign_in(port, city, device)
        answers = [send(port, headers, "/v1/tracks", track) for track in work.tracks]
        pushed = send(port, headers, "/v1/push", push_of(work.items))
    assert pushed is not None
    return {found["status"] for found in [*pushed["results"], *filter(None, answers)]}


def test_kill_9_in_the_middle_of_a_push(
    database: Settings, db: Session, city: City, root: Path
) -> None:
    chance = random.Random(7)
    server, device = (database, root), str(uuid4())
    work = Work([item("visit") for _ in range(120)], [batch(20) for _ in range(8)])
    interrupted = 0
    for _ in range(KILLS):
        promised = send_until_killed(server, city, device, work, chance.uniform(0.02, 0.5))
        interrupted += promised is None
        db.rollback()
        stored = {str(key) for key in db.scalars(select(Submission.id))}
        assert {found["id"] for found in promised or []} <= stored
    assert interrupted
    assert send_all(server, city, device, work) <= {"created", "duplicate"}
    db.rollback()
    assert sorted(map(str, db.scalars(select(Visit.id)))) == sorted(
        made["id"] for made in work.items
    )
    assert db.scalar(select(func.count()).select_from(Submission)) == len(work.items)
    assert db.scalar(select(func.count()).select_from(TrackBatch)) == len(work.tracks)
