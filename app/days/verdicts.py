"""The verdict of a worker's date: what the rules make of the facts (ATT-5, FLD-1 to FLD-5)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np

from app.days.areas import area_of
from app.days.facts import Facts, Post
from app.db.models import Appointment
from app.patrol.queries import StoredBatch
from app.rules.attendance import WINDOWS
from app.rules.cite import Cite
from app.rules.duty import ORG_4
from app.rules.field_time import (
    FieldDuty,
    FieldTimeFinding,
    Measurement,
    judge_field_time,
    measure,
)
from app.rules.fixes import DataQuality, Fixes, data_quality
from app.rules.geodesy import Floats
from app.rules.windows import DayRecords, WindowFinding, WindowState, half_of, judge_windows


@dataclass(frozen=True)
class FieldDay:
    """Field time of a date and what it was measured from."""

    finding: FieldTimeFinding
    measured: Measurement
    quality: DataQuality


def judge_field(post: Post, facts: Facts) -> FieldDay:
    """By the records that came in time (FLD-4)."""
    batches, appointments = facts.in_time()
    return measure_field(post, facts, batches, appointments)


def judge_field_with_late(post: Post, facts: Facts) -> FieldDay:
    """By all records, whenever they came: what a correction would make of the date."""
    return measure_field(post, facts, facts.batches, facts.appointments)


def measure_field(
    post: Post, facts: Facts, batches: Sequence[StoredBatch], appointments: Sequence[Appointment]
) -> FieldDay:
    """Measure in the area of the date; part-time workers owe nothing (ORG-4)."""
    devices = by_device(batches)
    area = area_of(tuple(grid.outline for grid in post.grids), post.values)
    measured = measure(devices, area, post.values)
    finding = judge_field_time(
        post.day,
        measured.intervals,
        spans(appointments),
        FieldDuty(post.owes, frozenset(facts.leave)),
        post.values,
    )
    if not post.bound:
        finding = replace(finding, cite=ORG_4)
    return FieldDay(finding, measured, data_quality(devices, measured.dispositions, post.day))


def by_device(batches: Sequence[StoredBatch]) -> list[Fixes]:
    """All fixes of each device together; teleports are sought along a whole track."""
    devices: dict[UUID, list[Fixes]] = defaultdict(list)
    for batch in batches:
        devices[batch.device_id].append(batch.fixes)
    return [joined(devices[device]) for device in sorted(devices)]


def joined(parts: Sequence[Fixes]) -> Fixes:
    """Fixes of one device from several uploads."""
    return Fixes(
        *(
            np.concatenate([getattr(part, column) for part in parts])
            for column in ("t_s", "lon", "lat", "accuracy_m", "mocked")
        )
    )


def spans(appointments: Sequence[Appointment]) -> Floats:
    """Start and end of appointments in seconds of the epoch."""
    seconds = [(made.starts_at.timestamp(), made.ends_at.timestamp()) for made in appointments]
    return np.array(seconds, dtype=np.float64).reshape(-1, 2)


def windows_on_record(post: Post, facts: Facts) -> list[dict[str, Any]]:
    """What fills or excuses each window; the clock decides about the rest when it is read."""
    return [_on_record(window.number, half_of(window), facts) for window in WINDOWS.on(post.day)]


def _on_record(number: int, half: Any, facts: Facts) -> dict[str, Any]:
    state: WindowState | None = None
    record: UUID | None = None
    for state, record in (
        (WindowState.FILLED, facts.valid.get(number)),
        (WindowState.MADE_GOOD, facts.made_good.get(number)),
        (WindowState.EXCUSED, facts.leave.get(half)),
    ):
        if record is not None:
            return {"number": number, "state": state.value, "record": str(record)}
    return {"number": number, "state": None, "record": None}


@dataclass(frozen=True)
class WindowVerdict:
    """A window as it stands at an instant."""

    finding: WindowFinding
    record: str | None

    @property
    def state(self) -> WindowState:
        """Its state."""
        return self.finding.verdict

    @property
    def cite(self) -> Cite:
        """The rule and clause of its state."""
        return self.finding.cite


def windows_at(
    day: date, recorded: Sequence[Mapping[str, Any]], *, on_duty: bool, bound: bool, now: datetime
) -> list[WindowVerdict]:
    """The windows by the clock; of part-time workers only what they recorded counts (ORG-4)."""
    by_state: dict[str, dict[int, str]] = defaultdict(dict)
    records = {entry["number"]: entry["record"] for entry in recorded}
    for entry in recorded:
        if entry["state"] is not None:
            by_state[entry["state"]][entry["number"]] = entry["record"]
    excused = by_state[WindowState.EXCUSED]
    found = judge_windows(
        day,
        DayRecords(
            on_duty=on_duty,
            valid=by_state[WindowState.FILLED],
            made_good=by_state[WindowState.MADE_GOOD],
            leave=frozenset(half_of(w) for w in WINDOWS.on(day) if w.number in excused),
        ),
        now,
    )
    if not bound:
        found = tuple(_unenforced(window) for window in found)
    return [WindowVerdict(window, records.get(window.window.number)) for window in found]


def _unenforced(window: WindowFinding) -> WindowFinding:
    if window.verdict in {WindowState.FILLED, WindowState.MADE_GOOD}:
        return window
    return replace(window, verdict=WindowState.NOT_OWED, cite=ORG_4, because={})


def figures(field: FieldDay) -> dict[str, Any]:
    """The figures of a date as they are stored and proposed, in seconds."""
    return {
        "verdict": field.finding.verdict.value,
        "counted_s": asdict(field.finding.counted),
        "short_s": asdict(field.finding.short),
    }
