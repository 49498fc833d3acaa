"""How many meetings and trainings each worker owed and attended: what appraisal rests on."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Meeting, MeetingAttendance, Posting, Worker
from app.kit.errors import BadCursor
from app.kit.paging import decode, encode
from app.kit.schema import Out
from app.meetings.lists import by_meeting
from app.meetings.presence import Line, lines_of
from app.people.posts import under
from app.rules.meetings import (
    Attendance,
    CadenceVerdict,
    MeetingKind,
    Presence,
    count_attendance,
    judge_rotation,
    meeting_period,
)

ByKind = Mapping[MeetingKind, Attendance]


class AttendanceOut(Out):
    """Owed are the meetings held where one was posted and not excused."""

    owed: int
    attended: int
    excused: int


class WorkerAttendanceRow(Out):
    """A worker's meetings and training over a span, while posted in the unit."""

    worker_id: UUID
    worker_name: str
    owed: int
    attended: int
    excused: int
    contradicted: int = Field(description="How often the worker says to have been there after all")
    morning: AttendanceOut
    weekly: AttendanceOut
    community_training: AttendanceOut
    township_training: AttendanceOut
    city_training: AttendanceOut
    trained_by_city: CadenceVerdict = Field(description="In the calendar year of the last date")
    rule: str
    clause: str


class WorkerAttendancePage(Out):
    """The workers of a unit, by their keys."""

    unit: str
    items: list[WorkerAttendanceRow]
    next_cursor: str | None


def lines_between(
    session: Session, unit_code: str, worker_ids: Collection[UUID], first: date, last: date
) -> Mapping[UUID, list[Line]]:
    """By worker: the lines of meetings that count, while he or she was posted in a unit."""
    meetings = session.scalars(
        select(Meeting)
        .where(
            Meeting.id.in_(
                select(MeetingAttendance.meeting_id).where(
                    MeetingAttendance.worker_id.in_(worker_ids)
                )
            ),
            Meeting.held_on.between(first, last),
            Meeting.withdrawn_at.is_(None),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    ).all()
    found: dict[UUID, list[Line]] = defaultdict(list)
    for lines in by_meeting(lines_of(session, meetings, unit_code, worker_ids)).values():
        for line in lines:
            found[line.attendance.worker_id].append(line)
    return found


def attendance_of(
    session: Session, unit_code: str, worker_ids: Collection[UUID], first: date, last: date
) -> Mapping[UUID, ByKind]:
    """Owed and attended by kind, of each worker whom the duty binds (ORG-4)."""
    found = lines_between(session, unit_code, worker_ids, first, last)
    return {worker_id: counted(found.get(worker_id, [])) for worker_id in worker_ids}


def counted(lines: Collection[Line]) -> ByKind:
    """The figures of some lines of one worker."""
    by_kind: dict[MeetingKind, list[Presence]] = {kind: [] for kind in MeetingKind}
    for line in lines:
        if line.bound:
            by_kind[line.meeting.kind].append(line.presence)
    return {kind: count_attendance(found) for kind, found in by_kind.items()}


def attendance_page(
    session: Session,
    unit_code: str,
    span: tuple[date, date],
    today: date,
    asked: tuple[str | None, int],
) -> WorkerAttendancePage:
    """One row for each worker posted in a unit on a date of the span."""
    first, last = span
    cursor, limit = asked
    posted = select(Posting.worker_id).where(
        under(Posting.community_code, unit_code),
        Posting.valid.overlaps(Range(first, last, bounds="[]")),
    )
    query = select(Worker).where(Worker.id.in_(posted), Worker.level == 1)
    if cursor is not None:
        query = query.where(Worker.id > _key_in(cursor))
    workers = session.scalars(query.order_by(Worker.id).limit(limit + 1)).all()
    shown = workers[:limit]
    keys = [worker.id for worker in shown]
    lines = lines_between(session, unit_code, keys, first, last)
    trained = trained_by_city(session, keys, last, today)
    return WorkerAttendancePage(
        unit=unit_code,
        items=[_row(worker, lines.get(worker.id, []), trained[worker.id]) for worker in shown],
        next_cursor=encode(str(shown[-1].id)) if len(workers) > limit else None,
    )


def _key_in(cursor: str) -> UUID:
    (key,) = decode(cursor, str)
    try:
        return UUID(str(key))
    except ValueError:
        raise BadCursor from None


def trained_by_city(
    session: Session, worker_ids: Collection[UUID], day: date, today: date
) -> Mapping[UUID, CadenceVerdict]:
    """Whether each worker has had the year's training of the city (TRN-1)."""
    year = meeting_period(MeetingKind.CITY_TRAINING, day)
    rows = session.scalars(
        select(MeetingAttendance.worker_id)
        .join(Meeting, Meeting.id == MeetingAttendance.meeting_id)
        .where(
            MeetingAttendance.worker_id.in_(worker_ids),
            MeetingAttendance.presence == Presence.PRESENT,
            Meeting.kind == MeetingKind.CITY_TRAINING,
            Meeting.held_on.between(year.first, year.last),
            Meeting.withdrawn_at.is_(None),
        )
    )
    attended = set(rows)
    return {
        worker_id: judge_rotation({worker_id}, attended, year, today).verdict
        for worker_id in worker_ids
    }


def _row(worker: Worker, lines: Collection[Line], trained: CadenceVerdict) -> WorkerAttendanceRow:
    by_kind = counted(lines)
    total = sum(by_kind.values(), start=Attendance())
    return WorkerAttendanceRow(
        worker_id=worker.id,
        worker_name=worker.name,
        owed=total.owed,
        attended=total.attended,
        excused=total.excused,
        contradicted=sum(line.contradicted for line in lines),
        **{kind.value: _out(found) for kind, found in by_kind.items()},
        trained_by_city=trained,
        rule="MTG-1",
        clause="三(二)3",
    )


def _out(found: Attendance) -> AttendanceOut:
    return AttendanceOut(owed=found.owed, attended=found.attended, excused=found.excused)
