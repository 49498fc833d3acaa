"""Edges of the tallies: what was taken out or moved after its period had closed (VIS-6, VIS-7)."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import NOBODY, VisitTally, VisitTarget
from app.rules.visits import VisitKind
from app.visits.places import erase_place
from app.visits.tallies import recompute
from app.visits.targets import remove_target
from tests.attendance.facts import GRID
from tests.city import City
from tests.days.facts import at
from tests.visits.facts import NEXT_DOOR, Street
from tests.visits.on_record import COMMUNITY, GRIDS, store_place, store_target, store_visit

MONDAY = date(2026, 3, 16)
LATER = at("12:00", date(2026, 3, 30))


@pytest.fixture
def place(db: Session, city: City) -> UUID:
    return store_place(db)


def test_vis_6_a_target_taken_out_after_its_period_closed_stays_as_it_was_judged(
    db: Session, city: City, place: UUID
) -> None:
    """And holds up nobody: late visits to other places still pay."""
    mistaken = store_target(db, place, VisitKind.RENTAL, registered=at("09:00", MONDAY))
    other = store_place(db, 0.7)
    store_target(db, other, VisitKind.RENTAL)
    recompute(db, COMMUNITY, LATER)
    remove_target(db, db.get_one(VisitTarget, mistaken), None, LATER)
    recompute(db, COMMUNITY, LATER)
    store_visit(db, city.workers[GRIDS[0]], other, at("10:00", MONDAY), received=LATER)
    recompute(db, COMMUNITY, LATER + timedelta(minutes=1))
    rows = db.scalars(select(VisitTally).where(VisitTally.first_day == MONDAY)).all()
    assert sum(row.owed for row in rows) == 2
    assert sum(row.paid for row in rows) == 1


@pytest.mark.parametrize(
    ("registered", "charged"),
    [
        (at("09:00", date(2026, 3, 20)), True),
        (at("23:59", date(2026, 3, 20)), True),
        (at("09:00", date(2026, 3, 21)), False),
    ],
)
def test_vis_6_nobody_is_charged_for_what_was_registered_too_late_to_be_visited(
    db: Session, city: City, place: UUID, registered: datetime, charged: bool
) -> None:
    """The week's last duty date is Friday the 20th; the grid owes the visit all the same."""
    store_target(db, place, VisitKind.RENTAL, MONDAY, registered=registered)
    recompute(db, COMMUNITY, at("12:00", date(2026, 3, 23)))
    (row,) = db.scalars(select(VisitTally).where(VisitTally.first_day == MONDAY)).all()
    assert (row.owed, row.paid) == (1, 0)
    assert row.worker_id == (city.workers[GRIDS[0]] if charged else NOBODY)


def test_vis_6_a_place_erased_stays_in_the_grid_of_the_boundary(
    street: Street, db: Session
) -> None:
    """The quarter that runs is owed where the place lay, not where it was once written down."""
    key = street.door(VisitKind.RESIDENT, since=date(2026, 1, 1))
    street.redraw(GRID, 4, date(2026, 3, 2))
    street.redraw(NEXT_DOOR, 0, date(2026, 3, 2))
    now = at("12:00", date(2026, 3, 30))
    recompute(db, COMMUNITY, now)
    rows = select(VisitTally.grid_code).where(VisitTally.kind == VisitKind.RESIDENT)
    assert db.scalars(rows).all() == [NEXT_DOOR]
    erase_place(db, key, None, now)
    recompute(db, COMMUNITY, now)
    assert db.scalars(rows).all() == [NEXT_DOOR]
