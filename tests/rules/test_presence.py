"""VIS-7, evidence: how long the track was within the radius of a place around a visit."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.fixes import Fixes
from app.rules.parameters import Values
from app.rules.presence import AROUND, presence_s
from tests.rules.facts import STATION, at, walk

VALUES = Values.defaults()
TEN = at("10:00:00")
MINUTES = 60


def stood(starts_s: float, lasts_s: float, east_m: float = 0.0, accuracy_m: float = 8.0) -> Fixes:
    """A fix every minute at one place; seconds are counted from 09:00."""
    seconds = np.arange(starts_s, starts_s + lasts_s + 1, MINUTES)
    return walk([(float(second), east_m, 0.0) for second in seconds], accuracy_m)


@pytest.mark.parametrize(
    ("fixes", "seconds"),
    [
        (stood(3600, 600), 600),
        (stood(3600, 600, east_m=149), 600),
        (stood(3600, 600, east_m=151), 0),
        (stood(3600, 600, accuracy_m=101), 0),
        (stood(-3600, 600), 600),
        (stood(-3900, 600), 300),
        (stood(-4800, 600), 0),
        (stood(3 * 3600 - 300, 600), 300),
        (stood(3 * 3600 + 1, 600), 0),
    ],
)
def test_vis_7_only_what_is_near_and_within_two_hours(fixes: Fixes, seconds: float) -> None:
    assert presence_s([fixes], STATION, TEN, VALUES) == pytest.approx(seconds, abs=0.1)


def test_vis_7_without_a_track_there_is_no_evidence() -> None:
    assert presence_s([], STATION, TEN, VALUES) is None
    assert presence_s([walk([])], STATION, TEN, VALUES) is None


def test_vis_7_two_devices_are_not_counted_twice() -> None:
    first, second = stood(3600, 600), stood(3900, 600)
    assert presence_s([first, second], STATION, TEN, VALUES) == 900


def test_vis_7_mocked_fixes_are_no_evidence() -> None:
    fixes = walk([(3600.0, 0, 0), (3660.0, 0, 0)], mocked=[0, 1])
    assert presence_s([fixes], STATION, TEN, VALUES) == 0


@given(st.lists(st.tuples(st.integers(-9000, 18000), st.integers(-400, 400)), max_size=30))
def test_vis_7_presence_lies_within_its_span(steps: list[tuple[int, int]]) -> None:
    fixes = walk([(float(second), float(east), 0.0) for second, east in steps])
    found = presence_s([fixes], STATION, TEN, VALUES)
    assert found is None if not steps else 0 <= (found or 0) <= 2 * AROUND / timedelta(seconds=1)
