"""SVC-1: steps recorded as captured, and how far the errand is."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db.models import Change, Errand, ErrandAct, OutboxEvent, PhotoLink
from app.errands.refusals import ErrandOfOthers, StepOutOfOrder, StepRepeated
from app.people.capture import NotYet
from app.people.field_grid import NoGrid
from app.rules.errands import ErrandStep
from tests.attendance.facts import GRID, WEDNESDAY, Handset, at, events
from tests.city import City
from tests.errands.facts import (
    NEIGHBOUR,
    PHOTO,
    RESIDENT,
    THIRD,
    errand_key,
    make_group,
    take,
    whole,
)


def errand(db: Session) -> Errand:
    db.flush()
    return db.scalars(select(Errand)).one()


def test_svc_1_accepted_at_the_door_in_the_worker_s_grid(handset: Handset, db: Session) -> None:
    key = errand_key()
    take(handset, key, "accepted", at("09:00"), photos=[PHOTO], note="行动不便")
    found = errand(db)
    assert (found.id, found.grid_code, found.step) == (key, GRID, ErrandStep.ACCEPTED)
    assert (found.resident, found.closed_day) == (RESIDENT, None)
    link = db.scalars(select(PhotoLink)).one()
    assert (link.subject_kind, link.sensitive, link.sha256) == ("errand_act", True, PHOTO)


def test_svc_1_from_acceptance_to_rating(handset: Handset, db: Session) -> None:
    whole(handset, at("09:00"), rating=4)
    found = errand(db)
    assert (found.step, found.rating, found.closed_day) == (ErrandStep.RATED, 4, WEDNESDAY)
    assert found.changed_at == at("14:00")
    assert {name for name, _ in events(db)} == {"errand.step_taken"}


def test_svc_1_papers_that_arrive_late_find_their_place(handset: Handset, db: Session) -> None:
    key = errand_key()
    take(handset, key, "accepted", at("09:00"))
    take(handset, key, "handled", at("11:00"))
    take(handset, key, "papers_collected", at("10:00"), papers=["户口簿"])
    assert errand(db).step is ErrandStep.HANDLED
    with pytest.raises(StepRepeated):
        take(handset, key, "papers_collected", at("10:30"))


def test_svc_1_what_contradicts_is_refused(handset: Handset) -> None:
    key = errand_key()
    take(handset, key, "accepted", at("09:00"))
    take(handset, key, "handled", at("11:00"))
    with pytest.raises(StepOutOfOrder) as refused:
        take(handset, key, "papers_collected", at("11:30"))
    assert refused.value.facts["known"]
    with pytest.raises(StepOutOfOrder):
        take(handset, key, "delivered", at("10:59"))
    with pytest.raises(StepRepeated):
        take(handset, key, "accepted", at("12:00"))


@pytest.mark.parametrize("step", ["papers_collected", "handled", "delivered", "rated"])
def test_svc_1_a_step_before_its_errand_waits(handset: Handset, step: str) -> None:
    key = errand_key()
    with pytest.raises(NotYet) as waits:
        take(handset, key, step, at("09:00"))
    assert waits.value.facts == {"waits_for": key}


def test_svc_1_a_step_before_the_one_it_needs_waits(handset: Handset) -> None:
    key = errand_key()
    take(handset, key, "accepted", at("09:00"))
    with pytest.raises(NotYet):
        take(handset, key, "rated", at("12:00"))


def test_svc_1_others_don_t_go_on_with_it(handset: Handset, db: Session, city: City) -> None:
    key = errand_key()
    take(handset, key, "accepted", at("09:00"))
    for step in ("handled", "accepted"):
        with pytest.raises(ErrandOfOthers):
            take(Handset(db, city, NEIGHBOUR), key, step, at("10:00"))


def test_svc_1_org_5_a_worker_of_the_mutual_aid_group_goes_on(
    handset: Handset, db: Session, city: City
) -> None:
    make_group(db, city, GRID, NEIGHBOUR, since=date(2026, 3, 18))
    early, key = errand_key(), errand_key(at("08:30"))
    take(handset, early, "accepted", at("09:00", date(2026, 3, 16)))
    take(handset, key, "accepted", at("09:00"))
    neighbour = Handset(db, city, NEIGHBOUR)
    with pytest.raises(ErrandOfOthers):
        take(neighbour, early, "handled", at("10:00", date(2026, 3, 17)))
    take(neighbour, key, "handled", at("10:00"))
    told = db.scalars(select(Change.worker_id).where(Change.subject_id == str(key))).all()
    assert set(told) == {city.workers[GRID], city.workers[NEIGHBOUR]}
    with pytest.raises(ErrandOfOthers):
        take(Handset(db, city, THIRD), key, "delivered", at("11:00"))


def test_without_a_grid_nothing_is_accepted(handset: Handset, db: Session) -> None:
    with pytest.raises(NoGrid):
        take(handset, errand_key(), "accepted", at("09:00", date(2025, 12, 31)))
    assert db.scalars(select(Errand)).all() == []


def test_residents_are_in_no_trace_and_in_no_feed(handset: Handset, db: Session) -> None:
    whole(handset, at("09:00"))
    facts = [str(row.facts) for row in db.scalars(select(OutboxEvent))]
    bodies = [str(row.body) for row in db.scalars(select(Change))]
    assert facts
    assert bodies
    for said in RESIDENT.values():
        assert not any(said in text for text in [*facts, *bodies])


def test_residents_are_sealed_in_the_table(handset: Handset, db: Session) -> None:
    take(handset, errand_key(), "accepted", at("09:00"), note="门牌已换")
    row = db.connection().exec_driver_sql("select resident from errand").one()
    note = db.connection().exec_driver_sql("select note from errand_act").one()
    assert "李秀英" not in row[0]
    assert "门牌" not in note[0]


def test_acts_are_never_edited(handset: Handset, db: Session) -> None:
    key = take(handset, errand_key(), "accepted", at("09:00"))
    act = db.get_one(ErrandAct, key)
    act.day = date(2026, 3, 1)
    with pytest.raises(DBAPIError, match="append-only"):
        db.flush()
