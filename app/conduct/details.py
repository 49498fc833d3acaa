"""One proposal or penalty with all that belongs to it: from the figure down to each record."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.detail import steps_of_case
from app.conduct.counting import counted
from app.conduct.detail_schemas import (
    AppealOut,
    ConductAnswerOut,
    ConductEvidenceOut,
    EffectOut,
    InterviewOut,
    PenaltyActOut,
    PenaltyDetailOut,
    ProposalDetailOut,
)
from app.conduct.shown import evidence_of, proposal_out, shown_penalty
from app.db.models import (
    Account,
    Appeal,
    ConductAnswer,
    ConductEvidence,
    ConductProposal,
    Penalty,
    PenaltyHistory,
    PenaltyInterview,
    Worker,
)
from app.people.photos import missing_of
from app.rules.conduct import PenaltyKind
from app.rules.consequences import effects_of


def proposal_detail(session: Session, proposal: ConductProposal, today: date) -> ProposalDetailOut:
    """Every version of its evidence, what the worker said, and what it would cause or caused."""
    answers = answers_of(session, proposal.id)
    penalty = session.scalar(select(Penalty).where(Penalty.proposal_id == proposal.id))
    before = counted(
        session,
        proposal.worker_id,
        proposal.ground,
        proposal.occurred_on,
        without=penalty.id if penalty else None,
    )
    rung = penalty.kind if penalty else before.verdict
    shown = proposal_out(proposal, evidence_of(session, proposal), len(answers))
    return ProposalDetailOut(
        **shown.model_dump(exclude={"rung"}),
        rung=rung,
        worker_name=name_of(session, proposal.worker_id),
        versions=versions_of(session, proposal.id),
        said_to_it=answers,
        counted=int(str(before.because["counted"])),
        effects=effects_out(rung, penalty.decided_on if penalty else today),
        steps=steps_of_case(session, proposal.case_id) if proposal.case_id else [],
        penalty_id=penalty.id if penalty else None,
    )


def penalty_detail(session: Session, penalty: Penalty) -> PenaltyDetailOut:
    """The evidence it was decided on, and every act since."""
    proposal = session.get_one(ConductProposal, penalty.proposal_id)
    evidence = session.get_one(ConductEvidence, (proposal.id, penalty.evidence))
    standing = penalty.standing
    return PenaltyDetailOut(
        **shown_penalty(session, penalty).model_dump(),
        worker_name=name_of(session, penalty.worker_id),
        decided_upon=ConductEvidenceOut.model_validate(evidence),
        history=history_of(session, penalty.id),
        appealed=appeals_of(session, penalty.id),
        interviews=interviews_of(session, penalty.id),
        effects=effects_out(standing, penalty.decided_on) if standing else [],
        steps=steps_of_case(session, proposal.case_id) if proposal.case_id else [],
    )


def name_of(session: Session, worker_id: UUID) -> str:
    """The worker's name."""
    return session.get_one(Worker, worker_id).name


def effects_out(kind: PenaltyKind, decided_on: date) -> list[EffectOut]:
    """What a penalty of a kind causes."""
    return [
        EffectOut(
            effect=found.effect,
            amount=found.amount,
            rule=found.cite.rule,
            clause=found.cite.clause,
        )
        for found in effects_of(kind, decided_on)
    ]


def versions_of(session: Session, proposal_id: UUID) -> list[ConductEvidenceOut]:
    """What a proposal rested on, one version after the other."""
    rows = session.scalars(
        select(ConductEvidence)
        .where(ConductEvidence.proposal_id == proposal_id)
        .order_by(ConductEvidence.number)
    )
    return [ConductEvidenceOut.model_validate(row) for row in rows]


def answers_of(session: Session, proposal_id: UUID) -> list[ConductAnswerOut]:
    """What the worker said, in order."""
    rows = session.scalars(
        select(ConductAnswer)
        .where(ConductAnswer.proposal_id == proposal_id)
        .order_by(ConductAnswer.answered_at, ConductAnswer.id)
    ).all()
    missing = missing_of(session, [row.id for row in rows])
    return [
        ConductAnswerOut(
            id=row.id,
            said=row.said,
            photos=row.photos,
            missing_photos=missing.get(row.id, []),
            answered_at=row.answered_at,
            received_at=row.received_at,
        )
        for row in rows
    ]


def appeals_of(session: Session, penalty_id: UUID) -> list[AppealOut]:
    """The appeals against a penalty."""
    query = select(Appeal).where(Appeal.penalty_id == penalty_id).order_by(Appeal.id)
    return appeals_out(session, session.scalars(query).all())


def appeals_out(session: Session, appeals: Sequence[Appeal]) -> list[AppealOut]:
    """Appeals, with the photos that have not arrived."""
    missing = missing_of(session, [row.id for row in appeals])
    return [
        AppealOut(
            id=row.id,
            penalty_id=row.penalty_id,
            said=row.said,
            photos=row.photos,
            missing_photos=missing.get(row.id, []),
            appealed_at=row.appealed_at,
            received_at=row.received_at,
            tier=row.tier,
            case_id=row.case_id,
            decided_at=row.decided_at,
            upheld=row.upheld,
        )
        for row in appeals
    ]


def interviews_of(session: Session, penalty_id: UUID) -> list[InterviewOut]:
    """The interviews after a penalty."""
    rows = session.scalars(
        select(PenaltyInterview)
        .where(PenaltyInterview.penalty_id == penalty_id)
        .order_by(PenaltyInterview.held_on, PenaltyInterview.id)
    )
    return [InterviewOut.model_validate(row) for row in rows]


def history_of(session: Session, penalty_id: UUID) -> list[PenaltyActOut]:
    """Every act on a penalty, in order, with the names of those who acted."""
    rows = session.execute(
        select(PenaltyHistory, Account.name)
        .outerjoin(Account, Account.id == PenaltyHistory.by)
        .where(PenaltyHistory.penalty_id == penalty_id)
        .order_by(PenaltyHistory.number)
    )
    return [
        PenaltyActOut(
            number=row.number,
            act=row.act,
            at=row.at,
            by=row.by,
            by_name=name,
            tier=row.tier,
            standing=row.standing,
            reason=row.reason,
            facts=row.facts,
        )
        for row, name in rows
    ]
