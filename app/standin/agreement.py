"""What the stand-in platform and we agreed on: schemes, keys, addresses (INT-1)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.rules.delivery import Scheme
from app.rules.tasks import Platform
from app.webhooks.authentic import Verified, instant_in, key_in, lowered, wanted
from app.webhooks.oauth import AUTHORIZATION, ID, TIMESTAMP
from app.webhooks.refusals import NotAuthentic
from app.webhooks.schemes import headers_for, verify
from app.webhooks.standard import KEYS

TOKEN_LIFE = timedelta(hours=1)


@dataclass(frozen=True)
class Manner:
    """How one side proves what it sends to the other."""

    scheme: Scheme
    secrets: tuple[str, ...] = ()
    credentials: Mapping[str, Any] = field(default_factory=dict)

    def signed(self, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
        """The headers that prove a message."""
        return headers_for(self.scheme, self.credentials, self.secrets, message_id, at, body)


@dataclass(frozen=True)
class Agreement:
    """`told`: how we prove what it is told; `says`: how it proves what it says, and where to."""

    platform: Platform
    told: Manner
    says: Manner
    says_to: str


@dataclass
class Tokens:
    """The bearer tokens that were issued, and until when each holds."""

    issued: dict[str, datetime] = field(default_factory=dict)

    def issue(self, now: datetime) -> str:
        """A new one."""
        token = secrets.token_urlsafe(32)
        self.issued[token] = now + TOKEN_LIFE
        return token

    def proves(self, headers: Mapping[str, str], now: datetime) -> Verified:
        """Whose bearer token holds; raises NotAuthentic."""
        found = lowered(headers)
        kind, _, token = wanted(found, AUTHORIZATION).partition(" ")
        expires_at = self.issued.get(token)
        if kind.lower() != "bearer" or expires_at is None or now >= expires_at:
            raise NotAuthentic(why="no_match")
        return Verified(key_in(found, ID, KEYS), instant_in(found, TIMESTAMP, now))


def proven(
    manner: Manner, tokens: Tokens, headers: Mapping[str, str], body: bytes, now: datetime
) -> Verified:
    """Who proves a request that came to the platform; raises NotAuthentic."""
    if manner.scheme is Scheme.OAUTH:
        return tokens.proves(headers, now)
    return verify(manner.scheme, manner.credentials, manner.secrets, headers, body, now)
