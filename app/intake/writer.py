"""Track batches that arrive together are written together: one statement, one commit for all.

Every waiter gets its answer after that commit. A batch that the database refuses does not spoil
its neighbours: the group is then written one by one.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import structlog
from psycopg import AsyncConnection, AsyncRawCursor, Error
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from typing_extensions import override

from app.kit.errors import Unavailable
from app.patrol.packing import Packed, int2_array
from app.settings import Settings

GROUP = 64
PATIENCE_S = 10.0
INT2_ARRAY_OID = 1005
Key = tuple[UUID, UUID]
log = structlog.get_logger()


@dataclass(frozen=True, eq=False)
class BatchRow:
    """One batch ready to be stored, and the worker-days that it makes stale."""

    device_id: UUID
    batch_id: UUID
    worker_id: UUID
    received_at: datetime
    first_at: datetime
    last_at: datetime
    digest: bytes
    crs: int
    packed: Packed
    stale: Sequence[tuple[date, str]]
    """Dates and the community that the worker stood in."""

    @property
    def key(self) -> Key:
        """What makes a batch one batch."""
        return self.device_id, self.batch_id


@dataclass(frozen=True)
class Stored:
    """Whether the batch was written now, and the digest of what the database holds."""

    created: bool
    digest: bytes


@dataclass(eq=False)
class Waiting:
    """A batch whose request waits for the commit."""

    row: BatchRow
    stored: asyncio.Future[Stored] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def answer(self, outcome: Stored | BaseException) -> None:
        """Wake the request, unless it has gone."""
        if self.stored.done():
            return
        if isinstance(outcome, Stored):
            self.stored.set_result(outcome)
        else:
            self.stored.set_exception(outcome)


class Int2Array(bytes):
    """A smallint[] already in binary form."""


class Int2ArrayDumper(Dumper):
    """Hands it to PostgreSQL as it is."""

    format = Format.BINARY
    oid = INT2_ARRAY_OID

    @override
    def dump(self, obj: Any) -> Buffer:
        """The bytes themselves."""
        return bytes(obj)


COLUMNS = 12
MARKED = 4
"""The parameters of the marks, one list each."""
FOUND = """
select device_id, batch_id, digest from track_batch
where (device_id, batch_id) in (select * from unnest($1::uuid[], $2::uuid[]))
"""


@lru_cache(maxsize=GROUP)
def insertion(rows: int) -> str:
    """Batches and stale marks in one statement; a mark only for what was really written."""
    batches = ",".join(_row(COLUMNS * row) for row in range(rows))
    worker, day, community, batch = (COLUMNS * rows + column for column in range(1, 5))
    return f"""
