"""How months and their appraisals are spoken (APR-1)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, PlainSerializer, WithJsonSchema, model_validator

from app.kit.schema import In, Out, Paragraph
from app.rules.appraisal import Indicator, MonthState, Part, Result, RevisionGround

ID = "0199d2f0-0000-7000-8000-0000000000d1"
WORKER_ID = "0199d2f0-0000-7000-8000-0000000000d2"
ACCOUNT_ID = "0199d2f0-0000-7000-8000-0000000000d3"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
AT = "2026-11-04T01:00:00Z"
MOST = 1_000_000

MonthText = Annotated[
    str,
    Field(
        pattern=r"^20(1[89]|[2-9][0-9])-(0[1-9]|1[0-2])$",
        description="A calendar month",
        examples=["2026-10"],
    ),
]


def first_of(month: str) -> date:
    """The first date of a month in text."""
    return date.fromisoformat(f"{month}-01")


def _points(value: Decimal) -> str:
    return f"{value:f}"


Points = Annotated[
    Decimal,
    PlainSerializer(_points, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,3}(\\.[0-9]{1,6})?$"}),
]
"""Exact, as text."""

MONTH: dict[str, Any] = {
    "id": ID,
    "community_code": "510185001001",
    "month": "2026-10",
    "state": "open",
    "workers": 10,
    "passed": 9,
    "failed": 1,
    "objections_waiting": 0,
    "settles_at": "2026-11-03T16:00:00Z",
    "settled": True,
    "computed_at": AT,
    "rules_version": "1+0123456789ab",
    "digest": DIGEST,
    "case_id": None,
    "confirmed_at": None,
    "confirmed_by": None,
    "closed_at": None,
    "closed_by": None,
    "rule": "APR-1",
    "clause": "五1",
}
ROW: dict[str, Any] = {
    "worker_id": WORKER_ID,
    "worker_name": "王网格",
    "community_code": "510185001001",
    "month": "2026-10",
    "state": "confirmed",
    "score": "83.45",
    "proposed": "pass",
    "result": "pass",
    "result_reason": None,
    "in_force": "pass",
    "demerits": [],
    "revised": False,
    "corrected": ["meetings"],
    "objection_waiting": False,
    "computed_at": AT,
    "decided_at": AT,
    "rule": "APR-1",
    "clause": "五1",
}
CORRECTION: dict[str, Any] = {
    "id": ID,
    "worker_id": WORKER_ID,
    "month": "2026-10",
    "indicator": "meetings",
    "numerator": 18,
    "denominator": 18,
    "reason": "10月9日晨会漏记",
    "made_by": ACCOUNT_ID,
    "made_at": AT,
    "withdrawn_at": None,
    "withdraw_reason": None,
}
INDICATOR: dict[str, Any] = {
    "indicator": "meetings",
    "numerator": 18,
    "denominator": 18,
    "weight": "5.000000",
    "points": "5.000000",
    "parts": [
        {
            "part": "presences",
            "numerator": 17,
            "denominator": 18,
            "records": 18,
            "set_aside": 0,
            "missed": [{"kind": "meeting", "key": ID}],
        }
    ],
    "correction": CORRECTION,
    "measured_numerator": 17,
    "measured_denominator": 18,
}
OBJECTION: dict[str, Any] = {
    "id": ID,
    "worker_id": WORKER_ID,
    "community_code": "510185001001",
    "month": "2026-10",
    "year": None,
    "said": "10月9日晨会我在场，签到表有我的名字。",
    "photos": [],
    "objected_at": AT,
    "received_at": AT,
    "decided_at": None,
    "upheld": None,
    "reason": None,
}
REVISION: dict[str, Any] = {
    "id": ID,
    "result": "pass",
    "ground": "objection",
    "objection_id": ID,
    "reason": "签到表属实",
    "because": {"score": {"stored": "59.50", "now": "61.00"}},
    "decided_at": "2026-12-01T01:00:00Z",
}
DETAIL: dict[str, Any] = ROW | {
    "because": {"pass_mark": "60", "weights": {"attendance": "20"}},
    "indicators": [INDICATOR],
    "objections": [OBJECTION],
    "revisions": [],
}
RECORD: dict[str, Any] = {
    "indicator": "meetings",
    "part": "presences",
    "kind": "meeting",
    "key": ID,
    "day": "2026-10-09",
    "done": 0,
    "owed": 1,
    "says": {"presence": "absent", "meeting_kind": "morning"},
}
DIFFERENCE: dict[str, Any] = {
    "worker_id": WORKER_ID,
    "score_stored": "59.50",
    "score_now": "61.00",
    "proposed_stored": "fail",
    "proposed_now": "pass",
    "indicators": [
        {
            "indicator": "meetings",
            "numerator_stored": 16,
            "denominator_stored": 18,
            "numerator_now": 17,
            "denominator_now": 18,
        }
    ],
}


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


class MissedOut(Out):
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
    missed: list[MissedOut]


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


WORD: dict[str, Any] = {"worker_id": WORKER_ID, "result": "pass", "reason": "全月借调专项工作"}


class ResultIn(In):
    """The station's word where it differs from the proposal."""

    model_config = ConfigDict(json_schema_extra={"examples": [WORD]})

    worker_id: UUID
    result: Result
    reason: Paragraph | None = None


