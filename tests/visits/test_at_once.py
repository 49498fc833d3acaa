"""Two offices, or an office and a worker, at one door: nothing is twice, and no word is left."""

from datetime import timedelta
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Visit, VisitPlaceLocation, VisitTarget
from app.people.spans import starts
from app.rules.visits import VisitKind
from app.visits import places
from app.visits.refusals import TargetStands
from app.visits.targets import add_target
from tests.attendance.facts import GRID, WEDNESDAY
from tests.attendance.test_at_once import at_once
from tests.city import City
from tests.visits.facts import NOON, THIRD, Street, middle


def test_vis_6_one_kind_is_added_once(api: FastAPI, street: Street, db: Session) -> None:
    key = street.door()
    db.commit()

    def add(session: Session) -> UUID:
        return add_target(session, key, VisitKind.CARE, WEDNESDAY, None, NOON).id

    outcomes = at_once(api.state.sessions, [add] * 4)
    assert sum(isinstance(outcome, TargetStands) for outcome in outcomes) == 3
    count = select(func.count()).where(VisitTarget.kind == VisitKind.CARE)
    assert db.scalar(count) == 1


def test_vis_6_two_moves_leave_one_place_at_a_time(
    api: FastAPI, street: Street, db: Session
) -> None:
    key = street.door()
    db.commit()

    def move(session: Session) -> None:
        to = places.Move(middle(THIRD), THIRD, WEDNESDAY)
        places.move(session, key, to, None, NOON)

    assert at_once(api.state.sessions, [move] * 4) == [None] * 4
    spans = db.scalars(select(VisitPlaceLocation.valid).order_by(VisitPlaceLocation.valid)).all()
    assert [starts(span) for span in spans] == [WEDNESDAY - timedelta(days=2), WEDNESDAY]
    assert [span.upper for span in spans] == [WEDNESDAY, None]


def test_a_visit_and_the_erasure_of_its_place(
    api: FastAPI, street: Street, db: Session, city: City
) -> None:
    key = street.door()
    db.commit()

    def visit(session: Session) -> None:
        Street(session, city).visit(key, note="李某在家")

    def erase(session: Session) -> None:
        places.erase_place(session, key, None, NOON)

    assert at_once(api.state.sessions, [visit, visit, erase, visit, visit]) == [None] * 5
    db.rollback()
    visits = db.scalars(select(Visit)).all()
    assert len(visits) == 4
    assert {visit.words for visit in visits} == {None}
    assert {visit.grid_code for visit in visits} == {GRID}
