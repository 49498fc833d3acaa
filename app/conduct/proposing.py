"""A ground that was found or recorded becomes a proposal, and is told to the worker at once."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.conduct.counting import rung_of
from app.conduct.evidence import Evidence, look_again
from app.conduct.flagging import offer_review
from app.conduct.lapsing import lapse
from app.conduct.rungs import OPEN
from app.conduct.shown import tell_proposal
from app.db.models import ConductEvidence, ConductProposal, Penalty
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.outbox.emit import emit
from app.people.terms import duty_dates_later
from app.rules.conduct import Ground, ProposalSource, ProposalState, counted_for
from app.rules.due_process import ANSWER_DUTY_DATES, is_followed
from app.rules.version import RULES_VERSION


@dataclass(frozen=True)
class Found:
    """A ground, whose it is, and what it rests on."""

    worker_id: UUID
    community_code: str
    ground: Ground
    occurred_on: date
    evidence: Evidence
    source: ProposalSource
    found_by: UUID | None
    answer_until: date | None = None
    """Where it is known already: the term of all that a community's workers are told today."""


def propose(session: Session, found: Found, now: datetime) -> ConductProposal | None:
    """A proposal, told to the worker; None where one stands for the period already.

    What the system finds again after a person dropped it is not proposed a second time, unless
    something else is behind it.
    """
    if _dropped_already(session, found):
        return None
    proposal_id = _insert(session, found, now)
    if proposal_id is None:
        return None
    proposal = session.get_one(ConductProposal, proposal_id)
    _store(session, proposal, found.evidence, now)
    _say(session, proposal, "conduct.proposed", found.found_by)
    return proposal


def refresh(session: Session, proposal: ConductProposal, now: datetime) -> bool:
    """Look at the evidence again; whether something else stands now.

    Before a decision the proposal says so, with a new term to answer, or lapses where the ground
    is gone; a decided penalty is offered for review.
    """
    session.refresh(proposal, with_for_update=True)
    decided = proposal.state is ProposalState.PENALISED
    if not decided and proposal.state not in OPEN:
        return False
    if not is_followed(decided, proposal.ground, proposal.occurred_on, civil_day(now)):
        return False
    evidence = look_again(session, proposal, now)
    standing = session.get_one(ConductEvidence, (proposal.id, proposal.evidence))
    if evidence.digest == standing.digest:
        return False
    proposal.evidence += 1
    _store(session, proposal, evidence, now)
    if decided:
        _doubt(session, proposal, evidence, now)
    else:
        _go_on(session, proposal, evidence, now)
    return True


def answer_term(session: Session, community_code: str, told_at: datetime) -> date:
    """The last date on which a worker who was told can answer."""
    return duty_dates_later(session, community_code, civil_day(told_at), ANSWER_DUTY_DATES)


def _dropped_already(session: Session, found: Found) -> bool:
    if found.source is ProposalSource.RECORDED:
        return False
    same = (
        select(func.count(ConductProposal.id))
        .join(ConductEvidence, ConductEvidence.proposal_id == ConductProposal.id)
        .where(
            ConductProposal.worker_id == found.worker_id,
            ConductProposal.ground == found.ground,
            ConductProposal.counted_for == counted_for(found.ground, found.occurred_on),
            ConductProposal.state == ProposalState.DROPPED,
            ConductEvidence.number == ConductProposal.evidence,
            ConductEvidence.digest == found.evidence.digest,
        )
    )
    return bool(session.scalar(same))


def _insert(session: Session, found: Found, now: datetime) -> UUID | None:
    """Of two at the same time only one is written (uq_conduct_proposal_counted)."""
    written = (
        insert(ConductProposal)
        .values(
            id=uuid7(now),
            worker_id=found.worker_id,
            community_code=found.community_code,
            ground=found.ground,
            occurred_on=found.occurred_on,
            counted_for=counted_for(found.ground, found.occurred_on),
            source=found.source,
            state=ProposalState.PROPOSED,
            rung=rung_of(session, found.worker_id, found.ground, found.occurred_on),
            evidence=1,
            found_at=now,
            found_by=found.found_by,
            told_at=now,
            answer_until=found.answer_until or answer_term(session, found.community_code, now),
        )
        .on_conflict_do_nothing()
        .returning(ConductProposal.id)
    )
    return session.execute(written).scalar()


def _store(session: Session, proposal: ConductProposal, evidence: Evidence, now: datetime) -> None:
    session.add(
        ConductEvidence(
            proposal_id=proposal.id,
            number=proposal.evidence,
            digest=evidence.digest,
            stands=evidence.stands,
            because=dict(evidence.because),
            records=[dict(record) for record in evidence.records],
            said=evidence.said,
            rules_version=RULES_VERSION,
            found_at=now,
        )
    )
    session.flush()


def _go_on(session: Session, proposal: ConductProposal, evidence: Evidence, now: datetime) -> None:
    """Nobody decided yet: it lapses, or the worker is told what stands now."""
    if not evidence.stands:
        lapse(session, proposal, now)
        return
    proposal.rung = rung_of(session, proposal.worker_id, proposal.ground, proposal.occurred_on)
    proposal.answer_until = answer_term(session, proposal.community_code, now)
    _say(session, proposal, "conduct.evidence_changed", None)


def _doubt(session: Session, proposal: ConductProposal, evidence: Evidence, now: datetime) -> None:
    """A penalty rests on something else than what was decided on."""
    penalty = session.scalars(
        select(Penalty).where(Penalty.proposal_id == proposal.id).with_for_update()
    ).one()
    if penalty.standing is not None:
        because = {"evidence": proposal.evidence, "stands": evidence.stands}
        offer_review(session, penalty, because, now)


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
        rung=proposal.rung.value if proposal.rung else None,
        evidence=proposal.evidence,
    )
