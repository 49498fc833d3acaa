"""Many rows in one statement with one parameter: no round trip and no parsing for each."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, Table, TextClause, TypeDecorator, text
from sqlalchemy.orm import Session

from app.db.models.base import Base

Row = Mapping[str, Any]


def insert_rows(session: Session, model: type[Base], rows: Sequence[Row]) -> None:
    """Insert rows of a table, all with the same columns; the others get their defaults."""
    if rows:
        session.execute(_statement(model, tuple(rows[0])), {"rows": rows_of(session, model, rows)})


@cache
def _statement(model: type[Base], names: tuple[str, ...]) -> TextClause:
    table, listed = model.__tablename__, ", ".join(f'"{name}"' for name in names)
    # Names of tables and columns are the house's own.
    return text(
        f"insert into {table} ({listed})"  # noqa: S608
        f" select {listed} from json_populate_recordset(null::{table}, cast(:rows as json))"
    )


def rows_of(session: Session, model: type[Base], rows: Sequence[Row]) -> str:
    """Rows as one JSON text, as `json_populate_recordset` reads them; sealed what is sealed."""
    dialect = session.get_bind().dialect
    sealed = _decorated(model)
    if sealed:
        rows = [_bound(row, sealed, dialect) for row in rows]
    return json.dumps(rows, ensure_ascii=False, default=_written)


@cache
def _decorated(model: type[Base]) -> dict[str, TypeDecorator[Any]]:
    table = model.__table__
    assert isinstance(table, Table)
    return {
        column.name: column.type
        for column in table.columns
        if isinstance(column.type, TypeDecorator)
    }


def _bound(row: Row, sealed: Mapping[str, TypeDecorator[Any]], dialect: Dialect) -> Row:
    return {
        name: sealed[name].process_bind_param(value, dialect) if name in sealed else value
        for name, value in row.items()
    }


def _written(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no column's value")
