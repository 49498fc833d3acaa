"""EVT-1, EVT-4: which events may be one, what they wait for, who reads what of them (二1)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.event_looks import (
    Nearness,
    Sighting,
    Waiting,
    event_erased_before,
    may_be_one,
    may_read,
    waiting_for,
)
from app.rules.field_records import Severity
from app.rules.incidents import Reporter, State
from app.rules.parameters import Supersession, Values, values_on
from app.rules.tiers import Tier
from tests.rules.facts import WEDNESDAY, at, place

NEW = Sighting(at("09:00:00"), place(0))
WITHIN = Nearness(radius_m=50, within_h=72)
GENERAL, MAJOR = Severity.GENERAL, Severity.MAJOR


@pytest.mark.parametrize(
    ("metres", "hours", "state", "expected"),
    [
        (49.9, 0, State.HELD, True),
        (50.2, 0, State.HELD, False),
        (0, 72, State.HELD, True),
        (0, -72, State.HELD, True),
        (0, 72.01, State.HELD, False),
        (0, -72.01, State.HELD, False),
        (10, 1, State.CLOSED, True),
        (10, 1, State.VERIFIED, True),
        (10, 1, State.WITHDRAWN, False),
        (10, 1, State.FALSE, False),
        (10, 1, State.DUPLICATE, False),
    ],
)
def test_evt_1_near_in_place_and_time_may_be_one(
    metres: float, hours: float, state: State, expected: bool
) -> None:
    old = Sighting(NEW.at + timedelta(hours=hours), place(metres), state)
    assert may_be_one(NEW, old, WITHIN) is expected


@pytest.mark.parametrize(
    ("within", "expected"),
    [(Nearness(1, 1), True), (Nearness(0, 1), False), (Nearness(1, 0), False)],
)
def test_evt_1_zero_offers_none(within: Nearness, expected: bool) -> None:
    assert may_be_one(NEW, NEW, within) is expected


@given(st.floats(0, 400), st.floats(-200, 200), st.integers(1, 300), st.integers(1, 168))
def test_evt_1_a_wider_category_offers_all_that_a_narrower_does(
    metres: float, hours: float, radius: int, within: int
) -> None:
    old = Sighting(NEW.at + timedelta(hours=hours), place(metres))
    narrow, wide = Nearness(radius, within), Nearness(radius + 20, within + 5)
    assert may_be_one(NEW, old, wide) or not may_be_one(NEW, old, narrow)
    assert may_be_one(NEW, old, narrow) == may_be_one(old, NEW, narrow)


@pytest.mark.parametrize(
    ("state", "reporter", "holds", "expected"),
    [
        (State.HELD, Reporter.WORKER, True, Waiting.HANDLING),
        (State.HANDLING, Reporter.RESIDENT, True, Waiting.HANDLING),
        (State.HELD, Reporter.RESIDENT, False, None),
        (State.CLOSED, Reporter.RESIDENT, False, Waiting.FOLLOW_UP),
        (State.CLOSED, Reporter.ORGANISATION, False, Waiting.FOLLOW_UP),
        (State.CLOSED, Reporter.WORKER, False, Waiting.VERIFICATION),
        (State.FOLLOWED_UP, Reporter.RESIDENT, False, Waiting.VERIFICATION),
        (State.VERIFIED, Reporter.RESIDENT, False, None),
        (State.WITHDRAWN, Reporter.WORKER, False, None),
        (State.FALSE, Reporter.WORKER, False, None),
        (State.DUPLICATE, Reporter.RESIDENT, False, None),
    ],
)
def test_evt_4_what_an_event_waits_for_in_its_grid(
    state: State, reporter: Reporter, holds: bool, expected: Waiting | None
) -> None:
    assert waiting_for(state, reporter, grid_holds=holds) is expected


@pytest.mark.parametrize(
    ("tier", "severity", "reached", "expected"),
    [
        (Tier.GRID, GENERAL, {Tier.GRID}, True),
        (Tier.COMMUNITY, GENERAL, {Tier.GRID}, True),
        (Tier.TOWNSHIP, GENERAL, {Tier.GRID, Tier.COMMUNITY}, False),
        (Tier.TOWNSHIP, GENERAL, {Tier.TOWNSHIP}, True),
        (Tier.TOWNSHIP, MAJOR, {Tier.COMMUNITY}, True),
        (Tier.CENTRE, GENERAL, {Tier.TOWNSHIP}, False),
        (Tier.CENTRE, GENERAL, {Tier.CENTRE}, True),
        (Tier.CENTRE, MAJOR, set(), True),
        (Tier.OFFICE, GENERAL, {Tier.TOWNSHIP}, False),
        (Tier.OFFICE, GENERAL, {Tier.CENTRE}, True),
    ],
)
def test_evt_1_what_was_written_is_for_tiers_that_the_event_reached(
    tier: Tier, severity: Severity, reached: set[Tier], expected: bool
) -> None:
    assert may_read(tier, severity, reached) is expected


@given(st.sampled_from(Tier), st.sets(st.sampled_from(Tier)), st.sampled_from(Tier))
def test_evt_1_reaching_another_tier_never_hides_what_was_written(
    tier: Tier, reached: set[Tier], another: Tier
) -> None:
    assert may_read(tier, GENERAL, reached | {another}) or not may_read(tier, GENERAL, reached)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (Values.defaults(), date(2025, 3, 18)),
        (
            values_on(WEDNESDAY, [Supersession("event_erased_after_days", 30, date(2026, 1, 1))]),
            date(2026, 2, 16),
        ),
    ],
)
def test_evt_4_what_was_written_is_erased_after_its_term(values: Values, expected: date) -> None:
    assert event_erased_before(WEDNESDAY, values) == expected
