"""Invented doors of the demo city that visits are owed to: about forty targets a grid (VIS-6)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from app.rules.visits import VisitKind

STREETS = ("和平路", "建设路", "人民路", "石桥路", "射洪坝路", "东溪路", "雄州大道", "棉丰路")
COURTYARDS = (
    "锦绣苑",
    "阳光小区",
    "东城印象",
    "滨江花园",
    "幸福里",
    "新民家园",
    "枫林小区",
    "水岸新居",
)
SQUARES = 4
"""Points are drawn so many times as often as needed; a grid fills at least half its frame."""


@dataclass(frozen=True)
class DemoPlace:
    """A guard post or household at an invented point of a grid, with the kinds it owes."""

    serial: int
    grid: str
    label: str
    lon: float
    lat: float
    kinds: tuple[VisitKind, ...]


HOUSEHOLDS = (28, 37)
KINDS_A_GRID: tuple[tuple[tuple[VisitKind, ...], tuple[int, int]], ...] = (
    ((VisitKind.PROPERTY_GUARD,), (1, 3)),
    ((VisitKind.RENTAL,), (1, 4)),
    ((VisitKind.SPECIAL_GROUP, VisitKind.RESIDENT), (0, 3)),
    ((VisitKind.CARE, VisitKind.RESIDENT), (1, 4)),
    ((VisitKind.RESIDENT,), HOUSEHOLDS),
)
"""How many places of which kinds a grid has: from, and up to but not including."""


def places(grids: Sequence[tuple[str, Polygon]], seed: int) -> Iterator[DemoPlace]:
    """The places of each grid in turn; the same for the same grid and seed."""
    for code, area in grids:
        rng = np.random.default_rng([seed, 4, int(code)])
        kinds = [of for of, (low, high) in KINDS_A_GRID for _ in range(rng.integers(low, high))]
        points = within(area, len(kinds), rng)
        for serial, (of, (lon, lat)) in enumerate(zip(kinds, points.tolist(), strict=True)):
            yield DemoPlace(serial, code, label(of[0], rng), round(lon, 6), round(lat, 6), of)


def within(area: Polygon, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """So many points of a polygon, in the order drawn; its own middle where too few are found."""
    west, south, east, north = area.bounds
    drawn = rng.uniform((west, south), (east, north), (size * SQUARES, 2))
    held = drawn[shapely.contains_xy(area, drawn)][:size]
    middle = shapely.get_coordinates(area.representative_point())
    return np.vstack((held, np.repeat(middle, size - len(held), axis=0)))


def label(kind: VisitKind, rng: np.random.Generator) -> str:
    """A door that nobody lives behind."""
    if kind is VisitKind.PROPERTY_GUARD:
        return f"{COURTYARDS[rng.integers(len(COURTYARDS))]}物业门岗"
    street, number = STREETS[rng.integers(len(STREETS))], rng.integers(1, 200)
    unit, floor, door = rng.integers(1, 7), rng.integers(1, 19), rng.integers(1, 5)
    return f"{street}{number}号{unit}单元{floor}{door:02d}室"
