"""What a worker's handset must know of pay: the statements of closed months (PAY-4)."""

from typing import Any
from uuid import UUID

from sqlalchemy import tuple_
from sqlalchemy.orm import Session

from app.db.models import Payroll, PayStatement
from app.outbox.emit import publish
from app.pay.lists import CLOSED
from app.pay.months import written_month
from app.pay.schemas import PayStatementOut
from app.pay.shown import statements

KIND = "pay_statement"
KEPT = 13
"""Months on a handset: this month of the year before can be compared."""


def for_handset(session: Session, worker_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """A worker's latest statements, by month."""
    found = statements(session, PayStatement.worker_id == worker_id, CLOSED, limit=KEPT)
    return [(written_month(each.month), body_of(each)) for each in found]


def tell_workers(session: Session, payroll: Payroll) -> None:
    """Everybody gets the statement of a month that was closed, and those that it corrects anew."""
    closed = statements(session, PayStatement.month == payroll.month)
    corrected = {
        (line.corrects, statement.worker_id)
        for statement in closed
        for line in statement.lines
        if line.corrects is not None
    }
    key = tuple_(PayStatement.month, PayStatement.worker_id)
    for each in (*closed, *statements(session, key.in_(corrected))):
        publish(session, each.worker_id, KIND, written_month(each.month), body_of(each))


def body_of(statement: PayStatementOut) -> dict[str, Any]:
    """As `GET /v1/me/pay-statements/{month}` shows it."""
    return statement.model_dump(mode="json")
