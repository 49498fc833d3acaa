"""How the report to finance and recomputations are spoken (PAY-3, PAY-4)."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ConfigDict

from app.kit.money import Yuan
from app.kit.schema import Out
from app.pay.months import PayMonth
from app.pay.schemas import WORKER
from app.rules.pay import Movement, Part, PayrollState

Example = dict[str, Any]
BEFORE: Example = {
    "on": "2026-09-30",
    "workers": 486,
    "minimum_wage": "2330.00",
    "performance": "1200.00",
    "monthly": "1715580.00",
}
AFTER: Example = {
    "on": "2026-10-31",
    "workers": 487,
    "minimum_wage": "2330.00",
    "performance": "1200.00",
    "monthly": "1719110.00",
}
MOVED: Example = {
    "worker_id": WORKER,
    "worker_name": "王网格",
    "community_code": "510185001001",
    "movements": ["joined"],
    "first_day": "2026-10-15",
    "last_day": "2026-10-31",
    "duty": 18,
    "employed": 12,
    "absent": 0,
    "base": "1553.33",
    "performance": "800.00",
    "corrections": "0.00",
    "total": "2353.33",
    "budget_change": "2353.33",
    "rule": "PAY-3",
    "clause": "五4",
}
REPORT: Example = {
    "month": "2026-10",
    "state": "approved",
    "workers": 487,
    "total": "1714000.00",
    "before": BEFORE,
    "after": AFTER,
    "change": "3530.00",
    "by_workers": "3530.00",
    "by_standards": "0.00",
    "joined": 1,
    "left": 0,
    "absent": 0,
    "items": [MOVED],
    "rule": "PAY-3",
    "clause": "五4",
}
DIFFERENCE: Example = {
    "worker_id": WORKER,
    "worker_name": "王网格",
    "part": "performance",
    "due": "1200.00",
    "paid": "0.00",
    "difference": "1200.00",
    "because": {
        "before": {"result": "fail", "employed": 18, "penalties": []},
        "now": {"result": "pass", "employed": 18, "penalties": []},
    },
}


class BudgetOut(Out):
    """What a whole month costs with those employed on a date, at the standards in force on it."""

    model_config = ConfigDict(json_schema_extra={"examples": [BEFORE]})

    on: date
    workers: int
    minimum_wage: Yuan | None
    performance: Yuan | None
    monthly: Yuan | None
    """None where no standard was in force yet."""


class MovementOut(Out):
    """Somebody who came, went or was away in the month."""

    model_config = ConfigDict(json_schema_extra={"examples": [MOVED]})

    worker_id: UUID
    worker_name: str
    community_code: str
    movements: list[Movement]
    first_day: date
    last_day: date
    duty: int
    employed: int
    absent: int
    base: Yuan
    performance: Yuan
    corrections: Yuan
    total: Yuan
    budget_change: Yuan
    """By dates employed, before appraisal and penalties: more or less than without the movement."""
    rule: str
    clause: str


class FinanceReportOut(Out):
    """A month's joiners, leavers and absences, and how the budget changes with them."""

    model_config = ConfigDict(json_schema_extra={"examples": [REPORT]})

    month: PayMonth
    state: PayrollState
    workers: int
    total: Yuan
    before: BudgetOut
    after: BudgetOut
    change: Yuan | None
    by_workers: Yuan | None
    by_standards: Yuan | None
    joined: int
    left: int
    absent: int
    items: list[MovementOut]
    rule: str
    clause: str


class PayDifferenceOut(Out):
    """What a part of a closed month would come to now, beside all that was paid for it."""

    model_config = ConfigDict(json_schema_extra={"examples": [DIFFERENCE]})

    worker_id: UUID
    worker_name: str
    part: Part
    due: Yuan
    paid: Yuan
    difference: Yuan
    because: dict[str, Any]


class PayRecomputationOut(Out):
    """The differences of a closed month; the next payroll corrects them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "month": "2026-10",
                    "difference": "1200.00",
                    "items": [DIFFERENCE],
                    "rule": "PAY-4",
                    "clause": "五4",
                }
            ]
        }
    )

    month: PayMonth
    difference: Yuan
    items: list[PayDifferenceOut]
    rule: str
    clause: str
