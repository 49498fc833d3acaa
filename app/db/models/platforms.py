"""The two platforms: what they send, what they say of our events, who is who there (INT-1)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, words
from app.db.sealed import Sealed
from app.rules.delivery import InboundState
from app.rules.tasks import Platform


class InboundMessage(Base):
    """A platform's message as it came, stored before it was answered."""

    __tablename__ = "inbound_message"
    __table_args__ = (
        UniqueConstraint("platform", "message_id"),
        Index(
            "ix_inbound_message_waiting",
            "platform",
            "subject",
            "id",
            postgresql_where=text("state = 'stored'"),
        ),
        Index("ix_inbound_message_state_id", "state", "id"),
        Index("ix_inbound_message_received_at", "received_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    platform: Mapped[Platform] = mapped_column(words(Platform, "inbound_platform"))
    message_id: Mapped[str]
    received_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    """The instant that was signed."""
    digest: Mapped[bytes]
    """SHA-256 of the body: the same key with another body is another message."""
    body: Mapped[Any] = mapped_column(Sealed("inbound body"), nullable=True)
    """The raw text; it may name residents; null once erased."""
    type: Mapped[str | None]
    subject: Mapped[str | None]
    """What it is about, by kind and key; messages on one subject are taken in order."""
    number: Mapped[int | None]
    """The platform's own number within the subject."""
    state: Mapped[InboundState] = mapped_column(words(InboundState, "inbound_state"))
    outcome: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """What it did, or why it could not be understood: codes and keys."""
    tries: Mapped[int] = mapped_column(server_default="0")
    next_at: Mapped[datetime]
    processed_at: Mapped[datetime | None]


class PlatformSubject(Base):
    """The last number taken of a platform's subject."""

    __tablename__ = "platform_subject"

    platform: Mapped[Platform] = mapped_column(
        words(Platform, "subject_platform"), primary_key=True
    )
    subject: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int]


class PlatformView(Base):
    """What a platform says of an event, beside what we say."""

    __tablename__ = "platform_view"

    platform: Mapped[Platform] = mapped_column(words(Platform, "view_platform"), primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    their_ref: Mapped[str | None]
    their_state: Mapped[str]
    state: Mapped[str | None]
    """Ours that it stands for; none where the mapping has no word for it."""
    result: Mapped[Any] = mapped_column(Sealed("platform result"), nullable=True)
    number: Mapped[int]
    said_at: Mapped[datetime]
    message_id: Mapped[str]


class PlatformAccount(Base):
    """A worker's account at a platform over a span of dates."""

    __tablename__ = "platform_account"
    __table_args__ = (
        ExcludeConstraint(
            ("platform", "="), ("account", "="), ("valid", "&&"),
            using="gist", name="ex_platform_account_account",
        ),
        Index("ix_platform_account_worker_id", "worker_id"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    platform: Mapped[Platform] = mapped_column(words(Platform, "account_platform"))
    account: Mapped[str]
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]


class PlatformReceipt(Base):
    """A platform's answer to an information record: taken, or refused and why."""

    __tablename__ = "platform_receipt"

    platform: Mapped[Platform] = mapped_column(
        words(Platform, "receipt_platform"), primary_key=True
    )
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    accepted: Mapped[bool]
    code: Mapped[str | None]
    said_at: Mapped[datetime]
    message_id: Mapped[str]


class Reconciliation(Base):
    """What a platform has of a date beside what we sent, and what was done about it."""

    __tablename__ = "reconciliation"
    __table_args__ = (Index("ix_reconciliation_platform_day", "platform", "day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    platform: Mapped[Platform] = mapped_column(words(Platform, "reconciliation_platform"))
    day: Mapped[date]
    ran_at: Mapped[datetime]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    ours: Mapped[int]
    theirs: Mapped[int]
    error: Mapped[str | None]
    """Why the platform could not be asked; none when it answered."""
    differences: Mapped[list[Any]]
    """As platforms.comparing writes them: kind, subject or message, ours, theirs, remedy."""
    sent_again: Mapped[int]
    taken_in: Mapped[int]
