"""EVT-3, ATT-4: the instant an act on an event counts from."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.effective import effective_at
from app.rules.parameters import Supersession, Values, values_on
from tests.rules.facts import WEDNESDAY, at

NINE, TEN, NOON = at("09:00:00"), at("10:00:00"), at("12:00:00")
SOON = timedelta(seconds=300)
SECOND = timedelta(seconds=1)
DEFAULTS = Values.defaults()


@pytest.mark.parametrize(
    ("captured", "proven", "not_before", "expected"),
    [
        (NINE, True, None, NINE),
        (NINE, False, None, NOON),
        (NOON - SOON, False, None, NOON - SOON),
        (NOON - SOON - SECOND, False, None, NOON),
        (NOON - SOON - SECOND, True, None, NOON - SOON - SECOND),
        (NINE, True, TEN, TEN),
        (TEN, True, NINE, TEN),
        (NINE, False, TEN, NOON),
        (NOON, True, None, NOON),
        (NOON + SECOND, True, None, NOON),
        (NINE, True, NOON + SECOND, NOON),
    ],
)
def test_att_4_proven_or_soon_is_believed_and_the_rest_counts_from_receipt(
    captured: datetime, proven: bool, not_before: datetime | None, expected: datetime
) -> None:
    found = effective_at(captured, NOON, DEFAULTS, proven=proven, not_before=not_before)
    assert found == expected


def test_att_4_how_soon_is_the_city_s_to_say() -> None:
    values = values_on(WEDNESDAY, [Supersession("late_unproven_s", 3600, WEDNESDAY)])
    found = [
        effective_at(NOON - timedelta(seconds=late), NOON, values, proven=False)
        for late in (3600, 3601)
    ]
    assert found == [at("11:00:00"), NOON]


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.booleans())
def test_evt_3_never_before_the_hold_began_and_never_after_receipt(
    captured_s: int, arrived_s: int, proven: bool
) -> None:
    captured = NOON - timedelta(seconds=captured_s)
    arrived = NOON - timedelta(seconds=arrived_s)
    found = effective_at(captured, NOON, DEFAULTS, proven=proven, not_before=arrived)
    assert arrived <= found <= NOON


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_att_4_acting_earlier_never_counts_later_when_it_is_proven(one: int, other: int) -> None:
    earlier, later = sorted((NOON - timedelta(seconds=one), NOON - timedelta(seconds=other)))
    count = [effective_at(moment, NOON, DEFAULTS, proven=True) for moment in (earlier, later)]
    assert count == sorted(count)
