"""Tracks read back: the right batches, cut to the span, fast enough."""

import time
from datetime import UTC, datetime, timedelta
from statistics import median
from uuid import UUID

import numpy as np
import pytest
from fastapi import FastAPI
from shapely import box
from sqlalchemy.orm import Session

from app.patrol.packing import (
    pack_accuracy,
    pack_path,
    pack_speed,
    unpack_accuracy,
    unpack_mocked,
    unpack_path,
)
from app.patrol.queries import batches_of
from app.rules.area import prepare_area
from app.rules.field_time import measure
from app.rules.parameters import Values
from tests.city import City
from tests.patrol.test_partitions import keep_track

DAY = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def worker_id(city: City) -> UUID:
    return next(iter(city.workers.values()))


def span(start: datetime, hours: float) -> tuple[float, float]:
    return start.timestamp(), (start + timedelta(hours=hours)).timestamp()


def test_batches_are_cut_to_the_span(api: FastAPI, db: Session, worker_id: UUID) -> None:
    with api.state.engine.begin() as connection:
        keep_track(connection, worker_id, DAY - timedelta(minutes=5))
        keep_track(connection, worker_id, DAY + timedelta(hours=2))
        keep_track(connection, worker_id, DAY - timedelta(hours=3))
    (found,) = batches_of(db, worker_id, *span(DAY, 1))
    assert found.fixes.t_s[0] == DAY.timestamp()
    assert len(found.fixes) == 30
    assert found.fixes.accuracy_m[0] == 3.0
    assert found.fixes.mocked.tolist() == [False, True] * 15


@pytest.mark.parametrize("days", [1, 2, 30])
def test_a_batch_longer_than_a_day_is_found(
    api: FastAPI, db: Session, worker_id: UUID, days: int
) -> None:
    first = DAY - timedelta(days=days)
    with api.state.engine.begin() as connection:
        keep_track(connection, worker_id, first, seconds=(days + 1) * 86_400, every=3600)
    (found,) = batches_of(db, worker_id, *span(DAY, 2))
    assert found.fixes.t_s.tolist() == [DAY.timestamp() + 3600 * hour for hour in range(3)]


def test_only_what_was_received_in_time(api: FastAPI, db: Session, worker_id: UUID) -> None:
    with api.state.engine.begin() as connection:
        keep_track(connection, worker_id, DAY)
    received = DAY + timedelta(seconds=590)
    assert len(batches_of(db, worker_id, *span(DAY, 1), received)) == 1
    assert batches_of(db, worker_id, *span(DAY, 1), received - timedelta(seconds=1)) == []


def test_a_day_of_2160_fixes_is_loaded_and_measured_in_15_ms(
    api: FastAPI, db: Session, worker_id: UUID
) -> None:
    with api.state.engine.begin() as connection:
        for number in range(36):
            keep_track(connection, worker_id, DAY + timedelta(minutes=10 * number))
    area = prepare_area([box(104.49, 30.39, 104.51, 30.41)], Values.defaults())
    taken = []
    for _ in range(15):
        started = time.perf_counter()
        batches = batches_of(db, worker_id, *span(DAY, 24))
        measure([batch.fixes for batch in batches], area, Values.defaults())
        taken.append(time.perf_counter() - started)
    assert sum(len(batch.fixes) for batch in batches) == 2160
    # The target is for a quiet machine; the slowest of a busy one says nothing.
    assert min(taken) < 0.015, (min(taken), median(taken))


@pytest.mark.parametrize(
    ("metres", "read"),
    [(0.0, 0.0), (8.2, 8.2), (100.0, 100.0), (100.01, 100.1), (3276.6, 3276.6)],
)
def test_accuracy_is_never_stored_better_than_it_was(metres: float, read: float) -> None:
    assert unpack_accuracy(pack_accuracy(np.array([metres]))).tolist() == [read]


@pytest.mark.parametrize("metres", [3276.7, 1e9, float("nan")])
def test_beyond_measure_is_unknown(metres: float) -> None:
    assert np.isnan(unpack_accuracy(pack_accuracy(np.array([metres])))).all()


def test_speed_unknown_and_too_fast() -> None:
    speeds = np.array([1.25, -1, np.nan, 1000])
    assert pack_speed(speeds).tolist() == [125, -1, -1, 32767]


@pytest.mark.parametrize("count", [1, 2, 60])
def test_a_path_there_and_back(count: int) -> None:
    t_s = np.arange(count, dtype=np.float64) + 0.125
    lon, lat = 104 + t_s / 1000, 30 + t_s / 1000
    assert (
        unpack_path(pack_path(t_s, lon, lat)).tolist() == np.column_stack((lon, lat, t_s)).tolist()
    )


def test_flags_absent_are_zero() -> None:
    assert unpack_mocked(None, 3).tolist() == [False] * 3
    assert unpack_mocked(bytes([1, 2, 3]), 3).tolist() == [True, False, True]
