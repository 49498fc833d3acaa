"""How surveys, findings and searches are spoken (CON)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from app.kit.schema import IN_FORCE, CommunityCode, Day, GridCode, In, Line, MadeId, Out, Paragraph
from app.rules.conduct import Ground
from app.rules.grounds import FindingKind

Example = dict[str, Any]
ID = "0199d2f0-0000-7000-8000-0000000000d1"
WORKER_ID = "0199d2f0-0000-7000-8000-0000000000d2"
ACCOUNT_ID = "0199d2f0-0000-7000-8000-0000000000d3"
INCIDENT_ID = "0199d2f0-0000-7000-8000-0000000000d4"
GRID = "510185001001001"
COMMUNITY = "510185001001"
MOST_PERSONS = 1_000_000

SURVEYED: Example = {
    "id": ID,
    "grid_code": GRID,
    "conducted_on": "2026-03-27",
    "asked": 120,
    "aware": 101,
    "method": "按门牌随机抽取，入户当面询问",
}
SURVEY: Example = SURVEYED | {
    "worker_id": WORKER_ID,
    "share": 0.841667,
    "low": 0.765907,
    "high": 0.89623,
    "enough": True,
    "ground": "B6",
    "recorded_by": ACCOUNT_ID,
    "recorded_at": "2026-03-28T02:00:00Z",
    "withdrawn_at": None,
    "withdraw_reason": None,
    "rule": "CON-B6",
    "clause": "四(二)6",
}


class SurveyIn(In):
    """How many of those asked knew of the grid service; never who they were."""

    model_config = ConfigDict(json_schema_extra={"examples": [SURVEYED]})

    id: MadeId
    grid_code: GridCode
    conducted_on: Day
    asked: int = Field(ge=1, le=MOST_PERSONS, description="How many residents were asked")
    aware: int = Field(ge=0, le=MOST_PERSONS, description="How many of them knew")
    method: Line = Field(description="How residents were chosen and asked")

    @model_validator(mode="after")
    def _part_of_the_whole(self) -> Self:
        if self.aware > self.asked:
            raise ValueError("aware must not exceed asked")
        return self


class SurveyOut(Out):
    """A survey with its share and the interval at 95 % (Wilson)."""

    model_config = ConfigDict(json_schema_extra={"examples": [SURVEY]})

    id: UUID
    grid_code: str
    conducted_on: date
    worker_id: UUID | None = Field(description="Who answered for the grid on that date")
    asked: int
    aware: int
    method: str
    share: float
    low: float
    high: float
    enough: bool = Field(description="Whether enough were asked for anything to be proposed")
    ground: Ground | None = Field(
        description="What this survey alone comes to: below 60 % A3, below 90 % B6"
    )
    recorded_by: UUID
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdraw_reason: str | None
    rule: str
    clause: str


class SurveyPage(Out):
    """Surveys of a unit, latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [SURVEY], "next_cursor": None}]}
    )

    items: list[SurveyOut]
    next_cursor: str | None


class SurveyWithdrawalIn(In):
    """Why a survey does not count."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "抽样方法不当"}]})

    reason: Line


def _in_force(month: str) -> str:
    if month < f"{IN_FORCE:%Y-%m}":
        raise ValueError("must not be before the regulation")
    return month


MonthCode = Annotated[
    str,
    StringConstraints(pattern=r"^20[1-9][0-9]-(0[1-9]|1[0-2])$"),
    AfterValidator(_in_force),
]
"""A calendar month as 2026-03, from the regulation's own on."""


class DetectionIn(In):
    """Whose month is searched."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"community_code": COMMUNITY, "month": "2026-03"}]}
    )

    community_code: CommunityCode
    month: MonthCode


DETECTED: Example = {
    "community_code": COMMUNITY,
    "month": "2026-03",
    "settles_at": "2026-04-04T00:00:00+08:00",
    "detected_at": "2026-04-04T02:10:00Z",
    "found": 3,
    "rules_version": "1+0123456789ab",
}


class DetectionOut(Out):
    """A community's month: from when it can be searched, and whether it was."""

    model_config = ConfigDict(json_schema_extra={"examples": [DETECTED]})

    community_code: str
    month: str
    settles_at: datetime = Field(description="From then on nothing more is expected of the month")
    detected_at: datetime | None = Field(description="None: not searched yet")
    found: int | None = Field(description="Grounds that stood when it was searched last")
    rules_version: str | None


class DetectedOut(DetectionOut):
    """What a search came to."""

    model_config = ConfigDict(json_schema_extra={"examples": [DETECTED | {"proposed": 1}]})

    proposed: int = Field(description="Proposals that this search made anew")


class DetectionPage(Out):
    """The communities of a unit, by code."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [DETECTED], "next_cursor": None}]}
    )

    items: list[DetectionOut]
    next_cursor: str | None


class NamedKind(StrEnum):
    """What a finding can name."""

    INCIDENT = "incident"
    RECORD = "record"
    VISIT = "visit"


class NamedIn(In):
    """A record that a finding is about."""

    kind: NamedKind
    id: UUID


FOUND: Example = {
    "worker_id": WORKER_ID,
    "kind": "false_records",
    "occurred_on": "2026-03-18",
    "said": "所报事件经现场核实并不存在，照片系旧照翻拍。",
    "records": [{"kind": "incident", "id": INCIDENT_ID}],
}


class FindingIn(In):
    """What an office found in its own words; false records and A2 name what they are about.

    Words never name residents.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [FOUND]})

    worker_id: UUID
    kind: FindingKind
    occurred_on: Day
    said: Paragraph
    records: list[NamedIn] = Field(default=[], max_length=50)


UNPAID: Example = {
    "kind": "rental",
    "first_day": "2026-03-09",
    "last_day": "2026-03-15",
    "owed": 12,
    "paid": 11,
}
LACKING: Example = {
    "grid_code": GRID,
    "on": "2026-03-18",
    "worker_id": WORKER_ID,
    "listed": 30,
    "recorded": 29,
    "unrecorded": ["0199d2f0-0000-7000-8000-0000000000d5"],
    "unpaid": [UNPAID],
    "rule": "CON-A2",
    "clause": "四(一)2",
}


class UnpaidOut(Out):
    """Visits of a kind that were owed in a period, and those that were paid."""

    model_config = ConfigDict(json_schema_extra={"examples": [UNPAID]})

    kind: str
    first_day: date
    last_day: date
    owed: int
    paid: int


class LackingOut(Out):
    """What speaks for A2 in a grid before a date: who was listed and not recorded, and which
    visits were not paid. Whether an incident followed from it is for an office to say."""

    model_config = ConfigDict(json_schema_extra={"examples": [LACKING]})

    grid_code: str
    on: date
    worker_id: UUID | None = Field(description="Who answered for the grid on that date")
    listed: int = Field(description="Of whom all must be known, listed by that date")
    recorded: int = Field(description="Of these, handed in by that date")
    unrecorded: list[UUID] = Field(description="The listings that nothing answered to, up to 200")
    unpaid: list[UnpaidOut] = Field(description="Periods that ended in the five weeks before")
    rule: str
    clause: str
