"""How cases that somebody wrote by hand are read; what a case leaves out is not at issue."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeAlias

from app.rules.civil import CIVIL_TIME, civil_day
from app.rules.geodesy import Position
from app.rules.parameters import PARAMETERS, Values, read_value

Case: TypeAlias = Mapping[str, Any]
DAY_LETTERS = len("2026-03-18")
MOST = Decimal(10) ** 12
"""No number of a case is as large as this."""


@dataclass(frozen=True)
class Bench:
    """What a judgement needs beside the case: the calendar, and where recorded tracks lie."""

    national_duty: Callable[[date], bool]
    tracks_dir: Path | None = None


@dataclass(frozen=True)
class Obtained:
    facts: Mapping[str, Any]
    rule: str
    clause: str


def values_in(case: Case) -> Values:
    """`parameters` of a case or file, over the defaults."""
    given = dict(case.get("parameters") or {})
    unknown = sorted(set(given) - set(PARAMETERS))
    if unknown:
        raise ValueError(f"unknown parameters: {', '.join(unknown)}")
    return Values(tuple(sorted((name, read_value(name, value)) for name, value in given.items())))


def instant_in(written: object) -> datetime:
    """With its offset; without one it is civil time."""
    instant = datetime.fromisoformat(str(written))
    return instant if instant.tzinfo else instant.replace(tzinfo=CIVIL_TIME)


def day_in(written: object) -> date:
    """A date, or the civil date of an instant; ValueError for anything else."""
    text = str(written)
    try:
        return civil_day(instant_in(text)) if len(text) > DAY_LETTERS else date.fromisoformat(text)
    except (ValueError, OverflowError) as problem:
        raise ValueError(f"{written!r} is not a date") from problem


def number_in(written: object) -> Decimal:
    """A number as such or as text, exact; ValueError for anything else."""
    try:
        found = None if isinstance(written, bool) else Decimal(str(written))
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite() or found.copy_abs() >= MOST:
        raise ValueError(f"{written!r} is not a number")
    return found


def whole_in(written: object) -> int:
    """A number without a fraction, not negative."""
    found = number_in(written)
    if found != int(found) or found < 0:
        raise ValueError(f"{written!r} is not a whole number")
    return int(found)


def names_in(written: Any) -> list[str]:
    """Some names: a list of them, one alone, or an object that says of each whether it holds."""
    if isinstance(written, str):
        return [written]
    if isinstance(written, Mapping):
        return [name for name, holds in written.items() if holds]
    return list(written or ())


def position_in(written: object) -> Position:
    """As a pair of lon and lat, as an object of both, or as a GeoJSON point."""
    if isinstance(written, Mapping):
        written = written.get("coordinates") or (written["lon"], written["lat"])
    if not isinstance(written, list | tuple):
        raise TypeError(f"{written!r} is not a position")
    lon, lat = written
    return Position(float(lon), float(lat))


def is_mocked(record: Case) -> bool:
    return bool(record.get("mocked", record.get("mock", False)))


def accuracy_in(record: Case, otherwise: float) -> float:
    """A case that is silent about accuracy is not about accuracy."""
    found = record.get("accuracy_m", record.get("accuracy"))
    return otherwise if found is None else float(found)
