"""What open proposals would lead to, once another penalty was decided or fell away (CON-2)."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conduct.counting import rung_of
from app.conduct.shown import tell_proposal
from app.db.models import ConductProposal
from app.rules.conduct import ProposalState, year_of

OPEN = frozenset({ProposalState.PROPOSED, ProposalState.PUT_FORWARD})
"""Nobody has decided yet."""


def tell_open_ones(session: Session, worker_id: UUID, occurred_on: date) -> None:
    """The worker's open proposals of a calendar year that lead to another rung now say so (CON-2).

    One that was put forward as something else is not decided so: it is taken back first.
    """
    session.flush()
    proposals = session.scalars(
        select(ConductProposal)
        .where(
            ConductProposal.worker_id == worker_id,
            ConductProposal.occurred_on.between(*year_of(occurred_on)),
            ConductProposal.state.in_(OPEN),
        )
        .order_by(ConductProposal.id)
        .with_for_update()
    ).all()
    for proposal in proposals:
        rung = rung_of(session, worker_id, proposal.ground, proposal.occurred_on)
        if rung is not proposal.rung:
            proposal.rung = rung
            tell_proposal(session, proposal)
