"""FLD-2, usable fixes, and FLD-5, the quality of the data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from app.rules.area import FLD_2, Flags
from app.rules.attendance import MAX_ACCURACY_M
from app.rules.cite import Cite, cites
from app.rules.civil import bounds_of
from app.rules.geodesy import Floats, Position, distance_m, step_lengths_m
from app.rules.parameters import Label, Values, number

FLD_5 = Cite("FLD-5", "三(一)1 “6”", reading=True)

MAX_SPEED_MPS = number(
    "max_speed_mps", 40, "m/s", "FLD-2", (5, 150), Label("最高移动速度", "Highest speed")
)

Indices = NDArray[np.intp]


class Disposition(IntEnum):
    """What became of a fix."""

    USED = 0
    MOCKED = 1
    IMPRECISE = 2
    SUPERSEDED = 3
    TELEPORT = 4


@dataclass(frozen=True, eq=False)
class Fixes:
    """Of one device, in any order: seconds of the epoch, degrees, metres (NaN if not known)."""

    t_s: Floats
    lon: Floats
    lat: Floats
    accuracy_m: Floats
    mocked: Flags

    def __len__(self) -> int:
        return len(self.t_s)

    def taken(self, indices: Indices) -> "Fixes":
        return Fixes(
            self.t_s[indices],
            self.lon[indices],
            self.lat[indices],
            self.accuracy_m[indices],
            self.mocked[indices],
        )


@dataclass(frozen=True, eq=False)
class Track:
    """The usable fixes of a device in order; `jumped` marks those that a jump led to."""

    fixes: Fixes
    jumped: Flags
    dispositions: NDArray[np.int8]
    """One per fix as it was given."""


@cites(FLD_2)
def sift(fixes: Fixes, values: Values) -> Track:
    """In the order of FLD-2: mocked, imprecise, most accurate of one time, teleports."""
    dispositions = np.zeros(len(fixes), dtype=np.int8)
    finite = np.isfinite(fixes.lon) & np.isfinite(fixes.lat) & np.isfinite(fixes.t_s)
    precise = (fixes.accuracy_m <= values[MAX_ACCURACY_M]) & finite
    dispositions[~precise] = Disposition.IMPRECISE
    dispositions[fixes.mocked] = Disposition.MOCKED
    chosen = _most_accurate_in_order(fixes, np.flatnonzero(dispositions == 0), dispositions)
    ordered = fixes.taken(chosen)
    used, jumped = _follow(ordered, values[MAX_SPEED_MPS])
    dispositions[chosen[~used]] = Disposition.TELEPORT
    kept = np.flatnonzero(used)
    return Track(ordered.taken(kept), jumped[kept], dispositions)


def _most_accurate_in_order(
    fixes: Fixes, candidates: Indices, dispositions: NDArray[np.int8]
) -> Indices:
    """By time, one fix per time; equals are told apart by place, never by order of arrival."""
    t_s = fixes.t_s[candidates]
    if bool((t_s[1:] > t_s[:-1]).all()):
        return candidates
    keys = (fixes.lat[candidates], fixes.lon[candidates], fixes.accuracy_m[candidates], t_s)
    order = np.lexsort(keys)
    ordered, t_s = candidates[order], t_s[order]
    repeats = np.concatenate(([False], t_s[1:] == t_s[:-1]))
    dispositions[ordered[repeats]] = Disposition.SUPERSEDED
    return ordered[~repeats]


def _follow(ordered: Fixes, max_speed_mps: float) -> tuple[Flags, Flags]:
    """Which fixes the track goes through, and to which of them it jumped.

    Steps are compared all at once; only around a step that is too fast is the track walked.
    """
    used = np.ones(len(ordered), dtype=np.bool_)
    jumped = np.zeros(len(ordered), dtype=np.bool_)
    lengths = step_lengths_m(ordered.lon, ordered.lat)
    too_fast = np.flatnonzero(lengths > max_speed_mps * np.diff(ordered.t_s)) + 1
    resumed = 0
    for aside in too_fast.tolist():
        if aside > resumed:
            resumed = _resume(ordered, max_speed_mps, aside, (used, jumped))
    return used, jumped


def _resume(ordered: Fixes, max_speed_mps: float, aside: int, marks: tuple[Flags, Flags]) -> int:
    """From a fix set aside to where the track goes on; answers the last fix decided."""
    used, jumped = marks
    last = aside - 1
    used[aside] = False
    for following in range(aside + 1, len(ordered)):
        if not _is_too_fast(ordered, last, following, max_speed_mps):
            return following
        if not _is_too_fast(ordered, following - 1, following, max_speed_mps):
            used[following - 1] = jumped[following - 1] = True
            return following
        used[following] = False
    return len(ordered)


def _is_too_fast(ordered: Fixes, earlier: int, later: int, max_speed_mps: float) -> bool:
    length = distance_m(
        Position(float(ordered.lon[earlier]), float(ordered.lat[earlier])),
        Position(float(ordered.lon[later]), float(ordered.lat[later])),
    )
    return length > max_speed_mps * float(ordered.t_s[later] - ordered.t_s[earlier])


@dataclass(frozen=True)
class DataQuality:
    """How many fixes of a date were what; a hint to a person, never a penalty."""

    fixes: int = 0
    used: int = 0
    mocked: int = 0
    imprecise: int = 0
    superseded: int = 0
    teleports: int = 0

    @property
    def doubtful_share(self) -> float:
        """The share that was mocked, imprecise or a teleport; 0 without fixes."""
        doubtful = self.mocked + self.imprecise + self.teleports
        return doubtful / self.fixes if self.fixes else 0.0


@cites(FLD_5)
def data_quality(
    devices: Sequence[Fixes], dispositions: Sequence[NDArray[np.int8]], day: date
) -> DataQuality:
    """Counts the fixes of the date itself, whatever was read around it."""
    start, end = bounds_of(day)
    counts = np.zeros(len(Disposition), dtype=np.intp)
    for fixes, judged in zip(devices, dispositions, strict=True):
        of_the_day = (fixes.t_s >= start) & (fixes.t_s < end)
        counts += np.bincount(judged[of_the_day], minlength=len(Disposition))
    used, mocked, imprecise, superseded, teleports = counts.tolist()
    return DataQuality(sum(counts.tolist()), used, mocked, imprecise, superseded, teleports)
