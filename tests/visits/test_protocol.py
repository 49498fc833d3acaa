"""No fact is lost between those who record and those who recompute tallies; upkeep (VIS-6)."""

import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.db.models import StaleVisits, Visit, VisitStanding, VisitTally
from app.outbox.emit import mark_visits
from app.rules.visits import VisitKind
from app.visits.tallies import expand, recompute, try_lock
from app.visits.upkeep import bring_up_to_date, communities_behind, materialise, sweep
from tests.city import City
from tests.days.facts import at
from tests.visits.on_record import COMMUNITY, GRIDS, store_place, store_target, store_visit

Sessions = sessionmaker[Session]
MONDAY = date(2026, 3, 16)
NOW = at("20:00", date(2026, 3, 20))
ELSEWHERE = "510185001002"


@pytest.fixture
def sessions(api: FastAPI) -> Sessions:
    found: Sessions = api.state.sessions
    return found


@pytest.fixture
def places(sessions: Sessions) -> list[UUID]:
    """Ten places that owe a visit a week, in two communities."""
    with sessions.begin() as db:
        made = [store_place(db, 0.1 + 0.4 * number) for number in range(10)]
        for place in made:
            store_target(db, place, VisitKind.RENTAL)
    return made


def paid(db: Session) -> int:
    rows = db.scalars(select(VisitTally.paid).where(VisitTally.first_day == MONDAY))
    return sum(rows)


def marks(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(StaleVisits)) or 0


@pytest.mark.parametrize("seed", range(3))
def test_tallies_differ_from_the_facts_only_while_they_are_marked(
    sessions: Sessions, city: City, places: Sequence[UUID], seed: int
) -> None:
    worker = city.workers[GRIDS[0]]

    def record(number: int) -> None:
        choice = random.Random(seed * 10 + number)
        for place in choice.sample(list(places), 6):
            with sessions.begin() as db:
                store_visit(db, worker, place, at("10:00", MONDAY))

    def judge(number: int) -> None:
        del number
        for _ in range(6):
            with sessions.begin() as db:
                recompute(db, COMMUNITY, NOW)
            sweep(sessions, NOW)

    with ThreadPoolExecutor(6) as pool:
        list(
            pool.map(lambda pair: pair[0](pair[1]), zip((record, judge) * 3, range(6), strict=True))
        )
    with sessions() as db:
        before = marks(db)
        visited = db.execute(select(func.count(func.distinct(Visit.place_id)))).scalar_one()
        assert before or paid(db) == visited
    sweep(sessions, NOW)
    with sessions() as db:
        assert marks(db) == 0
        assert paid(db) == visited


def test_a_visit_committed_after_a_recompute_looked_keeps_its_mark(
    sessions: Sessions, city: City, places: Sequence[UUID]
) -> None:
    sweep(sessions, NOW)
    with sessions() as recording:
        store_visit(recording, city.workers[GRIDS[0]], places[0], at("10:00", MONDAY))
        with sessions.begin() as db:
            recompute(db, COMMUNITY, NOW)
            assert paid(db) == 0
        recording.commit()
    with sessions() as db:
        assert communities_behind(db, COMMUNITY, NOW) == [COMMUNITY]
    sweep(sessions, NOW)
    with sessions() as db:
        assert paid(db) == 1


def test_a_recompute_that_is_rolled_back_leaves_the_marks(
    sessions: Sessions, places: Sequence[UUID]
) -> None:
    with sessions() as db:
        before = marks(db)
        recompute(db, COMMUNITY, NOW)
        assert marks(db) < before
        db.rollback()
    with sessions() as db:
        assert marks(db) == before > 0


def test_a_mark_on_the_city_reaches_every_community_with_places(
    sessions: Sessions, places: Sequence[UUID]
) -> None:
    assert sweep(sessions, NOW) == 2
    with sessions.begin() as db:
        assert communities_behind(db, "510185", NOW) == []
        mark_visits(db, "510185", MONDAY)
    with sessions() as db:
        assert communities_behind(db, COMMUNITY, NOW) == [COMMUNITY]
        db.rollback()
    with sessions() as db:
        assert communities_behind(db, "510185", NOW) == [COMMUNITY, ELSEWHERE]
        db.rollback()
    assert sweep(sessions, NOW) == 2
    with sessions() as db:
        assert marks(db) == 0


def test_a_mark_on_the_city_that_another_expands_is_nobody_elses(
    sessions: Sessions, places: Sequence[UUID]
) -> None:
    """A unit above the communities is never recomputed as if it were one."""
    sweep(sessions, NOW)
    with sessions.begin() as db:
        mark_visits(db, "510185", MONDAY)
    with sessions() as expanding:
        expand(expanding)
        with sessions() as db:
            assert communities_behind(db, "510185", NOW) == []
            db.rollback()
        assert sweep(sessions, NOW) == 0
    assert sweep(sessions, NOW) == 2
    with sessions() as db:
        assert set(db.scalars(select(VisitStanding.community_code))) == {COMMUNITY, ELSEWHERE}


def test_a_community_that_another_is_at_is_passed_over(
    sessions: Sessions, places: Sequence[UUID]
) -> None:
    with sessions() as holding:
        assert try_lock(holding, COMMUNITY)
        assert sweep(sessions, NOW) == 1
    with sessions() as db:
        assert communities_behind(db, "510185", NOW) == [COMMUNITY]


def test_a_reader_recomputes_little_and_is_told_of_much(
    sessions: Sessions, places: Sequence[UUID]
) -> None:
    with sessions.begin() as db:
        assert bring_up_to_date(db, "510185", NOW, at_most=1) == 2
        assert db.scalars(select(VisitTally)).all() == []
        assert bring_up_to_date(db, "510185", NOW, at_most=2) == 0
        assert db.scalars(select(VisitTally)).all() != []


def test_each_date_begins_by_itself_also_after_an_outage(
    sessions: Sessions, places: Sequence[UUID]
) -> None:
    sweep(sessions, NOW)
    later = NOW + timedelta(days=16)
    for now, begun in ((NOW, 0), (NOW + timedelta(days=1), 2), (later, 2), (later, 0)):
        assert materialise(sessions, now) == begun
    with sessions() as db:
        weeks = Counter(db.scalars(select(VisitTally.first_day)))
        assert {MONDAY + timedelta(weeks=week) for week in range(3)} <= set(weeks)
        closed = select(VisitTally.closed).where(VisitTally.first_day == MONDAY)
        assert set(db.scalars(closed)) == {True}


def test_other_rules_recompute_what_is_open(sessions: Sessions, places: Sequence[UUID]) -> None:
    sweep(sessions, NOW)
    with sessions.begin() as db:
        db.execute(update(VisitStanding).values(rules_version="0"))
    assert materialise(sessions, NOW) == 2
    assert materialise(sessions, NOW) == 0
