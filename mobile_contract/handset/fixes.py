"""What a handset's positioning says: columns of fixes, and what can be wrong with them."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Millis = NDArray[np.int64]
METRES_PER_DEGREE = 111_320.0
MOCKED = 1
"""The bit of a fix's flags that says it came from a mocked provider."""


@dataclass(frozen=True, eq=False)
class Fixes:
    """In order of time: epoch milliseconds, degrees in WGS 84, metres."""

    t_ms: Millis
    lon: Floats
    lat: Floats
    accuracy_m: Floats
    mocked: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.t_ms)

    def part(self, begin: int, end: int) -> "Fixes":
        """Some that follow one another."""
        cut = slice(begin, end)
        return Fixes(
            self.t_ms[cut], self.lon[cut], self.lat[cut], self.accuracy_m[cut], self.mocked[cut]
        )


def precise(t_ms: Millis, lon: Floats, lat: Floats, accuracy_m: Floats) -> Fixes:
    """Fixes that nobody mocked, as exact as they are sent: 7 decimals, decimetres."""
    return Fixes(
        t_ms,
        np.round(lon, 7),
        np.round(lat, 7),
        np.round(accuracy_m, 1),
        np.zeros(len(t_ms), dtype=np.bool_),
    )


NO_FIXES = precise(np.array([], dtype=np.int64), *(np.array([]) for _ in range(3)))
"""Of a phone that records no track."""


def joined(*parts: Fixes) -> Fixes:
    """One after the other."""
    return Fixes(
        np.concatenate([part.t_ms for part in parts]),
        np.concatenate([part.lon for part in parts]),
        np.concatenate([part.lat for part in parts]),
        np.concatenate([part.accuracy_m for part in parts]),
        np.concatenate([part.mocked for part in parts]),
    )


def mocked_after(fixes: Fixes, t_ms: int) -> Fixes:
    """From a moment on the positions come from an app that invents them."""
    return replace(fixes, mocked=fixes.mocked | (fixes.t_ms >= t_ms))


def drifting(fixes: Fixes, numbers: np.random.Generator) -> Fixes:
    """Now and then a few fixes lie kilometres away, as between high houses, and claim precision."""
    lon, lat = fixes.lon.copy(), fixes.lat.copy()
    starts = numbers.choice(max(len(fixes) - 3, 1), size=len(fixes) // 90, replace=False)
    for start in starts.tolist():
        length = int(numbers.integers(1, 4))
        lon[start : start + length] += numbers.uniform(0.012, 0.03)
        lat[start : start + length] += numbers.uniform(-0.02, 0.02)
    return replace(fixes, lon=np.round(lon, 7), lat=np.round(lat, 7))


def moved_m(lon: Floats, lat: Floats, east_m: Floats, north_m: Floats) -> tuple[Floats, Floats]:
    """Positions moved by metres, exact enough for noise."""
    per_degree = METRES_PER_DEGREE * np.cos(np.radians(lat))
    return lon + east_m / per_degree, lat + north_m / METRES_PER_DEGREE
