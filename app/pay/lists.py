"""Payrolls and statements as they are looked up."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, select, true, tuple_
from sqlalchemy.orm import Session

from app.db.keyset import cut
from app.db.models import Payroll, PayStatement, Worker
from app.kit.errors import BadCursor, NotFound
from app.kit.paging import decode, encode
from app.pay.computing import payroll_of
from app.pay.months import read_month, written_month
from app.pay.schemas import (
    MyPayStatementsPage,
    PayrollOut,
    PayrollPage,
    PayStatementOut,
    PayStatementPage,
    PayStatementRow,
)
from app.pay.shown import row_out, statements
from app.people.posts import under
from app.people.principal import Principal
from app.rules.pay import PayrollState

Asked = tuple[str | None, int]
PLACE = (PayStatement.community_code, Worker.name, PayStatement.worker_id)
CLOSED = PayStatement.month.in_(select(Payroll.month).where(Payroll.state == PayrollState.CLOSED))
"""What a worker sees: a payroll that is not closed may still change."""


def payrolls(session: Session, page: Asked) -> PayrollPage:
    """All payrolls, the latest month first."""
    cursor, limit = page
    before = true() if cursor is None else Payroll.month < _month_in(cursor)
    rows = session.scalars(
        select(Payroll).where(before).order_by(Payroll.month.desc()).limit(limit + 1)
    ).all()
    shown, last = cut(rows, limit)
    return PayrollPage(
        items=[PayrollOut.model_validate(row) for row in shown],
        next_cursor=encode(written_month(last.month)) if last else None,
    )


def _month_in(cursor: str) -> date:
    (month,) = decode(cursor, str)
    try:
        return read_month(month)
    except ValueError:
        raise BadCursor from None


def register(session: Session, month: date, unit_code: str, page: Asked) -> PayStatementPage:
    """The statements of a month in a unit, by community and name; raises NotFound."""
    payroll_of(session, month)
    cursor, limit = page
    rows = session.execute(
        select(PayStatement, Worker.name)
        .join(Worker, Worker.id == PayStatement.worker_id)
        .where(
            PayStatement.month == month,
            under(PayStatement.community_code, unit_code),
            _after(cursor),
        )
        .order_by(*PLACE)
        .limit(limit + 1)
    ).all()
    shown, last = cut(rows, limit)
    return PayStatementPage(
        items=[row_out(statement, name) for statement, name in shown],
        next_cursor=encode(last[0].community_code, last[1], str(last[0].worker_id))
        if last
        else None,
    )


def _after(cursor: str | None) -> ColumnElement[bool]:
    if cursor is None:
        return true()
    code, name, key = decode(cursor, str, str, str)
    try:
        return tuple_(*PLACE) > (code, name, UUID(str(key)))
    except ValueError:
        raise BadCursor from None


def whole_register(session: Session, month: date, unit_code: str) -> Sequence[PayStatementRow]:
    """All of it, for a file that has to add up."""
    payroll_of(session, month)
    rows = session.execute(
        select(PayStatement, Worker.name)
        .join(Worker, Worker.id == PayStatement.worker_id)
        .where(PayStatement.month == month, under(PayStatement.community_code, unit_code))
        .order_by(*PLACE)
    )
    return [row_out(statement, name) for statement, name in rows]


def statement_of(
    session: Session, asker: Principal, month: date, worker_id: UUID
) -> PayStatementOut:
    """One statement within the asker's unit; raises NotFound."""
    which = (PayStatement.month == month, PayStatement.worker_id == worker_id)
    found = statements(session, *which)
    if not found:
        raise NotFound(month=written_month(month))
    asker.look(found[0].community_code)
    return found[0]


def my_statements(session: Session, worker_id: UUID, page: Asked) -> MyPayStatementsPage:
    """A worker's own, of closed months."""
    cursor, limit = page
    before = true() if cursor is None else PayStatement.month < _month_in(cursor)
    rows = session.execute(
        select(PayStatement, Worker.name)
        .join(Worker, Worker.id == PayStatement.worker_id)
        .where(PayStatement.worker_id == worker_id, CLOSED, before)
        .order_by(PayStatement.month.desc())
        .limit(limit + 1)
    ).all()
    shown, last = cut(rows, limit)
    return MyPayStatementsPage(
        items=[row_out(statement, name) for statement, name in shown],
        next_cursor=encode(written_month(last[0].month)) if last else None,
    )


def my_statement(session: Session, worker_id: UUID, month: date) -> PayStatementOut:
    """A worker's own of a closed month; raises NotFound."""
    which = (PayStatement.month == month, PayStatement.worker_id == worker_id, CLOSED)
    found = statements(session, *which)
    if not found:
        raise NotFound(month=written_month(month))
    return found[0]
