"""What the procedures of penalties, dismissals and appeals do beyond their steps (CON-1, CON-5)."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.standing_in import place_of
from app.approvals.taking import Reaction, Turn
from app.conduct.appealing import settle_appeal
from app.conduct.holding import hold_penalty, hold_proposal
from app.conduct.lapsing import drop
from app.conduct.penalising import penalise
from app.conduct.refusals import PenaltyOverturned, SamePerson
from app.conduct.weighing import heard, same_rung, seen_digest, still_posted, weigh
from app.db.models import Appeal, ApprovalStep, ConductProposal, Penalty
from app.rules.approvals import CaseState, StepOutcome


def _hold_subject(session: Session, proposal_id: UUID) -> None:
    hold_proposal(session, proposal_id)


def _check_proposal(session: Session, turn: Turn) -> None:
    """Before it goes on: the evidence that was seen, the rung put forward, and a hearing."""
    if turn.word.outcome is not StepOutcome.PASSED:
        return
    seen = seen_digest(turn.word.facts)
    proposal = session.get_one(ConductProposal, turn.case.subject_id)
    still_posted(session, proposal, turn.now)
    evidence = weigh(session, proposal, seen, turn.now)
    same_rung(session, proposal)
    heard(session, proposal, evidence, turn.now)


def _proposal_taken(session: Session, turn: Turn) -> None:
    proposal = session.get_one(ConductProposal, turn.case.subject_id)
    match turn.case.state:
        case CaseState.APPROVED:
            penalise(session, proposal, turn)
        case CaseState.REFUSED:
            drop(session, proposal, turn.asker.account_id, turn.word.reason, turn.now)
        case CaseState.OPEN | CaseState.WITHDRAWN:
            pass


def _hold_appealed(session: Session, appeal_id: UUID) -> None:
    hold_penalty(session, session.get_one(Appeal, appeal_id).penalty_id)


def _check_appeal(session: Session, turn: Turn) -> None:
    """By another person than any who had a hand in the penalty; while it stands."""
    appeal = session.get_one(Appeal, turn.case.subject_id)
    penalty = session.get_one(Penalty, appeal.penalty_id)
    if penalty.standing is None:
        raise PenaltyOverturned
    if _hands_of(session, turn) & _hands_in(session, penalty):
        raise SamePerson


def _hands_of(session: Session, turn: Turn) -> set[UUID]:
    """Whoever asks, and in whose place."""
    place = place_of(session, turn.asker, turn.case, turn.step, turn.now)
    own = {turn.asker.account_id}
    return own | {place.stood_in_for} if place and place.stood_in_for else own


def _hands_in(session: Session, penalty: Penalty) -> set[UUID]:
    """Who took a step that led to a penalty, in person or through a stand-in."""
    proposal = session.get_one(ConductProposal, penalty.proposal_id)
    rows = session.execute(
        select(ApprovalStep.taken_by, ApprovalStep.stood_in_for).where(
            ApprovalStep.case_id == proposal.case_id
        )
    )
    return {hand for row in rows for hand in row if hand is not None}


def _appeal_taken(session: Session, turn: Turn) -> None:
    if turn.case.state in {CaseState.APPROVED, CaseState.REFUSED}:
        settle_appeal(session, session.get_one(Appeal, turn.case.subject_id), turn)


PENALTY = Reaction(check=_check_proposal, taken=_proposal_taken, lock=_hold_subject)
DISMISSAL = PENALTY
"""The same; what differs is how many steps there are, and that the last one ends the contract."""
APPEAL = Reaction(check=_check_appeal, taken=_appeal_taken, lock=_hold_appealed)
