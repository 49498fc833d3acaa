"""Cases that more than one hand decides, their steps, and stand-ins (HIRE-1, CON-5)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, text
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, words
from app.rules.approvals import CaseState, Procedure, StepAct, StepOutcome
from app.rules.tiers import Tier

PREFIX = "text_pattern_ops"


class ApprovalCase(Base):
    """One thing that goes through a procedure; its steps were written when it was opened."""

    __tablename__ = "approval_case"
    __table_args__ = (
        Index(
            "uq_approval_case_open",
            "procedure",
            "subject_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_approval_case_subject_id", "subject_id"),
        Index("ix_approval_case_worker_id", "worker_id"),
        Index("ix_approval_case_unit_code", "unit_code", postgresql_ops={"unit_code": PREFIX}),
        CheckConstraint("(state = 'open') = (closed_at is null)", name="closed"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    procedure: Mapped[Procedure] = mapped_column(words(Procedure, "procedure"))
    subject_id: Mapped[UUID]
    """The key of what is decided; its table follows from the procedure."""
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    """Where it lies: the units of its steps are above it or it itself."""
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("worker.id"))
    """The person concerned, who takes no step but that of the grid tier."""
    state: Mapped[CaseState] = mapped_column(words(CaseState, "case_state"))
    step: Mapped[int]
    """The number of the step that is next; one more than the last when all are taken."""
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    """None for the system itself."""
    closed_at: Mapped[datetime | None]
    withdraw_reason: Mapped[str | None]


class ApprovalStep(Base):
    """A step of a case; once taken it is never changed."""

    __tablename__ = "approval_step"
    __table_args__ = (
        PrimaryKeyConstraint("case_id", "number"),
        Index(
            "ix_approval_step_waiting",
            "unit_code",
            "tier",
            postgresql_ops={"unit_code": PREFIX},
            postgresql_where=text("waits_since is not null and taken_at is null"),
        ),
        CheckConstraint("(taken_at is null) = (outcome is null)", name="taken"),
        CheckConstraint("outcome is distinct from 'refused' or reason is not null", name="reason"),
        CheckConstraint("number > 0", name="number"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("approval_case.id"))
    number: Mapped[int]
    act: Mapped[StepAct] = mapped_column(words(StepAct, "step_act"))
    tier: Mapped[Tier] = mapped_column(words(Tier, "step_tier"))
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    rule: Mapped[str]
    clause: Mapped[str]
    may_refuse: Mapped[bool]
    waits_since: Mapped[datetime | None]
    """When its turn came; none before."""
    due_on: Mapped[date | None]
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    stood_in_for: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    """Whose place the taker took, by which delegation: see `facts`."""
    outcome: Mapped[StepOutcome | None] = mapped_column(words(StepOutcome, "step_outcome"))
    reason: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """What the taker had before the eyes: versions and digests of evidence, a delegation."""


class Delegation(Base):
    """An office account lets another one stand in for it over a span of dates."""

    __tablename__ = "delegation"
    __table_args__ = (
        Index("ix_delegation_to_account", "to_account"),
        Index("ix_delegation_from_account", "from_account"),
        CheckConstraint("from_account <> to_account", name="another"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    from_account: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    to_account: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    """Of the account that is stood in for."""
    tier: Mapped[Tier] = mapped_column(words(Tier, "delegation_tier"))
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    reason: Mapped[str]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