class ConfirmIn(In):
    """All workers of the month: as proposed, but for those named."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"digest": DIGEST, "results": []}]})

    digest: str = Field(pattern=r"^[0-9a-f]{64}$", description="Of the month as it was looked at")
    results: list[ResultIn] = Field(default=[], max_length=500)


class CloseIn(In):
    """The township closes a confirmed month, or sends it back with a reason."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"passed": True, "digest": DIGEST, "reason": None}]}
    )

    passed: bool
    digest: str = Field(pattern=r"^[0-9a-f]{64}$", description="Of the month as it was looked at")
    reason: Paragraph | None = None


class ShareIn(In):
    """An indicator's figures as they should be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"indicator": "meetings", "numerator": 18, "denominator": 18}]
        }
    )

    indicator: Indicator
    numerator: int = Field(ge=0, le=MOST)
    denominator: int = Field(ge=0, le=MOST)


class AppraisalCorrectionIn(ShareIn):
    """A manual correction."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "indicator": "meetings",
                    "numerator": 18,
                    "denominator": 18,
                    "reason": "10月9日晨会漏记",
                }
            ]
        }
    )

    reason: Paragraph


class CorrectionWithdrawalIn(In):
    """Why a correction is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "核实后无误"}]})

    reason: Paragraph


class AppraisalObjectionIn(In):
    """What a worker says against a month's or a year's appraisal."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"month": "2026-10", "said": "10月9日晨会我在场，签到表有我的名字。", "photos": []}
            ]
        }
    )

    month: MonthText | None = None
    year: int | None = Field(default=None, ge=2018, le=2099)
    said: Paragraph
    photos: list[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = Field(default=[], max_length=9)

    @model_validator(mode="after")
    def _of_one(self) -> "AppraisalObjectionIn":
        if (self.month is None) == (self.year is None):
            raise ValueError("names a month or a year")
        return self


class ObjectionDecisionIn(In):
    """The township's answer. Upheld, it says what changes; after closing that is the result."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"upheld": True, "reason": "签到表属实", "result": "pass", "share": None}]
        }
    )

    upheld: bool
    reason: Paragraph
    result: Result | None = None
    share: ShareIn | None = Field(default=None, description="Before closing only")


class RevisionIn(In):
    """Records changed after closing, and the township decides that the result changes with them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"result": "pass", "reason": "迟到的补签已获批准"}]}
    )

    result: Result
    reason: Paragraph


class AppraisalObjectionPage(Out):
    """Objections, the latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [OBJECTION], "next_cursor": None}]}
    )

    items: list[AppraisalObjectionOut]
    next_cursor: str | None


AGGREGATE: dict[str, Any] = {
    "unit_code": "510185001001",
    "name": "东城社区",
    "own": True,
    "workers": 10,
    "mean": "83.45",
    "passed": 9,
    "failed": 1,
    "shares": {"attendance": "0.9812"},
}


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
