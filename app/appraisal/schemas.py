"""How months and their appraisals are shown (APR-1)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, PlainSerializer, WithJsonSchema

from app.appraisal.examples import (
    AGGREGATE,
    CORRECTION,
    DETAIL,
    DIFFERENCE,
    INDICATOR,
    MONTH,
    OBJECTION,
    RECORD,
    REVISION,
    ROW,
)
from app.kit.schema import Out
from app.rules.appraisal import Indicator, MonthState, Part, Result, RevisionGround


def _points(value: Decimal) -> str:
    return f"{value:f}"


Points = Annotated[
    Decimal,
    PlainSerializer(_points, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,3}(\\.[0-9]{1,6})?$"}),
]
"""Exact, as text."""


class AppraisalMonthOut(Out):
    """A community's month; `digest` is what whoever confirms or closes it names."""

    model_config = ConfigDict(json_schema_extra={"examples": [MONTH]})

    id: UUID
    community_code: str
    month: str
    state: MonthState
    workers: int
    passed: int = Field(description="By the result in force, else by the proposal")
    failed: int
    objections_waiting: int
    settles_at: datetime = Field(description="It can be confirmed from here on")
    settled: bool
    computed_at: datetime
    rules_version: str
    digest: str
    case_id: UUID | None
    confirmed_at: datetime | None
    confirmed_by: UUID | None
    closed_at: datetime | None
    closed_by: UUID | None
    rule: str
    clause: str


class AppraisalMonthPage(Out):
    """Months, the latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [MONTH], "next_cursor": None}]}
    )

    items: list[AppraisalMonthOut]
    next_cursor: str | None


class MonthAppraisalRow(Out):
    """A worker's month; `in_force` counts demerits and revisions too."""

    model_config = ConfigDict(json_schema_extra={"examples": [ROW]})

    worker_id: UUID
    worker_name: str
    community_code: str
    month: str
    state: MonthState = Field(description="Of the community's month")
    score: Points | None = Field(description="None where nothing was owed")
    proposed: Result | None
    result: Result | None = Field(description="The station's word, or the township's")
    result_reason: str | None
    in_force: Result | None
    demerits: list[UUID] = Field(description="Penalties decided in the month that fail it (CON-1)")
    revised: bool
    corrected: list[Indicator]
    objection_waiting: bool
    computed_at: datetime
    decided_at: datetime | None
    rule: str
    clause: str


class MonthAppraisalPage(Out):
    """Workers' months."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [ROW], "next_cursor": None}]}
    )

    items: list[MonthAppraisalRow]
    next_cursor: str | None


class AppraisalCorrectionOut(Out):
    """A manual correction, with its reason."""

    model_config = ConfigDict(json_schema_extra={"examples": [CORRECTION]})

    id: UUID
    worker_id: UUID
    month: str
    indicator: Indicator
    numerator: int
    denominator: int
    reason: str
    made_by: UUID
    made_at: datetime
    withdrawn_at: datetime | None
    withdraw_reason: str | None


class MissedRecordOut(Out):
    """A record behind what is missing; all of them are in the records of the indicator."""

    kind: str
    key: str


class IndicatorPartOut(Out):
    """Of what an indicator is made."""

    part: Part
    numerator: int
    denominator: int
    records: int
    set_aside: int
    missed: list[MissedRecordOut]


class IndicatorOut(Out):
    """Numerator, denominator, weight after what was not owed was shared out, points."""

    model_config = ConfigDict(json_schema_extra={"examples": [INDICATOR]})

    indicator: Indicator
    numerator: int
    denominator: int = Field(description="0: nothing was owed")
    weight: Points
    points: Points
    parts: list[IndicatorPartOut] = Field(description="As measured")
    correction: AppraisalCorrectionOut | None
    measured_numerator: int
    measured_denominator: int


class AppraisalObjectionOut(Out):
    """What a worker says against an appraisal, and the township's answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [OBJECTION]})

    id: UUID
    worker_id: UUID
    community_code: str
    month: str | None
    year: int | None
    said: str
    photos: list[str]
    objected_at: datetime
    received_at: datetime
    decided_at: datetime | None
    upheld: bool | None
    reason: str | None


class AppraisalRevisionOut(Out):
    """Another result of a month that was closed; the last one counts."""

    model_config = ConfigDict(json_schema_extra={"examples": [REVISION]})

    id: UUID
    result: Result
    ground: RevisionGround
    objection_id: UUID | None
    reason: str
    because: dict[str, Any] = Field(description="What a recomputation showed")
    decided_at: datetime


class MonthAppraisalOut(MonthAppraisalRow):
    """A worker's month with its indicators, corrections, objections and revisions."""

    model_config = ConfigDict(json_schema_extra={"examples": [DETAIL]})

    because: dict[str, Any]
    indicators: list[IndicatorOut]
    objections: list[AppraisalObjectionOut]
    revisions: list[AppraisalRevisionOut]


class MyMonthsOut(Out):
    """One's own months, the latest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [ROW]}]})

    items: list[MonthAppraisalRow]


class MonthRecordOut(Out):
    """One record that an indicator rests on; `owed` 0: it was set aside."""

    model_config = ConfigDict(json_schema_extra={"examples": [RECORD]})

    indicator: Indicator
    part: Part
    kind: str = Field(description="What `key` names")
    key: str
    day: date
    done: int
    owed: int
    says: dict[str, Any]


class MonthRecordsOut(Out):
    """The records behind a worker's month as they are now, by date."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [RECORD], "done": 17, "owed": 18}]}
    )

    items: list[MonthRecordOut]
    done: int
    owed: int


class IndicatorDifferenceOut(Out):
    """An indicator as it is stored and as it would be now."""

    indicator: Indicator
    numerator_stored: int
    denominator_stored: int
    numerator_now: int
    denominator_now: int


class MonthDifferenceOut(Out):
    """A worker's month as it is stored and as it would be now; nothing changes by itself."""

    model_config = ConfigDict(json_schema_extra={"examples": [DIFFERENCE]})

    worker_id: UUID
    score_stored: Points | None
    score_now: Points | None
    proposed_stored: Result | None
    proposed_now: Result | None
    indicators: list[IndicatorDifferenceOut]


class RecomputationOut(Out):
    """The workers of a month whose figures would differ."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"month": "2026-10", "items": [DIFFERENCE]}]}
    )

    month: str
    items: list[MonthDifferenceOut]


class AppraisalObjectionPage(Out):
    """Objections, the latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [OBJECTION], "next_cursor": None}]}
    )

    items: list[AppraisalObjectionOut]
    next_cursor: str | None


class UnitAppraisalOut(Out):
    """A unit's month in aggregate; of fewer than three workers nothing is told."""

    model_config = ConfigDict(json_schema_extra={"examples": [AGGREGATE]})

    unit_code: str
    name: str
    own: bool
    workers: int | None
    mean: Points | None
    passed: int | None
    failed: int | None
    shares: dict[Indicator, str] = Field(description="Done of owed, of all workers together")


class UnitComparisonOut(Out):
    """A unit beside its siblings."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"month": "2026-10", "rule": "APR-1", "clause": "五1", "items": [AGGREGATE]}
            ]
        }
    )

    month: str
    rule: str
    clause: str
    items: list[UnitAppraisalOut]
