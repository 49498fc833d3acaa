"""How standards of pay are spoken (PAY-1, PAY-2)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict

from app.kit.money import Yuan, YuanIn
from app.kit.schema import Day, In, Out, Paragraph
from app.rules.pay import StandardKind

STANDARD: dict[str, Any] = {
    "kind": "minimum_wage",
    "amount": "2330.00",
    "effective_from": "2026-10-01",
    "reason": "川府发〔2026〕12号",
}
SET = STANDARD | {
    "id": "0199d2f0-0000-7000-8000-000000000061",
    "decided_by": "0199d2f0-0000-7000-8000-000000000001",
    "decided_at": "2026-09-20T02:00:00Z",
}


class PayStandardIn(In):
    """An amount from a date on, with the paper that says so."""

    model_config = ConfigDict(json_schema_extra={"examples": [STANDARD]})

    kind: StandardKind
    amount: YuanIn
    effective_from: Day
    reason: Paragraph


class PayStandardOut(Out):
    """An amount that holds, held or will hold from a date on."""

    model_config = ConfigDict(json_schema_extra={"examples": [SET]})

    id: UUID
    kind: StandardKind
    amount: Yuan
    effective_from: date
    reason: str
    decided_by: UUID
    decided_at: datetime


class PayStandardsOut(Out):
    """Both standards as of a date, and all that were ever set, the latest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"on": "2026-10-08", "minimum_wage": SET, "performance": None, "history": [SET]}
            ]
        }
    )

    on: date
    minimum_wage: PayStandardOut | None
    performance: PayStandardOut | None
    history: list[PayStandardOut]
