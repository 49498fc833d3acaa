"""FLD-1, FLD-3, FLD-4: what a date is worth (三(一)1 “6”)."""

from dataclasses import astuple
from datetime import date, timedelta

import numpy as np
import pytest

from app.rules.duty import Half
from app.rules.field_time import (
    FieldDuty,
    FieldTimeFinding,
    Hours,
    final_instant,
    judge_field_time,
    standing,
)
from app.rules.geodesy import Floats
from app.rules.parameters import Values
from tests.rules.facts import WEDNESDAY, at, no_intervals, stay

DEFAULTS = Values.defaults()
HOUR = timedelta(hours=1)
MORNING, AFTERNOON = frozenset({Half.MORNING}), frozenset({Half.AFTERNOON})


def between(*clocks: tuple[str, str], day: date = WEDNESDAY) -> Floats:
    bounds = [[at(start, day).timestamp(), at(end, day).timestamp()] for start, end in clocks]
    return np.array(bounds, dtype=np.float64).reshape(-1, 2)


def judged(
    intervals: Floats,
    appointments: Floats | None = None,
    duty: FieldDuty | None = None,
    values: Values = DEFAULTS,
) -> FieldTimeFinding:
    kept = no_intervals() if appointments is None else appointments
    return judge_field_time(WEDNESDAY, intervals, kept, duty or FieldDuty(), values)


def hours(counted: Hours) -> tuple[float, ...]:
    """Total, morning, afternoon, off-peak."""
    return tuple(seconds / 3600 for seconds in astuple(counted))


FULL = [("09:00:00", "11:00:00"), ("14:30:00", "16:30:00"), ("18:00:00", "20:00:00")]


@pytest.mark.parametrize(
    ("last", "verdict", "short_s"),
    [("20:00:00", "met", 0), ("19:59:59", "short", 1), ("21:00:00", "met", 0)],
)
def test_fld_1_two_hours_each(last: str, verdict: str, short_s: float) -> None:
    found = judged(between(FULL[0], FULL[1], ("18:00:00", last)))
    assert (found.verdict.value, found.short.off_peak, found.short.total) == (
        verdict, short_s, short_s,
    )  # fmt: skip
    assert (found.rule, found.clause) == ("FLD-1", "三(一)1 “6”")


def test_fld_1_six_hours_are_not_enough_without_each_half() -> None:
    found = judged(between(("08:30:00", "12:00:00"), ("18:00:00", "22:00:00")))
    assert hours(found.counted) == (7.5, 3.5, 0, 4)
    assert hours(found.short) == (0, 0, 2, 0)
    assert found.verdict.value == "short"


@pytest.mark.parametrize(
    ("leave", "owed", "verdict"),
    [
        (frozenset(), (6, 2, 2, 2), "short"),
        (MORNING, (4, 0, 2, 2), "short"),
        (AFTERNOON, (4, 2, 0, 2), "met"),
        (MORNING | AFTERNOON, (0, 0, 0, 0), "excused"),
    ],
)
def test_fld_1_leave_of_a_half_is_not_owed(
    leave: frozenset[Half], owed: tuple[float, ...], verdict: str
) -> None:
    found = judged(between(FULL[0], FULL[2]), duty=FieldDuty(leave=leave))
    assert (hours(found.owed), found.verdict.value) == (owed, verdict)


def test_att_6_a_date_without_duty_owes_nothing_but_counts() -> None:
    found = judged(between(FULL[0]), duty=FieldDuty(on_duty=False))
    assert found.verdict.value == "not_owed"
    assert (hours(found.counted), hours(found.short)) == ((2, 2, 0, 0), (0, 0, 0, 0))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("08:00:00", "08:30:00", (0.5, 0, 0, 0.5)),
        ("08:00:00", "09:00:00", (1, 0.5, 0, 0.5)),
        ("11:30:00", "12:30:00", (1, 0.5, 0, 0.5)),
        ("14:00:00", "15:00:00", (1, 0, 0.5, 0.5)),
        ("17:00:00", "18:00:00", (1, 0, 0.5, 0.5)),
        ("12:00:00", "14:30:00", (2.5, 0, 0, 2.5)),
    ],
)
def test_fld_3_edges_of_the_halves(start: str, end: str, expected: tuple[float, ...]) -> None:
    assert hours(judged(between((start, end))).counted) == expected


def test_fld_3_the_city_can_move_the_halves() -> None:
    moved = Values((("morning_from", at("08:00:00").time()),))
    found = judged(between(("08:00:00", "09:00:00")), values=moved)
    assert hours(found.counted) == (1, 1, 0, 0)


def test_fld_3_only_the_civil_date_counts() -> None:
    over_two_midnights = stay(at("23:00:00", date(2026, 3, 17)), 26 * HOUR)
    assert hours(judged(over_two_midnights).counted) == (24, 3.5, 3, 17.5)


@pytest.mark.parametrize(
    ("appointments", "expected"),
    [
        ([], (3.5, 3.5, 0, 0)),
        ([("09:00:00", "10:00:00")], (3.5, 2.5, 0, 1)),
        ([("09:00:00", "11:00:00")], (3.5, 2, 0, 1.5)),
        ([("09:00:00", "10:00:00"), ("09:30:00", "10:00:00")], (3.5, 2.5, 0, 1)),
        ([("07:00:00", "09:00:00")], (3.5, 3, 0, 0.5)),
        ([("13:00:00", "14:00:00")], (3.5, 3.5, 0, 0)),
        ([("10:00:00", "09:00:00")], (3.5, 3.5, 0, 0)),
    ],
)
def test_fld_3_an_appointment_moves_only_the_surplus(
    appointments: list[tuple[str, str]], expected: tuple[float, ...]
) -> None:
    found = judged(between(("08:30:00", "12:00:00")), between(*appointments))
    assert hours(found.counted) == expected


def test_fld_3_an_appointment_moves_nothing_from_a_half_that_is_short() -> None:
    found = judged(between(("08:30:00", "10:30:00")), between(("08:30:00", "10:30:00")))
    assert hours(found.counted) == (2, 2, 0, 0)


def test_fld_3_time_outside_the_grid_is_no_appointment_time() -> None:
    found = judged(between(("08:30:00", "11:00:00")), between(("11:00:00", "12:00:00")))
    assert hours(found.counted) == (2.5, 2.5, 0, 0)


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("11:59:59", "provisional"), ("12:00:00", "provisional"), ("12:00:00.001", "final")],
)
def test_fld_4_final_the_day_after_at_noon(clock: str, expected: str) -> None:
    now = at(clock, WEDNESDAY + timedelta(days=1))
    assert standing(WEDNESDAY, now, DEFAULTS).value == expected
    assert final_instant(WEDNESDAY, DEFAULTS) == at("12:00:00", date(2026, 3, 19))


def test_because_carries_what_was_counted_and_by_which_values() -> None:
    because = judged(between(*FULL), between(FULL[2]), FieldDuty(leave=MORNING)).because
    assert because["counted_s"] == {
        "total": 21600.0, "morning": 7200.0, "afternoon": 7200.0, "off_peak": 7200.0,
    }  # fmt: skip
    assert (because["appointments"], because["leave"]) == (1, ["morning"])
    assert because["thresholds"] == {
        "max_accuracy_m": 100.0, "max_speed_mps": 40.0, "max_gap_s": 300.0,
        "morning_from": "08:30", "morning_to": "12:00",
        "afternoon_from": "14:30", "afternoon_to": "17:30",
    }  # fmt: skip
