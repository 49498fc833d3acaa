"""A month of work in the demo city: recorded by the commands, so that it adds up."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import schema
from app.db.engine import make_engine, make_sessions
from app.db.models import (
    CheckIn,
    DailyNote,
    Errand,
    Meeting,
    PlatformLogin,
    Record,
    Visit,
    VisitTally,
)
from app.demo import city as jianyang
from app.demo import load as demo
from app.demo import month
from app.kit.clock import civil_day
from app.rules.attendance import Verdict
from app.rules.information import RecordState
from app.rules.visits import VisitKind, VisitVerdict
from app.settings import Settings
from app.visits import tallies

NOW = datetime(2026, 3, 20, 1, tzinfo=UTC)
DAYS = 13
"""Duty dates from 2026-02-17 to 2026-03-19, the Spring Festival and its make-up days counted."""


@pytest.fixture(scope="module")
def worked(server: Settings) -> Iterator[Session]:
    """A city of few workers after its month."""
    with schema.scratch_database(server, "test_month") as fresh:
        schema.upgrade(fresh)
        demo.load(fresh, 7, 12, NOW, lambda step: None)
        assert demo.write_month(fresh, 7, NOW, lambda step: None) > 0
        engine = make_engine(fresh)
        with make_sessions(engine)() as session:
            yield session
        engine.dispose()


def counted(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_everybody_worked_on_every_duty_date(worked: Session) -> None:
    people = list(month.people_of(worked, jianyang.MONTH_IN, civil_day(NOW)))
    assert people
    days = worked.scalars(select(CheckIn.day).distinct()).all()
    assert len(days) > DAYS
    assert counted(worked, CheckIn) == 3 * len(people) * len(days)
    assert set(worked.scalars(select(CheckIn.verdict))) == {Verdict.VALID}
    assert counted(worked, PlatformLogin) == 2 * len(people) * len(days)


def test_there_is_something_of_everything(worked: Session) -> None:
    assert set(worked.scalars(select(Visit.verdict))) == {
        VisitVerdict.COUNTS,
        VisitVerdict.NOBODY_HOME,
    }
    assert RecordState.ENTERED in set(worked.scalars(select(Record.state)))
    for model in (Errand, Meeting, DailyNote):
        assert counted(worked, model) > 0, model


def test_guards_were_visited_on_most_duty_dates(worked: Session) -> None:
    tallies.recompute(worked, jianyang.MONTH_IN, NOW)
    rows = worked.scalars(
        select(VisitTally).where(VisitTally.kind == VisitKind.PROPERTY_GUARD)
    ).all()
    owed, paid = sum(row.owed for row in rows), sum(row.paid for row in rows)
    assert owed > 0
    assert paid <= owed
    assert paid > owed / 3
    worked.rollback()
