"""A decision becomes a penalty, with what follows from it (CON-1, CON-3, CON-5)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.approvals.taking import Turn
from app.conduct.flagging import Done, write_down
from app.conduct.rungs import tell_open_ones
from app.conduct.shown import evidence_of, tell_proposal
from app.contracts.ending import end_contract
from app.contracts.resuming import resume_contract
from app.db.models import ApprovalStep, ConductProposal, Penalty
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.rules.conduct import PenaltyAct, PenaltyKind, ProposalState, ends_on
from app.rules.hiring import ContractEnd


def penalise(session: Session, proposal: ConductProposal, turn: Turn) -> Penalty:
    """The penalty that was put forward is decided, on the evidence that was seen."""
    evidence, day = evidence_of(session, proposal), civil_day(turn.now)
    first = session.get_one(ApprovalStep, (turn.case.id, 1))
    kind = PenaltyKind(first.facts["rung"])
    penalty = Penalty(
        id=uuid7(turn.now),
        proposal_id=proposal.id,
        worker_id=proposal.worker_id,
        community_code=proposal.community_code,
        ground=proposal.ground,
        occurred_on=proposal.occurred_on,
        kind=kind,
        standing=kind,
        decided_on=day,
        ends_on=ends_on(day),
        evidence=evidence.number,
        evidence_digest=evidence.digest,
        tier=turn.step.tier,
        reason=turn.word.reason,
        decided_at=turn.now,
        decided_by=turn.asker.account_id,
        review_because=None,
    )
    session.add(penalty)
    proposal.state, proposal.rung = ProposalState.PENALISED, kind
    proposal.closed_at, proposal.closed_by = turn.now, turn.asker.account_id
    session.flush()
    decided = Done(PenaltyAct.DECIDED, turn.asker.account_id, turn.step.tier, turn.word.reason)
    write_down(session, penalty, decided, turn.now)
    tell_proposal(session, proposal)
    tell_open_ones(session, penalty.worker_id, penalty.occurred_on)
    if kind is PenaltyKind.DISMISSAL:
        _dismiss(session, penalty, turn)
    return penalty


def _dismiss(session: Session, penalty: Penalty, turn: Turn) -> None:
    """一(二)4: the contract ends; its last date is that of the decision."""
    end_contract(
        session,
        penalty.worker_id,
        penalty.decided_on,
        ContractEnd.DISMISSAL,
        by=turn.asker.account_id,
        reason=turn.word.reason or penalty.ground.value,
        case_id=turn.case.id,
        now=turn.now,
    )


def reinstate(
    session: Session, penalty: Penalty, before: PenaltyKind | None, by: UUID, now: datetime
) -> None:
    """What a dismissal ended goes on once it stands no longer."""
    if before is PenaltyKind.DISMISSAL and penalty.standing is not PenaltyKind.DISMISSAL:
        resume_contract(session, penalty.worker_id, penalty.decided_on, by=by, now=now)
