"""What a platform says, in our words (INT-1)."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeAlias
from uuid import UUID

from app.rules.cards import Colour
from app.rules.exchange import MessageKind, Unclear
from app.rules.tiers import Tier

Word: TypeAlias = str | int
"""A word or code of a platform."""


@dataclass(frozen=True)
class Known:
    """A word of theirs and what it stands for; `ours` None: nothing that we have."""

    theirs: Word
    ours: str | None


class NotUnderstood(Exception):
    """A message can't be read: why, and where."""

    def __init__(self, why: Unclear, **where: Any) -> None:
        super().__init__(why.value)
        self.why = why
        self.where = where


@dataclass(frozen=True)
class StatusSaid:
    """Where the platform has an event; `state.ours` is None for a word that we have nothing for."""

    incident_id: UUID
    state: Known
    their_ref: str | None = None
    result: str | None = None

    @property
    def subject(self) -> str:
        """Messages on one subject are taken in order."""
        return f"incident:{self.incident_id}"


@dataclass(frozen=True)
class CardSaid:
    """A card that the platform drew for an event."""

    incident_id: UUID
    card_ref: str
    colour: Known
    tier: Known
    fell_at: datetime

    @property
    def subject(self) -> str:
        """The event's own: a card stands among its statuses."""
        return f"incident:{self.incident_id}"

    @property
    def drawn(self) -> tuple[Colour, Tier]:
        """Raises NotUnderstood for a colour or tier that we have nothing for."""
        return Colour(_ours("colour", self.colour)), Tier(_ours("tier", self.tier))


@dataclass(frozen=True)
class LoginSaid:
    """An account logged in."""

    account: str
    at: datetime

    @property
    def subject(self) -> str:
        """The account."""
        return f"account:{self.account}"


@dataclass(frozen=True)
class ReceiptSaid:
    """Whether a version of an information record was taken there."""

    record_id: UUID
    version: int
    accepted: Known
    code: str | None = None

    @property
    def subject(self) -> str:
        """Each version by itself."""
        return f"record:{self.record_id}:{self.version}"


Said: TypeAlias = StatusSaid | CardSaid | LoginSaid | ReceiptSaid
SAYINGS: Mapping[MessageKind, type[Said]] = MappingProxyType(
    {
        MessageKind.STATUS: StatusSaid,
        MessageKind.CARD: CardSaid,
        MessageKind.LOGIN: LoginSaid,
        MessageKind.RECEIPT: ReceiptSaid,
    }
)
NAMES_SUBJECT: Mapping[MessageKind, tuple[str, ...]] = MappingProxyType(
    {
        MessageKind.STATUS: ("incident_id",),
        MessageKind.CARD: ("incident_id",),
        MessageKind.LOGIN: ("account",),
        MessageKind.RECEIPT: ("record_id", "version"),
    }
)
"""The fields that say what a message is about."""
WHAT = {
    MessageKind.STATUS: "incident",
    MessageKind.CARD: "incident",
    MessageKind.LOGIN: "account",
    MessageKind.RECEIPT: "record",
}


@dataclass(frozen=True)
class Message:
    """One message, read whole."""

    kind: MessageKind
    number: int
    said_at: datetime
    said: Said


@dataclass(frozen=True)
class Glance:
    """What can be made out of a message before it is read whole; None where it can't."""

    type: str | None = None
    subject: str | None = None
    number: int | None = None


def _ours(field: str, word: Known) -> str:
    if word.ours is None:
        raise NotUnderstood(Unclear.UNKNOWN_WORD, field=field, word=str(word.theirs))
    return word.ours


def needed(kind: MessageKind) -> frozenset[str]:
    """The fields that a message of a kind must have."""
    return frozenset(field.name for field in fields(SAYINGS[kind]) if field.default is MISSING)


def allowed(kind: MessageKind) -> frozenset[str]:
    """All that a message of a kind can have."""
    return frozenset(field.name for field in fields(SAYINGS[kind]))
