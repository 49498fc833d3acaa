"""How it is said what held of a worker on a date."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.kit.money import Yuan
from app.kit.schema import Out
from app.rules.appraisal import Grade, MonthState, Result
from app.rules.conduct import Ground, PenaltyKind, ProposalState
from app.rules.duty import Employment
from app.rules.hiring import ApplicationState, ContractEnd, ContractOrigin
from app.rules.procedures import LeaveKind

Example = dict[str, Any]
WORKER = "0199d2f0-0000-7000-8000-000000000021"
KEY = "0199d2f0-0000-7000-8000-0000000000b1"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
POST: Example = {
    "community_code": "510185001001",
    "employment": "full_time",
    "first_day": "2026-01-01",
    "last_day": None,
}
GRID: Example = {"grid_code": "510185001001001", "first_responsible": True}
CONTRACT: Example = {
    "id": KEY,
    "community_code": "510185001001",
    "origin": "recruited",
    "first_day": "2026-01-01",
    "ends_on": "2050-05-31",
    "end_cause": None,
}
RESIGNATION: Example = {
    "id": KEY,
    "last_day": "2026-12-31",
    "asked_at": "2026-11-02T02:00:00Z",
    "state": "open",
}
LEAVE: Example = {
    "id": KEY,
    "kind": "sick",
    "first_day": "2026-10-12",
    "last_day": "2026-10-14",
}
PROPOSAL: Example = {
    "id": KEY,
    "ground": "B3",
    "clause": "四(二)3",
    "occurred_on": "2026-10-31",
    "state": "proposed",
    "evidence": 1,
    "digest": DIGEST,
    "told_at": "2026-11-04T01:00:00Z",
    "answer_until": "2026-11-11",
    "answers": 0,
}
PENALTY: Example = {
    "id": KEY,
    "ground": "B3",
    "clause": "四(二)3",
    "occurred_on": "2026-10-31",
    "decided_on": "2026-11-12",
    "ends_on": "2026-12-12",
    "kind": "warning",
    "standing": "warning",
    "in_force": True,
    "counts": True,
}
MONTH: Example = {
    "month": "2026-10-01",
    "community_code": "510185001001",
    "score": "88.10",
    "state": "closed",
    "decided": "pass",
    "revision": None,
    "demerit": False,
    "result": "pass",
}
GRADE: Example = {
    "year": 2025,
    "grade": "qualified",
    "graded_at": "2026-01-12T02:00:00Z",
    "case_id": KEY,
    "may_renew": True,
}
STANDARD: Example = {"amount": "2200.00", "effective_from": "2026-01-01"}
STATEMENT: Example = {
    "month": "2026-09-01",
    "base": "2200.00",
    "performance": "700.00",
    "corrections": "0.00",
    "total": "2900.00",
    "closed_at": "2026-10-12T02:00:00Z",
}


class StoodPostOut(Out):
    """The post of the date."""

    model_config = ConfigDict(json_schema_extra={"examples": [POST]})

    community_code: str
    employment: Employment | None
    first_day: date | None
    last_day: date | None


class StoodGridOut(Out):
    """A grid of the date."""

    model_config = ConfigDict(json_schema_extra={"examples": [GRID]})

    grid_code: str
    first_responsible: bool


class StoodContractOut(Out):
    """The contract in force, and when it was to end as far as it was known."""

    model_config = ConfigDict(json_schema_extra={"examples": [CONTRACT]})

    id: UUID
    community_code: str
    origin: ContractOrigin
    first_day: date
    ends_on: date
    end_cause: ContractEnd | None


class StoodResignationOut(Out):
    """The last resignation that had been handed in."""

    model_config = ConfigDict(json_schema_extra={"examples": [RESIGNATION]})

    id: UUID
    last_day: date
    asked_at: datetime
    state: ApplicationState


class StoodLeaveOut(Out):
    """Leave that was approved by then and covers the date."""

    model_config = ConfigDict(json_schema_extra={"examples": [LEAVE]})

    id: UUID
    kind: LeaveKind
    first_day: date
    last_day: date


class StoodProposalOut(Out):
    """A proposal that nobody had decided yet."""

    model_config = ConfigDict(json_schema_extra={"examples": [PROPOSAL]})

    id: UUID
    ground: Ground
    clause: str
    occurred_on: date
    state: ProposalState
    evidence: int = Field(description="The version of the evidence that stood")
    digest: str
    told_at: datetime
    answer_until: date
    answers: int


class StoodPenaltyOut(Out):
    """A penalty that had been decided, as it stood after appeal and review until then."""

    model_config = ConfigDict(json_schema_extra={"examples": [PENALTY]})

    id: UUID
    ground: Ground
    clause: str
    occurred_on: date
    decided_on: date
    ends_on: date
    kind: PenaltyKind
    standing: PenaltyKind | None
    in_force: bool = Field(description="On the date (CON-3)")
    counts: bool = Field(description="In the calendar year of the date (CON-2)")


class StoodMonthOut(Out):
    """A month of the calendar year of the date."""

    model_config = ConfigDict(json_schema_extra={"examples": [MONTH]})

    month: date
    community_code: str
    score: str | None
    state: MonthState
    decided: Result | None
    revision: Result | None
    demerit: bool
    result: Result | None


class StoodGradeOut(Out):
    """The last year that had been graded."""

    model_config = ConfigDict(json_schema_extra={"examples": [GRADE]})

    year: int
    grade: Grade
    graded_at: datetime
    case_id: UUID
    may_renew: bool = Field(description="Whether a contract could be renewed by it (APR-3)")


class StoodStandardOut(Out):
    """An amount that was in force."""

    model_config = ConfigDict(json_schema_extra={"examples": [STANDARD]})

    amount: Yuan
    effective_from: date


class StoodStatementOut(Out):
    """A statement of a payroll that had been closed."""

    model_config = ConfigDict(json_schema_extra={"examples": [STATEMENT]})

    month: date
    base: Yuan
    performance: Yuan
    corrections: Yuan
    total: Yuan
    closed_at: datetime


class StoodPayOut(Out):
    """Pay: the standards in force, and the statements of the calendar year that were closed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"minimum_wage": STANDARD, "performance": STANDARD, "statements": [STATEMENT]}
            ]
        }
    )

    minimum_wage: StoodStandardOut | None
    performance: StoodStandardOut | None
    statements: list[StoodStatementOut]


