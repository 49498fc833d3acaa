"""Lists by instant and key, latest or earliest first: where a page goes on."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    SQLColumnExpression,
    Tuple,
    Uuid,
    literal,
    true,
    tuple_,
)

from app.kit.errors import BadCursor
from app.kit.paging import decode, encode

Row = TypeVar("Row")
Columns = tuple[SQLColumnExpression[Any], SQLColumnExpression[Any]]
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def earlier(columns: Columns, cursor: str | None) -> ColumnElement[bool]:
    """What comes after the cursor in a list that has the latest first; raises BadCursor."""
    return true() if cursor is None else tuple_(*columns) < _place(cursor)


def later(columns: Columns, cursor: str | None) -> ColumnElement[bool]:
    """What comes after the cursor in a list that has the earliest first; raises BadCursor."""
    return true() if cursor is None else tuple_(*columns) > _place(cursor)


def _place(cursor: str) -> Tuple:
    at, key = decode(cursor, str, str)
    try:
        moment, number = datetime.fromisoformat(str(at)), UUID(str(key))
    except ValueError:
        raise BadCursor from None
    if moment.tzinfo is None or not EARLIEST < moment < LATEST:
        raise BadCursor
    return tuple_(literal(moment, DateTime(timezone=True)), literal(number, Uuid))


def latest_first(columns: Columns) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The order of such a list."""
    return columns[0].desc(), columns[1].desc()


def cut(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], Row | None]:
    """Of limit + 1 rows those to show, and the last of them if there are more."""
    return rows[:limit], rows[limit - 1] if len(rows) > limit else None


def cursor_of(at: datetime, key: UUID) -> str:
    """The cursor after a row."""
    return encode(at.isoformat(), str(key))
