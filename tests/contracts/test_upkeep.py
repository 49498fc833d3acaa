"""What comes by itself waits for whoever acts upon the same worker, and never the other way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from time import monotonic, sleep
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.contracts.ending import end_contract
from app.contracts.upkeep import Kept, close_accounts, end_what_ran_out, keep, release_who_left
from app.db.engine import Sessions
from app.db.models import Account, Contract, OutboxEvent, Posting, Worker
from app.rules.hiring import ContractEnd
from tests.attendance.facts import at
from tests.city import City
from tests.contracts.test_ending import GRID, NOW, TODAY, contract

YESTERDAY = TODAY - timedelta(days=1)
WAITING = text(
    "select count(*) from pg_stat_activity"
    " where datname = current_database() and wait_event_type = 'Lock'"
)
PATIENCE_S = 10.0


@pytest.fixture
def worker(city: City) -> UUID:
    return city.workers[GRID]


@pytest.fixture
def office(db: Session, city: City) -> UUID:
    phone = city.phones["leading_group_office"]
    return db.scalars(select(Account.id).where(Account.phone == phone)).one()


@pytest.fixture
def sessions(api: FastAPI) -> Sessions:
    found: Sessions = api.state.sessions
    return found


def is_waited(sessions: Sessions) -> bool:
    with sessions() as session:
        return bool(session.scalar(WAITING))


def beside(
    sessions: Sessions, session: Session, night: Callable[[], int], act: Callable[[], object]
) -> int:
    """What the night does when it finds a worker in the hands of an office that then acts."""
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(night)
        until = monotonic() + PATIENCE_S
        while not is_waited(sessions):
            assert monotonic() < until, "the night did not wait"
            sleep(0.01)
        act()
        session.commit()
        return found.result()


def test_hire_3_the_night_and_who_ends_a_contract_never_wait_for_each_other(
    sessions: Sessions, db: Session, worker: UUID, office: UUID
) -> None:
    made = contract(db, worker, office, term_ends_on=YESTERDAY)
    db.commit()
    with sessions() as session:
        session.get_one(Worker, worker, with_for_update=True)

        def act() -> None:
            session.get_one(Contract, made.id, with_for_update=True)
            end_contract(
                session, worker, YESTERDAY - timedelta(days=1), ContractEnd.AGREEMENT,
                by=office, reason="协商", case_id=None, now=NOW,
            )  # fmt: skip

        assert beside(sessions, session, lambda: end_what_ran_out(sessions, NOW), act) == 0
    db.refresh(made)
    assert (made.last_day, made.end_cause) == (
        YESTERDAY - timedelta(days=1),
        ContractEnd.AGREEMENT,
    )
    ended = select(OutboxEvent).where(OutboxEvent.name == "contract.ended")
    assert len(db.scalars(ended).all()) == 1


def test_hire_3_who_is_posted_again_meanwhile_keeps_grids_and_account(
    sessions: Sessions, db: Session, worker: UUID, office: UUID
) -> None:
    contract(db, worker, office)
    long_after = NOW + timedelta(days=90)
    end_contract(
        db, worker, YESTERDAY, ContractEnd.AGREEMENT,
        by=office, reason="协商", case_id=None, now=NOW - timedelta(days=20),
    )  # fmt: skip
    db.commit()
    post = select(Posting).where(Posting.worker_id == worker)
    nights = partial(release_who_left, sessions, NOW), partial(close_accounts, sessions, long_after)
    for night in nights:
        with sessions() as session:
            session.get_one(Worker, worker, with_for_update=True)
            mine = session.scalars(post).one()
            cut = mine.valid
            again = partial(setattr, mine, "valid", Range(cut.lower, None))
            assert beside(sessions, session, night, again) == 0
            mine.valid = cut
            session.commit()
    assert [night() for night in nights] == [1, 1]


def test_hire_3_two_nights_at_once_end_a_contract_once(
    sessions: Sessions, db: Session, worker: UUID, office: UUID
) -> None:
    contract(db, worker, office, term_ends_on=YESTERDAY)
    db.commit()
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(keep, sessions, NOW) for _ in range(2)]
    assert sorted(each.result().ended for each in both) == [0, 1]
    assert keep(sessions, NOW) == Kept(ended=0, left=1, accounts=0)


def test_hire_3_after_an_outage_several_contracts_of_a_worker_have_run_out(
    sessions: Sessions, db: Session, worker: UUID, office: UUID
) -> None:
    """One that goes on from the one before ends for itself; after a gap none ever began."""
    first = contract(db, worker, office, term_ends_on=date(2026, 1, 31))
    goes_on = contract(
        db, worker, office, date(2026, 2, 1), term_ends_on=date(2026, 2, 28), renews=first.id
    )
    contract(db, worker, office, date(2026, 3, 5), term_ends_on=date(2026, 3, 10))
    first_id, goes_on_id = first.id, goes_on.id
    db.commit()
    assert keep(sessions, at("03:00", TODAY)).ended == 2
    db.expunge_all()
    left = {one.id: one.last_day for one in db.scalars(select(Contract))}
    assert left == {first_id: date(2026, 1, 31), goes_on_id: date(2026, 2, 28)}
    post = db.scalars(select(Posting).where(Posting.worker_id == worker)).one()
    assert post.valid.upper == date(2026, 3, 1)
