"""Units, boundaries, grids, stations, vacancies."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import shapely
from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from shapely import Point

from app.api.city_queries import GridsAsked, UnitsAsked, VacanciesAsked
from app.api.deps import Db, Now, Reads, UnitsReader, UnitsWriter
from app.api.export import FILES, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.db.models import Boundary, Station, Unit
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import CommunityCode, Day, GridCode, UnitCode
from app.people import boundaries, grids, stations, units
from app.people.city_refusals import (
    AlreadyEnded,
    EffectiveInThePast,
    GridCodesUsedUp,
    GridHasEnded,
    NotInDegrees,
    NotPolygonal,
    OutsideItsParent,
    OverlapsNeighbour,
    ParentWithoutBoundary,
    PolygonInvalid,
    SpanReversed,
    VersionFollows,
)
from app.people.city_schemas import (
    BoundaryFeature,
    BoundaryIn,
    BoundaryPage,
    BoundaryProperties,
    DivisionOut,
    EndIn,
    GeometryOut,
    GridIn,
    StationIn,
    StationOut,
    UnitIn,
    UnitPage,
    VacancyOut,
    VacancyPage,
)
from app.people.shapes import polygonal
from app.people.spans import starts
from app.rules.organisation import ORG_2

router = APIRouter(prefix="/v1", tags=["city"])


class GeoJSON(JSONResponse):
    """An answer as maps open it (RFC 7946)."""

    media_type = "application/geo+json"


CONSTRAINTS["ex_boundary_unit_code_valid"] = VersionFollows
CONSTRAINTS["ex_station_community_code_valid"] = VersionFollows
SHAPES = (
    NotPolygonal,
    PolygonInvalid,
    NotInDegrees,
    OutsideItsParent,
    OverlapsNeighbour,
    ParentWithoutBoundary,
    EffectiveInThePast,
)
On = Annotated[Day | None, Query(description="A civil date; today without it")]
UNIT_COLUMNS: Mapping[str, tuple[str, str]] = {
    "code": ("编码", "Code"),
    "tier": ("层级", "Tier"),
    "name": ("名称", "Name"),
    "parent_code": ("上级编码", "Parent"),
}
VACANCY_COLUMNS: Mapping[str, tuple[str, str]] = {
    "code": ("网格编码", "Grid"),
    "name": ("网格名称", "Name"),
    "community": ("社区编码", "Community"),
    "clause": ("依据条款", "Clause"),
}


@router.get("/units", responses={**refusals(BadCursor, NotFound), **FILES}, response_model=UnitPage)
def list_units(
    db: Db, asker: UnitsReader, reads: Reads, asked: Annotated[UnitsAsked, Query()]
) -> UnitPage | Response:
    """Units within one's own, in the order of their codes."""
    page = units.listed(db, asker, asked.parent, asked.tier, asked.q, asked.page)
    items = [DivisionOut.model_validate(unit) for unit in page.items]
    shown = UnitPage(items=items, next_cursor=page.next_cursor)
    return as_asked(shown, UNIT_COLUMNS, asked.format, "units", reads)


@router.get("/units/{code}", responses=refusals(NotFound))
def read_unit(db: Db, asker: UnitsReader, code: UnitCode) -> DivisionOut:
    """One unit."""
    return DivisionOut.model_validate(units.unit_of(db, asker, code))


@router.patch("/units/{code}", responses=refusals(NotFound))
def rename_unit(db: Db, asker: UnitsWriter, now: Now, code: UnitCode, body: UnitIn) -> DivisionOut:
    """Give a unit another name."""
    return DivisionOut.model_validate(units.rename(db, asker, code, body.name, civil_day(now)))


@router.get("/units/{code}/boundary", responses=refusals(NotFound), response_class=GeoJSON)
def read_boundary(
    db: Db, asker: UnitsReader, now: Now, code: UnitCode, on: On = None
) -> BoundaryFeature:
    """A unit's boundary of a date, as a GeoJSON feature."""
    unit = units.unit_of(db, asker, code)
    return feature(unit, boundaries.boundary_on(db, code, on or civil_day(now)))


@router.put(
    "/units/{code}/boundary", responses=refusals(NotFound, GridHasEnded, VersionFollows, *SHAPES)
)
def redraw_unit(
    db: Db, asker: UnitsWriter, now: Now, code: UnitCode, body: BoundaryIn
) -> BoundaryFeature:
    """A new version of a unit's boundary from a date on; the version before keeps its dates."""
    shape = polygonal(body.geometry.model_dump())
    drawn = boundaries.redraw(db, asker, code, shape, body.first_day, civil_day(now))
    return feature(units.unit_of(db, asker, code), drawn)


