"""Batches that arrive together are written together, and none spoils another."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.db.models import StaleDay, TrackBatch
from app.intake.quota import Quota
from app.kit.errors import TooManyRequests
from tests.intake.handset import Handset, batch

TOGETHER = 6


def send_together(
    handset: Handset, db: Session, bodies: list[dict[str, object]]
) -> list[tuple[int, str | None]]:
    """All at once, while the table is locked: what comes meanwhile gathers in one group."""
    handset.post("/v1/time-anchors")
    db.execute(text("lock table track_batch in access exclusive mode"))
    with ThreadPoolExecutor(len(bodies)) as pool:
        answers = [pool.submit(handset.post, "/v1/tracks", json=body) for body in bodies]
        time.sleep(1)
        assert not any(answer.done() for answer in answers)
        db.commit()
        found = [answer.result() for answer in answers]
    return [(answer.status_code, answer.json().get("status")) for answer in found]


def transactions(db: Session) -> int:
    """How many transactions wrote the batches that are stored."""
    return db.scalar(select(func.count(text("distinct xmin::text"))).select_from(TrackBatch)) or 0


def test_what_gathers_is_written_in_one_transaction(handset: Handset, db: Session) -> None:
    found = send_together(handset, db, [batch(3) for _ in range(TOGETHER)])
    assert found == [(200, "created")] * TOGETHER
    assert 1 <= transactions(db) <= 2
    assert db.scalar(select(func.count()).select_from(TrackBatch)) == TOGETHER


def test_one_bad_batch_does_not_spoil_the_others(handset: Handset, db: Session) -> None:
    db.execute(
        text("""
        create function refuse_one() returns trigger language plpgsql as $$
        begin
            if new.accuracy_dm[1] = 770 then raise exception 'not this one'; end if;
            return new;
        end $$;
        create trigger refuse before insert on track_batch
            for each row execute function refuse_one();
        """)
    )
    db.commit()
    bodies = [batch(3) for _ in range(TOGETHER)]
    bodies[3] = batch(3, accuracy=[77.0] * 3)
    found = send_together(handset, db, bodies)
    assert found[3][0] == 503
    assert [answer for index, answer in enumerate(found) if index != 3] == [(200, "created")] * 5
    assert db.scalar(select(func.count()).select_from(TrackBatch)) == TOGETHER - 1


def test_the_same_batch_many_times_at_once_is_stored_once(handset: Handset, db: Session) -> None:
    body = batch(3)
    found = send_together(handset, db, [body] * TOGETHER)
    assert sorted(status or "" for _, status in found) == ["created"] + ["duplicate"] * 5
    assert db.scalar(select(func.count()).select_from(TrackBatch)) == 1


def test_a_repeat_makes_nothing_stale(handset: Handset, db: Session) -> None:
    body = batch(3)
    handset.post("/v1/tracks", json=body)
    before = db.scalar(select(func.count()).select_from(StaleDay))
    handset.post("/v1/tracks", json=body)
    db.rollback()
    assert db.scalar(select(func.count()).select_from(StaleDay)) == before


def test_the_quota_of_a_sliding_minute() -> None:
    quota, account = Quota(60), uuid4()
    start = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    for _ in range(60):
        quota.count(account, start)
    with pytest.raises(TooManyRequests):
        quota.count(account, start + timedelta(seconds=59))
    quota.count(uuid4(), start)
    with pytest.raises(TooManyRequests):
        quota.count(account, start + timedelta(seconds=60))
    for _ in range(30):
        quota.count(account, start + timedelta(seconds=90))
    with pytest.raises(TooManyRequests):
        quota.count(account, start + timedelta(seconds=90))
    quota.count(account, start + timedelta(seconds=180))


def test_beyond_the_quota_a_handset_waits(handset: Handset, api: FastAPI) -> None:
    api.state.quota = Quota(2)
    for _ in range(2):
        assert handset.post("/v1/time-anchors").status_code == 200
    refused = handset.post("/v1/tracks", json=batch(1))
    assert (refused.status_code, refused.json()["code"]) == (429, "request.too_many")
    assert int(refused.headers["Retry-After"]) > 0
