"""What handsets know of visit places: those of their worker's grids, with their living targets.

A handset that is given a grid gets a `grid` change, and then asks for its places with
GET /v1/me/visit-places?grid=; every later change of a place comes as a `visit_place` change. A grid
that is withdrawn takes its places with it.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import VisitPlaceLocation, VisitTarget
from app.outbox.emit import publish, withdraw
from app.people.marks import holders
from app.people.posts import under
from app.people.spans import starts
from app.visits.placing import (
    ONE_DAY,
    Placed,
    grid_of_location,
    location_on,
    locations_of,
    placed,
    placed_on,
)

KIND = "visit_place"


def place_shown(
    now: Placed, moves: Iterable[Placed], targets: Iterable[VisitTarget]
) -> dict[str, Any]:
    """A place as handsets hold it: where it is, where it will be, and what it owes."""
    return {
        **_where(now),
        "moves": [_where(coming) for coming in moves],
        "targets": [
            {
                "id": str(target.id),
                "kind": target.kind.value,
                "first_day": starts(target.valid).isoformat(),
                "last_day": _last_day(target),
            }
            for target in targets
        ],
    }


def _last_day(target: VisitTarget) -> str | None:
    end = target.valid.upper
    return None if end is None else (end - ONE_DAY).isoformat()


def _where(there: Placed) -> dict[str, Any]:
    return {
        "first_day": starts(there.valid).isoformat(),
        "grid_code": there.grid_code,
        "label": there.label,
        "lon": there.lon,
        "lat": there.lat,
    }


def whereabouts(session: Session, place_id: UUID, today: date) -> list[Placed]:
    """Where a place is today, or first will be, and where it moves to; nothing once erased."""
    now = location_on(session, place_id, today)
    if now is None or now.whereabouts is None:
        return []
    later = [
        location
        for location in locations_of(session, place_id)
        if starts(location.valid) > max(today, starts(now.valid))
    ]
    return [
        placed(location, grid_of_location(session, location, max(today, starts(location.valid))))
        for location in (now, *later)
    ]


def told(session: Session, place_id: UUID, today: date) -> set[UUID]:
    """The workers whose handsets hold a place: of level 1, with a grid where it is or will be."""
    session.flush()
    grids = {there.grid_code for there in whereabouts(session, place_id, today)}
    return {worker_id for grid in grids for worker_id in holders(session, grid, today)}


def tell(session: Session, place_id: UUID, today: date, before: Collection[UUID] = ()) -> None:
    """Tell who holds a place what it looks like now, and who held it that it is gone."""
    session.flush()
    there = whereabouts(session, place_id, today)
    targets = targets_from(session, [place_id], today).get(place_id, [])
    now = told(session, place_id, today)
    if not there or not targets:
        for worker_id in sorted(now.union(before)):
            withdraw(session, worker_id, KIND, place_id, "expired" if there else "deleted")
        return
    body = place_shown(there[0], there[1:], targets)
    for worker_id in sorted(now):
        publish(session, worker_id, KIND, place_id, body)
    for worker_id in sorted(set(before) - now):
        withdraw(session, worker_id, KIND, place_id, "out_of_scope")


def targets_from(
    session: Session, place_ids: Sequence[UUID], day: date
) -> dict[UUID, list[VisitTarget]]:
    """The targets of some places that live on a date or later."""
    rows = session.scalars(
        select(VisitTarget)
        .where(VisitTarget.place_id.in_(place_ids), VisitTarget.valid.overlaps(Range(day, None)))
        .order_by(VisitTarget.place_id, VisitTarget.kind, VisitTarget.valid)
    )
    found: dict[UUID, list[VisitTarget]] = {}
    for target in rows:
        found.setdefault(target.place_id, []).append(target)
    return found


def held_places(
    session: Session, grids: Collection[str], today: date, after: UUID, limit: int
) -> list[tuple[UUID, dict[str, Any]]]:
    """The places of some grids with their living targets, by key: what a handset should hold."""
    there = {
        found.place_id: [found]
        for community in sorted({grid[:12] for grid in grids})
        for found in placed_on(session, community, today)
        if found.grid_code in grids
    }
    there |= _moving(session, grids, today, there)
    targets = targets_from(session, [key for key in there if key > after], today)
    keys = sorted(targets)[:limit]
    return [(key, place_shown(there[key][0], there[key][1:], targets[key])) for key in keys]


def _moving(
    session: Session, grids: Collection[str], today: date, held: Collection[UUID]
) -> dict[UUID, list[Placed]]:
    """Places that will move, or begin, after today: those held, and those that come to be."""
    communities = sorted({grid[:12] for grid in grids})
    coming = session.scalars(
        select(VisitPlaceLocation.place_id)
        .distinct()
        .where(
            VisitPlaceLocation.valid.op(">>")(Range(None, today, bounds="(]")),
            or_(
                VisitPlaceLocation.place_id.in_(held),
                *(under(VisitPlaceLocation.grid_code, code) for code in communities),
            ),
        )
    )
    found = {place_id: whereabouts(session, place_id, today) for place_id in coming}
    return {
        place_id: there
        for place_id, there in found.items()
        if place_id in held or any(step.grid_code in grids for step in there)
    }
