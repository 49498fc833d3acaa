"""Who answers for which grid, over spans of dates (ORG-2)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Assignment, Posting, Unit, Worker
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.outbox.emit import emit, mark_visits
from app.people.boundaries import lock
from app.people.city_refusals import (
    AlreadyAssigned,
    AlreadyEnded,
    EffectiveInThePast,
    FirstIsLevelOne,
    FirstResponsibleTaken,
    GridElsewhere,
    GridHasEnded,
)
from app.people.grids import stands_on
from app.people.marks import mark_worker, publish_grid, withdraw_grid
from app.people.principal import Principal
from app.people.spans import span, starts

REACHES_BACK = timedelta(days=31)
"""How far back an assignment or a post can be put right [reading]; older days stay judged."""


def assign(
    session: Session,
    asker: Principal,
    worker: Worker,
    held: tuple[str, bool],
    valid: Range[date],
    now: datetime,
) -> Assignment:
    """A worker holds a grid over a span of dates, as first responsible or as a further one."""
    grid_code, first_responsible = held
    asker.act(grid_code)
    today = civil_day(now)
    not_too_far_back(starts(valid), today)
    lock(session, grid_code)
    check_assignment(session, worker, held, valid)
    assignment = Assignment(
        id=uuid7(now),
        worker_id=worker.id,
        level=worker.level,
        grid_code=grid_code,
        first_responsible=first_responsible,
        valid=valid,
    )
    session.add(assignment)
    session.flush()
    if worker.level == 1:
        mark_worker(session, worker.id, starts(valid), today)
        publish_grid(session, worker.id, grid_code)
        mark_visits(session, grid_code, starts(valid))
    emit(
        session,
        "grid.assigned",
        by=asker.account_id,
        unit_code=grid_code,
        subject=("worker", worker.id),
        first_responsible=first_responsible,
        first_day=starts(valid).isoformat(),
    )
    return assignment


def not_too_far_back(first: date, today: date) -> None:
    """Raises EffectiveInThePast beyond the days that can be put right."""
    if first < today - REACHES_BACK:
        raise EffectiveInThePast(earliest=today - REACHES_BACK)


def check_assignment(
    session: Session, worker: Worker, held: tuple[str, bool], valid: Range[date]
) -> None:
    """The grid stands, the worker is posted there all the time, and no one else comes first."""
    grid_code, first_responsible = held
    if first_responsible and worker.level != 1:
        raise FirstIsLevelOne(level=worker.level)
    stands = select(Unit.code).where(Unit.code == grid_code, stands_on(starts(valid)))
    if session.scalar(stands) is None:
        raise GridHasEnded(grid=grid_code, on=starts(valid))
    if not posted_throughout(session, worker.id, grid_code[:12], valid):
        raise GridElsewhere(grid=grid_code, worker=worker.id)
    overlapping = session.scalars(
        select(Assignment).where(
            Assignment.grid_code == grid_code, Assignment.valid.overlaps(valid)
        )
    ).all()
    if any(other.worker_id == worker.id for other in overlapping):
        raise AlreadyAssigned(grid=grid_code)
    first = [other for other in overlapping if other.first_responsible]
    if first_responsible and first:
        raise FirstResponsibleTaken(grid=grid_code, worker=first[0].worker_id)


def posted_throughout(
    session: Session, worker_id: UUID, community: str, valid: Range[date]
) -> bool:
    """Whether the worker's posts in a community cover every date of a span."""
    posted = func.range_agg(Posting.valid).op("@>", is_comparison=True)(valid)
    return bool(
        session.scalar(
            select(func.coalesce(posted, False)).where(
                Posting.worker_id == worker_id, Posting.community_code == community
            )
        )
    )


def assignment_of(session: Session, asker: Principal, key: UUID) -> Assignment:
    """An assignment to a grid within one's unit; raises NotFound."""
    found = session.get(Assignment, key, with_for_update=True)
    if found is None:
        raise NotFound(assignment=key)
    asker.look(found.grid_code)
    return found


def end(session: Session, asker: Principal, key: UUID, end_day: date, now: datetime) -> Assignment:
    """From a date on the worker no longer holds the grid."""
    assignment = assignment_of(session, asker, key)
    asker.act(assignment.grid_code)
    today = civil_day(now)
    not_too_far_back(end_day, today)
    before = assignment.valid
    if before.upper is not None and before.upper <= end_day:
        raise AlreadyEnded(ended=before.upper)
    assignment.valid = span(starts(before), end_day)
    if assignment.level == 1:
        mark_worker(session, assignment.worker_id, end_day, today)
        withdraw_grid(session, assignment.worker_id, assignment.grid_code, "out_of_scope")
        mark_visits(session, assignment.grid_code, end_day)
    emit(
        session,
        "grid.released",
        by=asker.account_id,
        unit_code=assignment.grid_code,
        subject=("worker", assignment.worker_id),
        from_day=end_day.isoformat(),
    )
    return assignment