@router.get("/grids", responses=refusals(BadCursor, NotFound), response_class=GeoJSON)
def list_grids(
    db: Db, asker: UnitsReader, now: Now, asked: Annotated[GridsAsked, Query()]
) -> BoundaryPage:
    """Grids with their boundaries of a date, as a GeoJSON feature collection."""
    within = asked.unit or asker.unit_code
    asker.look(within)
    page = grids.page_of_areas(db, within, asked.on or civil_day(now), *asked.page)
    return BoundaryPage(
        type="FeatureCollection",
        features=[feature(*drawn) for drawn in page.items],
        next_cursor=page.next_cursor,
    )


@router.post("/grids", status_code=201, responses=refusals(NotFound, GridCodesUsedUp, *SHAPES))
def set_up_grid(db: Db, asker: UnitsWriter, now: Now, body: GridIn) -> BoundaryFeature:
    """Set up a grid: it gets the next code of its community (ORG-6)."""
    drawn = (polygonal(body.geometry.model_dump()), body.first_day)
    return feature(*grids.set_up(db, asker, body.community, body.name, drawn, civil_day(now)))


@router.put(
    "/grids/{code}/boundary", responses=refusals(NotFound, GridHasEnded, VersionFollows, *SHAPES)
)
def redraw_grid(
    db: Db, asker: UnitsWriter, now: Now, code: GridCode, body: BoundaryIn
) -> BoundaryFeature:
    """A new version of a grid's boundary from a date on; past days keep theirs (ORG-6)."""
    return redraw_unit(db, asker, now, code, body)


@router.post(
    "/grids/{code}/end",
    responses=refusals(
        NotFound, GridHasEnded, AlreadyEnded, VersionFollows, SpanReversed, EffectiveInThePast
    ),
)
def end_grid(db: Db, asker: UnitsWriter, now: Now, code: GridCode, body: EndIn) -> DivisionOut:
    """End a grid from a date on: its boundary and assignments close, its code is never reused."""
    return DivisionOut.model_validate(grids.end(db, asker, code, body.end, civil_day(now)))


@router.get("/units/{code}/station", responses=refusals(NotFound))
def read_station(
    db: Db, asker: UnitsReader, now: Now, code: CommunityCode, on: On = None
) -> StationOut:
    """Where a community's workers sign in on a date (ATT-2)."""
    return station_out(stations.station_of(db, asker, code, on or civil_day(now)))


@router.put(
    "/units/{code}/station",
    responses=refusals(NotFound, NotInDegrees, VersionFollows, EffectiveInThePast),
)
def move_station(
    db: Db, asker: UnitsWriter, now: Now, code: CommunityCode, body: StationIn
) -> StationOut:
    """The station's name and place from a date on."""
    placed = (body.name, Point(body.lon, body.lat))
    moved = stations.move(db, asker, code, placed, body.first_day, civil_day(now))
    return station_out(moved)


@router.get(
    "/units/{code}/vacancies",
    responses={**refusals(BadCursor, NotFound), **FILES},
    response_model=VacancyPage,
)
def list_vacancies(
    db: Db,
    asker: UnitsReader,
    when: Now,
    reads: Reads,
    code: UnitCode,
    asked: Annotated[VacanciesAsked, Query()],
) -> VacancyPage | Response:
    """Grids without a first responsible worker on a date (ORG-2)."""
    asker.look(code)
    page = grids.vacancies(db, code, asked.on or civil_day(when), *asked.page)
    items = [
        VacancyOut(
            code=grid.code,
            name=grid.name,
            community=grid.code[:12],
            rule=ORG_2.rule,
            clause=ORG_2.clause,
        )
        for grid in page.items
    ]
    shown = VacancyPage(items=items, next_cursor=page.next_cursor)
    return as_asked(shown, VACANCY_COLUMNS, asked.format, "vacancies", reads)


def feature(unit: Unit, boundary: Boundary) -> BoundaryFeature:
    """A boundary as GeoJSON."""
    geometry = shapely.geometry.mapping(boundary.area)
    return BoundaryFeature(
        type="Feature",
        id=unit.code,
        properties=BoundaryProperties(
            code=unit.code,
            name=unit.name,
            tier=unit.tier,
            boundary=boundary.id,
            valid_from=starts(boundary.valid),
            valid_to=boundary.valid.upper,
            source=boundary.source,
            invented=boundary.source.startswith("demo: invented"),
        ),
        geometry=GeometryOut(type=geometry["type"], coordinates=list(geometry["coordinates"])),
    )


def station_out(station: Station) -> StationOut:
    """A station as it is shown."""
    point = station.point
    assert isinstance(point, Point)
    valid_to: date | None = station.valid.upper
    return StationOut(
        community=station.community_code,
        name=station.name,
        lon=point.x,
        lat=point.y,
        valid_from=starts(station.valid),
        valid_to=valid_to,
    )
