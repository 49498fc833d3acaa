"""FLD-2, inside: the union of a worker's grids of a date, widened by the edge tolerance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from app.rules.cite import Cite, cites
from app.rules.geodesy import Floats, Position, metres_per_degree
from app.rules.parameters import Label, Values, number

FLD_2 = Cite("FLD-2", "三(一)1 “6”", reading=True)

EDGE_TOLERANCE_M = number(
    "edge_tolerance_m", 30, "m", "FLD-2", (0, 200), Label("网格边界容差", "Edge tolerance")
)

ARC_SEGMENTS = 16
"""Of a quarter circle: the widened corner is exact to 4 cm."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Area:
    """Prepared once, used for every fix; in degrees, where a straight line stays straight."""

    shape: BaseGeometry
    edges: Floats
    """One row per edge of the outline: lon, lat, and the way to its other end."""

    def holds(self, lon: Floats, lat: Floats) -> Flags:
        """Which positions are inside, the edge included."""
        if not len(self.edges):
            return np.zeros(len(lon), dtype=np.bool_)
        held: Flags = shapely.intersects_xy(self.shape, lon, lat)
        return held


@cites(FLD_2)
def prepare_area(grids: Sequence[BaseGeometry], values: Values) -> Area:
    """Grids as polygons in degrees; without any grid nothing is inside."""
    widened = [widen(grid, values[EDGE_TOLERANCE_M]) for grid in grids if not grid.is_empty]
    return _prepared(shapely.union_all(widened))


def disc(centre: Position, radius_m: float) -> Area:
    """All that is within a radius of a point."""
    return _prepared(widen(shapely.Point(centre.lon, centre.lat), radius_m))


def _prepared(shape: BaseGeometry) -> Area:
    shapely.prepare(shape)
    # The index is built on first use; built here, threads may share the area.
    shapely.intersects_xy(shape, 0.0, 0.0)
    return Area(shape, _edges_of(shape))


def widen(shape: BaseGeometry, metres: float) -> BaseGeometry:
    """By metres on the ellipsoid around the shape's own middle."""
    east, north = _scale_at(shape)
    in_metres = shapely.transform(shape, lambda lonlat: lonlat * (east, north))
    widened = shapely.buffer(in_metres, metres, quad_segs=ARC_SEGMENTS)
    return shapely.transform(widened, lambda xy: xy / (east, north))


def _scale_at(shape: BaseGeometry) -> tuple[float, float]:
    _, south, _, north = shape.bounds
    return metres_per_degree((south + north) / 2)


def _edges_of(shape: BaseGeometry) -> Floats:
    rings = shapely.get_rings(shapely.get_parts(shape))
    corners, ring_of = shapely.get_coordinates(rings, return_index=True)
    same_ring = ring_of[1:] == ring_of[:-1]
    edges: Floats = np.column_stack((corners[:-1], np.diff(corners, axis=0)))[same_ring]
    return edges


@cites(FLD_2)
def inside_shares(area: Area, starts: Floats, ends: Floats) -> tuple[NDArray[np.intp], Floats]:
    """The parts of straight lines that are inside: for each part its line and its two shares.

    A share is 0 at the line's start and 1 at its end; a line may be inside in several parts. Each
    line is cut at every edge that it crosses, and a part is inside if its middle is.
    """
    line, share = _cuts(area, starts, ends - starts)
    lines = np.arange(len(starts))
    line = np.concatenate((lines, line, lines))
    share = np.concatenate((np.zeros(len(starts)), share, np.ones(len(starts))))
    order = np.lexsort((share, line))
    line, share = line[order], share[order]
    is_part = (line[1:] == line[:-1]) & (share[1:] > share[:-1])
    part, parts = line[:-1][is_part], np.column_stack((share[:-1], share[1:]))[is_part]
    middle = starts[part] + (ends - starts)[part] * parts.mean(axis=1)[:, None]
    inside = area.holds(middle[:, 0], middle[:, 1])
    return part[inside], parts[inside]


CROSSINGS_AT_ONCE = 1_000_000


def _cuts(area: Area, starts: Floats, ways: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Where lines cross edges: the line and the share of it; in blocks, to bound the memory."""
    block = max(1, CROSSINGS_AT_ONCE // max(1, len(area.edges)))
    found = [
        _crossings(area.edges, starts[first : first + block], ways[first : first + block], first)
        for first in range(0, len(starts), block)
    ]
    return np.concatenate([line for line, _ in found]), np.concatenate(
        [share for _, share in found]
    )


def _crossings(
    edges: Floats, starts: Floats, ways: Floats, first: int
) -> tuple[NDArray[np.intp], Floats]:
    to_edge = edges[None, :, :2] - starts[:, None, :]
    way_x, way_y = ways[:, None, 0], ways[:, None, 1]
    edge_x, edge_y = edges[None, :, 2], edges[None, :, 3]
    turn = way_x * edge_y - way_y * edge_x
    # A line along an edge meets the edges at its ends, and is cut there.
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (to_edge[:, :, 0] * edge_y - to_edge[:, :, 1] * edge_x) / turn
        along = (to_edge[:, :, 0] * way_y - to_edge[:, :, 1] * way_x) / turn
    near = 1e-9
    line, edge = np.nonzero((share > 0) & (share < 1) & (along >= -near) & (along <= 1 + near))
    return line + first, share[line, edge]
