"""The duty calendar and the city's parameters, both with dates (ATT-6, rulebook part 0)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, words
from app.rules.duty import DutyChange


class CalendarDay(Base):
    """The national calendar: whether a date is a working day, make-up working days included."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    source: Mapped[str]


class DutyDecision(Base):
    """A date that the centre declares a duty date, or exempts, for the city or part of it."""

    __tablename__ = "duty_decision"
    __table_args__ = (Index("ix_duty_decision_day", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    change: Mapped[DutyChange] = mapped_column(words(DutyChange, "duty_change"))
    reason: Mapped[str]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]


class ParameterValue(Base):
    """A value of the city that supersedes the rulebook's default from a date on."""

    __tablename__ = "parameter_value"
    __table_args__ = (Index("ix_parameter_value_name_effective_from", "name", "effective_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    value: Mapped[Any] = mapped_column(JSONB)
    effective_from: Mapped[date]
    reason: Mapped[str]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]
