"""One upload of fixes: put in order, brought to WGS 84, its doubtful fixes counted, packed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from app.patrol.packing import (
    MOCKED,
    Bytes,
    Packed,
    pack_accuracy,
    pack_flags,
    pack_path,
    pack_speed,
)
from app.rules.attendance import MAX_ACCURACY_M
from app.rules.coordinates import ReferenceSystem, to_wgs84
from app.rules.fixes import MAX_SPEED_MPS, Disposition, Fixes, sift
from app.rules.geodesy import Floats
from app.rules.parameters import Values

Millis = NDArray[np.int64]
DAY_MS = 86_400_000
SHANGHAI_MS = 8 * 3_600_000
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
REACH_MS = 3_600_000
"""The longest gap that `max_gap_s` may ever allow: how far a fix reaches into another date."""
DIGEST_BYTES = 16
DEGREE_AT_MOST_M = 111_700.0
"""No degree is longer on the ellipsoid, whether of longitude or of latitude."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Fixes as they came: epoch milliseconds, degrees, metres and metres a second (NaN unknown)."""

    t_ms: Millis
    lon: Floats
    lat: Floats
    accuracy_m: Floats
    speed_mps: Floats | None
    flags: Bytes | None
    system: ReferenceSystem

    def __len__(self) -> int:
        return len(self.t_ms)

    def taken(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> "Columns":
        """Some of the fixes."""
        return replace(
            self,
            t_ms=self.t_ms[chosen],
            lon=self.lon[chosen],
            lat=self.lat[chosen],
            accuracy_m=self.accuracy_m[chosen],
            speed_mps=None if self.speed_mps is None else self.speed_mps[chosen],
            flags=None if self.flags is None else self.flags[chosen],
        )


@dataclass(frozen=True)
class SetAside:
    """How many fixes of a batch, judged alone, are doubtful; the date's verdict judges again."""

    mocked: int
    imprecise: int
    impossible: int

    @property
    def total(self) -> int:
        """All of them; a fix is counted once."""
        return self.mocked + self.imprecise + self.impossible


def digest_of(columns: Columns) -> bytes:
    """What tells a repeat from another content under the same id: the fixes as they were sent."""
    found = hashlib.sha256(bytes([columns.system]))
    parts = (columns.t_ms, columns.lon, columns.lat, columns.accuracy_m)
    for part in (*parts, columns.speed_mps, columns.flags):
        found.update(b"-" if part is None else part.tobytes())
    return found.digest()[:DIGEST_BYTES]


def in_order(columns: Columns) -> Columns:
    """By time, in WGS 84."""
    if (columns.t_ms[1:] < columns.t_ms[:-1]).any():
        columns = columns.taken(np.argsort(columns.t_ms, kind="stable"))
    if columns.system is ReferenceSystem.WGS84:
        return columns
    lon, lat = to_wgs84(columns.lon, columns.lat, columns.system)
    return replace(columns, lon=lon, lat=lat)


def set_aside(columns: Columns, values: Values) -> SetAside:
    """What FLD-2 sets aside of the batch alone."""
    if _is_plain(columns, values):
        return SetAside(0, 0, 0)
    mocked = np.zeros(len(columns), dtype=np.bool_)
    if columns.flags is not None:
        mocked = (columns.flags & MOCKED).astype(np.bool_)
    t_s = columns.t_ms / 1000
    fixes = Fixes(t_s, columns.lon, columns.lat, columns.accuracy_m, mocked)
    counts = np.bincount(sift(fixes, values).dispositions, minlength=len(Disposition)).tolist()
    return SetAside(
        counts[Disposition.MOCKED], counts[Disposition.IMPRECISE], counts[Disposition.TELEPORT]
    )


def _is_plain(columns: Columns, values: Values) -> bool:
    """Whether a rough look already shows that FLD-2 sets nothing aside: most batches are so."""
    if columns.flags is not None or not columns.accuracy_m.max() <= values[MAX_ACCURACY_M]:
        return False
    allowed_m = np.diff(columns.t_ms) * (values[MAX_SPEED_MPS] / 1000)
    rough_m = (np.abs(np.diff(columns.lon)) + np.abs(np.diff(columns.lat))) * DEGREE_AT_MOST_M
    return bool((rough_m <= allowed_m).all())


def packed(columns: Columns) -> Packed:
    """The columns as they are stored."""
    return Packed(
        path=pack_path(columns.t_ms / 1000, columns.lon, columns.lat),
        accuracy_dm=pack_accuracy(columns.accuracy_m),
        speed_cmps=None if columns.speed_mps is None else pack_speed(columns.speed_mps),
        flags=None if columns.flags is None else pack_flags(columns.flags),
    )


def day_numbers(t_ms: Millis) -> Millis:
    """The civil day in Asia/Shanghai of each instant, as days since 1970."""
    return (t_ms + SHANGHAI_MS) // DAY_MS


def date_of(day_number: int) -> date:
    """The date of a day number."""
    return date.fromordinal(EPOCH_ORDINAL + day_number)


def without(columns: Columns, days: Sequence[date]) -> Columns:
    """The fixes of other dates."""
    numbers = [day.toordinal() - EPOCH_ORDINAL for day in days]
    return columns.taken(~np.isin(day_numbers(columns.t_ms), numbers))


def days_of(t_ms: Millis) -> list[date]:
    """The civil dates of fixes in order."""
    return _dates(t_ms, 0)


def days_reached(t_ms: Millis, today: date) -> list[date]:
    """The dates whose field time fixes in order can change, up to today."""
    return [day for day in _dates(t_ms, REACH_MS) if day <= today]


def _dates(t_ms: Millis, reach_ms: int) -> list[date]:
    first = (int(t_ms[0]) - reach_ms + SHANGHAI_MS) // DAY_MS
    last = (int(t_ms[-1]) + reach_ms + SHANGHAI_MS) // DAY_MS
    if first == last:
        return [date_of(first)]
    around = np.concatenate((t_ms - reach_ms, t_ms + reach_ms))
    return [date_of(found) for found in np.unique(day_numbers(around)).tolist()]


def instant(t_ms: int) -> datetime:
    """Epoch milliseconds as an instant."""
    return datetime.fromtimestamp(t_ms / 1000, UTC)
