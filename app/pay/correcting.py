"""What closed months would come to now, beside all that was paid for them (PAY-4)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
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
        self._session = session
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
            )
            .where(PayStatement.month.in_(self.months))
            .order_by(PayStatement.month)
        )
        for month, worker_id, code, base, performance in rows:
            self._paid[month][worker_id] = {Part.BASE: base, Part.PERFORMANCE: performance}
            self._communities[worker_id] = code

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

    def grounds(self, month: date, workers: Collection[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
        """On what some statements rested when their month was closed."""
        rows = self._session.execute(
            select(
                PayStatement.worker_id,
                PayStatement.result,
                PayStatement.employed,
                PayStatement.because["penalties"],
            ).where(PayStatement.month == month, PayStatement.worker_id.in_(workers))
        )
        return {
            worker_id: {"result": result, "employed": employed, "penalties": penalties or []}
            for worker_id, result, employed, penalties in rows
        }

    def last_community(self, worker_id: UUID) -> str | None:
        """Of the worker's last statement in the span."""
        return self._communities.get(worker_id)


def differences_of(
    closed: ClosedMonths, month: date, now_due: Mapping[UUID, GatheredMonth]
) -> Mapping[UUID, Sequence[Difference]]:
    """Due now less paid, by worker; only where something differs."""
    paid = closed.paid(month)
    amounts = {
        worker_id: _amounts(now_due.get(worker_id), paid.get(worker_id, {}))
        for worker_id in {**paid, **now_due}
    }
    differing = {worker_id: each for worker_id, each in amounts.items() if each}
    before = closed.grounds(month, differing) if differing else {}
    found = {}
    for worker_id, each in differing.items():
        gathered = now_due.get(worker_id)
        because = {
            "before": before.get(worker_id, NOBODY),
            "now": gathered.grounds() if gathered else NOBODY,
        }
        found[worker_id] = [
            Difference(month, part, due - was, due, was, because) for part, due, was in each
        ]
    return found


def _amounts(
    gathered: GatheredMonth | None, paid: Mapping[Part, Decimal]
) -> list[tuple[Part, Decimal, Decimal]]:
    """Of each part that differs what is due now and what was paid."""
    wage = gathered.wage if gathered else None
    both = ((part, wage.of(part) if wage else NOTHING, paid.get(part, NOTHING)) for part in Part)
    return [(part, due, was) for part, due, was in both if due != was]
