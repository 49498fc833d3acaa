"""Tracks, one row an upload, and appointments (FLD-1 to FLD-5)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import (
    CheckConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, FieldRecord


class TrackBatch(Base):
    """One upload of fixes in order of time, WGS 84, M = epoch seconds.

    Partitioned by the month that is written in the UUIDv7 of the batch.
    """

    __tablename__ = "track_batch"
    __table_args__ = (
        PrimaryKeyConstraint("device_id", "batch_id"),
        Index("ix_track_batch_worker_id_first_at", "worker_id", "first_at"),
        Index(
            "ix_track_batch_long",
            "worker_id",
            postgresql_where=text("last_at - first_at > interval '1 day'"),
        ),
        CheckConstraint("first_at <= last_at", name="order"),
        {"postgresql_partition_by": "RANGE (batch_id)"},
    )

    device_id: Mapped[UUID]
    batch_id: Mapped[UUID]
    worker_id: Mapped[UUID]
    received_at: Mapped[datetime]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    crs: Mapped[int] = mapped_column(SmallInteger)
    """The reference system it came in: 0 WGS 84, 1 GCJ-02, 2 BD-09."""
    path: Mapped[Any] = mapped_column(
        Geometry("GEOMETRYM", srid=4326, dimension=3, spatial_index=False, nullable=False)
    )
    accuracy_dm: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    """Decimetres; 32767 stands for more."""
    speed_cmps: Mapped[list[int] | None] = mapped_column(ARRAY(SmallInteger))
    """Centimetres a second; -1 unknown."""
    flags: Mapped[bytes | None] = mapped_column(LargeBinary)
    """One byte a fix, bit 0 mocked; absent when all are zero."""


class Appointment(FieldRecord, Base):
    """An appointment (预约制): work agreed with a resident for a time (FLD-3)."""

    __tablename__ = "appointment"
    __table_args__ = (
        Index("ix_appointment_worker_id_day", "worker_id", "day"),
        CheckConstraint("starts_at < ends_at", name="order"),
    )

    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    subject: Mapped[str]
