"""Whoever looks at one proposal or penalty sees what its data says now."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conduct.detail_schemas import PenaltyDetailOut, ProposalDetailOut
from app.conduct.details import penalty_detail, proposal_detail
from app.conduct.proposing import refresh
from app.db.models import ConductProposal, Penalty
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.people.principal import Principal


def look_at_proposal(
    session: Session, asker: Principal, key: UUID, now: datetime
) -> ProposalDetailOut:
    """A proposal of one's unit; what changed behind it is found now and told."""
    proposal = session.get(ConductProposal, key)
    if proposal is None:
        raise NotFound(proposal=key)
    asker.look(proposal.community_code)
    refresh(session, proposal, now)
    return proposal_detail(session, proposal, civil_day(now))


def look_at_own_proposal(
    session: Session, worker_id: UUID, key: UUID, now: datetime
) -> ProposalDetailOut:
    """A proposal about oneself."""
    proposal = session.get(ConductProposal, key)
    if proposal is None or proposal.worker_id != worker_id:
        raise NotFound(proposal=key)
    refresh(session, proposal, now)
    return proposal_detail(session, proposal, civil_day(now))


def look_at_penalty(
    session: Session, asker: Principal, key: UUID, now: datetime
) -> PenaltyDetailOut:
    """A penalty of one's unit."""
    penalty = session.get(Penalty, key)
    if penalty is None:
        raise NotFound(penalty=key)
    asker.look(penalty.community_code)
    return _penalty(session, penalty, now)


def look_at_own_penalty(
    session: Session, worker_id: UUID, key: UUID, now: datetime
) -> PenaltyDetailOut:
    """A penalty of one's own."""
    penalty = session.get(Penalty, key)
    if penalty is None or penalty.worker_id != worker_id:
        raise NotFound(penalty=key)
    return _penalty(session, penalty, now)


def _penalty(session: Session, penalty: Penalty, now: datetime) -> PenaltyDetailOut:
    query = select(ConductProposal).where(ConductProposal.id == penalty.proposal_id)
    refresh(session, session.scalars(query).one(), now)
    session.refresh(penalty)
    return penalty_detail(session, penalty)
