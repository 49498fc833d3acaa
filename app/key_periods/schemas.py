"""How responses of key periods are spoken (EMR-1)."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.kit.schema import (
    In,
    Instant,
    Latitude,
    Line,
    Longitude,
    Out,
    Paragraph,
    Photos,
    UnitCode,
)
from app.rules.key_periods import AcknowledgementState, KeyPeriodState

ID = "0199d2f0-3c00-7a01-8b02-5f6a7b8c9d0e"


class KeyPeriodIn(In):
    """A response: what is asked of whom, where, from when to when."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "汛期巡查",
                    "instructions": "每日巡查低洼院落，发现险情立即上报。",
                    "units": ["510185001", "510185002001"],
                    "starts_at": "2026-07-10T08:00:00+08:00",
                    "ends_at": "2026-07-14T20:00:00+08:00",
                }
            ]
        }
    )

    id: UUID | None = Field(
        default=None, description="The same id with the same content again is the first"
    )
    title: Line
    instructions: Paragraph
    units: Annotated[
        list[UnitCode],
        Field(
            min_length=1,
            max_length=100,
            description="The area; a grid's duty is kept where its community is",
        ),
    ]
    starts_at: Instant
    ends_at: Instant

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("must not end before it begins")
        if len(set(self.units)) != len(self.units):
            raise ValueError("a unit is named once")
        return self


class KeyPeriodEndIn(In):
    """Why a response ends before its time."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "汛情解除"}]})

    reason: Line


class AcknowledgementIn(In):
    """The worker has read it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"key_period_id": ID}]})

    key_period_id: UUID


class KeyPeriodReportIn(In):
    """How it stands where the worker is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "key_period_id": ID,
                    "all_well": False,
                    "said": "河堤第二段渗水，已拉警戒线",
                    "lon": 104.5472,
                    "lat": 30.411,
                }
            ]
        }
    )

    key_period_id: UUID
    all_well: bool
    said: Paragraph | Literal[""] = ""
    lon: Longitude | None = None
    lat: Latitude | None = None
    photos: Photos = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat come together")
        if not self.all_well and not self.said:
            raise ValueError("what is not well has to be said")
        return self


class KeyPeriodRow(Out):
    """A response and where it stands."""

    id: UUID
    title: str
    instructions: str
    units: list[str]
    starts_at: datetime
    ends_at: datetime
    opened_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    state: KeyPeriodState
    rule: str
    clause: str


class KeyPeriodPage(Out):
    """Some responses, latest first."""

    items: list[KeyPeriodRow]
    next_cursor: str | None


class DeclaredOut(Out):
    """A date that it made a duty date of a unit."""

    unit: str
    day: date
    given_back: bool = Field(description="When it ended before its time")


class NotDeclaredOut(Out):
    """A date whose first window had opened: nobody is asked afterwards to have been there."""

    unit: str
    day: date
    code: str = Field(examples=["city.too_late_to_declare"])
    rule: str
    clause: str


class KeyPeriodOut(KeyPeriodRow):
    """A response with its duty dates, and how many of one's own unit have read it."""

    duty_dates: list[date]
    declared: list[DeclaredOut]
    not_declared: list[NotDeclaredOut]
    concerned: int
    acknowledged: int


class AcknowledgementRow(Out):
    """A worker whom it concerns, and whether he or she has read it."""

    worker_id: UUID
    worker_name: str
    community_code: str
    concerned: bool = Field(description="False: from outside the area")
    state: AcknowledgementState
    acknowledged_at: datetime | None
    time_proven: bool | None
    delay_minutes: int | None = Field(description="Since it was opened")
    reports: int


class AcknowledgementPage(Out):
    """Some workers, by their keys."""

    items: list[AcknowledgementRow]
    next_cursor: str | None


class KeyPeriodReportRow(Out):
    """A worker's report."""

    id: UUID
    worker_id: UUID
    worker_name: str
    community_code: str
    concerned: bool = Field(description="False: from outside the area")
    corrected_at: datetime
    received_at: datetime
    time_proven: bool
    all_well: bool
    said: str
    lon: float | None
    lat: float | None
    photos: list[str]
    missing_photos: list[str]


class KeyPeriodReportPage(Out):
    """Some reports, latest first."""

    items: list[KeyPeriodReportRow]
    next_cursor: str | None


class MyKeyPeriod(KeyPeriodRow):
    """A response that concerns oneself."""

    acknowledgement: AcknowledgementState
    acknowledged_at: datetime | None
    reports: int


class MyKeyPeriods(Out):
    """The responses that concern oneself, latest first."""

    items: list[MyKeyPeriod]
    next_cursor: str | None
