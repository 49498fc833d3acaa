"""Visit places, visits, leave and groups put on record directly, with the marks they leave."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import (
    Account,
    AidGroup,
    AidMember,
    Leave,
    Visit,
    VisitPlace,
    VisitPlaceLocation,
    VisitTarget,
)
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.outbox.emit import mark_visits
from app.rules.duty import Half
from app.rules.procedures import LeaveKind, RequestState
from app.rules.visits import VisitKind, VisitManner, VisitOutcome, VisitVerdict
from tests.city import HEIGHT, SOUTH, WEST, WIDTH
from tests.days.facts import at

COMMUNITY = "510185001001"
GRIDS = [f"{COMMUNITY}{serial:03d}" for serial in (1, 2, 3)]
SINCE = date(2026, 1, 1)
REGISTERED = at("09:00", SINCE)


def point(column: float, north: float = 0.5) -> tuple[float, float]:
    """A point in the row of grids: 0.5 is the middle of the first, 1.5 that of the second."""
    return WEST + WIDTH * column, SOUTH + HEIGHT * north


def store_place(
    db: Session, column: float = 0.5, since: date = SINCE, label: str = "3栋2单元501"
) -> UUID:
    """A place in the row of grids."""
    place = VisitPlace(id=uuid7(REGISTERED), created_at=REGISTERED)
    db.add(place)
    db.flush()
    store_location(db, place.id, column, Range(since, None), label)
    return place.id


def store_location(
    db: Session, place_id: UUID, column: float, valid: Range[date], label: str = "3栋2单元501"
) -> None:
    """Where a place is over a span."""
    lon, lat = point(column)
    grids = [*GRIDS, "510185001002001", "510185001002002"]
    grid_code = grids[int(column)]
    db.add(
        VisitPlaceLocation(
            id=uuid7(REGISTERED),
            place_id=place_id,
            grid_code=grid_code,
            whereabouts={"label": label, "lon": lon, "lat": lat},
            valid=valid,
        )
    )
    assert valid.lower is not None
    mark_visits(db, grid_code, valid.lower)
    db.flush()


def store_target(
    db: Session,
    place_id: UUID,
    kind: VisitKind,
    first: date = SINCE,
    last: date | None = None,
    registered: datetime = REGISTERED,
) -> UUID:
    """Somebody to visit at a place, from a date to another, both included."""
    end = last + timedelta(days=1) if last else None
    target = VisitTarget(
        id=uuid7(registered),
        place_id=place_id,
        kind=kind,
        valid=Range(first, end),
        created_at=registered,
    )
    db.add(target)
    mark_visits(db, COMMUNITY, first)
    db.flush()
    return target.id


def store_visit(
    db: Session,
    worker_id: UUID,
    place_id: UUID,
    moment: datetime,
    verdict: VisitVerdict = VisitVerdict.COUNTS,
    received: datetime | None = None,
) -> UUID:
    """A visit as it was judged at arrival, in the grid that was written down for the place."""
    grid_code = db.scalars(
        select(VisitPlaceLocation.grid_code).where(
            VisitPlaceLocation.place_id == place_id,
            VisitPlaceLocation.valid.contains(civil_day(moment)),
        )
    ).one()
    nobody = verdict is VisitVerdict.NOBODY_HOME
    visit = Visit(
        id=uuid7(moment),
        worker_id=worker_id,
        community_code=grid_code[:12],
        captured_at=moment,
        corrected_at=moment,
        received_at=received or moment,
        time_proven=True,
        day=civil_day(moment),
        grid_code=grid_code,
        place_id=place_id,
        manner=VisitManner.ON_SITE,
        outcome=VisitOutcome.NOBODY_HOME if nobody else VisitOutcome.MET,
        verdict=verdict,
    )
    db.add(visit)
    mark_visits(db, grid_code, visit.day, visit.day)
    db.flush()
    return visit.id


def store_absence(
    db: Session,
    worker_id: UUID,
    first: tuple[date, Half],
    last: tuple[date, Half],
    decided: datetime | None = None,
) -> UUID:
    """Approved leave from one half to another."""
    by = db.scalar(select(Account.id).limit(1))
    leave = Leave(
        id=uuid7(REGISTERED),
        worker_id=worker_id,
        community_code=COMMUNITY,
        kind=LeaveKind.MARRIAGE,
        first_day=first[0],
        first_half=first[1],
        last_day=last[0],
        last_half=last[1],
        reason="婚假",
        requested_at=REGISTERED,
        state=RequestState.APPROVED,
        decided_by=by,
        decided_at=decided or REGISTERED,
    )
    db.add(leave)
    mark_visits(db, COMMUNITY, first[0], last[0])
    db.flush()
    return leave.id


def whole_days(db: Session, worker_id: UUID, first: date, last: date) -> UUID:
    """Approved leave of whole days."""
    return store_absence(db, worker_id, (first, Half.MORNING), (last, Half.AFTERNOON))


def store_group(db: Session, workers: Iterable[UUID], since: date = SINCE) -> UUID:
    """A mutual-aid group of the community."""
    group = AidGroup(
        id=uuid7(REGISTERED), community_code=COMMUNITY, name="第一互助组", valid=Range(since, None)
    )
    db.add(group)
    db.flush()
    for worker in workers:
        db.add(
            AidMember(
                id=uuid7(REGISTERED), group_id=group.id, worker_id=worker, valid=Range(since, None)
            )
        )
    mark_visits(db, COMMUNITY, since)
    db.flush()
    return group.id
