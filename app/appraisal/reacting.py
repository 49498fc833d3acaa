"""What a month's two steps do: the station's word, and the township's (APR-1)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appraisal.feed import tell_months
from app.appraisal.months import digest_of, lock_month, rows_of
from app.appraisal.objected import decided_by_objection
from app.appraisal.refusals import AppraisalChanged, OwnAppraisal
from app.approvals.taking import Reaction, Turn
from app.db.models import AppraisalMonth, MonthAppraisal
from app.outbox.emit import emit
from app.rules.appraisal import MonthState
from app.rules.approvals import StepAct, StepOutcome


def _month(session: Session, turn: Turn) -> AppraisalMonth:
    """The case's month, locked."""
    place = session.execute(
        select(AppraisalMonth.community_code, AppraisalMonth.month).where(
            AppraisalMonth.id == turn.case.subject_id
        )
    ).one()
    row = lock_month(session, place.community_code, place.month)
    assert row is not None
    return row


def _check(session: Session, turn: Turn) -> None:
    """Whoever closes a month has seen what it says now, and is not among its workers."""
    month = _month(session, turn)
    rows = rows_of(session, month.community_code, month.month)
    if turn.asker.worker_id in {row.worker_id for row in rows}:
        raise OwnAppraisal
    if turn.step.act is StepAct.CLOSE and turn.word.outcome is StepOutcome.PASSED:
        digest = digest_of(rows)
        if turn.word.facts.get("digest") != digest:
            raise AppraisalChanged(digest=digest)


def _taken(session: Session, turn: Turn) -> None:
    month = _month(session, turn)
    rows = rows_of(session, month.community_code, month.month)
    if turn.word.outcome is StepOutcome.REFUSED:
        _send_back(session, month, rows)
    elif turn.step.act is StepAct.CLOSE:
        month.state, month.closed_at = MonthState.CLOSED, turn.now
        month.closed_by = turn.asker.account_id
    else:
        month.state, month.confirmed_at = MonthState.CONFIRMED, turn.now
        month.confirmed_by = turn.asker.account_id
    _say(session, turn, month)
    tell_months(session, rows)


def _send_back(session: Session, month: AppraisalMonth, rows: Sequence[MonthAppraisal]) -> None:
    """The station's words are taken back; what objections led to stays."""
    kept = decided_by_objection(session, rows)
    month.state, month.confirmed_at, month.confirmed_by = MonthState.OPEN, None, None
    for row in rows:
        if row.worker_id not in kept:
            row.result, row.result_reason = None, None
            row.decided_at, row.decided_by = None, None


SAYS = {
    MonthState.OPEN: "appraisal.sent_back",
    MonthState.CONFIRMED: "appraisal.confirmed",
    MonthState.CLOSED: "appraisal.closed",
}


def _say(session: Session, turn: Turn, month: AppraisalMonth) -> None:
    emit(
        session,
        SAYS[month.state],
        by=turn.asker.account_id,
        unit_code=month.community_code,
        subject=("appraisal_month", month.id),
        month=month.month.isoformat(),
        workers=month.workers,
        approval=str(turn.case.id),
    )


MONTHLY = Reaction(check=_check, taken=_taken)
