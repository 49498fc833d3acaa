"""Responses as the centre opens them, for the tests of this folder."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.key_periods.schemas import KeyPeriodIn
from app.people.calendar import Calendar
from tests.attendance.facts import at

WEDNESDAY, FRIDAY = date(2026, 3, 18), date(2026, 3, 20)
SATURDAY, SUNDAY = date(2026, 3, 21), date(2026, 3, 22)
NOW = at("18:00")
CITY, TOWNSHIP, OTHER_TOWNSHIP = "510185", "510185001", "510185002"
COMMUNITY, NEIGHBOURS = "510185001001", "510185001002"
GRID = f"{COMMUNITY}001"


def asked(
    *units: str,
    starts: datetime | None = None,
    ends: datetime | None = None,
    **more: Any,
) -> KeyPeriodIn:
    """A response from Friday to Sunday evening."""
    return KeyPeriodIn(
        title="汛期巡查",
        instructions="每日巡查低洼院落",
        units=list(units) or [TOWNSHIP],
        starts_at=starts or at("08:00", FRIDAY),
        ends_at=ends or at("20:00", SUNDAY),
        **more,
    )


def on_duty(db: Session, unit: str, *days: date) -> list[bool]:
    """Whether each date is a duty date there."""
    db.flush()
    calendar = Calendar(db, min(days), max(days))
    return [calendar.on_duty(unit, day) for day in days]
