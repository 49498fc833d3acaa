"""No fact is lost between those who record and those who recompute."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from app.days.commands import columns as verdict_of
from app.days.commands import recompute, try_lock
from app.days.facts import facts_of, post_on
from app.days.standards import Standards
from app.days.upkeep import is_stale, materialise, sweep
from app.days.verdicts import judge_field
from app.db.models import StaleDay, WorkerDay
from app.rules.duty import Half
from tests.city import City
from tests.days.facts import (
    DAY,
    LATER,
    at,
    columns,
    middle,
    store_appointment,
    store_batch,
    store_check_in,
    store_correction,
    store_leave,
)

Sessions = sessionmaker[Session]
FIGURES = ("windows", "field_verdict", "total_s", "morning_s", "afternoon_s", "short", "fixes")


def sessions_of(api: FastAPI) -> Sessions:
    found: Sessions = api.state.sessions
    return found


def agrees_with_its_facts(db: Session, worker_id: UUID, day: date) -> bool:
    """Whether what is stored is what the facts come to now."""
    row = db.get(WorkerDay, (worker_id, day), populate_existing=True)
    standards = Standards(db, [day])
    post = post_on(db, worker_id, day, standards)
    assert post is not None
    facts = facts_of(db, post)
    now = verdict_of(post, facts, judge_field(post, facts), standards, LATER)
    return row is not None and all(getattr(row, name) == now[name] for name in FIGURES)


Recording = Callable[[Session, UUID, int], object]
RECORDINGS: tuple[Recording, ...] = (
    lambda db, worker, turn: store_check_in(db, worker, turn % 3 + 1),
    lambda db, worker, turn: store_correction(db, worker, turn % 3 + 1),
    lambda db, worker, turn: store_appointment(db, worker, "10:00", "11:00"),
    lambda db, worker, turn: store_leave(db, worker, Half.AFTERNOON, Half.AFTERNOON),
    lambda db, worker, turn: store_batch(
        db, worker, columns(at(f"{10 + turn}:30"), at(f"{11 + turn}:15"), middle(0))
    ),
)


def record(sessions: Sessions, workers: Sequence[UUID], choice: random.Random) -> None:
    """Facts of all kinds; what the database refuses (a window filled already) is not recorded."""
    for turn in range(8):
        with suppress(IntegrityError), sessions.begin() as db:
            choice.choice(RECORDINGS)(db, choice.choice(workers), turn)
            db.flush()


def judge(sessions: Sessions, workers: Sequence[UUID], choice: random.Random) -> None:
    """Recompute again and again."""
    for _ in range(10):
        with sessions.begin() as db:
            recompute(db, choice.choice(workers), DAY, LATER)


@pytest.mark.parametrize("seed", range(3))
def test_a_verdict_differs_from_its_facts_only_while_it_is_marked(
    api: FastAPI, city: City, seed: int
) -> None:
    sessions = sessions_of(api)
    workers = sorted(city.workers.values())[:2]
    with ThreadPoolExecutor(6) as pool:
        work = [
            pool.submit(act, sessions, workers, random.Random(seed * 100 + number))
            for number, act in enumerate((record, judge) * 3)
        ]
        for each in work:
            each.result()
    with sessions() as db:
        for worker in workers:
            stale = is_stale(db, worker, DAY)
            assert stale or agrees_with_its_facts(db, worker, DAY)
    sweep(sessions, LATER)
    with sessions() as db:
        assert db.scalar(select(func.count()).select_from(StaleDay)) == 0
        assert all(agrees_with_its_facts(db, worker, DAY) for worker in workers)


def test_a_fact_committed_after_a_recompute_looked_keeps_its_mark(api: FastAPI, city: City) -> None:
    sessions = sessions_of(api)
    worker = min(city.workers.values())
    with sessions() as recording:
        store_check_in(recording, worker, 1)
        recording.flush()
        with sessions.begin() as db:
            row = recompute(db, worker, DAY, LATER)
            assert row is not None
            assert row.windows_filled == 0
        recording.commit()
    with sessions() as db:
        assert is_stale(db, worker, DAY)
        assert not agrees_with_its_facts(db, worker, DAY)


def test_a_fact_committed_while_a_recompute_runs_is_seen_or_marked(
    api: FastAPI, city: City
) -> None:
    """The recompute waits at the worker's date; what is committed meanwhile is read by it."""
    sessions = sessions_of(api)
    worker = min(city.workers.values())

    def judge() -> None:
        with sessions.begin() as db:
            recompute(db, worker, DAY, LATER)

    with ThreadPoolExecutor(1) as pool, sessions() as holding:
        recompute(holding, worker, DAY, LATER)
        waiting = pool.submit(judge)
        with sessions.begin() as recording:
            store_check_in(recording, worker, 1)
        holding.commit()
        waiting.result()
    with sessions() as db:
        assert is_stale(db, worker, DAY) or agrees_with_its_facts(db, worker, DAY)


def test_a_recompute_that_is_rolled_back_leaves_the_marks(api: FastAPI, city: City) -> None:
    sessions = sessions_of(api)
    worker = min(city.workers.values())
    with sessions.begin() as db:
        store_check_in(db, worker, 1)
    with sessions() as db:
        recompute(db, worker, DAY, LATER)
        db.rollback()
    with sessions() as db:
        assert is_stale(db, worker, DAY)


def test_several_sweepers_share_the_work_and_lose_none(api: FastAPI, city: City) -> None:
    sessions = sessions_of(api)
    days = [DAY - timedelta(days=back) for back in range(5)]
    with sessions.begin() as db:
        for day in days:
            assert materialise(db, day) == 6
        assert materialise(db, DAY) == 0, "what is marked is not marked again"
    with ThreadPoolExecutor(3) as pool:
        swept = list(pool.map(lambda _: sweep(sessions, LATER), range(3)))
    swept.append(sweep(sessions, LATER))
    with sessions.begin() as db:
        assert db.scalar(select(func.count()).select_from(WorkerDay)) == 30
        assert db.scalar(select(func.count()).select_from(StaleDay)) == 0
        assert materialise(db, DAY) == 0, "what is judged is not marked again"
    assert sum(swept) == 30


def test_a_worker_day_that_another_holds_is_passed_over(api: FastAPI, city: City) -> None:
    sessions = sessions_of(api)
    one, other = sorted(city.workers.values())[:2]
    with sessions.begin() as db:
        store_check_in(db, one, 1)
        store_check_in(db, other, 1)
    with sessions() as holding:
        assert try_lock(holding, (one, DAY))
        assert sweep(sessions, LATER) == 1
        with sessions() as db:
            assert is_stale(db, one, DAY)
            assert not is_stale(db, other, DAY)
