"""What was found, decided and answered about a worker lately, for the messages of the day."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.days.records import MessageOut
from app.db.models import (
    AppraisalMonth,
    AppraisalObjection,
    ApprovalCase,
    ApprovalStep,
    ConductProposal,
    MonthAppraisal,
    Penalty,
    PenaltyHistory,
    Resignation,
    YearAppraisal,
)
from app.rules.appraisal import MonthState
from app.rules.approvals import CaseState, Procedure
from app.rules.conduct import ProposalState

Found = Sequence[MessageOut]
OVERTURNED = "overturned"
UPHELD, REFUSED = "upheld", "refused"


def standing_messages(session: Session, worker_id: UUID, at_most: int) -> list[MessageOut]:
    """The latest of each kind, in no order."""
    kinds = (_proposals, _penalties, _months, _years, _objections, _resignations)
    return [message for kind in kinds for message in kind(session, worker_id, at_most)]


def _proposals(session: Session, worker_id: UUID, at_most: int) -> Found:
    """But for those that became a penalty: that is a message of its own."""
    rows = session.scalars(
        select(ConductProposal)
        .where(
            ConductProposal.worker_id == worker_id,
            ConductProposal.state != ProposalState.PENALISED,
        )
        .order_by(func.coalesce(ConductProposal.closed_at, ConductProposal.told_at).desc())
        .limit(at_most)
    )
    return [
        MessageOut(
            kind="proposal",
            subject_id=row.id,
            day=row.occurred_on,
            outcome=row.state.value,
            reason=row.close_reason,
            at=row.closed_at or row.told_at,
        )
        for row in rows
    ]


def _penalties(session: Session, worker_id: UUID, at_most: int) -> Found:
    """Each as it stands, at its last act."""
    last = (
        select(PenaltyHistory.penalty_id, func.max(PenaltyHistory.at).label("at"))
        .join(Penalty, Penalty.id == PenaltyHistory.penalty_id)
        .where(Penalty.worker_id == worker_id)
        .group_by(PenaltyHistory.penalty_id)
        .subquery()
    )
    rows = session.execute(
        select(Penalty, last.c.at)
        .join(last, last.c.penalty_id == Penalty.id)
        .order_by(last.c.at.desc())
        .limit(at_most)
    )
    return [
        MessageOut(
            kind="penalty",
            subject_id=row.id,
            day=row.decided_on,
            outcome=OVERTURNED if row.standing is None else row.standing.value,
            reason=row.reason,
            at=at,
        )
        for row, at in rows
    ]


def _months(session: Session, worker_id: UUID, at_most: int) -> Found:
    """Once the station gave its word."""
    rows = session.execute(
        select(MonthAppraisal, AppraisalMonth)
        .join(
            AppraisalMonth,
            (AppraisalMonth.community_code == MonthAppraisal.community_code)
            & (AppraisalMonth.month == MonthAppraisal.month),
        )
        .where(
            MonthAppraisal.worker_id == worker_id,
            MonthAppraisal.result.is_not(None),
            AppraisalMonth.state != MonthState.OPEN,
        )
        .order_by(MonthAppraisal.month.desc())
        .limit(at_most)
    )
    return [
        MessageOut(
            kind="month_appraisal",
            subject_id=whole.id,
            day=row.month,
            outcome=row.result.value if row.result else whole.state.value,
            reason=row.result_reason,
            at=whole.closed_at or whole.confirmed_at or row.computed_at,
        )
        for row, whole in rows
    ]


def _years(session: Session, worker_id: UUID, at_most: int) -> Found:
    rows = session.scalars(
        select(YearAppraisal)
        .where(YearAppraisal.worker_id == worker_id, YearAppraisal.graded_at.is_not(None))
        .order_by(YearAppraisal.year.desc())
        .limit(at_most)
    )
    return [
        MessageOut(
            kind="year_appraisal",
            subject_id=row.id,
            day=date(row.year, 12, 31),
            outcome=(row.grade or row.by_rule).value,
            reason=row.proposed_reason,
            at=row.graded_at or row.computed_at,
        )
        for row in rows
    ]


def _objections(session: Session, worker_id: UUID, at_most: int) -> Found:
    """Those that were answered."""
    rows = session.scalars(
        select(AppraisalObjection)
        .where(
            AppraisalObjection.worker_id == worker_id, AppraisalObjection.decided_at.is_not(None)
        )
        .order_by(AppraisalObjection.decided_at.desc())
        .limit(at_most)
    )
    return [
        MessageOut(
            kind="appraisal_objection",
            subject_id=row.id,
            day=row.month or date(row.year or row.received_at.year, 12, 31),
            outcome=UPHELD if row.upheld else REFUSED,
            reason=row.reason,
            at=row.decided_at or row.received_at,
        )
        for row in rows
    ]


def _resignations(session: Session, worker_id: UUID, at_most: int) -> Found:
    """Those that were decided, with the reason of the step that did."""
    rows = session.execute(
        select(Resignation, ApprovalCase.closed_at, ApprovalStep.reason)
        .join(ApprovalCase, ApprovalCase.subject_id == Resignation.id)
        .join(
            ApprovalStep,
            (ApprovalStep.case_id == ApprovalCase.id)
            & (ApprovalStep.taken_at == ApprovalCase.closed_at),
        )
        .where(
            Resignation.worker_id == worker_id,
            ApprovalCase.procedure == Procedure.RESIGNATION,
            ApprovalCase.state.in_([CaseState.APPROVED, CaseState.REFUSED]),
        )
        .order_by(ApprovalCase.closed_at.desc())
        .limit(at_most)
    )
    return [
        MessageOut(
            kind="resignation",
            subject_id=row.id,
            day=row.last_day,
            outcome=row.state.value,
            reason=reason,
            at=closed_at,
        )
        for row, closed_at, reason in rows
    ]
