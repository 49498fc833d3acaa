"""Who answered for a grid on a date: its first responsible worker (ORG-2)."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.appraisal.pieces import Whose
from app.db.models import Assignment


class Responsible:
    """Of some workers' grids over their month: loaded once, asked often."""

    def __init__(self, session: Session, whose: Whose) -> None:
        self.whose = whose
        self.of: dict[str, list[tuple[Range[date], UUID]]] = defaultdict(list)
        rows = session.execute(
            select(Assignment.grid_code, Assignment.valid, Assignment.worker_id).where(
                Assignment.worker_id.in_(whose.keys),
                Assignment.first_responsible,
                Assignment.valid.overlaps(Range(whose.month, whose.last, bounds="[]")),
            )
        )
        for grid_code, valid, worker_id in rows:
            self.of[grid_code].append((valid, worker_id))

    @property
    def communities(self) -> list[str]:
        """Of the grids."""
        return sorted({grid_code[:-3] for grid_code in self.of})

    def on(self, grid_code: str, day: date) -> UUID | None:
        """Whoever answered for a grid on a date of the month, in a full-time post."""
        for valid, worker_id in self.of.get(grid_code, ()):
            if day in valid and self.whose.full_time(worker_id, day):
                return worker_id
        return None
