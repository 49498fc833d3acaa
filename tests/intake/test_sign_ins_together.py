"""Sign-ins that arrive together: written in one commit, each as if it had come alone (ATT-3)."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.attendance.queries import one_at_a_time
from app.db.models import Change, CheckIn, OutboxEvent, StaleDay, Submission
from app.kit import clock
from tests.city import COMMUNITIES
from tests.conftest import SignedIn
from tests.intake.handset import Handset, item

GRIDS = [grid for grids in COMMUNITIES.values() for grid in grids]
VOLATILE = {
    "id",
    "worker_id",
    "device_id",
    "captured_at",
    "corrected_at",
    "received_at",
    "offset_s",
}


@pytest.fixture
def handsets(client: SignedIn) -> list[Handset]:
    """The handsets of all six workers, signed in."""
    made = [Handset(client, grid) for grid in GRIDS]
    for handset in made:
        handset.post("/v1/time-anchors")
    return made


def sign_in(**changes: Any) -> dict[str, Any]:
    """A sign-in of a moment ago, by itself."""
    made = item("check_in", **changes)
    del made["kind"]
    return made | {"sent_at": clock.now().isoformat()}


@contextmanager
def sent(
    handsets: Sequence[Handset], bodies: Sequence[dict[str, Any]]
) -> Iterator[list["Future[Response]"]]:
    """All at once."""
    with ThreadPoolExecutor(len(bodies)) as pool:
        yield [
            pool.submit(handset.post, "/v1/check-ins", json=body)
            for handset, body in zip(handsets, bodies, strict=True)
        ]


def held_up(
    db: Session, handsets: Sequence[Handset], bodies: Sequence[dict[str, Any]]
) -> list[Response]:
    """While the table is locked what comes gathers."""
    db.execute(text("lock table check_in in access exclusive mode"))
    with sent(handsets, bodies) as answers:
        time.sleep(1)
        assert not any(answer.done() for answer in answers)
        db.commit()
        return [answer.result() for answer in answers]


def test_each_is_recorded_once_with_all_that_follows_from_it(
    handsets: list[Handset], db: Session
) -> None:
    answers = held_up(db, handsets, [sign_in() for _ in handsets])
    assert [answer.status_code for answer in answers] == [201] * len(handsets)
    for table in (CheckIn, Submission, StaleDay):
        assert db.scalar(select(func.count()).select_from(table)) == len(handsets)
    told = select(func.count()).where(Change.kind == "check_in")
    traced = select(func.count()).where(OutboxEvent.name == "check_in.recorded")
    assert db.scalar(told) == db.scalar(traced) == len(handsets)
    written = select(func.count(text("distinct xmin::text"))).select_from(CheckIn)
    assert (db.scalar(written) or 0) < len(handsets)


def test_alone_and_together_leave_the_same_records(handsets: list[Handset], db: Session) -> None:
    alone, together = handsets[:2]
    now = clock.now()
    pushed = item("check_in", captured_at=now.isoformat())
    envelope = {"batch_id": pushed["id"], "sent_at": now.isoformat(), "items": [pushed]}
    assert alone.post("/v1/push", json=envelope).status_code == 200
    single = sign_in(captured_at=now.isoformat())
    assert together.post("/v1/check-ins", json=single).status_code == 201
    left = []
    for key in (pushed["id"], single["id"]):
        submission = db.scalars(select(Submission).where(Submission.id == key)).one()
        change = db.scalars(select(Change).where(Change.subject_id == key)).one()
        event = db.scalars(select(OutboxEvent).where(OutboxEvent.subject_id == key)).one()
        check_in = db.scalars(select(CheckIn).where(CheckIn.id == key)).one()
        assert change.body == submission.result["facts"]
        assert change.body is not None
        assert check_in.verdict.value == submission.result["code"] == change.body["verdict"]
        left.append(
            (
                {name: told for name, told in change.body.items() if name not in VOLATILE},
                (submission.kind, submission.result["status"], len(submission.digest)),
                (event.name, event.unit_code, event.subject_kind, event.facts),
                (check_in.day, check_in.window, check_in.lon, check_in.mocked),
            )
        )
    for told, *_ in left:
        told["because"] = sorted(told["because"])
    assert left[0] == left[1]


def test_one_that_the_database_refuses_does_not_spoil_the_others(
    handsets: list[Handset], db: Session
) -> None:
    db.execute(
        text("""
        create function refuse_one() returns trigger language plpgsql as $$
        begin
            if new.accuracy_m = 77 then
                raise exception 'not this one' using errcode = 'check_violation';
            end if;
            return new;
        end $$;
        create trigger refuse before insert on check_in for each row execute function refuse_one();
        """)
    )
    db.commit()
    bodies = [sign_in() for _ in handsets]
    bodies[3]["body"] = bodies[3]["body"] | {"accuracy_m": 77}
    answers = held_up(db, handsets, bodies)
    assert [answer.status_code for answer in answers] == [201, 201, 201, 409, 201, 201]
    assert db.scalar(select(func.count()).select_from(CheckIn)) == len(handsets) - 1


def test_the_same_sign_in_many_times_at_once_is_recorded_once(
    handsets: list[Handset], db: Session
) -> None:
    body = sign_in()
    answers = held_up(db, [handsets[0]] * 5, [body] * 5)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len({answer.json()["facts"]["received_at"] for answer in answers}) == 1
    assert db.scalar(select(func.count()).select_from(CheckIn)) == 1


def test_who_waits_for_a_lock_holds_up_nobody_else(handsets: list[Handset], db: Session) -> None:
    waiting = handsets[0]
    worker = waiting.client.city.workers[waiting.grid]
    one_at_a_time(db, worker, clock.civil_day(clock.now()))
    with sent(handsets, [sign_in() for _ in handsets]) as answers:
        assert [answer.result().status_code for answer in answers[1:]] == [201] * 5
        assert not answers[0].done()
        db.commit()
        assert answers[0].result().status_code == 201
