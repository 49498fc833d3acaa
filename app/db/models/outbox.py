"""What happened, as rows: the audit that can't be edited, and the feed that handsets pull."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base
from app.db.sealed import SealedWithin


class OutboxEvent(Base):
    """An act in the transaction of its change; append-only, guarded by a trigger."""

    __tablename__ = "outbox_event"
    __table_args__ = (
        Index("ix_outbox_event_subject", "subject_kind", "subject_id"),
        Index("ix_outbox_event_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    account_id: Mapped[UUID | None]
    """Who did it; none for the system itself."""
    unit_code: Mapped[str | None]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    facts: Mapped[dict[str, Any]]


class Change(Base):
    """One change in a worker's scope; read in commit order below the oldest running transaction."""

    __tablename__ = "change"
    __table_args__ = (Index("ix_change_worker_id_xid_id", "worker_id", "xid", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    xid: Mapped[int] = mapped_column(
        BigInteger, server_default=text("pg_current_xact_id()::text::bigint")
    )
    """The transaction that wrote it: never wraps, grows with the start of transactions."""
    worker_id: Mapped[UUID]
    kind: Mapped[str]
    subject_id: Mapped[str]
    gone: Mapped[str | None]
    """Why it is gone (deleted, out_of_scope, expired); none when it is there."""
    body: Mapped[dict[str, Any] | None] = mapped_column(SealedWithin("change"))
    """It may say where somebody lives, and of which kind the visits owed there are."""
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
