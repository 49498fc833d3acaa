"""INT-2: what a drain does when the database makes it wait, or its endpoint changes meanwhile."""

import asyncio
from collections.abc import Iterable
from uuid import UUID

import httpcore
from sqlalchemy.orm import Session
from typing_extensions import override

from app.db.engine import Sessions
from app.rules.delivery import TAKES_AT_MOST
from app.webhooks.claiming import LEASE, hold
from app.webhooks.delivering import Post, drain
from app.webhooks.draining import QUIET_AT_MOST_S, Drain
from tests.webhooks.facts import (
    Clock,
    attempts,
    deliver,
    endpoint_of,
    happen,
    make_endpoint,
    post,
    states,
)
from tests.webhooks.receiver import OK, Got, Receiver, Say

LOCKED_S = 0.8


async def turn_behind_a_lock(found: Post, sessions: Sessions, endpoint: UUID) -> float:
    """How many seconds what was claimed may still be begun, after somebody held the endpoint."""
    loop = asyncio.get_running_loop()
    waiting = Drain(found, endpoint, 8)
    waiting.ends_at = loop.time() + LEASE.total_seconds()
    with sessions.begin() as other:
        hold(other, endpoint)
        turn = asyncio.create_task(waiting.turn())
        await asyncio.sleep(LOCKED_S)
    await turn
    return waiting.waiting[0][1] - loop.time()


def test_int_2_nothing_outlasts_a_lease_that_ran_while_a_lock_was_waited_for(
    sessions: Sessions, db: Session, clock: Clock
) -> None:
    endpoint = make_endpoint(db, "https://x.example/")
    happen(db, "a")
    with post(sessions, clock) as found:
        left = asyncio.run(turn_behind_a_lock(found, sessions, endpoint))
    assert left + TAKES_AT_MOST.total_seconds() + 5 <= LEASE.total_seconds() - LOCKED_S


async def look_in_vain(found: Post, sessions: Sessions, endpoint: UUID) -> float:
    """How many seconds an endpoint is not looked at after a look that waited for a lock."""
    with sessions.begin() as other:
        hold(other, endpoint)
        look = asyncio.create_task(drain(found, endpoint, 0))
        await asyncio.sleep(LOCKED_S)
    assert await look == 0
    return found.quiet[endpoint] - asyncio.get_running_loop().time()


def test_int_2_a_look_that_waited_for_a_lock_does_not_keep_an_endpoint_quiet_for_long(
    sessions: Sessions, db: Session, clock: Clock
) -> None:
    endpoint = make_endpoint(db, "https://x.example/")
    with post(sessions, clock) as found:
        assert asyncio.run(look_in_vain(found, sessions, endpoint)) <= QUIET_AT_MOST_S


def test_int_2_an_allowance_that_is_taken_away_holds_no_longer_in_the_same_drain(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    endpoint = make_endpoint(db, receiver.url, at_once=1)
    happen(db, *"abcdefghij")

    def behaves(got: Got) -> Say:
        del got
        endpoint_of(db, endpoint).allow_cidrs = []
        db.commit()
        receiver.behaves = lambda _: OK
        return OK

    receiver.behaves = behaves
    deliver(sessions, clock)
    assert len(receiver.got) < 5
    assert attempts(db)[-1].error == "refused_address"


class Astray(httpcore.AsyncNetworkBackend):
    """A network that fails as nobody foresaw."""

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise RuntimeError(host, port)


def test_int_2_a_failure_that_nobody_foresaw_is_an_attempt_like_others(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url)
    happen(db, "a")
    assert deliver(sessions, clock, beneath=Astray()) == 1
    assert [(row.number, row.error) for row in attempts(db)] == [(1, "connection")]
    clock.pass_(seconds=5)
    deliver(sessions, clock)
    assert states(db) == [("a", 1, "succeeded", 2)]
