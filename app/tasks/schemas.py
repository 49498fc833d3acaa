"""How the day's sheet is spoken (TSK-1, TSK-2)."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from app.days.schemas import DataQualityOut, FieldTimeOut, UnitOut, WindowOut
from app.kit.schema import Out
from app.rules.duty import Employment, Half
from app.rules.equipment import EquipmentItem
from app.rules.errands import ErrandStep
from app.rules.field_records import Severity
from app.rules.field_time import Standing
from app.rules.incidents import Act, Score
from app.rules.information import RecordKind
from app.rules.meetings import MeetingKind, Presence
from app.rules.procedures import LeaveKind
from app.rules.tasks import BasicTask, LoginSource, Platform, TaskPart, TaskVerdict
from app.rules.visits import Cadence, VisitKind, VisitManner, VisitOutcome, VisitVerdict
from app.tasks import examples


class Cited(Out):
    """A figure with the rule and the clause that ask for it."""

    rule: str = Field(examples=["TSK-1"])
    clause: str = Field(examples=["三(一)1 “4”"])


class DutyOut(Cited):
    """Whether the date is a duty date, and what made it one or not (ATT-6)."""

    on_duty: bool
    by: Literal["national_calendar", "weekday", "declared", "exempted"]
    reason: str | None = Field(description="The centre's, where it decided")


class SheetLeaveOut(Cited):
    """Approved leave that touches the date (ATT-5)."""

    id: UUID
    kind: LeaveKind
    halves: list[Half]


class SheetWindowOut(WindowOut):
    """A sign-in window, and when what fills it was captured or decided."""

    at: datetime | None


class PartOut(Out):
    """Evidence of a part of a basic task."""

    part: TaskPart
    done: bool
    count: int = Field(description="How many records show it")
    records: list[str] = Field(description="The keys of those records, at most 50")


class TaskOut(Cited):
    """A basic task: true by evidence, never by a tick box (TSK-1)."""

    task: BasicTask
    verdict: TaskVerdict
    parts: list[PartOut]


class LoginOut(Out):
    """That a platform's account logged in, and how it is known."""

    platform: Platform
    at: datetime | None
    source: LoginSource
    evidence: str


class VisitsOwedOut(Cited):
    """Visits of a kind: of the period that the date lies in, and of the date itself."""

    kind: VisitKind
    cadence: Cadence
    first_day: date
    last_day: date
    owed: int = Field(description="In the whole period, by what is known now")
    taken_over: int = Field(description="Of these, from members of the group on leave (ORG-5)")
    paid: int = Field(description="Up to the date, the date included")
    made: int = Field(description="Visits made on the date, whatever they are worth")
    paid_on_date: int = Field(description="Of what is owed, paid by visits of the date")


class SheetVisitOut(Cited):
    """A visit of the date."""

    id: UUID
    at: datetime
    kinds: list[VisitKind]
    place_id: UUID | None = Field(description="For the worker and the station alone")
    place_code: str | None = Field(description="By which a place is told from others without name")
    place: str | None = Field(description="For the worker and the station alone")
    withheld: Literal["special_group", "tier"] | None = Field(
        description="Why the place is not named: sensitive personal information never goes on a"
        " paper that others see, and tiers above the station need no addresses"
    )
    manner: VisitManner
    outcome: VisitOutcome
    verdict: VisitVerdict


class SheetAppointmentOut(Out):
    """Work agreed with a resident (FLD-3)."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    subject: str


class SheetFieldTimeOut(FieldTimeOut):
    """Time in the grid, and the appointments of the date."""

    appointments: list[SheetAppointmentOut]


class RecordCountOut(Out):
    """Records of a kind that the worker captured on the date."""

    kind: RecordKind
    collected: int = Field(description="New ones")
    updated: int = Field(description="Changed or checked against what was recorded")
    submitted: int = Field(description="Of these, submitted or entered as things stand")
    returned: int = Field(description="Of these, returned as things stand")


class InformationOut(Cited):
    """Information collected and checked (INF-1)."""

    kinds: list[RecordCountOut]
    checks: int = Field(description="Sampled checks made by the worker (INF-3)")


class ErrandActOut(Out):
    """A step of an errand: what for, never for whom."""

    id: UUID
    errand_id: UUID
    at: datetime
    step: ErrandStep
    matter: str


class ErrandsOut(Cited):
    """Errands done for residents (SVC-1)."""

    acts: list[ErrandActOut]


class SheetEventOut(Out):
    """An event, and when it was filed."""

    id: UUID
    at: datetime
    category: str
    category_zh: str
    category_en: str
    severity: Severity
    grid_code: str


class SheetHandledOut(SheetEventOut):
    """… and what was done to it, at `at`."""

    act: Act
    act_id: UUID


class SheetScoredOut(SheetEventOut):
    """… and how it was verified and scored, at `at`."""

    score: Score | None
    act_id: UUID


class EventsOfDayOut(Cited):
    """Events filed and acted on, and closed ones verified and scored (TSK-1)."""

    filed: list[SheetEventOut]
    handled: list[SheetHandledOut]
    scored: list[SheetScoredOut]
    verified: int = Field(description="How many were scored")
    waiting_for_verification: int = Field(
        description="Closed events of the worker's grids without a score when the date ended"
    )


class SheetMeetingOut(Cited):
    """A meeting or training (MTG-1, TRN-1)."""

    id: UUID
    kind: MeetingKind
    starts_at: datetime
    subject: str
    presence: Presence


class SheetEquipmentOut(Cited):
    """A check of work clothes and the seven items (EQP-1)."""

    id: UUID
    at: datetime
    by_station: bool
    work_clothes: bool
    exempted: bool = Field(description="From work clothes, by a higher tier")
    lacking: list[EquipmentItem] = Field(description="Of the seven items")
    note: str


class SheetNoteOut(Cited):
    """What the worker wants to have said."""

    id: UUID
    at: datetime
    said: str


class PhotosOut(Out):
    """Photos that the date's records name."""

    named: int
    missing: int = Field(description="Not arrived yet")


class SheetOut(Out):
    """《网格员每日任务清单表》: a worker's date, from what the system holds (TSK-2)."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SHEET]})

    worker_id: UUID
    worker_name: str
    employment: Employment
    bound: bool = Field(description="Whether parts three to five bind the worker (ORG-4)")
    day: date
    units: list[UnitOut] = Field(description="City, township and community")
    grids: list[UnitOut]
    duty: DutyOut
    leaves: list[SheetLeaveOut]
    windows: list[SheetWindowOut]
    tasks: list[TaskOut]
    logins: list[LoginOut]
    visits_owed: list[VisitsOwedOut]
    visits: list[SheetVisitOut]
    field_time: SheetFieldTimeOut
    standing: Standing = Field(description="Provisional until the day after, 12:00 (FLD-4)")
    information: InformationOut
    errands: ErrandsOut
    events: EventsOfDayOut
    meetings: list[SheetMeetingOut]
    equipment: list[SheetEquipmentOut]
    notes: list[SheetNoteOut]
    photos: PhotosOut
    data_quality: DataQualityOut
    rules_version: str
    computed_at: datetime
    code: str = Field(
        description="The same as long as nothing of the date changes: a printed sheet is compared"
        " by it. It stands for everything here but names of places, and what moves on without the"
        " date: standing, photos, what became of records since, versions, the time of computing",
        examples=["PSRS-D5ZA-GGAK-7I6L"],
    )


class SheetsOut(Out):
    """The sheets of a unit's workers on a date."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SHEETS]})

    unit: UnitOut
    day: date
    items: list[SheetOut]
    next_cursor: str | None
