"""Mutual-aid groups (互助组) and the link of a grid's group chat (ORG-3, ORG-5)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base


class AidGroup(Base):
    """A group of 2 to 5 full-time workers of adjacent grids of one community."""

    __tablename__ = "aid_group"
    __table_args__ = (
        Index(
            "ix_aid_group_community_code",
            "community_code",
            postgresql_ops={"community_code": "text_pattern_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    name: Mapped[str]
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class AidMember(Base):
    """A worker's membership over a span of dates: in one group at a time."""

    __tablename__ = "aid_member"
    __table_args__ = (
        ExcludeConstraint(
            ("worker_id", "="), ("valid", "&&"), name="ex_aid_member_worker_id_valid"
        ),
        Index("ix_aid_member_group_id", "group_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("aid_group.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)


class GridChat(Base):
    """The link of a grid's group chat (二9(1))."""

    __tablename__ = "grid_chat"

    grid_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True)
    link: Mapped[str]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime]
