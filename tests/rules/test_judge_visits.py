"""VIS: the judge reads visits however they are written."""

from datetime import date
from typing import Any

import pytest

from app.rules.judge import JudgedCase, judge_file

CASE: dict[str, Any] = {
    "name": "a",
    "kind": "rental",
    "alive": ["2026-01-01", None],
    "from": "2026-03-16",
    "to": "2026-03-22",
    "visits": ["2026-03-17T10:00:00+08:00"],
    "expect": {"owed": 1, "paid": 1},
}
PLACE = [104.547, 30.411]
AT = "2026-03-17T10:00:00+08:00"


def weekday(day: date) -> bool:
    return day.weekday() < 5


def judged(**changes: Any) -> JudgedCase:
    [case] = judge_file({"judge": "visits", "cases": [{**CASE, **changes}]}, None, weekday)
    return case


def test_a_case_names_the_rule_of_its_kind() -> None:
    assert (judged().agrees, judged().rule, judged().clause) == (True, "VIS-2", "三(一)1 “5”二")


@pytest.mark.parametrize(
    ("visit", "verdict"),
    [
        ({"at": AT}, "counts"),
        ({"captured_at": AT}, "counts"),
        ({"at": "2026-03-17T10:00:00"}, "counts"),
        ({"at": AT, "distance_m": 150}, "counts"),
        ({"at": AT, "distance_m": 150.1}, "too_far"),
        ({"at": AT, "distance_m": 400, "reason": "在小区门口遇见"}, "counts"),
        ({"at": AT, "distance_m": 400, "manner": "met_elsewhere"}, "counts"),
        ({"at": AT, "distance_m": 400, "manner": "met_elsewhere", "reason": None}, "too_far"),
        ({"at": AT, "position": [104.547, 30.4123]}, "counts"),
        ({"at": AT, "position": [104.547, 30.4124]}, "too_far"),
        ({"at": AT, "lon": 104.547, "lat": 30.4124}, "too_far"),
        ({"at": AT, "position": {"type": "Point", "coordinates": PLACE}}, "counts"),
        ({"at": AT, "manner": "by_phone"}, "by_phone"),
        ({"at": AT, "mocked": True}, "mocked"),
        ({"at": AT, "outcome": "nobody_home"}, "nobody_home"),
        ({"at": AT, "outcome": "refused"}, "counts"),
        ({"at": AT, "outcome": "moved_away"}, "counts"),
        ({"at": AT, "in_scope": False}, "out_of_scope"),
        ({"at": AT, "registered": False}, "unregistered"),
        ({"at": AT, "verdict": "too_far"}, "too_far"),
    ],
)
def test_vis_7_a_visit_as_an_object(visit: dict[str, Any], verdict: str) -> None:
    case = judged(point=PLACE, visits=[visit])
    assert (case.error, case.obtained["verdicts"]) == (None, [verdict])
    assert case.obtained["paid"] == (verdict == "counts")


@pytest.mark.parametrize(
    ("changes", "owed"),
    [
        ({"kind": "property_guard"}, 5),
        ({"kind": "property_guard", "on_duty": False}, 0),
        ({"kind": "property_guard", "on_duty": {"2026-03-21": True}}, 6),
        ({"kind": "property_guard", "calendar": {"2026-03-18": False}}, 4),
        ({"kinds": ["rental", "property_guard"]}, 6),
        ({"targets": [{"kind": "care"}, {"kind": "care", "alive": ["2026-03-20", None]}]}, 1),
        ({"alive": {"from": "2026-03-19"}}, 1),
        ({"alive": {"from": "2026-03-01", "to": "2026-03-18"}}, 0),
        ({"parameters": {"min_days_alive_week": 7}, "alive": ["2026-03-17", None]}, 0),
    ],
)
def test_vis_6_what_a_case_says_is_owed(changes: dict[str, Any], owed: int) -> None:
    case = judged(**changes)
    assert (case.error, case.obtained["owed"]) == (None, owed)


def test_vis_6_one_visit_pays_both_kinds_of_a_household() -> None:
    case = judged(kinds=["rental", "special_group"], expect={"owed": 2, "paid": 2})
    assert (case.agrees, case.rule) == (True, "VIS-6")


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "gossip"},
        {"alive": None},
        {"alive": "always"},
        {"from": None},
        {"visits": [5]},
        {"visits": [{"at": None}]},
        {"visits": [{"at": AT, "manner": "by_pigeon"}]},
        {"visits": [{"at": AT, "position": "here"}], "point": PLACE},
        {"targets": [{}]},
        {"kinds": 5},
    ],
)
def test_a_broken_case_is_a_row(changes: dict[str, Any]) -> None:
    assert judged(**changes).error


def test_vis_6_a_life_without_an_end_is_written_in_three_ways() -> None:
    since = "2026-01-01"
    for alive in ([since, None], [since], {"from": since}):
        assert judged(alive=alive).agrees
