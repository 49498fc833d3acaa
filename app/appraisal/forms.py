"""What offices and workers say about months: words, corrections, objections, answers (APR-1)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.appraisal.examples import DIGEST, WORD
from app.kit.schema import In, Paragraph, Photos
from app.rules.appraisal import Indicator, Result

MOST = 1_000_000
"""Of a numerator or denominator."""

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


class WorkerResultIn(In):
    """The station's word where it differs from the proposal."""

    model_config = ConfigDict(json_schema_extra={"examples": [WORD]})

    worker_id: UUID
    result: Result
    reason: Paragraph | None = None


class MonthWordIn(In):
    """All workers of the month: as proposed, but for those named."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"digest": DIGEST, "results": []}]})

    digest: str = Field(pattern=r"^[0-9a-f]{64}$", description="Of the month as it was looked at")
    results: list[WorkerResultIn] = Field(default=[], max_length=500)


class MonthClosingIn(In):
    """The township closes a confirmed month, or sends it back with a reason."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"passed": True, "digest": DIGEST, "reason": None}]}
    )

    passed: bool
    digest: str = Field(pattern=r"^[0-9a-f]{64}$", description="Of the month as it was looked at")
    reason: Paragraph | None = None


class IndicatorShareIn(In):
    """An indicator's figures as they should be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"indicator": "meetings", "numerator": 18, "denominator": 18}]
        }
    )

    indicator: Indicator
    numerator: int = Field(ge=0, le=MOST)
    denominator: int = Field(ge=0, le=MOST)


class AppraisalCorrectionIn(IndicatorShareIn):
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
    photos: Photos = Field(default=[])

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
    share: IndicatorShareIn | None = Field(default=None, description="Before closing only")


class MonthRevisionIn(In):
    """Records changed after closing, and the township decides that the result changes with them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"result": "pass", "reason": "迟到的补签已获批准"}]}
    )

    result: Result
    reason: Paragraph
