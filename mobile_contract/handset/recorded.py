"""Tracks that people recorded, moved to a date and to a grid."""

import csv
import gzip
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np

from mobile_contract.handset.civil import civil_day, from_millis, to_millis
from mobile_contract.handset.fixes import Fixes, Floats, Millis, precise

DAY_MS = 86_400_000
ACCURACY_M = 10.0
CELL_DEGREES = 0.002
STAY_S = 300.0
"""A longer pause between fixes says nothing of where the walker was."""


@dataclass(frozen=True, eq=False)
class Recording:
    """A track as its file has it, in order of time."""

    name: str
    t_ms: Millis
    lon: Floats
    lat: Floats

    @property
    def day(self) -> date:
        """The civil date in Asia/Shanghai on which it begins."""
        return civil_day(from_millis(int(self.t_ms[0])))


def recordings(folder: Path) -> list[Recording]:
    """Every CSV of a folder, packed or not, by name."""
    files = sorted(path for path in folder.iterdir() if path.name.endswith((".csv", ".csv.gz")))
    if not files:
        raise ValueError(f"no .csv or .csv.gz in {folder}")
    return [read(path) for path in files]


def read(path: Path) -> Recording:
    """A file with the columns time, lon and lat; times are UTC unless they say otherwise."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        rows = [
            (to_millis(datetime.fromisoformat(row["time"])), float(row["lon"]), float(row["lat"]))
            for row in csv.DictReader(lines)
        ]
    if not rows:
        raise ValueError(f"{path.name} holds no fixes")
    rows.sort()
    t_ms, lon, lat = zip(*rows, strict=True)
    return Recording(
        path.name,
        np.array(t_ms, dtype=np.int64),
        np.array(lon, dtype=np.float64),
        np.array(lat, dtype=np.float64),
    )


def placed(recording: Recording, day: date, centre: tuple[float, float]) -> Fixes:
    """The walk on another date, at the same times of day, its busiest part at a grid's centre."""
    moved = (day - recording.day).days
    busy_lon, busy_lat = busiest(recording)
    # Metres east and north stay what they were: degrees of longitude differ with the latitude.
    stretch = np.cos(np.radians(busy_lat)) / np.cos(np.radians(centre[1]))
    return precise(
        recording.t_ms + moved * DAY_MS,
        centre[0] + (recording.lon - busy_lon) * stretch,
        centre[1] + (recording.lat - busy_lat),
        np.full(len(recording.t_ms), ACCURACY_M),
    )


def busiest(recording: Recording) -> tuple[float, float]:
    """Where the walker spent most time: the middle of the fixes of that cell."""
    stays = np.diff(recording.t_ms, append=recording.t_ms[-1]) / 1000
    stays = np.where(stays > STAY_S, 0.0, stays) + 1e-3
    cells = np.column_stack((recording.lon, recording.lat)) // CELL_DEGREES
    _, cell_of = np.unique(cells, axis=0, return_inverse=True)
    flat = cell_of.reshape(-1)
    here = flat == np.argmax(np.bincount(flat, weights=stays))
    return float(recording.lon[here].mean()), float(recording.lat[here].mean())
