"""Visit places as offices and workers look through them."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import VisitPlace, VisitPlaceLocation, VisitTarget
from app.kit.errors import BadCursor, Forbidden
from app.kit.paging import decode, encode
from app.outbox.emit import emit
from app.people.posts import grids_on
from app.people.principal import Principal
from app.people.spans import starts
from app.rules.visits import EndReason, VisitKind
from app.visits.place_schemas import (
    HeldPlaceOut,
    HeldPlacesPage,
    LocationOut,
    PlaceHistoryOut,
    PlaceOut,
    PlacePage,
    TargetOut,
)
from app.visits.placing import (
    ONE_DAY,
    Placed,
    grid_of_location,
    locations_of,
    placed,
    placed_on,
)
from app.visits.telling import held_places, targets_from, whereabouts

Asked = tuple[str | None, int]
"""The cursor and how many rows at most."""
FIRST = UUID(int=0)


def after(cursor: str | None) -> UUID:
    """The key after which a page goes on; raises BadCursor."""
    if cursor is None:
        return FIRST
    (key,) = decode(cursor, str)
    try:
        return UUID(str(key))
    except ValueError:
        raise BadCursor from None


def places_under(
    session: Session, unit_code: str, kind: VisitKind | None, day: date, asked: Asked
) -> PlacePage:
    """The places of a community or a grid on a date, of a kind or of any, by key."""
    cursor, limit = asked
    last = after(cursor)
    there = [
        found
        for found in placed_on(session, unit_code[:12], day)
        if found.grid_code.startswith(unit_code) and found.place_id > last
    ]
    if kind is not None:
        owing = _owing(session, [found.place_id for found in there], kind, day)
        there = [found for found in there if found.place_id in owing]
    shown, more = there[:limit], len(there) > limit
    targets = targets_from(session, [found.place_id for found in shown], day)
    return PlacePage(
        items=[_place_out(found, targets.get(found.place_id, []), day) for found in shown],
        next_cursor=encode(str(shown[-1].place_id)) if more else None,
    )


def _owing(session: Session, place_ids: Collection[UUID], kind: VisitKind, day: date) -> set[UUID]:
    rows = session.scalars(
        select(VisitTarget.place_id).where(
            VisitTarget.place_id.in_(place_ids),
            VisitTarget.kind == kind,
            VisitTarget.valid.contains(day),
        )
    )
    return set(rows)


def place_of(session: Session, place_id: UUID, day: date) -> PlaceHistoryOut:
    """One place that is not erased, with everything that was and will be."""
    place = session.get_one(VisitPlace, place_id)
    targets = session.scalars(
        select(VisitTarget)
        .where(VisitTarget.place_id == place_id)
        .order_by(VisitTarget.kind, VisitTarget.valid)
    ).all()
    now = _place_out(whereabouts(session, place_id, day)[0], targets, day)
    locations = [_location(session, found, day) for found in locations_of(session, place_id)]
    return PlaceHistoryOut(**now.model_dump(), locations=locations, created_at=place.created_at)


def _location(session: Session, location: VisitPlaceLocation, day: date) -> LocationOut:
    """In its grid of a date, or of its own nearest one."""
    end = location.valid.upper
    within = max(starts(location.valid), day if end is None else min(day, end - ONE_DAY))
    return location_out(placed(location, grid_of_location(session, location, within)))


def location_out(there: Placed) -> LocationOut:
    """Where a place is, as it is shown."""
    end = there.valid.upper
    return LocationOut(
        grid_code=there.grid_code,
        label=there.label,
        lon=there.lon,
        lat=there.lat,
        first_day=starts(there.valid),
        last_day=None if end is None else end - ONE_DAY,
    )


def _place_out(there: Placed, targets: Sequence[VisitTarget], day: date) -> PlaceOut:
    return PlaceOut(
        id=there.place_id,
        **location_out(there).model_dump(),
        kinds=sorted({target.kind for target in targets if target.valid.contains(day)}),
        targets=[target_out(target) for target in targets],
    )


def target_out(target: VisitTarget) -> TargetOut:
    """A target as it is shown."""
    end = target.valid.upper
    return TargetOut(
        id=target.id,
        place_id=target.place_id,
        kind=target.kind,
        first_day=starts(target.valid),
        last_day=None if end is None else end - ONE_DAY,
        end_reason=EndReason(target.end_reason) if target.end_reason else None,
    )


def seen(session: Session, asker: Principal, places: Sequence[PlaceOut]) -> None:
    """Who looked at places leaves a trace: how many and which, without names.

    Of every kind: a trace of special groups alone would say whose they are.
    """
    seen_by(session, asker, [str(place.id) for place in places])


def seen_by(session: Session, asker: Principal, place_ids: Sequence[str]) -> None:
    """The trace of a look at some places; none where there were none."""
    if place_ids:
        emit(
            session,
            "visit_place.seen",
            by=asker.account_id,
            unit_code=asker.unit_code,
            subject=("unit", asker.unit_code),
            places=len(place_ids),
            ids=list(place_ids),
        )


def my_places(
    session: Session, worker_id: UUID, grid: str | None, today: date, asked: Asked
) -> HeldPlacesPage:
    """The places of a worker's grids, or of one of them, as handsets hold them."""
    cursor, limit = asked
    mine = list(grids_on(session, worker_id, today))
    if grid is not None and grid not in mine:
        raise Forbidden(grid=grid)
    found = held_places(session, [grid] if grid else mine, today, after(cursor), limit + 1)
    items = [HeldPlaceOut(id=key, **body) for key, body in found[:limit]]
    more = len(found) > limit
    return HeldPlacesPage(items=items, next_cursor=encode(str(items[-1].id)) if more else None)
