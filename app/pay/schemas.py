"""How payrolls, statements and their lines are spoken (PAY)."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.kit.money import Yuan
from app.kit.schema import In, Out, Paragraph, Sha256
from app.pay.months import PayMonth
from app.rules.appraisal import Result
from app.rules.approvals import StepOutcome
from app.rules.pay import LineKind, Part, PayrollState

Example = dict[str, Any]
WORKER = "0199d2f0-0000-7000-8000-000000000002"
ACCOUNT = "0199d2f0-0000-7000-8000-000000000001"
PENALTY = "0199d2f0-0000-7000-8000-000000000071"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PAYROLL: Example = {
    "month": "2026-10",
    "id": "0199d2f0-0000-7000-8000-000000000062",
    "state": "computed",
    "workers": 486,
    "base": "1132380.00",
    "performance": "571080.00",
    "corrections": "-100.00",
    "total": "1703360.00",
    "digest": DIGEST,
    "rules_version": "1+0123456789ab",
    "computed_at": "2026-11-05T02:00:00Z",
    "computed_by": ACCOUNT,
    "case_id": "0199d2f0-0000-7000-8000-000000000063",
    "approved_at": None,
    "approved_by": None,
    "closed_at": None,
    "closed_by": None,
}
ROW: Example = {
    "month": "2026-10",
    "worker_id": WORKER,
    "worker_name": "王网格",
    "community_code": "510185001001",
    "duty": 18,
    "employed": 18,
    "result": "pass",
    "base": "2330.00",
    "performance": "1100.00",
    "corrections": "0.00",
    "total": "3430.00",
}
LINES: list[Example] = [
    {
        "number": 1,
        "kind": "base",
        "amount": "2330.00",
        "rule": "PAY-1",
        "clause": "五5",
        "corrects": None,
        "because": {
            "portions": [{"amount": "2330.00", "dates": 18}],
            "employed": 18,
            "duty": 18,
        },
    },
    {
        "number": 2,
        "kind": "performance",
        "amount": "1200.00",
        "rule": "PAY-2",
        "clause": "五3, 四",
        "corrects": None,
        "because": {
            "portions": [{"amount": "1200.00", "dates": 18}],
            "employed": 18,
            "duty": 18,
            "result": "pass",
            "times": 1,
        },
    },
    {
        "number": 3,
        "kind": "penalty",
        "amount": "-100.00",
        "rule": "CON-3",
        "clause": "四(三)",
        "corrects": None,
        "because": {"penalty": PENALTY, "kind": "warning", "decided_on": "2026-10-14"},
    },
]
CORRECTED_BY: Example = {
    "month": "2026-12",
    "number": 3,
    "part": "performance",
    "amount": "100.00",
}
STATEMENT: Example = ROW | {
    "state": "closed",
    "closed_at": "2026-11-08T02:00:00Z",
    "lines": LINES,
    "because": {
        "posts": [{"unit": "510185001001", "first": "2026-10-01", "last": "2026-10-31"}],
        "absent": [],
        "minimum_wage": [{"amount": "2330.00", "dates": 18}],
        "performance": [{"amount": "1200.00", "dates": 18}],
        "appraisal": {"proposed": "pass", "decided": "pass", "revised": None, "revision": None},
        "penalties": [PENALTY],
        "waiting": [],
    },
    "corrected_by": [CORRECTED_BY],
}


class PayrollIn(In):
    """Which month's payroll is computed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"month": "2026-10"}]})

    month: PayMonth


class PayrollDecisionIn(In):
    """The centre's word on the figures that were seen."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"outcome": "passed", "digest": DIGEST},
                {"outcome": "refused", "digest": DIGEST, "reason": "东城社区工资待核"},
            ]
        }
    )

    outcome: StepOutcome
    digest: Sha256 = Field(description="`digest` of the payroll that was looked at")
    reason: Paragraph | None = None

    @model_validator(mode="after")
    def _refusal_says_why(self) -> Self:
        if self.outcome is StepOutcome.REFUSED and self.reason is None:
            raise ValueError("a refusal needs a reason")
        return self


class PayrollCloseIn(In):
    """The figures that are closed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"digest": DIGEST}]})

    digest: Sha256 = Field(description="`digest` of the payroll that was looked at")


class PayrollOut(Out):
    """A month's payroll: its sums, and how far it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [PAYROLL]})

    month: PayMonth
    id: UUID
    state: PayrollState
    workers: int
    base: Yuan
    performance: Yuan
    corrections: Yuan
    total: Yuan
    digest: str
    rules_version: str
    computed_at: datetime
    computed_by: UUID | None
    case_id: UUID | None
    approved_at: datetime | None
    approved_by: UUID | None
    closed_at: datetime | None
    closed_by: UUID | None


class PayrollDetailOut(PayrollOut):
    """The same with what stands in the way of closing it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                PAYROLL
                | {
                    "open_communities": ["510185001002"],
                    "to_be_closed_first": None,
                    "settles_at": "2026-11-03T16:00:00Z",
                    "rule": "PAY-4",
                    "clause": "五4",
                }
            ]
        }
    )

    open_communities: list[str]
    """Whose appraisal of the month is not closed yet."""
    to_be_closed_first: PayMonth | None
    settles_at: datetime
    rule: str
    clause: str


class PayrollPage(Out):
    """Payrolls, the latest month first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [PAYROLL], "next_cursor": None}]}
    )

    items: list[PayrollOut]
    next_cursor: str | None


class PayStatementRow(Out):
    """A line of the register: a worker's pay of a month in sums."""

    model_config = ConfigDict(json_schema_extra={"examples": [ROW]})

    month: PayMonth
    worker_id: UUID
    worker_name: str
    community_code: str
    duty: int
    employed: int
    result: Result | None
    base: Yuan
    performance: Yuan
    corrections: Yuan
    total: Yuan


class PayStatementPage(Out):
    """Statements in order of communities, names and keys."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [ROW], "next_cursor": None}]}
    )

    items: list[PayStatementRow]
    next_cursor: str | None


class PayLineOut(Out):
    """A line, with its rule and clause, and what it follows from."""

    model_config = ConfigDict(json_schema_extra={"examples": list(LINES)})

    number: int
    kind: LineKind
    amount: Yuan
    rule: str
    clause: str
    corrects: PayMonth | None
    because: dict[str, Any]


class CorrectedByOut(Out):
    """A line of a later month that corrects this one."""

    model_config = ConfigDict(json_schema_extra={"examples": [CORRECTED_BY]})

    month: PayMonth
    number: int
    part: Part
    amount: Yuan


class PayStatementOut(PayStatementRow):
    """A worker's statement with every line, and what later months corrected in it."""

    model_config = ConfigDict(json_schema_extra={"examples": [STATEMENT]})

    state: PayrollState
    closed_at: datetime | None
    lines: list[PayLineOut]
    because: dict[str, Any]
    corrected_by: list[CorrectedByOut]


class MyPayStatementsPage(Out):
    """One's own statements, the latest month first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [ROW], "next_cursor": None}]}
    )

    items: list[PayStatementRow]
    next_cursor: str | None
