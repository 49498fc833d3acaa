"""Places: households and guard posts that visits are paid to, each somewhere over spans of dates.

These functions take plain arguments and ask nobody for permission, and no date is too early for
them: whoever calls them has looked after both (app.visits.keeping does for the API). A place that
is made from an information record has the record's id.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, null, or_, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import (
    Assignment,
    Change,
    Held,
    PhotoLink,
    Quarantine,
    Submission,
    Visit,
    VisitPlace,
    VisitPlaceLocation,
    VisitTarget,
)
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.outbox.emit import emit
from app.people.posts import under
from app.people.spans import starts
from app.rules.geodesy import Position
from app.rules.visits import EndReason, VisitKind
from app.visits.placing import ONE_DAY, grid_of_location, locations_of
from app.visits.refusals import MoveFollows, PlaceIdReused
from app.visits.targets import add_target, end_target, lock_place, mark_place
from app.visits.telling import KIND, tell, told

VISIT = "visit"
"""What the door and the feed call a visit."""
__all__ = ["NewPlace", "add", "add_target", "end_target", "erase_place", "move", "relabel"]


@dataclass(frozen=True)
class NewPlace:
    """A place as it is registered: where (WGS 84), in which grid, and what it owes since when."""

    id: UUID
    label: str
    point: Position
    grid_code: str
    targets: Sequence[tuple[VisitKind, date]] = ()


def add(session: Session, new: NewPlace, by: UUID | None, now: datetime) -> VisitPlace:
    """Register a place with its targets; raises PlaceIdReused.

    It is there from the first date of its targets on; from today, if it has none.
    """
    if session.get(VisitPlace, new.id) is not None:
        raise PlaceIdReused(place=new.id)
    today = civil_day(now)
    first = min((since for _, since in new.targets), default=today)
    place = VisitPlace(id=new.id, created_by=by, created_at=now)
    session.add(place)
    session.flush()
    _locate(session, new.id, written(new.label, new.point), new.grid_code, Range(first, None), now)
    for kind, since in new.targets:
        session.add(
            VisitTarget(
                id=uuid7(now),
                place_id=new.id,
                kind=kind,
                valid=Range(since, None),
                created_by=by,
                created_at=now,
            )
        )
    mark_place(session, new.id, first, today)
    tell(session, new.id, today)
    emit(
        session,
        "visit_place.added",
        by=by,
        unit_code=new.grid_code,
        subject=("visit_place", new.id),
        first_day=first.isoformat(),
        targets=len(new.targets),
    )
    return place


def written(label: str, point: Position) -> dict[str, Any]:
    """Whereabouts as they are sealed."""
    return {"label": label, "lon": point.lon, "lat": point.lat}


def _locate(
    session: Session,
    place_id: UUID,
    where: dict[str, Any],
    grid_code: str,
    valid: Range[date],
    now: datetime,
) -> None:
    session.add(
        VisitPlaceLocation(
            id=uuid7(now),
            place_id=place_id,
            grid_code=grid_code,
            whereabouts=where,
            valid=valid,
        )
    )
    session.flush()


@dataclass(frozen=True)
class Move:
    """Where a place is from a date on, and in which grid."""

    point: Position
    grid_code: str
    first: date


def move(session: Session, place_id: UUID, to: Move, by: UUID | None, now: datetime) -> None:
    """The place is somewhere else from a date on; before, it stays where it was.

    From the first date of a location on, that location is put right. Raises NotFound, PlaceErased
    or MoveFollows.
    """
    lock_place(session, place_id)
    today = civil_day(now)
    locations = locations_of(session, place_id)
    last = locations[-1]
    if starts(last.valid) > to.first and len(locations) > 1:
        raise MoveFollows(last=starts(last.valid))
    before = told(session, place_id, today)
    mark_place(session, place_id, to.first, today)
    where = written(last.whereabouts["label"], to.point)
    if starts(last.valid) >= to.first:
        last.whereabouts, last.grid_code = where, to.grid_code
        last.valid = Range(to.first, last.valid.upper)
    else:
        last.valid = Range(starts(last.valid), to.first)
        session.flush()
        _locate(session, place_id, where, to.grid_code, Range(to.first, None), now)
    mark_place(session, place_id, to.first, today)
    tell(session, place_id, today, before)
    emit(
        session,
        "visit_place.moved",
        by=by,
        unit_code=to.grid_code,
        subject=("visit_place", place_id),
        first_day=to.first.isoformat(),
    )


def relabel(session: Session, place_id: UUID, label: str, by: UUID | None, now: datetime) -> None:
    """What a place is called, on all dates; raises NotFound or PlaceErased."""
    lock_place(session, place_id)
    for location in locations_of(session, place_id):
        location.whereabouts = {**location.whereabouts, "label": label}
    tell(session, place_id, civil_day(now))
    emit(
        session,
        "visit_place.relabelled",
        by=by,
        unit_code=locations_of(session, place_id)[-1].grid_code,
        subject=("visit_place", place_id),
    )


def erase_place(session: Session, place_id: UUID, by: UUID | None, now: datetime) -> None:
    """Forget where a place is and what was written of visits to it; what was owed and paid stays.

    Its targets end with the day before; one that began no earlier than today is taken out. Raises
    NotFound or PlaceErased.
    """
    place = lock_place(session, place_id)
    today = civil_day(now)
    before = told(session, place_id, today)
    grid_code = locations_of(session, place_id)[-1].grid_code
    for target in session.scalars(
        select(VisitTarget).where(
            VisitTarget.place_id == place_id, VisitTarget.valid.overlaps(Range(today, None))
        )
    ).all():
        if starts(target.valid) >= today:
            session.delete(target)
        else:
            target.valid = Range(starts(target.valid), today)
            target.end_reason = EndReason.OTHER.value
    mark_place(session, place_id, today, today)
    _forget(session, place_id, today - ONE_DAY)
    place.erased_at = now
    tell(session, place_id, today, before)
    emit(
        session,
        "visit_place.erased",
        by=by,
        unit_code=grid_code,
        subject=("visit_place", place_id),
        last_day=(today - ONE_DAY).isoformat(),
    )


def _forget(session: Session, place_id: UUID, last: date) -> None:
    """The whereabouts; words, positions and photos of the visits; and what handsets were sent,
    sent themselves, or were answered. What runs stays owed by the grid of the last date."""
    for location in locations_of(session, place_id):
        location.grid_code = _last_grid(session, location, last)
        location.whereabouts = None
    visits = select(Visit.id).where(Visit.place_id == place_id)
    session.execute(delete(PhotoLink).where(PhotoLink.subject_id.in_(visits)))
    session.execute(
        update(Visit)
        .where(Visit.place_id == place_id)
        .values(words=None, photos=[], lon=None, lat=None)
    )
    communities = {location.grid_code[:12] for location in locations_of(session, place_id)}
    holders = select(Assignment.worker_id).where(
        or_(*(under(Assignment.grid_code, community) for community in communities))
    )
    session.execute(
        update(Change)
        .where(
            Change.worker_id.in_(holders),
            Change.kind == KIND,
            Change.subject_id == str(place_id),
        )
        .values(body=null(), gone="deleted")
    )
    _forget_said(session, list(session.scalars(visits)))
    _forget_waiting(session, place_id, communities)
    session.flush()


def _last_grid(session: Session, location: VisitPlaceLocation, last: date) -> str:
    """The grid that a location lies in on a date, or on its own last one before."""
    end = location.valid.upper
    day = last if end is None else min(last, end - ONE_DAY)
    return grid_of_location(session, location, max(day, starts(location.valid)))


def _forget_said(session: Session, visits: Sequence[UUID]) -> None:
    """What was written at the door, where handsets were told it back."""
    keys = [str(key) for key in visits]
    told_back = select(Change).where(Change.kind == VISIT, Change.subject_id.in_(keys))
    for change in session.scalars(told_back):
        change.body = change.body and {**change.body, "place": None}
    for answered in session.scalars(select(Submission).where(Submission.id.in_(visits))):
        facts = {**answered.result["facts"], "place": None}
        answered.result = {**answered.result, "facts": facts}


def _forget_waiting(session: Session, place_id: UUID, communities: Collection[str]) -> None:
    """Visits to the place that were held or set aside."""
    tables: tuple[Any, ...] = (Held, Quarantine)
    for table in tables:
        rows = session.scalars(
            select(table).where(table.kind == VISIT, table.community_code.in_(communities))
        )
        for row in rows:
            if _place_in(row.content.get("received")) == str(place_id):
                session.delete(row)


def _place_in(received: Any) -> object:
    """The place that a visit was paid to, if it has got that far."""
    body = received.get("body") if isinstance(received, dict) else None
    return body.get("place_id") if isinstance(body, dict) else None
