"""Part FLD: six hours in the grid, from the track alone (三(一)1 “6”)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.rules.area import FLD_2, Area, Flags, inside_shares
from app.rules.attendance import MAX_ACCURACY_M
from app.rules.cite import Cite, cites
from app.rules.civil import bounds_of, instant_of
from app.rules.dated import IN_FORCE, Dated, Since
from app.rules.duty import ATT_6, WHOLE_DAY, Half
from app.rules.finding import Finding
from app.rules.fixes import MAX_SPEED_MPS, Fixes, Track, sift
from app.rules.geodesy import Floats
from app.rules.intervals import NOTHING, clip, length_s, overlap_s, union
from app.rules.parameters import Label, Values, clock_time, number

FLD_1 = Cite("FLD-1", "三(一)1 “6”")
FLD_3 = Cite("FLD-3", "三(一)1 “6”")
FLD_4 = Cite("FLD-4", "三(一)1 “6”", reading=True)

MAX_GAP_S = number(
    "max_gap_s", 300, "s", "FLD-2", (10, 3600), Label("轨迹最大间隔", "Longest gap in a track")
)
MORNING_FROM = clock_time(
    "morning_from",
    time(8, 30),
    "FLD-3",
    (time(5, 0), time(9, 30)),
    Label("上午开始", "Morning begins"),
)
MORNING_TO = clock_time(
    "morning_to",
    time(12, 0),
    "FLD-3",
    (time(11, 30), time(13, 0)),
    Label("上午结束", "Morning ends"),
)
AFTERNOON_FROM = clock_time(
    "afternoon_from",
    time(14, 30),
    "FLD-3",
    (time(13, 0), time(15, 0)),
    Label("下午开始", "Afternoon begins"),
)
AFTERNOON_TO = clock_time(
    "afternoon_to",
    time(17, 30),
    "FLD-3",
    (time(17, 0), time(20, 0)),
    Label("下午结束", "Afternoon ends"),
)
FINAL_AT = clock_time(
    "final_at",
    time(12, 0),
    "FLD-4",
    (time(0, 0), time(23, 59)),
    Label("次日定稿时间", "Final on the day after, at"),
)


@dataclass(frozen=True)
class Hours:
    """Field time by the halves of a date, in seconds."""

    total: float
    morning: float
    afternoon: float
    off_peak: float


OWED = Dated(Since(IN_FORCE, Hours(6 * 3600, 2 * 3600, 2 * 3600, 2 * 3600), FLD_1))


@dataclass(frozen=True, eq=False)
class Measurement:
    """The counted intervals of all devices together, and what became of each fix of each device."""

    intervals: Floats
    dispositions: tuple[NDArray[np.int8], ...]


@cites(FLD_2)
def measure(devices: Sequence[Fixes], area: Area, values: Values) -> Measurement:
    """What counts as time in the grid; no second twice, however many devices and uploads."""
    tracks = [sift(fixes, values) for fixes in devices]
    counted = [part for track in tracks for part in _counted(track, area, values[MAX_GAP_S])]
    intervals = union(np.concatenate([NOTHING, *counted]))
    return Measurement(intervals, tuple(track.dispositions for track in tracks))


def _counted(track: Track, area: Area, max_gap_s: float) -> tuple[Floats, Floats]:
    """Whole steps with both ends inside, and the inside part of those with one end inside."""
    t_s = track.fixes.t_s
    inside = area.holds(track.fixes.lon, track.fixes.lat)
    step = (np.diff(t_s) <= max_gap_s) & ~track.jumped[1:]
    whole = _runs(t_s, step & inside[1:] & inside[:-1])
    crossing = np.flatnonzero(step & (inside[1:] != inside[:-1]))
    return whole, _crossed(track.fixes, area, crossing)


def _runs(t_s: Floats, whole: Flags) -> Floats:
    """Steps that follow one another, as one interval."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], whole, [False])).astype(np.int8)))
    return t_s[edges].reshape(-1, 2)


def _crossed(fixes: Fixes, area: Area, crossing: NDArray[np.intp]) -> Floats:
    """The times at which a straight line, passed at even speed, is inside."""
    if not len(crossing):
        return NOTHING
    place = np.column_stack((fixes.lon, fixes.lat))
    line, shares = inside_shares(area, place[crossing], place[crossing + 1])
    before, after = fixes.t_s[crossing][line, None], fixes.t_s[crossing + 1][line, None]
    counted: Floats = before * (1 - shares) + after * shares
    return counted


class FieldVerdict(StrEnum):
    MET = "met"
    SHORT = "short"
    EXCUSED = "excused"
    NOT_OWED = "not_owed"


@dataclass(frozen=True, kw_only=True)
class FieldTimeFinding(Finding[FieldVerdict]):
    counted: Hours
    owed: Hours
    short: Hours


