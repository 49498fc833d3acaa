"""Evidence of the basic tasks that no other table holds (TSK-1, TSK-3)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, FieldRecord, words
from app.rules.tasks import LoginSource, Platform


class PlatformLogin(Base):
    """That a worker's account of a platform logged in on a date, and how it is known."""

    __tablename__ = "platform_login"
    __table_args__ = (
        PrimaryKeyConstraint("worker_id", "platform", "day"),
        Index(
            "ix_platform_login_community_code_day",
            "community_code",
            "day",
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
    )

    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    platform: Mapped[Platform] = mapped_column(words(Platform, "platform"))
    day: Mapped[date]
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    at: Mapped[datetime | None]
    source: Mapped[LoginSource] = mapped_column(words(LoginSource, "login_source"))
    evidence: Mapped[str]
    """Where it was read: a list of the platform, a picture of its page, a message's id."""
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]


class DailyNote(FieldRecord, Base):
    """What the worker wants to have said on the day's sheet (TSK-2)."""

    __tablename__ = "daily_note"
    __table_args__ = (Index("ix_daily_note_worker_id_day", "worker_id", "day"),)

    said: Mapped[str]
    photos: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
