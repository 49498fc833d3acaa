"""EVT-5: the monthly quota of events, and what does not count (四(二)2)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.incidents import State
from app.rules.parameters import Supersession, Values, values_on
from app.rules.quota import QuotaVerdict, judge_quota, month_ends, quota_of, quota_owed

HELD, VERIFIED = State.HELD, State.VERIFIED
COUNTING = [State.HELD, State.HANDLING, State.CLOSED, State.FOLLOWED_UP, State.VERIFIED]
LEFT_OUT = [State.WITHDRAWN, State.FALSE, State.DUPLICATE]


@pytest.mark.parametrize(
    ("states", "quota", "bound", "over", "expected"),
    [
        ([HELD] * 3, 3, True, True, QuotaVerdict.MET),
        ([HELD] * 3, 3, True, False, QuotaVerdict.MET),
        ([HELD] * 2, 3, True, True, QuotaVerdict.SHORT),
        ([HELD] * 2, 3, True, False, QuotaVerdict.OPEN),
        ([HELD] * 4, 3, True, True, QuotaVerdict.MET),
        ([HELD] * 2 + [State.WITHDRAWN], 3, True, True, QuotaVerdict.SHORT),
        ([HELD] * 2 + [State.FALSE], 3, True, True, QuotaVerdict.SHORT),
        ([HELD] * 2 + [State.DUPLICATE], 3, True, True, QuotaVerdict.SHORT),
        ([HELD] * 3 + LEFT_OUT, 3, True, True, QuotaVerdict.MET),
        ([], 0, True, True, QuotaVerdict.NOT_SET),
        ([], 1, True, True, QuotaVerdict.SHORT),
        ([VERIFIED], 1, True, True, QuotaVerdict.MET),
        ([], 5, False, True, QuotaVerdict.NOT_BOUND),
        ([HELD] * 5, 5, False, True, QuotaVerdict.NOT_BOUND),
    ],
)
def test_evt_5_met_short_open_or_not_asked(
    states: list[State], quota: int, bound: bool, over: bool, expected: QuotaVerdict
) -> None:
    found = judge_quota(states, quota, bound=bound, over=over)
    assert (found.verdict, found.rule, found.clause) == (expected, "EVT-5", "四(二)2")


@pytest.mark.parametrize("state", list(State))
def test_evt_5_withdrawn_duplicate_and_false_events_do_not_count(state: State) -> None:
    found = judge_quota([state], 1)
    assert found.because["counted"] == (0 if state in LEFT_OUT else 1)
    assert found.because["filed"] == 1


@given(st.lists(st.sampled_from(State)), st.integers(0, 20), st.booleans())
def test_evt_5_another_event_never_makes_it_worse_and_all_are_accounted_for(
    states: list[State], quota: int, over: bool
) -> None:
    found = judge_quota(states, quota, over=over)
    left_out = found.because["not_counted"]
    assert isinstance(left_out, dict)
    counted = found.because["counted"]
    assert isinstance(counted, int)
    assert counted + sum(left_out.values()) == len(states)
    more = judge_quota([*states, HELD], quota, over=over)
    if found.verdict is QuotaVerdict.MET:
        assert more.verdict is QuotaVerdict.MET
    same = judge_quota([*states, State.WITHDRAWN], quota, over=over)
    assert same.verdict is found.verdict


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 1), date(2026, 4, 1)),
        (date(2026, 3, 31), date(2026, 4, 1)),
        (date(2026, 12, 1), date(2027, 1, 1)),
        (date(2028, 2, 29), date(2028, 3, 1)),
    ],
)
def test_evt_5_a_month_ends_with_its_last_date(day: date, expected: date) -> None:
    assert month_ends(day) == expected


@given(st.dates(date(2017, 9, 1), date(2099, 11, 30)))
def test_evt_5_a_month_has_28_to_31_dates(day: date) -> None:
    length = month_ends(day) - day.replace(day=1)
    assert timedelta(28) <= length <= timedelta(31)
    assert month_ends(day).day == 1


@pytest.mark.parametrize(("first", "expected"), [(date(2026, 3, 1), 0), (date(2026, 4, 1), 8)])
def test_evt_5_the_quota_in_force_on_the_first_date_holds_for_the_month(
    first: date, expected: int
) -> None:
    set_ = [Supersession("monthly_event_quota", 8, date(2026, 3, 2))]
    assert quota_of(values_on(first, set_)) == expected
    assert quota_of(Values.defaults()) == 0


@pytest.mark.parametrize(
    ("owed_dates", "expected"), [(22, 10), (21, 9), (11, 5), (2, 0), (3, 1), (0, 0)]
)
def test_evt_5_a_part_of_a_month_owes_its_part_of_the_quota(owed_dates: int, expected: int) -> None:
    assert quota_owed(10, owed_dates, 22) == expected
    assert quota_owed(10, 0, 0) == 0
