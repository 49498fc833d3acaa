"""Keys of an endpoint: made here or given by a platform, shown once, rotated with an overlap.

While two are valid both sign, and either is accepted, so neither side must switch at an instant.
"""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.db.models import WebhookSecret
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.rules.delivery import Scheme, SecretUse
from app.webhooks.refusals import LastKey, NoKeysInScheme, NotAKey, TooManyKeys

PREFIX = "whsec_"
MADE_BYTES = 32
FEWEST_BYTES, MOST_BYTES = 24, 64
FEWEST_CHARACTERS, MOST_CHARACTERS = 16, 256
OLD_KEYS_AT_MOST = 10
NEWEST_FIRST = (
    WebhookSecret.expires_at.desc().nulls_first(),
    WebhookSecret.created_at.desc(),
    WebhookSecret.id.desc(),
)
"""The one that is not replaced before all others."""


def signing_secrets(
    session: Session, endpoint_id: UUID, use: SecretUse, now: datetime
) -> list[str]:
    """The secrets that are valid now, the newest first."""
    return [key.secret for key in _valid(session, endpoint_id, use, now)]


def new_secret(scheme: Scheme) -> str:
    """`whsec_` and base64 of chance; where a secret is used as text, hexadecimal."""
    chance = secrets.token_bytes(MADE_BYTES)
    if scheme is Scheme.STANDARD_WEBHOOKS:
        return PREFIX + base64.b64encode(chance).decode()
    return chance.hex()


def check_secret(scheme: Scheme, secret: str) -> str:
    """A secret as its scheme wants it; raises NotAKey, NoKeysInScheme."""
    match scheme:
        case Scheme.OAUTH:
            raise NoKeysInScheme
        case Scheme.STANDARD_WEBHOOKS:
            fits = FEWEST_BYTES <= _decoded_length(secret) <= MOST_BYTES
        case Scheme.HMAC_HEADER:
            fits = (
                FEWEST_CHARACTERS <= len(secret) <= MOST_CHARACTERS
                and secret.isascii()
                and secret.isprintable()
            )
    if not fits:
        raise NotAKey
    return secret


def add_key(
    session: Session, endpoint_id: UUID, use: SecretUse, secret: str, now: datetime
) -> WebhookSecret:
    """A key that is valid until it is replaced."""
    key = WebhookSecret(
        id=uuid7(now),
        endpoint_id=endpoint_id,
        use=use,
        secret=secret,
        created_at=now,
        expires_at=None,
    )
    session.add(key)
    session.flush()
    return key


def replace_key(
    session: Session,
    endpoint_id: UUID,
    use: SecretUse,
    secret: str,
    overlap: timedelta,
    now: datetime,
) -> WebhookSecret:
    """A new key; those before it stay valid over the overlap and no longer. Endpoint is locked."""
    valid = _valid(session, endpoint_id, use, now)
    if overlap and len(valid) > OLD_KEYS_AT_MOST:
        raise TooManyKeys(most=OLD_KEYS_AT_MOST)
    for key in valid:
        key.expires_at = min(key.expires_at or now + overlap, now + overlap)
    return add_key(session, endpoint_id, use, secret, now)


def expire_key(session: Session, endpoint_id: UUID, key_id: UUID, now: datetime) -> WebhookSecret:
    """No longer valid from this instant on; raises LastKey. Endpoint is locked."""
    key = session.get(WebhookSecret, key_id)
    if key is None or key.endpoint_id != endpoint_id:
        raise NotFound
    valid = _valid(session, endpoint_id, key.use, now)
    if key not in valid:
        return key
    if len(valid) == 1:
        raise LastKey
    key.expires_at = now
    return key


def keys_of(session: Session, endpoint_id: UUID) -> Sequence[WebhookSecret]:
    """All keys of both uses, the newest first; those that expired too."""
    return session.scalars(
        select(WebhookSecret)
        .where(WebhookSecret.endpoint_id == endpoint_id)
        .order_by(*NEWEST_FIRST)
    ).all()


def is_valid(key: WebhookSecret, now: datetime) -> bool:
    """Whether a key signs, and proves, at an instant."""
    return key.expires_at is None or key.expires_at > now


def _valid(
    session: Session, endpoint_id: UUID, use: SecretUse, now: datetime
) -> Sequence[WebhookSecret]:
    return session.scalars(
        select(WebhookSecret)
        .where(
            WebhookSecret.endpoint_id == endpoint_id,
            WebhookSecret.use == use,
            or_(WebhookSecret.expires_at.is_(None), WebhookSecret.expires_at > now),
        )
        .order_by(*NEWEST_FIRST)
    ).all()


def _decoded_length(secret: str) -> int:
    try:
        return len(base64.b64decode(secret.removeprefix(PREFIX), validate=True))
    except ValueError:
        return 0
