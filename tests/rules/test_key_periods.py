"""EMR-1: the dates of a response, whom it concerns and who has read it (二8)."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.civil import civil_day
from app.rules.key_periods import (
    KeySpan,
    Stood,
    duty_dates,
    duty_units,
    is_concerned,
    is_short_enough,
    judge_acknowledgement,
    state_of,
)
from app.rules.parameters import Values
from tests.rules.facts import at

FRIDAY, SATURDAY, SUNDAY = date(2026, 3, 20), date(2026, 3, 21), date(2026, 3, 22)
COMMUNITY = "510185001001"
GRID = f"{COMMUNITY}001"


def span(starts: datetime, ends: datetime, ended: datetime | None = None) -> KeySpan:
    return KeySpan(starts, ends, ended)


@pytest.mark.parametrize(
    ("starts", "ends", "dates"),
    [
        (at("20:00:00", FRIDAY), at("23:59:59", FRIDAY), [FRIDAY]),
        (at("20:00:00", FRIDAY), at("00:00:00", SATURDAY), [FRIDAY]),
        (at("20:00:00", FRIDAY), at("00:00:01", SATURDAY), [FRIDAY, SATURDAY]),
        (at("23:59:59", FRIDAY), at("00:00:01", SUNDAY), [FRIDAY, SATURDAY, SUNDAY]),
    ],
)
def test_emr_1_every_date_it_touches(starts: datetime, ends: datetime, dates: list[date]) -> None:
    assert list(duty_dates(span(starts, ends))) == dates


def test_emr_1_an_end_before_its_time_cuts_the_dates() -> None:
    whole = (at("08:00:00", FRIDAY), at("20:00:00", SUNDAY))
    assert list(duty_dates(span(*whole, at("09:00:00", SATURDAY)))) == [FRIDAY, SATURDAY]
    assert list(duty_dates(span(*whole, at("09:00:00", date(2026, 3, 19))))) == [FRIDAY]


@given(
    st.timedeltas(timedelta(0), timedelta(days=400)),
    st.timedeltas(timedelta(microseconds=1), timedelta(days=60)),
)
def test_emr_1_its_dates_are_in_a_row(later: timedelta, length: timedelta) -> None:
    begins = at("08:00:00", FRIDAY) + later
    dates = duty_dates(span(begins, begins + length))
    assert dates[0] == civil_day(begins)
    assert dates[-1] <= civil_day(begins + length)
    assert [day.toordinal() for day in dates] == list(
        range(dates[0].toordinal(), dates[-1].toordinal() + 1)
    )


@pytest.mark.parametrize(
    ("units", "kept"),
    [
        ([GRID], (COMMUNITY,)),
        ([GRID, f"{COMMUNITY}002"], (COMMUNITY,)),
        ([GRID, "510185001"], ("510185001",)),
        (["510185001002", COMMUNITY], (COMMUNITY, "510185001002")),
        (["510185", "510185001", COMMUNITY], ("510185",)),
    ],
)
def test_emr_1_duty_is_kept_at_stations(units: list[str], kept: tuple[str, ...]) -> None:
    assert duty_units(units) == kept


@pytest.mark.parametrize(
    ("unit", "place", "concerned"),
    [
        (COMMUNITY, Stood(COMMUNITY, FRIDAY, None), True),
        (COMMUNITY, Stood(COMMUNITY, SATURDAY, None), False),
        (COMMUNITY, Stood(COMMUNITY, date(2026, 1, 1), FRIDAY), True),
        (COMMUNITY, Stood(COMMUNITY, date(2026, 1, 1), date(2026, 3, 19)), False),
        ("510185", Stood(COMMUNITY, FRIDAY, FRIDAY), True),
        ("510185002", Stood(COMMUNITY, FRIDAY, FRIDAY), False),
        (GRID, Stood(GRID, FRIDAY, FRIDAY), True),
        (GRID, Stood(COMMUNITY, FRIDAY, FRIDAY), False),
        (GRID, Stood(f"{COMMUNITY}002", FRIDAY, FRIDAY), False),
    ],
)
def test_emr_1_whom_it_concerns(unit: str, place: Stood, concerned: bool) -> None:
    assert is_concerned({unit}, [place], [FRIDAY]).verdict is concerned


@pytest.mark.parametrize(
    ("acknowledged", "ended", "now", "state"),
    [
        (None, None, at("19:59:59", SUNDAY), "waiting"),
        (None, None, at("20:00:00", SUNDAY), "not_acknowledged"),
        (None, at("09:00:00", SATURDAY), at("08:59:59", SATURDAY), "waiting"),
        (None, at("09:00:00", SATURDAY), at("09:00:00", SATURDAY), "not_acknowledged"),
        (at("08:10:00", FRIDAY), None, at("08:11:00", FRIDAY), "acknowledged"),
        (at("21:00:00", SUNDAY), None, at("22:00:00", SUNDAY), "acknowledged"),
    ],
)
def test_emr_1_acknowledged_or_waiting(
    acknowledged: datetime | None, ended: datetime | None, now: datetime, state: str
) -> None:
    whole = span(at("08:00:00", FRIDAY), at("20:00:00", SUNDAY), ended)
    found = judge_acknowledgement(acknowledged, whole, now)
    assert (found.verdict, found.rule, found.clause) == (state, "EMR-1", "二8")


@pytest.mark.parametrize(
    ("now", "ended", "state"),
    [
        (at("07:59:59", FRIDAY), None, "upcoming"),
        (at("08:00:00", FRIDAY), None, "open"),
        (at("19:59:59", SUNDAY), None, "open"),
        (at("20:00:00", SUNDAY), None, "over"),
        (at("09:00:00", SATURDAY), at("09:00:00", SATURDAY), "ended"),
        (at("20:00:00", SUNDAY), at("09:00:00", SATURDAY), "ended"),
    ],
)
def test_emr_1_where_it_stands(now: datetime, ended: datetime | None, state: str) -> None:
    assert state_of(span(at("08:00:00", FRIDAY), at("20:00:00", SUNDAY), ended), now) == state


@pytest.mark.parametrize(
    ("length", "short"),
    [(timedelta(days=60), True), (timedelta(days=60, microseconds=1), False)],
)
def test_emr_1_at_most_60_days(length: timedelta, short: bool) -> None:
    starts = at("08:00:00", FRIDAY)
    assert is_short_enough(span(starts, starts + length), Values.defaults()) is short
