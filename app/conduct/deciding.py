"""The community puts a proposal forward, takes it back, or drops it (CON-5, CON-1)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.approvals.cases import Subject, open_case, withdraw_case
from app.approvals.taking import Word, take
from app.conduct.counting import rung_of
from app.conduct.holding import hold_proposal, may_act
from app.conduct.lapsing import drop
from app.conduct.refusals import NotPutForward, ProposalClosed, PutForwardAlready
from app.conduct.schemas import CloseIn, PutForwardIn
from app.conduct.shown import tell_proposal
from app.conduct.weighing import still_posted, weigh
from app.db.models import ApprovalCase, ConductProposal
from app.outbox.emit import emit
from app.people.principal import Principal
from app.rules.approvals import CaseState
from app.rules.conduct import PenaltyKind, ProposalState
from app.rules.due_process import procedure_of


def put_forward(
    session: Session, asker: Principal, key: UUID, body: PutForwardIn, now: datetime
) -> ConductProposal:
    """The community proposes: the case opens, and its first step is taken with it."""
    proposal = _proposed(session, asker, key)
    still_posted(session, proposal, now)
    evidence = weigh(session, proposal, body.digest, now)
    rung = rung_of(session, proposal.worker_id, proposal.ground, proposal.occurred_on)
    case = open_case(session, _subject(proposal, rung), asker.account_id, now)
    facts = {"digest": evidence.digest, "evidence": evidence.number, "rung": rung.value}
    take(session, asker, case, Word(reason=body.reason, step=1, facts=facts), now)
    proposal.state, proposal.case_id = ProposalState.PUT_FORWARD, case.id
    proposal.rung = rung
    _say(session, proposal, "conduct.put_forward", asker.account_id)
    return proposal


def drop_proposal(
    session: Session, asker: Principal, key: UUID, body: CloseIn, now: datetime
) -> ConductProposal:
    """An office decides, with a reason, that nothing follows."""
    proposal = _proposed(session, asker, key)
    drop(session, proposal, asker.account_id, body.reason, now)
    return proposal


def take_back(
    session: Session, asker: Principal, key: UUID, body: CloseIn, now: datetime
) -> ConductProposal:
    """What was put forward and is not decided returns to the community; its steps are kept."""
    proposal = hold_proposal(session, key)
    may_act(asker, proposal)
    if proposal.case_id is None:
        raise NotPutForward(state=proposal.state.value)
    case = session.get_one(ApprovalCase, proposal.case_id, with_for_update=True)
    if case.state is not CaseState.OPEN:
        raise NotPutForward(state=proposal.state.value)
    withdraw_case(session, asker, case, body.reason, now)
    proposal.state, proposal.case_id = ProposalState.PROPOSED, None
    _say(session, proposal, "conduct.taken_back", asker.account_id)
    return proposal


def _proposed(session: Session, asker: Principal, key: UUID) -> ConductProposal:
    proposal = hold_proposal(session, key)
    may_act(asker, proposal)
    match proposal.state:
        case ProposalState.PROPOSED:
            return proposal
        case ProposalState.PUT_FORWARD:
            raise PutForwardAlready(case_id=proposal.case_id)
        case ProposalState.PENALISED | ProposalState.DROPPED | ProposalState.LAPSED:
            raise ProposalClosed(state=proposal.state.value)


def _subject(proposal: ConductProposal, rung: PenaltyKind) -> Subject:
    return Subject(
        procedure_of(rung), proposal.id, proposal.community_code, worker_id=proposal.worker_id
    )


def _say(session: Session, proposal: ConductProposal, event: str, by: UUID) -> None:
    tell_proposal(session, proposal)
    emit(
        session,
        event,
        by=by,
        unit_code=proposal.community_code,
        subject=("proposal", proposal.id),
        worker=str(proposal.worker_id),
        ground=proposal.ground.value,
        rung=proposal.rung.value if proposal.rung else None,
        evidence=proposal.evidence,
        case=str(proposal.case_id) if proposal.case_id else None,
    )
