"""SVC-1: residents' data are erased when their term has passed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Errand, ErrandAct, ParameterValue, PhotoLink
from app.errands.retention import erase_residents
from tests.attendance.facts import WEDNESDAY, Handset, at, events
from tests.errands.facts import PHOTO, errand_key, take, whole

TERM = 180


@pytest.mark.parametrize(("days", "erased"), [(TERM, 0), (TERM + 1, 1)])
def test_svc_1_erased_after_the_term_from_delivery(
    handset: Handset, db: Session, days: int, erased: int
) -> None:
    whole(handset, at("09:00"))
    now = at("03:00", WEDNESDAY + timedelta(days=days))
    assert erase_residents(db, now) == erased
    db.expire_all()
    errand = db.scalars(select(Errand)).one()
    assert (errand.resident is None) == bool(erased)
    assert errand.rating == 5


def test_svc_1_of_an_errand_left_lying_from_its_last_step(handset: Handset, db: Session) -> None:
    key = errand_key()
    take(handset, key, "accepted", at("09:00"), note="约好周五", photos=[PHOTO])
    take(handset, key, "handled", at("23:59"), office="服务站", papers=["户口簿"])
    assert erase_residents(db, at("03:00", WEDNESDAY + timedelta(days=TERM))) == 0
    later = at("03:00", WEDNESDAY + timedelta(days=TERM + 1))
    assert erase_residents(db, later) == 1
    db.expire_all()
    for act in db.scalars(select(ErrandAct)):
        assert (act.note, act.office, act.papers, act.photos) == (None, None, [], [])
    assert db.scalars(select(PhotoLink)).all() == []
    assert ("errand.erased", None) in events(db)
    assert erase_residents(db, later) == 0


def test_svc_1_the_city_sets_the_term(handset: Handset, db: Session) -> None:
    whole(handset, at("09:00"))
    db.add(
        ParameterValue(
            name="errand_erased_after_days",
            value=30,
            effective_from=date(2026, 4, 1),
            reason="试点",
            decided_by=handset.account_id,
            decided_at=at("09:00"),
        )
    )
    db.flush()
    assert erase_residents(db, at("03:00", date(2026, 4, 17))) == 0
    assert erase_residents(db, at("03:00", date(2026, 4, 18))) == 1
