"""INT-2: whatever fails, nothing is lost, nothing comes out of order, doubles have the same key."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.settings import Settings
from app.webhooks.claiming import LEASE
from app.webhooks.delivering import deliver_all
from tests.webhooks.facts import (
    NOON,
    Clock,
    deliver,
    endpoint_of,
    happen,
    make_endpoint,
    post,
    states,
)
from tests.webhooks.receiver import OK, Got, Receiver, Say, receiving

PATIENCE_S = 120.0


def doubles(receiver: Receiver) -> list[Got]:
    """What came again."""
    seen: dict[tuple[str, int], str] = {}
    found = []
    for got in receiver.got:
        place = (got.subject, got.number)
        if place in seen:
            found.append(got)
        assert seen.setdefault(place, got.message_id) == got.message_id, "another key"
    return found


def all_in_order(receiver: Receiver, subjects: int, each: int) -> None:
    expected = {f"s{number}": list(range(1, each + 1)) for number in range(subjects)}
    assert receiver.order() == expected


def test_int_2_a_receiver_down_for_two_days_loses_nothing(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    """A look every 10 minutes; every hour something happens; a neighbour is told all along."""
    with receiving() as neighbour:
        endpoint = make_endpoint(db, receiver.url)
        make_endpoint(db, neighbour.url)
        receiver.behaves = lambda _: Say(hang_up=True)
        for look in range(2 * 24 * 6):
            if look % 6 == 0:
                happen(db, f"s{look // 6 % 8}", at=clock())
            deliver(sessions, clock)
            if look % 6 == 0:
                assert len(neighbour.accepted) == look // 6 + 1, "the neighbour waits for nobody"
            clock.pass_(minutes=10)
        assert receiver.accepted == []
        assert {state for _, _, state, _ in states(db)} == {"succeeded", "pending", "retrying"}
        rested = endpoint_of(db, endpoint).rests_until
        assert rested is not None
        assert rested <= clock() + timedelta(minutes=15)
        receiver.behaves = lambda _: OK
        clock.pass_(minutes=15)
        deliver(sessions, clock)
        all_in_order(receiver, subjects=8, each=6)
        all_in_order(neighbour, subjects=8, each=6)
    assert {state for _, _, state, _ in states(db)} == {"succeeded"}
    assert endpoint_of(db, endpoint).failures == 0


def test_int_2_while_it_is_down_few_attempts_are_made_and_none_dies(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url)
    happen(db, *(f"s{number}" for number in range(100)))
    receiver.behaves = lambda _: Say(503)
    for _ in range(2 * 24 * 4):
        deliver(sessions, clock)
        clock.pass_(minutes=15)
    assert len(receiver.got) < 2 * 24 * 4 + 20, "one probe for each rest"
    assert max(tries for *_, tries in states(db)) < 10


def test_int_2_a_clock_that_jumps_forward_doubles_but_never_disorders(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url)
    happen(db, *(f"s{number % 4}" for number in range(12)))
    first, go = threading.Event(), threading.Event()

    def behaves(got: Got) -> Say:
        del got
        if len(receiver.got) <= 4:
            first.set()
            return Say(wait=go)
        return OK

    receiver.behaves = behaves
    stuck = threading.Thread(target=deliver, args=(sessions, clock))
    stuck.start()
    assert first.wait(PATIENCE_S)
    until(lambda: len(receiver.got) == 4)
    clock.now = NOON + timedelta(days=1)
    deliver(sessions, clock)
    go.set()
    stuck.join()
    deliver(sessions, clock)
    all_in_order(receiver, subjects=4, each=3)
    assert len(doubles(receiver)) == 4
    assert {state for _, _, state, _ in states(db)} == {"succeeded"}


def until(holds: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def test_int_2_connections_that_are_cut_lose_nothing(
    sessions: Sessions, db: Session, database: Settings, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url)
    happen(db, *(f"s{number % 50}" for number in range(300)))
    db.close()
    cuts = 0

    def behaves(got: Got) -> Say:
        nonlocal cuts
        del got
        if len(receiver.got) % 60 == 0:
            cuts += 1
            cut_all(database)
        return OK

    receiver.behaves = behaves
    with post(sessions, clock) as found:
        asyncio.run(deliver_all(found))
    assert cuts >= 5
    all_in_order(receiver, subjects=50, each=6)
    doubles(receiver)
    assert {state for _, _, state, _ in states(db)} == {"succeeded"}


def cut_all(database: Settings) -> None:
    """As when the server restarts."""
    with psycopg.connect(database.libpq_url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )


@contextmanager
def working(database: Settings, root: Path, clock_file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as `python -m app.cli work` starts it, at the time that a file says."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "work"],
        cwd=root,
        env={
            **os.environ,
            "DATABASE_URL": database.database_url,
            "GRID_DEMO": "true",
            "GRID_CLOCK_FILE": str(clock_file),
        },
    )
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


def test_int_2_a_worker_killed_in_mid_delivery_loses_nothing(
    db: Session, database: Settings, receiver: Receiver, root: Path, tmp_path: Path
) -> None:
    make_endpoint(db, receiver.url)
    happen(db, *(f"s{number % 20}" for number in range(100)))
    clock_file = tmp_path / "clock"
    clock_file.write_text(NOON.isoformat(), "ascii")
    never = threading.Event()
    receiver.behaves = lambda _: OK if len(receiver.got) <= 30 else Say(wait=never)
    with working(database, root, clock_file) as worker:
        until(lambda: len(receiver.got) > 30)
        worker.send_signal(signal.SIGKILL)
    before = len(receiver.got)
    assert "delivering" in {state for _, _, state, _ in states(db)}
    never.set()
    receiver.behaves = lambda _: OK
    clock_file.write_text((NOON + LEASE).isoformat(), "ascii")
    with working(database, root, clock_file) as worker:
        until(lambda: {state for _, _, state, _ in states(db)} == {"succeeded"})
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE_S) == 0
    all_in_order(receiver, subjects=20, each=5)
    assert doubles(receiver)
    assert len(receiver.got) > before


def test_int_2_two_workers_share_an_endpoint_and_keep_its_order(
    db: Session, database: Settings, receiver: Receiver, root: Path, tmp_path: Path
) -> None:
    make_endpoint(db, receiver.url)
    clock_file = tmp_path / "clock"
    clock_file.write_text(NOON.isoformat(), "ascii")
    happen(db, *(f"s{number % 20}" for number in range(200)))
    with working(database, root, clock_file), working(database, root, clock_file):
        until(lambda: {state for _, _, state, _ in states(db)} == {"succeeded"})
    all_in_order(receiver, subjects=20, each=10)
    assert doubles(receiver) == []
