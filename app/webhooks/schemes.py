"""How messages are authenticated, outward and inward, by scheme (INT-1, INT-2)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.rules.delivery import Scheme
from app.webhooks import hmac_header, oauth, standard
from app.webhooks.authentic import Credentials, Verified
from app.webhooks.refusals import NotAuthentic

__all__ = ["SCHEMES", "NotAuthentic", "Verified", "headers_for", "verify"]


@dataclass(frozen=True)
class Signing:
    """The two halves of a scheme."""

    headers: Callable[[Credentials, Sequence[str], str, datetime, bytes], dict[str, str]]
    verify: Callable[[Credentials, Sequence[str], Mapping[str, str], bytes, datetime], Verified]


SCHEMES: Mapping[Scheme, Signing] = {
    Scheme.STANDARD_WEBHOOKS: Signing(standard.headers, standard.verify),
    Scheme.HMAC_HEADER: Signing(hmac_header.headers, hmac_header.verify),
    Scheme.OAUTH: Signing(oauth.headers, oauth.verify),
}


def headers_for(
    scheme: Scheme,
    credentials: Credentials | None,
    secrets: Sequence[str],
    message_id: str,
    at: datetime,
    body: bytes,
) -> dict[str, str]:
    """The headers that prove a message: its key stays over retries, `at` is of this attempt.

    Secrets newest first; OAUTH takes `access_token` from the credentials instead.
    """
    return SCHEMES[scheme].headers(credentials or {}, secrets, message_id, at, body)


def verify(
    scheme: Scheme,
    credentials: Credentials | None,
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> Verified:
    """Who proves a message that came in; raises NotAuthentic, with `why`, and nothing else."""
    if not secrets:
        raise NotAuthentic(why="no_secret")
    return SCHEMES[scheme].verify(credentials or {}, secrets, headers, body, now)
