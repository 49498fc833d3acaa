"""Part 0: values are dated, and a parameter never takes effect in the past (八, 九)."""

from datetime import date, time

import pytest

from app.rules.attendance import ATT_1, MAX_ACCURACY_M, STATION_RADIUS_M
from app.rules.dated import Dated, Since
from app.rules.field_time import FINAL_AT, MORNING_FROM
from app.rules.parameters import (
    PARAMETERS,
    Supersession,
    Values,
    check_supersession,
    check_value,
    values_on,
    written,
)

TODAY = date(2026, 3, 18)


def test_0_defaults_are_the_rulebooks() -> None:
    assert Values.defaults().as_json() == {
        "accuracy_min_checked": 20,
        "account_kept_days": 45,
        "afternoon_from": "14:30",
        "afternoon_to": "17:30",
        "application_erased_after_days": 365,
        "appraisal_pass_mark": 60,
        "appraisal_weight_attendance": 20,
        "appraisal_weight_events": 15,
        "appraisal_weight_field_time": 20,
        "appraisal_weight_information": 15,
        "appraisal_weight_meetings": 5,
        "appraisal_weight_services": 5,
        "appraisal_weight_visits": 20,
        "contract_notice_days": 90,
        "correction_days": 5,
        "drafts_erased_after_days": 90,
        "duplicate_radius_m": 30,
        "edge_tolerance_m": 30,
        "ended_erased_after_days": 365,
        "entry_days": 7,
        "equipment_check_days": 5,
        "errand_erased_after_days": 180,
        "event_erased_after_days": 365,
        "final_at": "12:00",
        "group_adjacency_m": 50,
        "key_period_days": 60,
        "late_sync_hours": 72,
        "late_unproven_s": 300,
        "max_accuracy_m": 100,
        "max_clock_skew_s": 60,
        "max_gap_s": 300,
        "max_speed_mps": 40,
        "meeting_correction_days": 5,
        "meeting_record_days": 31,
        "min_days_alive_duty_date": 1,
        "min_days_alive_quarter": 45,
        "min_days_alive_week": 4,
        "monthly_event_quota": 0,
        "morning_from": "08:30",
        "morning_to": "12:00",
        "nobody_home_visits": 3,
        "red_after_h": 24,
        "pay_correction_months": 12,
        "platform_messages_erased_after_days": 90,
        "special_erased_after_days": 30,
        "station_radius_m": 200,
        "survey_min_asked": 30,
        "visit_radius_m": 150,
        "visits_close_after_h": 72,
        "year_excellent_from": 90,
        "year_failed_months": 2,
        "year_qualified_from": 60,
    }


HISTORY = [
    Supersession("station_radius_m", 300, date(2026, 5, 1)),
    Supersession("station_radius_m", 250, date(2026, 5, 1)),
    Supersession("station_radius_m", "150", date(2026, 4, 1)),
    Supersession("morning_from", "08:00", date(2026, 4, 1)),
]


@pytest.mark.parametrize(
    ("day", "radius_m", "morning_from"),
    [
        (date(2026, 3, 31), 200, time(8, 30)),
        (date(2026, 4, 1), 150, time(8, 0)),
        (date(2026, 4, 30), 150, time(8, 0)),
        (date(2026, 5, 1), 250, time(8, 0)),
    ],
)
def test_0_a_date_is_judged_with_the_values_of_that_date(
    day: date, radius_m: float, morning_from: time
) -> None:
    values = values_on(day, HISTORY)
    assert (values[STATION_RADIUS_M], values[MORNING_FROM]) == (radius_m, morning_from)
    assert values[MAX_ACCURACY_M] == 100


@pytest.mark.parametrize(
    ("effective_from", "codes"), [(date(2026, 3, 17), ["in_the_past"]), (TODAY, [])]
)
def test_0_never_retroactively(effective_from: date, codes: list[str]) -> None:
    row = Supersession("station_radius_m", 150, effective_from)
    assert [problem.code for problem in check_supersession(row, TODAY)] == codes


@pytest.mark.parametrize(
    ("name", "value", "codes"),
    [
        ("station_radius_m", 20, []),
        ("station_radius_m", 19.9, ["out_of_bounds"]),
        ("station_radius_m", 2000, []),
        ("station_radius_m", 2001, ["out_of_bounds"]),
        ("station_radius_m", float("nan"), ["out_of_bounds"]),
        ("station_radius_m", float("inf"), ["out_of_bounds"]),
        ("station_radius_m", True, ["unreadable"]),
        ("station_radius_m", None, ["unreadable"]),
        ("station_radius_m", "wide", ["unreadable"]),
        ("station_radius_m", "08:30", ["unreadable"]),
        ("final_at", "23:59", []),
        ("final_at", "24:30", ["unreadable"]),
        ("final_at", 12, ["unreadable"]),
        ("morning_from", "09:30", []),
        ("morning_from", "09:31", ["out_of_bounds"]),
        ("radius", 1, ["unknown"]),
    ],
)
def test_0_a_value_is_checked(name: str, value: object, codes: list[str]) -> None:
    assert [problem.code for problem in check_value(name, value)] == codes


def test_0_every_default_lies_within_its_own_bounds() -> None:
    for name, parameter in PARAMETERS.items():
        assert check_value(name, written(parameter.default)) == ()


def test_0_equal_values_are_one_key() -> None:
    assert values_on(TODAY, []) == Values.defaults()
    assert len({values_on(date(2026, 5, 1), HISTORY), values_on(date(2026, 6, 1), HISTORY)}) == 1
    assert Values.defaults()[FINAL_AT] == time(12, 0)


def test_dated_raises_before_the_first_date() -> None:
    dated = Dated(Since(date(2017, 9, 1), 1, ATT_1), Since(date(2026, 1, 1), 2, ATT_1))
    assert [dated.on(date(2017, 9, 1)), dated.on(date(2025, 12, 31))] == [1, 1]
    assert dated.on(date(2026, 1, 1)) == 2
    with pytest.raises(LookupError):
        dated.on(date(2017, 8, 31))


def test_dated_needs_a_rising_history() -> None:
    with pytest.raises(ValueError, match="rising"):
        Dated(Since(date(2026, 1, 1), 1, ATT_1), Since(date(2026, 1, 1), 2, ATT_1))
    with pytest.raises(ValueError, match="rising"):
        Dated[int]()
