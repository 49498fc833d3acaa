"""What a worker wants to have said on the day's sheet (TSK-2)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import DailyNote
from app.kit.schema import In, Out, Paragraph, Photos
from app.outbox.emit import emit, publish
from app.people.capture import Capture
from app.people.photos import Subject, link_photos, missing_of


class DailyNoteIn(In):
    """A remark of the day."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"said": "上午协助社区搬运防汛物资两小时。"}]}
    )

    said: Paragraph
    photos: Photos = Field(default_factory=list)


class DailyNoteOut(Out):
    """A remark as it was captured."""

    id: UUID
    day: date
    said: str
    photos: list[str]
    missing_photos: list[str]
    corrected_at: datetime
    time_proven: bool


class DailyNotes(Out):
    """The remarks of a date, in order."""

    items: list[DailyNoteOut]


def record_note(session: Session, capture: Capture, body: DailyNoteIn) -> DailyNote:
    """Keep a remark; it belongs to the civil day on which it was captured."""
    note = DailyNote(**capture.columns(), **body.model_dump())
    session.add(note)
    session.flush()
    subject = Subject("daily_note", note.id, capture.community_code, capture.worker_id)
    link_photos(session, subject, body.photos, capture.received_at)
    publish(session, note.worker_id, "daily_note", note.id, shown(note))
    emit(
        session,
        "daily_note.recorded",
        by=capture.account_id,
        unit_code=capture.community_code,
        subject=("daily_note", note.id),
        day=note.day.isoformat(),
    )
    return note


def shown(note: DailyNote) -> dict[str, Any]:
    """A remark as the handset gets it back."""
    return {
        "day": note.day.isoformat(),
        "said": note.said,
        "photos": note.photos,
        "corrected_at": note.corrected_at.isoformat(),
        "time_proven": note.time_proven,
    }


def notes_of(session: Session, worker_id: UUID, day: date) -> DailyNotes:
    """A worker's remarks of a date."""
    rows = session.scalars(
        select(DailyNote)
        .where(DailyNote.worker_id == worker_id, DailyNote.day == day)
        .order_by(DailyNote.corrected_at, DailyNote.id)
    ).all()
    missing = missing_of(session, [row.id for row in rows])
    kept = ("id", "day", "said", "photos", "corrected_at", "time_proven")
    return DailyNotes(
        items=[
            DailyNoteOut(
                **{name: getattr(row, name) for name in kept},
                missing_photos=missing.get(row.id, []),
            )
            for row in rows
        ]
    )
