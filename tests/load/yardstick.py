"""Yardstick (a): as little as a FastAPI application can do and still store a batch.

Async, msgspec decode, one INSERT and its commit a batch: no token, no checks, no marks.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec
from fastapi import FastAPI, Request, Response
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

TABLE = """
create table yardstick_batch (
    batch_id uuid primary key,
    t bigint[] not null,
    lon float8[] not null,
    lat float8[] not null,
    accuracy float4[] not null,
    speed float4[] not null
)
"""
INSERT = (
    "insert into yardstick_batch (batch_id, t, lon, lat, accuracy, speed)"
    " values (%b, %b::bigint[], %b, %b, %b::float4[], %b::float4[])"
)
POOL = 10


class Batch(msgspec.Struct):
    """Sixty fixes in columns."""

    batch_id: UUID
    t: list[int]
    lon: list[float]
    lat: list[float]
    accuracy: list[float]
    speed: list[float]


DECODER = msgspec.json.Decoder(Batch)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """A pool whose statements commit themselves: one round trip a batch."""
    pool: AsyncConnectionPool[AsyncConnection] = AsyncConnectionPool(
        os.environ["DATABASE_URL"], min_size=POOL, max_size=POOL, kwargs={"autocommit": True}
    )
    async with pool:
        app.state.pool = pool
        yield


def application() -> FastAPI:
    """The application, as uvicorn's workers build it."""
    app = FastAPI(lifespan=lifespan)
    app.post("/v1/tracks")(store)
    app.get("/healthz")(healthy)
    return app


async def store(request: Request) -> Response:
    """Decode and insert."""
    batch = DECODER.decode(await request.body())
    async with request.app.state.pool.connection() as connection:
        await connection.execute(
            INSERT,
            (batch.batch_id, batch.t, batch.lon, batch.lat, batch.accuracy, batch.speed),
        )
    return Response(b'{"status":"created"}', media_type="application/json")


async def healthy() -> Response:
    """An empty request."""
    return Response(b"{}", media_type="application/json")
