"""What closed months would come to now, beside all that was paid for them (PAY-4)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import PayLine, Payroll, PayStatement
from app.pay.gathering import GatheredMonth
from app.rules.pay import NOTHING, Difference, LineKind, Part, PayrollState

PART = PayLine.because["part"].astext
NOBODY: Mapping[str, Any] = {"result": None, "employed": 0, "penalties": []}
"""Of a month in which there was no post."""


class ClosedMonths:
    """The closed months of a span, and what was paid for each of them, part by part."""

    def __init__(self, session: Session, first: date, before: date) -> None:
        """From the first month to the one before `before`."""
        self.months: Sequence[date] = session.scalars(
            select(Payroll.month)
            .where(
                Payroll.state == PayrollState.CLOSED,
                Payroll.month >= first,
                Payroll.month < before,
            )
            .order_by(Payroll.month)
        ).all()
        self._paid: dict[date, dict[UUID, dict[Part, Decimal]]] = defaultdict(dict)
        self._communities: dict[UUID, str] = {}
        self._grounds: dict[tuple[date, UUID], Mapping[str, Any]] = {}
        self._read_statements(session)
        self._read_corrections(session)

    def _read_statements(self, session: Session) -> None:
        rows = session.execute(
            select(
                PayStatement.month,
                PayStatement.worker_id,
                PayStatement.community_code,
                PayStatement.base,
                PayStatement.performance,
                PayStatement.result,
                PayStatement.employed,
                PayStatement.because["penalties"],
            )
            .where(PayStatement.month.in_(self.months))
            .order_by(PayStatement.month)
        )
        for month, worker_id, code, base, performance, result, employed, penalties in rows:
            self._paid[month][worker_id] = {Part.BASE: base, Part.PERFORMANCE: performance}
            self._communities[worker_id] = code
            grounds = {"result": result, "employed": employed, "penalties": penalties or []}
            self._grounds[month, worker_id] = grounds

    def _read_corrections(self, session: Session) -> None:
        """Of all closed months after: also of those that come after the span."""
        rows = session.execute(
            select(PayLine.corrects, PayLine.worker_id, PART, func.sum(PayLine.amount))
            .join(Payroll, Payroll.month == PayLine.month)
            .where(
                PayLine.kind == LineKind.CORRECTION,
                PayLine.corrects.in_(self.months),
                Payroll.state == PayrollState.CLOSED,
            )
            .group_by(PayLine.corrects, PayLine.worker_id, PART)
        )
        for month, worker_id, part, amount in rows:
            assert month is not None
            paid = self._paid[month].setdefault(worker_id, {})
            paid[Part(part)] = paid.get(Part(part), NOTHING) + amount

    def paid(self, month: date) -> Mapping[UUID, Mapping[Part, Decimal]]:
        """By worker, whoever was paid anything for the month."""
        return self._paid[month]

    def grounds(self, month: date, worker_id: UUID) -> Mapping[str, Any]:
        """On what a statement rested when its month was closed."""
        return self._grounds.get((month, worker_id), NOBODY)

    def last_community(self, worker_id: UUID) -> str | None:
        """Of the worker's last statement in the span."""
        return self._communities.get(worker_id)


def differences_of(
    closed: ClosedMonths, month: date, now_due: Mapping[UUID, GatheredMonth]
) -> Mapping[UUID, Sequence[Difference]]:
    """Due now less paid, by worker; only where something differs."""
    paid = closed.paid(month)
    found = {}
    for worker_id in {**paid, **now_due}:
        gathered = now_due.get(worker_id)
        because = {
            "before": closed.grounds(month, worker_id),
            "now": gathered.grounds() if gathered else NOBODY,
        }
        found[worker_id] = _of_worker(month, gathered, paid.get(worker_id, {}), because)
    return {worker_id: differences for worker_id, differences in found.items() if differences}


def _of_worker(
    month: date,
    gathered: GatheredMonth | None,
    paid: Mapping[Part, Decimal],
    because: Mapping[str, object],
) -> list[Difference]:
    wage = gathered.wage if gathered else None
    found = []
    for part in Part:
        due, before = wage.of(part) if wage else NOTHING, paid.get(part, NOTHING)
        if due != before:
            found.append(Difference(month, part, due - before, due, before, because))
    return found
