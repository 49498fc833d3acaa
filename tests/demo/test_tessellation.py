"""The invented boundaries: compact, whole, without gap or overlap, the same for the same seed."""

from collections import Counter
from math import cos, pi, radians

import numpy as np
import pytest
import shapely
from shapely import Polygon, STRtree, box

from app.demo.city import DemoCity, read_divisions, read_outline
from app.demo.tessellation import Division, grids_by_community, tessellate

SQUARE_METRES = 111_320.0**2 * cos(radians(30.4))
SMALL = box(104.50, 30.40, 104.60, 30.48)
HORSESHOE = box(104, 30, 104.3, 30.3) - box(104.1, 30.05, 104.2, 30.3)
Areas = dict[str, Polygon]


def _divisions(townships: int, communities: int) -> list[Division]:
    """A city of half neighbourhoods, half villages."""
    found = [Division("510185", "城市", "city", "5101")]
    for township in range(1, townships + 1):
        code = f"510185{township:03d}"
        found.append(Division(code, f"第{township}镇", "township", "510185"))
        for serial in range(1, communities + 1):
            kind = "村村民委员会" if serial > communities / 2 else "社区居民委员会"
            found.append(Division(f"{code}{serial:03d}", f"{serial}{kind}", "community", code))
    return found


@pytest.fixture(scope="module")
def areas(jianyang: DemoCity) -> Areas:
    return dict(jianyang.boundaries)


def _tier(areas: Areas, digits: int) -> Areas:
    return {code: area for code, area in areas.items() if len(code) == digits}


def test_counts_of_each_tier(areas: Areas) -> None:
    assert Counter(map(len, areas)) == {6: 1, 9: 37, 12: 468, 15: 1400}
    grids = Counter(code[:12] for code in areas if len(code) == 15)
    assert min(grids.values()) == 2
    assert max(grids.values()) == 5


def test_serials_have_no_gap(areas: Areas) -> None:
    grids = Counter(code[:12] for code in areas if len(code) == 15)
    for community, size in grids.items():
        assert {f"{community}{serial:03d}" for serial in range(1, size + 1)} <= areas.keys()


def test_each_area_is_one_valid_polygon_of_seven_decimals(areas: Areas) -> None:
    for area in areas.values():
        assert area.geom_type == "Polygon"
        assert area.is_valid
        assert not area.interiors
        corners = shapely.get_coordinates(area)
        assert np.array_equal(corners, np.round(corners, 7))


@pytest.mark.parametrize("digits", [9, 12, 15])
def test_neighbours_share_edges_and_do_not_overlap(areas: Areas, digits: int) -> None:
    tier = list(_tier(areas, digits).values())
    assert shapely.coverage_is_valid(tier)
    one, other = STRtree(tier).query(tier, predicate="intersects")
    pairs = one < other
    met = shapely.intersection(np.array(tier)[one[pairs]], np.array(tier)[other[pairs]])
    assert len(met) > len(tier)
    assert shapely.area(met).max() * SQUARE_METRES < 1


@pytest.mark.parametrize("digits", [6, 9, 12])
def test_children_cover_their_parent_exactly(areas: Areas, digits: int) -> None:
    below: dict[str, list[Polygon]] = {}
    for code, area in _tier(areas, digits + 3).items():
        below.setdefault(code[:digits], []).append(area)
    assert below.keys() == _tier(areas, digits).keys()
    for code, children in below.items():
        assert shapely.union_all(children).symmetric_difference(areas[code]).area < 1e-9


def test_city_keeps_its_real_outline(areas: Areas) -> None:
    real = read_outline()
    assert areas["510185"].hausdorff_distance(real) < 2e-7
    kept = {tuple(corner) for corner in shapely.get_coordinates(areas["510185"]).tolist()}
    assert {tuple(corner) for corner in shapely.get_coordinates(real).tolist()} <= kept


def test_grids_are_compact_and_of_a_walkable_size(areas: Areas) -> None:
    grids = list(_tier(areas, 15).values())
    sizes = shapely.area(grids) * SQUARE_METRES
    assert sizes.min() > 200_000
    assert sizes.max() < 6_000_000
    assert np.median(4 * pi * shapely.area(grids) / shapely.length(grids) ** 2) > 0.65


def test_neighbourhoods_are_smaller_than_villages(areas: Areas) -> None:
    size: dict[bool, list[float]] = {True: [], False: []}
    for division in read_divisions():
        if division.level == "community":
            size[division.is_village].append(areas[division.code].area)
    assert np.median(size[False]) < 0.5 * np.median(size[True])


def test_another_seed_is_another_city() -> None:
    divisions = _divisions(3, 4)
    once, again, other = (tessellate(SMALL, divisions, seed) for seed in (1, 1, 2))
    assert once == again
    assert once != other


def test_some_townships_alone() -> None:
    divisions = _divisions(3, 4)
    whole = tessellate(SMALL, divisions, 1)
    part = tessellate(SMALL, divisions, 1, {"510185002"})
    assert part.keys() == {code for code in whole if code.startswith("510185002")}
    for code, area in part.items():
        assert area.hausdorff_distance(whole[code]) < 2e-7


def test_a_bent_outline_leaves_no_area_in_two_parts() -> None:
    for seed in range(5):
        areas = tessellate(HORSESHOE, _divisions(4, 3), seed)
        assert {area.geom_type for area in areas.values()} == {"Polygon"}
        assert shapely.coverage_is_valid(list(_tier(areas, 15).values()))
        assert areas["510185"].symmetric_difference(HORSESHOE).area < 1e-8


def test_grid_numbers_follow_the_seed_and_keep_the_total() -> None:
    divisions = read_divisions()
    once, other = (grids_by_community(divisions, seed) for seed in (1, 2))
    assert once != other
    assert sum(once.values()) == sum(other.values()) == 1400
