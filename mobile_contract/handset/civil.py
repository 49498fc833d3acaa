"""Civil time in Asia/Shanghai, as the regulation counts it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def instant(day: date, at: time) -> datetime:
    """The moment of a civil time on a date, in UTC."""
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC)


def civil_day(moment: datetime) -> date:
    """The civil date of a moment."""
    return moment.astimezone(SHANGHAI).date()


def from_millis(millis: int) -> datetime:
    """A moment from milliseconds of the epoch, exactly."""
    return datetime.fromtimestamp(millis // 1000, UTC) + timedelta(milliseconds=millis % 1000)


def to_millis(moment: datetime) -> int:
    """Milliseconds of the epoch."""
    return round(moment.timestamp() * 1000)


def minute_after(moment: datetime) -> datetime:
    """The first whole minute at or after a moment."""
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(minutes=1)
