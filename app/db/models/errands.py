"""Errands for residents (代办) and their steps (SVC-1)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, FieldRecord, words
from app.db.sealed import Sealed
from app.rules.errands import ErrandStep


class Errand(Base):
    """An errand by the key its first record gave it, and how far it is."""

    __tablename__ = "errand"
    __table_args__ = (
        Index("ix_errand_worker_id", "worker_id"),
        Index(
            "ix_errand_community_code_id",
            "community_code",
            "id",
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
        CheckConstraint("rating between 1 and 5", name="rating"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    grid_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    matter: Mapped[str]
    """What is to be done: social insurance, allowance, housing … never for whom."""
    resident: Mapped[Any] = mapped_column(Sealed("errand resident"), nullable=True)
    """name, phone, address; null once erased."""
    step: Mapped[ErrandStep] = mapped_column(words(ErrandStep, "errand_step"))
    rating: Mapped[int | None]
    accepted_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    closed_day: Mapped[date | None]


class ErrandAct(FieldRecord, Base):
    """One step of an errand as captured; never edited."""

    __tablename__ = "errand_act"
    __table_args__ = (
        Index("ix_errand_act_errand_id", "errand_id"),
        Index("ix_errand_act_worker_id_day", "worker_id", "day"),
        Index("uq_errand_act_errand_id_step", "errand_id", "step", unique=True),
    )

    errand_id: Mapped[UUID] = mapped_column(ForeignKey("errand.id"))
    step: Mapped[ErrandStep] = mapped_column(words(ErrandStep, "errand_act_step"))
    office: Mapped[str | None]
    """The station or department where it is handled."""
    papers: Mapped[list[Any]]
    """Names of papers collected or delivered."""
    rating: Mapped[int | None]
    note: Mapped[Any] = mapped_column(Sealed("errand note"), nullable=True)
    photos: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
