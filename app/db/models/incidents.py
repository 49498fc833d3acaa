"""Events reported in a grid (EVT-1), as plain records to be judged by EVT-2 to EVT-5."""

from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, FieldRecord, words
from app.rules.field_records import IncidentCategory, Severity


class Incident(FieldRecord, Base):
    """An event as the grid worker reported it; never edited."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_worker_id_day", "worker_id", "day"),)

    grid_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    category: Mapped[IncidentCategory] = mapped_column(words(IncidentCategory, "incident_category"))
    severity: Mapped[Severity] = mapped_column(words(Severity, "severity"))
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float | None]
    description: Mapped[str]
    photos: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
