"""The judge reads what people write: it answers with rows, never with a traceback."""

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.counsel import case_line
from app.rules.judge import JUDGES, JudgedCase, judge_file
from tests.rules.facts import square

SIGN_IN: dict[str, Any] = {
    "name": "a",
    "captured_at": "2026-03-18T08:40:00+08:00",
    "received_at": "2026-03-18T08:40:00+08:00",
    "position": [104.547, 30.411],
    "expect": {"verdict": "valid", "window": 1},
}
GRID = square().__geo_interface__
FIELD: dict[str, Any] = {
    "date": "2026-03-18",
    "grids": [GRID],
    "devices": [[
        {"t": "2026-03-18T09:00:00+08:00", "lon": 104.548, "lat": 30.412},
        {"t": "2026-03-18T09:05:00+08:00", "lon": 104.548, "lat": 30.412},
    ]],
    "expect": {"morning_s": 300},
}  # fmt: skip


def always(_: date) -> bool:
    return True


def beyond_the_calendar(day: date) -> bool:
    raise NotImplementedError(f"no holidays known for {day.year}")


def attendance(*cases: object, **shared: object) -> dict[str, Any]:
    return {"judge": "attendance", "station": [104.547, 30.411], "cases": list(cases), **shared}


def test_what_a_case_leaves_out_is_not_at_issue() -> None:
    [case] = judge_file(attendance(SIGN_IN), None, always)
    assert (case.agrees, case.rule, case.clause) == (True, "ATT-1", "三(一)1 “3”")


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"mock": True}, "mocked"),
        ({"accuracy": 101}, "imprecise"),
        ({"on_duty": False}, "no_duty"),
        ({"station": None}, "needs_review"),
        ({"parameters": {"station_radius_m": 20}, "position": [104.5473, 30.411]}, "off_site"),
        ({"captured_at": "2026-03-18T08:40:01+08:00"}, "refused"),
        ({"captured_at": "2026-03-18T00:40:00Z"}, "valid"),
        ({"captured_at": "2026-03-18T08:40:00"}, "valid"),
    ],
)
def test_what_a_case_says_is_judged(changes: dict[str, Any], verdict: str) -> None:
    [case] = judge_file(attendance({**SIGN_IN, **changes}), None, always)
    assert (case.error, case.obtained["verdict"]) == (None, verdict)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        [],
        None,
        "case",
        {**SIGN_IN, "expect": None},
        {**SIGN_IN, "captured_at": "yesterday"},
        {**SIGN_IN, "position": None},
        {**SIGN_IN, "position": [104.547]},
        {**SIGN_IN, "accuracy_m": "good"},
        {**SIGN_IN, "clock": {"offset_s": 1e300}},
        {**SIGN_IN, "parameters": {"radius": 1}},
        {**SIGN_IN, "captured_at": "1970-01-01T08:40:00+08:00"},
    ],
)
def test_a_broken_case_is_a_row_and_harms_no_other(broken: object) -> None:
    first, second = judge_file(attendance(broken, SIGN_IN), None, always)
    assert first.error
    assert not first.agrees
    assert second.agrees


