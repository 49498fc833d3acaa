"""A stored worker-day as it is shown at an instant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from app.days.schemas import DataQualityOut, DayOut, FieldTimeOut, Minutes, WindowOut
from app.days.verdicts import WindowVerdict, windows_at
from app.db.models import WorkerDay
from app.rules.attendance import Window
from app.rules.field_time import Standing, standing
from app.rules.parameters import Values
from app.rules.windows import WindowState

FILLED_BY: Mapping[WindowState, Literal["check_in", "correction", "leave"]] = {
    WindowState.FILLED: "check_in",
    WindowState.MADE_GOOD: "correction",
    WindowState.EXCUSED: "leave",
}


@dataclass(frozen=True)
class Judged:
    """A worker-day with what a reader needs beside it."""

    row: WorkerDay
    worker_name: str
    grid_codes: Sequence[str]
    stale: bool
    stored: bool = True


def day_out(judged: Judged, values: Values, now: datetime) -> DayOut:
    """The verdicts of the date, each with rule and clause."""
    row = judged.row
    return DayOut(
        worker_id=row.worker_id,
        worker_name=judged.worker_name,
        community_code=row.community_code,
        grid_codes=list(judged.grid_codes),
        day=row.day,
        on_duty=row.on_duty,
        bound=row.bound,
        windows=windows_out(row, now),
        field_time=field_time_out(row),
        data_quality=data_quality_out(row),
        standing=standing(row.day, now, values),
        stale=judged.stale,
        computed_at=row.computed_at if judged.stored else None,
        rules_version=row.rules_version,
    )


def windows_out(row: WorkerDay, now: datetime) -> list[WindowOut]:
    """The three windows as they stand."""
    found = windows_at(row.day, row.windows, on_duty=row.on_duty, bound=row.bound, now=now)
    return [_window_out(window, window.finding.window) for window in found]


def _window_out(verdict: WindowVerdict, window: Window) -> WindowOut:
    filled_by = FILLED_BY.get(verdict.state)
    return WindowOut(
        number=window.number,
        opens=window.opens,
        closes=window.closes,
        state=verdict.state,
        filled_by=filled_by,
        record_id=UUID(verdict.record) if filled_by and verdict.record else None,
        rule=verdict.cite.rule,
        clause=verdict.cite.clause,
    )


def field_time_out(row: WorkerDay) -> FieldTimeOut:
    """Field time in minutes, from the figures to the tenth of a second."""
    because = row.because
    return FieldTimeOut(
        verdict=row.field_verdict,
        counted=minutes(because["counted_s"]),
        owed=minutes(because["owed_s"]),
        short=minutes(because["short_s"]),
        rule=because["rule"],
        clause=because["clause"],
    )


def minutes(seconds: Mapping[str, float]) -> Minutes:
    """Seconds by halves as minutes."""
    return Minutes(**{name: round(value / 60, 2) for name, value in seconds.items()})


def data_quality_out(row: WorkerDay) -> DataQualityOut:
    """What became of the fixes (FLD-5)."""
    aside: Mapping[str, Any] = row.fixes_set_aside
    doubtful = aside["mocked"] + aside["imprecise"] + aside["teleports"]
    return DataQualityOut(
        fixes=row.fixes,
        mocked=aside["mocked"],
        imprecise=aside["imprecise"],
        superseded=aside["superseded"],
        teleports=aside["teleports"],
        doubtful_share=round(doubtful / row.fixes, 4) if row.fixes else 0.0,
    )


def is_final(day_standing: Standing) -> bool:
    """Whether a date's verdict stands."""
    return day_standing is Standing.FINAL
