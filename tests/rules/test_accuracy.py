"""INF-3 to INF-5: draws, intervals, the lines of 四(二)5, and three calendar months."""

from collections import Counter
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.accuracy import (
    ChangeState,
    Drawable,
    Reached,
    digest_of,
    draw,
    judge_accuracy,
    judge_change,
    judge_focus_coverage,
    months_later,
    wilson,
    written_population,
)

DAY = date(2026, 3, 18)
KEYS = [UUID(int=number) for number in range(1, 101)]
keys = st.lists(st.uuids(), max_size=40, unique=True)


@given(keys, st.text(max_size=20), st.integers(0, 50), st.randoms())
def test_inf_3_the_order_of_the_records_does_not_matter(
    population: list[UUID], seed: str, size: int, chance: object
) -> None:
    drawn = draw(population, seed, size)
    shuffled = sorted(population, key=lambda key: sha256(f"{chance}{key}".encode()).digest())
    assert draw(shuffled, seed, size) == drawn
    assert draw([*population, *population], seed, size) == drawn


@given(keys, st.text(max_size=20), st.integers(0, 50))
def test_inf_3_as_many_as_asked_of_the_population_and_none_twice(
    population: list[UUID], seed: str, size: int
) -> None:
    drawn = draw(population, seed, size)
    assert len(drawn) == len(set(drawn)) == min(size, len(population))
    assert set(drawn) <= set(population)
    assert draw(population, seed, size + 1)[:size] == drawn


def test_inf_3_a_draw_anyone_can_repeat_by_hand() -> None:
    by_hand = sorted(KEYS, key=lambda key: sha256(f"seed:{key}".encode()).hexdigest())
    assert list(draw(KEYS, "seed", 7)) == by_hand[:7]
    assert draw(KEYS, "seed", 7) != draw(KEYS, "another", 7)


def test_inf_3_every_record_is_drawn_about_as_often() -> None:
    draws = 2000
    often = Counter(key for seed in range(draws) for key in draw(KEYS, f"{seed}", 10))
    expected = draws * 10 / len(KEYS)
    chi_squared = sum((often[key] - expected) ** 2 / expected for key in KEYS)
    # 99 degrees of freedom, less the tenth that drawing without replacement takes: 99.9 % at 148.2.
    assert 40 < chi_squared / 0.9 < 148.2


def test_inf_3_the_population_is_written_in_one_way() -> None:
    population = [Drawable(KEYS[1], 3), Drawable(KEYS[0], 12)]
    plain = f"{KEYS[0]},12\n{KEYS[1]},3\n".encode()
    assert written_population(population) == plain
    assert digest_of(reversed(population)) == sha256(plain).hexdigest()
    assert digest_of([Drawable(KEYS[1], 4), Drawable(KEYS[0], 12)]) != digest_of(population)


@pytest.mark.parametrize(
    ("correct", "checked", "low", "high"),
    [
        (95, 100, 0.8882, 0.9785),
        (0, 0, 0.0, 1.0),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 1, 0.2065, 1.0),
        (81, 263, 0.2553, 0.3662),
        (50, 100, 0.4038, 0.5962),
    ],
)
def test_inf_3_wilsons_interval(correct: int, checked: int, low: float, high: float) -> None:
    found = wilson(correct, checked)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


@given(st.integers(1, 500), st.data())
def test_inf_3_more_correct_is_never_worse(checked: int, data: st.DataObject) -> None:
    correct = data.draw(st.integers(0, checked - 1))
    one, better = wilson(correct, checked), wilson(correct + 1, checked)
    assert 0 <= one.low <= correct / checked <= one.high <= 1
    assert one.low <= better.low
    assert one.high <= better.high


@given(st.integers(1, 200), st.integers(0, 200))
def test_inf_3_more_checks_of_the_same_share_narrow_the_interval(
    checked: int, correct: int
) -> None:
    correct = min(correct, checked)
    one, wider_base = wilson(correct, checked), wilson(2 * correct, 2 * checked)
    assert wider_base.high - wider_base.low < one.high - one.low


