"""Key periods (重点时段): a response with an area and times, acknowledged and reported (EMR-1)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, FieldRecord


class KeyPeriod(Base):
    """A response that the centre opens; its dates are duty dates."""

    __tablename__ = "key_period"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="order"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    instructions: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    declared: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """unit, day and decision of each date that it made a duty date."""
    not_declared: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """unit and day of each date whose first window had opened already."""


class KeyPeriodUnit(Base):
    """A unit of the response's area."""

    __tablename__ = "key_period_unit"
    __table_args__ = (PrimaryKeyConstraint("key_period_id", "unit_code"),)

    key_period_id: Mapped[UUID] = mapped_column(ForeignKey("key_period.id"))
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))


class Acknowledgement(FieldRecord, Base):
    """A worker has read it."""

    __tablename__ = "acknowledgement"
    __table_args__ = (
        Index(
            "uq_acknowledgement_key_period_id_worker_id",
            "key_period_id",
            "worker_id",
            unique=True,
        ),
    )

    key_period_id: Mapped[UUID] = mapped_column(ForeignKey("key_period.id"))


class KeyPeriodReport(FieldRecord, Base):
    """What a worker reports during a response."""

    __tablename__ = "key_period_report"
    __table_args__ = (Index("ix_key_period_report_key_period_id", "key_period_id"),)

    key_period_id: Mapped[UUID] = mapped_column(ForeignKey("key_period.id"))
    all_well: Mapped[bool]
    said: Mapped[str]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    photos: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
