"""Who answers in person for a card: the worker of the grid on the date on which it fell (EVT-3)."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Assignment
from app.rules.tiers import Tier

LEVEL_1 = 1


class Holders:
    """Who held some grids, on any date: read once, asked often."""

    def __init__(self, session: Session, grids: Collection[str]) -> None:
        self.assignments: dict[str, list[Assignment]] = defaultdict(list)
        if not grids:
            return
        rows = session.scalars(
            select(Assignment)
            .where(Assignment.grid_code.in_(set(grids)), Assignment.level == LEVEL_1)
            .order_by(Assignment.first_responsible.desc(), Assignment.worker_id)
        )
        for row in rows:
            self.assignments[row.grid_code].append(row)

    def of(self, tier: Tier, grid_code: str, worker_id: UUID | None, day: date) -> UUID | None:
        """Of the grid tier the hold's own worker while assigned there, else the first responsible
        one of the date; nobody at the tiers above, or while the grid is vacant."""
        if tier is not Tier.GRID:
            return None
        there = [found for found in self.assignments[grid_code] if day in found.valid]
        if worker_id is not None and any(found.worker_id == worker_id for found in there):
            return worker_id
        return next((found.worker_id for found in there if found.first_responsible), None)
