"""Visits as plain records, to be judged by VIS-1 to VIS-8."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, words
from app.rules.field_records import VisitKind


class Visit(Base):
    """A visit as captured; never edited."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_worker_id_day", "worker_id", "day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    grid_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    captured_at: Mapped[datetime]
    corrected_at: Mapped[datetime]
    received_at: Mapped[datetime]
    time_proven: Mapped[bool]
    day: Mapped[date]
    kind: Mapped[VisitKind] = mapped_column(words(VisitKind, "visit_kind"))
    place: Mapped[str]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    note: Mapped[str]
