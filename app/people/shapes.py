"""Whether a polygon can be a unit's boundary: valid, within its parent, beside its neighbours."""

from collections.abc import Mapping

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from app.people.city_refusals import (
    NotInDegrees,
    NotPolygonal,
    OutsideItsParent,
    OverlapsNeighbour,
    PolygonInvalid,
)
from app.rules.area import widen
from app.rules.geodesy import metres_per_degree

FARTHEST_DEGREES = (180.0, 90.0)
PARENT_TOLERANCE_M = 20.0
"""How far a polygon may leave its parent: two surveys of one line differ by so much [reading]."""
SLIVER_M2 = 500.0
SLIVER_SHARE = 0.01
"""An overlap is a sliver up to both: so many square metres, and this share of the smaller one."""


def polygonal(geometry: Mapping[str, object]) -> MultiPolygon:
    """The shape of a GeoJSON geometry; refuses what is not a valid polygon in degrees."""
    if geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise NotPolygonal(type=str(geometry.get("type"))[:40])
    try:
        # Numbers that are none are found below, with their place.
        with np.errstate(invalid="ignore"):
            shape = shapely.force_2d(shapely.geometry.shape(geometry))
    except (ShapelyError, ValueError, TypeError, IndexError, AttributeError, KeyError) as error:
        raise PolygonInvalid(why=str(error)[:200], at=None) from None
    check_degrees(shape)
    return check_valid(shape)


def check_degrees(shape: BaseGeometry) -> None:
    """Refuses coordinates that are off the earth or not numbers."""
    corners = shapely.get_coordinates(shape)
    if not len(corners):
        raise NotPolygonal(type="empty")
    on_earth = (abs(corners) <= FARTHEST_DEGREES).all(axis=1)
    if not on_earth.all():
        raise NotInDegrees(at=corners[~on_earth][0].tolist())


def check_valid(shape: BaseGeometry) -> MultiPolygon:
    """The shape as a MultiPolygon; refuses one that crosses itself, with the place."""
    if not shapely.is_valid(shape):
        why, _, place = shapely.is_valid_reason(shape).partition("[")
        raise PolygonInvalid(why=why.strip(), at=place.rstrip("]") or None)
    if shape.area == 0:
        raise NotPolygonal(type="without area")
    return MultiPolygon([shape]) if isinstance(shape, Polygon) else shape


def check_within(code: str, shape: BaseGeometry, parent: str, around: BaseGeometry) -> None:
    """Refuses a polygon that leaves its parent's boundary by more than the tolerance."""
    if not shapely.intersects(shape, around):
        raise NotInDegrees(unit=code, parent=parent, bounds=list(shape.bounds))
    outside = shapely.difference(shape, widen(around, PARENT_TOLERANCE_M))
    if not outside.is_empty:
        raise OutsideItsParent(
            unit=code,
            parent=parent,
            tolerance_m=PARENT_TOLERANCE_M,
            outside_m2=round(square_metres(outside)),
            at=[round(part, 6) for part in outside.representative_point().coords[0]],
        )


def check_beside(code: str, shape: BaseGeometry, neighbours: Mapping[str, BaseGeometry]) -> None:
    """Refuses a polygon that overlaps a neighbour's by more than a sliver."""
    overlaps = {
        other: square_metres(shapely.intersection(shape, area))
        for other, area in neighbours.items()
        if shapely.intersects(shape, area)
    }
    refused = [
        {"unit": other, "overlap_m2": round(overlap)}
        for other, overlap in overlaps.items()
        if overlap > sliver(shape, neighbours[other])
    ]
    if refused:
        raise OverlapsNeighbour(unit=code, neighbours=refused)


def sliver(one: BaseGeometry, other: BaseGeometry) -> float:
    """The largest overlap of two polygons that is let pass, in square metres."""
    return min(SLIVER_M2, SLIVER_SHARE * min(square_metres(one), square_metres(other)))


def square_metres(shape: BaseGeometry) -> float:
    """The area on the ellipsoid around the shape's own middle."""
    if shape.is_empty:
        return 0.0
    _, south, _, north = shape.bounds
    east_m, north_m = metres_per_degree((south + north) / 2)
    return float(shape.area) * east_m * north_m
