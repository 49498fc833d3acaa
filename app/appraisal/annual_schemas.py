"""How the appraisal of years is spoken (APR-2)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.appraisal.examples import OBJECTION
from app.appraisal.schemas import AppraisalObjectionOut
from app.kit.schema import In, Out, Paragraph, Sha256, UnitCode
from app.rules.appraisal import Grade, Result
from app.rules.conduct import Ground, PenaltyKind

Example = dict[str, Any]
YEAR_ID = "0199d2f0-0000-7000-8000-0000000000a6"
WORKER = "0199d2f0-0000-7000-8000-000000000021"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

Year = Annotated[int, Field(ge=2017, le=2099, examples=[2026])]


class YearState(StrEnum):
    """Where a worker's year stands."""

    COMPUTED = "computed"
    PROPOSED = "proposed"
    """The community proposed a grade; its case is open."""
    GRADED = "graded"


class YearComputationIn(In):
    """Compute the grades by rule of everybody in a unit; those in their procedure stay."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"year": 2026, "unit": None}]})

    year: Year
    unit: UnitCode | None = Field(default=None, description="One's own where it is left out")


class YearComputedOut(Out):
    """How many grades there are by rule; nothing is decided by it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "year": 2026,
                    "unit_code": "510185001001",
                    "workers": 12,
                    "excellent": 2,
                    "qualified": 9,
                    "unqualified": 1,
                    "kept": 0,
                }
            ]
        }
    )

    year: int
    unit_code: str
    workers: int
    excellent: int
    qualified: int
    unqualified: int
    kept: int = Field(description="In their procedure or graded: left as they are")


class GradeIn(In):
    """The community's opinion on a worker's year (五2)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"grade": "qualified", "reason": None, "seen": {"digest": DIGEST}}]
        }
    )

    grade: Grade
    reason: Paragraph | None = Field(
        default=None, description="Needed where the grade is not the one by rule"
    )
    seen: "SeenYear"


class SeenYear(In):
    """What the taker has before the eyes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"digest": DIGEST}]})

    digest: Sha256


class GradeOfIn(GradeIn):
    """The opinion on one of several years."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"id": YEAR_ID, "grade": "qualified", "reason": None, "seen": {"digest": DIGEST}}
            ]
        }
    )

    id: UUID


class GradesIn(In):
    """Opinions on several workers' years: all of them, or none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "id": YEAR_ID,
                            "grade": "qualified",
                            "reason": None,
                            "seen": {"digest": DIGEST},
                        }
                    ]
                }
            ]
        }
    )

    items: Annotated[list[GradeOfIn], Field(min_length=1, max_length=200)]


OBJECTION_TO_YEAR: Example = {**OBJECTION, "month": None, "year": 2026}
YEAR: Example = {
    "id": YEAR_ID,
    "worker_id": WORKER,
    "worker_name": "王网格",
    "year": 2026,
    "community_code": "510185001001",
    "state": "proposed",
    "mean": "87.42",
    "failed_months": 0,
    "penalties": 1,
    "by_rule": "qualified",
    "proposed": "qualified",
    "proposed_reason": None,
    "grade": None,
    "graded_at": None,
    "computed_at": "2027-01-05T02:00:00Z",
    "case_id": "0199d2f0-0000-7000-8000-0000000000c1",
    "digest": DIGEST,
    "objections": [OBJECTION_TO_YEAR],
}
YEAR_MONTH: Example = {
    "month": "2026-10-01",
    "community_code": "510185001001",
    "score": "88.10",
    "result": "pass",
    "revised": False,
    "demerit": False,
}
YEAR_PENALTY: Example = {
    "id": "0199d2f0-0000-7000-8000-0000000000d1",
    "ground": "B3",
    "standing": "warning",
    "occurred_on": "2026-10-31",
}


class YearOut(Out):
    """A worker's year: by rule, as proposed, as graded."""

    model_config = ConfigDict(json_schema_extra={"examples": [YEAR]})

    id: UUID
    worker_id: UUID
    worker_name: str
    year: int
    community_code: str = Field(description="Of the last post in the year")
    state: YearState
    mean: str | None = Field(description="Of the months in which anything was owed")
    failed_months: int
    penalties: int = Field(description="Those that stand and count in the year (CON-2)")
    by_rule: Grade
    proposed: Grade | None
    proposed_reason: str | None
    grade: Grade | None = Field(description="Approved by the centre and filed by the office")
    graded_at: datetime | None
    computed_at: datetime
    case_id: UUID | None
    digest: str = Field(description="Over what the grade by rule rests on; named when a step is")
    objections: list[AppraisalObjectionOut] = Field(
        description="The worker's, with their answers; one that is upheld ends a procedure"
    )


class YearPage(Out):
    """Some workers' years."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [YEAR], "next_cursor": None}]}
    )

    items: list[YearOut]
    next_cursor: str | None


class YearMonthOut(Out):
    """A month as the year counts it; its own drill-down leads to the records."""

    model_config = ConfigDict(json_schema_extra={"examples": [YEAR_MONTH]})

    month: date
    community_code: str
    score: str | None
    result: Result | None
    revised: bool
    demerit: bool


class YearPenaltyOut(Out):
    """A penalty that counts in the year."""

    model_config = ConfigDict(json_schema_extra={"examples": [YEAR_PENALTY]})

    id: UUID
    ground: Ground
    standing: PenaltyKind
    occurred_on: date


class YearNowOut(Out):
    """What the rule says today, where that differs; it changes nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "by_rule": "qualified",
                    "mean": "87.42",
                    "failed_months": 0,
                    "penalties": 0,
                    "digest": DIGEST,
                    "months": [YEAR_MONTH],
                    "counted": [],
                }
            ]
        }
    )

    by_rule: Grade
    mean: str | None
    failed_months: int
    penalties: int
    digest: str
    months: list[YearMonthOut]
    counted: list[YearPenaltyOut]


class YearGradingOut(Out):
    """One procedure of the year, with the grade that was proposed in it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "case_id": "0199d2f0-0000-7000-8000-0000000000c1",
                    "state": "approved",
                    "grade": "qualified",
                    "opened_at": "2027-01-05T02:00:00Z",
                    "closed_at": "2027-01-12T02:00:00Z",
                }
            ]
        }
    )

    case_id: UUID
    state: str
    grade: Grade | None
    opened_at: datetime
    closed_at: datetime | None


class YearDetailOut(YearOut):
    """A worker's year with the months and penalties behind it, and every procedure it had."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **YEAR,
                    "rule": "APR-2",
                    "clause": "五1, 五2",
                    "excellent_from": 90.0,
                    "qualified_from": 60.0,
                    "failed_months_at_most": 1.0,
                    "months": [YEAR_MONTH],
                    "counted": [YEAR_PENALTY],
                    "changed": None,
                    "gradings": [],
                    "rules_version": "1+0123456789ab",
                }
            ]
        }
    )

    rule: str
    clause: str
    excellent_from: float
    qualified_from: float
    failed_months_at_most: float
    months: list[YearMonthOut]
    counted: list[YearPenaltyOut]
    changed: YearNowOut | None = Field(description="None: all is as it was computed")
    gradings: list[YearGradingOut]
    rules_version: str


class YearsOut(Out):
    """Some years, all of them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [YEAR]}]})

    items: list[YearOut]
