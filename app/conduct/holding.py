"""Getting hold of a proposal or a penalty: one transaction at a time for each worker."""

from uuid import UUID

from sqlalchemy import ARRAY, Uuid, column, func, literal, select
from sqlalchemy.orm import Session

from app.approvals.refusals import OwnMatter
from app.db.models import ConductProposal, Penalty
from app.kit.errors import NotFound
from app.people.principal import Principal


def one_at_a_time(session: Session, *workers: UUID) -> None:
    """Two penalties of one worker are never decided beside each other: the second one counts the
    first (CON-2). Of several workers in order of their keys, so that no two wait for each other."""
    key = func.hashtextextended(func.concat("conduct ", column("worker_id")), 0)
    ordered = func.unnest(literal(sorted(set(workers)), ARRAY(Uuid))).alias("worker_id")
    session.execute(select(func.pg_advisory_xact_lock(key)).select_from(ordered))


def hold_proposal(session: Session, proposal_id: UUID) -> ConductProposal:
    """A proposal as it stands, locked; raises NotFound."""
    proposal = session.get(ConductProposal, proposal_id)
    if proposal is None:
        raise NotFound(proposal=proposal_id)
    one_at_a_time(session, proposal.worker_id)
    session.refresh(proposal, with_for_update=True)
    return proposal


def hold_penalty(session: Session, penalty_id: UUID) -> Penalty:
    """A penalty as it stands, locked after its proposal, as by whoever looks at it again; raises
    NotFound."""
    penalty = session.get(Penalty, penalty_id)
    if penalty is None:
        raise NotFound(penalty=penalty_id)
    one_at_a_time(session, penalty.worker_id)
    session.get_one(ConductProposal, penalty.proposal_id, with_for_update=True)
    session.refresh(penalty, with_for_update=True)
    return penalty


def may_act(asker: Principal, matter: ConductProposal | Penalty) -> None:
    """An office acts within its unit, and nobody about oneself."""
    asker.act(matter.community_code)
    if asker.worker_id == matter.worker_id:
        raise OwnMatter
