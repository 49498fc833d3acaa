"""How a proposal ends without a penalty: dropped by a person, or lapsed with its ground."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.approvals.cases import withdraw_case
from app.conduct.shown import tell_proposal
from app.db.models import ApprovalCase, ConductProposal
from app.outbox.emit import emit
from app.rules.approvals import CaseState
from app.rules.conduct import ProposalState

GROUND_GONE = "证据已变化，处罚事由不复存在。"


def lapse(session: Session, proposal: ConductProposal, now: datetime) -> None:
    """The data changed and the ground is gone; an open case ends undecided with it."""
    if proposal.case_id is not None:
        _withdraw(session, proposal.case_id, now)
    proposal.state, proposal.closed_at = ProposalState.LAPSED, now
    _say(session, proposal, "conduct.lapsed", None)


def drop(
    session: Session, proposal: ConductProposal, by: UUID, reason: str | None, now: datetime
) -> None:
    """A person decided that nothing follows."""
    proposal.state, proposal.closed_at = ProposalState.DROPPED, now
    proposal.closed_by, proposal.close_reason = by, reason
    _say(session, proposal, "conduct.dropped", by)


def _withdraw(session: Session, case_id: UUID, now: datetime) -> None:
    case = session.get_one(ApprovalCase, case_id, with_for_update=True)
    if case.state is CaseState.OPEN:
        withdraw_case(session, None, case, GROUND_GONE, now)


def _say(session: Session, proposal: ConductProposal, event: str, by: UUID | None) -> None:
    tell_proposal(session, proposal)
    emit(
        session,
        event,
        by=by,
        unit_code=proposal.community_code,
        subject=("proposal", proposal.id),
        worker=str(proposal.worker_id),
        ground=proposal.ground.value,
        occurred_on=proposal.occurred_on.isoformat(),
        state=proposal.state.value,
    )
