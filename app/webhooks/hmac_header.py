"""HMAC-SHA256 in a header, with an app key and a timestamp.

Four headers, whose names an endpoint's credentials may change (`headers`: app_key, timestamp,
message_id, signature):

* `X-App-Key`: the app key, `app_key` of the credentials;
* `X-Timestamp`: unix seconds of this attempt, in decimal;
* `X-Message-Id`: the message's key, the same over all retries: printable ASCII without a space;
* `X-Signature`: HMAC-SHA256 in hexadecimal over

      app key + "\\n" + timestamp + "\\n" + message key + "\\n" + raw body

  under the UTF-8 bytes of the app secret as it is shown. While two secrets are valid the
  signatures of both are given, the newest first, with one space between; a receiver accepts any.

The timestamp may differ from the receiver's clock by five minutes either way.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

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

HEADERS = MappingProxyType(
    {
        "app_key": "X-App-Key",
        "timestamp": "X-Timestamp",
        "message_id": "X-Message-Id",
        "signature": "X-Signature",
    }
)
KEYS = re.compile(r"[!-~]{1,200}")


def names_of(credentials: Credentials) -> Mapping[str, str]:
    """What the headers are called at this platform."""
    return {**HEADERS, **(credentials.get("headers") or {})}


def headers(
    credentials: Credentials, secrets: Sequence[str], message_id: str, at: datetime, body: bytes
) -> dict[str, str]:
    """Signed with each secret."""
    app_key, timestamp = str(credentials["app_key"]), unix_seconds(at)
    names = names_of(credentials)
    content = _content(app_key, timestamp, message_id, body)
    return {
        names["app_key"]: app_key,
        names["timestamp"]: timestamp,
        names["message_id"]: message_id,
        names["signature"]: " ".join(_signature(secret, content) for secret in secrets),
    }


def verify(
    credentials: Credentials,
    secrets: Sequence[str],
    given: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> Verified:
    """Proven by any secret; hexadecimal in large or small letters."""
    found, names = lowered(given), names_of(credentials)
    app_key = wanted(found, names["app_key"])
    message_id = key_in(found, names["message_id"], KEYS)
    at = instant_in(found, names["timestamp"], now)
    tokens = wanted(found, names["signature"]).lower().split(" ")
    if not _same(app_key, str(credentials.get("app_key") or "")):
        raise NotAuthentic(why="unknown_app_key")
    content = _content(app_key, unix_seconds(at), message_id, body)
    expected = [_signature(secret, content) for secret in secrets]
    if not any(_same(mine, theirs) for mine in expected for theirs in tokens):
        raise NotAuthentic(why="no_match")
    return Verified(message_id, at)


def _content(app_key: str, timestamp: str, message_id: str, body: bytes) -> bytes:
    return f"{app_key}\n{timestamp}\n{message_id}\n".encode() + body


def _signature(secret: str, content: bytes) -> str:
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def _same(mine: str, theirs: str) -> bool:
    """In constant time; what is not ASCII is compared by its bytes."""
    return hmac.compare_digest(mine.encode(), theirs.encode("utf-8", "surrogatepass"))
