"""CON-1 to CON-3: the ladder, how times are counted, how long a penalty is in force."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.conduct import (
    AT_ONCE,
    CLAUSES,
    LADDER,
    Ground,
    PenaltyKind,
    counted_for,
    ends_on,
    in_force,
    judge_rung,
    year_of,
)

WARNING, DEMERIT, DISMISSAL = LADDER
DAYS = st.dates(min_value=date(2017, 9, 1), max_value=date(2099, 11, 30))


@pytest.mark.parametrize(
    ("ground", "counted", "expected"),
    [
        (Ground.B1, 0, WARNING),
        (Ground.B6, 1, DEMERIT),
        (Ground.B4, 2, DISMISSAL),
        (Ground.B5, 7, DISMISSAL),
        (Ground.A1, 0, DISMISSAL),
        (Ground.A5, 0, DISMISSAL),
        (Ground.A8, 1, DISMISSAL),
    ],
)
def test_con_1_the_ladder(ground: Ground, counted: int, expected: PenaltyKind) -> None:
    found = judge_rung(ground, counted)
    assert (found.verdict, found.rule, found.clause) == (expected, "CON-1", "四(二)")
    assert found.because == {"ground": ground.value, "counted": counted, "time": counted + 1}


@given(st.sampled_from(sorted(set(Ground) - AT_ONCE)), st.integers(0, 50))
def test_con_1_another_time_is_never_milder(ground: Ground, counted: int) -> None:
    now, next_time = judge_rung(ground, counted).verdict, judge_rung(ground, counted + 1).verdict
    assert LADDER.index(next_time) >= LADDER.index(now)


@pytest.mark.parametrize(
    ("ground", "occurred_on", "expected"),
    [
        (Ground.B1, date(2026, 3, 18), date(2026, 3, 18)),
        (Ground.B4, date(2026, 3, 31), date(2026, 3, 31)),
        (Ground.A1, date(2026, 3, 18), date(2026, 3, 18)),
        (Ground.B2, date(2026, 3, 31), date(2026, 3, 1)),
        (Ground.B2, date(2026, 3, 18), date(2026, 3, 1)),
        (Ground.B3, date(2026, 3, 31), date(2026, 3, 1)),
        (Ground.B5, date(2026, 4, 30), date(2026, 4, 1)),
        (Ground.B6, date(2026, 12, 31), date(2026, 12, 1)),
        (Ground.A3, date(2026, 3, 31), date(2026, 3, 1)),
        (Ground.A5, date(2026, 5, 31), date(2026, 5, 1)),
        (Ground.A5, date(2026, 1, 1), date(2026, 1, 1)),
    ],
)
def test_con_2_once_a_date_or_once_a_month(
    ground: Ground, occurred_on: date, expected: date
) -> None:
    assert counted_for(ground, occurred_on) == expected


@pytest.mark.parametrize(
    ("occurred_on", "year"),
    [(date(2025, 12, 31), 2025), (date(2026, 1, 1), 2026), (date(2026, 12, 31), 2026)],
)
def test_con_2_times_are_counted_within_a_calendar_year(occurred_on: date, year: int) -> None:
    assert year_of(occurred_on) == (date(year, 1, 1), date(year, 12, 31))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 17), False),
        (date(2026, 3, 18), True),
        (date(2026, 4, 17), True),
        (date(2026, 4, 18), False),
    ],
)
def test_con_3_in_force_from_the_decision_up_to_its_end(day: date, expected: bool) -> None:
    assert in_force(date(2026, 3, 18), day) is expected


@given(DAYS)
def test_con_3_the_same_day_of_the_next_month_or_its_last(decided_on: date) -> None:
    ends = ends_on(decided_on)
    next_month = decided_on.replace(day=28) + timedelta(days=4)
    assert (ends.year, ends.month) == (next_month.year, next_month.month)
    assert ends.day == min(decided_on.day, monthrange(ends.year, ends.month)[1])


def test_con_every_ground_has_its_own_clause() -> None:
    assert CLAUSES[Ground.A5] == "四(一)5"
    assert CLAUSES[Ground.B4] == "四(二)4"
    assert len(set(CLAUSES.values())) == len(Ground)