@pytest.mark.parametrize(
    ("correct", "checked", "verdict"),
    [
        (95, 100, Reached.MET),
        (94, 100, Reached.BELOW),
        (19, 20, Reached.MET),
        (949, 999, Reached.BELOW),
        (950, 1000, Reached.MET),
        (1, 1, Reached.MET),
        (0, 1, Reached.BELOW),
        (0, 0, Reached.NOTHING),
    ],
)
def test_inf_3_at_least_95_percent(correct: int, checked: int, verdict: Reached) -> None:
    finding = judge_accuracy(correct, checked, DAY)
    assert (finding.verdict, finding.rule, finding.clause) == (verdict, "INF-3", "四(二)5")
    assert finding.because["asked_percent"] == 95
    assert finding.because["low"] == wilson(correct, checked).low


@pytest.mark.parametrize(
    ("recorded", "known", "verdict"),
    [
        (100, 100, Reached.MET),
        (99, 100, Reached.BELOW),
        (999_999, 1_000_000, Reached.BELOW),
        (0, 1, Reached.BELOW),
        (0, 0, Reached.NOTHING),
    ],
)
def test_inf_4_all_of_those_known(recorded: int, known: int, verdict: Reached) -> None:
    finding = judge_focus_coverage(recorded, known, DAY)
    assert (finding.verdict, finding.rule, finding.clause) == (verdict, "INF-4", "四(二)5")


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 3, 18), date(2026, 6, 18)),
        (date(2025, 11, 30), date(2026, 2, 28)),
        (date(2023, 11, 30), date(2024, 2, 29)),
        (date(2025, 11, 29), date(2026, 2, 28)),
        (date(2023, 11, 29), date(2024, 2, 29)),
        (date(2025, 11, 28), date(2026, 2, 28)),
        (date(2026, 10, 15), date(2027, 1, 15)),
        (date(2026, 9, 30), date(2026, 12, 30)),
        (date(2026, 1, 31), date(2026, 4, 30)),
        (date(2026, 12, 31), date(2027, 3, 31)),
    ],
)
def test_inf_5_three_calendar_months_later(day: date, later: date) -> None:
    assert months_later(day, 3) == later


@pytest.mark.parametrize(
    ("known_on", "recorded_on", "today", "state"),
    [
        (DAY, None, date(2026, 6, 18), ChangeState.OPEN),
        (DAY, None, date(2026, 6, 19), ChangeState.OVERDUE),
        (DAY, date(2026, 6, 18), date(2026, 9, 1), ChangeState.IN_TIME),
        (DAY, date(2026, 6, 19), date(2026, 9, 1), ChangeState.LATE),
        (DAY, DAY, DAY, ChangeState.IN_TIME),
        (date(2025, 11, 30), date(2026, 2, 28), date(2026, 3, 2), ChangeState.IN_TIME),
        (date(2025, 11, 30), date(2026, 3, 1), date(2026, 3, 2), ChangeState.LATE),
        (date(2023, 11, 30), None, date(2024, 2, 29), ChangeState.OPEN),
        (date(2023, 11, 30), None, date(2024, 3, 1), ChangeState.OVERDUE),
    ],
)
def test_inf_5_within_three_months(
    known_on: date, recorded_on: date | None, today: date, state: ChangeState
) -> None:
    finding = judge_change(known_on, recorded_on, today)
    assert (finding.verdict, finding.rule, finding.clause) == (state, "INF-5", "四(二)5")
    assert finding.because["due_on"] == months_later(known_on, 3).isoformat()


BETTER = [ChangeState.IN_TIME, ChangeState.LATE]
days = st.dates(date(2018, 1, 1), date(2090, 1, 1))


@given(days, st.integers(0, 200), st.integers(0, 200))
def test_inf_5_recording_earlier_is_never_worse(known_on: date, one: int, more: int) -> None:
    today = known_on + timedelta(days=400)
    early = judge_change(known_on, known_on + timedelta(days=one), today).verdict
    late = judge_change(known_on, known_on + timedelta(days=one + more), today).verdict
    assert BETTER.index(early) <= BETTER.index(late)


@given(days, st.integers(-600, 600))
def test_inf_5_months_go_forth_in_order(day: date, months: int) -> None:
    later = months_later(day, months)
    assert later.year * 12 + later.month == day.year * 12 + day.month + months
    assert later.day <= day.day
    assert months_later(day + timedelta(days=1), months) >= later
