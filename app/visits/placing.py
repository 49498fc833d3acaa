"""Where visit places are on a date, and in whose grid: by the boundaries of that date (ORG-6)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Boundary, VisitPlaceLocation
from app.people.posts import under
from app.people.spans import starts

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Placed:
    """A place on a date: its grid of that date, its point (WGS 84), and how long it is there."""

    place_id: UUID
    grid_code: str
    lon: float
    lat: float
    label: str
    valid: Range[date]


@dataclass(frozen=True)
class Stay:
    """Dates, both included, throughout which a place lies in one grid."""

    place_id: UUID
    grid_code: str
    first: date
    last: date


@dataclass(frozen=True)
class GridArea:
    """A grid's boundary over a span of dates."""

    grid_code: str
    area: BaseGeometry
    valid: Range[date]


def placed_on(session: Session, community_code: str, day: date) -> list[Placed]:
    """Every place of a community on a date, in the order of their keys; not those erased."""
    found = [
        location
        for location in locations_between(session, community_code, day, day)
        if location.whereabouts is not None
    ]
    grids = grids_holding(found, grid_areas(session, community_code, day, day))
    return [placed(location, grid) for location, grid in zip(found, grids, strict=True)]


def stays(session: Session, community_code: str, first: date, last: date) -> list[Stay]:
    """In whose grid every place of a community lies over a span, cut where a boundary or the
    place itself moves; by place, then by date."""
    areas = grid_areas(session, community_code, first, last)
    return _stays(locations_between(session, community_code, first, last), areas, first, last)


def stays_of(session: Session, place_id: UUID, first: date, last: date) -> list[Stay]:
    """In whose grid one place lies over a span, in whatever communities."""
    locations = locations_of(session, place_id)
    found: list[Stay] = []
    for community in sorted({location.grid_code[:12] for location in locations}):
        there = [each for each in locations if each.grid_code.startswith(community)]
        areas = grid_areas(session, community, first, last)
        found += _stays(there, areas, first, last)
    return sorted(found, key=lambda stay: stay.first)


def _stays(
    locations: Sequence[VisitPlaceLocation], areas: Sequence[GridArea], first: date, last: date
) -> list[Stay]:
    changes = {day for area in areas for day in (area.valid.lower, area.valid.upper) if day}
    edges = sorted({first, *(day for day in changes if first < day <= last)})
    pieces: list[Stay] = []
    for start, end in zip(edges, [*edges[1:], last + ONE_DAY], strict=True):
        pieces += _pieces(locations, areas, Range(start, end))
    return list(_joined(sorted(pieces, key=lambda stay: (stay.place_id, stay.first))))


def _pieces(
    locations: Sequence[VisitPlaceLocation], areas: Sequence[GridArea], span: Range[date]
) -> Iterator[Stay]:
    """Within a span throughout which no boundary changes."""
    there = [location for location in locations if location.valid.overlaps(span)]
    in_force = [area for area in areas if area.valid.contains(starts(span))]
    for location, grid in zip(there, grids_holding(there, in_force), strict=True):
        both = location.valid.intersection(span)
        assert both.upper is not None
        yield Stay(location.place_id, grid, starts(both), both.upper - ONE_DAY)


def _joined(pieces: Iterable[Stay]) -> Iterator[Stay]:
    """Pieces of one place that follow upon each other in one grid become one."""
    before: Stay | None = None
    for piece in pieces:
        if before is None:
            before = piece
        elif (before.place_id, before.grid_code) == (piece.place_id, piece.grid_code) and (
            piece.first == before.last + ONE_DAY
        ):
            before = Stay(before.place_id, before.grid_code, before.first, piece.last)
        else:
            yield before
            before = piece
    if before is not None:
        yield before


def location_on(session: Session, place_id: UUID, day: date) -> VisitPlaceLocation | None:
    """Where a place is on a date: where it was last known before, else where it first was."""
    spans = locations_of(session, place_id)
    begun = [location for location in spans if starts(location.valid) <= day]
    return begun[-1] if begun else next(iter(spans), None)


def locations_of(session: Session, place_id: UUID) -> Sequence[VisitPlaceLocation]:
    """Every location that a place has had or will have, by date."""
    return session.scalars(
        select(VisitPlaceLocation)
        .where(VisitPlaceLocation.place_id == place_id)
        .order_by(VisitPlaceLocation.valid)
    ).all()


def grid_of_location(session: Session, location: VisitPlaceLocation, day: date) -> str:
    """The grid of a location on a date."""
    areas = grid_areas(session, location.grid_code[:12], day, day)
    return grids_holding([location], areas)[0]


def placed(location: VisitPlaceLocation, grid_code: str) -> Placed:
    """A location that is not erased, in its grid."""
    where = location.whereabouts
    return Placed(
        place_id=location.place_id,
        grid_code=grid_code,
        lon=where["lon"],
        lat=where["lat"],
        label=where["label"],
        valid=location.valid,
    )


def locations_between(
    session: Session, community_code: str, first: date, last: date
) -> Sequence[VisitPlaceLocation]:
    """The locations of a community's places over a span of dates."""
    return session.scalars(
        select(VisitPlaceLocation)
        .where(
            under(VisitPlaceLocation.grid_code, community_code),
            VisitPlaceLocation.valid.overlaps(Range(first, last, bounds="[]")),
        )
        .order_by(VisitPlaceLocation.place_id, VisitPlaceLocation.valid)
    ).all()


def grid_areas(
    session: Session, community_code: str, first: date, last: date
) -> Sequence[GridArea]:
    """The boundaries of a community's grids over a span of dates, in the order of their codes."""
    rows = session.execute(
        select(Boundary.unit_code, Boundary.area, Boundary.valid)
        .where(
            Boundary.unit_code.like(f"{community_code}___"),
            Boundary.valid.overlaps(Range(first, last, bounds="[]")),
        )
        .order_by(Boundary.unit_code, Boundary.valid)
    )
    return [GridArea(*row) for row in rows]


def grids_holding(locations: Sequence[VisitPlaceLocation], areas: Sequence[GridArea]) -> list[str]:
    """Of each location the first of some grids that holds it, the edge included; where none does,
    and for what is erased, the grid that was written down with it."""
    points = [location.whereabouts or {"lon": np.nan, "lat": np.nan} for location in locations]
    holding = first_holding(
        np.array([point["lon"] for point in points], dtype=np.float64),
        np.array([point["lat"] for point in points], dtype=np.float64),
        [area.area for area in areas],
    )
    return [
        areas[index].grid_code if index >= 0 else location.grid_code
        for location, index in zip(locations, holding.tolist(), strict=True)
    ]


def first_holding(
    lon: NDArray[np.float64], lat: NDArray[np.float64], areas: Sequence[BaseGeometry]
) -> NDArray[np.intp]:
    """Of each point the index of the first area that holds it, the edge included; else -1."""
    holding = np.full(len(lon), -1, dtype=np.intp)
    known = np.isfinite(lon)
    for index, area in enumerate(areas):
        shapely.prepare(area)
        held = shapely.intersects_xy(area, np.where(known, lon, 0), np.where(known, lat, 0))
        holding[known & held & (holding < 0)] = index
    return holding
