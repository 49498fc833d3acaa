"""The grid that a record from the field belongs to."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.errors import Refusal
from app.people.posts import grid_at, grids_on
from app.rules.geodesy import Position


class NoGrid(Refusal):
    """The worker has no grid on that date."""

    code = "people.no_grid"
    status = 422
    zh = "该网格员当日没有负责的网格。"
    rule = "ORG-2"
    clause = "一(一)"


def grid_of_record(session: Session, worker_id: UUID, day: date, position: Position | None) -> str:
    """The worker's grid at a position; without one, or outside all of them, the first in order."""
    grids = grids_on(session, worker_id, day)
    if not grids:
        raise NoGrid(day=day)
    found = position and grid_at(session, grids, position.lon, position.lat, day)
    return found or grids[0]
