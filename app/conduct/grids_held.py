"""Which grids workers answered for on a date, and since when (ORG-2)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conduct.full_time import FullTime
from app.db.models import Assignment
from app.people.months import MonthOfWorker


@dataclass(frozen=True)
class Held:
    """A span over which a worker was first responsible."""

    worker_id: UUID
    first: date
    last: date | None
    """The first date after it; None while it goes on."""

    def covers(self, first: date, last: date) -> bool:
        """Whether the worker had the grid on every date of a span."""
        return self.first <= first and (self.last is None or last < self.last)


class GridsHeld:
    """The grids of some workers, loaded once."""

    def __init__(self, session: Session, months: Sequence[MonthOfWorker]) -> None:
        self.months = {one.worker_id: one for one in months}
        rows = session.execute(
            select(Assignment.grid_code, Assignment.worker_id, Assignment.valid).where(
                Assignment.worker_id.in_(self.months), Assignment.first_responsible.is_(True)
            )
        )
        found: dict[str, list[Held]] = defaultdict(list)
        for grid_code, worker_id, valid in rows:
            if not valid.isempty:
                found[grid_code].append(Held(worker_id, valid.lower or date.min, valid.upper))
        self.grids: Mapping[str, Sequence[Held]] = found
        self.full_time = FullTime(session, self.months)

    def holder(self, grid_code: str, first: date, last: date) -> UUID | None:
        """Who had a grid throughout, full-time on the first and the last date: nobody answers for
        what a predecessor, or who was a part-timer then, could have done."""
        for held in self.grids.get(grid_code, ()):
            if held.covers(first, last):
                bound = all(self.full_time.on(held.worker_id, day) for day in (first, last))
                return held.worker_id if bound else None
        return None
