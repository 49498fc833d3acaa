"""Walks a grid worker might take: from door to door inside the grid, with stops."""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from mobile_contract.handset.fixes import METRES_PER_DEGREE, Fixes, Floats, moved_m, precise

PACE_MPS = (0.9, 1.5)
STOP_S = (30.0, 420.0)
NOISE_M = 2.5
EVERY_S = 10
IMPRECISE_SHARE = 0.01


def walk(area: BaseGeometry, span_s: tuple[float, float], numbers: np.random.Generator) -> Fixes:
    """Fixes every ten seconds of a walk in an area between two moments of the epoch."""
    begin, end = span_s
    t_s = np.arange(np.ceil(begin), end, EVERY_S, dtype=np.float64)
    when, lon, lat = _itinerary(area, begin, end, numbers)
    noise = numbers.normal(0.0, NOISE_M, (2, len(t_s)))
    along_lon, along_lat = np.interp(t_s, when, lon), np.interp(t_s, when, lat)
    lon, lat = moved_m(along_lon, along_lat, noise[0], noise[1])
    accuracy = numbers.uniform(4.0, 18.0, len(t_s))
    accuracy[numbers.random(len(t_s)) < IMPRECISE_SHARE] = 150.0
    return precise((t_s * 1000).astype(np.int64), lon, lat, accuracy)


def _itinerary(
    area: BaseGeometry, begin: float, end: float, numbers: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """When the walker is where: each door has an arrival and a departure."""
    doors = points_within(area, numbers, 40 + int((end - begin) / 120))
    legs = np.hypot(np.diff(doors[:, 0]) * np.cos(np.radians(doors[0, 1])), np.diff(doors[:, 1]))
    walking = legs * METRES_PER_DEGREE / numbers.uniform(*PACE_MPS, len(legs))
    stops = numbers.uniform(*STOP_S, len(doors))
    arrivals = begin + np.concatenate(([0.0], np.cumsum(walking + stops[:-1])))
    when = np.column_stack((arrivals, arrivals + stops)).ravel()
    return when, np.repeat(doors[:, 0], 2), np.repeat(doors[:, 1], 2)


def points_within(area: BaseGeometry, numbers: np.random.Generator, size: int) -> Floats:
    """So many points of an area, at random; its innermost one where chance finds too few."""
    west, south, east, north = area.bounds
    drawn = numbers.uniform((west, south), (east, north), (size * 12, 2))
    inside = drawn[shapely.contains_xy(area, drawn[:, 0], drawn[:, 1])][:size]
    middle = innermost(area)
    missing = np.tile(middle, (size - len(inside), 1))
    points: Floats = np.concatenate((inside, missing))
    return points


def innermost(area: BaseGeometry) -> tuple[float, float]:
    """The point of an area that is farthest from its edge."""
    largest = max(shapely.get_parts(area), key=lambda part: float(part.area))
    centre = shapely.get_point(shapely.maximum_inscribed_circle(largest), 0)
    return float(centre.x), float(centre.y)
