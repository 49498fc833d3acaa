"""What the regulation says about cases in a file, beside what the file expects."""

import csv
import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from shapely.errors import ShapelyError
from shapely.geometry import shape

from app.rules.area import prepare_area
from app.rules.attendance import CheckIn, Post, judge_check_in
from app.rules.cases import (
    Bench,
    Case,
    Obtained,
    accuracy_in,
    instant_in,
    is_mocked,
    position_in,
    values_in,
)
from app.rules.civil import civil_day
from app.rules.duty import Half
from app.rules.field_time import FieldDuty, judge_field_time, measure
from app.rules.fixes import Fixes
from app.rules.geodesy import Floats
from app.rules.judge_cards import judge_cards
from app.rules.judge_conduct import judge_conduct, judge_penalty_term
from app.rules.judge_hiring import judge_applicant, judge_retirement
from app.rules.judge_pay import judge_pay
from app.rules.judge_visits import judge_visits
from app.rules.trusted_time import ATT_4, Captured, is_after_receipt

MALFORMED = (
    ArithmeticError, AttributeError, EOFError, LookupError, NotImplementedError, OSError,
    RecursionError, ShapelyError, TypeError, ValueError, csv.Error, zlib.error,
)  # fmt: skip
"""What reading a case that somebody wrote by hand can raise."""
NUMERAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


@dataclass(frozen=True)
class JudgedCase:
    name: str
    expected: Mapping[str, Any] = field(default_factory=dict)
    obtained: Mapping[str, Any] = field(default_factory=dict)
    rule: str = ""
    clause: str = ""
    agrees: bool = False
    error: str | None = None


def judge_file(
    source: Path | Mapping[str, Any],
    tracks_dir: Path | None,
    national_duty: Callable[[date], bool],
) -> list[JudgedCase]:
    """One row per case; what can't be read is a row with an error, never an exception."""
    try:
        file = json.loads(source.read_text("utf-8")) if isinstance(source, Path) else source
        judge, cases = str(file.get("judge")), list(file["cases"])
    except MALFORMED as problem:
        name = source.name if isinstance(source, Path) else "file"
        return [JudgedCase(name, error=f"not a file of cases: {_said(problem)}")]
    if judge not in JUDGES:
        known = ", ".join(JUDGES)
        return [JudgedCase(judge, error=f"unknown judge {judge!r}; known: {known}")]
    bench = Bench(national_duty, tracks_dir)
    return [_judged(file, case, number, bench) for number, case in enumerate(cases, 1)]


def _said(problem: BaseException) -> str:
    if type(problem) is KeyError:
        return f"{problem} is missing"
    return f"{type(problem).__name__}: {problem}"


def _judged(file: Case, own: Any, number: int, bench: Bench) -> JudgedCase:
    """A case inherits what the file says for all."""
    name = f"case {number}"
    if not isinstance(own, Mapping):
        return JudgedCase(name, error=f"{own!r} is not a case")
    try:
        name = str(own.get("name") or own.get("track") or name)
        case = {key: value for key, value in file.items() if key != "cases"} | dict(own)
        obtained = JUDGES[file["judge"]](case, bench)
        expected = _expected(case["expect"], obtained.facts)
        agrees = _agrees(expected, obtained.facts, float(case.get("tolerance_s") or 0))
    except MALFORMED as problem:
        return JudgedCase(name, error=_said(problem))
    return JudgedCase(name, expected, obtained.facts, obtained.rule, obtained.clause, agrees)


def _expected(written: Any, obtained: Mapping[str, Any]) -> Mapping[str, Any]:
    """A bare value is what is expected of the one fact there is."""
    if isinstance(written, Mapping):
        return dict(written)
    if written is None or len(obtained) != 1:
        raise ValueError(f"{written!r} does not say what is expected of {', '.join(obtained)}")
    return dict.fromkeys(obtained, written)


def _agrees(expected: object, obtained: object, tolerance: float) -> bool:
    """All that is expected is there; numbers of seconds within the tolerance, amounts to the fen
    however they are written."""
    if isinstance(expected, Mapping) and isinstance(obtained, Mapping):
        return all(
            key in obtained and _agrees(value, obtained[key], tolerance)
            for key, value in expected.items()
        )
    if _is_measured(expected) and _is_measured(obtained):
        return abs(float(str(expected)) - float(str(obtained))) <= tolerance + 1e-9
    if _is_amount(obtained) and (_is_amount(expected) or _is_measured(expected)):
        return Decimal(str(expected)) == Decimal(str(obtained))
    return expected == obtained


