"""TSK-2: what a worker wants to have said on the day's sheet."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db.models import Change, DailyNote, OutboxEvent
from app.tasks.notes import DailyNoteIn, notes_of, record_note
from tests.attendance.facts import WEDNESDAY, Handset, at
from tests.city import City


@pytest.fixture
def handset(db: Session, city: City) -> Handset:
    """The handset of the worker of the first grid."""
    return Handset(db, city)


@pytest.mark.parametrize("clock", ["00:00:00", "23:59:59"])
def test_tsk_2_a_note_belongs_to_its_civil_day(handset: Handset, clock: str) -> None:
    record_note(handset.db, handset.captured(at(clock)), DailyNoteIn(said="搬运物资"))
    day = WEDNESDAY
    [note] = notes_of(handset.db, handset.worker_id, day).items
    assert (note.said, note.day) == ("搬运物资", WEDNESDAY)
    for other in (day - timedelta(days=1), day + timedelta(days=1)):
        assert notes_of(handset.db, handset.worker_id, other).items == []


def test_notes_stand_in_the_order_of_capture_with_missing_photos(handset: Handset) -> None:
    photo = "d" * 64
    later = DailyNoteIn(said="下午", photos=[photo])
    record_note(handset.db, handset.captured(at("15:00")), later)
    record_note(handset.db, handset.captured(at("09:00")), DailyNoteIn(said="上午"))
    found = notes_of(handset.db, handset.worker_id, WEDNESDAY).items
    assert [(note.said, note.missing_photos) for note in found] == [("上午", []), ("下午", [photo])]


def test_the_handset_is_told_and_the_trace_keeps_no_words(handset: Handset) -> None:
    db = handset.db
    note = record_note(db, handset.captured(at("09:00")), DailyNoteIn(said="上午"))
    db.flush()
    change = db.scalars(select(Change)).one()
    assert (change.kind, change.subject_id, (change.body or {})["said"]) == (
        "daily_note",
        str(note.id),
        "上午",
    )
    assert db.scalars(select(OutboxEvent)).one().facts == {"day": "2026-03-18"}


def test_a_note_is_never_edited(handset: Handset) -> None:
    record_note(handset.db, handset.captured(at("09:00")), DailyNoteIn(said="上午"))
    handset.db.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        handset.db.execute(update(DailyNote).values(said="改"))
