"""The verdict of a worker's date, derived from facts and recomputed when they change (ATT, FLD)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, words
from app.rules.field_time import FieldVerdict


class WorkerDay(Base):
    """What a worker's date comes to; every figure can be recomputed from the facts."""

    __tablename__ = "worker_day"
    __table_args__ = (
        PrimaryKeyConstraint("worker_id", "day"),
        Index(
            "ix_worker_day_day_community_code",
            "day",
            "community_code",
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
    )

    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    day: Mapped[date]
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    on_duty: Mapped[bool]
    bound: Mapped[bool]
    """Whether parts three to five bind the worker on the date (ORG-4)."""
    windows: Mapped[list[Any]]
    """Three objects: number, what fills it or excuses it, clause."""
    windows_filled: Mapped[int]
    windows_excused: Mapped[int]
    field_verdict: Mapped[FieldVerdict] = mapped_column(words(FieldVerdict, "field_verdict"))
    total_s: Mapped[int]
    morning_s: Mapped[int]
    afternoon_s: Mapped[int]
    off_peak_s: Mapped[int]
    short: Mapped[dict[str, Any]]
    """Seconds short: total, morning, afternoon, off_peak."""
    fixes: Mapped[int]
    fixes_set_aside: Mapped[dict[str, Any]]
    """How many were mocked, imprecise, teleports or superseded (FLD-5)."""
    because: Mapped[dict[str, Any]]
    """What it was computed from: values in force, boundaries, batches, leave, corrections."""
    rules_version: Mapped[str]
    computed_at: Mapped[datetime]


class StaleDay(Base):
    """A mark that a worker's facts changed; a recompute removes what marks it saw, then reads."""

    __tablename__ = "stale_day"
    __table_args__ = (
        Index("ix_stale_day_worker_id_day", "worker_id", "day"),
        Index(
            "ix_stale_day_day_community_code",
            "day",
            "community_code",
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    worker_id: Mapped[UUID]
    day: Mapped[date]
    community_code: Mapped[str]


class BoardVersion(Base):
    """How often the board of a unit and date changed: what an ETag is made of."""

    __tablename__ = "board_version"
    __table_args__ = (PrimaryKeyConstraint("unit_code", "day"),)

    unit_code: Mapped[str]
    day: Mapped[date]
    version: Mapped[int] = mapped_column(BigInteger)
