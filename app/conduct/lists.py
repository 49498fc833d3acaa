"""Proposals and penalties as offices and workers list them, latest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.conduct.detail_schemas import PenaltyPage, PenaltyRow, ProposalPage, ProposalRow
from app.conduct.shown import (
    EVIDENCE_THAT_STANDS,
    answered,
    appeal_terms,
    penalty_out,
    proposal_out,
)
from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import (
    Appeal,
    ConductEvidence,
    ConductProposal,
    Penalty,
    PenaltyInterview,
    Worker,
)
from app.people.posts import under
from app.rules.conduct import Ground, PenaltyKind, ProposalSource, ProposalState

Asked = tuple[str | None, int]
"""The cursor and how many rows at most."""
FOUND = (ConductProposal.found_at, ConductProposal.id)
DECIDED = (Penalty.decided_at, Penalty.id)


@dataclass(frozen=True)
class WhichProposals:
    """Of which unit or worker; `first` and `last` are dates on which it occurred."""

    unit_code: str = ""
    worker_id: UUID | None = None
    state: ProposalState | None = None
    ground: Ground | None = None
    source: ProposalSource | None = None
    rung: PenaltyKind | None = None
    first: date | None = None
    last: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the rows must be."""
        row = ConductProposal
        found: list[ColumnElement[bool] | None] = [
            under(row.community_code, self.unit_code),
            None if self.worker_id is None else row.worker_id == self.worker_id,
            None if self.state is None else row.state == self.state,
            None if self.ground is None else row.ground == self.ground,
            None if self.source is None else row.source == self.source,
            None if self.rung is None else row.rung == self.rung,
            None if self.first is None else row.occurred_on >= self.first,
            None if self.last is None else row.occurred_on <= self.last,
        ]
        return [condition for condition in found if condition is not None]


def proposals_where(session: Session, which: WhichProposals, asked: Asked) -> ProposalPage:
    """Proposals, the latest found first."""
    cursor, limit = asked
    rows = session.execute(
        select(ConductProposal, ConductEvidence, Worker.name)
        .join(ConductEvidence, EVIDENCE_THAT_STANDS)
        .join(Worker, Worker.id == ConductProposal.worker_id)
        .where(*which.conditions(), earlier(FOUND, cursor))
        .order_by(*latest_first(FOUND))
        .limit(limit + 1)
    ).all()
    shown, last = cut(rows, limit)
    answers = answered(session, [proposal.id for proposal, _, _ in shown])
    return ProposalPage(
        items=[
            ProposalRow(
                **proposal_out(proposal, evidence, answers.get(proposal.id, 0)).model_dump(),
                worker_name=name,
            )
            for proposal, evidence, name in shown
        ],
        next_cursor=cursor_of(last[0].found_at, last[0].id) if last else None,
    )


@dataclass(frozen=True)
class WhichPenalties:
    """Of which unit or worker; `first` and `last` are dates of the decision."""

    unit_code: str = ""
    worker_id: UUID | None = None
    ground: Ground | None = None
    standing: PenaltyKind | None = None
    overturned: bool | None = None
    review: bool | None = None
    appeal_waits: bool | None = None
    interview_due: bool | None = None
    in_force_on: date | None = None
    first: date | None = None
    last: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the rows must be."""
        row = Penalty
        found: list[ColumnElement[bool] | None] = [
            under(row.community_code, self.unit_code),
            None if self.worker_id is None else row.worker_id == self.worker_id,
            None if self.ground is None else row.ground == self.ground,
            None if self.standing is None else row.standing == self.standing,
            either(self.overturned, row.standing.is_(None)),
            either(self.review, row.review_because.is_not(None)),
            either(self.appeal_waits, _appeal_waits()),
            either(self.interview_due, _interview_due()),
            None if self.in_force_on is None else in_force(self.in_force_on),
            None if self.first is None else row.decided_on >= self.first,
            None if self.last is None else row.decided_on <= self.last,
        ]
        return [condition for condition in found if condition is not None]


def either(wanted: bool | None, condition: ColumnElement[bool]) -> ColumnElement[bool] | None:
    """The condition, its contrary, or neither."""
    if wanted is None:
        return None
    return condition if wanted else ~condition


def in_force(day: date) -> ColumnElement[bool]:
    """CON-3: from the decision up to, not including, the end of the term."""
    stands = Penalty.standing.is_not(None)
    return stands & (Penalty.decided_on <= day) & (Penalty.ends_on > day)


def _appeal_waits() -> ColumnElement[bool]:
    return exists().where(Appeal.penalty_id == Penalty.id, Appeal.decided_at.is_(None))


def _interview_due() -> ColumnElement[bool]:
    """CON-1: a demerit that stands and was not talked over yet."""
    held = exists().where(PenaltyInterview.penalty_id == Penalty.id)
    return (Penalty.standing == PenaltyKind.DEMERIT) & ~held


def penalties_where(session: Session, which: WhichPenalties, asked: Asked) -> PenaltyPage:
    """Penalties, the latest decided first."""
    cursor, limit = asked
    rows = session.execute(
        select(Penalty, Worker.name)
        .join(Worker, Worker.id == Penalty.worker_id)
        .where(*which.conditions(), earlier(DECIDED, cursor))
        .order_by(*latest_first(DECIDED))
        .limit(limit + 1)
    ).all()
    shown, last = cut(rows, limit)
    penalties = [penalty for penalty, _ in shown]
    terms = appeal_terms(session, penalties)
    appeals = appealed(session, [penalty.id for penalty in penalties])
    return PenaltyPage(
        items=[
            PenaltyRow(
                **penalty_out(penalty, terms[penalty.id], appeals.get(penalty.id, 0)).model_dump(),
                worker_name=name,
            )
            for penalty, name in shown
        ],
        next_cursor=cursor_of(last[0].decided_at, last[0].id) if last else None,
    )


def appealed(session: Session, keys: Sequence[UUID]) -> Mapping[UUID, int]:
    """By penalty, how often it was appealed."""
    rows = session.execute(
        select(Appeal.penalty_id, func.count())
        .where(Appeal.penalty_id.in_(keys))
        .group_by(Appeal.penalty_id)
    )
    return {key: count for key, count in rows}  # noqa: C416
