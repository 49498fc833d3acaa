"""What ends with a contract, and what goes on where the end never counted (HIRE-3, CON-4)."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.contracts.ending import end_contract
from app.contracts.resuming import resume_contract
from app.db.models import (
    Account,
    Assignment,
    Change,
    Contract,
    Leave,
    OutboxEvent,
    Posting,
    Resignation,
)
from app.kit.ids import uuid7
from app.rules.hiring import ApplicationState, ContractEnd, ContractOrigin, RetirementPost
from app.rules.procedures import LeaveKind
from tests.attendance.facts import at
from tests.city import City

GRID = "510185001001001"
TODAY = date(2026, 3, 18)
NOW = at("18:00", TODAY)


@pytest.fixture
def worker(city: City) -> UUID:
    return city.workers[GRID]


@pytest.fixture
def office(db: Session, city: City) -> UUID:
    phone = city.phones["leading_group_office"]
    return db.scalars(select(Account.id).where(Account.phone == phone)).one()


def contract(
    db: Session, worker: UUID, office: UUID, first: date = date(2024, 3, 1), **more: Any
) -> Contract:
    found = Contract(
        id=uuid7(NOW),
        worker_id=worker,
        community_code=GRID[:12],
        origin=ContractOrigin.EARLIER,
        signed_on=date(2024, 2, 26),
        first_day=first,
        born="1991-07-12",
        retirement_post=RetirementPost.MEN,
        retires_on=date(2054, 7, 12),
        signed_by=office,
        recorded_at=NOW,
        **more,
    )
    db.add(found)
    db.flush()
    return found


def end(db: Session, worker: UUID, last_day: date, cause: ContractEnd) -> Contract | None:
    return end_contract(db, worker, last_day, cause, by=None, reason="理由", case_id=None, now=NOW)


def spans(db: Session, worker: UUID) -> list[Range[date]]:
    posts = db.scalars(
        select(Posting.valid).where(Posting.worker_id == worker).order_by(Posting.valid)
    )
    grids = db.scalars(
        select(Assignment.valid).where(Assignment.worker_id == worker).order_by(Assignment.valid)
    )
    return [*posts, *grids]


@pytest.mark.parametrize(
    ("first", "then", "stands"),
    [
        ((20, ContractEnd.RESIGNATION), (10, ContractEnd.DISMISSAL), (10, ContractEnd.DISMISSAL)),
        ((10, ContractEnd.RESIGNATION), (20, ContractEnd.DISMISSAL), (10, ContractEnd.RESIGNATION)),
        ((10, ContractEnd.RESIGNATION), (10, ContractEnd.DISMISSAL), (10, ContractEnd.DISMISSAL)),
        ((10, ContractEnd.DISMISSAL), (10, ContractEnd.DISMISSAL), (10, ContractEnd.DISMISSAL)),
    ],
    ids=["earlier", "later", "same date, other cause", "the same again"],
)
def test_hire_3_the_earlier_end_stands(
    db: Session,
    worker: UUID,
    office: UUID,
    first: tuple[int, ContractEnd],
    then: tuple[int, ContractEnd],
    stands: tuple[int, ContractEnd],
) -> None:
    found = contract(db, worker, office)
    for days, cause in (first, then):
        assert end(db, worker, TODAY + timedelta(days=days), cause) is found
    last_day = TODAY + timedelta(days=stands[0])
    assert (found.last_day, found.end_cause) == (last_day, stands[1])
    assert {span.upper for span in spans(db, worker)} == {last_day + timedelta(days=1)}
    ended = db.scalars(select(OutboxEvent).where(OutboxEvent.name == "contract.ended")).all()
    assert len(ended) == (1 if first in (then, stands) else 2)
    assert "理由" not in str([event.facts for event in ended])


def test_hire_3_what_was_to_begin_after_the_end_never_begins(
    db: Session, worker: UUID, office: UUID
) -> None:
    running = contract(db, worker, office, term_ends_on=date(2026, 4, 30))
    contract(db, worker, office, date(2026, 5, 1))
    post = db.scalars(select(Posting).where(Posting.worker_id == worker)).one()
    next_year = date(2027, 1, 1)
    post.valid = Range(post.valid.lower, next_year)
    db.flush()
    elsewhere = "510185001002"
    valid: Range[date] = Range(next_year, None)
    db.add(
        Posting(
            id=uuid7(NOW),
            worker_id=worker,
            community_code=elsewhere,
            employment=post.employment,
            valid=valid,
        )
    )
    db.flush()
    end(db, worker, TODAY, ContractEnd.DISMISSAL)
    assert db.scalars(select(Contract)).all() == [running]
    assert {span.upper for span in spans(db, worker)} == {TODAY + timedelta(days=1)}
    gone = db.scalars(select(Change).where(Change.kind == "grid", Change.gone.is_not(None)))
    assert [change.subject_id for change in gone] == [GRID]


def test_hire_3_who_has_no_contract_here_leaves_all_the_same(db: Session, worker: UUID) -> None:
    assert end(db, worker, TODAY, ContractEnd.DISMISSAL) is None
    assert end(db, worker, TODAY, ContractEnd.DISMISSAL) is None
    assert {span.upper for span in spans(db, worker)} == {TODAY + timedelta(days=1)}


def test_con_2_an_overturned_dismissal_never_ended_the_contract(
    db: Session, worker: UUID, office: UUID
) -> None:
    found = contract(db, worker, office)
    end(db, worker, TODAY, ContractEnd.DISMISSAL)
    later = NOW + timedelta(days=14)
    assert resume_contract(db, worker, TODAY, by=office, now=later) is found
    assert (found.last_day, found.end_cause, found.ended_by) == (None, None, None)
    post, before, again = spans(db, worker)
    assert post.upper is None
    assert (before.upper, again.lower, again.upper) == (
        TODAY + timedelta(days=1),
        date(2026, 4, 1),
        None,
    )
    [leave] = db.scalars(select(Leave).where(Leave.worker_id == worker))
    assert (leave.kind, leave.first_day, leave.last_day) == (
        LeaveKind.OFFICIAL,
        date(2026, 3, 19),
        date(2026, 4, 1),
    )
    assert resume_contract(db, worker, TODAY, by=office, now=later) is None
    assert len(spans(db, worker)) == 3


def test_con_2_a_grid_that_another_took_meanwhile_stays_with_the_other(
    db: Session, city: City, worker: UUID, office: UUID
) -> None:
    contract(db, worker, office)
    end(db, worker, TODAY, ContractEnd.DISMISSAL)
    other = city.workers["510185001001002"]
    db.add(
        Assignment(
            id=uuid7(NOW),
            worker_id=other,
            level=1,
            grid_code=GRID,
            first_responsible=True,
            valid=Range(date(2026, 3, 20), None),
        )
    )
    db.flush()
    resume_contract(db, worker, TODAY, by=office, now=NOW + timedelta(days=14))
    post, before = spans(db, worker)
    assert (post.upper, before.upper) == (None, TODAY + timedelta(days=1))


def test_con_2_a_resignation_is_not_resumed(db: Session, worker: UUID, office: UUID) -> None:
    found = contract(db, worker, office)
    end(db, worker, TODAY, ContractEnd.RESIGNATION)
    assert resume_contract(db, worker, TODAY, by=office, now=NOW) is None
    assert found.last_day == TODAY
    assert {span.upper for span in spans(db, worker)} == {TODAY + timedelta(days=1)}


def test_hire_3_of_several_contracts_to_come_none_begins(
    db: Session, worker: UUID, office: UUID
) -> None:
    """Each renews the one before it: they are taken back from the last."""
    running = contract(db, worker, office, term_ends_on=date(2026, 4, 30))
    renewed = contract(
        db, worker, office, date(2026, 5, 1), term_ends_on=date(2027, 4, 30), renews=running.id
    )
    contract(db, worker, office, date(2027, 5, 1), renews=renewed.id)
    end(db, worker, TODAY, ContractEnd.DISMISSAL)
    found = db.scalars(select(Contract).where(Contract.worker_id == worker)).all()
    assert [one.id for one in found] == [running.id]


@pytest.mark.parametrize("days", [20, 40])
def test_con_4_who_resigned_before_leaves_as_approved_though_the_dismissal_is_overturned(
    db: Session, worker: UUID, office: UUID, days: int
) -> None:
    found = contract(db, worker, office)
    resigned = TODAY + timedelta(days=30)
    resignation(db, worker, resigned)
    end(db, worker, resigned, ContractEnd.RESIGNATION)
    end(db, worker, TODAY, ContractEnd.DISMISSAL)
    later = at("18:00", TODAY + timedelta(days=days))
    resume_contract(db, worker, TODAY, by=office, now=later)
    assert (found.last_day, found.end_cause) == (resigned, ContractEnd.RESIGNATION)
    after = resigned + timedelta(days=1)
    posts = db.scalars(select(Posting.valid).where(Posting.worker_id == worker)).all()
    assert [post.upper for post in posts] == [after]
    later_grids = db.scalars(
        select(Assignment.id).where(
            Assignment.worker_id == worker, Assignment.valid.overlaps(Range(after, None))
        )
    )
    assert later_grids.all() == []


def resignation(db: Session, worker: UUID, last_day: date) -> Resignation:
    found = Resignation(
        id=uuid7(NOW),
        worker_id=worker,
        community_code=GRID[:12],
        said="因家庭原因申请辞职",
        last_day=last_day,
        asked_at=NOW - timedelta(days=9),
        received_at=NOW - timedelta(days=9),
        state=ApplicationState.APPROVED,
    )
    db.add(found)
    db.flush()
    return found
