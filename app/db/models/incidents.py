"""Events (EVT-1 to EVT-5): what was reported, every act, every hold, its clock and cards."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, FieldRecord, words
from app.db.sealed import Sealed, SealedWithin
from app.rules.cards import CardOrigin, ClockReason, Colour
from app.rules.field_records import Severity
from app.rules.incidents import Act, HopOutcome, Reporter, Score, State
from app.rules.tiers import Tier

PREFIX = "text_pattern_ops"


class IncidentCategoryRow(Base):
    """A category of events: the first level, or one below it; its code is never used again."""

    __tablename__ = "incident_category"
    __table_args__ = (
        CheckConstraint("radius_m between 0 and 5000", name="radius"),
        CheckConstraint("within_h between 0 and 8760", name="within"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("incident_category.code"))
    zh: Mapped[str]
    en: Mapped[str]
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    radius_m: Mapped[int]
    """Events of the category this near to one another are offered as duplicates, in metres."""
    within_h: Mapped[int]
    """… if reported within so many hours of one another."""


class Incident(FieldRecord, Base):
    """An event as the grid worker reported it; never edited. What became of it: `IncidentCase`."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_worker_id_day", "worker_id", "day"),)

    grid_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    category: Mapped[str] = mapped_column(ForeignKey("incident_category.code"))
    severity: Mapped[Severity] = mapped_column(words(Severity, "severity"))
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float | None]
    description: Mapped[Any] = mapped_column(SealedWithin("incident description"), nullable=True)
    """A text; it may name residents; null once erased."""
    reporter: Mapped[Reporter] = mapped_column(
        words(Reporter, "incident_reporter"), server_default="worker"
    )
    contact: Mapped[Any] = mapped_column(Sealed("incident contact"), nullable=True)
    """name and phone of whoever told the worker, for the follow-up (EVT-4); null once erased."""
    straight_to_centre: Mapped[bool] = mapped_column(server_default=text("false"))
    photos: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))


class IncidentCase(Base):
    """Where an event stands; each change of it is an `IncidentAct`. Locked by whoever acts."""

    __tablename__ = "incident_case"
    __table_args__ = (
        Index(
            "ix_incident_case_grid_code_reported_at",
            "grid_code",
            "reported_at",
            postgresql_ops={"grid_code": PREFIX},
        ),
        Index("ix_incident_case_category_reported_at", "category", "reported_at"),
        Index("ix_incident_case_reported_at_incident_id", "reported_at", "incident_id"),
        Index("ix_incident_case_worker_id_day", "worker_id", "day"),
        Index(
            "ix_incident_case_duplicate_of",
            "duplicate_of",
            postgresql_where=text("duplicate_of is not null"),
        ),
        Index(
            "ix_incident_case_grid_code_state",
            "grid_code",
            "state",
            postgresql_ops={"grid_code": PREFIX},
            postgresql_where=text("state in ('held', 'handling', 'closed', 'followed_up')"),
        ),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    grid_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    """Who reported it."""
    day: Mapped[date]
    """Of the report's capture: the month that its quota counts in (EVT-5)."""
    category: Mapped[str] = mapped_column(ForeignKey("incident_category.code"))
    severity: Mapped[Severity] = mapped_column(words(Severity, "case_severity"))
    state: Mapped[State] = mapped_column(words(State, "case_state"))
    acts: Mapped[int]
    """How many acts there are: the number of the last."""
    reported_at: Mapped[datetime]
    """When it was captured, as EVT-3 takes it."""
    changed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[Tier | None] = mapped_column(words(Tier, "case_closed_by"))
    reopened: Mapped[bool] = mapped_column(server_default=text("false"))
    score: Mapped[Score | None] = mapped_column(words(Score, "case_score"))
    verified_at: Mapped[datetime | None]
    verified_day: Mapped[date | None]
    verified_by: Mapped[UUID | None] = mapped_column(ForeignKey("worker.id"))
    duplicate_of: Mapped[UUID | None] = mapped_column(ForeignKey("incident.id"))
    linked_by: Mapped[Tier | None] = mapped_column(words(Tier, "case_linked_by"))


class IncidentAct(Base):
    """One act on an event; never edited, never deleted."""

    __tablename__ = "incident_act"
    __table_args__ = (
        UniqueConstraint("incident_id", "number"),
        Index("ix_incident_act_worker_id_day", "worker_id", "day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    number: Mapped[int]
    """1 is the report."""
    content: Mapped[UUID | None]
    """What an act is known again by: a keyed digest of all that was said (`key_from_content`)."""
    act: Mapped[Act] = mapped_column(words(Act, "incident_act"))
    tier: Mapped[Tier] = mapped_column(words(Tier, "act_tier"))
    unit_code: Mapped[str]
    account_id: Mapped[UUID | None]
    """None for a platform's word."""
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("worker.id"))
    device_id: Mapped[UUID | None]
    captured_at: Mapped[datetime]
    """What the device's clock said; of an office the receipt."""
    corrected_at: Mapped[datetime]
    received_at: Mapped[datetime]
    effective_at: Mapped[datetime]
    """The instant it counts from (EVT-3, ATT-4)."""
    time_proven: Mapped[bool]
    day: Mapped[date]
    was: Mapped[State | None] = mapped_column(words(State, "act_was"))
    became: Mapped[State] = mapped_column(words(State, "act_became"))
    to_tier: Mapped[Tier | None] = mapped_column(words(Tier, "act_to_tier"))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    facts: Mapped[dict[str, Any]]
    """Plain and thin: score, hours, category and severity before and after, keys of other rows."""
    words: Mapped[Any] = mapped_column(Sealed("incident act words"), nullable=True)
    """reason, result, note: texts that may name residents; null once erased."""
    photos: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))


