"""VIS-6, VIS-7: when a period closes, and by which date an unpaid visit is charged."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.civil import CIVIL_TIME
from app.rules.closing import charge_day, closes_at
from app.rules.parameters import Values

MONDAY, SUNDAY = date(2026, 3, 16), date(2026, 3, 22)


def weekday(day: date) -> bool:
    return day.isoweekday() <= 5


@pytest.mark.parametrize(
    ("hours", "day", "hour"), [(None, 26, 0), (0, 23, 0), (1.5, 23, 1), (24, 24, 0)]
)
def test_vis_6_closes_so_long_after_the_end_of_the_last_day(
    hours: float | None, day: int, hour: int
) -> None:
    values = Values() if hours is None else Values((("visits_close_after_h", float(hours)),))
    minute = 30 if hours == 1.5 else 0
    assert closes_at(SUNDAY, values) == datetime(2026, 3, day, hour, minute, tzinfo=CIVIL_TIME)


@pytest.mark.parametrize(
    ("first", "last", "charged"),
    [
        (16, 22, 20),
        (16, 20, 20),
        (16, 19, 19),
        (20, 22, 20),
        (21, 22, 22),
        (22, 22, 22),
        (18, 18, 18),
    ],
)
def test_vis_7_charged_by_the_last_duty_date_else_by_the_last_date(
    first: int, last: int, charged: int
) -> None:
    found = charge_day(date(2026, 3, first), date(2026, 3, last), weekday)
    assert found == date(2026, 3, charged)


@given(st.dates(date(2018, 1, 1), date(2030, 1, 1)), st.integers(0, 120), st.booleans())
def test_vis_7_charged_within_the_dates_on_which_it_could_be_paid(
    first: date, days: int, ever: bool
) -> None:
    last = first + timedelta(days=days)
    found = charge_day(first, last, lambda day: ever and weekday(day))
    assert first <= found <= last
    assert found == last or weekday(found)
