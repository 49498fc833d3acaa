"""ORG-2: a grid is held within a post, on both sides of its edges."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Assignment, Posting, Worker
from app.people.assignments import check_assignment, not_too_far_back, posted_throughout
from app.people.city_refusals import (
    EffectiveInThePast,
    FirstResponsibleTaken,
    GridElsewhere,
    GridHasEnded,
)
from app.people.spans import span, starts
from tests.city import SINCE, City, key

COMMUNITY = "510185001001"
GRID = "510185001001001"
END = date(2026, 9, 1)


@pytest.fixture
def worker(db: Session, city: City) -> Worker:
    """The worker of the second grid, with two posts in a row at the same station."""
    found = db.get_one(Worker, city.workers["510185001001002"])
    first = db.scalars(select(Posting).where(Posting.worker_id == found.id)).one()
    first.valid = Range(SINCE, date(2026, 6, 1))
    db.flush()
    second = Posting(
        id=key(),
        worker_id=found.id,
        community_code=COMMUNITY,
        employment=first.employment,
        valid=Range(date(2026, 6, 1), END),
    )
    db.add(second)
    db.flush()
    return found


@pytest.mark.parametrize(
    ("first", "end", "covered"),
    [
        (SINCE, END, True),
        (date(2026, 5, 1), date(2026, 7, 1), True),
        (date(2025, 12, 31), END, False),
        (SINCE, date(2026, 9, 2), False),
        (SINCE, None, False),
    ],
)
def test_posts_in_a_row_cover_a_span_together(
    db: Session, worker: Worker, first: date, end: date | None, covered: bool
) -> None:
    assert posted_throughout(db, worker.id, COMMUNITY, Range(first, end)) is covered
    assert not posted_throughout(db, worker.id, "510185001002", Range(first, end))


def test_a_grid_is_held_within_the_post(db: Session, worker: Worker) -> None:
    check_assignment(db, worker, (GRID, False), Range(SINCE, END))
    with pytest.raises(GridElsewhere):
        check_assignment(db, worker, (GRID, False), Range(SINCE, date(2026, 9, 2)))
    with pytest.raises(GridHasEnded):
        check_assignment(db, worker, (GRID, False), Range(date(2025, 12, 31), END))


def test_first_responsibility_passes_on_at_a_date(db: Session, worker: Worker) -> None:
    held = db.scalars(select(Assignment).where(Assignment.grid_code == GRID)).one()
    held.valid = span(starts(held.valid), date(2026, 7, 1))
    db.flush()
    check_assignment(db, worker, (GRID, True), Range(date(2026, 7, 1), END))
    with pytest.raises(FirstResponsibleTaken):
        check_assignment(db, worker, (GRID, True), Range(date(2026, 6, 30), END))


def test_what_is_put_right_reaches_back_31_days() -> None:
    today = date(2026, 6, 15)
    not_too_far_back(date(2026, 5, 15), today)
    with pytest.raises(EffectiveInThePast):
        not_too_far_back(date(2026, 5, 14), today)
