"""Proposals that were open on a date, and penalties as they stood then."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_, select

from app.appraisal.annual_facts import StandingPenalty, penalties_of
from app.db.models import ApprovalCase, ConductAnswer, ConductEvidence, ConductProposal
from app.history.asking import AsOf
from app.history.schemas import StoodPenaltyOut, StoodProposalOut
from app.kit.clock import civil_day
from app.people.terms import duty_dates_later
from app.rules.conduct import CLAUSES, Ground, PenaltyKind, ProposalState, judge_rung, year_of
from app.rules.due_process import ANSWER_DUTY_DATES


def proposals(asked: AsOf) -> list[StoodProposalOut]:
    """What had been found and not been decided, with the evidence that stood."""
    rows = asked.session.scalars(
        select(ConductProposal)
        .where(
            ConductProposal.worker_id == asked.worker_id,
            ConductProposal.found_at <= asked.known_at,
            or_(ConductProposal.closed_at.is_(None), ConductProposal.closed_at > asked.known_at),
        )
        .order_by(ConductProposal.found_at, ConductProposal.id)
    )
    return [_proposal(asked, row) for row in rows]


def _proposal(asked: AsOf, row: ConductProposal) -> StoodProposalOut:
    evidence = _evidence(asked, row)
    return StoodProposalOut(
        id=row.id,
        ground=row.ground,
        clause=CLAUSES[row.ground],
        occurred_on=row.occurred_on,
        state=_state(asked, row),
        evidence=evidence.number,
        digest=evidence.digest,
        told_at=evidence.found_at,
        answer_until=_answer_until(asked, row, evidence),
        answers=_answers(asked, row),
    )


def _answer_until(asked: AsOf, row: ConductProposal, evidence: ConductEvidence) -> date:
    """Each version of the evidence began a term of its own."""
    if evidence.number == row.evidence:
        return row.answer_until
    told_on = civil_day(evidence.found_at)
    return duty_dates_later(asked.session, row.community_code, told_on, ANSWER_DUTY_DATES)


def _evidence(asked: AsOf, row: ConductProposal) -> ConductEvidence:
    """The last version that had been found; the first was stored with the proposal."""
    return asked.session.scalars(
        select(ConductEvidence)
        .where(
            ConductEvidence.proposal_id == row.id,
            or_(ConductEvidence.found_at <= asked.known_at, ConductEvidence.number == 1),
        )
        .order_by(ConductEvidence.number.desc())
        .limit(1)
    ).one()


def _state(asked: AsOf, row: ConductProposal) -> ProposalState:
    """Put forward while a case of it was open."""
    opened = asked.session.scalar(
        select(func.count()).where(
            ApprovalCase.subject_id == row.id,
            ApprovalCase.opened_at <= asked.known_at,
            or_(ApprovalCase.closed_at.is_(None), ApprovalCase.closed_at > asked.known_at),
        )
    )
    return ProposalState.PUT_FORWARD if opened else ProposalState.PROPOSED


def _answers(asked: AsOf, row: ConductProposal) -> int:
    found = select(func.count()).where(
        ConductAnswer.proposal_id == row.id, ConductAnswer.received_at <= asked.known_at
    )
    return asked.session.scalar(found) or 0


def penalties(asked: AsOf) -> list[StoodPenaltyOut]:
    """All that had been decided, in order."""
    found = penalties_of(asked.session, [asked.worker_id], asked.known_at)
    return [
        StoodPenaltyOut(
            id=one.id,
            ground=one.ground,
            clause=CLAUSES[one.ground],
            occurred_on=one.occurred_on,
            decided_on=one.decided_on,
            ends_on=one.ends_on,
            kind=one.kind,
            standing=one.standing,
            in_force=one.standing is not None and one.decided_on <= asked.on < one.ends_on,
            counts=_counts(asked, one),
        )
        for one in found
    ]


def _counts(asked: AsOf, one: StandingPenalty) -> bool:
    first, last = year_of(asked.on)
    return one.standing is not None and first <= one.occurred_on <= last


def next_rung(stood: Sequence[StoodPenaltyOut]) -> PenaltyKind:
    """What a ground of the ladder would have led to on the date."""
    return judge_rung(Ground.B1, sum(one.counts for one in stood)).verdict
