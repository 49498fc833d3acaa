"""After closing nothing of a month changes; the township adds another result to it (APR-1)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.appraisal.corrections import appraisal_of, by_township, not_about_oneself
from app.appraisal.feed import tell_months
from app.appraisal.forms import MonthRevisionIn
from app.appraisal.months import last_revisions
from app.appraisal.recomputing import difference_of
from app.appraisal.refusals import MonthNotClosed, SameResult
from app.db.models import AppraisalObjection, AppraisalRevision, MonthAppraisal
from app.kit.ids import uuid7
from app.outbox.emit import emit
from app.people.principal import Principal
from app.rules.appraisal import MonthState, Result, RevisionGround


def revise_for_data(
    session: Session,
    asker: Principal,
    key: tuple[UUID, date],
    body: MonthRevisionIn,
    now: datetime,
) -> AppraisalRevision:
    """Records changed after closing; what a recomputation shows is kept with it."""
    whole, row = appraisal_of(session, asker, *key)
    by_township(asker)
    not_about_oneself(asker, row.worker_id)
    if whole.state is not MonthState.CLOSED:
        raise MonthNotClosed(state=whole.state.value)
    return add_revision(session, asker, row, (body.result, body.reason), now)


def add_revision(
    session: Session,
    asker: Principal,
    row: MonthAppraisal,
    word: tuple[Result, str],
    now: datetime,
    objection: AppraisalObjection | None = None,
) -> AppraisalRevision:
    """Another result; raises SameResult."""
    result, reason = word
    before = last_revisions(session, [row.worker_id], row.month).get(row.worker_id)
    stands = before.result if before else row.result
    if result is stands:
        raise SameResult(result=result.value)
    made = AppraisalRevision(
        id=uuid7(now),
        worker_id=row.worker_id,
        month=row.month,
        result=result,
        ground=RevisionGround.DATA if objection is None else RevisionGround.OBJECTION,
        objection_id=objection.id if objection else None,
        reason=reason,
        because=dict(difference_of(session, row, now)),
        decided_by=asker.account_id,
        decided_at=now,
    )
    session.add(made)
    session.flush()
    emit(
        session,
        "appraisal.revised",
        by=asker.account_id,
        unit_code=row.community_code,
        subject=("appraisal_revision", made.id),
        worker=str(row.worker_id),
        month=row.month.isoformat(),
        ground=made.ground.value,
        was=stands.value if stands else None,
        result=result.value,
    )
    tell_months(session, [row])
    return made
