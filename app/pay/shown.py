"""Statements as they are shown: to offices, to the worker, to handsets."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.db.models import PayLine, Payroll, PayStatement, Worker
from app.pay.schemas import CorrectedByOut, PayLineOut, PayStatementOut, PayStatementRow
from app.rules.pay import LineKind, Part, PayrollState

Key = tuple[date, UUID]


def statements(
    session: Session, *which: ColumnElement[bool], limit: int | None = None
) -> Sequence[PayStatementOut]:
    """Statements with their lines, the latest month first."""
    rows = session.execute(
        select(PayStatement, Worker.name, Payroll)
        .join(Worker, Worker.id == PayStatement.worker_id)
        .join(Payroll, Payroll.month == PayStatement.month)
        .where(*which)
        .order_by(PayStatement.month.desc(), PayStatement.worker_id)
        .limit(limit)
        .execution_options(populate_existing=True)
    ).all()
    keys = [(statement.month, statement.worker_id) for statement, *_ in rows]
    lines, corrected = _lines(session, keys), _corrected(session, keys)
    return [
        PayStatementOut(
            **row_out(statement, name).model_dump(),
            state=payroll.state,
            closed_at=payroll.closed_at,
            lines=lines.get((statement.month, statement.worker_id), []),
            because=statement.because,
            corrected_by=corrected.get((statement.month, statement.worker_id), []),
        )
        for statement, name, payroll in rows
    ]


def row_out(statement: PayStatement, worker_name: str) -> PayStatementRow:
    """A statement in sums."""
    return PayStatementRow(
        month=statement.month,
        worker_id=statement.worker_id,
        worker_name=worker_name,
        community_code=statement.community_code,
        duty=statement.duty,
        employed=statement.employed,
        result=statement.result,
        base=statement.base,
        performance=statement.performance,
        corrections=statement.corrections,
        total=statement.total,
    )


def _months(keys: Collection[Key]) -> set[date]:
    return {month for month, _ in keys}


def _workers(keys: Collection[Key]) -> set[UUID]:
    return {worker_id for _, worker_id in keys}


def _lines(session: Session, keys: Collection[Key]) -> Mapping[Key, list[PayLineOut]]:
    found: dict[Key, list[PayLineOut]] = defaultdict(list)
    for line in session.scalars(
        select(PayLine)
        .where(PayLine.month.in_(_months(keys)), PayLine.worker_id.in_(_workers(keys)))
        .order_by(PayLine.number)
        .execution_options(populate_existing=True)
    ):
        found[line.month, line.worker_id].append(PayLineOut.model_validate(line))
    return found


def _corrected(session: Session, keys: Collection[Key]) -> Mapping[Key, list[CorrectedByOut]]:
    """Lines of later months; of those not closed yet nothing is said."""
    found: dict[Key, list[CorrectedByOut]] = defaultdict(list)
    for line in session.scalars(
        select(PayLine)
        .join(
            Payroll,
            and_(Payroll.month == PayLine.month, Payroll.state == PayrollState.CLOSED),
        )
        .where(
            PayLine.kind == LineKind.CORRECTION,
            PayLine.corrects.in_(_months(keys)),
            PayLine.worker_id.in_(_workers(keys)),
        )
        .order_by(PayLine.month, PayLine.number)
    ):
        assert line.corrects is not None
        found[line.corrects, line.worker_id].append(
            CorrectedByOut(
                month=line.month,
                number=line.number,
                part=Part(line.because["part"]),
                amount=line.amount,
            )
        )
    return found
