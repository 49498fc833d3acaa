"""One drain: sends what waits for one endpoint until nothing is due (INT-2).

Two things overlap: requests, at most `width` at a time, and turns, in which one transaction
records what has ended and claims what is next. It ends when nothing is due, when its time is up,
or when the process is asked to end.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError

from app.db.engine import Sessions
from app.db.models import WebhookEndpoint
from app.rules.delivery import RESTS_AFTER, TAKES_AT_MOST, EndpointState, SecretUse
from app.webhooks.attempting import Dress, Sender, attempt
from app.webhooks.claiming import LEASE, Claimed, claim, hold
from app.webhooks.keys import signing_secrets
from app.webhooks.oauth_tokens import Tokens
from app.webhooks.recording import Sent, record
from app.webhooks.sending import Network, Wires

LANES = 2
"""Drains that may share an endpoint, so that two processes do."""
SLICE_S = 20.0
BEGUN_WITHIN_S = (LEASE - TAKES_AT_MOST).total_seconds() - 5
"""Nothing is begun that might outlast its lease."""
CLAIMED_MOST = 16
"""Claims for each request that may be under way."""
LOOKS_EVERY_S = 1.0
"""While slow answers are waited for, what is new is claimed."""
QUIET_FOR, QUIET_AT_MOST_S = 20, 10.0
"""Times as long as a look in vain took: where much waits for heads, looking is dear.

But no longer than this: what took long may have been a lock, or a busy database.
"""
BETWEEN_TRIES_S, TRIES = 0.5, 8
"""Of a turn while the database is away."""
Found = TypeVar("Found")
log = structlog.get_logger("webhooks")


@dataclass
class Post:
    """What all drains of a process share."""

    sessions: Sessions
    now: Callable[[], datetime]
    dress: Dress
    network: Network
    jitter: Callable[[], float]
    turns: Executor
    """Threads of their own: those of the loop may all be waiting for names."""
    tokens: Tokens = field(default_factory=Tokens)
    ending: bool = False
    """Drains begin nothing more."""
    quiet: dict[UUID, float] = field(default_factory=dict)
    """Until which second of the loop a look would find nothing, most likely."""

    def is_quiet(self, endpoint_id: UUID) -> bool:
        """Whether a look was in vain a short while ago: all that is due waits for others."""
        return asyncio.get_running_loop().time() < self.quiet.get(endpoint_id, 0.0)


def width_of(at_once: int, lane: int) -> int:
    """A lane's share of the requests that an endpoint takes at once."""
    return at_once // LANES + (at_once % LANES if lane == 0 else 0)