with stored as (
    insert into track_batch (device_id, batch_id, worker_id, received_at, first_at, last_at,
                             digest, crs, path, accuracy_dm, speed_cmps, flags)
    values {batches}
    on conflict do nothing
    returning device_id, batch_id
), marked as (
    insert into stale_day (worker_id, day, community_code)
    select distinct mark.worker_id, mark.day, mark.community_code
    from unnest(${worker}::uuid[], ${day}::date[], ${community}::text[], ${batch}::uuid[])
         as mark (worker_id, day, community_code, batch_id)
    join stored using (batch_id)
)
select device_id, batch_id from stored
"""  # noqa: S608 - nothing but numbered placeholders is put in


def _row(before: int) -> str:
    """The placeholders of one batch, after those before it."""
    casts = {8: "::int2", 9: "::geometry"}
    places = range(1, COLUMNS + 1)
    return "(" + ",".join(f"${before + place}{casts.get(place, '')}" for place in places) + ")"


def values_of(rows: Sequence[BatchRow]) -> list[Any]:
    """The parameters of `insertion`."""
    values: list[Any] = []
    for row in rows:
        packed = row.packed
        values += (row.device_id, row.batch_id, row.worker_id, row.received_at)
        values += (row.first_at, row.last_at, row.digest, row.crs, packed.path)
        values.append(Int2Array(int2_array(packed.accuracy_dm)))
        speed = packed.speed_cmps
        values.append(None if speed is None else Int2Array(int2_array(speed)))
        values.append(packed.flags)
    marks = [(row.worker_id, *stale, row.batch_id) for row in rows for stale in row.stale]
    columns = zip(*marks, strict=True) if marks else ((),) * MARKED
    return [*values, *(list(column) for column in columns)]


class TrackWriter:
    """The one task of a process that writes tracks."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self.pool = pool
        self.pending: list[Waiting] = []
        self.arrived = asyncio.Event()

    async def store(self, row: BatchRow) -> Stored:
        """Store a batch; returns after the commit, raises Unavailable if there was none."""
        waiting = Waiting(row)
        self.pending.append(waiting)
        self.arrived.set()
        try:
            return await waiting.stored
        except (Error, PoolTimeout) as error:
            log.warning("track_not_stored", error=type(error).__name__)
            raise Unavailable from error

    async def run(self) -> None:
        """Write what has gathered, again and again."""
        while True:
            await self.arrived.wait()
            group = self._next_group()
            if not self.pending:
                self.arrived.clear()
            await self._write(group)

    def _next_group(self) -> list[Waiting]:
        """Never the same batch twice in one group, and always in one order: no deadlocks."""
        group: dict[Key, Waiting] = {}
        later: list[Waiting] = []
        for waiting in self.pending:
            if len(group) >= GROUP or waiting.row.key in group:
                later.append(waiting)
            else:
                group[waiting.row.key] = waiting
        self.pending = later
        return [group[key] for key in sorted(group)]

    async def _write(self, group: Sequence[Waiting]) -> None:
        try:
            outcomes = await self._insert([waiting.row for waiting in group])
        except (Error, PoolTimeout) as error:
            if len(group) == 1 or isinstance(error, PoolTimeout):
                self._fail(group, error)
                return
            for waiting in group:
                await self._write([waiting])
            return
        except BaseException as error:
            self._fail(group, error)
            raise
        for waiting in group:
            waiting.answer(outcomes[waiting.row.key])

    def _fail(self, group: Sequence[Waiting], error: BaseException) -> None:
        gone = Unavailable() if isinstance(error, asyncio.CancelledError) else error
        for waiting in group:
            waiting.answer(gone)

    async def _insert(self, rows: Sequence[BatchRow]) -> dict[Key, Stored]:
        """One statement, committed by itself; then the digests of what was there before."""
        async with self.pool.connection(PATIENCE_S) as connection:
            cursor = AsyncRawCursor(connection)
            await cursor.execute(insertion(len(rows)), values_of(rows), binary=True)
            created = {(device, batch) for device, batch in await cursor.fetchall()}
            outcomes = {row.key: Stored(True, row.digest) for row in rows if row.key in created}
            known = [row.key for row in rows if row.key not in created]
            if known:
                columns = [list(column) for column in zip(*known, strict=True)]
                await cursor.execute(FOUND, columns, binary=True)
                for device, batch, digest in await cursor.fetchall():
                    outcomes[device, batch] = Stored(False, bytes(digest))
            return outcomes


async def prepare(connection: AsyncConnection[Any]) -> None:
    """Statements are prepared at their first use; arrays go as they are."""
    connection.prepare_threshold = 0
    connection.adapters.register_dumper(Int2Array, Int2ArrayDumper)


@asynccontextmanager
async def open_writer(settings: Settings) -> AsyncIterator[TrackWriter]:
    """The writer with its connection, while the service runs."""
    pool = AsyncConnectionPool(
        settings.libpq_url,
        min_size=1,
        max_size=2,
        open=False,
        configure=prepare,
        kwargs={
            "autocommit": True,
            "options": "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=60s",
        },
    )
    await pool.open()
    writer = TrackWriter(pool)
    running = asyncio.create_task(writer.run())
    try:
        yield writer
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await pool.close()
