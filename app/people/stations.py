"""Stations: where a community's workers sign in, versioned by date (ATT-2)."""

from datetime import date

import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Boundary, Station
from app.kit.errors import NotFound
from app.outbox.emit import emit
from app.people.boundaries import lock
from app.people.city_refusals import NotInDegrees, VersionFollows
from app.people.marks import mark_unit
from app.people.posts import station_on
from app.people.principal import Principal
from app.people.spans import cut, not_in_the_past, starts
from app.rules.area import widen
from app.rules.divisions import UnitTier

STATION_TOLERANCE_M = 2_000.0
"""A station may stand outside of its community, in a shared building [reading]; not elsewhere."""


def station_of(session: Session, asker: Principal, community: str, day: date) -> Station:
    """The station of a date; raises NotFound."""
    asker.look(community)
    found = station_on(session, community, day)
    if found is None:
        raise NotFound(community=community, on=day)
    return found


def move(
    session: Session,
    asker: Principal,
    community: str,
    placed: tuple[str, Point],
    first: date,
    today: date,
) -> Station:
    """The station's name and place from a date on; the version before is closed."""
    asker.act(community)
    not_in_the_past(first, today)
    if lock(session, community).tier is not UnitTier.COMMUNITY:
        raise NotFound(community=community)
    check_near(session, community, placed[1], first)
    station = replace(session, community, placed, first)
    if first == today:
        mark_unit(session, community, today, today)
    emit(
        session,
        "station.moved",
        by=asker.account_id,
        unit_code=community,
        subject=("unit", community),
        station=station.id,
        first_day=first.isoformat(),
    )
    return station


def check_near(session: Session, community: str, point: Point, day: date) -> None:
    """Refuses a point far from the community: most likely swapped or shifted coordinates."""
    area = session.scalar(
        select(Boundary.area).where(Boundary.unit_code == community, Boundary.valid.contains(day))
    )
    if area is not None and not is_near(area, point):
        raise NotInDegrees(unit=community, at=[point.x, point.y], tolerance_m=STATION_TOLERANCE_M)


def is_near(area: BaseGeometry, point: Point) -> bool:
    """Whether a station's point belongs to a community's area."""
    return bool(shapely.intersects(widen(area, STATION_TOLERANCE_M), point))


def replace(session: Session, community: str, placed: tuple[str, Point], first: date) -> Station:
    """Close the version before, or take its place if it begins on the same date."""
    name, point = placed
    versions = session.scalars(select(Station).where(Station.community_code == community)).all()
    later = [starts(version.valid) for version in versions if starts(version.valid) > first]
    if later:
        raise VersionFollows(unit=community, last=max(later))
    for version in versions:
        if starts(version.valid) == first:
            session.delete(version)
        elif version.valid.contains(first):
            version.valid = cut(version.valid, first)
    session.flush()
    station = Station(community_code=community, name=name, point=point, valid=Range(first, None))
    session.add(station)
    session.flush()
    return station
