"""How reconciliations are spoken (INT-1)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.kit.schema import Day, In, Out
from app.platforms.comparing import DifferenceKind, Remedy
from app.rules.tasks import Platform

RECONCILIATION: dict[str, Any] = {
    "id": "0199d2f0-0000-7000-8000-000000000000",
    "platform": "chengdu",
    "day": "2026-03-18",
    "ran_at": "2026-03-19T03:40:00+08:00",
    "asked_by": None,
    "ours": 512,
    "theirs": 511,
    "error": None,
    "differing": 1,
    "sent_again": 3,
    "taken_in": 0,
}


class ReconciliationIn(In):
    """Which platform is asked about which date."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"platform": "chengdu", "day": "2026-03-18"}]}
    )

    platform: Platform
    day: Day = Field(description="On which things happened; today's is not over yet")


class StandingOut(Out):
    """The last number of a subject, and its state in the platform's word."""

    number: int
    state: str | int | None


class DifferenceOut(Out):
    """Something that one side has and the other has not, or has otherwise."""

    kind: DifferenceKind
    subject_kind: str | None = Field(description="incident, record …; none for a message")
    subject_id: str | None
    message_id: str | None = Field(description="A message of the platform's that never came")
    ours: StandingOut | None
    theirs: StandingOut | None
    remedy: Remedy
    why: str | None = Field(description="Code of the refusal, where a message was not taken in")


class ReconciliationRow(Out):
    """What a platform has of a date beside what it was told, in figures."""

    id: UUID
    platform: Platform
    day: date
    ran_at: datetime
    asked_by: UUID | None = Field(description="None: the night's work")
    ours: int = Field(description="Subjects that it was to be told of")
    theirs: int = Field(description="Subjects that it has")
    error: str | None = Field(
        description="Why it could not be asked: connection, timeout, status_500, no_token …"
    )
    differing: int
    sent_again: int = Field(description="Events")
    taken_in: int = Field(description="Messages")


class ReconciliationOut(ReconciliationRow):
    """A reconciliation with its differences."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                RECONCILIATION
                | {
                    "differences": [
                        {
                            "kind": "missing_there",
                            "subject_kind": "incident",
                            "subject_id": "0199d2f0-0000-7000-8000-000000000001",
                            "message_id": None,
                            "ours": {"number": 3, "state": "处理中"},
                            "theirs": None,
                            "remedy": "sent_again",
                            "why": None,
                        }
                    ]
                }
            ]
        }
    )

    differences: list[DifferenceOut]


class ReconciliationPage(Out):
    """Reconciliations, the latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [RECONCILIATION], "next_cursor": None}]}
    )

    items: list[ReconciliationRow]
    next_cursor: str | None
