"""Whose places a worker may visit: those of the own grids and of the mutual-aid group's (VIS-7)."""

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from app.db.models import AidGroup, AidMember, Assignment


def grids_in_reach(session: Session, worker_id: UUID, day: date) -> set[str]:
    """The grids that the worker, or a member of the same group, holds on a date (ORG-2, ORG-5)."""
    mine = aliased(AidMember)
    members = (
        select(AidMember.worker_id)
        .join(AidGroup, AidGroup.id == AidMember.group_id)
        .join(mine, mine.group_id == AidMember.group_id)
        .where(
            mine.worker_id == worker_id,
            mine.valid.contains(day),
            AidMember.valid.contains(day),
            AidGroup.valid.contains(day),
        )
    )
    return set(
        session.scalars(
            select(Assignment.grid_code).where(
                or_(Assignment.worker_id == worker_id, Assignment.worker_id.in_(members)),
                Assignment.level == 1,
                Assignment.valid.contains(day),
            )
        )
    )
