"""What is held against the worker who asks, and the answers to it.

Answers and appeals are sent as records of the handset (`proposal_answer`, `penalty_appeal`).
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.api.conduct_queries import MyPenaltiesAsked, MyProposalsAsked
from app.api.deps import Db, Me, Now
from app.api.own_evidence import own_penalty, own_proposal
from app.api.problems import refusals
from app.conduct import lists, looking
from app.conduct.detail_schemas import (
    PenaltyDetailOut,
    PenaltyPage,
    ProposalDetailOut,
    ProposalPage,
)
from app.conduct.lists import WhichPenalties, WhichProposals
from app.kit.errors import BadCursor, NotFound

router = APIRouter(prefix="/v1", tags=["conduct"])


@router.get("/me/proposals", responses=refusals(BadCursor))
def list_my_proposals(
    db: Db, asker: Me, asked: Annotated[MyProposalsAsked, Query()]
) -> ProposalPage:
    """The proposals about oneself, the latest found first."""
    which = WhichProposals(worker_id=asker.as_worker(), state=asked.state)
    return lists.proposals_where(db, which, asked.page)


@router.get("/me/proposals/{id}", responses=refusals(NotFound))
def read_my_proposal(db: Db, asker: Me, now: Now, id: UUID) -> ProposalDetailOut:
    """What was found, on which records, and what it would cause."""
    return own_proposal(looking.look_at_own_proposal(db, asker.as_worker(), id, now))


@router.get("/me/penalties", responses=refusals(BadCursor))
def list_my_penalties(
    db: Db, asker: Me, asked: Annotated[MyPenaltiesAsked, Query()]
) -> PenaltyPage:
    """One's own penalties, the latest decided first."""
    which = WhichPenalties(worker_id=asker.as_worker(), in_force_on=asked.in_force)
    return lists.penalties_where(db, which, asked.page)


@router.get("/me/penalties/{id}", responses=refusals(NotFound))
def read_my_penalty(db: Db, asker: Me, now: Now, id: UUID) -> PenaltyDetailOut:
    """One's own penalty: what it was decided on, what it causes, and until when to appeal."""
    return own_penalty(looking.look_at_own_penalty(db, asker.as_worker(), id, now))