class IncidentHop(Base):
    """A tier's hold of an event, with the clock that runs for it (EVT-3)."""

    __tablename__ = "incident_hop"
    __table_args__ = (
        Index(
            "uq_incident_hop_open",
            "incident_id",
            "tier",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
        Index("ix_incident_hop_incident_id", "incident_id"),
        Index(
            "ix_incident_hop_unit_code_due_at",
            "unit_code",
            "due_at",
            postgresql_ops={"unit_code": PREFIX},
            postgresql_where=text("ended_at is null"),
        ),
        Index(
            "ix_incident_hop_next_card_at",
            "next_card_at",
            postgresql_where=text("next_card_at is not null"),
        ),
        Index("ix_incident_hop_arrived_at", "arrived_at"),
        Index(
            "ix_incident_hop_worker_id_due_at",
            "worker_id",
            "due_at",
            postgresql_where=text("worker_id is not null"),
        ),
        CheckConstraint("ended_at is null or ended_at >= arrived_at", name="forward"),
        CheckConstraint("ended_at is null or next_card_at is null", name="no_card_after_end"),
        CheckConstraint("red_at > yellow_at and yellow_at > arrived_at", name="cards_rise"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    tier: Mapped[Tier] = mapped_column(words(Tier, "hop_tier"))
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("worker.id"))
    """Of the grid tier: who answers for it; none at the tiers above."""
    came_from: Mapped[Tier | None] = mapped_column(words(Tier, "hop_came_from"))
    begun_by: Mapped[UUID] = mapped_column(ForeignKey("incident_act.id"))
    arrived_at: Mapped[datetime]
    taken_up_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("incident_act.id"))
    outcome: Mapped[HopOutcome | None] = mapped_column(words(HopOutcome, "hop_outcome"))
    clock_from: Mapped[datetime | None]
    """When a change would have made it due before the change: its hours count from here."""
    due_at: Mapped[datetime]
    yellow_at: Mapped[datetime]
    red_at: Mapped[datetime]
    next_card_at: Mapped[datetime | None]
    """The instant at which the next card falls; none once both are drawn or the hold ended."""
    extended_h: Mapped[Decimal] = mapped_column(Numeric(8, 2), server_default="0")


class HopClock(Base):
    """Each computation of a hop's instants with its inputs; the last one is in force."""

    __tablename__ = "hop_clock"
    __table_args__ = (Index("ix_hop_clock_hop_id", "hop_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    hop_id: Mapped[UUID] = mapped_column(ForeignKey("incident_hop.id"))
    computed_at: Mapped[datetime]
    why: Mapped[ClockReason] = mapped_column(words(ClockReason, "clock_reason"))
    due_at: Mapped[datetime]
    yellow_at: Mapped[datetime]
    red_at: Mapped[datetime]
    inputs: Mapped[dict[str, Any]]


class HopExtension(Base):
    """The one extension of a hop: asked for before it is due, decided by the tier above."""

    __tablename__ = "hop_extension"
    __table_args__ = (CheckConstraint("hours > 0", name="hours"),)

    hop_id: Mapped[UUID] = mapped_column(ForeignKey("incident_hop.id"), primary_key=True)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("incident_act.id"))
    asked_at: Mapped[datetime]
    hours: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    """Of working time, or of the clock for a major event."""
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("incident_act.id"))
    decided_at: Mapped[datetime | None]
    granted: Mapped[bool | None]


class IncidentCard(Base):
    """A yellow or red card of whoever held the event; never erased, only withdrawn."""

    __tablename__ = "incident_card"
    __table_args__ = (
        Index(
            "uq_incident_card_hop_id_colour",
            "hop_id",
            "colour",
            unique=True,
            postgresql_where=text("origin = 'clock' and withdrawn_at is null"),
        ),
        Index(
            "uq_incident_card_origin_their_ref",
            "origin",
            "their_ref",
            unique=True,
            postgresql_where=text("their_ref is not null"),
        ),
        Index("ix_incident_card_incident_id", "incident_id"),
        Index("ix_incident_card_worker_id_fell_at", "worker_id", "fell_at"),
        Index(
            "ix_incident_card_unit_code_fell_at",
            "unit_code",
            "fell_at",
            postgresql_ops={"unit_code": PREFIX},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    hop_id: Mapped[UUID | None] = mapped_column(ForeignKey("incident_hop.id"))
    colour: Mapped[Colour] = mapped_column(words(Colour, "card_colour"))
    origin: Mapped[CardOrigin] = mapped_column(words(CardOrigin, "card_origin"))
    their_ref: Mapped[str | None]
    tier: Mapped[Tier] = mapped_column(words(Tier, "card_tier"))
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("worker.id"))
    fell_at: Mapped[datetime]
    """The instant at which it was due to be drawn."""
    drawn_at: Mapped[datetime]
    """When it was drawn: later after downtime."""
    day: Mapped[date]
    """Of `fell_at`: CON-2 counts by it."""
    because: Mapped[dict[str, Any]]
    questioned_because: Mapped[dict[str, Any] | None]
    """What arrived later and speaks against it: offered to the tier above for withdrawal."""
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("incident_act.id"))


class DeadlinePolicy(Base):
    """The centre's own hours from a date on, over the defaults of EVT-3; never edited."""

    __tablename__ = "deadline_policy"
    __table_args__ = (
        UniqueConstraint(
            "category", "severity", "tier", "effective_from", "decided_at",
            name="uq_deadline_policy",
        ),
        CheckConstraint("hours > 0 and hours <= 2000", name="hours"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    category: Mapped[str | None] = mapped_column(ForeignKey("incident_category.code"))
    """None: of every category without hours of its own."""
    severity: Mapped[Severity] = mapped_column(words(Severity, "policy_severity"))
    tier: Mapped[Tier] = mapped_column(words(Tier, "policy_tier"))
    hours: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    effective_from: Mapped[date]
    reason: Mapped[str]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]


class StaleClocks(Base):
    """A unit's open hops are to be computed anew: the calendar or a policy changed."""

    __tablename__ = "stale_clocks"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    unit_code: Mapped[str]
    why: Mapped[ClockReason] = mapped_column(words(ClockReason, "stale_reason"))
