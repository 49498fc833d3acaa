"""Meetings as a unit sees them, and as a worker sees his or her own."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import Account, Meeting, MeetingAttendance, TrainingRecord, Unit, Worker
from app.kit.errors import NotFound
from app.meetings.presence import Line, lines_of, lines_out, own_word_out
from app.meetings.schemas import (
    MeetingOut,
    MeetingPage,
    MeetingRow,
    MyMeetingOut,
    MyMeetingPage,
    OwnWordPage,
    OwnWordRow,
    PresenceOut,
)
from app.people.photos import missing_of
from app.people.posts import under
from app.people.principal import Principal
from app.rules.divisions import ancestors
from app.rules.meetings import HOLDINGS, MeetingKind, Presence

EVERYWHERE = ""
PLACE = (Meeting.starts_at, Meeting.id)


@dataclass(frozen=True)
class Wanted:
    """Which meetings; None: any."""

    kind: MeetingKind | None = None
    first: date | None = None
    last: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same of rows."""
        conditions = []
        if self.kind is not None:
            conditions.append(Meeting.kind == self.kind)
        if self.first is not None:
            conditions.append(Meeting.held_on >= self.first)
        if self.last is not None:
            conditions.append(Meeting.held_on <= self.last)
        return conditions


def visible(unit_code: str, asker_unit: str) -> bool:
    """A meeting of a unit below one's own, or of one above, to which one's workers went."""
    return unit_code.startswith(asker_unit) or asker_unit.startswith(unit_code)


def meetings_of(
    session: Session, unit_code: str, wanted: Wanted, asked: tuple[str | None, int]
) -> MeetingPage:
    """The meetings of a unit and of those above it; counts are of the unit's own workers."""
    cursor, limit = asked
    reaching = or_(under(Meeting.unit_code, unit_code), Meeting.unit_code.in_(ancestors(unit_code)))
    rows = session.scalars(
        select(Meeting)
        .where(reaching, *wanted.conditions(), earlier(PLACE, cursor))
        .order_by(*latest_first(PLACE))
        .limit(limit + 1)
    ).all()
    shown, last = cut(rows, limit)
    lines = by_meeting(lines_of(session, shown, unit_code))
    details = _Details(session, shown)
    return MeetingPage(
        items=[MeetingRow(**details.of(meeting, lines.get(meeting.id, []))) for meeting in shown],
        next_cursor=cursor_of(last.starts_at, last.id) if last else None,
    )


def meeting_of(session: Session, asker: Principal, key: UUID) -> MeetingOut:
    """One meeting with the lines of one's own unit; raises NotFound."""
    meeting = session.get(Meeting, key)
    if meeting is None or not visible(meeting.unit_code, asker.unit_code):
        raise NotFound
    lines = lines_of(session, [meeting], asker.unit_code)
    cite = HOLDINGS.on(meeting.held_on)[meeting.kind].cite
    return MeetingOut(
        **_Details(session, [meeting]).of(meeting, lines),
        minutes=meeting.minutes,
        photos=meeting.photos,
        host_name=session.get_one(Account, meeting.host_id).name,
        rule=cite.rule,
        clause=cite.clause,
        attendance=lines_out(session, lines),
    )


def by_meeting(lines: Collection[Line]) -> Mapping[UUID, list[Line]]:
    """Lines by their meeting."""
    found: dict[UUID, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.meeting.id].append(line)
    return found


class _Details:
    """What rows of meetings show beside themselves, loaded at once."""

    def __init__(self, session: Session, meetings: Sequence[Meeting]) -> None:
        codes = {meeting.unit_code for meeting in meetings}
        found = session.execute(select(Unit.code, Unit.name).where(Unit.code.in_(codes)))
        self.names: dict[str, str] = dict(found.all())
        self.missing = missing_of(session, [meeting.id for meeting in meetings])

    def of(self, meeting: Meeting, lines: Collection[Line]) -> dict[str, Any]:
        """The fields of a row."""
        counts = Counter(line.presence for line in lines)
        return {
            "id": meeting.id,
            "unit_code": meeting.unit_code,
            "unit_name": self.names[meeting.unit_code],
            "kind": meeting.kind,
            "held_on": meeting.held_on,
            "starts_at": meeting.starts_at,
            "ends_at": meeting.ends_at,
            "subject": meeting.subject,
            **{presence.value: counts[presence] for presence in Presence},
            "contradicted": sum(line.contradicted for line in lines),
            "recorded_at": meeting.recorded_at,
            "withdrawn_at": meeting.withdrawn_at,
            "withdraw_reason": meeting.withdraw_reason,
            "missing_photos": self.missing.get(meeting.id, []),
        }


def my_meetings(session: Session, worker_id: UUID, asked: tuple[str | None, int]) -> MyMeetingPage:
    """The meetings on whose list a worker is; one that was withdrawn is none."""
    cursor, limit = asked
    rows = session.scalars(
        select(Meeting)
        .join(MeetingAttendance, MeetingAttendance.meeting_id == Meeting.id)
        .where(
            MeetingAttendance.worker_id == worker_id,
            Meeting.withdrawn_at.is_(None),
            earlier(PLACE, cursor),
        )
        .order_by(*latest_first(PLACE))
        .limit(limit + 1)
    ).all()
    shown, last = cut(rows, limit)
    lines = lines_of(session, shown, EVERYWHERE, [worker_id])
    lines.sort(key=lambda line: (line.meeting.starts_at, line.meeting.id), reverse=True)
    return MyMeetingPage(
        items=[
            _mine(line, seen) for line, seen in zip(lines, lines_out(session, lines), strict=True)
        ],
        next_cursor=cursor_of(last.starts_at, last.id) if last else None,
    )


def _mine(line: Line, seen: PresenceOut) -> MyMeetingOut:
    meeting = line.meeting
    cite = HOLDINGS.on(meeting.held_on)[meeting.kind].cite
    return MyMeetingOut(
        **{
            name: getattr(meeting, name)
            for name in ("id", "unit_code", "kind", "held_on", "starts_at", "ends_at", "subject")
        },
        **seen.model_dump(include={"said", "presence", "reason", "leave_id", "contradicted"}),
        own=seen.own,
        rule=cite.rule,
        clause=cite.clause,
    )


def unrecorded(session: Session, unit_code: str, asked: tuple[str | None, int]) -> OwnWordPage:
    """What workers say of meetings that no host has recorded, latest first."""
    cursor, limit = asked
    place = (TrainingRecord.corrected_at, TrainingRecord.id)
    recorded = exists().where(
        and_(
            Meeting.kind == TrainingRecord.kind,
            Meeting.held_on == TrainingRecord.held_on,
            Meeting.withdrawn_at.is_(None),
            TrainingRecord.community_code.startswith(Meeting.unit_code),
        )
    )
    rows = session.execute(
        select(TrainingRecord, Worker.name)
        .join(Worker, Worker.id == TrainingRecord.worker_id)
        .where(
            under(TrainingRecord.community_code, unit_code),
            TrainingRecord.meeting_id.is_(None),
            ~recorded,
            earlier(place, cursor),
        )
        .order_by(*latest_first(place))
        .limit(limit + 1)
    ).all()
    shown, last = cut(rows, limit)
    missing = missing_of(session, [record.id for record, _ in shown])
    return OwnWordPage(
        items=[
            OwnWordRow(
                **own_word_out(record, missing.get(record.id, [])).model_dump(),
                worker_name=name,
                community_code=record.community_code,
            )
            for record, name in shown
        ],
        next_cursor=cursor_of(last[0].corrected_at, last[0].id) if last else None,
    )
