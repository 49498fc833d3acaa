"""A worker's own word: there at a meeting, or at training that the host has yet to record."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Meeting, MeetingAttendance, TrainingRecord
from app.meetings.lists import EVERYWHERE
from app.meetings.presence import lines_of
from app.meetings.recording import shown as meeting_shown
from app.meetings.refusals import NotHeldYet
from app.meetings.schemas import TrainingIn
from app.outbox.emit import emit, publish
from app.people.capture import Capture, NotYet
from app.people.photos import Subject, link_photos
from app.people.posts import post_of, posting_on


def record_training(
    session: Session, capture: Capture, body: TrainingIn
) -> tuple[TrainingRecord, bool]:
    """Keep what the worker says, and whether it lies where the worker was posted.

    It never changes the host's list: both are seen, by the station and by the worker. Raises
    NotYet, NotHeldYet or NoPost.
    """
    meeting = _meeting_of(session, body)
    described = meeting or body
    assert described.held_on is not None
    if described.held_on > capture.day:
        raise NotHeldYet(held_on=described.held_on)
    in_scope = _posted_there(session, capture, meeting, body)
    record = TrainingRecord(
        **capture.columns(),
        meeting_id=body.meeting_id,
        kind=described.kind,
        held_on=described.held_on,
        subject=described.subject,
        **body.model_dump(include={"lon", "lat", "accuracy_m", "note", "photos"}),
    )
    session.add(record)
    session.flush()
    subject = Subject("training_record", record.id, capture.community_code, capture.worker_id)
    link_photos(session, subject, body.photos, capture.received_at)
    _tell(session, capture, record, meeting)
    return record, in_scope


def _meeting_of(session: Session, body: TrainingIn) -> Meeting | None:
    if body.meeting_id is None:
        return None
    meeting = session.get(Meeting, body.meeting_id)
    if meeting is None:
        raise NotYet(waits_for=body.meeting_id)
    return meeting


def _posted_there(
    session: Session, capture: Capture, meeting: Meeting | None, body: TrainingIn
) -> bool:
    if meeting is None:
        assert body.held_on is not None
        post_of(session, capture.worker_id, body.held_on)
        return True
    post = posting_on(session, capture.worker_id, meeting.held_on)
    return post is not None and post.community_code.startswith(meeting.unit_code)


def _tell(
    session: Session, capture: Capture, record: TrainingRecord, meeting: Meeting | None
) -> None:
    publish(session, record.worker_id, "training", record.id, shown(record))
    for line in lines_of(session, [meeting], EVERYWHERE, [capture.worker_id]) if meeting else []:
        publish(session, capture.worker_id, "meeting", line.meeting.id, meeting_shown(line))
    emit(
        session,
        "training.recorded",
        by=capture.account_id,
        unit_code=capture.community_code,
        subject=("training_record", record.id),
        kind=record.kind.value,
        held_on=record.held_on.isoformat(),
        meeting=str(record.meeting_id) if record.meeting_id else None,
    )


def shown(record: TrainingRecord) -> dict[str, Any]:
    """A worker's own word as the handset gets it back."""
    return {
        "meeting_id": str(record.meeting_id) if record.meeting_id else None,
        "kind": record.kind.value,
        "held_on": record.held_on.isoformat(),
        "subject": record.subject,
        "note": record.note,
        "photos": record.photos,
        "corrected_at": record.corrected_at.isoformat(),
        "time_proven": record.time_proven,
    }


def meetings_held(
    session: Session, worker_id: UUID, since: date, after: UUID, limit: int
) -> list[tuple[UUID, dict[str, Any]]]:
    """The meetings since a date on whose list a worker is, by key: for a handset's state."""
    meetings = session.scalars(
        select(Meeting)
        .join(MeetingAttendance, MeetingAttendance.meeting_id == Meeting.id)
        .where(
            MeetingAttendance.worker_id == worker_id,
            Meeting.held_on >= since,
            Meeting.withdrawn_at.is_(None),
            Meeting.id > after,
        )
        .order_by(Meeting.id)
        .limit(limit)
    ).all()
    lines = {line.meeting.id: line for line in lines_of(session, meetings, EVERYWHERE, [worker_id])}
    return [(key, meeting_shown(line)) for key, line in sorted(lines.items())]
