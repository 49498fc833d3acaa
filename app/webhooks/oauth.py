"""OAuth 2 client credentials (RFC 6749, 4.4): what is asked, what is answered; outward only.

Who sends fetches a token with `token_request`, reads the answer with `token_of`, keeps the token
while it `serves`, and gives it to `headers` as `access_token` of the credentials.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import quote_plus, urlencode

from app.webhooks.authentic import Credentials, Verified, unix_seconds
from app.webhooks.refusals import NotAuthentic

ID, TIMESTAMP, AUTHORIZATION = "webhook-id", "webhook-timestamp", "authorization"
ANSWERED = 200
WITHOUT_EXPIRY = timedelta(minutes=5)
"""How long a token serves whose issuer does not say."""
LONGEST = timedelta(days=1)
EARLY = timedelta(seconds=60)
"""A token is not begun with so shortly before it expires."""
CHARACTERS = 8000
"""Of a token at most."""


class NoToken(Exception):
    """The issuer gave no usable token."""


@dataclass(frozen=True)
class TokenRequest:
    """A POST that asks for a token."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Token:
    """A bearer token and until when it holds."""

    access_token: str
    expires_at: datetime

    def serves(self, now: datetime) -> bool:
        """Whether a message may still be begun with it."""
        return now < self.expires_at - EARLY


def token_request(credentials: Credentials) -> TokenRequest:
    """The client shows itself by HTTP Basic, as every issuer must allow (2.3.1)."""
    client = f"{quote_plus(credentials['client_id'])}:{quote_plus(credentials['client_secret'])}"
    form = {"grant_type": "client_credentials"}
    if credentials.get("scope"):
        form["scope"] = credentials["scope"]
    return TokenRequest(
        credentials["token_url"],
        MappingProxyType(
            {
                AUTHORIZATION: f"Basic {base64.b64encode(client.encode()).decode()}",
                "content-type": "application/x-www-form-urlencoded",
                "accept": "application/json",
            }
        ),
        urlencode(form).encode(),
    )


def token_of(status: int, body: bytes, now: datetime) -> Token:
    """The token in an answer; raises NoToken with a code that says nothing secret."""
    if status != ANSWERED:
        raise NoToken(f"status_{status}")
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise NoToken("not_json") from None
    text = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(text, str) or not _is_bearer(text):
        raise NoToken("no_access_token")
    if str(answer.get("token_type", "bearer")).lower() != "bearer":
        raise NoToken("not_bearer")
    return Token(text, now + _life(answer.get("expires_in")))


def headers(
    credentials: Credentials, _: Sequence[str], message_id: str, at: datetime, body: bytes
) -> dict[str, str]:
    """The token, and the message's key over all retries; nothing here signs the body."""
    del body
    return {
        ID: message_id,
        TIMESTAMP: unix_seconds(at),
        AUTHORIZATION: f"Bearer {credentials['access_token']}",
    }


def verify(
    credentials: Credentials,
    secrets: Sequence[str],
    given: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> Verified:
    """A bearer token proves nothing of a body that comes in: never."""
    del credentials, secrets, given, body, now
    raise NotAuthentic(why="outward_only")


def _is_bearer(text: str) -> bool:
    """Whether it can stand in a header."""
    return 0 < len(text) <= CHARACTERS and text.isascii() and text.isprintable() and " " not in text


def _life(seconds: Any) -> timedelta:
    """Some issuers write the number as text."""
    try:
        return min(timedelta(seconds=max(float(seconds), 0)), LONGEST)
    except (TypeError, ValueError, OverflowError):
        return WITHOUT_EXPIRY
