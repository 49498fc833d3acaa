"""Cases for `python3 -m app judge`: the raw facts that were sent, and what the server made of them.

A date that was simulated before, with another seed or other shares, holds those records too; its
cases then rightly differ.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from mobile_contract.handset.civil import from_millis, instant
from mobile_contract.handset.handset import Handset
from mobile_contract.handset.outbox import Batch, Captured
from mobile_contract.handset.reckoning import Reckoned, card_cases, event_cases
from mobile_contract.handset.results import WorkerDate

TOLERANCE_S = 3
"""The API tells minutes to two decimals."""
HALVES = ("morning", "afternoon", "off_peak")
REACH = timedelta(hours=1)
"""Fixes so near to a date can belong to a step over midnight."""
Case = dict[str, Any]


def write(file: Path, dates: list[WorkerDate], events: Sequence[Reckoned]) -> list[Path]:
    """Field time into the file; beside it sign-ins, and holds of events. Those are for `judge`;
    a fourth has what was done to each event, and what both sides make of it."""
    judged = (
        ("", "field_time", "FLD-1..FLD-3", [field_case(each) for each in dates]),
        (
            "attendance",
            "attendance",
            "ATT-1..ATT-4",
            [c for one in dates for c in sign_in_cases(one)],
        ),
        ("cards", "cards", "EVT-3", list(card_cases(events))),
    )
    paths = []
    for name, judge, rule, cases in judged:
        paths.append(beside(file, name))
        _write(
            paths[-1], {"judge": judge, "rule": rule, "tolerance_s": TOLERANCE_S, "cases": cases}
        )
    _write(beside(file, "events"), {"rule": "EVT-1..EVT-4", "events": event_cases(events)})
    return paths


def beside(file: Path, name: str) -> Path:
    """The file itself, or one beside it."""
    return file.with_name(f"{file.stem}-{name}{file.suffix}") if name else file


def _write(path: Path, content: Case) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def field_case(each: WorkerDate) -> Case:
    """What counted of a worker's date."""
    field_time = each.day["field_time"]
    counted = {f"{half}_s": seconds(field_time["counted"][half]) for half in ("total", *HALVES)}
    short = {half: seconds(field_time["short"][half]) for half in ("total", *HALVES)}
    return {
        "name": f"{each.person.name} {each.on}",
        "date": each.on.isoformat(),
        "grids": list(each.post.shapes),
        "parameters": each.parameters,
        "on_duty": each.day["on_duty"] and each.day["bound"],
        "appointments": [
            [item.record.body["starts_at"], item.record.body["ends_at"]]
            for item in each.handset.items
            if item.record.kind == "appointment"
            and item.plan.day == each.on
            and is_in_time(item, each.counts_until)
        ],
        "devices": [list(fixes(each.handset, each.on, each.counts_until))],
        "expect": {**counted, "short_s": short, "verdict": field_time["verdict"]},
    }


def seconds(minutes: float) -> float:
    """As judge counts."""
    return round(minutes * 60, 1)


def is_in_time(sent: Batch | Captured, until: datetime) -> bool:
    """What came later than the final instant counts nothing (FLD-4)."""
    return sent.received_at is not None and sent.received_at <= until


def fixes(handset: Handset, on: date, until: datetime) -> Iterator[Case]:
    """The fixes of a date that arrived in time, as the phone had them."""
    begin, end = (
        instant(on, datetime.min.time()),
        instant(on + timedelta(days=1), datetime.min.time()),
    )
    for batch in handset.batches:
        if not is_in_time(batch, until):
            continue
        columns = batch.fixes
        rows = zip(
            columns.t_ms.tolist(),
            columns.lon.tolist(),
            columns.lat.tolist(),
            columns.accuracy_m.tolist(),
            columns.mocked.tolist(),
            strict=True,
        )
        for t_ms, lon, lat, accuracy_m, mocked in rows:
            at = from_millis(t_ms)
            if begin - REACH <= at < end + REACH:
                fix = {"t": at.isoformat(), "lon": lon, "lat": lat, "accuracy_m": accuracy_m}
                yield {**fix, "mocked": True} if mocked else fix


def sign_in_cases(each: WorkerDate) -> Iterator[Case]:
    """Every sign-in of a worker's date, in the order of arrival."""
    sign_ins = [
        item
        for item in each.handset.items
        if item.record.kind == "check_in" and item.plan.day == each.on and item.first is not None
    ]
    filled: list[int] = []
    for item in sorted(sign_ins, key=lambda item: (item.received_at, item.ready)):
        facts: Mapping[str, Any] = (item.first or {})["facts"]
        yield sign_in_case(each, item, facts, filled)
        if facts["verdict"] == "valid":
            filled.append(facts["window"])


def sign_in_case(
    each: WorkerDate, item: Captured, facts: Mapping[str, Any], filled: list[int]
) -> Case:
    """One sign-in: what the phone's clock said, and by how much it was off."""
    assert item.received_at is not None
    body = item.record.body
    return {
        "name": f"{each.person.name} {each.on} {item.record.at:%H:%M:%S}Z",
        "station": list(each.post.station) if each.post.station else None,
        "parameters": each.parameters,
        "on_duty": each.day["on_duty"],
        "captured_at": item.wall_clock.isoformat(),
        "received_at": item.received_at.isoformat(),
        "position": [body["lon"], body["lat"]],
        "accuracy_m": body["accuracy_m"],
        "mocked": body.get("mocked", False),
        "clock": {
            "proven": item.boot in each.handset.anchors,
            "offset_s": item.plan.clock_error.total_seconds(),
        },
        "already_valid_windows": list(filled),
        "expect": {"verdict": facts["verdict"], "window": facts["window"]},
    }
