"""Putting a payroll forward, deciding it and closing it (PAY-4)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.taking import Word, take
from app.db.models import AppraisalMonth, Payroll
from app.outbox.emit import emit
from app.pay.computing import (
    case_of_payroll,
    check_is_fresh,
    compute_payroll,
    facts_of,
    lock_payrolls,
    payroll_of,
)
from app.pay.feed import tell_workers
from app.pay.gathering import city_of, states_of
from app.pay.months import written_month
from app.pay.reacting import PAYROLL
from app.pay.refusals import (
    AppraisalsOpen,
    PayrollClosed,
    PayrollDigestDiffers,
    PayrollMonthOpen,
    PayrollNotApproved,
    PayrollOutOfOrder,
    PayrollPassedOver,
)
from app.pay.reporting import finance_report
from app.pay.schemas import PayrollDecisionIn
from app.people.months import workers_of_month
from app.people.principal import Principal
from app.people.values import values_on
from app.rules.appraisal import MonthState, settles_at
from app.rules.pay import PayrollState, is_passed_over, to_be_closed_first

COMMUNITIES_SAID = 20


def put_forward(session: Session, asker: Principal, month: date, now: datetime) -> Payroll:
    """Compute a month's payroll and take the first step of its approval."""
    payroll = compute_payroll(session, month, asker.account_id, now)
    case = case_of_payroll(session, payroll)
    if case.step == 1:
        take(session, asker, case, Word(facts={"digest": payroll.digest}), now, PAYROLL)
    return payroll


def decide(
    session: Session, asker: Principal, month: date, body: PayrollDecisionIn, now: datetime
) -> Payroll:
    """The centre approves the figures that were seen, or refuses them with a reason."""
    lock_payrolls(session)
    payroll = payroll_of(session, month)
    word = Word(body.outcome, body.reason, facts={"digest": body.digest})
    take(session, asker, case_of_payroll(session, payroll), word, now, PAYROLL)
    return payroll


def close_payroll(
    session: Session, asker: Principal, month: date, digest: str, now: datetime
) -> Payroll:
    """From here on the month never changes; every worker is told the statement."""
    lock_payrolls(session)
    payroll = payroll_of(session, month)
    asker.act(city_of(session))
    _check_may_be_closed(session, payroll, now)
    if payroll.digest != digest:
        raise PayrollDigestDiffers(digest=payroll.digest)
    check_is_fresh(session, payroll)
    payroll.state = PayrollState.CLOSED
    payroll.closed_at, payroll.closed_by = now, asker.account_id
    with session.no_autoflush:
        # Once the row says that it is closed, it takes no report any more.
        payroll.report = finance_report(session, payroll).model_dump(mode="json")
    session.flush()
    tell_workers(session, payroll)
    emit(
        session,
        "payroll.closed",
        by=asker.account_id,
        unit_code=city_of(session),
        subject=("payroll", payroll.id),
        **facts_of(payroll),
    )
    return payroll


def _check_may_be_closed(session: Session, payroll: Payroll, now: datetime) -> None:
    month = payroll.month
    said = written_month(month)
    if payroll.state is PayrollState.CLOSED:
        raise PayrollClosed(month=said)
    settled = settles_at(month, values_on(session, month))
    if now < settled:
        raise PayrollMonthOpen(month=said, **{"from": settled.isoformat()})
    states = states_of(session)
    if is_passed_over(month, states):
        raise PayrollPassedOver(month=said)
    first = to_be_closed_first(month, states)
    if first is not None:
        raise PayrollOutOfOrder(month=said, first=written_month(first))
    waiting = open_communities(session, month)
    if waiting:
        raise AppraisalsOpen(communities=waiting[:COMMUNITIES_SAID], count=len(waiting))
    if payroll.state is not PayrollState.APPROVED:
        raise PayrollNotApproved(state=payroll.state.value)


def open_communities(session: Session, month: date) -> Sequence[str]:
    """The communities with workers whose appraisal of a month is not closed."""
    closed = set(
        session.scalars(
            select(AppraisalMonth.community_code).where(
                AppraisalMonth.month == month, AppraisalMonth.state == MonthState.CLOSED
            )
        )
    )
    workers = workers_of_month(session, city_of(session), month)
    return sorted({worker.community_code for worker in workers} - closed)
