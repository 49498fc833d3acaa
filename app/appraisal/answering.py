"""The township answers an objection with a reason; upheld, it says what changes (APR-1)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.appraisal.annual_proposing import begin_anew
from app.appraisal.corrections import (
    appraisal_of,
    by_township,
    lay_over,
    not_about_oneself,
    score_anew,
)
from app.appraisal.feed import tell_months
from app.appraisal.forms import IndicatorShareIn, ObjectionDecisionIn
from app.appraisal.months import standing_corrections
from app.appraisal.objecting import tell_answered
from app.appraisal.refusals import NothingFollows, ObjectionDecided, SameResult
from app.appraisal.revising import add_revision
from app.db.models import AppraisalMonth, AppraisalObjection, MonthAppraisal
from app.kit.errors import NotFound
from app.outbox.emit import emit
from app.people.principal import Principal
from app.rules.appraisal import MonthState


def decide_objection(
    session: Session, asker: Principal, key: UUID, body: ObjectionDecisionIn, now: datetime
) -> AppraisalObjection:
    """Once; upheld against a year, another grade goes through its steps from the first."""
    objection = session.get(AppraisalObjection, key, with_for_update=True)
    if objection is None:
        raise NotFound
    asker.look(objection.community_code)
    by_township(asker)
    not_about_oneself(asker, objection.worker_id)
    if objection.decided_at is not None:
        raise ObjectionDecided(decided_at=objection.decided_at)
    objection.decided_at, objection.decided_by = now, asker.account_id
    objection.upheld, objection.reason = body.upheld, body.reason
    session.flush()
    _say(session, asker, objection)
    if objection.month is not None:
        _of_month(session, asker, objection, body, now)
        return objection
    if body.upheld:
        begin_anew(session, asker, objection, now)
    tell_answered(session, objection)
    return objection


def _of_month(
    session: Session,
    asker: Principal,
    objection: AppraisalObjection,
    body: ObjectionDecisionIn,
    now: datetime,
) -> None:
    assert objection.month is not None
    whole, row = appraisal_of(session, asker, objection.worker_id, objection.month)
    if not body.upheld:
        tell_months(session, [row])
    elif whole.state is MonthState.CLOSED:
        if body.result is None:
            raise NothingFollows(state=whole.state.value)
        add_revision(session, asker, row, (body.result, body.reason), now, objection)
    else:
        _change(session, asker, (whole, row), body, now)
        tell_months(session, [row])


def _change(
    session: Session,
    asker: Principal,
    month: tuple[AppraisalMonth, MonthAppraisal],
    body: ObjectionDecisionIn,
    now: datetime,
) -> None:
    """Before closing: other figures, another result, or both; of figures alone a confirmed month
    gets the result that follows from the score, an open one still waits for the station's word."""
    whole, row = month
    _check_changes(row, body)
    if body.share is not None:
        _replace(session, asker, row, body.share, body.reason, now)
        session.refresh(row)
    if body.result is None and whole.state is MonthState.OPEN:
        return
    row.result = body.result or row.proposed
    row.result_reason, row.decided_by, row.decided_at = body.reason, asker.account_id, now
    session.flush()


def _check_changes(row: MonthAppraisal, body: ObjectionDecisionIn) -> None:
    """Whoever upholds an objection says what changes with it."""
    if body.share is not None:
        return
    if body.result is None:
        raise NothingFollows
    if body.result is (row.result or row.proposed):
        raise SameResult(result=body.result.value)


def _replace(
    session: Session,
    asker: Principal,
    row: MonthAppraisal,
    share: IndicatorShareIn,
    reason: str,
    now: datetime,
) -> None:
    """The township's figures take the place of the station's."""
    standing = standing_corrections(session, [row.worker_id], row.month)
    before = standing.get(row.worker_id, {}).get(share.indicator)
    if before is not None:
        before.withdrawn_at, before.withdrawn_by = now, asker.account_id
        before.withdraw_reason = reason
        session.flush()
        score_anew(session, row, now)
    lay_over(session, row, share, (reason, asker.account_id), now)


def _say(session: Session, asker: Principal, objection: AppraisalObjection) -> None:
    emit(
        session,
        "appraisal.objection_answered",
        by=asker.account_id,
        unit_code=objection.community_code,
        subject=("appraisal_objection", objection.id),
        worker=str(objection.worker_id),
        month=objection.month.isoformat() if objection.month else None,
        year=objection.year,
        upheld=objection.upheld,
    )
