"""Who was there: the host's list as it counts, and the workers' own word beside it (MTG-1)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Leave, Meeting, MeetingAttendance, Posting, TrainingRecord, Worker
from app.meetings.schemas import OwnWordOut, PresenceOut
from app.people.photos import missing_of
from app.people.posts import under
from app.rules.duty import Employment, Half, is_bound
from app.rules.leave import LeaveSpan, halves_covered
from app.rules.meetings import MeetingKind, Presence, judge_presence
from app.rules.procedures import RequestState


class Leaves:
    """The approved leave of some workers over a span: loaded once, asked often."""

    def __init__(
        self, session: Session, worker_ids: Collection[UUID], first: date, last: date
    ) -> None:
        self.of: dict[UUID, list[Leave]] = defaultdict(list)
        found = select(Leave).where(
            Leave.worker_id.in_(worker_ids),
            Leave.state == RequestState.APPROVED,
            Leave.last_day >= first,
            Leave.first_day <= last,
        )
        for leave in session.scalars(found):
            self.of[leave.worker_id].append(leave)

    def halves(self, worker_id: UUID, day: date) -> Mapping[Half, UUID]:
        """Which leave covers each half of a date."""
        return {
            half: leave.id
            for leave in self.of.get(worker_id, ())
            for half in halves_covered(
                LeaveSpan(leave.first_day, leave.first_half, leave.last_day, leave.last_half), day
            )
        }


@dataclass(frozen=True)
class Line:
    """A worker on the list of a meeting, as it counts."""

    meeting: Meeting
    attendance: MeetingAttendance
    worker_name: str
    community_code: str
    bound: bool
    presence: Presence
    leave_id: UUID | None
    own: Sequence[TrainingRecord]

    @property
    def contradicted(self) -> bool:
        """The worker says to have been there; the host does not."""
        return bool(self.own) and self.presence is not Presence.PRESENT


def lines_of(
    session: Session,
    meetings: Collection[Meeting],
    scope: str,
    workers: Collection[UUID] | None = None,
) -> list[Line]:
    """The lists of some meetings, as far as who is on them was posted in a unit on the date.

    Of some workers, or of all.
    """
    rows = _rows(session, meetings, scope, workers)
    if not rows:
        return []
    days = [meeting.held_on for meeting in meetings]
    listed = {row[0].worker_id for row in rows}
    leaves = Leaves(session, listed, min(days), max(days))
    own = own_words(session, meetings, listed)
    by_id = {meeting.id: meeting for meeting in meetings}
    return [_line(by_id[row[0].meeting_id], row, leaves, own) for row in rows]


Row = tuple[MeetingAttendance, str, str, Employment | None]


def _rows(
    session: Session, meetings: Collection[Meeting], scope: str, workers: Collection[UUID] | None
) -> list[Row]:
    """Each line, the worker's name, and the post on the date of the meeting."""
    query = (
        select(MeetingAttendance, Worker.name)
        .join(Worker, Worker.id == MeetingAttendance.worker_id)
        .where(MeetingAttendance.meeting_id.in_([meeting.id for meeting in meetings]))
    )
    if workers is not None:
        query = query.where(MeetingAttendance.worker_id.in_(workers))
    listed = session.execute(query).all()
    held_on = {meeting.id: meeting.held_on for meeting in meetings}
    posts = _posts(session, {line.worker_id for line, _ in listed}, held_on.values(), scope)
    found = [
        (line, name, post.community_code, post.employment)
        for line, name in listed
        for post in posts.get(line.worker_id, ())
        if held_on[line.meeting_id] in post.valid
    ]
    return sorted(found, key=lambda row: (row[2], row[1], row[0].worker_id))


def _posts(
    session: Session, worker_ids: Collection[UUID], days: Collection[date], scope: str
) -> Mapping[UUID, list[Posting]]:
    """By worker, the posts in a unit around some dates: read once, since a range can't be hashed
    and a join by date goes through everybody's."""
    if not worker_ids:
        return {}
    found: dict[UUID, list[Posting]] = defaultdict(list)
    around = Range(min(days), max(days), bounds="[]")
    for post in session.scalars(
        select(Posting).where(
            Posting.worker_id.in_(worker_ids),
            Posting.valid.overlaps(around),
            under(Posting.community_code, scope),
        )
    ):
        found[post.worker_id].append(post)
    return found


def _line(
    meeting: Meeting, row: Row, leaves: Leaves, own: "Mapping[Said, list[TrainingRecord]]"
) -> Line:
    attendance, name, community_code, employment = row
    halves = leaves.halves(attendance.worker_id, meeting.held_on)
    judged = judge_presence(attendance.presence, meeting.starts_at, halves)
    leave = judged.because.get("leave")
    return Line(
        meeting=meeting,
        attendance=attendance,
        worker_name=name,
        community_code=community_code,
        bound=employment is not None and is_bound(employment),
        presence=judged.verdict,
        leave_id=UUID(str(leave)) if leave else None,
        own=own.get((meeting.id, attendance.worker_id), ()),
    )


Said = tuple[UUID, UUID]
"""Of a meeting by a worker."""


def own_words(
    session: Session, meetings: Collection[Meeting], worker_ids: Collection[UUID]
) -> Mapping[Said, list[TrainingRecord]]:
    """What workers say of meetings: of one they name, or of its kind on its date."""
    rows = session.scalars(
        select(TrainingRecord)
        .where(
            TrainingRecord.worker_id.in_(worker_ids),
            or_(
                TrainingRecord.meeting_id.in_([meeting.id for meeting in meetings]),
                and_(
                    TrainingRecord.meeting_id.is_(None),
                    TrainingRecord.held_on.in_({meeting.held_on for meeting in meetings}),
                ),
            ),
        )
        .order_by(TrainingRecord.corrected_at, TrainingRecord.id)
    ).all()
    described: dict[tuple[MeetingKind, date], list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        described[meeting.kind, meeting.held_on].append(meeting)
    found: dict[Said, list[TrainingRecord]] = defaultdict(list)
    for row in rows:
        for key in [row.meeting_id] if row.meeting_id else _meant(row, described):
            found[key, row.worker_id].append(row)
    return found


def _meant(
    row: TrainingRecord, described: Mapping[tuple[MeetingKind, date], list[Meeting]]
) -> list[UUID]:
    """The meetings of the kind and date to which the worker's post belonged."""
    return [
        meeting.id
        for meeting in described.get((row.kind, row.held_on), [])
        if row.community_code.startswith(meeting.unit_code)
    ]


def own_word_out(row: TrainingRecord, missing: list[str]) -> OwnWordOut:
    """One of them."""
    fields = {
        name: getattr(row, name) for name in OwnWordOut.model_fields if name != "missing_photos"
    }
    return OwnWordOut(**fields, missing_photos=missing)


def lines_out(session: Session, lines: Sequence[Line]) -> list[PresenceOut]:
    """Lines as they are shown."""
    missing = missing_of(session, [row.id for line in lines for row in line.own])
    return [
        PresenceOut(
            worker_id=line.attendance.worker_id,
            worker_name=line.worker_name,
            community_code=line.community_code,
            said=line.attendance.presence,
            presence=line.presence,
            reason=line.attendance.reason,
            leave_id=line.leave_id,
            contradicted=line.contradicted,
            own=[own_word_out(row, missing.get(row.id, [])) for row in line.own],
        )
        for line in lines
    ]
