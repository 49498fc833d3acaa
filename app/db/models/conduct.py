"""Proposals with their evidence, answers, penalties, appeals, interviews, surveys (CON, 四)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, words
from app.rules.conduct import Ground, PenaltyAct, PenaltyKind, ProposalSource, ProposalState
from app.rules.tiers import Tier

PREFIX = "text_pattern_ops"


class ConductProposal(Base):
    """A ground that was found or recorded; a person decides whether anything follows."""

    __tablename__ = "conduct_proposal"
    __table_args__ = (
        Index(
            "uq_conduct_proposal_counted",
            "worker_id",
            "ground",
            "counted_for",
            unique=True,
            postgresql_where=text("state not in ('dropped', 'lapsed')"),
        ),
        Index("ix_conduct_proposal_worker_id", "worker_id"),
        Index(
            "ix_conduct_proposal_community_code",
            "community_code",
            "id",
            postgresql_ops={"community_code": PREFIX},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    ground: Mapped[Ground] = mapped_column(words(Ground, "ground"))
    occurred_on: Mapped[date]
    """The date it happened, or the last of the month it is about: its calendar year counts."""
    counted_for: Mapped[date]
    """CON-2: the date itself for B1, B4 and A, else the first of its month; once each."""
    source: Mapped[ProposalSource] = mapped_column(words(ProposalSource, "proposal_source"))
    state: Mapped[ProposalState] = mapped_column(words(ProposalState, "proposal_state"))
    rung: Mapped[PenaltyKind | None] = mapped_column(words(PenaltyKind, "proposal_rung"))
    """What it would cause if it were decided now; computed anew whenever it is looked at."""
    evidence: Mapped[int]
    """The number of the evidence that stands."""
    found_at: Mapped[datetime]
    found_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    told_at: Mapped[datetime]
    """When the worker's feed had it: the answer's term runs from here."""
    answer_until: Mapped[date]
    """The fifth duty date after the worker was told."""
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("approval_case.id"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    close_reason: Mapped[str | None]


class ConductEvidence(Base):
    """What a proposal rested on at a time; append-only, the next version beside the last."""

    __tablename__ = "conduct_evidence"
    __table_args__ = (PrimaryKeyConstraint("proposal_id", "number"),)

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("conduct_proposal.id"))
    number: Mapped[int]
    digest: Mapped[str]
    """SHA-256 over all that follows: whoever decides names the digest that was seen."""
    stands: Mapped[bool]
    """Whether this is a ground at all."""
    because: Mapped[dict[str, Any]]
    """What was owed, what was found, the values in force; plain, never of a resident."""
    records: Mapped[list[Any]]
    """Objects of kind, id and what they say: each can be opened through the API."""
    said: Mapped[str | None]
    """The words of an office that recorded it."""
    rules_version: Mapped[str]
    found_at: Mapped[datetime]


class ConductAnswer(Base):
    """What the worker says to a proposal; append-only."""

    __tablename__ = "conduct_answer"
    __table_args__ = (Index("ix_conduct_answer_proposal_id", "proposal_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("conduct_proposal.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    said: Mapped[str]
    photos: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    answered_at: Mapped[datetime]
    """The corrected capture time."""
    received_at: Mapped[datetime]


class Penalty(Base):
    """A decided penalty, and how it stands after appeal and review."""

    __tablename__ = "penalty"
    __table_args__ = (
        UniqueConstraint("proposal_id"),
        Index("ix_penalty_worker_id_decided_on", "worker_id", "decided_on"),
        Index("ix_penalty_decided_on", "decided_on"),
        Index(
            "ix_penalty_community_code", "community_code", postgresql_ops={"community_code": PREFIX}
        ),
        CheckConstraint("ends_on > decided_on", name="term"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("conduct_proposal.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    ground: Mapped[Ground] = mapped_column(words(Ground, "penalty_ground"))
    occurred_on: Mapped[date]
    kind: Mapped[PenaltyKind] = mapped_column(words(PenaltyKind, "penalty_kind"))
    """As decided; never changes."""
    standing: Mapped[PenaltyKind | None] = mapped_column(words(PenaltyKind, "penalty_standing"))
    """As it stands now: lowered by review, or none once overturned (it never counted, CON-2)."""
    decided_on: Mapped[date]
    ends_on: Mapped[date]
    """In force up to, not including, this date (CON-3)."""
    evidence: Mapped[int]
    evidence_digest: Mapped[str]
    tier: Mapped[Tier] = mapped_column(words(Tier, "penalty_tier"))
    """Which tier decided."""
    reason: Mapped[str | None]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    review_because: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What changed behind it since, while nobody has looked at it again."""


