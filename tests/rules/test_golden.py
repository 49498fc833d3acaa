"""The cases with expected answers that the regulation's reading is held to."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest

from app.rules.judge import JudgedCase, judge_file

GOLDEN = Path(__file__).with_name("golden")
BESIDE = Path(__file__).parents[3] / "shared" / "data" / "tracks"
TRACKS = Path(os.environ.get("GRID_TRACKS_DIR", BESIDE))


def is_workday(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def judged(file: str, tracks: Path | None = None) -> list[JudgedCase]:
    return judge_file(GOLDEN / file, tracks, is_workday)


@pytest.mark.parametrize("case", judged("attendance.json"), ids=lambda case: case.name)
def test_golden_att(case: JudgedCase) -> None:
    assert case.agrees, case
    assert case.clause


@pytest.mark.parametrize("case", judged("field_time.json"), ids=lambda case: case.name)
def test_golden_fld(case: JudgedCase) -> None:
    assert case.agrees, case
    assert case.clause


@pytest.mark.parametrize("case", judged("visits.json"), ids=lambda case: case.name)
def test_golden_vis(case: JudgedCase) -> None:
    assert case.agrees, case
    assert case.clause


@pytest.mark.parametrize("case", judged("cards.json"), ids=lambda case: case.name)
def test_golden_evt(case: JudgedCase) -> None:
    assert case.agrees, case
    assert case.clause


@pytest.mark.parametrize("case", judged("conduct.json"), ids=lambda case: case.name)
def test_golden_con(case: JudgedCase) -> None:
    assert case.agrees, case
    assert case.clause


@pytest.mark.parametrize("case", judged("penalty_term.json"), ids=lambda case: case.name)
def test_golden_con_3(case: JudgedCase) -> None:
    assert case.agrees, case
    assert case.clause


@pytest.mark.parametrize("case", judged("pay.json"), ids=lambda case: case.name)
def test_golden_pay(case: JudgedCase) -> None:
    assert case.agrees, case
    assert case.clause


@pytest.mark.skipif(
    not TRACKS.is_dir(), reason="recorded tracks are not here; GRID_TRACKS_DIR says where they are"
)
def test_golden_fld_on_recorded_tracks() -> None:
    cases = judged("field_time_real.json", TRACKS)
    assert len(cases) == 10
    assert [case for case in cases if not case.agrees] == []


def test_golden_files_are_not_empty() -> None:
    assert len(judged("attendance.json")) == 33
    assert len(judged("field_time.json")) == 17
    assert len(judged("visits.json")) == 12
    assert len(judged("cards.json")) == 6
    assert len(judged("pay.json")) == 11
    assert len(judged("conduct.json")) == 14
    assert len(judged("penalty_term.json")) == 4


def test_a_wrong_expectation_is_noticed() -> None:
    file: dict[str, Any] = json.loads((GOLDEN / "attendance.json").read_text("utf-8"))
    for case in file["cases"]:
        case["expect"]["window"] = 9
    assert not any(case.agrees for case in judge_file(file, None, is_workday))
