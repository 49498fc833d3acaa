"""Terms that run in duty dates."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.people.calendar import Calendar

SEARCHED = timedelta(days=120)
"""No term is this long, whatever holidays lie in it."""


def duty_dates_later(session: Session, unit_code: str, day: date, count: int) -> date:
    """The count-th duty date of a unit after a date; the date itself for none."""
    return duty_dates_after(Calendar(session, day, day + SEARCHED), unit_code, day, count)


def duty_dates_after(calendar: Calendar, unit_code: str, day: date, count: int) -> date:
    """The same by a calendar that reaches `SEARCHED` beyond the date."""
    found = day
    for _ in range(count):
        found += timedelta(days=1)
        while not calendar.on_duty(unit_code, found) and found < day + SEARCHED:
            found += timedelta(days=1)
    return found
