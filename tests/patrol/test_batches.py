"""One batch alone: what is doubtful in it, and which dates it reaches."""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.patrol.batches import Columns, SetAside, days_of, days_reached, digest_of, set_aside
from app.rules.coordinates import ReferenceSystem
from app.rules.fixes import Disposition, Fixes, sift
from app.rules.parameters import Values

VALUES = Values.defaults()


def columns(rows: list[tuple[int, float, float, float]], **changes: Any) -> Columns:
    t_ms, lon, lat, accuracy = (np.array(column) for column in zip(*rows, strict=True))
    made = {
        "t_ms": t_ms.astype(np.int64),
        "lon": lon.astype(np.float64),
        "lat": lat.astype(np.float64),
        "accuracy_m": accuracy.astype(np.float64),
        "speed_mps": None,
        "flags": None,
        "system": ReferenceSystem.WGS84,
    }
    return Columns(**(made | changes))


steps = st.lists(
    st.tuples(
        st.integers(0, 60_000),
        st.floats(-0.02, 0.02),
        st.floats(-0.02, 0.02),
        st.sampled_from([5.0, 99.9, 100.0, 100.1, float("nan")]),
    ),
    min_size=1,
    max_size=30,
)


@given(steps, st.sampled_from([0.0, 30.4, 60.0, 89.9]))
def test_the_rough_look_never_hides_what_fld_2_sets_aside(
    walked: list[tuple[int, float, float, float]], lat: float
) -> None:
    ways = np.array(walked)
    made = columns(
        walked,
        t_ms=np.cumsum(ways[:, 0]).astype(np.int64),
        lon=104.5 + np.cumsum(ways[:, 1]),
        lat=np.clip(lat + np.cumsum(ways[:, 2]), -90, 90),
    )
    mocked = np.zeros(len(made), dtype=np.bool_)
    fixes = Fixes(made.t_ms / 1000, made.lon, made.lat, made.accuracy_m, mocked)
    counts = np.bincount(sift(fixes, VALUES).dispositions, minlength=len(Disposition))
    expected = SetAside(0, int(counts[Disposition.IMPRECISE]), int(counts[Disposition.TELEPORT]))
    assert set_aside(made, VALUES) == expected


@pytest.mark.parametrize(
    ("degrees", "impossible"), [(0.0041, 0), (0.0042, 1)], ids=["39.4 m/s", "40.4 m/s"]
)
def test_fld_2_40_metres_a_second(degrees: float, impossible: int) -> None:
    walked = [(0, 104.5, 30.4, 5.0), (10_000, 104.5 + degrees, 30.4, 5.0)]
    assert set_aside(columns(walked), VALUES).impossible == impossible


def millis(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("instants", "dates", "reached"),
    [
        ([(2026, 3, 2, 4)], [2], [2]),
        ([(2026, 3, 2, 15, 59, 59)], [2], [2, 3]),
        ([(2026, 3, 2, 16, 0, 0)], [3], [2, 3]),
        ([(2026, 3, 2, 14, 59, 59)], [2], [2]),
        ([(2026, 3, 2, 17, 0, 1)], [3], [3]),
        ([(2026, 3, 2, 4), (2026, 3, 4, 4)], [2, 4], [2, 4]),
        ([(2026, 3, 5, 15, 59)], [5], [5]),
    ],
)
def test_civil_dates_of_shanghai(
    instants: list[tuple[int, ...]], dates: list[int], reached: list[int]
) -> None:
    t_ms = np.array([millis(*parts) for parts in instants], dtype=np.int64)
    assert [day.day for day in days_of(t_ms)] == dates
    assert [day.day for day in days_reached(t_ms, date(2026, 3, 5))] == reached


def test_the_digest_is_of_all_that_was_sent() -> None:
    walked = [(0, 104.5, 30.4, 5.0), (10_000, 104.6, 30.4, 5.0)]
    first = digest_of(columns(walked))
    assert digest_of(columns(walked)) == first
    for changes in (
        {"speed_mps": np.array([1.0, 1.0])},
        {"flags": np.array([1, 0], dtype=np.uint8)},
        {"system": ReferenceSystem.GCJ02},
        {"accuracy_m": np.array([5.0, 5.1])},
    ):
        assert digest_of(columns(walked, **changes)) != first
