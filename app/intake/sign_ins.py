"""Sign-ins that arrive together are judged and written together: one transaction, one commit.

Each gets its verdict at arrival by the same rules and from the same facts as one that comes
alone. What is out of the ordinary here (known already, refused, somebody else at the same date, a
register that just changed) is left to the way that every record takes: `alone`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import structlog
from psycopg import AsyncConnection, AsyncRawCursor, Error
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy.exc import SQLAlchemyError

from app.attendance.commands import judged
from app.attendance.queries import lock_name
from app.attendance.schemas import CheckInIn, shown
from app.intake.kinds import recorded_check_in
from app.intake.places import EDITION, Edition, Place, Places
from app.intake.standing import Standings
from app.intake.submit import Sending, capture_in, push_lock_name
from app.intake.taking import Outcome, Submitted, outcome_of
from app.kit.errors import Refusal
from app.people.capture import Capture
from app.rules.attendance import Post

GROUP = 64
PATIENCE_S = 10.0
log = structlog.get_logger()

LOCK = """
select name, pg_try_advisory_xact_lock(hashtextextended(name, 0)) from unnest($1::text[]) as name
"""
KNOWN = """
select id from submission where id = any($1::uuid[])
union all select id from check_in where id = any($1::uuid[])
union all select id from held where id = any($1::uuid[])
"""
FILLED = """
select worker_id, day, "window"
from unnest($1::uuid[], $2::date[]) as asked (worker_id, day)
join check_in using (worker_id, day) where verdict = 'valid'
union all
select worker_id, day, "window"
from unnest($1::uuid[], $2::date[]) as asked (worker_id, day)
join check_in_review using (worker_id, day) where verdict = 'valid'
"""
POSTED = """
select worker_id, day, community_code
from unnest($1::uuid[], $2::date[]) as asked (worker_id, day)
join posting using (worker_id) where valid @> day
"""
WRITE = """
with signed_in as (
    insert into check_in select * from json_populate_recordset(null::check_in, $1)
), marked as (
    insert into stale_day (worker_id, day, community_code)
    select worker_id, day, community_code from json_populate_recordset(null::check_in, $1)
), told as (
    insert into change (worker_id, kind, subject_id, body)
    select worker_id, 'check_in', id, body
    from json_to_recordset($2) as said (worker_id uuid, id text, body jsonb)
), traced as (
    insert into outbox_event (name, account_id, unit_code, subject_kind, subject_id, facts)
    select 'check_in.recorded', account_id, unit_code, 'check_in', id, facts
    from json_to_recordset($2)
         as said (account_id uuid, unit_code text, id text, facts jsonb)
)
insert into submission select * from json_populate_recordset(null::submission, $3)
"""


@dataclass(eq=False)
class Waiting:
    """A sign-in whose request waits for the commit; None sends it the way of every record."""

    sending: Sending
    submitted: Submitted
    capture: Capture
    outcome: "asyncio.Future[Outcome | None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def answer(self, outcome: Outcome | None) -> None:
        """Wake the request, unless it has gone."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)

    @property
    def date(self) -> tuple[UUID, date]:
        """The worker and the date."""
        return self.capture.worker_id, self.capture.day

    @property
    def locks(self) -> tuple[str, str]:
        """What a sign-in that comes alone locks: the account's records, the worker's date."""
        capture = self.capture
        return push_lock_name(capture.account_id), lock_name(capture.worker_id, capture.day)


@dataclass(frozen=True)
class Rows:
    """What one sign-in adds to the tables, and its outcome."""

    check_in: dict[str, Any]
    said: dict[str, Any]
    submission: dict[str, Any]
    outcome: Outcome


