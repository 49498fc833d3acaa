"""One attempt: dressed, signed anew, sent, and what was answered (INT-2)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from app.db.models import WebhookEndpoint, WebhookEvent
from app.rules.delivery import TAKES_AT_MOST, Answer, AttemptError, Scheme
from app.webhooks.oauth import NoToken
from app.webhooks.oauth_tokens import Tokens
from app.webhooks.schemes import headers_for
from app.webhooks.sending import (
    FAILURES,
    Reply,
    Wires,
    answer_of,
    excerpt_of,
    failure_of,
)

log = structlog.get_logger("webhooks")
Dress = Callable[[WebhookEvent, WebhookEndpoint], bytes]
UNAUTHORIZED = 401


@dataclass(frozen=True)
class Sender:
    """What is needed to send to one endpoint, as it was at the last turn."""

    endpoint: WebhookEndpoint
    secrets: Sequence[str] = field(repr=False)
    tokens: Tokens
    dress: Dress
    now: Callable[[], datetime]


async def attempt(sender: Sender, wires: Wires, event: WebhookEvent) -> tuple[Answer, str | None]:
    """How it ended, and how the answer begins; never raises but when it is cancelled."""
    try:
        body = sender.dress(event, sender.endpoint)
    except Exception as error:
        # A mapping's mistake is this message's failure, not the end of all deliveries.
        log.error("not_dressed", event_id=str(event.id), type=event.type, error=repr(error))  # noqa: TRY400
        return Answer(error=AttemptError.NOT_DRESSED), None
    try:
        async with asyncio.timeout(TAKES_AT_MOST.total_seconds()):
            reply = await _asked(sender, wires, str(event.id), body)
    except _NotSigned:
        return Answer(error=AttemptError.NOT_SIGNED), None
    except NoToken as error:
        return Answer(error=AttemptError.NO_TOKEN), str(error)
    except FAILURES as error:
        return Answer(error=failure_of(error)), None
    except Exception as error:
        # Whatever an address or an answer brings about: one that is tried for ever holds up all.
        log.exception("not_sent", event_id=str(event.id), error=type(error).__name__)
        return Answer(error=AttemptError.CONNECTION), None
    return answer_of(reply, sender.now()), excerpt_of(reply.body)


class _NotSigned(Exception):
    """No key is valid, or the credentials lack what the scheme needs."""


async def _asked(sender: Sender, wires: Wires, message_id: str, body: bytes) -> Reply:
    """Asked once more with a fresh token when the first one was not accepted."""
    url = sender.endpoint.url
    credentials = await _credentials(sender, wires)
    proofs = _proofs(sender, credentials, message_id, body)
    reply = await wires.request("POST", url, proofs, body)
    if reply.status != UNAUTHORIZED or sender.endpoint.scheme is not Scheme.OAUTH:
        return reply
    sender.tokens.forget(sender.endpoint.id, str(credentials["access_token"]))
    proofs = _proofs(sender, await _credentials(sender, wires), message_id, body)
    return await wires.request("POST", url, proofs, body)


async def _credentials(sender: Sender, wires: Wires) -> Mapping[str, Any]:
    given: Mapping[str, Any] = sender.endpoint.credentials or {}
    if sender.endpoint.scheme is not Scheme.OAUTH:
        return given
    token = await sender.tokens.token(sender.endpoint.id, given, wires, sender.now())
    return {**given, "access_token": token}


def _proofs(
    sender: Sender, credentials: Mapping[str, Any], message_id: str, body: bytes
) -> dict[str, str]:
    """The headers of an attempt; raises _NotSigned."""
    scheme = sender.endpoint.scheme
    if not sender.secrets and scheme is not Scheme.OAUTH:
        raise _NotSigned
    try:
        proofs = headers_for(scheme, credentials, sender.secrets, message_id, sender.now(), body)
    except (LookupError, ValueError) as error:
        raise _NotSigned from error
    return {"content-type": "application/json", **proofs}
