"""Meetings and training with attendance and cadences (MTG-1, TRN-1)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.attendance_queries import MineAsked, OfUnit
from app.api.deps import Db, Me, MeetingsReader, MeetingsWriter, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.days.summaries import Range, RangeTooLong
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, Forbidden, NotFound
from app.kit.schema import Day
from app.meetings import cadence, figures, lists, recording
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
from app.meetings.schemas import (
    AttendanceIn,
    MeetingIn,
    MeetingOut,
    MeetingPage,
    MyMeetingPage,
    OwnWordPage,
    WithdrawalIn,
)
from app.people.units import unit_of
from app.rules.meetings import CadenceVerdict, MeetingKind

router = APIRouter(prefix="/v1", tags=["meetings"])
CONSTRAINTS["pk_meeting"] = MeetingIdReused
CONSTRAINTS["uq_meeting_unit_code_kind_held_on"] = HeldAlready

MEETING_COLUMNS: Columns = {
    "held_on": ("日期", "Date"),
    "kind": ("类别", "Kind"),
    "unit_code": ("单位代码", "Unit"),
    "unit_name": ("单位", "Unit name"),
    "starts_at": ("开始", "Starts"),
    "ends_at": ("结束", "Ends"),
    "subject": ("主题", "Subject"),
    "present": ("到会", "Present"),
    "absent": ("缺席", "Absent"),
    "excused": ("准假", "Excused"),
    "contradicted": ("有异议", "Contradicted"),
    "recorded_at": ("登记时间", "Recorded at"),
    "withdrawn_at": ("撤回时间", "Withdrawn at"),
    "withdraw_reason": ("撤回原因", "Reason of withdrawal"),
    "id": ("编号", "Key"),
}
CADENCE_COLUMNS: Columns = {
    "unit_code": ("单位代码", "Unit"),
    "unit_name": ("单位", "Unit name"),
    "kind": ("类别", "Kind"),
    "first_day": ("起始日期", "From"),
    "last_day": ("截止日期", "To"),
    "verdict": ("结论", "Verdict"),
    "on_monday": ("周一召开", "On Monday"),
    "workers_owed": ("应训人数", "Workers owed"),
    "workers_attended": ("已训人数", "Workers attended"),
    "rule": ("规则", "Rule"),
    "clause": ("条款", "Clause"),
}
ATTENDANCE_COLUMNS: Columns = {
    "worker_name": ("姓名", "Worker"),
    "owed": ("应到", "Owed"),
    "attended": ("实到", "Attended"),
    "excused": ("准假", "Excused"),
    "contradicted": ("有异议", "Contradicted"),
    "morning.owed": ("晨会应到", "Morning meetings owed"),
    "morning.attended": ("晨会实到", "Morning meetings attended"),
    "weekly.owed": ("例会应到", "Weekly meetings owed"),
    "weekly.attended": ("例会实到", "Weekly meetings attended"),
    "community_training.owed": ("社区培训应到", "Community training owed"),
    "community_training.attended": ("社区培训实到", "Community training attended"),
    "township_training.owed": ("乡镇培训应到", "Township training owed"),
    "township_training.attended": ("乡镇培训实到", "Township training attended"),
    "city_training.owed": ("市级培训应到", "City training owed"),
    "city_training.attended": ("市级培训实到", "City training attended"),
    "trained_by_city": ("年度轮训", "Year's training of the city"),
    "clause": ("条款", "Clause"),
    "worker_id": ("编号", "Key"),
}
OWN_WORD_COLUMNS: Columns = {
    "held_on": ("日期", "Date"),
    "kind": ("类别", "Kind"),
    "subject": ("主题", "Subject"),
    "worker_name": ("姓名", "Worker"),
    "community_code": ("社区代码", "Community"),
    "corrected_at": ("记录时间", "Recorded at"),
    "note": ("说明", "Note"),
    "id": ("编号", "Key"),
}


class MeetingsAsked(OfUnit):
    """Which meetings."""

    kind: MeetingKind | None = None
    since: Day | None = Field(default=None, alias="from", description="Held on this date or later")
    until: Day | None = Field(default=None, alias="to", description="Held on this date or earlier")


class SpanAsked(OfUnit):
    """Over which dates."""

    since: Day = Field(alias="from", description="The first date", examples=["2026-03-02"])
    until: Day = Field(
        alias="to", description="The last date, at most 400 in all", examples=["2026-03-31"]
    )

    @property
    def span(self) -> Range:
        """Raises RangeTooLong."""
        return Range(self.since, self.until)


class CadenceAsked(SpanAsked):
    """What is owed of which kind, and what became of it."""

    kind: MeetingKind | None = None
    verdict: CadenceVerdict | None = None


@router.post(
    "/meetings",
    status_code=201,
    responses=refusals(
        NotItsKind, NotHeldYet, HeldTooLongAgo, HeldAlready, NotPostedThere, MeetingIdReused
    ),
)
def record_meeting(db: Db, asker: MeetingsWriter, now: Now, body: MeetingIn) -> MeetingOut:
    """Record a meeting or training of one's own unit with who was there.

    Morning and weekly meetings and community training are the station's, township training the
    township's, city training the centre's. Posted and not listed is absent; approved leave excuses.
    """
    return lists.meeting_of(db, asker, recording.record_meeting(db, asker, body, now).id)


@router.get(
    "/meetings", response_model=MeetingPage, responses={**refusals(BadCursor, NotFound), **FILES}
)
def list_meetings(
    db: Db, asker: MeetingsReader, reads: Reads, asked: Annotated[MeetingsAsked, Query()]
) -> MeetingPage | Response:
    """The meetings of a unit and of those above it, latest first; counts are of its workers."""
    unit = unit_of(db, asker, asked.unit or asker.unit_code)
    wanted = lists.Wanted(asked.kind, asked.since, asked.until)
    page = lists.meetings_of(db, unit.code, wanted, asked.page)
    return as_asked(page, MEETING_COLUMNS, asked.format, f"meetings-{unit.code}", reads)


@router.get(
    "/meetings/cadence",
    response_model=cadence.CadencePage,
    responses={**refusals(BadCursor, NotFound, RangeTooLong), **FILES},
)
def read_cadence(
    db: Db,
    asker: MeetingsReader,
    now: Now,
    reads: Reads,
    asked: Annotated[CadenceAsked, Query()],
) -> cadence.CadencePage | Response:
    """What is owed in every period that touches the span: held, missed or still open.

    A morning meeting each duty date, a weekly meeting each week with a duty date, community
    training each month, township training each quarter; the city trains every worker each year.
    """
    code = unit_of(db, asker, asked.unit or asker.unit_code).code
    span = asked.span
    wanted = cadence.AskedCadence(
        code, span.first, span.last, civil_day(now), asked.kind, asked.verdict
    )
    page = cadence.cadence(db, wanted, asked.page)
    name = f"cadence-{code}-{span.first}-{span.last}"
    return as_asked(page, CADENCE_COLUMNS, asked.format, name, reads)


@router.get(
    "/meetings/attendance",
    response_model=figures.WorkerAttendancePage,
    responses={**refusals(BadCursor, NotFound, RangeTooLong), **FILES},
)
def read_attendance(
    db: Db,
    asker: MeetingsReader,
    now: Now,
    reads: Reads,
    asked: Annotated[SpanAsked, Query()],
) -> figures.WorkerAttendancePage | Response:
    """Of each worker the meetings held where he or she was posted, and those attended."""
    code = unit_of(db, asker, asked.unit or asker.unit_code).code
    span = asked.span
    page = figures.attendance_page(db, code, (span.first, span.last), civil_day(now), asked.page)
    name = f"attendance-{code}-{span.first}-{span.last}"
    return as_asked(page, ATTENDANCE_COLUMNS, asked.format, name, reads)


@router.get(
    "/meetings/unrecorded",
    response_model=OwnWordPage,
    responses={**refusals(BadCursor, NotFound), **FILES},
)
def list_unrecorded(
    db: Db, asker: MeetingsReader, reads: Reads, asked: Annotated[OfUnit, Query()]
) -> OwnWordPage | Response:
    """Meetings that workers say they were at and that no host has recorded, latest first."""
    code = unit_of(db, asker, asked.unit or asker.unit_code).code
    page = lists.unrecorded(db, code, asked.page)
    return as_asked(page, OWN_WORD_COLUMNS, asked.format, f"unrecorded-{code}", reads)


@router.get("/meetings/{id}", responses=refusals(NotFound))
def read_meeting(db: Db, asker: MeetingsReader, id: UUID) -> MeetingOut:
    """One meeting; its list as far as it is of one's own unit, beside what workers say."""
    return lists.meeting_of(db, asker, id)


