"""Standard Webhooks 1.0.0, symmetric (v1).

Three headers: `webhook-id` (the same over all retries), `webhook-timestamp` (unix seconds of this
attempt) and `webhook-signature`: `v1,<base64>` of HMAC-SHA256 over `id.timestamp.body`, one for
each valid key with a space between. A key is shown as `whsec_<base64>`; the decoded bytes sign.
"""

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

from app.webhooks.authentic import (
    Credentials,
    Verified,
    instant_in,
    key_in,
    lowered,
    unix_seconds,
    wanted,
)
from app.webhooks.refusals import NotAuthentic

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
HEADERS = (ID, TIMESTAMP, SIGNATURE)
VERSION, PREFIX = "v1", "whsec_"
KEYS = re.compile(r"[!-\-/-~]{1,200}")
"""Printable without a space; no full stop, which parts what is signed."""


def headers(
    _: Credentials, secrets: Sequence[str], message_id: str, at: datetime, body: bytes
) -> dict[str, str]:
    """Signed with each key."""
    return {
        ID: message_id,
        TIMESTAMP: unix_seconds(at),
        SIGNATURE: " ".join(_signature(secret, message_id, at, body) for secret in secrets),
    }


def verify(
    _: Credentials, secrets: Sequence[str], given: Mapping[str, str], body: bytes, now: datetime
) -> Verified:
    """Proven by any key and any token; what is malformed or of another version is passed over."""
    found = lowered(given)
    message_id = key_in(found, ID, KEYS)
    at = instant_in(found, TIMESTAMP, now)
    tokens = wanted(found, SIGNATURE).split(" ")
    # Over the bytes that came: the library signs text alone, and not everybody writes UTF-8.
    content = f"{message_id}.{unix_seconds(at)}.".encode() + body
    keys = filter(None, map(_key, secrets))
    expected = [hmac.digest(key, content, "sha256") for key in keys]
    passed = [digest for token in tokens if (digest := _digest(token)) is not None]
    matches = [hmac.compare_digest(mine, theirs) for mine in expected for theirs in passed]
    if not any(matches):
        raise NotAuthentic(why="no_match")
    return Verified(message_id, at)


def _signature(secret: str, message_id: str, at: datetime, body: bytes) -> str:
    # The library takes an instant's face for UTC and would shift one of Shanghai by 8 hours.
    return Webhook(secret).sign(message_id, at.astimezone(UTC), body.decode())


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX) + "==")


def _digest(token: str) -> bytes | None:
    """What a token of our version signs with; None for any other."""
    version, _, signature = token.partition(",")
    if version != VERSION:
        return None
    try:
        return base64.b64decode(signature, validate=True)
    except ValueError:
        return None