def _is_measured(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_amount(value: object) -> bool:
    return isinstance(value, str) and NUMERAL.fullmatch(value) is not None


def judge_attendance(case: Case, bench: Bench) -> Obtained:
    """ATT-1 to ATT-6 on one sign-in; `refused` where it would have been captured after receipt."""
    clock = case.get("clock") or {}
    captured = Captured.by_offset(
        instant_in(case["captured_at"]),
        float(clock.get("offset_s", 0)),
        proven=bool(clock.get("proven", True)),
    )
    received_at = instant_in(case.get("received_at") or captured.at.isoformat())
    if is_after_receipt(captured, received_at):
        return Obtained({"verdict": "refused", "window": None}, ATT_4.rule, ATT_4.clause)
    position = position_in(case["position"])
    day = civil_day(captured.at)
    on_duty = bool(case["on_duty"]) if "on_duty" in case else bench.national_duty(day)
    station = position_in(case["station"]) if case.get("station") else None
    post = Post(station, on_duty, case.get("already_valid_windows") or ())
    check_in = CheckIn(captured, received_at, position, accuracy_in(case, 0.0), is_mocked(case))
    found = judge_check_in(check_in, post, values_in(case))
    facts = {**found.because, "verdict": found.verdict.value, "window": found.window}
    return Obtained(facts, found.rule, found.clause)


def judge_field(case: Case, bench: Bench) -> Obtained:
    """FLD-1 to FLD-3 on one date; what a duty date would be worth, unless `on_duty` says no."""
    values, day = values_in(case), date.fromisoformat(case["date"])
    area = prepare_area([shape(grid) for grid in case["grids"]], values)
    devices = [_fixes(rows) for rows in _devices(case, day, bench)]
    duty = FieldDuty(
        bool(case.get("on_duty", True)), frozenset(Half(half) for half in case.get("leave") or ())
    )
    found = judge_field_time(
        day, measure(devices, area, values).intervals, _appointments(case), duty, values
    )
    facts: dict[str, Any] = {f"{name}_s": value for name, value in asdict(found.counted).items()}
    facts |= {"short_s": asdict(found.short), "verdict": found.verdict.value}
    return Obtained(facts, found.rule, found.clause)


JUDGES: Mapping[str, Callable[[Case, Bench], Obtained]] = {
    "attendance": judge_attendance,
    "field_time": judge_field,
    "visits": judge_visits,
    "cards": judge_cards,
    "eligibility": judge_applicant,
    "retirement": judge_retirement,
    "conduct": judge_conduct,
    "penalty_term": judge_penalty_term,
    "pay": judge_pay,
}

Row: TypeAlias = tuple[float, float, float, float, bool]


def _fixes(rows: Iterator[Row]) -> Fixes:
    columns = np.array(list(rows), dtype=np.float64).reshape(-1, 5)
    t_s, lon, lat, accuracy_m, mocked = columns.T
    return Fixes(t_s, lon, lat, accuracy_m, mocked > 0)


def _devices(case: Case, day: date, bench: Bench) -> list[Iterator[Row]]:
    stated = accuracy_in(case, 10.0)
    if "track" in case:
        return [_recorded(case, day, stated, bench.tracks_dir)]
    return [(_fix(fix, stated) for fix in device) for device in case.get("devices") or ()]


def _fix(fix: Case, stated: float) -> Row:
    at = instant_in(fix["t"]).timestamp()
    return at, float(fix["lon"]), float(fix["lat"]), accuracy_in(fix, stated), is_mocked(fix)


def _recorded(case: Case, day: date, stated: float, tracks_dir: Path | None) -> Iterator[Row]:
    """Every fix of the recorded track, moved by whole days to the date."""
    if tracks_dir is None:
        raise ValueError("the case names a track: say where tracks are with --tracks DIR")
    path = tracks_dir / Path(str(case["track"])).name
    moved = day - date.fromisoformat(case.get("track_date") or day.isoformat())
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            at = instant_in(row["time"]) + timedelta(days=moved.days)
            yield at.timestamp(), float(row["lon"]), float(row["lat"]), stated, False


def _appointments(case: Case) -> Floats:
    """As pairs, or as records with `start` and `end`."""
    pairs = [
        (each["start"], each["end"]) if isinstance(each, Mapping) else each
        for each in case.get("appointments") or ()
    ]
    seconds = [
        [instant_in(start).timestamp(), instant_in(end).timestamp()] for start, end, *_ in pairs
    ]
    return np.array(seconds, dtype=np.float64).reshape(-1, 2)
