"""Photos: stored once by content, linked to the records that name them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base
from app.db.sealed import Sealed


class Media(Base):
    """A photo that arrived whole; its content lies in the store under its SHA-256."""

    __tablename__ = "media"
    __table_args__ = (CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    shown: Mapped[str]
    """SHA-256 of the picture that is served: without what the camera wrote into it."""
    taken: Mapped[Any] = mapped_column(Sealed("photo taken"), nullable=True)
    """at, lon, lat as the camera wrote them; kept apart."""
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    stored_at: Mapped[datetime]


class PhotoLink(Base):
    """That a record names a photo, arrived or not; whoever sees the record's unit may see it."""

    __tablename__ = "photo_link"
    __table_args__ = (
        PrimaryKeyConstraint("sha256", "subject_kind", "subject_id"),
        Index("ix_photo_link_subject_id", "subject_id"),
        Index(
            "ix_photo_link_community_code_linked_at",
            "community_code",
            "linked_at",
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
        Index("ix_photo_link_worker_id", "worker_id"),
    )

    sha256: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    community_code: Mapped[str]
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("worker.id"))
    sensitive: Mapped[bool]
    """Of a record about a resident: each look is logged."""
    linked_at: Mapped[datetime]
