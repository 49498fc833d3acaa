"""Checks of work clothes and equipment, and who is exempted (EQP-1)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base


class EquipmentCheck(Base):
    """A check by the station, or the worker's own picture of clothes and equipment."""

    __tablename__ = "equipment_check"
    __table_args__ = (
        Index("ix_equipment_check_worker_id_day", "worker_id", "day"),
        Index(
            "ix_equipment_check_community_code_day",
            "community_code",
            "day",
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    day: Mapped[date]
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    by_station: Mapped[bool]
    """The station's own check; else the worker's record, which the station may look at."""
    checked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    work_clothes: Mapped[bool]
    items: Mapped[dict[str, Any]]
    """Each of the seven items: whether it was there."""
    note: Mapped[str]
    photos: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    because: Mapped[dict[str, Any]]
    """The verdict, its clause, and the exemption that covered it."""


class EquipmentWithdrawal(Base):
    """A check that the station takes back, with the reason; the check itself stays."""

    __tablename__ = "equipment_withdrawal"

    check_id: Mapped[UUID] = mapped_column(ForeignKey("equipment_check.id"), primary_key=True)
    reason: Mapped[str]
    withdrawn_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime]


class EquipmentAnswer(Base):
    """What a worker says to a check; the station sees it."""

    __tablename__ = "equipment_answer"
    __table_args__ = (Index("ix_equipment_answer_check_id", "check_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    check_id: Mapped[UUID] = mapped_column(ForeignKey("equipment_check.id"))
    said: Mapped[str]
    answered_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime]


class EquipmentExemption(Base):
    """Work without work clothes that a township or the centre asked for (三(二)1)."""

    __tablename__ = "equipment_exemption"
    __table_args__ = (
        Index(
            "ix_equipment_exemption_unit_code",
            "unit_code",
            postgresql_ops={"unit_code": "text_pattern_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("worker.id"))
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    reason: Mapped[str]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]
