"""Standards of pay, payrolls, statements and their lines (PAY, 五3 to 五5)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, PrimaryKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, words
from app.rules.appraisal import Result
from app.rules.pay import LineKind, PayrollState, StandardKind

PREFIX = "text_pattern_ops"
MONEY = Numeric(12, 2)


class PayStandard(Base):
    """The minimum wage or the performance standard from a date on; never edited."""

    __tablename__ = "pay_standard"
    __table_args__ = (
        Index("ix_pay_standard_kind_effective_from", "kind", "effective_from"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[StandardKind] = mapped_column(words(StandardKind, "standard_kind"))
    amount: Mapped[Decimal] = mapped_column(MONEY)
    effective_from: Mapped[date]
    reason: Mapped[str]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]


class Payroll(Base):
    """A month's payroll of the city: computed, approved by the centre, closed (PAY-4)."""

    __tablename__ = "payroll"
    __table_args__ = (
        Index("uq_payroll_id", "id", unique=True),
        CheckConstraint("extract(day from month) = 1", name="first_date"),
        CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed"),
    )

    month: Mapped[date] = mapped_column(primary_key=True)
    id: Mapped[UUID]
    """The subject of its approval."""
    state: Mapped[PayrollState] = mapped_column(words(PayrollState, "payroll_state"))
    workers: Mapped[int]
    base: Mapped[Decimal] = mapped_column(MONEY)
    performance: Mapped[Decimal] = mapped_column(MONEY)
    corrections: Mapped[Decimal] = mapped_column(MONEY)
    total: Mapped[Decimal] = mapped_column(MONEY)
    digest: Mapped[str]
    """SHA-256 over all lines: who approves names the digest that was seen."""
    rules_version: Mapped[str]
    computed_at: Mapped[datetime]
    computed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("approval_case.id"))
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What finance was told of the month, as it was when it was closed (PAY-3)."""


class PayStatement(Base):
    """A worker's pay of a month; once its payroll is closed it never changes (a trigger)."""

    __tablename__ = "pay_statement"
    __table_args__ = (
        PrimaryKeyConstraint("month", "worker_id"),
        Index("ix_pay_statement_worker_id_month", "worker_id", "month"),
        Index(
            "ix_pay_statement_month_community_code",
            "month",
            "community_code",
            postgresql_ops={"community_code": PREFIX},
        ),
        CheckConstraint("total = base + performance + corrections", name="sum"),
        CheckConstraint("employed <= duty and employed >= 0", name="dates"),
    )

    month: Mapped[date] = mapped_column(ForeignKey("payroll.month"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    """Of the worker's last post in the month."""
    duty: Mapped[int]
    employed: Mapped[int]
    result: Mapped[Result | None] = mapped_column(words(Result, "statement_result"))
    base: Mapped[Decimal] = mapped_column(MONEY)
    performance: Mapped[Decimal] = mapped_column(MONEY)
    """After penalties; never below zero."""
    corrections: Mapped[Decimal] = mapped_column(MONEY)
    total: Mapped[Decimal] = mapped_column(MONEY)
    because: Mapped[dict[str, Any]]
    """Dates employed, standards in force, the appraisal, the penalties, by their keys."""


class PayLine(Base):
    """One line of a statement, with its rule and clause."""

    __tablename__ = "pay_line"
    __table_args__ = (
        PrimaryKeyConstraint("month", "worker_id", "number"),
        Index("ix_pay_line_worker_id_corrects", "worker_id", "corrects"),
        CheckConstraint("(kind = 'correction') = (corrects is not null)", name="corrects"),
        CheckConstraint("corrects < month", name="earlier"),
    )

    month: Mapped[date]
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    number: Mapped[int]
    kind: Mapped[LineKind] = mapped_column(words(LineKind, "line_kind"))
    amount: Mapped[Decimal] = mapped_column(MONEY)
    """Signed: penalties are negative."""
    rule: Mapped[str]
    clause: Mapped[str]
    corrects: Mapped[date | None]
    """The closed month that this line corrects."""
    because: Mapped[dict[str, Any]]
