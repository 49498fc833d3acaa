"""Units, boundaries, stations, workers and who answers for which grid (ORG-1 to ORG-6)."""

from datetime import date, datetime
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.geometry import Shape
from app.db.models.base import Base, words
from app.rules.corps import RosterCategory
from app.rules.divisions import UnitTier
from app.rules.duty import Employment


class Unit(Base):
    """A tier's unit; its key is its division code, its subtree a prefix."""

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint("code ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})$'", name="code"),
        CheckConstraint(
            "length(code) = case tier when 'city' then 6 when 'township' then 9"
            " when 'community' then 12 else 15 end",
            name="tier_length",
        ),
        CheckConstraint("parent_code is null or parent_code = left(code, -3)", name="parent"),
        Index("ix_unit_code_prefix", "code", postgresql_ops={"code": "text_pattern_ops"}),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    tier: Mapped[UnitTier] = mapped_column(words(UnitTier, "tier"))
    name: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Boundary(Base):
    """A unit's polygon over a span of dates; a past day is judged with the boundary of that day."""

    __tablename__ = "boundary"
    __table_args__ = (
        ExcludeConstraint(("unit_code", "="), ("valid", "&&"), name="ex_boundary_unit_code_valid"),
        Index(
            "ix_boundary_unit_code_prefix",
            "unit_code",
            postgresql_ops={"unit_code": "text_pattern_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    area: Mapped[BaseGeometry] = mapped_column(Shape("MULTIPOLYGON", index=True))
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    source: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Station(Base):
    """Where a community's workers sign in, over a span of dates (ATT-2)."""

    __tablename__ = "station"
    __table_args__ = (
        ExcludeConstraint(
            ("community_code", "="), ("valid", "&&"), name="ex_station_community_code_valid"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    name: Mapped[str]
    point: Mapped[BaseGeometry] = mapped_column(Shape("POINT"))
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)


class Worker(Base):
    """A member of the three-level corps (ORG-3)."""

    __tablename__ = "worker"
    __table_args__ = (
        CheckConstraint("level between 1 and 3", name="level"),
        CheckConstraint("(level = 1) = (category is null)", name="category"),
        UniqueConstraint("id", "level", name="uq_worker_id_level"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    level: Mapped[int]
    category: Mapped[RosterCategory | None] = mapped_column(
        words(RosterCategory, "roster_category")
    )
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Posting(Base):
    """A worker's post at a station over a span of dates, full-time or rural part-time (ORG-4)."""

    __tablename__ = "posting"
    __table_args__ = (
        ExcludeConstraint(("worker_id", "="), ("valid", "&&"), name="ex_posting_worker_id_valid"),
        Index(
            "ix_posting_community_code",
            "community_code",
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
        Index("ix_posting_worker_id", "worker_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    employment: Mapped[Employment | None] = mapped_column(words(Employment, "employment"))
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)

    worker: Mapped[Worker] = relationship()


class Assignment(Base):
    """A worker's grid over a span of dates; one first responsible worker at any instant (ORG-2)."""

    __tablename__ = "assignment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["worker_id", "level"],
            ["worker.id", "worker.level"],
            name="fk_assignment_worker_id_level",
        ),
        CheckConstraint("not first_responsible or level = 1", name="first_is_level_1"),
        ExcludeConstraint(
            ("grid_code", "="),
            ("valid", "&&"),
            where=text("first_responsible"),
            name="ex_assignment_first_responsible",
        ),
        ExcludeConstraint(
            ("grid_code", "="),
            ("worker_id", "="),
            ("valid", "&&"),
            name="ex_assignment_grid_code_worker_id",
        ),
        Index("ix_assignment_worker_id", "worker_id"),
        Index(
            "ix_assignment_grid_code", "grid_code", postgresql_ops={"grid_code": "text_pattern_ops"}
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID]
    level: Mapped[int]
    grid_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    first_responsible: Mapped[bool]
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)

    worker: Mapped[Worker] = relationship()


class ServerEpoch(Base):
    """Changes after a restore from backup: handsets send their last 30 days again."""

    __tablename__ = "server_epoch"
    __table_args__ = (CheckConstraint('"only"', name="one_row"),)

    only: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    epoch: Mapped[UUID]
    since: Mapped[datetime]
