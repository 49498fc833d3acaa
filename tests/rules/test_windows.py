"""ATT-5: what became of a window (三(二)2)."""

from datetime import date, timedelta

import pytest

from app.rules.duty import Half
from app.rules.parameters import Values
from app.rules.windows import DayRecords, WindowState, judge_windows, may_request_correction
from tests.rules.facts import WEDNESDAY, at

MORNING, AFTERNOON = frozenset({Half.MORNING}), frozenset({Half.AFTERNOON})


def states(records: DayRecords, clock: str = "23:00:00") -> list[str]:
    return [found.verdict.value for found in judge_windows(WEDNESDAY, records, at(clock))]


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("08:29:59", ["upcoming", "upcoming", "upcoming"]),
        ("08:30:00", ["open", "upcoming", "upcoming"]),
        ("09:00:00.999", ["open", "upcoming", "upcoming"]),
        ("09:00:01", ["missed", "upcoming", "upcoming"]),
        ("14:30:00", ["missed", "open", "upcoming"]),
        ("15:00:01", ["missed", "missed", "upcoming"]),
        ("17:00:00", ["missed", "missed", "open"]),
        ("17:00:01", ["missed", "missed", "missed"]),
    ],
)
def test_att_5_a_window_is_missed_when_it_ended(clock: str, expected: list[str]) -> None:
    assert states(DayRecords(on_duty=True), clock) == expected


@pytest.mark.parametrize(
    ("leave", "expected"),
    [
        (MORNING, ["excused", "missed", "missed"]),
        (AFTERNOON, ["missed", "excused", "excused"]),
        (MORNING | AFTERNOON, ["excused", "excused", "excused"]),
    ],
)
def test_att_5_leave_excuses_by_halves(leave: frozenset[Half], expected: list[str]) -> None:
    assert states(DayRecords(on_duty=True, leave=leave)) == expected


def test_att_5_a_sign_in_comes_before_a_correction_and_a_correction_before_leave() -> None:
    records = DayRecords(True, {1: "a"}, {1: "b", 2: "c"}, MORNING | AFTERNOON)
    found = judge_windows(WEDNESDAY, records, at("23:00:00"))
    assert [each.verdict for each in found] == [
        WindowState.FILLED, WindowState.MADE_GOOD, WindowState.EXCUSED,
    ]  # fmt: skip
    assert [each.because for each in found] == [
        {"record": "a"}, {"record": "c"}, {"leave": "afternoon"},
    ]  # fmt: skip
    assert [each.clause for each in found] == ["三(一)1 “3”", "三(二)2", "三(二)2"]


def test_att_6_a_date_without_duty_owes_no_window() -> None:
    assert states(DayRecords(on_duty=False, valid={1: "a"})) == ["not_owed"] * 3


def test_att_5_the_next_day_everything_unfilled_is_missed() -> None:
    tomorrow = at("00:00:00", WEDNESDAY + timedelta(days=1))
    found = judge_windows(WEDNESDAY, DayRecords(on_duty=True, valid={2: "a"}), tomorrow)
    assert [each.verdict.value for each in found] == ["missed", "filled", "missed"]
    assert [each.window.number for each in found] == [1, 2, 3]


@pytest.mark.parametrize(
    ("requested_on", "allowed"),
    [
        (date(2026, 3, 17), False),
        (date(2026, 3, 18), True),
        (date(2026, 3, 23), True),
        (date(2026, 3, 24), False),
    ],
)
def test_att_5_a_correction_is_asked_for_within_five_days(
    requested_on: date, allowed: bool
) -> None:
    assert may_request_correction(WEDNESDAY, requested_on, Values.defaults()) is allowed
