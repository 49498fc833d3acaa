"""Whom visits are owed to, the visits made, and what they come to (VIS-1 to VIS-8)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, FieldRecord, words
from app.db.sealed import Sealed
from app.rules.visits import VisitKind, VisitManner, VisitOutcome, VisitVerdict

WHEREABOUTS = "visit place"
"""For what the whereabouts of a place are sealed."""
NOBODY = UUID(int=0)
"""Whom an unpaid visit is charged to when nobody who could have made it was present."""


class VisitPlace(Base):
    """A household or guard post that visits are paid to; what it owes hangs on its targets."""

    __tablename__ = "visit_place"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    erased_at: Mapped[datetime | None]


class VisitPlaceLocation(Base):
    """Where a place is over a span of dates; moving it adds a span."""

    __tablename__ = "visit_place_location"
    __table_args__ = (
        ExcludeConstraint(
            ("place_id", "="), ("valid", "&&"), name="ex_visit_place_location_place_id_valid"
        ),
        Index("ix_visit_place_location_place_id", "place_id"),
        Index(
            "ix_visit_place_location_grid_code",
            "grid_code",
            postgresql_ops={"grid_code": "text_pattern_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    place_id: Mapped[UUID] = mapped_column(ForeignKey("visit_place.id"))
    grid_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    """As it was when the span was written; of a date, the grid whose boundary of that date holds
    the point, among those of the community, and this one where none does."""
    whereabouts: Mapped[Any] = mapped_column(Sealed(WHEREABOUTS), nullable=True)
    """label, lon, lat (WGS 84); null once erased."""
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)


class VisitTarget(Base):
    """One of the five kinds that a place owes visits for, with its life (VIS-6)."""

    __tablename__ = "visit_target"
    __table_args__ = (
        ExcludeConstraint(
            ("place_id", "="),
            ("kind", "="),
            ("valid", "&&"),
            name="ex_visit_target_place_id_kind_valid",
        ),
        Index("ix_visit_target_place_id", "place_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    place_id: Mapped[UUID] = mapped_column(ForeignKey("visit_place.id"))
    kind: Mapped[VisitKind] = mapped_column(words(VisitKind, "visit_target_kind"))
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    end_reason: Mapped[str | None]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Visit(FieldRecord, Base):
    """A visit as captured, with its verdict at arrival; never edited (VIS-7)."""

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_worker_id_day", "worker_id", "day"),
        Index("ix_visit_place_id_day", "place_id", "day"),
        Index(
            "ix_visit_out_of_scope",
            "community_code",
            "day",
            postgresql_ops={"community_code": "text_pattern_ops"},
            postgresql_where=text("verdict = 'out_of_scope'"),
        ),
        Index(
            "ix_visit_grid_code_day",
            "grid_code",
            "day",
            postgresql_ops={"grid_code": "text_pattern_ops"},
        ),
    )

    grid_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    """The grid of the place on the date; of a visit without a registered place, the worker's."""
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey("visit_place.id"))
    kind: Mapped[VisitKind | None] = mapped_column(words(VisitKind, "visit_kind"))
    """What the worker says of a visit without a registered place."""
    manner: Mapped[VisitManner] = mapped_column(
        words(VisitManner, "visit_manner"), server_default="on_site"
    )
    outcome: Mapped[VisitOutcome] = mapped_column(
        words(VisitOutcome, "visit_outcome"), server_default="met"
    )
    verdict: Mapped[VisitVerdict] = mapped_column(
        words(VisitVerdict, "visit_verdict"), server_default="unregistered"
    )
    distance_m: Mapped[float | None]
    because: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    lon: Mapped[Any] = mapped_column(Sealed("visit position"), nullable=True)
    lat: Mapped[Any] = mapped_column(Sealed("visit position"), nullable=True)
    """WGS 84; sealed, because it is where somebody lives."""
    accuracy_m: Mapped[float | None]
    mocked: Mapped[bool] = mapped_column(server_default=text("false"))
    words: Mapped[Any] = mapped_column(Sealed("visit words"), nullable=True)
    """place, reason, note: what the worker wrote."""
    photos: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """SHA-256 of each, in hexadecimal."""


class VisitTally(Base):
    """What a grid's places of a kind owe in a period and who paid it; derived, recomputable.

    One row for each worker to whom some of it counts: paid ones to whoever made the visit, unpaid
    ones to whoever they are charged to. `targets` and `visits` go together, place by place; an
    unpaid one has no visit. Once closed, what is owed and to whom it is charged stays.
    """

    __tablename__ = "visit_tally"
    __table_args__ = (
        PrimaryKeyConstraint("grid_code", "kind", "first_day", "worker_id"),
        CheckConstraint("paid <= owed", name="paid"),
        Index(
            "ix_visit_tally_last_day_grid_code",
            "last_day",
            "grid_code",
            postgresql_ops={"grid_code": "text_pattern_ops"},
            postgresql_include=["kind", "owed", "paid", "worker_id"],
        ),
        Index("ix_visit_tally_worker_id_last_day", "worker_id", "last_day"),
    )

    grid_code: Mapped[str]
    kind: Mapped[VisitKind] = mapped_column(words(VisitKind, "visit_tally_kind"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    worker_id: Mapped[UUID]
    owed: Mapped[int]
    paid: Mapped[int]
    targets: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    visits: Mapped[list[UUID | None]] = mapped_column(ARRAY(Uuid))
    shared: Mapped[dict[str, Any]]
    """Of what a mutual-aid group took over: from whom, by which leave (ORG-5)."""
    closed: Mapped[bool]
    rules_version: Mapped[str]
    computed_at: Mapped[datetime]


class VisitStanding(Base):
    """How far a community's tallies have come; one row once it has visit targets."""

    __tablename__ = "visit_standing"

    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True)
    closed_until: Mapped[date]
    """Periods that end on this date or before are closed: they stay as they were judged."""
    judged_on: Mapped[date]
    """The civil date of the last recompute: on a new date new periods begin."""
    rules_version: Mapped[str]
    computed_at: Mapped[datetime]


class StaleVisits(Base):
    """A mark that what a unit owes or paid changed over a span of dates; recomputes remove it."""

    __tablename__ = "stale_visits"
    __table_args__ = (
        Index(
            "ix_stale_visits_unit_code",
            "unit_code",
            postgresql_ops={"unit_code": "text_pattern_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    unit_code: Mapped[str]
    """A grid, or any unit above it."""
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    """None: and all that follow."""
