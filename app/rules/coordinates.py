"""GCJ-02 and BD-09, the shifted grids of Chinese maps, to WGS 84 and back.

The shift is the published approximation that every map library uses; its inverse is found by
iteration, because halving one forward shift is off by metres.
"""

from enum import IntEnum

import numpy as np

from app.rules.area import Flags
from app.rules.geodesy import Floats, Position


class ReferenceSystem(IntEnum):
    """The reference systems that handsets report in; the number is what is stored."""

    WGS84 = 0
    GCJ02 = 1
    BD09 = 2


Degrees = tuple[Floats, Floats]
"""Longitudes and latitudes."""

KRASSOVSKY_M = 6_378_245.0
KRASSOVSKY_ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943
SHIFTED_LON = (72.004, 137.8347)
SHIFTED_LAT = (0.8293, 55.8271)
BAIDU_TURN = np.pi * 3000 / 180
BAIDU_LON, BAIDU_LAT = 0.0065, 0.006
STILL = 1e-11
"""Degrees: a micrometre."""
ROUNDS = 40


def to_wgs84(lon: Floats, lat: Floats, system: ReferenceSystem) -> Degrees:
    """From any of the systems; exact to a micrometre where the shift applies."""
    if system is ReferenceSystem.WGS84:
        return lon, lat
    if system is ReferenceSystem.BD09:
        lon, lat = bd09_to_gcj02(lon, lat)
    return gcj02_to_wgs84(lon, lat)


def position_to_wgs84(position: Position, system: ReferenceSystem) -> Position:
    """One position from any of the systems."""
    lon, lat = to_wgs84(np.array([position.lon]), np.array([position.lat]), system)
    return Position(float(lon[0]), float(lat[0]))


def wgs84_to_gcj02(lon: Floats, lat: Floats) -> Degrees:
    """Shifted inside the rectangle around China, as it is outside."""
    east, north = _shift(lon, lat)
    inside = _is_shifted(lon, lat)
    return lon + np.where(inside, east, 0.0), lat + np.where(inside, north, 0.0)


def gcj02_to_wgs84(lon: Floats, lat: Floats) -> Degrees:
    """The position whose shift leads here; outside the rectangle the position itself."""
    inside = _is_shifted(lon, lat)
    true_lon, true_lat = lon.astype(np.float64), lat.astype(np.float64)
    for _ in range(ROUNDS):
        east, north = _shift(true_lon, true_lat)
        off_lon = np.where(inside, lon - true_lon - east, 0.0)
        off_lat = np.where(inside, lat - true_lat - north, 0.0)
        true_lon, true_lat = true_lon + off_lon, true_lat + off_lat
        if not (np.maximum(np.abs(off_lon), np.abs(off_lat)) > STILL).any():
            break
    return true_lon, true_lat


def gcj02_to_bd09(lon: Floats, lat: Floats) -> Degrees:
    """Baidu's second shift."""
    radius, angle = _polar(lon, lat, 1)
    return radius * np.cos(angle) + BAIDU_LON, radius * np.sin(angle) + BAIDU_LAT


def bd09_to_gcj02(lon: Floats, lat: Floats) -> Degrees:
    """The position whose second shift leads here; the published inverse is only its first guess."""
    radius, angle = _polar(lon - BAIDU_LON, lat - BAIDU_LAT, -1)
    inner_lon, inner_lat = radius * np.cos(angle), radius * np.sin(angle)
    for _ in range(ROUNDS):
        back_lon, back_lat = gcj02_to_bd09(inner_lon, inner_lat)
        inner_lon, inner_lat = inner_lon + lon - back_lon, inner_lat + lat - back_lat
        if not (np.maximum(np.abs(lon - back_lon), np.abs(lat - back_lat)) > STILL).any():
            break
    return inner_lon, inner_lat


def _polar(lon: Floats, lat: Floats, sign: int) -> Degrees:
    """Around the origin of degrees, moved by Baidu's waves."""
    radius = np.hypot(lon, lat) + sign * 0.00002 * np.sin(lat * BAIDU_TURN)
    return radius, np.arctan2(lat, lon) + sign * 0.000003 * np.cos(lon * BAIDU_TURN)


def _is_shifted(lon: Floats, lat: Floats) -> Flags:
    west, east = SHIFTED_LON
    south, north = SHIFTED_LAT
    found: Flags = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return found


def _shift(lon: Floats, lat: Floats) -> Degrees:
    """Degrees east and north by which GCJ-02 moves a WGS 84 position."""
    x, y = lon - 105.0, lat - 35.0
    waves = 20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)
    root = np.sqrt(np.abs(x))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (
        waves + _waves(y, (20, 1), (40, 1 / 3)) + _waves(y, (160, 1 / 12), (320, 1 / 30))
    ) / 1.5
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (
        waves + _waves(x, (20, 1), (40, 1 / 3)) + _waves(x, (150, 1 / 12), (300, 1 / 30))
    ) / 1.5
    phi = np.radians(lat)
    flattened = 1 - KRASSOVSKY_ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    prime_vertical = KRASSOVSKY_M / np.sqrt(flattened)
    meridian = prime_vertical * (1 - KRASSOVSKY_ECCENTRICITY_SQUARED) / flattened
    return np.degrees(east / (prime_vertical * np.cos(phi))), np.degrees(north / meridian)


def _waves(along: Floats, *waves: tuple[float, float]) -> Floats:
    total = np.zeros_like(along)
    for height, turns in waves:
        total = total + height * np.sin(along * np.pi * turns)
    return total
