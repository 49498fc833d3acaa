"""What the rows of each kind say, once every cell is readable."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Point

from app.kit.errors import Refusal
from app.people.importing.columns import (
    CATEGORIES,
    EMPLOYMENTS,
    LEVELS,
    SYSTEMS,
    TIERS,
    YES_OR_NO,
    Kind,
)
from app.people.importing.fields import Cells
from app.people.importing.problems import Findings, Place
from app.people.importing.reading import Features, Row, Table
from app.people.shapes import polygonal
from app.rules.coordinates import ReferenceSystem, position_to_wgs84, to_wgs84
from app.rules.corps import RosterCategory
from app.rules.divisions import TIERS as TIER_OF_LENGTH
from app.rules.duty import Employment
from app.rules.geodesy import Position

LENGTHS = tuple(TIER_OF_LENGTH)
COMMUNITY, GRID = 12, 15


@dataclass(frozen=True)
class UnitRecord:
    """A unit by its code."""

    place: Place
    code: str
    name: str


@dataclass(frozen=True)
class BoundaryRecord:
    """A unit's polygon from a date on."""

    place: Place
    code: str
    shape: MultiPolygon
    first: date | None


@dataclass(frozen=True)
class StationRecord:
    """A community's station from a date on."""

    place: Place
    community: str
    name: str
    point: Point
    first: date | None


@dataclass(frozen=True)
class WorkerRecord:
    """A member of the corps at a post, with a grid or without; one more row for one more grid."""

    place: Place
    name: str
    phone: str
    level: int
    category: RosterCategory | None
    employment: Employment | None
    community: str
    grid: str | None
    first_responsible: bool
    first: date


Record = UnitRecord | BoundaryRecord | StationRecord | WorkerRecord


def records(content: Table | Features, findings: Findings) -> list[Record]:
    """The readable records of a file; the findings have the others."""
    if isinstance(content, Features):
        every = enumerate(content.features, 1)
        found = [_boundary(Place(content.file, n), one, findings) for n, one in every]
        return [record for record in found if record is not None]
    reader = {Kind.UNITS: _unit, Kind.STATIONS: _station, Kind.WORKERS: _worker}[Kind(content.kind)]
    readable = []
    for row in content.rows:
        before = len(findings.problems)
        record = reader(Cells(row, findings))
        if record is not None and len(findings.problems) == before:
            readable.append(record)
    return readable


def _unit(cells: Cells) -> Record | None:
    code, name = cells.code("code", *LENGTHS), cells.text("name")
    tier = cells.word("tier", TIERS)
    if code is None:
        return None
    if tier is not None and tier is not TIER_OF_LENGTH[len(code)]:
        cells.wrong("tier", "tier_differs")
    if len(code) == GRID and code.endswith("000"):
        cells.wrong("code", "serial_zero")
    return UnitRecord(cells.row.place, code, name)


def _station(cells: Cells) -> Record | None:
    community, name = cells.code("community_code", COMMUNITY), cells.text("name")
    lon, lat = cells.number("lon", -180, 180), cells.number("lat", -90, 90)
    system = cells.word("crs", SYSTEMS) or ReferenceSystem.WGS84
    first = cells.day("from")
    if community is None or lon is None or lat is None:
        return None
    moved = position_to_wgs84(Position(lon, lat), system)
    point = Point(moved.lon, moved.lat)
    return StationRecord(cells.row.place, community, name, point, first)


def _worker(cells: Cells) -> Record | None:
    name, phone = cells.text("name"), cells.phone("phone")
    cells.text("level")
    cells.text("from")
    level, first = cells.word("level", LEVELS), cells.day("from")
    category = cells.word("category", CATEGORIES)
    employment = cells.word("employment", EMPLOYMENTS)
    community, grid = cells.code("community_code", COMMUNITY), cells.code_if_any("grid_code", GRID)
    first_responsible = cells.word("first_responsible", YES_OR_NO) or False
    if first_responsible and not cells.row.cells.get("grid_code"):
        cells.wrong("grid_code", "no_grid")
    if phone is None or level is None or first is None or community is None:
        return None
    return WorkerRecord(
        place=cells.row.place,
        name=name,
        phone=phone,
        level=level,
        category=category,
        employment=employment,
        community=community,
        grid=grid,
        first_responsible=first_responsible,
        first=first,
    )


def _boundary(place: Place, feature: Any, findings: Findings) -> BoundaryRecord | None:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(properties, dict) or not isinstance(geometry, dict):
        findings.add(place, "", "not_a_feature")
        return None
    said = {key: str(properties[key]) for key in ("code", "from", "crs") if properties.get(key)}
    cells = Cells(Row(place, said), findings)
    before = len(findings.problems)
    code, first = cells.code("code", *LENGTHS), cells.day("from")
    system = cells.word("crs", SYSTEMS) or ReferenceSystem.WGS84
    shape = _shape(place, geometry, system, findings)
    if code is None or shape is None or len(findings.problems) > before:
        return None
    return BoundaryRecord(place, code, shape, first)


def _shape(
    place: Place, geometry: Mapping[str, object], system: ReferenceSystem, findings: Findings
) -> MultiPolygon | None:
    try:
        shape = polygonal(geometry)
    except Refusal as refusal:
        findings.refuse(place, "geometry", refusal)
        return None
    if system is ReferenceSystem.WGS84:
        return shape
    return shapely.transform(
        shape, lambda lonlat: np.column_stack(to_wgs84(lonlat[:, 0], lonlat[:, 1], system))
    )
