"""The duty dates of the simulated year, and the dates of its monthly routine."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from functools import cache

from chinese_calendar import is_workday

from app.kit.clock import SHANGHAI

YEAR = 2025
FIRST, LAST = date(YEAR, 1, 1), date(YEAR, 12, 31)
DECLARED = date(YEAR, 6, 14)
"""A Saturday that the centre made a duty date for the whole city."""
EXEMPTED = date(YEAR, 11, 21)
"""A Friday that the centre exempted."""
SETTLED_ON = 4
"""Records may arrive for 72 hours: from the first instant of this date a month is settled."""


@cache
def on_duty(day: date) -> bool:
    """Whether a date is a duty date of the city."""
    if day in (DECLARED, EXEMPTED):
        return day == DECLARED
    return bool(is_workday(day))


@cache
def duty_dates(first: date, last: date) -> tuple[date, ...]:
    """Those of a span, both ends included."""
    days = (first + timedelta(days=passed) for passed in range((last - first).days + 1))
    return tuple(day for day in days if on_duty(day))


def duty_after(day: date, count: int) -> date:
    """The count-th duty date after a date."""
    while count:
        day += timedelta(days=1)
        count -= on_duty(day)
    return day


def months() -> list[date]:
    """The first dates of the year's months."""
    return [date(YEAR, number, 1) for number in range(1, 13)]


def last_of(month: date) -> date:
    """The last date of a month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def after(month: date) -> date:
    """The first date of the next month."""
    return last_of(month) + timedelta(days=1)


def appraised_on(month: date) -> date:
    """When the stations appraise a month: the first duty date after it settled."""
    return duty_after(after(month).replace(day=SETTLED_ON), 1)


@cache
def closed_on(month: date) -> date:
    """When the townships close it and the centre pays it: time for objections lies between."""
    return duty_after(appraised_on(month), 2)


def at(day: date, clock: str = "10:00") -> datetime:
    """The instant at which the clocks show a time."""
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


GRADED_ON = duty_after(closed_on(date(YEAR, 12, 1)), 1)
"""The year's last act."""
