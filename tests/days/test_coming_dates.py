"""A date to come is not judged before it begins: what changes until then counts (part 0, ATT-5)."""

from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.days.evidence import day_of
from app.days.upkeep import is_stale, sweep
from app.db.models import StaleDay, WorkerDay
from app.rules.duty import Half
from app.rules.field_time import FieldVerdict
from app.rules.windows import WindowState
from tests.city import City
from tests.days.facts import DAY, at, store_appointment, store_leave, worker_of

EVE = at("18:00", DAY - timedelta(days=1))


def test_att_5_leave_approved_after_an_appointment_was_made_excuses_the_date(
    api: FastAPI, db: Session, city: City
) -> None:
    worker = worker_of(city)
    store_appointment(db, worker, "18:00", "19:00", received_at=EVE)
    db.commit()
    marked = db.scalars(select(func.max(StaleDay.id))).one()
    assert sweep(api.state.sessions, EVE) == 0
    assert db.get(WorkerDay, (worker, DAY)) is None
    store_leave(db, worker, Half.MORNING, Half.AFTERNOON)
    db.execute(delete(StaleDay).where(StaleDay.id > marked))
    db.commit()
    assert sweep(api.state.sessions, at("00:00:03")) == 1
    row = db.get_one(WorkerDay, (worker, DAY))
    assert row.field_verdict is FieldVerdict.EXCUSED
    assert [window["state"] for window in row.windows] == [WindowState.EXCUSED] * 3
    assert not is_stale(db, worker, DAY)


@pytest.mark.parametrize(("clock", "begun"), [(EVE, False), (at("00:00"), True)])
def test_whoever_looks_at_a_date_to_come_sees_its_records_and_stores_nothing(
    db: Session, city: City, clock: datetime, begun: bool
) -> None:
    worker = worker_of(city)
    store_leave(db, worker, Half.MORNING, Half.MORNING)
    db.flush()
    shown = day_of(db, worker, DAY, clock)
    assert [window.state for window in shown.windows] == [
        WindowState.EXCUSED,
        WindowState.UPCOMING,
        WindowState.UPCOMING,
    ]
    assert not shown.stale
    assert (db.get(WorkerDay, (worker, DAY)) is not None) is begun
    assert is_stale(db, worker, DAY) is not begun
