"""How cards and requests for extensions are shown (EVT-3, CON-B4)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.kit.schema import Out
from app.rules.cards import CardOrigin, CardVerdict, Colour
from app.rules.field_records import Severity
from app.rules.tiers import Tier

ID = "0199d2f0-0000-7000-8000-000000000000"
GROUND: dict[str, Any] = {
    "verdict": "avoidable",
    "rule": "CON-B4",
    "clause": "四(二)4",
    "because": {
        "colour": "yellow",
        "day": "2026-03-19",
        "halves_held": 3,
        "halves_on_leave": 0,
        "questioned": False,
    },
}
CARD_SHOWN: dict[str, Any] = {
    "id": ID,
    "incident_id": ID,
    "hop_id": ID,
    "colour": "yellow",
    "origin": "clock",
    "their_ref": None,
    "tier": "grid",
    "unit_code": "510185001001001",
    "unit_name": "大石社区第一网格",
    "worker_id": ID,
    "worker_name": "王网格",
    "category": "public_safety",
    "severity": "general",
    "fell_at": "2026-03-19T01:00:00Z",
    "drawn_at": "2026-03-19T01:00:02Z",
    "day": "2026-03-19",
    "rule": "EVT-3",
    "clause": "四(二)4",
    "because": {"due_at": "2026-03-19T09:00:00+08:00", "hours": 6.5, "severity": "general"},
    "questioned_because": None,
    "withdrawn_at": None,
    "withdrawn_by": None,
    "ground": GROUND,
}
EXTENSION: dict[str, Any] = {
    "hop_id": ID,
    "incident_id": ID,
    "category": "public_safety",
    "severity": "general",
    "tier": "grid",
    "unit_code": "510185001001001",
    "decided_at_tier": "community",
    "asked_at": "2026-03-18T07:00:00Z",
    "hours": "4.00",
    "due_at": "2026-03-19T01:00:00Z",
    "ended": False,
    "decided_at": None,
    "granted": None,
    "granted_h": "0.00",
}


class CardGroundOut(Out):
    """Whether a card is a ground that may be proposed (CON-B4); a person decides."""

    verdict: CardVerdict
    rule: str
    clause: str
    because: dict[str, Any]


class IncidentCardOut(Out):
    """A card with what it was drawn from; `ground` only for cards of the grid tier."""

    model_config = ConfigDict(json_schema_extra={"examples": [CARD_SHOWN]})

    id: UUID
    incident_id: UUID
    hop_id: UUID | None
    colour: Colour
    origin: CardOrigin
    their_ref: str | None = Field(description="A platform's own key of the card")
    tier: Tier
    unit_code: str
    unit_name: str
    worker_id: UUID | None
    worker_name: str | None
    category: str
    severity: Severity
    fell_at: datetime = Field(description="When it was due to fall; `drawn_at` after downtime")
    drawn_at: datetime
    day: date = Field(description="The civil date on which it fell: it counts on that (CON-2)")
    rule: str
    clause: str
    because: dict[str, Any]
    questioned_because: dict[str, Any] | None = Field(
        description="What arrived later and speaks against it: a higher tier may withdraw it"
    )
    withdrawn_at: datetime | None
    withdrawn_by: UUID | None = Field(description="The act that says who withdrew it and why")
    ground: CardGroundOut | None


class IncidentCardPage(Out):
    """Some cards, the latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [CARD_SHOWN], "next_cursor": None}]}
    )

    items: list[IncidentCardOut]
    next_cursor: str | None


class ExtensionRequestOut(Out):
    """A request for more time, and who decides it."""

    model_config = ConfigDict(
        from_attributes=True, frozen=True, json_schema_extra={"examples": [EXTENSION]}
    )

    hop_id: UUID
    incident_id: UUID
    category: str
    severity: Severity
    tier: Tier = Field(description="That holds the event and asked")
    unit_code: str
    decided_at_tier: Tier = Field(description="The tier above, which decides")
    asked_at: datetime
    hours: Decimal = Field(description="general: working hours; major: hours of the clock")
    due_at: datetime = Field(description="As it stands")
    ended: bool = Field(description="The hold ended before anybody decided, or after")
    decided_at: datetime | None
    granted: bool | None
    granted_h: Decimal


class ExtensionRequestPage(Out):
    """Some requests, the latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [EXTENSION], "next_cursor": None}]}
    )

    items: list[ExtensionRequestOut]
    next_cursor: str | None
