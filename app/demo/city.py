"""The demo city as one value, computed from Jianyang's divisions and outline and a seed."""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import shapely
from shapely import Point, Polygon

from app.demo import people, places
from app.demo.people import DemoWorker, OfficeAccount, RosterMember
from app.demo.places import DemoPlace
from app.demo.tessellation import Division, tessellate
from app.rules.divisions import UnitTier, tier_of

DATA = Path(__file__).with_name("data")
SEED = 2017
WORKERS = 1500
MONTH = timedelta(days=31)
MONTH_IN = "510185001001"
"""Where a month of work has been done: the community of the first station's account."""
COMMITTEE = re.compile("(居民委员会|村民委员会|居委会|村委会)$")
BOUNDARY_NOTE = {
    "zh": (
        "演示数据：区划名称、代码和市界为真实数据；"
        "市界以内的所有边界、站点、人员和电话号码均为虚构。"
    ),
    "en": (
        "Demo data: the names, codes and the city's outline are real; every boundary below the "
        "city, every station, every person and every phone number is invented."
    ),
}


@dataclass(frozen=True)
class DemoUnit:
    """A unit of any tier; only the city has no parent."""

    code: str
    tier: UnitTier
    name: str
    parent: str | None


@dataclass(frozen=True)
class DemoStation:
    """A community's station at an invented point near the middle of its invented area."""

    community: str
    name: str
    point: Point


@dataclass(frozen=True)
class DemoGrid:
    """A grid with its polygon in WGS84."""

    code: str
    name: str
    community: str
    area: Polygon


@dataclass(frozen=True)
class DemoCity:
    """All that a loader needs, parents before children; boundaries are WGS84, by unit code."""

    boundary_note: ClassVar[Mapping[str, str]] = BOUNDARY_NOTE

    units: tuple[DemoUnit, ...]
    boundaries: Mapping[str, Polygon]
    stations: tuple[DemoStation, ...]
    grids: tuple[DemoGrid, ...]
    workers: tuple[DemoWorker, ...]
    roster: tuple[RosterMember, ...]
    accounts: tuple[OfficeAccount, ...]
    places: tuple[DemoPlace, ...]


def build(seed: int = SEED, workers: int = WORKERS) -> DemoCity:
    """The whole city; the number of workers changes nothing but who is staffed where."""
    divisions = read_divisions()
    boundaries = tessellate(read_outline(), divisions, seed)
    communities = [division for division in divisions if division.level == "community"]
    grids = tuple(grid for community in communities for grid in _grids(community, boundaries))
    codes: dict[str, list[str]] = {}
    for grid in grids:
        codes.setdefault(grid.community, []).append(grid.code)
    return DemoCity(
        units=_units(divisions, grids),
        boundaries=boundaries,
        stations=tuple(_station(community, boundaries) for community in communities),
        grids=grids,
        workers=people.workers(codes, divisions, seed, workers),
        roster=people.roster([grid.code for grid in grids], seed),
        accounts=people.accounts(divisions, seed),
        places=tuple(places.places([(grid.code, grid.area) for grid in grids], seed)),
    )


def read_divisions() -> tuple[Division, ...]:
    """The city, its 37 townships and 468 communities, as the statistical list has them."""
    with (DATA / "divisions.csv").open(encoding="utf-8", newline="") as rows:
        return tuple(
            Division(row["code"], row["name"], row["level"], row["parent"])
            for row in csv.DictReader(rows)
        )


def read_outline() -> Polygon:
    """The real outline of the city: one polygon."""
    feature = json.loads((DATA / "boundary.geojson").read_text(encoding="utf-8"))
    (outline,) = shapely.geometry.shape(feature["geometry"]).geoms
    return outline


def short_name(community: str) -> str:
    """The place without its committee: 龙垭社区居民委员会 is 龙垭社区."""
    return COMMITTEE.sub("", community)


def feature_collection(city: DemoCity, tier: UnitTier) -> dict[str, object]:
    """The boundaries of one tier as GeoJSON; each says whether it is invented."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": unit.code,
                "name": unit.name,
                "tier": unit.tier.value,
                "parent": unit.parent,
                "invented": unit.tier is not UnitTier.CITY,
            },
            "geometry": shapely.geometry.mapping(city.boundaries[unit.code]),
        }
        for unit in city.units
        if unit.tier is tier
    ]
    note = dict(city.boundary_note)
    return {"type": "FeatureCollection", "note": note, "features": features}


def _units(divisions: Sequence[Division], grids: Sequence[DemoGrid]) -> tuple[DemoUnit, ...]:
    real = [
        DemoUnit(d.code, tier_of(d.code), d.name, None if d.level == "city" else d.parent)
        for d in divisions
    ]
    return tuple(real + [DemoUnit(g.code, UnitTier.GRID, g.name, g.community) for g in grids])


def _grids(community: Division, boundaries: Mapping[str, Polygon]) -> list[DemoGrid]:
    """The community's grids: its code and a serial of three digits (ORG-6)."""
    found: list[DemoGrid] = []
    place = short_name(community.name)
    while (code := f"{community.code}{len(found) + 1:03d}") in boundaries:
        name = f"{place}第{len(found) + 1}网格"
        found.append(DemoGrid(code, name, community.code, boundaries[code]))
    return found


def _station(community: Division, boundaries: Mapping[str, Polygon]) -> DemoStation:
    area = boundaries[community.code]
    middle = area.centroid if area.contains(area.centroid) else area.point_on_surface()
    point = Point(round(middle.x, 7), round(middle.y, 7))
    return DemoStation(community.code, f"{short_name(community.name)}网格化服务管理站", point)