class SignInWriter:
    """What gathers while one group is written is the next group."""

    def __init__(self, pool: AsyncConnectionPool, standings: Standings, places: Places) -> None:
        self.pool, self.standings, self.places = pool, standings, places
        self.pending: list[Waiting] = []
        self.writing: asyncio.Task[None] | None = None

    async def take(
        self, sending: Sending, submitted: Submitted, alone: Callable[[], Awaitable[Outcome]]
    ) -> Outcome:
        """Record a sign-in; returns after the commit."""
        waiting = await self._plain(sending, submitted)
        if waiting is None:
            return await alone()
        self.pending.append(waiting)
        if self.writing is None or self.writing.done():
            self.writing = asyncio.create_task(self._drain())
        return await waiting.outcome or await alone()

    async def _plain(self, sending: Sending, submitted: Submitted) -> Waiting | None:
        """Nothing about it is refused before the database is asked; None where something is."""
        standing = await self.standings.of(sending.carrier.worker_id, sending.carrier.now)
        try:
            capture = capture_in(sending, submitted.reading, standing.community_on)
        except Refusal:
            return None
        return Waiting(sending, submitted, capture)

    async def _drain(self) -> None:
        """Group after group, until nobody waits; whatever goes wrong, nobody is left waiting."""
        try:
            while self.pending:
                await self._write(self._next_group())
        finally:
            left, self.pending = self.pending, []
            for waiting in left:
                waiting.answer(None)

    def _next_group(self) -> list[Waiting]:
        """One of each account: its next record comes after this commit."""
        group: dict[UUID, Waiting] = {}
        later: list[Waiting] = []
        for waiting in self.pending:
            if len(group) >= GROUP or waiting.capture.account_id in group:
                later.append(waiting)
            else:
                group[waiting.capture.account_id] = waiting
        self.pending = later
        return list(group.values())

    async def _write(self, group: Sequence[Waiting]) -> None:
        outcomes: dict[UUID, Outcome] = {}
        try:
            outcomes = await self._record(group)
        except (Error, PoolTimeout, SQLAlchemyError) as error:
            log.warning("sign_ins_one_by_one", error=type(error).__name__, count=len(group))
        finally:
            for waiting in group:
                waiting.answer(outcomes.get(waiting.capture.id))

    async def _record(self, group: Sequence[Waiting]) -> dict[UUID, Outcome]:
        """The outcomes of those that were recorded."""
        captures = [waiting.capture for waiting in group]
        places = await self.places.of(
            {(capture.community_code, capture.day) for capture in captures}, captures[0].received_at
        )
        async with self.pool.connection(PATIENCE_S) as connection, connection.transaction():
            free, edition = await _still_free(connection, group)
            if not self.places.stand(edition):
                return {}
            taken = [
                rows_of(
                    waiting, places[waiting.capture.community_code, waiting.capture.day], filled
                )
                for waiting, filled in free
            ]
            if taken:
                await _insert(connection, taken)
        return {rows.check_in["id"]: rows.outcome for rows in taken}


async def _still_free(
    connection: AsyncConnection[Any], group: Sequence[Waiting]
) -> tuple[list[tuple[Waiting, set[int]]], Edition]:
    """Those that are new and that nobody else is at, with the windows that are filled; and what
    edition the registers are of.

    The locks are taken in a statement before the facts are read, as for a sign-in that comes alone.
    """
    captures = [waiting.capture for waiting in group]
    lock, known, filled, posted, edition = (AsyncRawCursor(connection) for _ in range(5))
    async with connection.pipeline():
        names = [name for waiting in group for name in waiting.locks]
        await lock.execute(LOCK, [names])
        await known.execute(KNOWN, [[capture.id for capture in captures]])
        workers, days = [each.worker_id for each in captures], [each.day for each in captures]
        await filled.execute(FILLED, [workers, days])
        await posted.execute(POSTED, [workers, days])
        await edition.execute(EDITION)
    held = {name for name, got in await lock.fetchall() if got}
    seen = {key for (key,) in await known.fetchall()}
    windows: dict[tuple[Any, Any], set[int]] = {}
    for worker, day, window in await filled.fetchall():
        windows.setdefault((worker, day), set()).add(window)
    posts = set(await posted.fetchall())
    free = [
        (waiting, windows.get(waiting.date, set()))
        for waiting in group
        if held.issuperset(waiting.locks)
        and waiting.capture.id not in seen
        and (*waiting.date, waiting.capture.community_code) in posts
    ]
    (of,) = await edition.fetchall()
    return free, of


def rows_of(waiting: Waiting, place: Place, filled: set[int]) -> Rows:
    """A sign-in judged, as the tables take it."""
    capture, body = waiting.capture, waiting.submitted.body
    assert isinstance(body, CheckInIn)
    post = Post(place.station, place.on_duty, filled)
    row = judged(capture, body, post, place.values)
    recorded = recorded_check_in(shown(row), row["verdict"])
    outcome = outcome_of(recorded)
    trace = {"day": row["day"], "window": row["window"], "verdict": row["verdict"]}
    return Rows(
        check_in=row,
        said={
            "worker_id": capture.worker_id,
            "account_id": capture.account_id,
            "unit_code": capture.community_code,
            "id": capture.id,
            "body": recorded.facts,
            "facts": trace,
        },
        submission={
            "id": capture.id,
            "account_id": capture.account_id,
            "worker_id": capture.worker_id,
            "device_id": capture.device_id,
            "kind": waiting.submitted.kind,
            "digest": "\\x" + waiting.submitted.digest.hex(),
            "result": outcome.stored,
            "received_at": capture.received_at,
        },
        outcome=outcome,
    )


async def _insert(connection: AsyncConnection[Any], taken: Sequence[Rows]) -> None:
    columns = (
        [rows.check_in for rows in taken],
        [rows.said for rows in taken],
        [rows.submission for rows in taken],
    )
    parts = [msgspec.json.encode(column).decode() for column in columns]
    await AsyncRawCursor(connection).execute(WRITE, parts)
