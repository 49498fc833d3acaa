"""What came through the handset's door, and what was set aside there."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base
from app.db.sealed import Sealed, SealedWithin


class Submission(Base):
    """An item by its handset-made id, with the result that every repeat gets again."""

    __tablename__ = "submission"
    __table_args__ = (Index("ix_submission_worker_id_received_at", "worker_id", "received_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    kind: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of kind, capture time, clock readings and body in canonical form."""
    result: Mapped[dict[str, Any]] = mapped_column(SealedWithin("submission"))
    """It may repeat what the worker wrote."""
    received_at: Mapped[datetime]


class Quarantine(Base):
    """What could not be taken, kept as it came, with the reason; the worker sees it."""

    __tablename__ = "quarantine"
    __table_args__ = (
        Index("ix_quarantine_worker_id_received_at", "worker_id", "received_at"),
        Index(
            "ix_quarantine_community_code_id",
            "community_code",
            "id",
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
        Index("uq_quarantine_account_id_digest", "account_id", "digest", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[UUID | None]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("worker.id"))
    community_code: Mapped[str | None]
    device_id: Mapped[UUID | None]
    kind: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of id, kind and content: the same thing set aside twice is one row."""
    content: Mapped[Any] = mapped_column(Sealed("quarantine"))
    """It may name residents."""
    code: Mapped[str]
    message: Mapped[str]
    received_at: Mapped[datetime]


class Held(Base):
    """A record that waits for another one it refers to; taken as soon as that one is there."""

    __tablename__ = "held"
    __table_args__ = (
        Index("ix_held_waits_for", "waits_for"),
        Index("ix_held_worker_id", "worker_id"),
        Index(
            "ix_held_community_code_id",
            "community_code",
            "id",
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    waits_for: Mapped[UUID]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    community_code: Mapped[str]
    """The worker's post when it was captured."""
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    kind: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[Any] = mapped_column(Sealed("held"))
    """The item as it came, and its time as it was judged at receipt."""
    received_at: Mapped[datetime]
