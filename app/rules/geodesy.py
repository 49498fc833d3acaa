"""Metres on the WGS 84 ellipsoid, for distances as short as a city."""

from dataclasses import dataclass
from math import cos, hypot, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SEMI_MAJOR_M = 6_378_137.0
ECCENTRICITY_SQUARED = 0.006_694_379_990_14


@dataclass(frozen=True)
class Position:
    """Degrees of WGS 84."""

    lon: float
    lat: float


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Of longitude and of latitude, by the two radii of curvature at `lat`."""
    phi = radians(lat)
    flattened = 1 - ECCENTRICITY_SQUARED * sin(phi) ** 2
    prime_vertical = SEMI_MAJOR_M / sqrt(flattened)
    meridian = prime_vertical * (1 - ECCENTRICITY_SQUARED) / flattened
    return radians(prime_vertical * cos(phi)), radians(meridian)


def distance_m(a: Position, b: Position) -> float:
    """By the radii of curvature at the middle latitude: exact to a millimetre at 1 km."""
    east, north = metres_per_degree((a.lat + b.lat) / 2)
    turn = (b.lon - a.lon + 180) % 360 - 180
    return hypot(turn * east, (b.lat - a.lat) * north)


def step_lengths_m(lon: Floats, lat: Floats) -> Floats:
    """`distance_m` of each position from the one before it."""
    squared_sine = np.sin(np.radians((lat[1:] + lat[:-1]) / 2))
    squared_sine *= squared_sine
    flattened = 1 - ECCENTRICITY_SQUARED * squared_sine
    prime_vertical = np.radians(SEMI_MAJOR_M) / np.sqrt(flattened)
    turn = np.diff(lon)
    turn -= 360 * np.round(turn / 360)
    east = turn * prime_vertical * np.sqrt(1 - squared_sine)
    north = np.diff(lat) * prime_vertical * (1 - ECCENTRICITY_SQUARED) / flattened
    length: Floats = np.hypot(east, north)
    return length
