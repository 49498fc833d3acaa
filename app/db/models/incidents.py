"""Events reported in a grid (EVT-1), as plain records to be judged by EVT-2 to EVT-5."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, words
from app.rules.field_records import IncidentCategory, Severity


class Incident(Base):
    """An event as the grid worker reported it; never edited."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_worker_id_day", "worker_id", "day"),)

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
    category: Mapped[IncidentCategory] = mapped_column(words(IncidentCategory, "incident_category"))
    severity: Mapped[Severity] = mapped_column(words(Severity, "severity"))
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float | None]
    description: Mapped[str]
