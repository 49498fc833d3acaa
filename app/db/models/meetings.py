"""Meetings and training with who attended (MTG-1, TRN-1)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, FieldRecord, words
from app.rules.meetings import MeetingKind, Presence


class Meeting(Base):
    """A meeting or training as its host recorded it."""

    __tablename__ = "meeting"
    __table_args__ = (
        Index(
            "ix_meeting_unit_code_held_on",
            "unit_code",
            "held_on",
            postgresql_ops={"unit_code": "text_pattern_ops"},
        ),
        Index(
            "uq_meeting_unit_code_kind_held_on",
            "unit_code",
            "kind",
            "held_on",
            unique=True,
            postgresql_where=text("withdrawn_at is null and kind in ('morning', 'weekly')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    kind: Mapped[MeetingKind] = mapped_column(words(MeetingKind, "meeting_kind"))
    held_on: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    subject: Mapped[str]
    minutes: Mapped[str]
    photos: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    host_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdraw_reason: Mapped[str | None]


class MeetingAttendance(Base):
    """Whether a worker was there, by the host's list."""

    __tablename__ = "meeting_attendance"
    __table_args__ = (
        PrimaryKeyConstraint("meeting_id", "worker_id"),
        Index("ix_meeting_attendance_worker_id", "worker_id"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    presence: Mapped[Presence] = mapped_column(words(Presence, "presence"))
    reason: Mapped[str | None]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]


class TrainingRecord(FieldRecord, Base):
    """A worker says that he or she was there; shown beside the host's list, never edited."""

    __tablename__ = "training_record"
    __table_args__ = (
        Index("ix_training_record_meeting_id", "meeting_id"),
        Index("ix_training_record_worker_id_held_on", "worker_id", "held_on"),
        Index(
            "ix_training_record_community_code_held_on",
            "community_code",
            "held_on",
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
    )

    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meeting.id"))
    """None where the host had not recorded it; it is found by kind and date then."""
    kind: Mapped[MeetingKind] = mapped_column(words(MeetingKind, "training_record_kind"))
    held_on: Mapped[date]
    subject: Mapped[str]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    note: Mapped[str]
    photos: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
