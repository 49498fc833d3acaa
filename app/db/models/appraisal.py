"""Appraisals of months and years, with what they were measured by (APR, 五)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, words
from app.rules.appraisal import Grade, Indicator, MonthState, Result, RevisionGround

PREFIX = "text_pattern_ops"


class AppraisalMonth(Base):
    """A community's appraisal of a month: confirmed by the station, closed by the township."""

    __tablename__ = "appraisal_month"
    __table_args__ = (
        PrimaryKeyConstraint("community_code", "month"),
        Index("uq_appraisal_month_id", "id", unique=True),
        Index("ix_appraisal_month_month", "month"),
        CheckConstraint("extract(day from month) = 1", name="first_date"),
        CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed"),
    )

    id: Mapped[UUID]
    """The subject of its approval."""
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    month: Mapped[date]
    """Its first date."""
    state: Mapped[MonthState] = mapped_column(words(MonthState, "appraisal_month_state"))
    computed_at: Mapped[datetime]
    workers: Mapped[int]
    rules_version: Mapped[str]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("approval_case.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class MonthAppraisal(Base):
    """A worker's month; after its community closed the month it never changes (a trigger)."""

    __tablename__ = "month_appraisal"
    __table_args__ = (
        PrimaryKeyConstraint("worker_id", "month"),
        Index(
            "ix_month_appraisal_month_community_code",
            "month",
            "community_code",
            postgresql_ops={"community_code": PREFIX},
        ),
        CheckConstraint("score between 0 and 100", name="score"),
        CheckConstraint("extract(day from month) = 1", name="first_date"),
    )

    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    month: Mapped[date]
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    """Of the worker's last post in the month: its station appraises all of the month."""
    score: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    """None where nothing at all was owed."""
    proposed: Mapped[Result | None] = mapped_column(words(Result, "month_proposed"))
    """By the score alone; a demerit fails the month beside it (CON-1)."""
    because: Mapped[dict[str, Any]]
    """Weights and pass mark in force, posts of the month, what was set aside."""
    rules_version: Mapped[str]
    computed_at: Mapped[datetime]
    result: Mapped[Result | None] = mapped_column(words(Result, "month_result"))
    """The station's word; none while it is open. A demerit of the month is not in it."""
    result_reason: Mapped[str | None]
    """Where the word differs from the proposal."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class MonthIndicator(Base):
    """One indicator of a worker's month: numerator, denominator, its weight and its points."""

    __tablename__ = "month_indicator"
    __table_args__ = (
        PrimaryKeyConstraint("worker_id", "month", "indicator"),
        CheckConstraint("numerator between 0 and denominator", name="share"),
    )

    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    month: Mapped[date]
    indicator: Mapped[Indicator] = mapped_column(words(Indicator, "indicator"))
    numerator: Mapped[int]
    denominator: Mapped[int]
    """0: nothing was owed; its weight went to the others."""
    weight: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    """In per cent of the score, after the weights of what was not owed were shared out."""
    points: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    parts: Mapped[dict[str, Any]]
    """Of what the two numbers are made, part by part, with the keys of what was missed."""
    corrected_by: Mapped[UUID | None]
    """The manual correction that replaced what was measured; the measured numbers in `parts`."""


class AppraisalCorrection(Base):
    """A manual correction of an indicator, with its reason; shown as such (APR-1)."""

    __tablename__ = "appraisal_correction"
    __table_args__ = (
        Index("ix_appraisal_correction_worker_id_month", "worker_id", "month"),
        Index(
            "uq_appraisal_correction_standing",
            "worker_id",
            "month",
            "indicator",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
        CheckConstraint("numerator between 0 and denominator", name="share"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    month: Mapped[date]
    indicator: Mapped[Indicator] = mapped_column(words(Indicator, "corrected_indicator"))
    numerator: Mapped[int]
    denominator: Mapped[int]
    reason: Mapped[str]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    withdraw_reason: Mapped[str | None]


class AppraisalObjection(Base):
    """A worker objects to a month's or a year's appraisal; answered with a reason."""

    __tablename__ = "appraisal_objection"
    __table_args__ = (
        Index("ix_appraisal_objection_worker_id", "worker_id"),
        CheckConstraint("(month is null) <> (year is null)", name="of_one"),
        CheckConstraint("(decided_at is null) = (upheld is null)", name="decided"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    month: Mapped[date | None]
    year: Mapped[int | None]
    said: Mapped[str]
    photos: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    objected_at: Mapped[datetime]
    received_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    upheld: Mapped[bool | None]
    reason: Mapped[str | None]


class AppraisalRevision(Base):
    """Another result of a month that is closed; append-only, the last one counts."""

    __tablename__ = "appraisal_revision"
    __table_args__ = (Index("ix_appraisal_revision_worker_id_month", "worker_id", "month"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    month: Mapped[date]
    result: Mapped[Result] = mapped_column(words(Result, "revision_result"))
    ground: Mapped[RevisionGround] = mapped_column(words(RevisionGround, "revision_ground"))
    objection_id: Mapped[UUID | None] = mapped_column(ForeignKey("appraisal_objection.id"))
    reason: Mapped[str]
    because: Mapped[dict[str, Any]]
    """The differences that a recomputation showed."""
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]


class YearAppraisal(Base):
    """A worker's year: proposed by rule, decided in four steps (APR-2)."""

    __tablename__ = "year_appraisal"
    __table_args__ = (
        PrimaryKeyConstraint("worker_id", "year"),
        Index("uq_year_appraisal_id", "id", unique=True),
        Index(
            "ix_year_appraisal_year_community_code",
            "year",
            "community_code",
            postgresql_ops={"community_code": PREFIX},
        ),
    )

    id: Mapped[UUID]
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    year: Mapped[int]
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    mean: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    failed_months: Mapped[int]
    penalties: Mapped[int]
    by_rule: Mapped[Grade] = mapped_column(words(Grade, "grade_by_rule"))
    proposed: Mapped[Grade | None] = mapped_column(words(Grade, "grade_proposed"))
    """The community's proposal; where it differs from the rule's, with a reason."""
    proposed_reason: Mapped[str | None]
    grade: Mapped[Grade | None] = mapped_column(words(Grade, "grade"))
    """Once the centre approved it and the office filed it."""
    because: Mapped[dict[str, Any]]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("approval_case.id"))
    rules_version: Mapped[str]
    computed_at: Mapped[datetime]
    graded_at: Mapped[datetime | None]
