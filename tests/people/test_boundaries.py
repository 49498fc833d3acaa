"""ORG-6: what a boundary is measured by, on both sides of each edge."""

from collections.abc import Mapping
from typing import Any

import pytest
from shapely import MultiPolygon, Polygon, box

from app.kit.errors import Refusal
from app.people.city_refusals import (
    NotInDegrees,
    NotPolygonal,
    OutsideItsParent,
    OverlapsNeighbour,
    PolygonInvalid,
)
from app.people.shapes import (
    PARENT_TOLERANCE_M,
    check_beside,
    check_within,
    polygonal,
    sliver,
    square_metres,
)
from app.rules.geodesy import metres_per_degree

LON, LAT = 104.55, 30.41
EAST_M, NORTH_M = metres_per_degree(LAT)


def rectangle(west: float, south: float, east: float, north: float) -> Polygon:
    """A rectangle by its sides in metres from a place in the city."""
    return box(
        LON + west / EAST_M, LAT + south / NORTH_M, LON + east / EAST_M, LAT + north / NORTH_M
    )


def ring(*corners: tuple[float, float]) -> dict[str, Any]:
    """A GeoJSON polygon of one ring."""
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in corners]]}


@pytest.mark.parametrize(
    ("beyond", "refused"),
    [(0.0, False), (PARENT_TOLERANCE_M - 0.5, False), (PARENT_TOLERANCE_M + 0.5, True)],
)
def test_org_6_a_parent_is_left_by_the_tolerance_at_most(beyond: float, refused: bool) -> None:
    community, grid = rectangle(0, 0, 1000, 1000), rectangle(500, 0, 1000 + beyond, 1000)
    if refused:
        with pytest.raises(OutsideItsParent) as found:
            check_within("510185001001001", grid, "510185001001", community)
        assert 400 < float(str(found.value.facts["outside_m2"])) < 600
    else:
        check_within("510185001001001", grid, "510185001001", community)


def test_org_6_a_polygon_elsewhere_is_said_to_be_elsewhere() -> None:
    with pytest.raises(NotInDegrees):
        check_within("a", rectangle(5000, 0, 6000, 1000), "b", rectangle(0, 0, 1000, 1000))


@pytest.mark.parametrize(
    ("overlap_m", "height_m", "refused"),
    [
        (0.0, 1000, False),
        (0.49, 1000, False),
        (0.51, 1000, True),  # 500 m² between two large grids
        (0.99, 100, False),
        (1.01, 100, True),  # one hundredth of a small one
    ],
)
def test_org_6_an_overlap_is_a_sliver_or_refused(
    overlap_m: float, height_m: float, refused: bool
) -> None:
    width = height_m
    one = rectangle(0, 0, width + overlap_m, height_m)
    neighbours: Mapping[str, Polygon] = {"other": rectangle(width, 0, 2 * width, height_m)}
    if refused:
        with pytest.raises(OverlapsNeighbour) as found:
            check_beside("one", one, neighbours)
        assert "other" in str(found.value.facts["neighbours"])
    else:
        check_beside("one", one, neighbours)


def test_a_sliver_is_the_stricter_of_the_two() -> None:
    large, small = rectangle(0, 0, 1000, 1000), rectangle(0, 0, 100, 100)
    assert sliver(large, large) == 500.0
    assert sliver(large, small) == pytest.approx(100.0, rel=1e-3)
    assert square_metres(large) == pytest.approx(1_000_000, rel=1e-3)


@pytest.mark.parametrize(
    ("geometry", "refusal"),
    [
        ({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, NotPolygonal),
        ({"type": "GeometryCollection", "geometries": []}, NotPolygonal),
        ({}, NotPolygonal),
        ({"type": "Polygon", "coordinates": []}, NotPolygonal),
        ({"type": "Polygon", "coordinates": None}, NotPolygonal),
        ({"type": "Polygon", "coordinates": "here"}, PolygonInvalid),
        ({"type": "Polygon"}, PolygonInvalid),
        (ring((0, 0), (1, 1)), PolygonInvalid),
        (ring((0, 0), (1, 0), (2, 0), (0, 0)), PolygonInvalid),
        (ring((0, 0), (1, 1), (1, 0), (0, 1), (0, 0)), PolygonInvalid),
        (ring((0, 0), (181, 0), (1, 1), (0, 0)), NotInDegrees),
        (ring((0, 0), (1, 91), (1, 1), (0, 0)), NotInDegrees),
        (ring((0, 0), (float("nan"), 0), (1, 1), (0, 0)), NotInDegrees),
        (ring((0, 0), (float("inf"), 0), (1, 1), (0, 0)), NotInDegrees),
    ],
)
def test_org_6_what_is_no_boundary(geometry: Mapping[str, object], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        polygonal(geometry)


def test_a_polygon_that_crosses_itself_is_shown_where() -> None:
    with pytest.raises(PolygonInvalid) as found:
        polygonal(ring((0, 0), (1, 1), (1, 0), (0, 1), (0, 0)))
    assert found.value.facts == {"why": "Self-intersection", "at": "0.5 0.5"}


def test_heights_are_dropped_and_one_polygon_becomes_several() -> None:
    geometry = {"type": "Polygon", "coordinates": [[[0, 0, 5], [1, 0, 5], [1, 1, 5], [0, 0, 5]]]}
    found = polygonal(geometry)
    assert isinstance(found, MultiPolygon)
    assert not found.has_z
