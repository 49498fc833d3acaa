"""How meetings, training and attendance are spoken (MTG-1, TRN-1)."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.kit.schema import (
    Day,
    In,
    Instant,
    Latitude,
    Line,
    Longitude,
    Metres,
    Out,
    Paragraph,
    Photos,
)
from app.rules.civil import civil_day
from app.rules.meetings import MeetingKind, Presence

LONGEST = timedelta(hours=12)
MOST_WORKERS = 3000
WORKER = "0199d2f0-3c00-7a01-8b02-000000000007"
LISTED: list[Any] = [
    {"worker_id": WORKER, "presence": "present", "reason": None},
]


class PresenceIn(In):
    """One line of the host's list; whoever is excused without leave is so for a reason."""

    worker_id: UUID
    presence: Presence
    reason: Line | None = None

    @model_validator(mode="after")
    def _excused_for_a_reason(self) -> Self:
        if self.presence is Presence.EXCUSED and self.reason is None:
            raise ValueError("excused needs a reason")
        return self


Listed = Annotated[
    list[PresenceIn],
    Field(
        max_length=MOST_WORKERS,
        description="Posted and not listed is absent, unless on approved leave; at training of"
        " the city only those listed were called",
    ),
]


def once_each(listed: list[PresenceIn]) -> None:
    """Raises ValueError for a worker who is listed twice."""
    if len({line.worker_id for line in listed}) != len(listed):
        raise ValueError("a worker is listed once")


class MeetingIn(In):
    """A meeting or training that was held, with who was there."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "morning",
                    "held_on": "2026-03-18",
                    "starts_at": "2026-03-18T08:40:00+08:00",
                    "ends_at": "2026-03-18T08:55:00+08:00",
                    "subject": "安排当天工作",
                    "minutes": "重点检查老旧小区消防通道",
                    "attendance": LISTED,
                }
            ]
        }
    )

    id: UUID | None = Field(
        default=None, description="The same id with the same content again is the first"
    )
    kind: MeetingKind
    held_on: Day
    starts_at: Instant
    ends_at: Instant | None = None
    subject: Line
    minutes: Paragraph | Literal[""] = ""
    photos: Photos = Field(default_factory=list)
    attendance: Listed = Field(default_factory=list)

    @model_validator(mode="after")
    def _on_its_date(self) -> Self:
        if civil_day(self.starts_at) != self.held_on:
            raise ValueError("must start on the date on which it was held")
        if self.ends_at and not timedelta(0) < self.ends_at - self.starts_at <= LONGEST:
            raise ValueError("ends_at must follow starts_at by at most 12 hours")
        once_each(self.attendance)
        return self


class AttendanceIn(In):
    """The list as it should have been, and why it was not."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"attendance": LISTED, "reason": "漏记一人"}]}
    )

    attendance: Listed
    reason: Line

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        once_each(self.attendance)
        return self


class WithdrawalIn(In):
    """Why the record of a meeting is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "误登记"}]})

    reason: Line


class TrainingIn(In):
    """A worker was there: at a meeting that is known, or at one the host has yet to record."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "community_training",
                    "held_on": "2026-03-18",
                    "subject": "消防安全知识培训",
                    "lon": 104.5472,
                    "lat": 30.411,
                    "accuracy_m": 9,
                    "note": "",
                }
            ]
        }
    )

    meeting_id: UUID | None = None
    kind: MeetingKind | None = None
    held_on: Day | None = None
    subject: Line | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None
    accuracy_m: Metres | None = Field(default=None, description="Metres")
    note: Paragraph | Literal[""] = ""
    photos: Photos = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_meeting(self) -> Self:
        described = [self.kind is None, self.held_on is None, self.subject is None]
        if not (all(described) if self.meeting_id else not any(described)):
            raise ValueError("either meeting_id, or kind, held_on and subject")
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat come together")
        return self


class OwnWordOut(Out):
    """What a worker says of a meeting he or she was at."""

    id: UUID
    meeting_id: UUID | None
    kind: MeetingKind
    held_on: date
    subject: str
    worker_id: UUID
    corrected_at: datetime
    time_proven: bool
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    note: str
    photos: list[str]
    missing_photos: list[str] = Field(description="Those that have not arrived")


class OwnWordRow(OwnWordOut):
    """The same in a list, with the worker's name."""

    worker_name: str
    community_code: str


class OwnWordPage(Out):
    """Workers' own words that name no meeting on record, latest first."""

    items: list[OwnWordRow]
    next_cursor: str | None


class PresenceOut(Out):
    """One line of the list as it counts, and what the worker says."""

    worker_id: UUID
    worker_name: str
    community_code: str
    said: Presence = Field(description="By the host")
    presence: Presence = Field(description="As it counts: absent on approved leave is excused")
    reason: str | None
    leave_id: UUID | None = Field(description="The approved leave that excuses")
    contradicted: bool = Field(description="The worker says to have been there; the host does not")
    own: list[OwnWordOut]


class MeetingRow(Out):
    """A meeting, and how many were there of the unit that was asked for."""

    id: UUID
    unit_code: str
    unit_name: str
    kind: MeetingKind
    held_on: date
    starts_at: datetime
    ends_at: datetime | None
    subject: str
    present: int
    absent: int
    excused: int
    contradicted: int
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdraw_reason: str | None
    missing_photos: list[str]


class MeetingPage(Out):
    """Some meetings, latest first."""

    items: list[MeetingRow]
    next_cursor: str | None


class MeetingOut(MeetingRow):
    """A meeting with its minutes and its list, as far as it lies in one's unit."""

    minutes: str
    photos: list[str]
    host_name: str
    rule: str
    clause: str
    attendance: list[PresenceOut]


class MyMeetingOut(Out):
    """A meeting that one was called to, and how it counts."""

    id: UUID
    unit_code: str
    kind: MeetingKind
    held_on: date
    starts_at: datetime
    ends_at: datetime | None
    subject: str
    said: Presence
    presence: Presence
    reason: str | None
    leave_id: UUID | None
    contradicted: bool
    own: list[OwnWordOut]
    rule: str
    clause: str


class MyMeetingPage(Out):
    """One's own meetings, latest first."""

    items: list[MyMeetingOut]
    next_cursor: str | None
