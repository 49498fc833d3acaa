"""How correction requests (补签) and leave are spoken (ATT-5, FLD-4)."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.attendance.schemas import ACCOUNT, ID, WORKER, Example, MadeId
from app.kit.schema import Day, In, Line, Out, Paragraph
from app.rules.duty import Half
from app.rules.leave import LeaveSpan
from app.rules.procedures import CorrectionKind, LeaveKind, RequestState

LONGEST_LEAVE = timedelta(days=366)

DECIDED: Example = {
    "requested_at": "2026-03-18T02:10:00Z",
    "state": "approved",
    "decision_reason": None,
    "decided_by": ACCOUNT,
    "decided_at": "2026-03-18T03:00:00Z",
}
CORRECTION_ASKED: Example = {
    "id": ID,
    "kind": "sign_in",
    "day": "2026-03-18",
    "window": 1,
    "reason": "手机没电，人在站里",
    "evidence": ["晨会签到表第 3 行"],
}
CORRECTION: Example = {
    **CORRECTION_ASKED,
    "worker_id": WORKER,
    "community_code": "510185001001",
    "figures": None,
    **DECIDED,
}
LEAVE_ASKED: Example = {
    "id": ID,
    "kind": "sick",
    "first_day": "2026-03-19",
    "first_half": "afternoon",
    "last_day": "2026-03-20",
    "last_half": "afternoon",
    "reason": "感冒发烧",
}
LEAVE: Example = {**LEAVE_ASKED, "worker_id": WORKER, "community_code": "510185001001", **DECIDED}
NAMED: Example = {"worker_name": "王网格"}


class CorrectionIn(In):
    """A worker asks for a missed window to be made good, with evidence (ATT-5)."""

    model_config = ConfigDict(json_schema_extra={"examples": [CORRECTION_ASKED]})

    id: MadeId
    kind: Literal[CorrectionKind.SIGN_IN]
    day: Day
    window: Annotated[int, Field(ge=1, le=3)]
    reason: Paragraph
    evidence: Annotated[
        list[Line],
        Field(min_length=1, max_length=20, description="What shows it: words, or ids of records"),
    ]


class CorrectionOut(Out):
    """A correction request and where it stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [CORRECTION]})

    id: UUID
    worker_id: UUID
    community_code: str
    kind: CorrectionKind
    day: date
    window: int | None
    reason: str
    evidence: list[str]
    figures: dict[str, Any] | None = Field(
        description="For field time: what stands, and what late records would give (FLD-4)"
    )
    requested_at: datetime
    state: RequestState
    decision_reason: str | None
    decided_by: UUID | None
    decided_at: datetime | None


class CorrectionRow(CorrectionOut):
    """A correction request in a list, with the worker's name."""

    worker_name: str


class CorrectionPage(Out):
    """Some correction requests, latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [CORRECTION | NAMED], "next_cursor": None}]}
    )

    items: list[CorrectionRow]
    next_cursor: str | None


class LeaveEndIn(In):
    """The last half that is still leave, when a worker comes back early."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"last_day": "2026-03-19", "last_half": "afternoon"}]}
    )

    last_day: Day
    last_half: Half


class LeaveIn(In):
    """A worker asks for leave, by halves of dates."""

    model_config = ConfigDict(json_schema_extra={"examples": [LEAVE_ASKED]})

    id: MadeId
    kind: LeaveKind
    first_day: Day
    first_half: Half
    last_day: Day
    last_half: Half
    reason: Paragraph

    def span(self) -> LeaveSpan:
        """From which half to which half."""
        return LeaveSpan(self.first_day, self.first_half, self.last_day, self.last_half)

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        span = self.span()
        if span.ends < span.starts:
            raise ValueError("must not end before it begins")
        if self.last_day - self.first_day > LONGEST_LEAVE:
            raise ValueError(f"must not be longer than {LONGEST_LEAVE.days} days")
        return self


class LeaveOut(Out):
    """A leave and where it stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [LEAVE]})

    id: UUID
    worker_id: UUID
    community_code: str
    kind: LeaveKind
    first_day: date
    first_half: Half
    last_day: date
    last_half: Half
    reason: str
    requested_at: datetime
    state: RequestState
    decision_reason: str | None
    decided_by: UUID | None
    decided_at: datetime | None


class LeaveRow(LeaveOut):
    """A leave in a list, with the worker's name."""

    worker_name: str


class LeavePage(Out):
    """Some leaves, latest request first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [LEAVE | NAMED], "next_cursor": None}]}
    )

    items: list[LeaveRow]
    next_cursor: str | None
