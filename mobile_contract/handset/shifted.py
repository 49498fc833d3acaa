"""The shifted grids of Chinese maps that some phones report in: GCJ-02 and BD-09."""

import numpy as np

from mobile_contract.handset.fixes import Floats

EARTH_M = 6_378_245.0
ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943
TURN = np.pi * 3000 / 180


def to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """From WGS 84, inside China."""
    x, y = lon - 105.0, lat - 35.0
    ripple = _waves(x, (20, 6), (20, 2))
    root = np.sqrt(np.abs(x))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (ripple + _waves(y, (20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30))) / 1.5
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (ripple + _waves(x, (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30))) / 1.5
    flat = 1 - ECCENTRICITY_SQUARED * np.sin(np.radians(lat)) ** 2
    across = EARTH_M / np.sqrt(flat)
    along = across * (1 - ECCENTRICITY_SQUARED) / flat
    return (
        lon + np.degrees(east / (across * np.cos(np.radians(lat)))),
        lat + np.degrees(north / along),
    )


def to_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """From WGS 84, by way of GCJ-02."""
    x, y = to_gcj02(lon, lat)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * TURN)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _waves(along: Floats, *waves: tuple[float, float]) -> Floats:
    total = np.zeros_like(along)
    for height, turns in waves:
        total = total + height * np.sin(along * np.pi * turns)
    return total


SYSTEMS = {"wgs84": lambda lon, lat: (lon, lat), "gcj02": to_gcj02, "bd09": to_bd09}