@router.put(
    "/meetings/{id}/attendance",
    responses=refusals(NotFound, Forbidden, CorrectionOver, MeetingWithdrawn, NotPostedThere),
)
def correct_attendance(
    db: Db, asker: MeetingsWriter, now: Now, id: UUID, body: AttendanceIn
) -> MeetingOut:
    """The list as it should have been, by its host and with a reason; the trace keeps the rest."""
    return lists.meeting_of(db, asker, recording.correct_attendance(db, asker, id, body, now).id)


@router.post(
    "/meetings/{id}/withdrawal",
    responses=refusals(NotFound, Forbidden, CorrectionOver, MeetingWithdrawn),
)
def withdraw_meeting(
    db: Db, asker: MeetingsWriter, now: Now, id: UUID, body: WithdrawalIn
) -> MeetingOut:
    """Take back the record of a meeting with a reason: it stays to be seen and counts no more."""
    meeting = recording.withdraw_meeting(db, asker, id, body.reason, now)
    return lists.meeting_of(db, asker, meeting.id)


@router.get("/me/meetings", responses=refusals(BadCursor, Forbidden))
def list_my_meetings(db: Db, asker: Me, asked: Annotated[MineAsked, Query()]) -> MyMeetingPage:
    """The meetings on whose list one is, with one's own word beside it, latest first."""
    return lists.my_meetings(db, asker.as_worker(), asked.page)
