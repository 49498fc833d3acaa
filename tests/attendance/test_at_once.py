"""Two things at once: the loser gets a verdict or a refusal, never an error; nothing is twice."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TypeVar

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.attendance.commands import record_check_in
from app.attendance.corrections import decide_correction, request_correction
from app.attendance.leave import decide_leave, request_leave
from app.attendance.queries import valid_check_ins
from app.attendance.refusals import AlreadyDecided, LeaveOverlaps
from app.attendance.reviews import review_check_in
from app.attendance.schemas import RequestDecisionIn, ReviewIn
from app.db.engine import Sessions
from app.db.models import CheckIn, CheckInReview, Leave
from app.kit.errors import Refusal
from app.kit.ids import uuid7
from app.people.principal import Principal
from app.rules.attendance import Verdict
from app.rules.procedures import RequestState
from tests.attendance.facts import WEDNESDAY, Handset, at
from tests.attendance.test_corrections import EVENING, asked
from tests.attendance.test_leave import asked as leave_asked

T = TypeVar("T")
Act = Callable[[Session], T]


@pytest.fixture
def sessions(api: FastAPI) -> Sessions:
    found: Sessions = api.state.sessions
    return found


def at_once(sessions: Sessions, acts: Sequence[Act[T]]) -> list[T | Refusal]:
    """Each act in a transaction and thread of its own; a refusal is an outcome."""

    def run(act: Act[T]) -> T | Refusal:
        try:
            with sessions.begin() as session:
                return act(session)
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def verdict_of(outcome: CheckIn | Refusal) -> Verdict:
    assert isinstance(outcome, CheckIn), outcome
    return outcome.verdict


def test_att_3_of_many_sign_ins_at_once_one_is_valid(handset: Handset, sessions: Sessions) -> None:
    body = handset.at_station()
    captures = [handset.captured(at(f"08:4{number}")) for number in range(8)]
    acts = [partial(record_check_in, capture=capture, body=body) for capture in captures]
    verdicts = [verdict_of(outcome) for outcome in at_once(sessions, acts)]
    assert sorted(verdicts) == ["duplicate"] * 7 + ["valid"]


def test_the_same_sign_in_twice_at_once_is_one(handset: Handset, sessions: Sessions) -> None:
    body, capture = handset.at_station(), handset.captured(at("08:40"))
    act = partial(record_check_in, capture=capture, body=body)
    verdicts = [verdict_of(outcome) for outcome in at_once(sessions, [act] * 4)]
    assert verdicts == [Verdict.VALID] * 4
    with sessions() as db:
        assert db.scalar(select(func.count()).select_from(CheckIn)) == 1


def until_one_waits(db: Session, waiting: Future[Verdict]) -> None:
    """Until another transaction waits for a lock."""
    for _ in range(200):
        if db.scalar(text("select count(*) from pg_locks where not granted")) or waiting.done():
            return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


def test_the_second_wall_turns_the_loser_into_a_duplicate(
    handset: Handset, sessions: Sessions
) -> None:
    """A writer that does not take the lock is met by the unique index."""
    body, capture = handset.at_station(), handset.captured(at("08:40"))
    first = handset.sign_in(handset.captured(at("08:41")))
    values = {column.name: getattr(first, column.name) for column in CheckIn.__table__.c}
    handset.db.rollback()

    def record() -> Verdict:
        with sessions.begin() as session:
            return record_check_in(session, capture, body).verdict

    with sessions() as unlocked, ThreadPoolExecutor(1) as pool:
        unlocked.add(CheckIn(**values))
        unlocked.flush()
        loser = pool.submit(record)
        until_one_waits(unlocked, loser)
        assert not loser.done()
        unlocked.commit()
        assert loser.result(timeout=20) is Verdict.DUPLICATE


def test_att_3_a_review_and_a_sign_in_at_once_fill_the_window_once(
    handset: Handset, lead: Principal, sessions: Sessions
) -> None:
    doubtful = [handset.doubtful(at(f"08:3{number}")) for number in range(3)]
    handset.db.commit()
    body, capture = handset.at_station(), handset.captured(at("08:50"))
    accepted = ReviewIn(accepted=True, reason="在场")
    acts: list[Act[object]] = [
        partial(review_check_in, asker=lead, key=found.id, body=accepted, now=EVENING)
        for found in doubtful
    ]
    acts.append(partial(record_check_in, capture=capture, body=body))
    at_once(sessions, acts)
    with sessions() as db:
        valid = select(func.count()).select_from(CheckIn).where(CheckIn.verdict == "valid")
        reviewed = select(func.count()).where(CheckInReview.verdict == "valid")
        assert (db.scalar(valid) or 0) + (db.scalar(reviewed) or 0) == 1
        assert set(valid_check_ins(db, handset.worker_id, WEDNESDAY)) == {1}


def test_of_two_stations_deciding_at_once_one_decides(
    db: Session, worker: Principal, lead: Principal, sessions: Sessions
) -> None:
    key = request_correction(db, worker, asked(), EVENING).id
    db.commit()
    bodies = [RequestDecisionIn(approved=number % 2 == 0, reason="理由") for number in range(4)]
    act = partial(decide_correction, asker=lead, key=key, now=EVENING)
    outcomes = at_once(sessions, [partial(act, body=body) for body in bodies])
    assert sum(isinstance(outcome, AlreadyDecided) for outcome in outcomes) == 3


def test_of_two_reviews_at_once_one_decides(
    handset: Handset, lead: Principal, sessions: Sessions
) -> None:
    key = handset.doubtful(at("08:40")).id
    handset.db.commit()
    bodies = [ReviewIn(accepted=number % 2 == 0, reason="理由") for number in range(4)]
    act = partial(review_check_in, asker=lead, key=key, now=EVENING)
    outcomes = at_once(sessions, [partial(act, body=body) for body in bodies])
    assert sum(isinstance(outcome, AlreadyDecided) for outcome in outcomes) == 3


def test_of_overlapping_leaves_approved_at_once_one_stands(
    db: Session, worker: Principal, lead: Principal, sessions: Sessions
) -> None:
    first = request_leave(db, worker, leave_asked(), EVENING)
    values = {column.name: getattr(first, column.name) for column in Leave.__table__.c}
    second = Leave(**{**values, "id": uuid7(EVENING + timedelta(seconds=1))})
    db.add(second)
    db.commit()
    act = partial(decide_leave, asker=lead, body=RequestDecisionIn(approved=True), now=EVENING)
    outcomes = at_once(sessions, [partial(act, key=key) for key in (first.id, second.id)])
    assert sum(isinstance(outcome, LeaveOverlaps) for outcome in outcomes) == 1
    with sessions() as fresh:
        approved = select(func.count()).where(Leave.state == RequestState.APPROVED)
        assert fresh.scalar(approved) == 1