class Drain:
    """What one drain holds."""

    def __init__(self, post: Post, endpoint_id: UUID, width: int) -> None:
        self.post = post
        self.endpoint_id = endpoint_id
        self.width = width
        self.waiting: deque[tuple[Claimed, float]] = deque()
        """With the second by which it must be begun."""
        self.done: list[Sent] = []
        self.under_way = 0
        self.made = 0
        self.failed_in_row = 0
        self.most = 2 * width
        self.ends_at = 0.0
        self.sender: Sender | None = None
        self.work = asyncio.Event()
        self.news = asyncio.Event()

    async def run(self, seconds: float) -> int:
        """Send until nothing is due; how many requests were made."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        self.ends_at = began + seconds
        try:
            async with asyncio.TaskGroup() as group:
                senders = [group.create_task(self._send_on()) for _ in range(self.width)]
                while await self.turn():
                    await self._until_a_turn_pays()
                for sender in senders:
                    sender.cancel()
        finally:
            await self._last_word()
        if not self.made:
            ended = loop.time()
            quiet_for = min(QUIET_FOR * (ended - began), QUIET_AT_MOST_S)
            self.post.quiet[self.endpoint_id] = ended + quiet_for
        return self.made

    async def _last_word(self) -> None:
        """When a drain is broken off, what it knows is written; the rest its lease gives back."""
        self._give_back()
        if self.done:
            with suppress(OperationalError):
                await self._aside(self._write, self.done, 0)

    async def turn(self) -> bool:
        """Record and claim; whether there is more to do."""
        if self._is_over():
            self._give_back()
        done, self.done = self.done, []
        want = 0 if self._is_over() else self.most - len(self.waiting) - self.under_way
        self._take_stock(len(done))
        # From before the claim: a lease runs while its transaction waits for a lock.
        begun_by = asyncio.get_running_loop().time() + BEGUN_WITHIN_S
        endpoint, claimed, secrets = await self._written(done, want)
        if endpoint is None:
            return False
        self.sender = Sender(endpoint, secrets, self.post.tokens, self.post.dress, self.post.now)
        self.failed_in_row = 0
        self.waiting.extend((each, begun_by) for each in claimed)
        if endpoint.state is not EndpointState.ACTIVE or (endpoint.rests_until and not claimed):
            self._give_back()
        self.work.set()
        return bool(self.waiting or self.under_way or self.done)

    def _take_stock(self, ended: int) -> None:
        """A quick endpoint is claimed more for at a time, a slow one less."""
        if ended * 2 >= self.most:
            self.most = min(self.most * 2, self.width * CLAIMED_MOST)
        elif not ended:
            self.most = 2 * self.width

    async def _written(
        self, done: list[Sent], want: int
    ) -> tuple[WebhookEndpoint | None, list[Claimed], list[str]]:
        for tries_left in reversed(range(TRIES)):
            try:
                return await self._aside(self._write, done, want)
            except OperationalError:
                if not tries_left:
                    raise
                log.warning("turn_failed", endpoint=str(self.endpoint_id), tries_left=tries_left)
                await asyncio.sleep(BETWEEN_TRIES_S)
        raise AssertionError

    async def _aside(self, work: Callable[..., Found], *given: object) -> Found:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.post.turns, work, *given)

    def _write(
        self, done: list[Sent], want: int
    ) -> tuple[WebhookEndpoint | None, list[Claimed], list[str]]:
        """One transaction, in a thread."""
        now = self.post.now()
        with self.post.sessions.begin() as session:
            endpoint = hold(session, self.endpoint_id)
            if endpoint is None:
                return None, [], []
            record(session, endpoint, done, now, self.post.jitter)
            claimed = claim(session, endpoint, want, now)
            secrets = signing_secrets(session, endpoint.id, SecretUse.OUTBOUND, now)
        return endpoint, claimed, secrets

    async def _until_a_turn_pays(self) -> None:
        """Until much has ended, or something has and a request could be begun, or for a second."""
        while not self._turn_pays():
            self.news.clear()
            try:
                async with asyncio.timeout(LOOKS_EVERY_S):
                    await self.news.wait()
            except TimeoutError:
                return

    def _turn_pays(self) -> bool:
        if not self.waiting and not self.under_way:
            return True
        return len(self.done) * 2 >= self.most or (bool(self.done) and not self.waiting)

    async def _send_on(self) -> None:
        """One of the requests that are under way, and then the next, on a connection of its own.

        One pool for all would look through all its connections at each request.
        """
        wires: Wires | None = None
        try:
            while True:
                claimed, begun_by = await self._next()
                if self.sender is not None and self._may_begin(begun_by):
                    wires = await self._wires(wires, self.sender.endpoint.allow_cidrs)
                    await self._send(self.sender, wires, claimed)
                else:
                    self.done.append(Sent(claimed))
                self.news.set()
        finally:
            if wires is not None:
                await wires.close()

    async def _wires(self, held: Wires | None, allow: Sequence[str]) -> Wires:
        """Those that are held, unless what the endpoint may reach changed since."""
        if held is not None and held.allow == allow:
            return held
        if held is not None:
            await held.close()
        return Wires(self.post.network, allow, width=1)

    async def _next(self) -> tuple[Claimed, float]:
        while not self.waiting:
            self.work.clear()
            await self.work.wait()
        return self.waiting.popleft()

    def _may_begin(self, begun_by: float) -> bool:
        in_time = asyncio.get_running_loop().time() < begun_by
        return in_time and self.failed_in_row < RESTS_AFTER and not self._is_over()

    async def _send(self, sender: Sender, wires: Wires, claimed: Claimed) -> None:
        loop = asyncio.get_running_loop()
        began, started_at = loop.time(), self.post.now()
        self.under_way += 1
        self.made += 1
        try:
            answer, excerpt = await attempt(sender, wires, claimed.event)
        finally:
            self.under_way -= 1
        took = timedelta(seconds=loop.time() - began)
        self.failed_in_row = 0 if answer.succeeded else self.failed_in_row + 1
        if answer.asks_to_stop:
            self.failed_in_row = RESTS_AFTER
        self.done.append(Sent(claimed, answer, started_at, took, excerpt))

    def _is_over(self) -> bool:
        return self.post.ending or asyncio.get_running_loop().time() >= self.ends_at

    def _give_back(self) -> None:
        """What was claimed and not begun waits for others."""
        self.done += [Sent(claimed) for claimed, _ in self.waiting]
        self.waiting.clear()
