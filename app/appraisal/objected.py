"""Which results rest on an objection that was upheld: the station's word does not undo them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import AppraisalCorrection, AppraisalObjection, MonthAppraisal


def decided_by_objection(session: Session, rows: Collection[MonthAppraisal]) -> set[UUID]:
    """The workers whose result is the township's answer to their objection."""
    upheld = session.execute(
        select(
            AppraisalObjection.worker_id,
            AppraisalObjection.month,
            AppraisalObjection.decided_at,
        ).where(
            AppraisalObjection.worker_id.in_([row.worker_id for row in rows]),
            AppraisalObjection.upheld.is_(True),
        )
    )
    answers = {tuple(found) for found in upheld}
    return {
        row.worker_id
        for row in rows
        if row.result is not None and (row.worker_id, row.month, row.decided_at) in answers
    }


def answers_objection(session: Session, made: AppraisalCorrection) -> bool:
    """Whether a correction is what the township answered an objection with."""
    wanted = select(AppraisalObjection.id).where(
        AppraisalObjection.worker_id == made.worker_id,
        AppraisalObjection.month == made.month,
        AppraisalObjection.upheld.is_(True),
        AppraisalObjection.decided_at == made.made_at,
    )
    return session.scalar(wanted) is not None
