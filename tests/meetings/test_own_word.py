"""A worker's own word on a meeting, beside the host's list (MTG-1, TRN-1)."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError
from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db.models import Change, OutboxEvent, Posting, TrainingRecord
from app.meetings.lists import meeting_of, my_meetings, unrecorded
from app.meetings.own_word import meetings_held, record_training
from app.meetings.recording import record_meeting, withdraw_meeting
from app.meetings.refusals import NotHeldYet
from app.meetings.schemas import PresenceOut, TrainingIn
from app.people.capture import NotYet
from app.people.posts import NoPost
from app.people.principal import Principal
from app.rules.meetings import MeetingKind
from tests.attendance.facts import WEDNESDAY, Handset, at
from tests.city import City
from tests.meetings.facts import COMMUNITY, ELSEWHERE, FIRST, NOW, meeting

TRAINING = MeetingKind.COMMUNITY_TRAINING
NO_KEY = UUID(int=0)
PAGE: tuple[None, int] = (None, 50)


@pytest.fixture
def handset(db: Session, city: City) -> Handset:
    return Handset(db, city)


def described(day: date = WEDNESDAY, kind: MeetingKind = TRAINING, **more: Any) -> TrainingIn:
    return TrainingIn(kind=kind, held_on=day, subject="消防培训", **more)


def line_of(db: Session, asker: Principal, key: Any, city: City, grid: str = FIRST) -> PresenceOut:
    lines = meeting_of(db, asker, key).attendance
    return next(line for line in lines if line.worker_id == city.workers[grid])


@pytest.mark.parametrize(
    ("said", "contradicted"), [("absent", True), ("excused", True), ("present", False)]
)
def test_mtg_1_the_station_sees_what_contradicts_its_list(
    db: Session, city: City, lead: Principal, handset: Handset, said: str, contradicted: bool
) -> None:
    held = record_meeting(db, lead, meeting(city, {FIRST: said}, TRAINING), NOW)
    assert line_of(db, lead, held.id, city).contradicted is False
    body = TrainingIn(meeting_id=held.id, note="我在后排")
    record, in_scope = record_training(db, handset.captured(NOW), body)
    assert in_scope
    line = line_of(db, lead, held.id, city)
    assert (line.said, line.presence, line.contradicted) == (said, said, contradicted)
    assert [own.note for own in line.own] == ["我在后排"]
    assert meeting_of(db, lead, held.id).contradicted == int(contradicted)
    assert (record.kind, record.held_on, record.subject) == (TRAINING, WEDNESDAY, held.subject)


def test_the_worker_sees_it_and_answers(
    db: Session, city: City, lead: Principal, handset: Handset
) -> None:
    held = record_meeting(db, lead, meeting(city, {}, TRAINING), NOW)
    [mine] = my_meetings(db, handset.worker_id, PAGE).items
    assert (mine.presence, mine.contradicted, mine.clause) == ("absent", False, "三(二)4")
    for clock, note in (("18:00", "我在"), ("18:01", "有照片为证")):
        body = TrainingIn(meeting_id=held.id, note=note)
        record_training(db, handset.captured(at(clock)), body)
    [mine] = my_meetings(db, handset.worker_id, PAGE).items
    assert (mine.contradicted, [own.note for own in mine.own]) == (True, ["我在", "有照片为证"])
    db.flush()
    last = db.scalars(select(Change).order_by(Change.id.desc()).limit(1)).one()
    assert (last.kind, (last.body or {})["contradicted"]) == ("meeting", True)
    [(key, shown)] = meetings_held(db, handset.worker_id, WEDNESDAY, NO_KEY, 5)
    assert (key, shown["contradicted"]) == (held.id, True)


def test_a_word_on_a_meeting_that_is_recorded_later_is_found_by_kind_and_date(
    db: Session, city: City, lead: Principal, handset: Handset
) -> None:
    record_training(db, handset.captured(NOW), described(photos=["b" * 64]))
    record_training(db, handset.captured(NOW), described(kind=MeetingKind.WEEKLY))
    record_training(db, handset.captured(NOW), described(day=WEDNESDAY - timedelta(days=1)))
    record_training(db, Handset(db, city, ELSEWHERE).captured(NOW), described())
    assert len(unrecorded(db, COMMUNITY, PAGE).items) == 3
    held = record_meeting(db, lead, meeting(city, {}, TRAINING), NOW)
    [own] = line_of(db, lead, held.id, city).own
    assert (own.meeting_id, own.missing_photos) == (None, ["b" * 64])
    left = unrecorded(db, COMMUNITY, PAGE).items
    assert {(row.kind, row.held_on.day) for row in left} == {("weekly", 18), (TRAINING, 17)}
    withdraw_meeting(db, lead, held.id, "误登记", NOW)
    db.flush()
    assert len(unrecorded(db, COMMUNITY, PAGE).items) == 3
    assert len(unrecorded(db, "510185", PAGE).items) == 4


def test_what_is_not_known_yet_is_waited_for(handset: Handset) -> None:
    key = uuid4()
    with pytest.raises(NotYet) as waits:
        record_training(handset.db, handset.captured(NOW), TrainingIn(meeting_id=key))
    assert waits.value.facts == {"waits_for": key}


@pytest.mark.parametrize(("days", "refused"), [(0, False), (1, True)])
def test_nobody_was_at_a_meeting_to_come(handset: Handset, days: int, refused: bool) -> None:
    body = described(day=WEDNESDAY + timedelta(days=days))
    if refused:
        with pytest.raises(NotHeldYet):
            record_training(handset.db, handset.captured(NOW), body)
    else:
        assert record_training(handset.db, handset.captured(NOW), body)[1]


def test_a_meeting_of_another_unit_is_out_of_scope_and_kept(
    db: Session, city: City, lead: Principal
) -> None:
    held = record_meeting(db, lead, meeting(city, {}, TRAINING), NOW)
    stranger = Handset(db, city, ELSEWHERE)
    _, in_scope = record_training(db, stranger.captured(NOW), TrainingIn(meeting_id=held.id))
    assert in_scope is False
    assert db.scalars(select(TrainingRecord)).one().worker_id == stranger.worker_id
    assert stranger.worker_id not in {
        line.worker_id for line in meeting_of(db, lead, held.id).attendance
    }


def test_without_a_post_on_the_date_there_was_no_meeting(db: Session, handset: Handset) -> None:
    mine = Posting.worker_id == handset.worker_id
    db.execute(update(Posting).where(mine).values(valid=Range(WEDNESDAY, None)))
    with pytest.raises(NoPost):
        record_training(db, handset.captured(NOW), described(WEDNESDAY - timedelta(days=1)))


def test_the_trace_names_no_position(db: Session, handset: Handset) -> None:
    record_training(db, handset.captured(NOW), described(lon=104.5, lat=30.4, accuracy_m=8))
    db.flush()
    [event] = db.scalars(select(OutboxEvent))
    assert event.name == "training.recorded"
    assert set(event.facts) == {"kind", "held_on", "meeting"}


def test_it_is_never_edited(db: Session, handset: Handset) -> None:
    record_training(db, handset.captured(NOW), described())
    db.commit()
    for act in (update(TrainingRecord).values(note="改"), delete(TrainingRecord)):
        with pytest.raises(DBAPIError, match="append-only"):
            db.execute(act)
        db.rollback()
    assert db.scalar(text("select count(*) from training_record")) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "weekly"},
        {"kind": "weekly", "held_on": "2026-03-18"},
        {"meeting_id": str(uuid4()), "kind": "weekly"},
        {"meeting_id": str(uuid4()), "lon": 104.5},
        {"meeting_id": "x"},
        {"meeting_id": str(uuid4()), "note": "\x00"},
        {"meeting_id": str(uuid4()), "presence": "present"},
        {"kind": "party", "held_on": "2026-03-18", "subject": "x"},
        {"kind": "weekly", "held_on": "0001-01-01", "subject": "x"},
    ],
)
def test_one_meeting_and_a_whole_position(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TrainingIn.model_validate(body)


def test_the_later_captured_stands_last(
    db: Session, city: City, lead: Principal, handset: Handset
) -> None:
    held = record_meeting(db, lead, meeting(city, {}, TRAINING), NOW)
    for clock in ("17:30", "17:00"):
        capture = handset.captured(at(clock))
        record_training(db, capture, TrainingIn(meeting_id=held.id, note=clock))
    assert [own.note for own in line_of(db, lead, held.id, city).own] == ["17:00", "17:30"]
