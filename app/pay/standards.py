"""Minimum wage and performance standard: set from a date on, never in the past (PAY-1, PAY-2)."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import PayStandard
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.kit.money import rounded, written
from app.outbox.emit import emit
from app.pay.refusals import StandardInThePast, StandardLacking
from app.pay.standard_schemas import (
    PayStandardIn,
    PayStandardOut,
    PayStandardsOut,
)
from app.people.principal import Principal
from app.rules.pay import Portion, StandardKind


def rows(session: Session) -> Sequence[PayStandard]:
    """All that were ever set; of one kind and date the later decision comes last."""
    order = (PayStandard.effective_from, PayStandard.decided_at, PayStandard.id)
    return session.scalars(select(PayStandard).order_by(*order)).all()


class Standards:
    """Both amounts on any date: loaded once, asked often."""

    def __init__(self, session: Session) -> None:
        self._by_kind: dict[StandardKind, list[PayStandard]] = {kind: [] for kind in StandardKind}
        for row in rows(session):
            self._by_kind[row.kind].append(row)
        self._starts = {
            kind: [row.effective_from for row in found] for kind, found in self._by_kind.items()
        }
        self._counted: dict[tuple[StandardKind, tuple[date, ...]], tuple[Portion, ...]] = {}

    def row_on(self, kind: StandardKind, day: date) -> PayStandard | None:
        """What is in force on a date; none before the first."""
        place = bisect_right(self._starts[kind], day)
        return self._by_kind[kind][place - 1] if place else None

    def on(self, kind: StandardKind, day: date) -> Decimal:
        """The amount in force on a date that is to be paid; raises StandardLacking."""
        found = self.row_on(kind, day)
        if found is None:
            raise StandardLacking(kind=kind.value, day=day)
        return found.amount

    def portions(self, kind: StandardKind, days: tuple[date, ...]) -> tuple[Portion, ...]:
        """Dates by what was in force on them; one portion an amount, in order.

        Most workers of a month share their dates: what was counted once is not counted again.
        """
        if (kind, days) not in self._counted:
            self._counted[kind, days] = self._count(kind, days)
        return self._counted[kind, days]

    def _count(self, kind: StandardKind, days: Iterable[date]) -> tuple[Portion, ...]:
        counted: dict[Decimal, int] = {}
        for day in days:
            amount = self.on(kind, day)
            counted[amount] = counted.get(amount, 0) + 1
        return tuple(Portion(amount, dates) for amount, dates in counted.items())


def set_standard(
    session: Session, asker: Principal, body: PayStandardIn, now: datetime
) -> PayStandard:
    """From today or a later date on; the first of its kind also says what was in force before.

    Nothing can have been computed before there was a first one, so that it changes no past month.
    """
    asker.act(asker.unit_code)
    today = civil_day(now)
    in_force = Standards(session).row_on(body.kind, today)
    if body.effective_from < today and in_force is not None:
        raise StandardInThePast(earliest=today, since=in_force.effective_from)
    row = PayStandard(
        id=uuid7(now),
        kind=body.kind,
        amount=rounded(body.amount),
        effective_from=body.effective_from,
        reason=body.reason,
        decided_by=asker.account_id,
        decided_at=now,
    )
    session.add(row)
    session.flush()
    emit(
        session,
        "payroll.standard_set",
        by=asker.account_id,
        unit_code=asker.unit_code,
        subject=("pay_standard", row.id),
        kind=row.kind.value,
        amount=written(row.amount),
        effective_from=row.effective_from.isoformat(),
    )
    return row


def standards_on(session: Session, day: date) -> PayStandardsOut:
    """Both standards as of a date, and every one that was ever set."""
    standards = Standards(session)
    in_force = {kind: standards.row_on(kind, day) for kind in StandardKind}
    return PayStandardsOut(
        on=day,
        minimum_wage=shown(in_force[StandardKind.MINIMUM_WAGE]),
        performance=shown(in_force[StandardKind.PERFORMANCE]),
        history=[PayStandardOut.model_validate(row) for row in reversed(rows(session))],
    )


def shown(row: PayStandard | None) -> PayStandardOut | None:
    """A standard as it goes out."""
    return None if row is None else PayStandardOut.model_validate(row)