def test_a_date_beyond_the_calendar_is_a_row() -> None:
    [case] = judge_file(attendance(SIGN_IN), None, beyond_the_calendar)
    assert case.error == "NotImplementedError: no holidays known for 2026"


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"cases": 1}', '{"judge": [], "cases": []}', "\xff", '"x"']
)
def test_a_broken_file_is_a_row(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(text.encode("latin-1"))
    [row] = judge_file(path, None, always)
    assert row.error


def test_a_missing_file_and_an_unknown_judge_are_rows(tmp_path: Path) -> None:
    [missing] = judge_file(tmp_path / "none.json", None, always)
    [unknown] = judge_file({"judge": "weather", "cases": []}, None, always)
    assert (missing.name, missing.agrees) == ("none.json", False)
    assert unknown.error == f"unknown judge 'weather'; known: {', '.join(JUDGES)}"


@pytest.mark.parametrize(
    ("expect", "agrees"),
    [
        ({"morning_s": 300}, True),
        ({"morning_s": 302}, True),
        ({"morning_s": 302.1}, False),
        ({"short_s": {"morning": 6900}}, True),
        ({"short_s": {"morning": 6890}}, False),
        ({"verdict": "met"}, False),
        ({"night_s": 0}, False),
        ({"short_s": 6900}, False),
    ],
)
def test_expectations_hold_within_the_tolerance(expect: dict[str, Any], agrees: bool) -> None:
    file = {"judge": "field_time", "tolerance_s": 2, "cases": [{**FIELD, "expect": expect}]}
    [case] = judge_file(file, None, always)
    assert (case.agrees, case.error) == (agrees, None)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "short"),
        ({"leave": ["morning", "afternoon"]}, "excused"),
        ({"on_duty": False}, "not_owed"),
    ],
)
def test_field_time_with_leave_and_without_duty(changes: dict[str, Any], verdict: str) -> None:
    file = {"judge": "field_time", "cases": [{**FIELD, **changes}]}
    [case] = judge_file(file, None, always)
    assert case.obtained["verdict"] == verdict


def recorded(folder: Path, name: str) -> dict[str, Any]:
    """A recorded track of ten minutes, and the case that names it."""
    rows = [f"2008-10-25T01:{minute:02d}:00Z,104.548,30.412,100" for minute in range(11)]
    text = "\n".join(["time,lon,lat,alt_ft", *rows])
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    case = {"track": name, "track_date": "2008-10-25", "date": "2026-03-18", "grids": [GRID]}
    return {"judge": "field_time", "cases": [{**case, "expect": {"morning_s": 600.0}}]}


@pytest.mark.parametrize("name", ["walk.csv.gz", "walk.csv"])
def test_a_recorded_track_moves_by_whole_days(tmp_path: Path, name: str) -> None:
    [case] = judge_file(recorded(tmp_path, name), tmp_path, always)
    assert (case.name, case.agrees, case.error) == (name, True, None)


def test_a_track_that_cannot_be_read_is_a_row(tmp_path: Path) -> None:
    file = recorded(tmp_path, "walk.csv.gz")
    [nowhere] = judge_file(file, None, always)
    (tmp_path / "walk.csv.gz").write_bytes(b"\x1f\x8b broken")
    [broken] = judge_file(file, tmp_path, always)
    (tmp_path / "walk.csv.gz").unlink()
    [missing] = judge_file(file, tmp_path, always)
    assert "--tracks" in str(nowhere.error)
    assert broken.error
    assert missing.error


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("case", "'case' is not a case"),
        ({**SIGN_IN, "captured_at": None}, "ValueError: Invalid isoformat string: 'None'"),
        ({"captured_at": SIGN_IN["captured_at"]}, "'position' is missing"),
        (
            {**SIGN_IN, "expect": "valid"},
            "ValueError: 'valid' does not say what is expected of window, distance_m, accuracy_m,"
            " judged_at, arrived_after_s, proven, offset_s, thresholds, verdict",
        ),
        ({**SIGN_IN, "tolerance_s": None}, None),
    ],
)
def test_what_is_wrong_with_a_case_is_said_clearly(broken: object, said: str | None) -> None:
    [case] = judge_file(attendance(broken), None, always)
    assert case.error == said


def test_a_name_that_is_no_text_is_printed_all_the_same() -> None:
    line = case_line(JudgedCase("\ud800", {"a": "\udfff"}, {"a": 1}, "ATT-1", "三(一)1"))
    assert line.plain == "DIFFERS ? | expected a=? | obtained a=1 | ATT-1 三(一)1"


def test_a_file_on_disk_is_judged(tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(attendance(SIGN_IN)), encoding="utf-8")
    assert [case.agrees for case in judge_file(path, None, always)] == [True]