class PenaltyHistory(Base):
    """Every act on a penalty, in order; append-only."""

    __tablename__ = "penalty_history"
    __table_args__ = (PrimaryKeyConstraint("penalty_id", "number"),)

    penalty_id: Mapped[UUID] = mapped_column(ForeignKey("penalty.id"))
    number: Mapped[int]
    act: Mapped[PenaltyAct] = mapped_column(words(PenaltyAct, "penalty_act"))
    at: Mapped[datetime]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    tier: Mapped[Tier | None] = mapped_column(words(Tier, "penalty_act_tier"))
    standing: Mapped[PenaltyKind | None] = mapped_column(words(PenaltyKind, "history_standing"))
    """As it stood from here on."""
    reason: Mapped[str | None]
    facts: Mapped[dict[str, Any]]


class Appeal(Base):
    """A worker appeals a penalty to the tier above the one that decided it."""

    __tablename__ = "appeal"
    __table_args__ = (
        Index("ix_appeal_penalty_id", "penalty_id"),
        Index(
            "uq_appeal_waiting",
            "penalty_id",
            unique=True,
            postgresql_where=text("decided_at is null"),
        ),
        CheckConstraint("(decided_at is null) = (upheld is null)", name="decided"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    penalty_id: Mapped[UUID] = mapped_column(ForeignKey("penalty.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    said: Mapped[str]
    photos: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    appealed_at: Mapped[datetime]
    received_at: Mapped[datetime]
    tier: Mapped[Tier] = mapped_column(words(Tier, "appeal_tier"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("approval_case.id"))
    decided_at: Mapped[datetime | None]
    upheld: Mapped[bool | None]
    """Whether the worker was right: the penalty is overturned."""


class PenaltyInterview(Base):
    """The township's interview after a demerit (约谈), as recorded; append-only."""

    __tablename__ = "penalty_interview"
    __table_args__ = (Index("ix_penalty_interview_penalty_id", "penalty_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    penalty_id: Mapped[UUID] = mapped_column(ForeignKey("penalty.id"))
    held_on: Mapped[date]
    said: Mapped[str]
    """What was said by both."""
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]


class AwarenessSurvey(Base):
    """How many residents of a grid, of those asked, knew of the grid service (A3, B6)."""

    __tablename__ = "awareness_survey"
    __table_args__ = (
        Index(
            "ix_awareness_survey_grid_code_conducted_on",
            "grid_code",
            "conducted_on",
            postgresql_ops={"grid_code": PREFIX},
        ),
        CheckConstraint("aware between 0 and asked and asked > 0", name="share"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    grid_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    conducted_on: Mapped[date]
    asked: Mapped[int]
    aware: Mapped[int]
    method: Mapped[str]
    """How residents were chosen and asked; never who they were."""
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    withdraw_reason: Mapped[str | None]


class ConductDetection(Base):
    """That a community's month was searched for grounds, and when."""

    __tablename__ = "conduct_detection"
    __table_args__ = (PrimaryKeyConstraint("community_code", "month"),)

    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    month: Mapped[date]
    detected_at: Mapped[datetime]
    found: Mapped[int]
    rules_version: Mapped[str]
