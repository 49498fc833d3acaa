"""The only place that reads the clock, and what a civil day is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def civil_day(instant: datetime) -> date:
    """The date in Asia/Shanghai on which an instant falls."""
    return instant.astimezone(SHANGHAI).date()


def day_start(day: date) -> datetime:
    """The first instant of a civil day."""
    return datetime.combine(day, time.min, SHANGHAI)


def day_end(day: date) -> datetime:
    """The first instant after a civil day."""
    return day_start(day + timedelta(days=1))
