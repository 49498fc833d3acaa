"""The host records a meeting with its list, corrects the list, or takes the record back."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Meeting, MeetingAttendance, Posting, Worker
from app.kit.clock import civil_day
from app.kit.errors import Forbidden, NotFound
from app.kit.ids import uuid7
from app.meetings.lists import visible
from app.meetings.presence import Line, lines_of
from app.meetings.refusals import (
    CorrectionOver,
    HeldAlready,
    HeldTooLongAgo,
    MeetingIdReused,
    MeetingWithdrawn,
    NotHeldYet,
    NotItsKind,
    NotPostedThere,
)
from app.meetings.schemas import AttendanceIn, MeetingIn, PresenceIn
from app.outbox.emit import emit, publish, withdraw
from app.people.photos import Subject, link_photos
from app.people.posts import postings_under
from app.people.principal import Principal
from app.people.values import values_on
from app.rules.duty import is_bound
from app.rules.meetings import MeetingKind, Presence, may_correct, may_hold, may_record

ONCE_A_DATE = (MeetingKind.MORNING, MeetingKind.WEEKLY)
Said = tuple[Presence, str | None]


def record_meeting(session: Session, asker: Principal, body: MeetingIn, now: datetime) -> Meeting:
    """Record a meeting of one's own unit; the same again changes nothing (MTG-1, TRN-1)."""
    one_at_a_time(session, asker.unit_code)
    key = body.id or uuid7(now)
    known = session.get(Meeting, key)
    if known is not None:
        return _same(session, known, asker, body)
    _check(session, asker, body, now)
    listed = _list_of(session, asker.unit_code, body, body.attendance)
    meeting = Meeting(
        id=key,
        unit_code=asker.unit_code,
        host_id=asker.account_id,
        recorded_at=now,
        **body.model_dump(exclude={"id", "attendance"}),
    )
    session.add(meeting)
    session.flush()
    session.add_all(
        _row(meeting, worker_id, said, asker, now) for worker_id, said in listed.items()
    )
    link_photos(session, Subject("meeting", key, meeting.unit_code, None), body.photos, now)
    _tell(session, meeting, "meeting.recorded", asker)
    return meeting


