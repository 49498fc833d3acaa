"""How logins to the two platforms are spoken (TSK-1, TSK-3)."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.kit.schema import Day, In, Instant, Line, Out
from app.rules.civil import civil_day
from app.rules.tasks import LoginSource, Platform

WORKER = "0199d2f0-3c00-7a01-8b02-000000000007"


class LoginEntryIn(In):
    """A worker's account logged in, at a moment if it is known."""

    worker_id: UUID
    at: Instant | None = None


class PlatformLoginsIn(In):
    """Whose accounts of a platform logged in on a date, and where that was read."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "platform": "chengdu",
                    "day": "2026-03-18",
                    "entries": [{"worker_id": WORKER, "at": "2026-03-18T08:35:00+08:00"}],
                    "evidence": "大联动平台登录统计表 3月18日",
                }
            ]
        }
    )

    platform: Platform
    day: Day
    entries: Annotated[list[LoginEntryIn], Field(min_length=1, max_length=500)]
    evidence: Line = Field(description="The source: a list of the platform, a picture of its page")

    @model_validator(mode="after")
    def _of_its_date(self) -> Self:
        if any(entry.at and civil_day(entry.at) != self.day for entry in self.entries):
            raise ValueError("at lies on the date")
        if len({entry.worker_id for entry in self.entries}) != len(self.entries):
            raise ValueError("a worker is named once")
        return self


class PlatformLoginOut(Out):
    """That an account logged in on a date, and how it is known."""

    worker_id: UUID
    platform: Platform
    day: date
    community_code: str
    at: datetime | None
    source: LoginSource
    evidence: str
    recorded_by: UUID | None
    recorded_at: datetime


class RecordedLogin(PlatformLoginOut):
    """The login as it stands, and what became of the entry."""

    outcome: Literal["recorded", "changed", "unchanged", "kept"] = Field(
        description="kept: the platform itself had reported it, and its word stays"
    )


class RecordedLogins(Out):
    """One result for each entry, in order."""

    items: list[RecordedLogin]


class AccountDays(Out):
    """The dates on which one account was active."""

    active_days: int
    days: list[date]
    by_platform: int = Field(description="Dates that the platform itself reported")
    by_station: int


class ActiveDaysRow(Out):
    """A worker's two accounts over a span; a date counts once, each account by itself."""

    worker_id: UUID
    worker_name: str
    community_code: str
    chengdu: AccountDays
    sichuan: AccountDays
    rule: str
    clause: str


class ActiveDaysPage(Out):
    """Some workers, by their keys."""

    unit: str
    items: list[ActiveDaysRow]
    next_cursor: str | None


class MyPlatformLogins(Out):
    """One's own logins over a span, and what they come to."""

    chengdu: AccountDays
    sichuan: AccountDays
    logins: list[PlatformLoginOut]
    rule: str
    clause: str
