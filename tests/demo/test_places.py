"""The doors of the demo city: inside their grids, of all kinds, the same for the same seed."""

from collections import Counter

import numpy as np
import shapely
from shapely import Polygon

from app.demo.city import DemoCity
from app.demo.places import places, within
from app.rules.visits import VisitKind


def test_every_place_lies_in_its_grid(jianyang: DemoCity) -> None:
    areas = {grid.code: grid.area for grid in jianyang.grids}
    assert len(jianyang.places) > 30 * len(jianyang.grids)
    outside = [
        place
        for place in jianyang.places
        if not shapely.intersects_xy(areas[place.grid].buffer(1e-5), place.lon, place.lat)
    ]
    assert outside == []


def test_every_grid_owes_guards_homes_and_households(jianyang: DemoCity) -> None:
    kinds: dict[str, Counter[VisitKind]] = {}
    for place in jianyang.places:
        kinds.setdefault(place.grid, Counter()).update(place.kinds)
    assert set(kinds) == {grid.code for grid in jianyang.grids}
    for counted in kinds.values():
        assert counted[VisitKind.PROPERTY_GUARD] >= 1
        assert counted[VisitKind.RENTAL] >= 1
        assert counted[VisitKind.RESIDENT] >= 28


def test_a_seed_decides_all() -> None:
    grids = [("510185001001001", Polygon([(104, 30), (104.01, 30), (104, 30.01)]))]
    assert list(places(grids, 1)) == list(places(grids, 1))
    assert list(places(grids, 1)) != list(places(grids, 2))


def test_a_sliver_still_gets_its_points() -> None:
    sliver = Polygon([(104, 30), (104.01, 30.01), (104.01, 30.01001)])
    points = within(sliver, 5, np.random.default_rng(1))
    assert points.shape == (5, 2)
    assert shapely.intersects_xy(sliver.buffer(1e-6), points).all()
