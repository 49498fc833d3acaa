"""What the approval of a payroll demands and does (PAY-4)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.taking import Reaction, Turn
from app.db.models import Payroll
from app.outbox.emit import emit
from app.pay.computing import check_is_fresh, facts_of, lock_payrolls
from app.pay.refusals import PayrollDigestDiffers
from app.rules.approvals import CaseState, StepOutcome
from app.rules.pay import PayrollState


def _payroll(session: Session, turn: Turn) -> Payroll:
    wanted = select(Payroll).where(Payroll.id == turn.case.subject_id)
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def _check(session: Session, turn: Turn) -> None:
    """Whoever passes it names the figures that were seen, and they still hold."""
    if turn.word.outcome is StepOutcome.REFUSED:
        return
    payroll = _payroll(session, turn)
    if turn.word.facts.get("digest") != payroll.digest:
        raise PayrollDigestDiffers(digest=payroll.digest)
    if turn.step.number > 1:
        check_is_fresh(session, payroll)


def _taken(session: Session, turn: Turn) -> None:
    payroll = _payroll(session, turn)
    if turn.case.state is CaseState.APPROVED:
        payroll.state = PayrollState.APPROVED
        payroll.approved_at, payroll.approved_by = turn.now, turn.asker.account_id
        _say(session, turn, payroll, "payroll.approved")
    if turn.case.state is CaseState.REFUSED:
        _say(session, turn, payroll, "payroll.refused")


def _say(session: Session, turn: Turn, payroll: Payroll, name: str) -> None:
    emit(
        session,
        name,
        by=turn.asker.account_id,
        unit_code=turn.case.unit_code,
        subject=("payroll", payroll.id),
        **facts_of(payroll),
    )


PAYROLL = Reaction(check=_check, taken=_taken, lock=lambda session, _: lock_payrolls(session))
