"""Partitions by month and the life of tracks (rulebook part 8)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import numpy as np
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, text

from app.kit.ids import uuid7
from app.patrol.packing import pack_path, unpack_path
from app.patrol.partitions import bounds, ensure_partitions, months_around
from app.patrol.retention import one_each_minute, thin_and_drop
from tests.city import City

NOW = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
INSERT = text("""
insert into track_batch (device_id, batch_id, worker_id, received_at, first_at, last_at, digest,
                         crs, path, accuracy_dm, speed_cmps, flags)
values (:device, :batch, :worker, :last, :first, :last, 'd', 0, cast(:path as bytea)::geometry,
        :accuracy, :accuracy, :flags)
""")


def keep_track(
    connection: Connection, worker_id: UUID, first: datetime, seconds: int = 600, every: int = 10
) -> UUID:
    """A batch as it is stored, a fix every 10 seconds."""
    t_s = first.timestamp() + np.arange(0, seconds, every, dtype=np.float64)
    batch = uuid7(first)
    connection.execute(
        INSERT,
        {
            "device": uuid4(),
            "batch": batch,
            "worker": worker_id,
            "first": first,
            "last": first + timedelta(seconds=float(t_s[-1] - t_s[0])),
            "path": pack_path(t_s, 104.5 + t_s * 0, 30.4 + t_s * 0),
            "accuracy": list(range(len(t_s))),
            "flags": bytes(index % 2 for index in range(len(t_s))),
        },
    )
    return batch


def home_of(connection: Connection, batch: UUID) -> str:
    found = connection.scalar(
        text("select tableoid::regclass::text from track_batch where batch_id = :batch"),
        {"batch": batch},
    )
    return str(found)


def test_seven_months_are_ready_across_the_turn_of_the_year() -> None:
    months = list(months_around(datetime(2026, 11, 30, 23, 59, tzinfo=UTC)))
    assert months == [(2026, month) for month in range(8, 13)] + [(2027, 1), (2027, 2)]
    assert bounds(2026, 12) == (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def test_partitions_are_made_once_and_take_their_month(api: FastAPI, city: City) -> None:
    worker = next(iter(city.workers.values()))
    with api.state.engine.begin() as connection:
        assert len(ensure_partitions(connection, NOW).made) == 7
        assert ensure_partitions(connection, NOW).made == []
        edge = datetime(2026, 12, 1, tzinfo=UTC)
        for at, home in [
            (NOW, "track_batch_2026_11"),
            (edge - timedelta(milliseconds=1), "track_batch_2026_11"),
            (edge, "track_batch_2026_12"),
            (NOW - timedelta(days=200), "track_batch_default"),
        ]:
            assert home_of(connection, keep_track(connection, worker, at)) == home


def test_a_month_whose_rows_lie_in_the_default_partition_is_skipped(
    api: FastAPI, city: City
) -> None:
    with api.state.engine.begin() as connection:
        batch = keep_track(connection, next(iter(city.workers.values())), NOW)
        found = ensure_partitions(connection, NOW)
        assert found.skipped == ["track_batch_2026_11"]
        assert len(found.made) == 6
        assert home_of(connection, batch) == "track_batch_default"


@pytest.mark.parametrize(
    ("age", "stays"), [(timedelta(days=729), True), (timedelta(days=731), False)]
)
def test_tracks_are_deleted_after_two_years(
    api: FastAPI, city: City, age: timedelta, stays: bool
) -> None:
    with api.state.engine.begin() as connection:
        batch = keep_track(connection, next(iter(city.workers.values())), NOW - age)
        thin_and_drop(connection, NOW)
        kept = connection.scalar(
            text("select count(*) from track_batch where batch_id = :batch"), {"batch": batch}
        )
        assert bool(kept) is stays


def test_a_month_that_is_two_years_old_is_dropped_as_a_whole(api: FastAPI, city: City) -> None:
    old = NOW - timedelta(days=900)
    with api.state.engine.begin() as connection:
        ensure_partitions(connection, old)
        keep_track(connection, next(iter(city.workers.values())), old)
        dropped = thin_and_drop(connection, NOW).dropped
        assert f"track_batch_{old:%Y_%m}" in dropped
        assert connection.scalar(text("select count(*) from track_batch")) == 0


@pytest.mark.parametrize(("age", "fixes"), [(179, 60), (181, 11)])
def test_tracks_are_thinned_after_180_days(api: FastAPI, city: City, age: int, fixes: int) -> None:
    first = (NOW - timedelta(days=age)).replace(second=0)
    with api.state.engine.begin() as connection:
        batch = keep_track(connection, next(iter(city.workers.values())), first)
        for thinned in (int(age > 180), 0):
            assert thin_and_drop(connection, NOW).thinned == thinned
        row = connection.execute(
            text(
                "select path::bytea, accuracy_dm, flags, last_at from track_batch"
                " where batch_id = :batch"
            ),
            {"batch": batch},
        ).one()
        columns = unpack_path(bytes(row[0]))
        assert len(columns) == len(row[1]) == len(row[2]) == fixes
        assert columns[-1, 2] == row[3].timestamp()
        assert [number % 2 for number in row[1]] == list(row[2])


def test_one_fix_of_every_minute_and_the_last() -> None:
    t_s = np.array([0.0, 10, 59, 60, 119, 120, 130])
    assert one_each_minute(t_s) == [0, 3, 5, 6]
