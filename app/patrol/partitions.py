"""Tracks lie in one partition a month, by the time written in the batch's UUIDv7."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from app.kit.ids import first_uuid7

AROUND = range(-3, 4)
"""Months kept ready around the present one: late uploads behind, the next ones ahead."""
NAME = re.compile(r"track_batch_([0-9]{4})_([0-9]{2})")
DECEMBER = 12
log = structlog.get_logger()


@dataclass
class Partitions:
    """What was made, and what could not be made because the default partition has its rows."""

    made: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def ensure_partitions(connection: Connection, now: datetime) -> Partitions:
    """Make what is missing around this month, in the caller's transaction; harmless to repeat."""
    found = Partitions()
    for year, month in months_around(now):
        name = f"track_batch_{year:04}_{month:02}"
        if connection.scalar(text("select to_regclass(:name)"), {"name": name}) is not None:
            continue
        try:
            with connection.begin_nested():
                _make(connection, name, *bounds(year, month))
            found.made.append(name)
        except IntegrityError:
            log.warning("partition_skipped", partition=name)
            found.skipped.append(name)
    return found


def _make(connection: Connection, name: str, first: datetime, end: datetime) -> None:
    low, high = first_uuid7(first), first_uuid7(end)
    connection.execute(
        text(
            f"create table {name} partition of track_batch for values from ('{low}') to ('{high}')"
        )
    )


def months_around(now: datetime) -> Iterator[tuple[int, int]]:
    """Year and month of the months to be ready."""
    present = now.astimezone(UTC)
    for offset in AROUND:
        years, month = divmod(present.month - 1 + offset, DECEMBER)
        yield present.year + years, month + 1


def bounds(year: int, month: int) -> tuple[datetime, datetime]:
    """The first instant of a month and of the next, in UTC."""
    first = datetime(year, month, 1, tzinfo=UTC)
    after = (year + 1, 1) if month == DECEMBER else (year, month + 1)
    return first, datetime(*after, 1, tzinfo=UTC)


def partitions_ending_before(connection: Connection, limit: datetime) -> list[str]:
    """The monthly partitions that are wholly older, the oldest first."""
    names = connection.scalars(
        text(
            "select inhrelid::regclass::text from pg_inherits"
            " where inhparent = 'track_batch'::regclass order by 1"
        )
    )
    months = ((name, NAME.fullmatch(name)) for name in names)
    return [
        name for name, month in months if month and bounds(int(month[1]), int(month[2]))[1] <= limit
    ]
