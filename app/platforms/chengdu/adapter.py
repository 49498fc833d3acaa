"""Instants in milliseconds since 1970, and the tables beside this file."""

from datetime import UTC, datetime
from pathlib import Path

from app.platforms.language import Language
from app.platforms.mapping import load
from app.rules.tasks import Platform


def write_instant(at: datetime) -> int:
    """Milliseconds."""
    return round(at.timestamp() * 1000)


def read_instant(value: object) -> datetime:
    """Raises TypeError or ValueError."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("milliseconds are a whole number")
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("beyond the calendar") from error


LANGUAGE = Language(Platform.CHENGDU, load(Path(__file__).parent), write_instant, read_instant)