class WorkerStandingOut(Out):
    """What held of a worker at the end of a date, as it was known then."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "worker_id": WORKER,
                    "worker_name": "王网格",
                    "on": "2026-11-15",
                    "known_at": "2026-11-15T15:59:59.999999Z",
                    "post": POST,
                    "grids": [GRID],
                    "contract": CONTRACT,
                    "resignation": None,
                    "leave": None,
                    "proposals": [PROPOSAL],
                    "penalties": [PENALTY],
                    "next_rung": "demerit",
                    "months": [MONTH],
                    "last_grade": GRADE,
                    "pay": None,
                    "values": {"appraisal_pass_mark": 60.0},
                    "rules_version": "1+0123456789ab",
                }
            ]
        }
    )

    worker_id: UUID
    worker_name: str
    on: date
    known_at: datetime = Field(description="The last instant of the date, or now for today")
    post: StoodPostOut | None = Field(description="As the register has it now, of that date")
    grids: list[StoodGridOut]
    contract: StoodContractOut | None
    resignation: StoodResignationOut | None
    leave: StoodLeaveOut | None
    proposals: list[StoodProposalOut]
    penalties: list[StoodPenaltyOut]
    next_rung: PenaltyKind = Field(
        description="What a ground of 四(二) of that date would have led to (CON-1)"
    )
    months: list[StoodMonthOut]
    last_grade: StoodGradeOut | None
    pay: StoodPayOut | None = Field(description="For who reads pay, and for oneself")
    values: dict[str, float | str] = Field(
        description="Parameters of CON, APR and PAY in force on the date"
    )
    rules_version: str


def amount(value: Decimal | None) -> str | None:
    """A score as text."""
    return None if value is None else f"{value:f}"
