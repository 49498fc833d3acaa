"""SVC-1: five steps in their order, whichever arrives first (三(一)3, 二1)."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.errands import (
    FOLLOWS,
    STEPS,
    ActVerdict,
    ErrandStep,
    Papers,
    StepTaken,
    erased_before,
    hours_between,
    judge_act,
    judge_papers,
    waits,
)
from app.rules.parameters import Supersession, Values, values_on
from tests.rules.facts import WEDNESDAY, at

ACCEPTED, PAPERS, HANDLED, DELIVERED, RATED = STEPS
FITS, WAITS = ActVerdict.FITS, ActVerdict.WAITS
REPEATED, OUT_OF_ORDER = ActVerdict.REPEATED, ActVerdict.OUT_OF_ORDER
NINE = at("09:00:00")


def taken(step: ErrandStep, minutes: int) -> StepTaken:
    return StepTaken(step, NINE + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("known", "act", "expected"),
    [
        ([], (ACCEPTED, 0), FITS),
        ([], (PAPERS, 10), WAITS),
        ([], (RATED, 10), WAITS),
        ([(ACCEPTED, 0)], (ACCEPTED, 5), REPEATED),
        ([(ACCEPTED, 0)], (PAPERS, 10), FITS),
        ([(ACCEPTED, 0)], (PAPERS, 0), FITS),
        ([(ACCEPTED, 0)], (PAPERS, -1), OUT_OF_ORDER),
        ([(ACCEPTED, 0)], (HANDLED, 20), FITS),
        ([(ACCEPTED, 0)], (HANDLED, -1), OUT_OF_ORDER),
        ([(ACCEPTED, 0)], (DELIVERED, 30), WAITS),
        ([(ACCEPTED, 0), (HANDLED, 20)], (PAPERS, 10), FITS),
        ([(ACCEPTED, 0), (HANDLED, 20)], (PAPERS, 20), FITS),
        ([(ACCEPTED, 0), (HANDLED, 20)], (PAPERS, 21), OUT_OF_ORDER),
        ([(ACCEPTED, 0), (HANDLED, 20)], (DELIVERED, 20), FITS),
        ([(ACCEPTED, 0), (HANDLED, 20)], (DELIVERED, 19), OUT_OF_ORDER),
        ([(ACCEPTED, 0), (HANDLED, 20)], (RATED, 40), WAITS),
        ([(ACCEPTED, 0), (HANDLED, 20), (DELIVERED, 30)], (RATED, 40), FITS),
        ([(ACCEPTED, 0), (HANDLED, 20), (DELIVERED, 30)], (RATED, 29), OUT_OF_ORDER),
        ([(ACCEPTED, 0), (HANDLED, 20), (DELIVERED, 30), (RATED, 40)], (RATED, 50), REPEATED),
        ([(ACCEPTED, 0), (HANDLED, 20), (DELIVERED, 30), (RATED, 40)], (PAPERS, 5), FITS),
    ],
)
def test_svc_1_a_step_fits_waits_or_contradicts(
    known: list[tuple[ErrandStep, int]], act: tuple[ErrandStep, int], expected: ActVerdict
) -> None:
    found = judge_act([taken(*each) for each in known], taken(*act))
    assert (found.verdict, found.rule) == (expected, "SVC-1")


def test_svc_1_what_is_missing_is_named() -> None:
    found = judge_act([taken(ACCEPTED, 0)], taken(RATED, 40))
    assert found.because["missing"] == ["handled", "delivered"]


def test_svc_1_the_table_ends_with_the_rating() -> None:
    follows = FOLLOWS.on(WEDNESDAY)
    assert follows[RATED] == ()
    assert set(follows) == set(ErrandStep)
    assert HANDLED in follows[ACCEPTED]
    assert DELIVERED not in follows[PAPERS]


@given(st.permutations(STEPS), st.sets(st.just(PAPERS)))
def test_svc_1_steps_in_their_order_all_fit_in_whatever_order_they_arrive(
    arrival: list[ErrandStep], skipped: set[ErrandStep]
) -> None:
    waiting = [taken(step, 10 * STEPS.index(step)) for step in arrival if step not in skipped]
    known: list[StepTaken] = []
    while waiting:
        verdicts = {act: judge_act(known, act).verdict for act in waiting}
        assert set(verdicts.values()) <= {FITS, WAITS}
        known += [act for act, verdict in verdicts.items() if verdict is FITS][:1]
        waiting = [act for act in waiting if act not in known]
    assert {act.step for act in known} == set(STEPS) - skipped


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([ACCEPTED], Papers.OPEN),
        ([ACCEPTED, PAPERS], Papers.COLLECTED),
        ([ACCEPTED, PAPERS, HANDLED], Papers.COLLECTED),
        ([ACCEPTED, HANDLED], Papers.NOT_NEEDED),
        ([ACCEPTED, HANDLED, DELIVERED], Papers.NOT_NEEDED),
    ],
)
def test_svc_1_papers_are_collected_or_not_needed(
    steps: list[ErrandStep], expected: Papers
) -> None:
    found = judge_papers(steps)
    assert (found.verdict, found.cite.reading) == (expected, True)


def test_svc_1_waiting_times_are_hours_of_the_clock() -> None:
    acts = [taken(DELIVERED, 60 * 26), taken(ACCEPTED, 0), taken(HANDLED, 90)]
    assert [(wait.after, wait.until, wait.hours) for wait in waits(acts)] == [
        (ACCEPTED, HANDLED, 1.5),
        (HANDLED, DELIVERED, 24.5),
    ]
    assert waits([taken(ACCEPTED, 0)]) == ()


@given(st.lists(st.integers(0, 100_000), min_size=2, max_size=5))
def test_svc_1_waits_are_never_negative_and_add_up(minutes: list[int]) -> None:
    acts = [taken(step, later) for step, later in zip(STEPS, minutes, strict=False)]
    found = waits(acts)
    whole = hours_between(min(act.at for act in acts), max(act.at for act in acts))
    assert all(wait.hours >= 0 for wait in found)
    assert sum(wait.hours for wait in found) == pytest.approx(whole, abs=0.05)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (Values.defaults(), date(2025, 9, 19)),
        (
            values_on(WEDNESDAY, [Supersession("errand_erased_after_days", 30, date(2026, 1, 1))]),
            date(2026, 2, 16),
        ),
    ],
)
def test_svc_1_residents_data_are_erased_after_their_term(values: Values, expected: date) -> None:
    assert erased_before(WEDNESDAY, values) == expected


def test_hours_are_rounded_to_the_hundredth() -> None:
    start = datetime.fromisoformat("2026-03-18T09:00:00+08:00")
    assert hours_between(start, start + timedelta(minutes=20)) == 0.33
