"""VIS-1 to VIS-8: what is owed, what pays it, on both sides of every edge (三(一)1 “5”)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.rules.parameters import Values
from app.rules.visits import (
    OWING,
    VIS_5,
    Cadence,
    Count,
    Life,
    PaidVisit,
    Period,
    VisitKind,
    VisitMade,
    VisitManner,
    VisitOutcome,
    VisitVerdict,
    cadence_of,
    cite_of,
    judge_visit,
    owes,
    payment,
    period_of,
    periods_ending,
)
from tests.rules.facts import at

VALUES = Values.defaults()
GUARD, RENTAL, RESIDENT = VisitKind.PROPERTY_GUARD, VisitKind.RENTAL, VisitKind.RESIDENT
MONDAY, SUNDAY = date(2026, 3, 16), date(2026, 3, 22)
WEEK = Period(MONDAY, SUNDAY)
QUARTER = Period(date(2026, 1, 1), date(2026, 3, 31))
COUNTS, NOBODY = VisitVerdict.COUNTS, VisitVerdict.NOBODY_HOME


def weekday(day: date) -> bool:
    return day.weekday() < 5


def visit(at_: datetime, verdict: VisitVerdict = COUNTS, record: object = 1) -> PaidVisit:
    return PaidVisit(at_, verdict, record)


def on(*days: date, verdict: VisitVerdict = COUNTS) -> list[PaidVisit]:
    return [visit(at("10:00:00", day), verdict, number) for number, day in enumerate(days)]


@pytest.mark.parametrize(
    ("rule", "kind", "cadence"),
    [
        ("VIS-1", VisitKind.PROPERTY_GUARD, Cadence.DUTY_DATE),
        ("VIS-2", VisitKind.RENTAL, Cadence.WEEK),
        ("VIS-3", VisitKind.SPECIAL_GROUP, Cadence.WEEK),
        ("VIS-4", VisitKind.CARE, Cadence.WEEK),
        ("VIS-5", VisitKind.RESIDENT, Cadence.QUARTER),
    ],
)
def test_vis_1_to_5_cadences(rule: str, kind: VisitKind, cadence: Cadence) -> None:
    assert cadence_of(kind, MONDAY) is cadence
    assert cite_of(kind, MONDAY).rule == rule


def test_vis_1_nothing_is_owed_before_the_regulation() -> None:
    assert OWING.on(date(2017, 9, 1))
    with pytest.raises(LookupError):
        period_of(GUARD, date(2017, 8, 31))


def test_vis_1_a_date_is_its_own_period() -> None:
    assert period_of(GUARD, MONDAY) == Period(MONDAY, MONDAY)


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 3, 15), date(2026, 3, 9)),
        (MONDAY, MONDAY),
        (SUNDAY, MONDAY),
        (date(2026, 3, 23), date(2026, 3, 23)),
        (date(2026, 1, 1), date(2025, 12, 29)),
    ],
)
def test_vis_2_a_week_runs_from_monday_to_sunday(day: date, first: date) -> None:
    found = period_of(RENTAL, day)
    assert (found.first, found.days) == (first, 7)
    assert day in found


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2028, 2, 29), date(2028, 1, 1), date(2028, 3, 31)),
        (date(2026, 4, 1), date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 6, 30), date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 7, 1), date(2026, 9, 30)),
        (date(2026, 9, 30), date(2026, 7, 1), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2026, 10, 1), date(2026, 12, 31)),
        (date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_vis_5_calendar_quarters(day: date, first: date, last: date) -> None:
    assert period_of(RESIDENT, day) == Period(first, last)


@pytest.mark.parametrize(("year", "days"), [(2026, 90), (2028, 91), (2100, 90)])
def test_vis_5_the_first_quarter_of_a_leap_year_is_longer(year: int, days: int) -> None:
    assert period_of(RESIDENT, date(year, 2, 1)).days == days


@pytest.mark.parametrize(
    ("first", "last", "owed"),
    [
        (MONDAY, None, True),
        (date(2026, 3, 19), None, True),
        (date(2026, 3, 20), None, False),
        (date(2026, 1, 1), date(2026, 3, 19), True),
        (date(2026, 1, 1), date(2026, 3, 18), False),
        (date(2026, 3, 17), date(2026, 3, 20), True),
        (date(2026, 3, 18), date(2026, 3, 20), False),
        (SUNDAY + timedelta(days=1), None, False),
        (date(2026, 1, 1), MONDAY - timedelta(days=1), False),
    ],
)
def test_vis_6_a_week_is_owed_from_four_days(first: date, last: date | None, owed: bool) -> None:
    assert owes(RENTAL, Life(first, last), WEEK, weekday, VALUES).verdict is owed


@pytest.mark.parametrize(
    ("first", "last", "owed"),
    [
        (date(2025, 6, 1), date(2026, 2, 13), False),
        (date(2025, 6, 1), date(2026, 2, 14), True),
        (date(2026, 2, 15), None, True),
        (date(2026, 2, 16), None, False),
        (date(2026, 1, 10), date(2026, 2, 22), False),
        (date(2026, 1, 10), date(2026, 2, 23), True),
    ],
)
def test_vis_6_a_quarter_is_owed_from_45_days(first: date, last: date | None, owed: bool) -> None:
    assert owes(RESIDENT, Life(first, last), QUARTER, weekday, VALUES).verdict is owed


@pytest.mark.parametrize(
    ("day", "first", "last", "owed"),
    [
        (MONDAY, MONDAY, MONDAY, True),
        (MONDAY, MONDAY + timedelta(days=1), None, False),
        (MONDAY, date(2026, 1, 1), MONDAY - timedelta(days=1), False),
        (SUNDAY, date(2026, 1, 1), None, False),
    ],
)
def test_vis_6_a_duty_date_is_owed_by_whom_it_finds_alive(
    day: date, first: date, last: date | None, owed: bool
) -> None:
    assert owes(GUARD, Life(first, last), Period(day, day), weekday, VALUES).verdict is owed


def test_vis_6_the_whole_of_a_period_is_enough_whatever_the_parameter() -> None:
    longest = Values((("min_days_alive_quarter", 90.0), ("min_days_alive_week", 7.0)))
    assert owes(RENTAL, Life(MONDAY, SUNDAY), WEEK, weekday, longest).verdict
    assert not owes(RENTAL, Life(MONDAY + timedelta(days=1)), WEEK, weekday, longest).verdict
    assert owes(RESIDENT, Life(QUARTER.first, QUARTER.last), QUARTER, weekday, longest).verdict


def test_vis_6_a_finding_says_by_what() -> None:
    found = owes(RESIDENT, Life(date(2026, 2, 16)), QUARTER, weekday, VALUES)
    assert found.cite is VIS_5
    assert found.because == {"days_alive": 44, "least": 45, "on_duty": True}


@pytest.mark.parametrize(
    ("kind", "first", "last", "periods"),
    [
        (RENTAL, MONDAY, SUNDAY, 1),
        (RENTAL, MONDAY, SUNDAY - timedelta(days=1), 0),
        (RENTAL, SUNDAY, SUNDAY, 1),
        (RENTAL, MONDAY, SUNDAY + timedelta(days=7), 2),
        (GUARD, MONDAY, SUNDAY, 7),
        (RESIDENT, date(2026, 3, 31), date(2026, 6, 30), 2),
        (RESIDENT, date(2026, 4, 1), date(2026, 6, 29), 0),
        (RENTAL, SUNDAY, MONDAY, 0),
    ],
)
def test_vis_6_periods_count_where_they_end(
    kind: VisitKind, first: date, last: date, periods: int
) -> None:
    assert len(list(periods_ending(kind, first, last))) == periods


AT_THE_DOOR = VisitMade(VisitManner.ON_SITE, VisitOutcome.MET, distance_m=0.0)


def made(distance_m: float | None = 0.0, **changes: Any) -> VisitMade:
    return replace(AT_THE_DOOR, distance_m=distance_m, **changes)


ELSEWHERE, PHONE = VisitManner.MET_ELSEWHERE, VisitManner.BY_PHONE
FAR = 150.1


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (made(150.0), COUNTS),
        (made(FAR), VisitVerdict.TOO_FAR),
        (made(None), VisitVerdict.TOO_FAR),
        (made(FAR, with_reason=True), COUNTS),
        (made(FAR, manner=ELSEWHERE, with_reason=True), COUNTS),
        (made(None, manner=ELSEWHERE, with_reason=True), COUNTS),
        (made(FAR, manner=ELSEWHERE), VisitVerdict.TOO_FAR),
        (made(0, manner=PHONE, with_reason=True), VisitVerdict.BY_PHONE),
        (made(None, manner=PHONE), VisitVerdict.BY_PHONE),
        (made(outcome=VisitOutcome.REFUSED), COUNTS),
        (made(outcome=VisitOutcome.MOVED_AWAY), COUNTS),
        (made(150.0, outcome=VisitOutcome.NOBODY_HOME), NOBODY),
        (made(FAR, outcome=VisitOutcome.NOBODY_HOME), VisitVerdict.TOO_FAR),
        (made(FAR, outcome=VisitOutcome.NOBODY_HOME, with_reason=True), VisitVerdict.TOO_FAR),
        (made(mocked=True), VisitVerdict.MOCKED),
        (made(FAR, mocked=True, with_reason=True), VisitVerdict.MOCKED),
        (made(in_scope=False), VisitVerdict.OUT_OF_SCOPE),
        (made(in_scope=False, mocked=True), VisitVerdict.OUT_OF_SCOPE),
        (made(registered=False, in_scope=False), VisitVerdict.UNREGISTERED),
    ],
)
def test_vis_7_what_a_visit_is_worth(found: VisitMade, verdict: VisitVerdict) -> None:
    assert judge_visit(found, VALUES).verdict is verdict


def test_vis_7_a_finding_says_how_far_and_how_far_it_may_be() -> None:
    because = judge_visit(made(150.04), VALUES).because
    assert (because["distance_m"], because["radius_m"]) == (150.0, 150)
    assert judge_visit(made(150.04), VALUES).verdict is VisitVerdict.TOO_FAR


def test_vis_7_the_radius_is_a_parameter() -> None:
    wide = Values((("visit_radius_m", 200.0),))
    assert judge_visit(made(200.0), wide).verdict is COUNTS
    assert judge_visit(made(200.1), wide).verdict is VisitVerdict.TOO_FAR


@pytest.mark.parametrize(
    ("moment", "paid"),
    [
        ("2026-03-15T15:59:59.999999+00:00", False),
        ("2026-03-15T16:00:00+00:00", True),
        ("2026-03-22T15:59:59.999999+00:00", True),
        ("2026-03-22T16:00:00+00:00", False),
    ],
)
def test_vis_7_a_week_begins_and_ends_at_midnight_in_shanghai(moment: str, paid: bool) -> None:
    found = payment(RENTAL, WEEK, [visit(datetime.fromisoformat(moment))], VALUES)
    assert bool(found) is paid


def test_vis_7_a_period_is_paid_once_by_its_first_visit() -> None:
    found = payment(RENTAL, WEEK, on(SUNDAY, MONDAY, SUNDAY), VALUES)
    assert [each.record for each in found] == [1]


@pytest.mark.parametrize("verdict", [one for one in VisitVerdict if one is not COUNTS])
def test_vis_7_what_does_not_count_pays_nothing(verdict: VisitVerdict) -> None:
    assert payment(RENTAL, WEEK, on(MONDAY, verdict=verdict), VALUES) == ()


def days_of_march(*days: int) -> list[date]:
    return [date(2026, 3, day) for day in days]


@pytest.mark.parametrize(
    ("days", "paid"),
    [
        (days_of_march(2, 3), 0),
        (days_of_march(2, 3, 4), 3),
        (days_of_march(2, 2, 3), 0),
        (days_of_march(2, 2, 3, 4), 3),
        (days_of_march(2, 3, 4, 5), 3),
        ([date(2025, 12, 31), *days_of_march(2, 3)], 0),
    ],
)
def test_vis_7_nobody_home_on_three_days_pays_a_quarter(days: Sequence[date], paid: int) -> None:
    found = payment(RESIDENT, QUARTER, on(*days, verdict=NOBODY), VALUES)
    assert len(found) == paid


def test_vis_7_nobody_home_pays_no_week() -> None:
    days = [MONDAY + timedelta(days=number) for number in range(5)]
    assert payment(RENTAL, WEEK, on(*days, verdict=NOBODY), VALUES) == ()


def test_vis_7_a_visit_that_counts_comes_before_nobody_home() -> None:
    nobody = on(*days_of_march(2, 3, 4), verdict=NOBODY)
    met = visit(at("10:00:00", date(2026, 3, 30)), record="met")
    assert payment(RESIDENT, QUARTER, [*nobody, met], VALUES) == (met,)


def test_vis_7_how_often_nobody_is_home_is_a_parameter() -> None:
    twice = Values((("nobody_home_visits", 2.0),))
    nobody = on(*days_of_march(2, 3), verdict=NOBODY)
    assert len(payment(RESIDENT, QUARTER, nobody, twice)) == 2


def test_vis_8_coverage_of_nothing_owed_is_none() -> None:
    assert Count(0, 0).share is None
    assert Count(4, 3).share == 0.75
