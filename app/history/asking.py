"""Of whom, of which date, and up to which instant things were known."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.history.refusals import NotYetThatDay
from app.kit.clock import civil_day, day_end

LAST = timedelta(microseconds=1)


@dataclass(frozen=True)
class AsOf:
    """A worker on a date."""

    session: Session
    worker_id: UUID
    on: date
    known_at: datetime
    """The last instant of the date, or now for today."""


def as_of(session: Session, worker_id: UUID, on: date | None, now: datetime) -> AsOf:
    """Today without a date; raises NotYetThatDay."""
    today = civil_day(now)
    day = on or today
    if day > today:
        raise NotYetThatDay(on=day, today=today)
    return AsOf(session, worker_id, day, min(now, day_end(day) - LAST))
