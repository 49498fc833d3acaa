"""How events are looked at: rows of lists, the inbox, and one with its history (EVT-1, EVT-3)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.incidents import examples
from app.kit.schema import In, Out
from app.rules.cards import CardOrigin, ClockReason, Colour
from app.rules.event_looks import EventLookPurpose, Waiting
from app.rules.field_records import Severity
from app.rules.incidents import Act, HopOutcome, Reporter, Score, State
from app.rules.tasks import Platform
from app.rules.tiers import Tier


class IncidentHoldOut(Out):
    """A tier that holds an event now, and what its clock says."""

    hop_id: UUID
    tier: Tier
    unit_code: str
    came_from: Tier | None
    arrived_at: datetime
    taken_up_at: datetime | None
    due_at: datetime
    yellow_at: datetime
    red_at: datetime


class IncidentCardSeen(Out):
    """A card on an event; a withdrawn one stays visible."""

    id: UUID
    hop_id: UUID | None
    colour: Colour
    origin: CardOrigin
    tier: Tier
    unit_code: str
    worker_id: UUID | None
    fell_at: datetime
    drawn_at: datetime
    questioned: bool = Field(description="Something that arrived later speaks against it")
    withdrawn_at: datetime | None


class PlatformSaysOut(Out):
    """What a platform says of an event, beside what we say (INT-1)."""

    platform: Platform
    their_ref: str | None
    their_state: str
    state: str | None = Field(description="Ours that it stands for")
    handled: bool = Field(description="Over there it counts as handled")
    said_at: datetime


class PlatformWordOut(PlatformSaysOut):
    """… with what it wrote; see `masked`."""

    result: str | None


class IncidentRow(Out):
    """An event in a list."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ROW]})

    id: UUID
    day: date = Field(description="Of the report's capture")
    reported_at: datetime
    worker_id: UUID
    worker_name: str
    grid_code: str
    category: str
    category_zh: str
    category_en: str
    severity: Severity
    state: State
    lon: float
    lat: float
    changed_at: datetime
    closed_at: datetime | None
    closed_by: Tier | None
    reopened: bool
    score: Score | None
    duplicate_of: UUID | None
    holds: list[IncidentHoldOut]
    cards: list[IncidentCardSeen]


class IncidentPage(Out):
    """Some events, the latest reported first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [examples.ROW], "next_cursor": None}]}
    )

    items: list[IncidentRow]
    next_cursor: str | None


class ExtensionAskedOut(Out):
    """An extension that waits for the tier above (EVT-3)."""

    asked_at: datetime
    hours: Decimal


class InboxRow(Out):
    """A tier's hold of an event, and what presses."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.INBOX_ROW]})

    hop_id: UUID
    incident_id: UUID
    tier: Tier
    unit_code: str
    grid_code: str
    category: str
    category_zh: str
    category_en: str
    severity: Severity
    state: State
    lon: float
    lat: float
    worker_id: UUID = Field(description="Who reported it")
    worker_name: str
    reported_at: datetime
    came_from: Tier | None
    arrived_at: datetime
    taken_up_at: datetime | None
    due_at: datetime
    yellow_at: datetime
    red_at: datetime
    seconds_to_due: int = Field(description="Negative once it is overdue")
    extended_h: Decimal
    extension_asked: ExtensionAskedOut | None = Field(description="Waits for the tier above")
    help_asked_at: datetime | None = Field(description="Of the last request without an answer")
    cards: list[IncidentCardSeen]
    platforms: list[PlatformSaysOut]


class InboxPage(Out):
    """What falls due first comes first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [examples.INBOX_ROW], "next_cursor": None}]}
    )

    items: list[InboxRow]
    next_cursor: str | None


class ActSeen(Out):
    """One act on an event: who, where, when, what it made of it."""

    id: UUID
    number: int
    act: Act
    tier: Tier
    unit_code: str
    by_name: str | None = Field(description="None for a platform's word")
    by_roles: list[str]
    worker_id: UUID | None
    captured_at: datetime
    corrected_at: datetime
    received_at: datetime
    effective_at: datetime = Field(description="From when it counts (EVT-3)")
    time_proven: bool
    was: State | None
    became: State
    to_tier: Tier | None
    lon: float | None
    lat: float | None
    facts: dict[str, Any]
    words: dict[str, Any] | None = Field(description="Reason, result, note; see `masked`")
    photos: list[str]
    missing_photos: list[str]


class HopClockOut(Out):
    """A computation of a hold's instants with its inputs; the last one is in force."""

    computed_at: datetime
    why: ClockReason
    due_at: datetime
    yellow_at: datetime
    red_at: datetime
    inputs: dict[str, Any]


class ExtensionOut(Out):
    """A hold's one extension."""

    asked_at: datetime
    hours: Decimal
    granted: bool | None = Field(description="None while it waits")
    decided_at: datetime | None


class HopOut(IncidentHoldOut):
    """A tier's hold of an event from arrival to end."""

    worker_id: UUID | None
    ended_at: datetime | None
    outcome: HopOutcome | None
    extended_h: Decimal
    extension: ExtensionOut | None
    clocks: list[HopClockOut]


class IncidentDetailOut(IncidentRow):
    """An event with every act, every hold and its clocks, cards and what platforms say."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.DETAIL]})

    rule: str
    clause: str
    reporter: Reporter
    straight_to_centre: bool
    accuracy_m: float | None
    description: str | None = Field(description="Null where masked or erased")
    masked: bool = Field(
        description="What was written is not for this tier: the event is general and never"
        " reached it"
    )
    has_contact: bool = Field(description="To be asked for with POST …/reveal")
    verified_at: datetime | None
    verified_by: UUID | None
    linked_by: Tier | None
    duplicates: list[UUID] = Field(description="Events that were linked to it")
    photos: list[str]
    missing_photos: list[str]
    acts: list[ActSeen]
    hops: list[HopOut]
    platforms: list[PlatformWordOut]


class ContactOut(Out):
    """Who told the worker."""

    name: str | None
    phone: str | None


class IncidentRevealIn(In):
    """What for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"purpose": "follow_up"}]})

    purpose: EventLookPurpose


class IncidentRevealedOut(Out):
    """Whom to ask, for a purpose; the look was logged."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": examples.ID,
                    "contact": {"name": "李秀英", "phone": "13800000001"},
                    "purpose": "follow_up",
                }
            ]
        }
    )

    id: UUID
    contact: ContactOut
    purpose: EventLookPurpose


class MyIncidentRow(IncidentRow):
    """An event of one's own, or of one's grids, and what it waits for."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.MINE]})

    description: str | None = Field(description="In one's grids of today")
    waits_for_me: Waiting | None = Field(description="In one's grids of today")


class MyIncidentPage(Out):
    """One's own events, the latest reported first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [examples.MINE], "next_cursor": None}]}
    )

    items: list[MyIncidentRow]
    next_cursor: str | None


class LikelyIncidentOut(Out):
    """An event that may be the same one; offered, never merged."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.LIKELY]})

    id: UUID
    grid_code: str
    category: str
    category_zh: str
    category_en: str
    severity: Severity
    state: State
    reported_at: datetime
    lon: float
    lat: float
    distance_m: float
    hours_apart: float


class LikelyIncidentPage(Out):
    """Events nearby, the nearest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rule": "EVT-1",
                    "clause": "二3, 二4, 二7",
                    "radius_m": 50,
                    "within_h": 72,
                    "items": [examples.LIKELY],
                }
            ]
        }
    )

    rule: str
    clause: str
    radius_m: int
    within_h: int
    items: list[LikelyIncidentOut]
