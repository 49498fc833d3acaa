"""Targets: the kinds that a place owes visits for, each with its life (VIS-6).

The functions with plain arguments ask nobody for permission: whoever calls them has.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Visit, VisitPlace, VisitTarget
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.outbox.emit import emit, mark_visits
from app.people.spans import starts
from app.rules.visits import EndReason, VisitKind
from app.visits.placing import ONE_DAY, locations_of, stays_of
from app.visits.refusals import (
    EndsBeforeItBegins,
    PlaceErased,
    TargetEnded,
    TargetStands,
    TargetVisited,
)
from app.visits.telling import tell


def lock_place(session: Session, place_id: UUID) -> VisitPlace:
    """A place that is not erased, its row locked against other changes; raises NotFound."""
    found = session.get(VisitPlace, place_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(place=place_id)
    if found.erased_at is not None:
        raise PlaceErased(place=place_id)
    return found


def add_target(
    session: Session, place_id: UUID, kind: VisitKind, first: date, by: UUID | None, now: datetime
) -> VisitTarget:
    """From a date on the place owes visits of a kind; raises TargetStands.

    A date before the place's own first one moves that one back.
    """
    lock_place(session, place_id)
    if _overlapping(session, place_id, kind, first):
        raise TargetStands(kind=kind.value)
    _reach_back(session, place_id, first)
    target = VisitTarget(
        id=uuid7(now), place_id=place_id, kind=kind, valid=Range(first, None), created_by=by
    )
    session.add(target)
    _after(session, target, "visit_target.added", first, by, now)
    return target


def _overlapping(session: Session, place_id: UUID, kind: VisitKind, first: date) -> bool:
    standing = exists().where(
        VisitTarget.place_id == place_id,
        VisitTarget.kind == kind,
        VisitTarget.valid.overlaps(Range(first, None)),
    )
    return bool(session.scalar(select(standing)))


def _reach_back(session: Session, place_id: UUID, first: date) -> None:
    locations = locations_of(session, place_id)
    if locations and first < starts(locations[0].valid):
        locations[0].valid = Range(first, locations[0].valid.upper)


def end_target(
    session: Session,
    target: VisitTarget,
    last: date,
    reason: EndReason,
    by: UUID | None,
    now: datetime,
) -> VisitTarget:
    """After its last date a target owes nothing; raises EndsBeforeItBegins or TargetEnded."""
    lock_place(session, target.place_id)
    session.refresh(target)
    end = last + ONE_DAY
    if end <= starts(target.valid):
        raise EndsBeforeItBegins(first=starts(target.valid))
    if target.valid.upper is not None and target.valid.upper <= end:
        raise TargetEnded(last=target.valid.upper - ONE_DAY)
    target.valid = Range(starts(target.valid), end)
    target.end_reason = reason.value
    _after(session, target, "visit_target.ended", end, by, now)
    return target


def remove_target(session: Session, target: VisitTarget, by: UUID | None, now: datetime) -> None:
    """Take out a target that was registered by mistake; raises TargetVisited."""
    lock_place(session, target.place_id)
    first = starts(target.valid)
    visited = exists().where(Visit.place_id == target.place_id, Visit.day >= first)
    if session.scalar(select(visited)):
        raise TargetVisited(first=first)
    session.delete(target)
    _after(session, target, "visit_target.removed", first, by, now)


def _after(
    session: Session,
    target: VisitTarget,
    event: str,
    first: date,
    by: UUID | None,
    now: datetime,
) -> None:
    """What is owed from a date on is another; holders and the audit are told, the audit not of
    which kind."""
    today = civil_day(now)
    mark_place(session, target.place_id, first, today)
    tell(session, target.place_id, today)
    grids = stays_of(session, target.place_id, today, today)
    emit(
        session,
        event,
        by=by,
        unit_code=grids[0].grid_code if grids else None,
        subject=("visit_target", target.id),
        place=str(target.place_id),
        day=first.isoformat(),
        reason=target.end_reason,
    )


def mark_place(session: Session, place_id: UUID, first: date, today: date) -> None:
    """Mark what the grids owe that a place lies in from a date on."""
    session.flush()
    until = max(first, today) + timedelta(days=366)
    by_grid: dict[str, date] = {}
    for stay in stays_of(session, place_id, first, until):
        by_grid.setdefault(stay.grid_code, stay.first)
    for grid_code, since in sorted(by_grid.items()):
        mark_visits(session, grid_code, since)
