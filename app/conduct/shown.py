"""Proposals and penalties as lists, handsets and pages have them."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.conduct.schemas import PenaltyOut, ProposalOut
from app.db.models import Appeal, ConductAnswer, ConductEvidence, ConductProposal, Penalty
from app.outbox.emit import publish
from app.people.calendar import Calendar
from app.people.terms import SEARCHED, duty_dates_after
from app.rules.conduct import CLAUSES
from app.rules.due_process import APPEAL_DUTY_DATES, rule_of

EVIDENCE_THAT_STANDS = and_(
    ConductEvidence.proposal_id == ConductProposal.id,
    ConductEvidence.number == ConductProposal.evidence,
)
"""By which a proposal is joined with it."""


def proposal_out(proposal: ConductProposal, evidence: ConductEvidence, answers: int) -> ProposalOut:
    """A proposal with the evidence that stands."""
    return ProposalOut(
        id=proposal.id,
        worker_id=proposal.worker_id,
        community_code=proposal.community_code,
        ground=proposal.ground,
        rule=rule_of(proposal.ground),
        clause=CLAUSES[proposal.ground],
        occurred_on=proposal.occurred_on,
        counted_for=proposal.counted_for,
        source=proposal.source,
        state=proposal.state,
        rung=proposal.rung,
        evidence=evidence.number,
        digest=evidence.digest,
        because=evidence.because,
        records=len(evidence.records),
        said=evidence.said,
        answers=answers,
        found_at=proposal.found_at,
        told_at=proposal.told_at,
        answer_until=proposal.answer_until,
        case_id=proposal.case_id,
        closed_at=proposal.closed_at,
        close_reason=proposal.close_reason,
    )


def evidence_of(session: Session, proposal: ConductProposal) -> ConductEvidence:
    """The evidence that stands."""
    return session.get_one(ConductEvidence, (proposal.id, proposal.evidence))


def answered(session: Session, keys: Sequence[UUID]) -> Mapping[UUID, int]:
    """By proposal, how often the worker answered."""
    rows = session.execute(
        select(ConductAnswer.proposal_id, func.count())
        .where(ConductAnswer.proposal_id.in_(keys))
        .group_by(ConductAnswer.proposal_id)
    )
    return {key: count for key, count in rows}  # noqa: C416


def tell_proposal(session: Session, proposal: ConductProposal) -> None:
    """The worker's handsets get the proposal as it stands now."""
    session.flush()
    tell_proposals(session, [(proposal, evidence_of(session, proposal))])


def tell_proposals(
    session: Session, proposals: Sequence[tuple[ConductProposal, ConductEvidence]]
) -> None:
    """The same for many, each with the evidence that stands, in as many statements as for one."""
    answers = answered(session, [proposal.id for proposal, _ in proposals])
    for proposal, evidence in proposals:
        shown = proposal_out(proposal, evidence, answers.get(proposal.id, 0))
        body = shown.model_dump(mode="json")
        publish(session, proposal.worker_id, "proposal", proposal.id, body)


def penalty_out(penalty: Penalty, appeal_until: date, appeals: int) -> PenaltyOut:
    """A penalty as it stands."""
    return PenaltyOut(
        id=penalty.id,
        proposal_id=penalty.proposal_id,
        worker_id=penalty.worker_id,
        community_code=penalty.community_code,
        ground=penalty.ground,
        rule=rule_of(penalty.ground),
        clause=CLAUSES[penalty.ground],
        occurred_on=penalty.occurred_on,
        kind=penalty.kind,
        standing=penalty.standing,
        decided_on=penalty.decided_on,
        ends_on=penalty.ends_on,
        evidence=penalty.evidence,
        digest=penalty.evidence_digest,
        tier=penalty.tier,
        reason=penalty.reason,
        decided_at=penalty.decided_at,
        review_because=penalty.review_because,
        appeal_until=appeal_until,
        appeals=appeals,
    )


def appeal_term(session: Session, penalty: Penalty) -> date:
    """The last date on which the worker can appeal."""
    return appeal_terms(session, [penalty])[penalty.id]


def appeal_terms(session: Session, penalties: Sequence[Penalty]) -> Mapping[UUID, date]:
    """By penalty, the last date on which the worker can appeal; the calendar is read once."""
    if not penalties:
        return {}
    decided = [penalty.decided_on for penalty in penalties]
    calendar = Calendar(session, min(decided), max(decided) + SEARCHED)
    terms: dict[tuple[str, date], date] = {}
    for penalty in penalties:
        place = (penalty.community_code, penalty.decided_on)
        if place not in terms:
            terms[place] = duty_dates_after(calendar, *place, APPEAL_DUTY_DATES)
    return {penalty.id: terms[penalty.community_code, penalty.decided_on] for penalty in penalties}


def appeals_against(session: Session, penalty_id: UUID) -> int:
    """How often it was appealed."""
    query = select(func.count()).where(Appeal.penalty_id == penalty_id)
    return session.scalar(query) or 0


def shown_penalty(session: Session, penalty: Penalty) -> PenaltyOut:
    """A penalty as it stands, with its term of appeal."""
    appeals = appeals_against(session, penalty.id)
    return penalty_out(penalty, appeal_term(session, penalty), appeals)


def tell_penalty(session: Session, penalty: Penalty) -> None:
    """The worker's handsets get the penalty as it stands now."""
    session.flush()
    body = shown_penalty(session, penalty).model_dump(mode="json")
    publish(session, penalty.worker_id, "penalty", penalty.id, body)
