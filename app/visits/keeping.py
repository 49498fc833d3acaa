"""What an office does with visit places: within its unit, on dates that can still be put right."""

from datetime import date, datetime, timedelta
from uuid import UUID

import shapely
from shapely import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Boundary, VisitPlace, VisitTarget
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.people.assignments import not_too_far_back
from app.people.city_refusals import GridHasEnded
from app.people.principal import Principal
from app.people.spans import starts
from app.rules.area import widen
from app.rules.geodesy import Position
from app.visits import places, targets
from app.visits.place_schemas import PlaceIn, PlaceMoveIn, TargetEndIn, TargetIn
from app.visits.placing import grid_of_location, location_on, locations_of
from app.visits.refusals import NoGridThere, PlaceIdReused, PointElsewhere, TooFarAhead

REACHES_AHEAD = timedelta(days=366)
BESIDE_ITS_GRID_M = 200.0
"""How far a door may lie outside of the grid that it belongs to [reading]."""


def register(session: Session, asker: Principal, body: PlaceIn, now: datetime) -> UUID:
    """Register a place; a repeat of the same request changes nothing."""
    first = min(target.first_day for target in body.targets)
    for target in body.targets:
        _near(target.first_day, now)
    new = places.NewPlace(
        id=body.id or uuid7(now),
        label=body.label,
        point=body.point(),
        grid_code=grid_for(session, asker, body.point(), body.grid_code, first),
        targets=[(target.kind, target.first_day) for target in body.targets],
    )
    known = session.get(VisitPlace, new.id)
    if known is None:
        places.add(session, new, asker.account_id, now)
    elif not _same(session, known, asker, new):
        raise PlaceIdReused(place=new.id)
    return new.id


def _same(session: Session, known: VisitPlace, asker: Principal, new: places.NewPlace) -> bool:
    """Whether a place is the one that is asked for again."""
    where = next(iter(locations_of(session, known.id))).whereabouts
    rows = session.scalars(select(VisitTarget).where(VisitTarget.place_id == known.id))
    owed = {(target.kind, starts(target.valid)) for target in rows}
    return (known.created_by, where) == (
        asker.account_id,
        places.written(new.label, new.point),
    ) and set(new.targets) <= owed


def _near(day: date, now: datetime) -> None:
    """Raises EffectiveInThePast or TooFarAhead."""
    today = civil_day(now)
    not_too_far_back(day, today)
    if day > today + REACHES_AHEAD:
        raise TooFarAhead(latest=today + REACHES_AHEAD)


def grid_for(
    session: Session, asker: Principal, point: Position, named: str | None, day: date
) -> str:
    """The grid of one's unit that holds a point on a date, else the one named, if it is near.

    Raises Forbidden, GridHasEnded, NoGridThere or PointElsewhere.
    """
    if named is not None:
        asker.act(named)
    holding = session.scalar(
        select(Boundary.unit_code)
        .where(
            Boundary.unit_code.like(f"{asker.unit_code}%___"),
            Boundary.valid.contains(day),
            Boundary.area.ST_Covers(f"SRID=4326;POINT({point.lon} {point.lat})"),
        )
        .order_by(Boundary.unit_code)
        .limit(1)
    )
    if named is None and holding is None:
        raise NoGridThere(on=day)
    if holding is not None and named in (None, holding):
        return holding
    assert named is not None
    _beside(session, named, point, day, holding)
    return named


def _beside(
    session: Session, grid_code: str, point: Position, day: date, holding: str | None
) -> None:
    """A point in no grid belongs to a grid that is near; a point in another does not."""
    area = session.scalar(
        select(Boundary.area).where(Boundary.unit_code == grid_code, Boundary.valid.contains(day))
    )
    if area is None:
        raise GridHasEnded(grid=grid_code, on=day)
    around = widen(area, BESIDE_ITS_GRID_M)
    if holding is not None or not shapely.intersects(around, Point(point.lon, point.lat)):
        raise PointElsewhere(grid=holding, tolerance_m=BESIDE_ITS_GRID_M)


def visible(session: Session, asker: Principal, place_id: UUID, day: date) -> None:
    """Raises NotFound for a place that is erased, or not in one's unit on a date."""
    location = location_on(session, place_id, day)
    if location is None or location.whereabouts is None:
        raise NotFound(place=place_id)
    asker.look(grid_of_location(session, location, day))


def relabel(session: Session, asker: Principal, place_id: UUID, label: str, now: datetime) -> None:
    """Another name for a place of one's unit."""
    visible(session, asker, place_id, civil_day(now))
    places.relabel(session, place_id, label, asker.account_id, now)


def move(
    session: Session, asker: Principal, place_id: UUID, body: PlaceMoveIn, now: datetime
) -> None:
    """A place of one's unit is somewhere else in one's unit from a date on."""
    visible(session, asker, place_id, civil_day(now))
    _near(body.first_day, now)
    grid_code = grid_for(session, asker, body.point(), body.grid_code, body.first_day)
    to = places.Move(body.point(), grid_code, body.first_day)
    places.move(session, place_id, to, asker.account_id, now)


def add_target(
    session: Session, asker: Principal, place_id: UUID, body: TargetIn, now: datetime
) -> VisitTarget:
    """A place of one's unit owes a kind from a date on."""
    visible(session, asker, place_id, civil_day(now))
    _near(body.first_day, now)
    return targets.add_target(session, place_id, body.kind, body.first_day, asker.account_id, now)


def end_target(
    session: Session, asker: Principal, target_id: UUID, body: TargetEndIn, now: datetime
) -> VisitTarget:
    """A target of one's unit ends."""
    target = target_of(session, asker, target_id, now)
    _near(body.last_day, now)
    return targets.end_target(session, target, body.last_day, body.reason, asker.account_id, now)


def remove_target(session: Session, asker: Principal, target_id: UUID, now: datetime) -> None:
    """Take out a target of one's unit that was registered by mistake."""
    target = target_of(session, asker, target_id, now)
    targets.remove_target(session, target, asker.account_id, now)


def target_of(session: Session, asker: Principal, target_id: UUID, now: datetime) -> VisitTarget:
    """A target of a place of one's unit; raises NotFound."""
    found = session.get(VisitTarget, target_id)
    if found is None:
        raise NotFound(target=target_id)
    visible(session, asker, found.place_id, civil_day(now))
    return found
