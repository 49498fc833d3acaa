"""What a platform sends is proven, stored and only then answered (INT-1).

A message is known by its key as long as its row is kept, which is for ever; only its content is
erased: the same key again is answered as before, however late.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, defer

from app.db.models import InboundMessage, WebhookEndpoint
from app.platforms.adapters import ADAPTERS
from app.platforms.bodies import kept
from app.platforms.hearing import glance
from app.platforms.refusals import MessageReused, PlatformNotSetUp, PlatformUnknown
from app.rules.delivery import InboundState, Scheme, SecretUse
from app.rules.tasks import Platform
from app.webhooks.keys import signing_secrets
from app.webhooks.schemes import Verified, verify

BYTES_AT_MOST = 256 * 1024


@dataclass(frozen=True)
class Stored:
    """A message that is kept; `again`: it was kept before."""

    message: InboundMessage
    again: bool


def platform_named(name: str) -> Platform:
    """Raises PlatformUnknown."""
    try:
        return Platform(name)
    except ValueError:
        raise PlatformUnknown from None


def prove(
    session: Session, platform: Platform, headers: Mapping[str, str], body: bytes, now: datetime
) -> Verified:
    """By the platform's own keys and scheme, over the bytes that came, before they are read.

    What is sent to the platform may be paused or disabled meanwhile. Raises PlatformNotSetUp,
    NotAuthentic.
    """
    endpoint = session.scalar(
        select(WebhookEndpoint).where(
            WebhookEndpoint.platform == platform, WebhookEndpoint.retired_at.is_(None)
        )
    )
    if endpoint is None or endpoint.inbound_scheme in (None, Scheme.OAUTH):
        raise PlatformNotSetUp
    secrets = signing_secrets(session, endpoint.id, SecretUse.INBOUND, now)
    if not secrets:
        raise PlatformNotSetUp
    scheme = endpoint.inbound_scheme
    return verify(scheme, endpoint.credentials, secrets, headers, body, now)


def keep(
    session: Session, platform: Platform, proven: Verified, body: bytes, now: datetime
) -> Stored:
    """Once: the same again is what is kept already. Raises MessageReused."""
    digest = sha256(body).digest()
    written = session.scalar(
        insert(InboundMessage)
        .values(_row(platform, proven, body, now) | {"digest": digest})
        .on_conflict_do_nothing(index_elements=["platform", "message_id"])
        .returning(InboundMessage.id)
    )
    message = session.scalars(
        select(InboundMessage)
        .options(defer(InboundMessage.body))
        .where(InboundMessage.platform == platform, InboundMessage.message_id == proven.message_id)
    ).one()
    if message.digest != digest:
        raise MessageReused(message_id=proven.message_id)
    return Stored(message, again=written is None)


def store(
    session: Session, platform: Platform, headers: Mapping[str, str], body: bytes, now: datetime
) -> Stored:
    """Prove and keep."""
    return keep(session, platform, prove(session, platform, headers, body, now), body, now)


def _row(platform: Platform, proven: Verified, body: bytes, now: datetime) -> dict[str, object]:
    seen = glance(ADAPTERS[platform], body)
    return {
        "platform": platform,
        "message_id": proven.message_id,
        "received_at": now,
        "sent_at": proven.sent_at,
        "body": kept(body),
        "type": seen.type,
        "subject": seen.subject,
        "number": seen.number,
        "state": InboundState.STORED,
        "next_at": now,
    }
