"""What a worker says to a proposal, before anybody decides (CON-1)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conduct.appealing import said_on
from app.conduct.flagging import offer_review
from app.conduct.holding import hold_proposal
from app.conduct.refusals import AnswerLate, ProposalClosed
from app.conduct.schemas import ProposalAnswerIn
from app.conduct.shown import tell_proposal
from app.db.models import ConductAnswer, ConductProposal, Penalty
from app.kit.errors import NotFound
from app.outbox.emit import emit
from app.people.capture import Capture
from app.people.photos import Subject, link_photos
from app.rules.conduct import ProposalState
from app.rules.due_process import said_in_time

ENDED = frozenset({ProposalState.DROPPED, ProposalState.LAPSED})
"""Nothing is held against the worker any more."""


def record_answer(session: Session, capture: Capture, body: ProposalAnswerIn) -> ConductAnswer:
    """An answer in time, by the capture's proven time or else by its receipt.

    One that was given in time but arrives after the decision is kept too, and the penalty is
    offered for review: whoever decided had not heard it.
    """
    proposal = hold_proposal(session, body.proposal_id)
    if proposal.worker_id != capture.worker_id:
        raise NotFound(proposal=body.proposal_id)
    if proposal.state in ENDED:
        raise ProposalClosed(state=proposal.state.value)
    if not said_in_time(said_on(capture), proposal.answer_until):
        raise AnswerLate(answer_until=proposal.answer_until)
    answer = ConductAnswer(
        id=capture.id,
        proposal_id=proposal.id,
        worker_id=proposal.worker_id,
        said=body.said,
        photos=list(body.photos),
        answered_at=capture.at,
        received_at=capture.received_at,
    )
    session.add(answer)
    session.flush()
    subject = Subject("proposal_answer", answer.id, proposal.community_code, proposal.worker_id)
    link_photos(session, subject, body.photos, capture.received_at)
    _unheard(session, proposal, answer)
    _say(session, proposal, capture)
    return answer


def _unheard(session: Session, proposal: ConductProposal, answer: ConductAnswer) -> None:
    if proposal.state is not ProposalState.PENALISED:
        return
    penalty = session.scalars(select(Penalty).where(Penalty.proposal_id == proposal.id)).one()
    if penalty.standing is not None:
        offer_review(session, penalty, {"answer": str(answer.id)}, answer.received_at)


def _say(session: Session, proposal: ConductProposal, capture: Capture) -> None:
    tell_proposal(session, proposal)
    emit(
        session,
        "conduct.answered",
        by=capture.account_id,
        unit_code=proposal.community_code,
        subject=("proposal", proposal.id),
        answer=str(capture.id),
        worker=str(proposal.worker_id),
    )
