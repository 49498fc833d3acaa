"""How the centre's categories and deadlines of events are spoken (EVT-1, EVT-3)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.incidents.act_schemas import CategoryCode, Hours
from app.kit.schema import Day, In, Line, Out, Paragraph
from app.rules.field_records import Severity
from app.rules.tiers import Tier

Radius = Annotated[
    int, Field(ge=0, le=5000, description="Events so near (metres) are offered as duplicates")
]
Within = Annotated[int, Field(ge=0, le=8760, description="… if reported within so many hours")]
HoldingTier = Literal[Tier.GRID, Tier.COMMUNITY, Tier.TOWNSHIP, Tier.CENTRE]
CATEGORY: dict[str, Any] = {
    "code": "public_safety.fire",
    "parent_code": "public_safety",
    "zh": "消防隐患",
    "en": "Fire hazard",
    "first_day": "2026-04-01",
    "end": None,
    "radius_m": 50,
    "within_h": 168,
}
DEADLINE: dict[str, Any] = {
    "category": "public_safety",
    "severity": "general",
    "tier": "grid",
    "hours": "4.0",
    "effective_from": "2026-04-01",
    "reason": "公共安全事件从严",
}
DECIDED: dict[str, Any] = {
    "id": 7,
    "decided_by": "0199d2f0-0000-7000-8000-000000000000",
    "decided_at": "2026-03-30T02:00:00Z",
}


class CategoryAddIn(In):
    """A category that begins on a date; a code with a full stop lies below the one before it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {name: CATEGORY[name] for name in CATEGORY.keys() - {"parent_code", "end"}}
            ]
        }
    )

    code: CategoryCode
    zh: Line
    en: Line
    first_day: Day
    radius_m: Radius = 50
    within_h: Within = 72


class CategoryChangeIn(In):
    """Other names, or another reach of what is offered as duplicates."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"zh": "消防", "en": "Fire"}]})

    zh: Line | None = None
    en: Line | None = None
    radius_m: Radius | None = None
    within_h: Within | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_dump(exclude_none=True):
            raise ValueError("must change something")
        return self


class CategoryEndIn(In):
    """The date from which a category is no longer there, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"end": "2026-07-01", "reason": "并入民生事项服务"}]}
    )

    end: Day
    reason: Paragraph


class IncidentCategoryOut(Out):
    """A category of events; `end` is the first date on which it is no longer there."""

    model_config = ConfigDict(
        from_attributes=True, frozen=True, json_schema_extra={"examples": [CATEGORY]}
    )

    code: str
    parent_code: str | None
    zh: str
    en: str
    first_day: date
    end: date | None
    radius_m: int
    within_h: int


class IncidentCategoriesOut(Out):
    """The categories as of a date, first level before what lies below it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"on": "2026-04-01", "items": [CATEGORY]}]}
    )

    on: date
    items: list[IncidentCategoryOut]


class DeadlineIn(In):
    """Hours that a tier may hold events, from a date on: of a category, or of all others."""

    model_config = ConfigDict(json_schema_extra={"examples": [DEADLINE | {"hours": 4}]})

    category: CategoryCode | None = Field(default=None, description="Every other one without it")
    severity: Severity
    tier: HoldingTier
    hours: Hours = Field(description="general: working hours; major: hours of the clock")
    effective_from: Day
    reason: Paragraph


class DeadlineDecidedOut(Out):
    """One decision of the centre on hours."""

    model_config = ConfigDict(
        from_attributes=True, frozen=True, json_schema_extra={"examples": [DEADLINE | DECIDED]}
    )

    id: int
    category: str | None
    severity: Severity
    tier: Tier
    hours: Decimal
    effective_from: date
    reason: str
    decided_by: UUID
    decided_at: datetime


class DeadlineInForceOut(Out):
    """The hours of a tier on a date; `policy` none: the rulebook's default."""

    category: str | None
    severity: Severity
    tier: Tier
    hours: Decimal
    counted_in: Literal["working_hours", "hours_of_the_clock"]
    since: date
    policy: int | None


class DeadlinesOut(Out):
    """The hours in force on a date, with every decision there ever was."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "on": "2026-04-01",
                    "rule": "EVT-3",
                    "clause": "四(二)4",
                    "red_after_h": 24.0,
                    "items": [
                        {
                            "category": "public_safety",
                            "severity": "general",
                            "tier": "grid",
                            "hours": "4.00",
                            "counted_in": "working_hours",
                            "since": "2026-04-01",
                            "policy": 7,
                        }
                    ],
                    "history": [DEADLINE | DECIDED],
                }
            ]
        }
    )

    on: date
    rule: str
    clause: str
    red_after_h: float
    items: list[DeadlineInForceOut]
    history: list[DeadlineDecidedOut]
