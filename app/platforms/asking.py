"""A platform is asked what it has of a date, through the guard and by its scheme (INT-1, INT-2).

Two questions beside the address that it is told at: `events?day=` and `messages?day=`. A question
has no body; what is signed in its place is its path with the date. Its own messages come as they
were sent, signed anew, and go through the same door as those that it sends.
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, TypeVar
from urllib.parse import urljoin

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.db.models import WebhookEndpoint
from app.kit.ids import uuid7
from app.kit.schema import Line
from app.platforms.comparing import Standing, Subject
from app.platforms.sayings import Word
from app.rules.delivery import TAKES_AT_MOST, Scheme
from app.webhooks.guard import resolver
from app.webhooks.oauth import NoToken
from app.webhooks.oauth_tokens import Tokens
from app.webhooks.schemes import headers_for
from app.webhooks.sending import FAILURES, Network, Wires, failure_of

ANSWER_BYTES = 32 * 1024 * 1024
EVENTS_AT_MOST, MESSAGES_AT_MOST = 100_000, 20_000
"""Of one date: far more than a city has, and no more than a statement can name."""
ANSWERED = 200


class NoAnswer(Exception):
    """The platform could not be asked, or can't be understood; says why by a code."""


@dataclass(frozen=True)
class Peer:
    """A platform's endpoint with the keys that sign what it gets."""

    endpoint: WebhookEndpoint
    secrets: Sequence[str]


class Said(BaseModel):
    """What a platform may say of itself beyond what we ask is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class HeldThere(Said):
    """What it has of one subject."""

    kind: Line
    id: Line
    number: int = Field(ge=0, lt=2**31)
    state: Annotated[int, Field(ge=-(2**31), lt=2**31)] | Line | None = None


class SaidThere(Said):
    """A message of its own."""

    message_id: Line
    headers: dict[str, str]
    body: str


class EventsThere(Said):
    """The answer to the first question."""

    events: Annotated[list[HeldThere], Field(max_length=EVENTS_AT_MOST)]

    def standings(self) -> Mapping[Subject, Standing]:
        """By subject."""
        return {
            (held.kind, held.id): Standing(held.number, _word(held.state)) for held in self.events
        }


class MessagesThere(Said):
    """The answer to the second."""

    messages: Annotated[list[SaidThere], Field(max_length=MESSAGES_AT_MOST)]


Answer = TypeVar("Answer", EventsThere, MessagesThere)


@dataclass(frozen=True)
class TheirDay:
    """What a platform has of a date."""

    held: Mapping[Subject, Standing]
    messages: Sequence[SaidThere]


def ask(peer: Peer, day: date, now: datetime) -> TheirDay:
    """Both questions; raises NoAnswer."""
    names = ThreadPoolExecutor(1, thread_name_prefix="names")
    try:
        network = Network(resolver(names), trusted())
        return asyncio.run(_ask(peer, day, now, network))
    finally:
        names.shutdown(wait=False, cancel_futures=True)


@cache
def trusted() -> ssl.SSLContext:
    """The system's authorities, read once."""
    return ssl.create_default_context()


async def _ask(peer: Peer, day: date, now: datetime, network: Network) -> TheirDay:
    wires = Wires(network, peer.endpoint.allow_cidrs, 1)
    try:
        credentials = await _credentials(peer, wires, now)
        asking = _Asking(peer, credentials, wires, now)
        events = await asking.about("events", day, EventsThere)
        messages = await asking.about("messages", day, MessagesThere)
    except NoToken as error:
        raise NoAnswer("no_token") from error
    except FAILURES as error:
        raise NoAnswer(failure_of(error).value) from error
    finally:
        await wires.close()
    return TheirDay(events.standings(), messages.messages)


async def _credentials(peer: Peer, wires: Wires, now: datetime) -> Mapping[str, Any]:
    given: Mapping[str, Any] = peer.endpoint.credentials or {}
    if peer.endpoint.scheme is not Scheme.OAUTH:
        return given
    async with asyncio.timeout(TAKES_AT_MOST.total_seconds()):
        token = await Tokens().token(peer.endpoint.id, given, wires, now)
    return {**given, "access_token": token}


@dataclass(frozen=True)
class _Asking:
    peer: Peer
    credentials: Mapping[str, Any]
    wires: Wires
    now: datetime

    async def about(self, what: str, day: date, form: type[Answer]) -> Answer:
        """One question; raises NoAnswer."""
        url = httpx.URL(urljoin(self.peer.endpoint.url, what), params={"day": day.isoformat()})
        async with asyncio.timeout(TAKES_AT_MOST.total_seconds()):
            reply = await self.wires.request(
                "GET", str(url), self._proof(url.raw_path), most=ANSWER_BYTES + 1
            )
        if reply.status != ANSWERED:
            raise NoAnswer(f"status_{reply.status}")
        if len(reply.body) > ANSWER_BYTES:
            raise NoAnswer("too_large")
        try:
            return form.model_validate_json(reply.body)
        except ValidationError as error:
            raise NoAnswer("not_understood") from error

    def _proof(self, target: bytes) -> Mapping[str, str]:
        endpoint, key = self.peer.endpoint, str(uuid7(self.now))
        try:
            return headers_for(
                endpoint.scheme, self.credentials, self.peer.secrets, key, self.now, target
            )
        except (LookupError, ValueError) as error:
            raise NoAnswer("not_signed") from error


def _word(state: int | str | None) -> Word | None:
    return state
