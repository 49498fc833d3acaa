"""A month's payroll: computed again, it doubles nothing and changes no closed month (PAY-4)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.approvals.cases import Subject, open_case, open_case_of, withdraw_case
from app.db.bulk import insert_rows
from app.db.models import ApprovalCase, PayLine, Payroll, PayStatement
from app.kit.clock import day_end
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.kit.money import written
from app.outbox.emit import emit
from app.pay.figuring import FiguredStatement, Progress, digest_of, figure, quietly
from app.pay.gathering import city_of, states_of
from app.pay.months import written_month
from app.pay.refusals import (
    PayrollClosed,
    PayrollMonthOpen,
    PayrollOfNobody,
    PayrollPassedOver,
    PayrollStale,
)
from app.rules.activity import month_of
from app.rules.approvals import Procedure
from app.rules.pay import NOTHING, PayrollState, is_passed_over
from app.rules.version import RULES_VERSION

COMPUTED_ANEW = "重新编制 / computed anew"


def compute_payroll(
    session: Session, month: date, by: UUID | None, now: datetime, progress: Progress = quietly
) -> Payroll:
    """A month's statements by all that is known now, and their approval opened.

    Where nothing changed since, what stands goes on standing, its approval too. Raises
    PayrollMonthOpen, PayrollClosed, PayrollPassedOver, PayrollOfNobody and StandardLacking.
    """
    month = month.replace(day=1)
    lock_payrolls(session)
    _check_may_be_computed(session, month, now)
    statements = figure(session, month, progress)
    digest = digest_of(statements)
    payroll = session.get(Payroll, month, populate_existing=True)
    if payroll is None and not statements:
        raise PayrollOfNobody(month=written_month(month))
    if payroll is not None and payroll.digest == digest and _stands(session, payroll):
        return payroll
    if payroll is None:
        payroll = Payroll(month=month, id=uuid7(now))
        session.add(payroll)
    _sum_up(payroll, statements)
    payroll.digest, payroll.rules_version = digest, RULES_VERSION
    payroll.computed_at, payroll.computed_by = now, by
    _open_approval(session, payroll, by, now)
    _write(session, month, statements)
    emit(
        session,
        "payroll.computed",
        by=by,
        unit_code=city_of(session),
        subject=("payroll", payroll.id),
        **facts_of(payroll),
    )
    return payroll


def lock_payrolls(session: Session) -> None:
    """All acts on payrolls wait for each other: a month rests on those before it."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("payroll", 0))))


def payroll_of(session: Session, month: date) -> Payroll:
    """A month's payroll as it stands now; raises NotFound."""
    found = session.get(Payroll, month, populate_existing=True)
    if found is None:
        raise NotFound(month=written_month(month))
    return found


def facts_of(payroll: Payroll) -> dict[str, Any]:
    """What is said of a payroll where acts are recorded."""
    return {
        "month": written_month(payroll.month),
        "workers": payroll.workers,
        "total": written(payroll.total),
        "digest": payroll.digest,
    }


def check_is_fresh(session: Session, payroll: Payroll) -> None:
    """Raises PayrollStale where it would come to something else if it were computed now."""
    if digest_of(figure(session, payroll.month)) != payroll.digest:
        raise PayrollStale(month=written_month(payroll.month), computed_at=payroll.computed_at)


def _check_may_be_computed(session: Session, month: date, now: datetime) -> None:
    over = day_end(month_of(month)[1])
    if now < over:
        raise PayrollMonthOpen(month=written_month(month), **{"from": over.isoformat()})
    states = states_of(session)
    if states.get(month) is PayrollState.CLOSED:
        raise PayrollClosed(month=written_month(month))
    if is_passed_over(month, states):
        raise PayrollPassedOver(month=written_month(month))


def _stands(session: Session, payroll: Payroll) -> bool:
    """Approved, or on its way to it."""
    if payroll.state is PayrollState.APPROVED:
        return True
    return open_case_of(session, Procedure.PAYROLL, payroll.id) is not None


def _sum_up(payroll: Payroll, statements: Sequence[FiguredStatement]) -> None:
    payroll.state = PayrollState.COMPUTED
    payroll.workers = len(statements)
    payroll.base = sum((each.base for each in statements), NOTHING)
    payroll.performance = sum((each.performance for each in statements), NOTHING)
    payroll.corrections = sum((each.corrections for each in statements), NOTHING)
    payroll.total = payroll.base + payroll.performance + payroll.corrections
    payroll.approved_at = payroll.approved_by = payroll.case_id = None


def _open_approval(session: Session, payroll: Payroll, by: UUID | None, now: datetime) -> None:
    session.flush()
    old = open_case_of(session, Procedure.PAYROLL, payroll.id)
    if old is not None:
        withdraw_case(session, None, old, COMPUTED_ANEW, now)
        session.flush()
    case = open_case(session, Subject(Procedure.PAYROLL, payroll.id, city_of(session)), by, now)
    payroll.case_id = case.id
    session.flush()


def case_of_payroll(session: Session, payroll: Payroll) -> ApprovalCase:
    """The case in which it is, or was, decided; raises NotFound."""
    found = session.get(ApprovalCase, payroll.case_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(month=written_month(payroll.month))
    return found


def _write(session: Session, month: date, statements: Sequence[FiguredStatement]) -> None:
    session.execute(delete(PayLine).where(PayLine.month == month))
    session.execute(delete(PayStatement).where(PayStatement.month == month))
    insert_rows(session, PayStatement, [_statement_row(month, each) for each in statements])
    insert_rows(session, PayLine, [row for each in statements for row in _line_rows(month, each)])


def _statement_row(month: date, statement: FiguredStatement) -> dict[str, Any]:
    return {
        "month": month,
        "worker_id": statement.worker_id,
        "community_code": statement.community_code,
        "duty": statement.duty,
        "employed": statement.employed,
        "result": statement.result,
        "base": written(statement.base),
        "performance": written(statement.performance),
        "corrections": written(statement.corrections),
        "total": written(statement.total),
        "because": statement.because,
    }


def _line_rows(month: date, statement: FiguredStatement) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(statement.lines, 1):
        yield {
            "month": month,
            "worker_id": statement.worker_id,
            "number": number,
            "kind": line.kind,
            "amount": written(line.amount),
            "rule": line.rule,
            "clause": line.clause,
            "corrects": line.corrects,
            "because": line.because,
        }
