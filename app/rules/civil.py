"""Civil time in Asia/Shanghai, by which the regulation counts its days and hours.

A fixed offset: summer time ended there in 1991, long before the regulation.
"""

from datetime import date, datetime, time, timedelta, timezone

CIVIL_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")


def civil_day(instant: datetime) -> date:
    """The civil date on which an aware instant falls."""
    return instant.astimezone(CIVIL_TIME).date()


def in_civil_time(instant: datetime) -> str:
    """An instant as it is written for people here, with its offset."""
    return instant.astimezone(CIVIL_TIME).isoformat()


def instant_of(day: date, clock_time: time) -> datetime:
    """The instant at which the clocks show `clock_time` on `day`."""
    return datetime.combine(day, clock_time, CIVIL_TIME)


def bounds_of(day: date) -> tuple[float, float]:
    """The first second of the date and of the next, in seconds of the epoch."""
    start = instant_of(day, time.min).timestamp()
    return start, start + 86_400
