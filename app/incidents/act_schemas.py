"""How acts on events are spoken (EVT-1, EVT-3, EVT-4)."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.kit.schema import In, Latitude, Longitude, MadeId, Metres, Out, Paragraph, Photos
from app.rules.field_records import Severity
from app.rules.incidents import Act, Score, State
from app.rules.tiers import Tier

Example = dict[str, Any]
INCIDENT = "0199d2f0-0000-7000-8000-000000000000"
ACT = "0199d2f0-0000-7000-8000-000000000001"
CARD = "0199d2f0-0000-7000-8000-000000000002"
ESCALATED: Example = {"act": "escalate", "reason": "超出网格处置能力，需社区协调物业"}
CLOSED: Example = {"act": "close", "result": "已清理楼道杂物"}

CategoryCode = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39})?$",
        description="Of the category tree: `public_safety`, or `public_safety.fire` below it",
    ),
]
Hours = Annotated[Decimal, Field(gt=0, le=2000, max_digits=6, decimal_places=2)]


class ActSaid(In):
    """What an act says. Which fields it needs, and which it may not have, follows from the act:
    a missing or a superfluous one is refused by its name."""

    act: Act
    reason: Paragraph | None = None
    result: Paragraph | None = None
    to: Tier | None = Field(default=None, description="escalate: next tier, or centre if major")
    hours: Hours | None = Field(default=None, description="ask_extension, decide_extension")
    granted: bool | None = Field(default=None, description="decide_extension")
    category: CategoryCode | None = Field(default=None, description="regrade")
    severity: Severity | None = Field(default=None, description="regrade")
    score: Score | None = Field(default=None, description="verify")
    duplicate_of: UUID | None = Field(default=None, description="link_duplicate")
    card_id: UUID | None = Field(default=None, description="withdraw_card")
    lon: Longitude | None = None
    lat: Latitude | None = None
    accuracy_m: Metres | None = Field(default=None, description="Metres")
    photos: Photos = Field(default=[])

    @model_validator(mode="after")
    def _where_is_two_numbers(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat come together")
        if self.accuracy_m is not None and self.lon is None:
            raise ValueError("accuracy_m comes with lon and lat")
        return self


class ActIn(ActSaid):
    """One act on an event, as handsets send it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"incident_id": INCIDENT, **ESCALATED},
                {"incident_id": INCIDENT, **CLOSED},
            ]
        }
    )

    incident_id: UUID


class OfficeActIn(ActSaid):
    """One act of an office on an event."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": ACT, **ESCALATED}, {"id": ACT, **CLOSED}]}
    )

    id: MadeId

    def on(self, incident_id: UUID) -> ActIn:
        """The same as handsets say it."""
        return ActIn(incident_id=incident_id, **self.model_dump(exclude={"id"}))


class EventDecisionIn(In):
    """A decision of a higher tier: on an extension that was asked for, or to withdraw a card."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"id": ACT, "act": "decide_extension", "granted": True},
                {"id": ACT, "act": "withdraw_card", "card_id": CARD, "reason": "系统停电期间亮牌"},
            ]
        }
    )

    id: MadeId
    act: Literal[Act.DECIDE_EXTENSION, Act.WITHDRAW_CARD]
    granted: bool | None = Field(default=None, description="decide_extension")
    hours: Hours | None = Field(
        default=None, description="decide_extension: granted; those asked for without it"
    )
    card_id: UUID | None = Field(default=None, description="withdraw_card")
    reason: Paragraph | None = None

    def on(self, incident_id: UUID) -> ActIn:
        """The same as handsets say it."""
        return ActIn(incident_id=incident_id, **self.model_dump(exclude={"id"}))


class ActDoneOut(Out):
    """An act that was done, and where the event stands by it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": ACT,
                    "incident_id": INCIDENT,
                    "number": 2,
                    "act": "escalate",
                    "tier": "community",
                    "to_tier": "township",
                    "was": "handling",
                    "became": "held",
                    "effective_at": "2026-03-18T01:30:00Z",
                    "received_at": "2026-03-18T01:30:00Z",
                }
            ]
        }
    )

    id: UUID
    incident_id: UUID
    number: int
    act: Act
    tier: Tier
    to_tier: Tier | None
    was: State | None
    became: State
    effective_at: datetime
    received_at: datetime


class AllowedActsOut(Out):
    """What one may do to an event now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "incident_id": INCIDENT,
                    "state": "held",
                    "acts": 1,
                    "held_by": ["grid"],
                    "tier": "grid",
                    "allowed": ["take_up", "escalate", "close"],
                    "escalate_to": ["community"],
                }
            ]
        }
    )

    incident_id: UUID
    state: State
    acts: int = Field(description="How many acts there are: the number of the last")
    held_by: list[Tier]
    tier: Tier = Field(description="The tier one acts for")
    allowed: list[Act]
    escalate_to: list[Tier] = Field(description="Where one may escalate it, if one may")
