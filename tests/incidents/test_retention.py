"""EVT-1, EVT-4, part 8: what was written of events is erased after its term."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Incident, IncidentAct, IncidentCase, PhotoLink, PlatformView
from app.incidents.platform_words import PlatformWord, record_platform_word
from app.incidents.retention import erase_events
from app.people.photos import Subject, link_photos
from app.rules.incidents import State
from app.rules.tasks import Platform
from tests.attendance.facts import WEDNESDAY
from tests.attendance.facts import events as told
from tests.city import City
from tests.incidents.written_events import GRID, Events, Written, at

TERM = timedelta(days=365)
PHOTO = "ab" * 32
CONTACT = {"name": "李秀英", "phone": "13800000001"}


@pytest.fixture
def events(db: Session, city: City) -> Events:
    return Events(db, city)


def erased(events: Events, now: datetime) -> int:
    count = erase_events(events.db, now)
    events.db.expire_all()
    return count


def written(events: Events, event: Written) -> list[object]:
    row = events.db.get_one(Incident, event.id)
    return [found for found in (row.description, row.contact, *row.photos) if found is not None]


def test_evt_4_from_the_verification_after_the_term(events: Events) -> None:
    event = events.closed(at("09:00"), contact=CONTACT, photos=[PHOTO])
    event.verified(at("23:59"), events.account(GRID))
    event.seen_there(Platform.CHENGDU, "closed", at("12:00"))
    subject = Subject("incident", event.id, GRID[:12], event.case.worker_id)
    link_photos(events.db, subject, [PHOTO], at("09:00"))
    assert erased(events, at("03:00", WEDNESDAY + TERM)) == 0
    assert len(written(events, event)) == 3
    later = at("03:00", WEDNESDAY + TERM + timedelta(days=1))
    assert erased(events, later) == 1
    assert written(events, event) == []
    assert {act.words for act in events.db.scalars(select(IncidentAct))} == {None}
    assert events.db.scalars(select(PlatformView.result)).one() is None
    assert events.db.scalars(select(PhotoLink)).all() == []
    assert events.db.get_one(IncidentCase, event.id).state is State.VERIFIED
    assert ("incident.erased", None) in told(events.db)
    assert erased(events, later) == 0


@pytest.mark.parametrize("state", list(State))
def test_evt_4_what_is_open_is_kept(events: Events, state: State) -> None:
    event = events.reported(at("09:00")).becomes(state)
    kept = state in {State.HELD, State.HANDLING}
    assert erased(events, at("03:00", WEDNESDAY + 3 * TERM)) == (0 if kept else 1)
    assert bool(written(events, event)) is kept


def test_evt_4_what_a_platform_says_after_the_term_is_erased_too(events: Events) -> None:
    event = events.closed(at("09:00"))
    event.verified(at("12:00"), events.account(GRID))
    later = at("03:00", WEDNESDAY + TERM + timedelta(days=1))
    assert erased(events, later) == 1
    word = PlatformWord(Platform.CHENGDU, event.id, "done", "已电话告知李秀英", later, "m-1")
    record_platform_word(events.db, word, later)
    events.db.flush()
    assert erased(events, later) == 1
    assert {act.words for act in events.db.scalars(select(IncidentAct))} == {None}
    assert erased(events, later) == 0
