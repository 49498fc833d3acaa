"""Delivers what waits: to whom something is due, and drains for each of them (INT-2)."""

import asyncio
import random
import ssl
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import httpcore

from app.db.engine import Sessions
from app.db.models import WebhookEndpoint
from app.webhooks.attempting import Dress
from app.webhooks.claiming import endpoints_waited_for
from app.webhooks.draining import LANES, SLICE_S, Drain, Post, width_of
from app.webhooks.guard import Resolve, resolver
from app.webhooks.sending import Network

__all__ = ["LANES", "Post", "deliver_all", "drain", "opened", "waiting_endpoints"]
Found = TypeVar("Found")
TURNS_AT_ONCE, NAMES_AT_ONCE = 4, 32


@contextmanager
def opened(
    sessions: Sessions,
    now: Callable[[], datetime],
    dress: Dress,
    *,
    resolve: Resolve | None = None,
    beneath: httpcore.AsyncNetworkBackend | None = None,
) -> Iterator[Post]:
    """What drains share; names are looked up by the system unless said otherwise."""
    names = ThreadPoolExecutor(NAMES_AT_ONCE, thread_name_prefix="names")
    turns = ThreadPoolExecutor(TURNS_AT_ONCE, thread_name_prefix="webhook turn")
    network = Network(resolve or resolver(names), ssl.create_default_context(), beneath)
    chance = random.SystemRandom()
    try:
        yield Post(sessions, now, dress, network, lambda: chance.uniform(-1, 1), turns)
    finally:
        turns.shutdown()
        # The name service may hang; nobody waits for its answer any more.
        names.shutdown(wait=False, cancel_futures=True)


async def waiting_endpoints(post: Post) -> Sequence[UUID]:
    """The endpoints that something may be sent to now."""
    return await _aside(post, lambda: _waiting(post))


def _waiting(post: Post) -> Sequence[UUID]:
    with post.sessions() as session:
        return endpoints_waited_for(session, post.now())


async def drain(post: Post, endpoint_id: UUID, lane: int, seconds: float = SLICE_S) -> int:
    """Send what waits for an endpoint, in one of its lanes; how many requests were made."""
    width = await _aside(post, lambda: _width(post, endpoint_id, lane))
    return await Drain(post, endpoint_id, width).run(seconds) if width else 0


async def deliver_all(post: Post) -> int:
    """Send everything that is due now, to all at once; how many requests were made."""
    made = 0
    while endpoints := await waiting_endpoints(post):
        lanes = [drain(post, key, lane) for key in endpoints for lane in range(LANES)]
        found = sum(await asyncio.gather(*lanes))
        if not found:
            break
        made += found
    return made


def _width(post: Post, endpoint_id: UUID, lane: int) -> int:
    with post.sessions() as session:
        endpoint = session.get(WebhookEndpoint, endpoint_id)
        return 0 if endpoint is None else width_of(endpoint.at_once, lane)


async def _aside(post: Post, work: Callable[[], Found]) -> Found:
    return await asyncio.get_running_loop().run_in_executor(post.turns, work)
