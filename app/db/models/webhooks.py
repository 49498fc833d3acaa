"""Outbound webhooks: what is told, to whom, and how each attempt went (INT-2)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, words
from app.db.sealed import Sealed
from app.rules.delivery import (
    AttemptTrigger,
    DeliveryState,
    EndpointState,
    Scheme,
    SecretUse,
)
from app.rules.tasks import Platform


class WebhookEndpoint(Base):
    """Somebody who is told: where, of what, how signed."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        CheckConstraint("at_once between 1 and 64", name="at_once"),
        Index(
            "uq_webhook_endpoint_platform",
            "platform",
            unique=True,
            postgresql_where=text("platform is not null and retired_at is null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    url: Mapped[str]
    description: Mapped[str]
    platform: Mapped[Platform | None] = mapped_column(words(Platform, "endpoint_platform"))
    """Whose mapping dresses what is told; none: the thin payload as it is."""
    scheme: Mapped[Scheme] = mapped_column(words(Scheme, "endpoint_scheme"))
    inbound_scheme: Mapped[Scheme | None] = mapped_column(words(Scheme, "endpoint_inbound_scheme"))
    """How a platform signs what it sends to us."""
    credentials: Mapped[Any] = mapped_column(Sealed("endpoint credentials"), nullable=True)
    """app_key, token_url, client_id, client_secret: as the scheme needs."""
    event_types: Mapped[list[Any]]
    """Empty: every type."""
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    """Only what happens in this subtree."""
    allow_cidrs: Mapped[list[Any]]
    """Addresses of government networks that may be reached though they are private."""
    at_once: Mapped[int] = mapped_column(server_default="8")
    """How many deliveries may be under way."""
    state: Mapped[EndpointState] = mapped_column(words(EndpointState, "endpoint_state"))
    why_disabled: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    """The first failure since the last success."""
    failed_last_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(server_default="0")
    """In a row, over all deliveries."""
    rests_until: Mapped[datetime | None]
    """After failures in a row only one delivery tries, from this instant on."""
    created_at: Mapped[datetime]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    retired_at: Mapped[datetime | None]


class WebhookSecret(Base):
    """A key of an endpoint; while two are valid both sign."""

    __tablename__ = "webhook_secret"
    __table_args__ = (Index("ix_webhook_secret_endpoint_id", "endpoint_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoint.id"))
    use: Mapped[SecretUse] = mapped_column(words(SecretUse, "secret_use"))
    secret: Mapped[Any] = mapped_column(Sealed("webhook secret"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class WebhookSubject(Base):
    """The number of the last event of a subject; its row lock orders a subject's events."""

    __tablename__ = "webhook_subject"

    kind: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int]


class WebhookEvent(Base):
    """Something that may be told outside; its key is the webhook-id over all retries."""

    __tablename__ = "webhook_event"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "number"),
        Index("ix_webhook_event_occurred_at", "occurred_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    number: Mapped[int]
    unit_code: Mapped[str]
    occurred_at: Mapped[datetime]
    data: Mapped[dict[str, Any]]
    """Thin: keys, states, codes, instants; never a name, a number, a photo."""


class WebhookDelivery(Base):
    """One event for one endpoint, until it is delivered or given up."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("event_id", "endpoint_id"),
        Index(
            "ix_webhook_delivery_due",
            "endpoint_id",
            "next_at",
            "id",
            postgresql_where=text("state in ('pending', 'delivering', 'retrying')"),
        ),
        Index(
            "ix_webhook_delivery_subject",
            "endpoint_id",
            "subject_kind",
            "subject_id",
            "number",
            postgresql_where=text("state in ('pending', 'delivering', 'retrying')"),
        ),
        Index("ix_webhook_delivery_endpoint_id_state_id", "endpoint_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_event.id"))
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoint.id"))
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    number: Mapped[int]
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState, "delivery_state"))
    trigger: Mapped[AttemptTrigger] = mapped_column(
        words(AttemptTrigger, "delivery_trigger"), server_default="auto"
    )
    """What its next attempts are recorded as: of itself, or of a replay."""
    attempts: Mapped[int] = mapped_column(server_default="0")
    """Of the ladder; a replay begins a new one."""
    next_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    """A worker that was killed holds it no longer than this."""
    finished_at: Mapped[datetime | None]


class WebhookAttempt(Base):
    """One attempt of a delivery; never edited."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (
        Index("ix_webhook_attempt_delivery_id", "delivery_id"),
        Index("ix_webhook_attempt_started_at", "started_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("webhook_delivery.id"))
    number: Mapped[int]
    trigger: Mapped[AttemptTrigger] = mapped_column(words(AttemptTrigger, "attempt_trigger"))
    started_at: Mapped[datetime]
    took_ms: Mapped[int]
    status: Mapped[int | None]
    error: Mapped[str | None]
    """A code: refused_address, timeout, connection, status …"""
    excerpt: Mapped[Any] = mapped_column(Sealed("webhook answer"), nullable=True)
    """The answer's first characters, whatever they say; shown to administrators only."""
