"""The worker goes by its timetable, and killing it loses nothing."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.days.commands import recompute
from app.days.upkeep import is_stale, materialise, sweep
from app.db.models import Change, StaleDay, WorkerDay
from app.jobs.timetable import (
    FEED_KEPT,
    TIMETABLE,
    Entry,
    close_gaps,
    materialise_days,
    purge_feed,
)
from app.jobs.worker import build, work
from app.kit import clock
from app.platforms.dressing import dress
from app.settings import Settings
from app.webhooks.delivering import Post, opened
from tests.city import City
from tests.days.facts import DAY, LATER, at, store_check_in, worker_of

PATIENCE_S = 60.0


def count(db: Session, table: type[StaleDay] | type[WorkerDay]) -> int:
    """Of the days that the tests are about; the worker also materialises its own today."""
    return db.scalar(select(func.count()).where(table.day <= DAY + timedelta(days=1))) or 0


def test_every_entry_of_the_timetable_falls_due(api: FastAPI, database: Settings) -> None:
    with opened(api.state.sessions, clock.now, dress) as post:
        queue = build(database, api.state.sessions, post)
    turns = queue.periodic_registry.periodic_tasks.values()
    assert {turn.task.name for turn in turns} >= {entry.name for entry in TIMETABLE}
    now = at("12:00").timestamp()
    assert all(0 < turn.croniter.get_next(float, now) - now <= 86_400 for turn in turns)


@pytest.mark.parametrize("entry", TIMETABLE, ids=lambda entry: entry.name)
def test_every_entry_can_run_twice(api: FastAPI, entry: Entry) -> None:
    entry.run(api.state.sessions, LATER)
    entry.run(api.state.sessions, LATER)


def test_a_turn_of_the_queue_sweeps(
    api: FastAPI, database: Settings, db: Session, city: City
) -> None:
    store_check_in(db, worker_of(city), 1)
    db.commit()

    async def take_one_turn(post: Post) -> None:
        queue = build(database, api.state.sessions, post)
        async with queue.open_async():
            await queue.tasks["sweep_stale_days"].defer_async(timestamp=0)
        await work(queue, post, wait=False)

    with opened(api.state.sessions, clock.now, dress) as post:
        asyncio.run(take_one_turn(post))
    assert not is_stale(db, worker_of(city), DAY)
    row = db.get(WorkerDay, (worker_of(city), DAY))
    assert row is not None
    assert row.windows_filled == 1


def test_every_posted_worker_has_yesterday_and_today(api: FastAPI, db: Session) -> None:
    materialise_days(api.state.sessions, LATER)
    sweep(api.state.sessions, LATER)
    judged = db.scalars(select(WorkerDay.day)).all()
    assert Counter(judged) == {DAY: 6, DAY + timedelta(days=1): 6}


def test_an_outage_leaves_nobodys_date_unjudged(api: FastAPI, db: Session, city: City) -> None:
    recompute(db, worker_of(city), DAY, LATER)
    db.commit()
    back = LATER + timedelta(days=4)
    close_gaps(api.state.sessions, back)
    sweep(api.state.sessions, back)
    judged = Counter(db.scalars(select(WorkerDay.day)))
    gap = [DAY + timedelta(days=ahead) for ahead in range(1, 4)]
    assert judged == {DAY: 1, **dict.fromkeys(gap, 6)}


@pytest.mark.parametrize(("age", "left"), [(FEED_KEPT, 1), (FEED_KEPT + timedelta(seconds=1), 0)])
def test_the_feed_is_forgotten_after_40_days(
    api: FastAPI, db: Session, city: City, age: timedelta, left: int
) -> None:
    now = datetime(2026, 3, 18, tzinfo=UTC)
    change = Change(worker_id=worker_of(city), kind="day", subject_id="x", body={}, gone=None)
    change.at = now - age
    db.add(change)
    db.commit()
    purge_feed(api.state.sessions, now)
    assert len(db.scalars(select(Change)).all()) == left


def start_worker(database: Settings, root: Path) -> "subprocess.Popen[bytes]":
    """A worker as `python -m app.cli work` starts it."""
    environment = {**os.environ, "DATABASE_URL": database.database_url}
    command = [sys.executable, "-m", "app.cli", "work"]
    return subprocess.Popen(command, cwd=root, env=environment)


def until_some_are_judged(db: Session) -> int:
    """Wait until the worker has done a part of its work."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        judged = count(db, WorkerDay)
        db.rollback()
        if judged:
            return judged
        time.sleep(0.02)
    raise AssertionError("the worker did nothing")


def test_a_worker_killed_in_the_middle_loses_nothing(
    database: Settings, api: FastAPI, db: Session, root: Path
) -> None:
    days = [DAY - timedelta(days=back) for back in range(40)]
    for day in days:
        materialise(db, day)
    db.commit()
    worker = start_worker(database, root)
    try:
        until_some_are_judged(db)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    judged, marked = count(db, WorkerDay), count(db, StaleDay)
    db.rollback()
    assert judged + marked == 6 * len(days), "each is judged, or marked still"
    while sweep(api.state.sessions, at("23:00")):
        pass
    assert (count(db, WorkerDay), count(db, StaleDay)) == (6 * len(days), 0)


def test_a_worker_ends_when_asked(database: Settings, db: Session, root: Path) -> None:
    materialise(db, DAY)
    db.commit()
    worker = start_worker(database, root)
    try:
        until_some_are_judged(db)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE_S) == 0
    finally:
        worker.kill()
        worker.wait()
