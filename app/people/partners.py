"""Who may go on with what was begun in a grid: its workers and their partners (ORG-2, ORG-5)."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.db.models import AidMember, Assignment

LEVEL_1 = 1


def may_go_on(session: Session, worker_id: UUID, grid_code: str, began: UUID, day: date) -> bool:
    """Who began it, a worker of the grid on the date, or one of their mutual-aid group."""
    holders = set(
        session.scalars(
            select(Assignment.worker_id).where(
                Assignment.grid_code == grid_code,
                Assignment.level == LEVEL_1,
                Assignment.valid.contains(day),
            )
        )
    ) | {began}
    return worker_id in holders or _are_partners(session, worker_id, holders, day)


def _are_partners(session: Session, worker_id: UUID, others: set[UUID], day: date) -> bool:
    mine, theirs = aliased(AidMember), aliased(AidMember)
    together = (
        select(mine.id)
        .join(theirs, theirs.group_id == mine.group_id)
        .where(
            mine.worker_id == worker_id,
            mine.valid.contains(day),
            theirs.worker_id.in_(others),
            theirs.valid.contains(day),
        )
    )
    return session.scalar(select(together.exists())) is True
