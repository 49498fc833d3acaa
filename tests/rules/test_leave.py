"""ATT-5: the halves that leave covers."""

from datetime import date

import pytest

from app.rules.duty import WHOLE_DAY, Half
from app.rules.leave import LeaveSpan, halves_covered, overlaps

AM, PM = Half.MORNING, Half.AFTERNOON


def march(first: int, first_half: Half, last: int, last_half: Half) -> LeaveSpan:
    return LeaveSpan(date(2026, 3, first), first_half, date(2026, 3, last), last_half)


@pytest.mark.parametrize(
    ("day", "halves"),
    [
        (17, frozenset()),
        (18, frozenset({PM})),
        (19, WHOLE_DAY),
        (20, frozenset({AM})),
        (21, frozenset()),
    ],
)
def test_att_5_halves_of_a_leave(day: int, halves: frozenset[Half]) -> None:
    assert halves_covered(march(18, PM, 20, AM), date(2026, 3, day)) == halves


@pytest.mark.parametrize("half", [AM, PM])
def test_att_5_a_single_half(half: Half) -> None:
    assert halves_covered(march(18, half, 18, half), date(2026, 3, 18)) == {half}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (march(17, AM, 18, AM), False),
        (march(17, AM, 18, PM), True),
        (march(20, AM, 20, AM), True),
        (march(20, PM, 21, PM), False),
        (march(19, AM, 19, AM), True),
        (march(1, AM, 31, PM), True),
    ],
)
def test_att_5_leaves_that_share_a_half(other: LeaveSpan, expected: bool) -> None:
    leave = march(18, PM, 20, AM)
    assert overlaps(leave, other) is overlaps(other, leave) is expected


def test_dates_up_to_today() -> None:
    leave = march(18, PM, 20, AM)
    assert leave.days(date(2026, 3, 17)) == []
    assert leave.days(date(2026, 3, 18)) == [date(2026, 3, 18)]
    assert len(leave.days(date(2026, 4, 1))) == 3
