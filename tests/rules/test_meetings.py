"""MTG-1 and TRN-1: what is owed, what is held, and who was there (三(二)3, 三(二)4)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.divisions import UnitTier
from app.rules.duty import Half
from app.rules.meetings import (
    Attendance,
    CadenceVerdict,
    HeldMeeting,
    MeetingKind,
    MeetingPeriod,
    Presence,
    count_attendance,
    half_of_meeting,
    is_owed,
    judge_cadence,
    judge_presence,
    judge_rotation,
    may_correct,
    may_hold,
    may_record,
    meeting_period,
    periods_touching,
)
from app.rules.parameters import Values
from tests.rules.facts import WEDNESDAY, at

MORNING, WEEKLY = MeetingKind.MORNING, MeetingKind.WEEKLY
COMMUNITY, TOWNSHIP = MeetingKind.COMMUNITY_TRAINING, MeetingKind.TOWNSHIP_TRAINING
CITY = MeetingKind.CITY_TRAINING
DAYS = st.dates(date(2018, 1, 1), date(2098, 12, 31))


@pytest.mark.parametrize(
    ("kind", "tier", "clause"),
    [
        (MORNING, UnitTier.COMMUNITY, "三(二)3"),
        (WEEKLY, UnitTier.COMMUNITY, "三(二)3"),
        (COMMUNITY, UnitTier.COMMUNITY, "三(二)4"),
        (TOWNSHIP, UnitTier.TOWNSHIP, "三(二)4"),
        (CITY, UnitTier.CITY, "三(二)4"),
    ],
)
def test_mtg_1_trn_1_one_tier_holds_each_kind(
    kind: MeetingKind, tier: UnitTier, clause: str
) -> None:
    findings = {asked: may_hold(kind, asked, WEDNESDAY) for asked in UnitTier}
    assert {asked for asked, found in findings.items() if found.verdict} == {tier}
    assert {found.clause for found in findings.values()} == {clause}


@pytest.mark.parametrize(
    ("kind", "day", "first", "last"),
    [
        (MORNING, date(2026, 3, 18), date(2026, 3, 18), date(2026, 3, 18)),
        (WEEKLY, date(2026, 3, 15), date(2026, 3, 9), date(2026, 3, 15)),
        (WEEKLY, date(2026, 3, 16), date(2026, 3, 16), date(2026, 3, 22)),
        (WEEKLY, date(2026, 12, 31), date(2026, 12, 28), date(2027, 1, 3)),
        (COMMUNITY, date(2026, 2, 28), date(2026, 2, 1), date(2026, 2, 28)),
        (COMMUNITY, date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
        (COMMUNITY, date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
        (TOWNSHIP, date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31)),
        (TOWNSHIP, date(2026, 4, 1), date(2026, 4, 1), date(2026, 6, 30)),
        (TOWNSHIP, date(2026, 11, 15), date(2026, 10, 1), date(2026, 12, 31)),
        (CITY, date(2026, 1, 1), date(2026, 1, 1), date(2026, 12, 31)),
        (CITY, date(2026, 12, 31), date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_mtg_1_trn_1_periods(kind: MeetingKind, day: date, first: date, last: date) -> None:
    assert meeting_period(kind, day) == MeetingPeriod(first, last)


@given(kind=st.sampled_from(MeetingKind), first=DAYS, length=st.integers(0, 400))
def test_mtg_1_trn_1_periods_lie_end_to_end(kind: MeetingKind, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    periods = list(periods_touching(kind, first, last))
    assert first in periods[0]
    assert last in periods[-1]
    for one, following in pairwise(periods):
        assert following.first == one.last + timedelta(days=1)
    assert all(meeting_period(kind, day) == period for period in periods for day in period.days)


@pytest.mark.parametrize(("duty", "expected"), [([], False), ([18], True), ([15, 23], False)])
def test_mtg_1_only_weeks_with_a_duty_date_owe(duty: list[int], expected: bool) -> None:
    week = meeting_period(WEEKLY, WEDNESDAY)
    assert is_owed(week, lambda day: day in {date(2026, 3, number) for number in duty}) is expected


def test_mtg_1_a_date_without_duty_owes_no_morning_meeting() -> None:
    assert is_owed(meeting_period(MORNING, WEDNESDAY), lambda day: True)
    assert not is_owed(meeting_period(MORNING, WEDNESDAY), lambda day: False)


@pytest.mark.parametrize(
    ("kind", "held_on", "today", "verdict"),
    [
        (MORNING, date(2026, 3, 18), date(2026, 3, 18), "held"),
        (MORNING, date(2026, 3, 17), date(2026, 3, 19), "missed"),
        (MORNING, None, date(2026, 3, 18), "open"),
        (MORNING, None, date(2026, 3, 19), "missed"),
        (WEEKLY, date(2026, 3, 15), date(2026, 3, 22), "open"),
        (WEEKLY, date(2026, 3, 16), date(2026, 3, 22), "held"),
        (WEEKLY, date(2026, 3, 22), date(2026, 3, 23), "held"),
        (WEEKLY, date(2026, 3, 23), date(2026, 3, 23), "missed"),
        (COMMUNITY, date(2026, 3, 1), date(2026, 4, 1), "held"),
        (COMMUNITY, date(2026, 2, 28), date(2026, 3, 31), "open"),
        (COMMUNITY, date(2026, 2, 28), date(2026, 4, 1), "missed"),
        (TOWNSHIP, date(2026, 1, 1), date(2026, 4, 1), "held"),
        (TOWNSHIP, date(2025, 12, 31), date(2026, 3, 31), "open"),
        (TOWNSHIP, date(2026, 4, 1), date(2026, 4, 1), "missed"),
    ],
)
def test_mtg_1_trn_1_held_missed_or_open(
    kind: MeetingKind, held_on: date | None, today: date, verdict: str
) -> None:
    held = [HeldMeeting(held_on, "m")] if held_on else []
    found = judge_cadence(kind, meeting_period(kind, WEDNESDAY), held, today)
    assert found.verdict == verdict
    assert found.clause == ("三(二)3" if kind in (MORNING, WEEKLY) else "三(二)4")


@pytest.mark.parametrize(("day", "monday"), [(16, True), (17, False)])
def test_mtg_1_another_day_than_monday_is_held_and_said(day: int, monday: bool) -> None:
    held = [HeldMeeting(date(2026, 3, day), "m")]
    found = judge_cadence(WEEKLY, meeting_period(WEEKLY, WEDNESDAY), held, date(2026, 3, 23))
    assert found.verdict is CadenceVerdict.HELD
    assert found.because == {"held": ["m"], "on_monday": monday}


@pytest.mark.parametrize(
    ("attended", "today", "verdict"),
    [
        ({1, 2}, date(2026, 6, 1), "held"),
        ({1}, date(2026, 12, 31), "open"),
        ({1}, date(2027, 1, 1), "missed"),
        ({1, 3}, date(2027, 1, 1), "missed"),
    ],
)
def test_trn_1_the_city_trains_every_worker_once_a_year(
    attended: set[int], today: date, verdict: str
) -> None:
    found = judge_rotation({1, 2}, attended, meeting_period(CITY, WEDNESDAY), today)
    assert found.verdict == verdict
    assert found.because == {"owed": 2, "attended": len(attended & {1, 2})}


@pytest.mark.parametrize(
    ("said", "starts", "leave", "expected"),
    [
        ("absent", "08:30:00", set(), "absent"),
        ("absent", "08:30:00", {Half.MORNING}, "excused"),
        ("absent", "11:59:59", {Half.MORNING}, "excused"),
        ("absent", "12:00:00", {Half.MORNING}, "absent"),
        ("absent", "12:00:00", {Half.AFTERNOON}, "excused"),
        ("present", "08:30:00", {Half.MORNING}, "present"),
        ("excused", "08:30:00", set(), "excused"),
    ],
)
def test_mtg_1_absent_on_approved_leave_is_excused(
    said: str, starts: str, leave: set[Half], expected: str
) -> None:
    found = judge_presence(Presence(said), at(starts), dict.fromkeys(leave, "leave-1"))
    assert found.verdict == expected
    assert ("leave" in found.because) is (said == "absent" and expected == "excused")


def test_mtg_1_the_half_is_the_civil_one() -> None:
    assert half_of_meeting(at("08:30:00").astimezone(tz=None)) is Half.MORNING


def test_mtg_1_excused_owe_nothing() -> None:
    said = [Presence.PRESENT, Presence.PRESENT, Presence.ABSENT, Presence.EXCUSED]
    assert count_attendance(said) == Attendance(owed=3, attended=2, excused=1)
    assert count_attendance([]) == Attendance(0, 0, 0)


@given(st.lists(st.sampled_from(Presence)), st.lists(st.sampled_from(Presence)))
def test_mtg_1_attendance_adds_up(one: list[Presence], other: list[Presence]) -> None:
    found = count_attendance(one)
    assert 0 <= found.attended <= found.owed
    assert found.owed + found.excused == len(one)
    assert found + count_attendance(other) == count_attendance(one + other)


@pytest.mark.parametrize(("after", "allowed"), [(-1, False), (0, True), (31, True), (32, False)])
def test_mtg_1_recorded_within_31_days(after: int, allowed: bool) -> None:
    today = WEDNESDAY + timedelta(days=after)
    assert may_record(WEDNESDAY, today, Values.defaults()) is allowed


@pytest.mark.parametrize(("after", "allowed"), [(0, True), (5, True), (6, False)])
def test_mtg_1_corrected_within_5_days(after: int, allowed: bool) -> None:
    today = WEDNESDAY + timedelta(days=after)
    assert may_correct(WEDNESDAY, today, Values.defaults()) is allowed