def one_at_a_time(session: Session, unit_code: str) -> None:
    """Let only one transaction at a time record the meetings of a unit."""
    key = func.hashtextextended(f"meetings {unit_code}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def _same(session: Session, known: Meeting, asker: Principal, body: MeetingIn) -> Meeting:
    """The first of two with the same id; a list that was corrected since is not compared."""
    asked = body.model_dump(exclude={"id", "attendance"})
    if known.unit_code != asker.unit_code or asked != {
        name: getattr(known, name) for name in asked
    }:
        raise MeetingIdReused(id=known.id)
    rows = _rows(session, known)
    corrected = any(row.recorded_at != known.recorded_at for row in rows.values())
    said = {line.worker_id: (line.presence, line.reason) for line in body.attendance}
    stands = {key: (row.presence, row.reason) for key, row in rows.items()}
    if not corrected and dict.fromkeys(stands, (Presence.ABSENT, None)) | said != stands:
        raise MeetingIdReused(id=known.id)
    return known


def _check(session: Session, asker: Principal, body: MeetingIn, now: datetime) -> None:
    """Raises NotItsKind, NotHeldYet, HeldTooLongAgo or HeldAlready."""
    tiers = may_hold(body.kind, asker.tier, body.held_on)
    if not tiers.verdict:
        raise NotItsKind(kind=body.kind.value, **tiers.because)
    if body.starts_at > now:
        raise NotHeldYet(starts_at=body.starts_at)
    if not may_record(body.held_on, civil_day(now), values_on(session, body.held_on)):
        raise HeldTooLongAgo(held_on=body.held_on)
    if body.kind in ONCE_A_DATE:
        _once_a_date(session, asker.unit_code, body)


def _once_a_date(session: Session, unit_code: str, body: MeetingIn) -> None:
    held = session.scalar(
        select(Meeting.id).where(
            Meeting.unit_code == unit_code,
            Meeting.kind == body.kind,
            Meeting.held_on == body.held_on,
            Meeting.withdrawn_at.is_(None),
        )
    )
    if held is not None:
        raise HeldAlready(id=held)


def _list_of(
    session: Session, unit_code: str, meeting: MeetingIn | Meeting, listed: Iterable[PresenceIn]
) -> Mapping[UUID, Said]:
    """What the host says of each worker; raises NotPostedThere.

    Whoever is posted there and not listed was absent. Two exceptions: rural part-time workers, on
    whom nothing is enforced (ORG-4), and training of the city, which takes turns (轮训).
    """
    posts = {
        post.worker_id: post.employment
        for post in session.scalars(
            postings_under(unit_code, meeting.held_on)
            .join(Worker, Worker.id == Posting.worker_id)
            .where(Worker.level == 1)
        )
    }
    said = {line.worker_id: (line.presence, line.reason) for line in listed}
    strangers = sorted(str(worker_id) for worker_id in said.keys() - posts.keys())
    if strangers:
        raise NotPostedThere(workers=strangers[:20], on=meeting.held_on)
    if meeting.kind is MeetingKind.CITY_TRAINING:
        return said
    absent: dict[UUID, Said] = {
        worker_id: (Presence.ABSENT, None)
        for worker_id, employment in posts.items()
        if employment is not None and is_bound(employment)
    }
    return absent | said


def _row(
    meeting: Meeting, worker_id: UUID, said: Said, asker: Principal, now: datetime
) -> MeetingAttendance:
    return MeetingAttendance(
        meeting_id=meeting.id,
        worker_id=worker_id,
        presence=said[0],
        reason=said[1],
        recorded_by=asker.account_id,
        recorded_at=now,
    )


def _rows(session: Session, meeting: Meeting) -> dict[UUID, MeetingAttendance]:
    found = select(MeetingAttendance).where(MeetingAttendance.meeting_id == meeting.id)
    return {row.worker_id: row for row in session.scalars(found)}


def correct_attendance(
    session: Session, asker: Principal, key: UUID, body: AttendanceIn, now: datetime
) -> Meeting:
    """The list as it should have been; the trace keeps what it was."""
    meeting = own_meeting(session, asker, key, now)
    rows = _rows(session, meeting)
    before = {worker_id: (row.presence, row.reason) for worker_id, row in rows.items()}
    after = _list_of(session, meeting.unit_code, meeting, body.attendance)
    changed = {worker_id for worker_id in before.keys() | after.keys()
               if before.get(worker_id) != after.get(worker_id)}  # fmt: skip
    if not changed:
        return meeting
    for worker_id in changed & rows.keys():
        session.delete(rows[worker_id])
    session.flush()
    session.add_all(
        _row(meeting, worker_id, after[worker_id], asker, now)
        for worker_id in changed & after.keys()
    )
    _gone(session, meeting, changed - after.keys())
    changes = [
        {"worker": str(each), "was": _told(before.get(each)), "becomes": _told(after.get(each))}
        for each in sorted(changed)
    ]
    told: dict[str, Any] = {"reason": body.reason, "changes": changes}
    _tell(session, meeting, "meeting.attendance_corrected", asker, **told)
    return meeting


def _told(said: Said | None) -> dict[str, str | None] | None:
    """For the trace; None: not on the list."""
    return None if said is None else {"presence": said[0].value, "reason": said[1]}


def withdraw_meeting(
    session: Session, asker: Principal, key: UUID, reason: str, now: datetime
) -> Meeting:
    """Take a record back: it counts no more and stays to be seen."""
    meeting = own_meeting(session, asker, key, now)
    meeting.withdrawn_at, meeting.withdraw_reason = now, reason
    _gone(session, meeting, list(_rows(session, meeting)))
    emit(
        session,
        "meeting.withdrawn",
        by=asker.account_id,
        unit_code=meeting.unit_code,
        subject=("meeting", meeting.id),
        kind=meeting.kind.value,
        held_on=meeting.held_on.isoformat(),
        reason=reason,
    )
    session.flush()
    return meeting


def own_meeting(session: Session, asker: Principal, key: UUID, now: datetime) -> Meeting:
    """A meeting of one's own unit that can still be changed; its row is locked.

    Raises NotFound, Forbidden, MeetingWithdrawn or CorrectionOver.
    """
    meeting = session.get(Meeting, key, with_for_update=True)
    if meeting is None or not visible(meeting.unit_code, asker.unit_code):
        raise NotFound
    if meeting.unit_code != asker.unit_code:
        # The list is its host's.
        raise Forbidden(unit=meeting.unit_code)
    if meeting.withdrawn_at is not None:
        raise MeetingWithdrawn(reason=meeting.withdraw_reason)
    recorded_on = civil_day(meeting.recorded_at)
    if not may_correct(recorded_on, civil_day(now), values_on(session, recorded_on)):
        raise CorrectionOver(recorded_on=recorded_on)
    return meeting


def _gone(session: Session, meeting: Meeting, worker_ids: Iterable[UUID]) -> None:
    for worker_id in worker_ids:
        withdraw(session, worker_id, "meeting", meeting.id, "deleted")


def _tell(session: Session, meeting: Meeting, event: str, asker: Principal, **facts: Any) -> None:
    """Each worker on the list, and the trace."""
    session.flush()
    lines = lines_of(session, [meeting], meeting.unit_code)
    for line in lines:
        publish(session, line.attendance.worker_id, "meeting", meeting.id, shown(line))
    counts = Counter(line.presence for line in lines)
    emit(
        session,
        event,
        by=asker.account_id,
        unit_code=meeting.unit_code,
        subject=("meeting", meeting.id),
        kind=meeting.kind.value,
        held_on=meeting.held_on.isoformat(),
        **{presence.value: counts[presence] for presence in Presence},
        **facts,
    )
    session.flush()


def shown(line: Line) -> dict[str, Any]:
    """A meeting as the handset of a worker on its list sees it."""
    meeting = line.meeting
    return {
        "unit_code": meeting.unit_code,
        "kind": meeting.kind.value,
        "held_on": meeting.held_on.isoformat(),
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat() if meeting.ends_at else None,
        "subject": meeting.subject,
        "said": line.attendance.presence.value,
        "presence": line.presence.value,
        "reason": line.attendance.reason,
        "leave_id": str(line.leave_id) if line.leave_id else None,
        "contradicted": line.contradicted,
    }
