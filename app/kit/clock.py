"""The only place that reads the clock, and what a civil day is."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_followed: list[Path] = []


def follow(file: Path | None) -> None:
    """From here on the time is what a file says (a demonstration); None: the system's again."""
    _followed[:] = [] if file is None else [file]


def is_simulated() -> bool:
    """Whether the time is what a file says."""
    return bool(_followed)


def now() -> datetime:
    """This instant, aware, in UTC."""
    if _followed:
        return datetime.fromisoformat(_followed[0].read_text("ascii")).astimezone(UTC)
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
