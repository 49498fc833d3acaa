"""TSK-3: the dates on which an account was active (四(二)3)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.activity import LoggedIn, active_days, month_of
from app.rules.tasks import Platform

CHENGDU, SICHUAN = Platform.CHENGDU, Platform.SICHUAN
FEBRUARY = month_of(date(2026, 2, 14))


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 2, 1), date(2026, 2, 1), date(2026, 2, 28)),
        (date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_tsk_3_a_month(day: date, first: date, last: date) -> None:
    assert month_of(day) == (first, last)


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2026, 1, 31), 0),
        (date(2026, 2, 1), 1),
        (date(2026, 2, 28), 1),
        (date(2026, 3, 1), 0),
    ],
)
def test_tsk_3_only_dates_of_the_span(day: date, counts: int) -> None:
    assert len(active_days([LoggedIn(CHENGDU, day)], *FEBRUARY)[CHENGDU]) == counts


def test_tsk_3_each_platform_by_itself_and_a_date_once() -> None:
    second, third = date(2026, 2, 2), date(2026, 2, 3)
    logins = [LoggedIn(CHENGDU, third), LoggedIn(CHENGDU, second), LoggedIn(CHENGDU, third)]
    found = active_days([*logins, LoggedIn(SICHUAN, second)], *FEBRUARY)
    assert found == {CHENGDU: (second, third), SICHUAN: (second,)}
    assert active_days([], *FEBRUARY) == {CHENGDU: (), SICHUAN: ()}


LOGINS = st.lists(
    st.builds(LoggedIn, st.sampled_from(Platform), st.dates(date(2026, 1, 20), date(2026, 3, 10)))
)


@given(LOGINS, LOGINS)
def test_tsk_3_another_login_never_takes_a_date_away(
    logins: list[LoggedIn], more: list[LoggedIn]
) -> None:
    before, after = active_days(logins, *FEBRUARY), active_days(logins + more, *FEBRUARY)
    for platform in Platform:
        assert set(before[platform]) <= set(after[platform])
        assert len(after[platform]) <= 28
