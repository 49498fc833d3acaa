"""How the records behind a verdict are spoken."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.attendance.schemas import CheckInOut
from app.days import examples
from app.days.schemas import DayOut
from app.kit.schema import Out
from app.rules.duty import Half
from app.rules.field_records import Severity
from app.rules.procedures import CorrectionKind, LeaveKind, RequestState
from app.rules.visits import VisitKind, VisitManner, VisitOutcome, VisitVerdict
from app.visits.schemas import SHOWN, VisitRow


class Said(Out):
    """A reason in both languages."""

    code: str
    zh: str
    en: str


class CalendarOut(Out):
    """Why the date is or is not a duty date (ATT-6)."""

    on_duty: bool
    by: str = Field(examples=["national_calendar"])
    decided_at: datetime | None
    rule: str
    clause: str


class CheckInEvidence(Out):
    """A sign-in, and why it does or does not count."""

    record: CheckInOut
    counts: bool
    why: Said


class CorrectionEvidence(Out):
    """A correction request for the date (ATT-5, FLD-4)."""

    id: UUID
    kind: CorrectionKind
    window: int | None
    reason: str
    requested_at: datetime
    state: RequestState
    decision_reason: str | None
    decided_at: datetime | None
    figures: dict[str, Any] | None
    counts: bool


class LeaveEvidence(Out):
    """A leave that touches the date (ATT-5)."""

    id: UUID
    kind: LeaveKind
    first_day: date
    first_half: Half
    last_day: date
    last_half: Half
    state: RequestState
    decision_reason: str | None
    halves: list[Half] = Field(description="What of the date it excuses")
    counts: bool


class AppointmentEvidence(Out):
    """An appointment record (FLD-3)."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    subject: str
    received_at: datetime
    counted_s: float = Field(description="Counted field time within it")
    counts: bool
    why: Said


class BatchEvidence(Out):
    """One upload of fixes; late ones count only after an approved correction (FLD-4)."""

    batch_id: UUID
    device_id: UUID
    received_at: datetime
    fixes: int
    first_at: datetime
    last_at: datetime
    late: bool


class DispositionOut(Out):
    """How many fixes of the date became what, and why (FLD-2)."""

    disposition: str = Field(examples=["mocked"])
    fixes: int
    zh: str
    en: str


class IntervalOut(Out):
    """A stretch of counted time in the grid."""

    start: datetime
    end: datetime
    seconds: float


class BoundaryOut(Out):
    """The version of a grid's boundary that the date is judged by (ORG-6)."""

    grid_code: str
    boundary_id: int


class ParameterOut(Out):
    """A parameter in force on the date."""

    name: str
    value: float | str
    unit: str
    rule: str
    zh: str
    en: str
    since: date | None = Field(description="None: the rulebook's default")


class EvidenceOut(Out):
    """Everything behind a date's verdicts, and why the rest did not count."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.EVIDENCE]})

    day: DayOut
    calendar: CalendarOut
    check_ins: list[CheckInEvidence]
    corrections: list[CorrectionEvidence]
    leaves: list[LeaveEvidence]
    appointments: list[AppointmentEvidence]
    counts_until: datetime = Field(description="Field records received later do not count")
    batches: list[BatchEvidence]
    dispositions: list[DispositionOut]
    intervals: list[IntervalOut]
    boundaries: list[BoundaryOut]
    parameters: list[ParameterOut]


class VisitOut(Out):
    """A visit recorded on the date."""

    id: UUID
    kind: VisitKind | None = Field(description="Of a place that is not registered")
    grid_code: str
    place_id: UUID | None
    place: str | None = Field(description="As it was called on the date, or as the worker wrote")
    manner: VisitManner
    outcome: VisitOutcome
    verdict: VisitVerdict
    corrected_at: datetime


class VisitEvidenceOut(VisitRow):
    """A visit, and what the worker's track says of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [SHOWN | {"presence_s": 412.0}]})

    presence_s: float | None = Field(
        description="Seconds within the visit radius from two hours before to two hours after;"
        " null without a track. Evidence, never required (VIS-7)"
    )


class IncidentOut(Out):
    """An event reported on the date."""

    id: UUID
    category: str
    category_zh: str
    category_en: str
    severity: Severity
    grid_code: str
    description: str | None = Field(description="Null once erased")
    corrected_at: datetime


class MessageOut(Out):
    """A decision about the worker, or what was found against one, newest first."""

    kind: str = Field(
        examples=["correction"],
        description="correction, leave, check_in_review, proposal, penalty, month_appraisal, "
        "year_appraisal, appraisal_objection, resignation",
    )
    subject_id: UUID
    day: date
    outcome: str = Field(examples=["approved"])
    reason: str | None
    at: datetime


class MyDayOut(Out):
    """The day at a glance."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.MY_DAY]})

    day: DayOut
    check_ins: list[CheckInEvidence]
    visits: list[VisitOut]
    incidents: list[IncidentOut]
    messages: list[MessageOut]
    set_aside: int = Field(description="Records kept in quarantine that day")
