"""What the stand-in platform says to us, and how it is told to say it (INT-1)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.kit.schema import In, Instant, Line, Paragraph
from app.platforms.language import Language
from app.platforms.sayings import (
    CardSaid,
    Known,
    LoginSaid,
    ReceiptSaid,
    Said,
    StatusSaid,
    Word,
)
from app.rules.cards import Colour
from app.rules.exchange import MessageKind
from app.rules.incidents import State
from app.rules.tiers import Tier


class Signed(StrEnum):
    """How a message is proven."""

    RIGHTLY = "rightly"
    WRONGLY = "wrongly"
    NOT_AT_ALL = "not_at_all"
    LONG_AGO = "long_ago"
    """Rightly, an hour before it is sent."""


class Order(StrEnum):
    """In which order messages leave; their numbers are as they were given."""

    GIVEN = "given"
    REVERSED = "reversed"


NEEDED = {
    MessageKind.STATUS: ("incident_id", "state"),
    MessageKind.CARD: ("incident_id", "colour", "tier"),
    MessageKind.LOGIN: ("account",),
    MessageKind.RECEIPT: ("record_id", "version", "accepted"),
}


class SayIn(In):
    """One message; its number is the next of its subject unless one is given."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "status",
                    "incident_id": "0199d2f0-0000-7000-8000-000000000000",
                    "state": "handling",
                }
            ]
        }
    )

    kind: MessageKind
    incident_id: UUID | None = None
    record_id: UUID | None = None
    account: Line | None = None
    state: State | None = Field(default=None, description="Ours; said in the platform's word")
    their_state: Word | None = Field(
        default=None, description="A word or code of its own, said as it is"
    )
    result: Paragraph | None = Field(default=None, description="What was done, beside a state")
    colour: Colour | None = None
    tier: Tier | None = Field(default=None, description="Whose card it is")
    ref: Line | None = Field(default=None, description="Its own key of the event or the card")
    version: int | None = Field(default=None, ge=1, le=1_000_000)
    accepted: bool | None = None
    code: Line | None = Field(default=None, description="Why a record was refused")
    at: Instant | None = Field(default=None, description="When it happened; now without it")
    number: int | None = Field(default=None, ge=1, le=1_000_000_000)

    @model_validator(mode="after")
    def has_what_it_needs(self) -> Self:
        """Each kind needs some fields."""
        for name in NEEDED[self.kind]:
            given = getattr(self, name) is not None
            if not given and not (name == "state" and self.their_state is not None):
                raise ValueError(f"{self.kind.value} needs {name}")
        return self


class SendIn(In):
    """Messages to send, and how badly."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "says": [
                        {
                            "kind": "status",
                            "incident_id": "0199d2f0-0000-7000-8000-000000000000",
                            "state": "handling",
                        }
                    ],
                    "copies": 2,
                    "order": "reversed",
                }
            ]
        }
    )

    says: list[SayIn] = Field(min_length=1, max_length=500)
    signed: Signed = Signed.RIGHTLY
    copies: int = Field(default=1, ge=1, le=10, description="How often each is sent")
    order: Order = Order.GIVEN
    delay_ms: int = Field(default=0, ge=0, le=60_000, description="Before each is sent")
    withheld: bool = Field(
        default=False, description="Not sent at all: a reconciliation has to find it"
    )


@dataclass
class Sent:
    """Something the platform said: kept whether it arrived or not."""

    message_id: str
    kind: MessageKind
    subject: str
    number: int
    at: datetime
    body: bytes
    answers: list[str] = field(default_factory=list)
    """The status of each answer, or the kind of failure."""


def said(body: SayIn, language: Language, at: datetime) -> Said:
    """A message in our words, to be spoken in the platform's."""
    match body.kind:
        case MessageKind.STATUS:
            return _status(body, language)
        case MessageKind.CARD:
            return _card(body, language, at)
        case MessageKind.LOGIN:
            return LoginSaid(body.account or "", at)
        case MessageKind.RECEIPT:
            accepted = language.tables.standing_for("accepted", str(body.accepted).lower())
            assert body.record_id is not None
            return ReceiptSaid(body.record_id, body.version or 1, accepted, body.code)


def _status(body: SayIn, language: Language) -> StatusSaid:
    assert body.incident_id is not None
    if body.state is not None:
        state = language.tables.standing_for("state", body.state.value)
    else:
        state = Known(body.their_state or "", None)
    return StatusSaid(body.incident_id, state, body.ref, body.result)


def _card(body: SayIn, language: Language, at: datetime) -> CardSaid:
    assert body.incident_id is not None
    assert body.colour is not None
    assert body.tier is not None
    words = language.tables
    return CardSaid(
        incident_id=body.incident_id,
        card_ref=body.ref or f"{body.incident_id}-{body.colour.value}-{body.tier.value}",
        colour=words.standing_for("colour", body.colour.value),
        tier=words.standing_for("tier", body.tier.value),
        fell_at=at,
    )
