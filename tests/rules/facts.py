"""Facts that the regulation's tests judge: a station, a square grid, walks and sign-ins."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np
from shapely.geometry import Polygon

from app.rules.attendance import CheckIn, Post
from app.rules.civil import CIVIL_TIME
from app.rules.fixes import Fixes
from app.rules.geodesy import Floats, Position, metres_per_degree
from app.rules.trusted_time import Captured

WEDNESDAY = date(2026, 3, 18)
STATION = Position(104.547, 30.411)
ON_DUTY = Post(STATION, on_duty=True)

Fix = tuple[float, float, float]
"""Seconds after 09:00 of the Wednesday, metres east and metres north of the station."""


def at(clock: str, day: date = WEDNESDAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=CIVIL_TIME)


NINE = at("09:00:00").timestamp()


def place(east_m: float, north_m: float = 0.0) -> Position:
    """So many metres from the station."""
    east, north = metres_per_degree(STATION.lat)
    return Position(STATION.lon + east_m / east, STATION.lat + north_m / north)


def square(east_m: float = 0.0, side_m: float = 400.0) -> Polygon:
    """A grid whose south-west corner lies so many metres east of the station."""
    corners = [(0.0, 0.0), (side_m, 0.0), (side_m, side_m), (0.0, side_m)]
    places = [place(east_m + x, y) for x, y in corners]
    return Polygon([(corner.lon, corner.lat) for corner in places])


def walk(fixes: Sequence[Fix], accuracy_m: float = 8.0, mocked: Sequence[int] = ()) -> Fixes:
    places = [place(east, north) for _, east, north in fixes]
    flags = np.zeros(len(fixes), dtype=np.bool_)
    flags[list(mocked)] = True
    return Fixes(
        np.array([NINE + seconds for seconds, _, _ in fixes], dtype=np.float64),
        np.array([found.lon for found in places], dtype=np.float64),
        np.array([found.lat for found in places], dtype=np.float64),
        np.full(len(fixes), accuracy_m),
        flags,
    )


def stay(starts: datetime, lasts: timedelta) -> Floats:
    """One counted interval."""
    start = starts.timestamp()
    return np.array([[start, start + lasts.total_seconds()]])


def no_intervals() -> Floats:
    return np.empty((0, 2))


def check_in(
    clock: str = "08:40:00",
    *,
    day: date = WEDNESDAY,
    distance_m: float = 20.0,
    accuracy_m: float | None = 12.0,
    mocked: bool = False,
    arrives_after: timedelta = timedelta(),
) -> CheckIn:
    """A sign-in with proven time."""
    moment = at(clock, day)
    return CheckIn(
        Captured(moment, proven=True, offset_s=0.0),
        moment + arrives_after,
        place(distance_m),
        accuracy_m,
        mocked,
    )