@dataclass(frozen=True)
class FieldDuty:
    """What the date asks of the worker."""

    on_duty: bool = True
    leave: frozenset[Half] = frozenset()


@cites(FLD_1)
def owed_on(day: date, duty: FieldDuty) -> Hours:
    """Leave of a half takes its two hours off the total; leave of the date leaves nothing owed."""
    if not duty.on_duty or duty.leave >= WHOLE_DAY:
        return Hours(0, 0, 0, 0)
    full = OWED.on(day)
    morning = 0 if Half.MORNING in duty.leave else full.morning
    afternoon = 0 if Half.AFTERNOON in duty.leave else full.afternoon
    excused = full.morning - morning + full.afternoon - afternoon
    return Hours(full.total - excused, morning, afternoon, full.off_peak)


@cites(FLD_3)
def count_hours(
    day: date, intervals: Floats, appointments: Floats, owed: Hours, values: Values
) -> Hours:
    """Time by halves; all other time of the date is off-peak, and so is, of a half's appointments,
    as much as the half has beyond the two hours that it owes."""
    start, end = bounds_of(day)
    of_the_day = clip(intervals, start, end)
    kept_appointments = union(appointments)
    halves = []
    for opens, closes, owes in (
        (values[MORNING_FROM], values[MORNING_TO], owed.morning),
        (values[AFTERNOON_FROM], values[AFTERNOON_TO], owed.afternoon),
    ):
        bounds = instant_of(day, opens).timestamp(), instant_of(day, closes).timestamp()
        of_the_half = clip(of_the_day, *bounds)
        counted = length_s(of_the_half)
        moved = min(overlap_s(of_the_half, kept_appointments), max(0.0, counted - owes))
        halves.append(counted - moved)
    total, (morning, afternoon) = length_s(of_the_day), halves
    off_peak = max(0.0, total - morning - afternoon)
    return Hours(*(round(seconds, 1) for seconds in (total, morning, afternoon, off_peak)))


@cites(FLD_1, FLD_3, FLD_4)
def judge_field_time(
    day: date,
    intervals: Floats,
    appointments: Floats,
    duty: FieldDuty,
    values: Values,
) -> FieldTimeFinding:
    """Met if nothing that is owed is short; figures to a tenth of a second."""
    owed = owed_on(day, duty)
    counted = count_hours(day, intervals, appointments, owed, values)
    short = Hours(
        **{name: round(max(0.0, owes - has), 1) for name, owes, has in _paired(owed, counted)}
    )
    verdict, cite = _verdict(duty, short)
    because: Mapping[str, object] = {
        "counted_s": asdict(counted),
        "owed_s": asdict(owed),
        "short_s": asdict(short),
        "appointments": len(appointments),
        "leave": sorted(half.value for half in duty.leave),
        "thresholds": _thresholds(values),
    }
    return FieldTimeFinding(
        verdict=verdict, cite=cite, because=because, counted=counted, owed=owed, short=short
    )


def _paired(owed: Hours, counted: Hours) -> list[tuple[str, float, float]]:
    has = asdict(counted)
    return [(name, owes, has[name]) for name, owes in asdict(owed).items()]


def _verdict(duty: FieldDuty, short: Hours) -> tuple[FieldVerdict, Cite]:
    if not duty.on_duty:
        return FieldVerdict.NOT_OWED, ATT_6
    if duty.leave >= WHOLE_DAY:
        return FieldVerdict.EXCUSED, FLD_1
    return (FieldVerdict.SHORT if any(asdict(short).values()) else FieldVerdict.MET), FLD_1


def _thresholds(values: Values) -> dict[str, float | str]:
    numbers = {used.name: values[used] for used in (MAX_ACCURACY_M, MAX_SPEED_MPS, MAX_GAP_S)}
    hours = (MORNING_FROM, MORNING_TO, AFTERNOON_FROM, AFTERNOON_TO)
    return {**numbers, **{used.name: f"{values[used]:%H:%M}" for used in hours}}


class Standing(StrEnum):
    PROVISIONAL = "provisional"
    FINAL = "final"


@cites(FLD_4)
def final_instant(day: date, values: Values) -> datetime:
    """From here on the verdict of the date stands; what arrives later asks for a correction."""
    return instant_of(day + timedelta(days=1), values[FINAL_AT])


@cites(FLD_4)
def standing(day: date, now: datetime, values: Values) -> Standing:
    """What arrived at the final instant itself still counts."""
    return Standing.FINAL if now > final_instant(day, values) else Standing.PROVISIONAL


def span_to_read(day: date, values: Values) -> tuple[float, float]:
    """The fixes that can matter for a date: its own, and those a step over midnight begins or ends
    at; in seconds of the epoch."""
    start, end = bounds_of(day)
    return start - values[MAX_GAP_S], end + values[MAX_GAP_S]
