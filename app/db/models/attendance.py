"""Sign-ins, their reviews, correction requests and leave (ATT-1 to ATT-6)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, words
from app.rules.attendance import Verdict
from app.rules.duty import Half
from app.rules.procedures import CorrectionKind, LeaveKind, RequestState


class CheckIn(Base):
    """A sign-in as captured, with its verdict at arrival; never edited."""

    __tablename__ = "check_in"
    __table_args__ = (
        Index("ix_check_in_worker_id_day", "worker_id", "day"),
        Index(
            "uq_check_in_valid_window",
            "worker_id",
            "day",
            "window",
            unique=True,
            postgresql_where=text("verdict = 'valid'"),
        ),
        Index(
            "ix_check_in_needs_review",
            "community_code",
            postgresql_where=text("verdict = 'needs_review'"),
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
        CheckConstraint("corrected_at <= received_at", name="not_from_the_future"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    captured_at: Mapped[datetime]
    corrected_at: Mapped[datetime]
    received_at: Mapped[datetime]
    time_proven: Mapped[bool]
    offset_s: Mapped[float]
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float]
    mocked: Mapped[bool]
    day: Mapped[date]
    window: Mapped[int | None]
    verdict: Mapped[Verdict] = mapped_column(words(Verdict, "verdict"))
    distance_m: Mapped[float | None]
    because: Mapped[dict[str, Any]]


class CheckInReview(Base):
    """The station's word on a sign-in that needs review; its verdict replaces the first one."""

    __tablename__ = "check_in_review"
    __table_args__ = (
        Index(
            "uq_check_in_review_valid_window",
            "worker_id",
            "day",
            "window",
            unique=True,
            postgresql_where=text("verdict = 'valid'"),
        ),
    )

    check_in_id: Mapped[UUID] = mapped_column(ForeignKey("check_in.id"), primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    day: Mapped[date]
    window: Mapped[int | None]
    accepted: Mapped[bool]
    reason: Mapped[str]
    verdict: Mapped[Verdict] = mapped_column(words(Verdict, "verdict"))
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]


class Correction(Base):
    """A correction request (补签): a window made good, or field time with new figures."""

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint("(kind = 'sign_in') = (\"window\" is not null)", name="window"),
        CheckConstraint(
            "(state in ('approved', 'refused')) = (decided_at is not null)", name="decided"
        ),
        Index("ix_correction_worker_id_day", "worker_id", "day"),
        Index(
            "uq_correction_waiting",
            "worker_id",
            "day",
            "kind",
            text('coalesce("window", 0)'),
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_correction_waiting",
            "community_code",
            postgresql_where=text("state = 'waiting'"),
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    kind: Mapped[CorrectionKind] = mapped_column(words(CorrectionKind, "correction_kind"))
    day: Mapped[date]
    window: Mapped[int | None]
    reason: Mapped[str]
    evidence: Mapped[list[Any]]
    figures: Mapped[dict[str, Any] | None]
    """For field time: the figures that stand and those that the late records would give."""
    requested_at: Mapped[datetime]
    state: Mapped[RequestState] = mapped_column(words(RequestState, "request_state"))
    decision_reason: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]


HALVES = (
    "int4range((first_day - date '2000-01-01') * 2 + (first_half = 'afternoon')::int,"
    " (last_day - date '2000-01-01') * 2 + (last_half = 'afternoon')::int, '[]')"
)
"""A leave as a span in the count of halves."""


class Leave(Base):
    """Leave by halves of dates, decided by the station; what it covers is excused."""

    __tablename__ = "leave"
    __table_args__ = (
        CheckConstraint(
            "(first_day, first_half = 'afternoon') <= (last_day, last_half = 'afternoon')",
            name="order",
        ),
        CheckConstraint(
            "(state in ('approved', 'refused')) = (decided_at is not null)", name="decided"
        ),
        Index("ix_leave_worker_id_last_day", "worker_id", "last_day"),
        Index(
            "ix_leave_waiting",
            "community_code",
            postgresql_where=text("state = 'waiting'"),
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
        ExcludeConstraint(
            ("worker_id", "="),
            (text(HALVES), "&&"),
            where=text("state = 'approved'"),
            name="ex_leave_approved",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    kind: Mapped[LeaveKind] = mapped_column(words(LeaveKind, "leave_kind"))
    first_day: Mapped[date]
    first_half: Mapped[Half] = mapped_column(words(Half, "half"))
    last_day: Mapped[date]
    last_half: Mapped[Half] = mapped_column(words(Half, "half_last"))
    reason: Mapped[str]
    requested_at: Mapped[datetime]
    state: Mapped[RequestState] = mapped_column(words(RequestState, "request_state"))
    decision_reason: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
