"""VIS-6 to VIS-8: what holds for every target and every visit."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from app.rules.civil import CIVIL_TIME
from app.rules.parameters import Values
from app.rules.visits import (
    Count,
    Life,
    PaidVisit,
    VisitKind,
    VisitVerdict,
    count,
    owes,
    payment,
    period_of,
    periods_ending,
)

VALUES = Values.defaults()


def weekday(day: date) -> bool:
    return day.weekday() < 5


KINDS = st.sampled_from(VisitKind)
DAYS = st.dates(date(2025, 12, 1), date(2026, 8, 1))
LIVES = st.builds(
    lambda first, length: Life(first, None if length is None else first + timedelta(days=length)),
    DAYS,
    st.none() | st.integers(0, 200),
)
MOMENTS = st.datetimes(datetime(2025, 12, 1), datetime(2026, 8, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=CIVIL_TIME)
)
VISITS = st.lists(
    st.builds(PaidVisit, MOMENTS, st.sampled_from(VisitVerdict), st.integers(0, 9)), max_size=12
)


def counted(
    kind: VisitKind, life: Life, first: date, last: date, visits: Sequence[PaidVisit]
) -> Count:
    periods = periods_ending(kind, first, last)
    return count(kind, life, periods, visits, weekday, lambda _: VALUES)


@given(KINDS, LIVES, DAYS, DAYS, VISITS, MOMENTS)
def test_vis_7_another_visit_that_counts_never_lowers_what_is_paid(
    kind: VisitKind,
    life: Life,
    first: date,
    last: date,
    visits: list[PaidVisit],
    moment: datetime,
) -> None:
    before = counted(kind, life, first, last, visits)
    after = counted(
        kind, life, first, last, [*visits, PaidVisit(moment, VisitVerdict.COUNTS, "new")]
    )
    assert before.owed == after.owed
    assert before.paid <= after.paid <= before.paid + 1


@given(KINDS, LIVES, DAYS, DAYS, VISITS)
def test_vis_8_paid_is_at_most_owed(
    kind: VisitKind, life: Life, first: date, last: date, visits: list[PaidVisit]
) -> None:
    found = counted(kind, life, first, last, visits)
    assert 0 <= found.paid <= found.owed
    assert found.paid <= len(visits)


@given(KINDS, VISITS)
def test_vis_7_a_visit_pays_at_most_one_period(kind: VisitKind, visits: list[PaidVisit]) -> None:
    periods = periods_ending(kind, date(2025, 12, 1), date(2026, 12, 31))
    paying = [each for period in periods for each in payment(kind, period, visits, VALUES)]
    assert len({(each.at, each.record, each.verdict) for each in paying}) == len(paying)


@given(KINDS, LIVES, DAYS, DAYS, DAYS, VISITS)
def test_vis_8_adjacent_spans_add_up(
    kind: VisitKind, life: Life, a: date, b: date, c: date, visits: list[PaidVisit]
) -> None:
    first, middle, last = sorted((a, b, c))
    assume(middle < last)
    whole = counted(kind, life, first, last, visits)
    parts = counted(kind, life, first, middle, visits)
    parts += counted(kind, life, middle + timedelta(days=1), last, visits)
    assert whole == parts


@given(KINDS, DAYS)
def test_vis_6_periods_follow_upon_each_other(kind: VisitKind, day: date) -> None:
    found = period_of(kind, day)
    assert found.first <= day <= found.last
    assert period_of(kind, found.first) == period_of(kind, found.last) == found
    assert period_of(kind, found.last + timedelta(days=1)).first == found.last + timedelta(days=1)


@given(KINDS, LIVES, DAYS)
def test_vis_6_a_longer_life_never_owes_less(kind: VisitKind, life: Life, day: date) -> None:
    period = period_of(kind, day)
    short = owes(kind, life, period, weekday, VALUES).verdict
    assert owes(kind, Life(life.first), period, weekday, VALUES).verdict >= short
