"""A door in the small city, a handset that visits it, and what became of both."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import AidGroup, AidMember, Boundary, Change, StaleVisits, Visit
from app.kit.ids import uuid7
from app.people.capture import Capture
from app.rules.geodesy import Position
from app.rules.visits import VisitKind
from app.visits import commands, places
from app.visits.schemas import VisitIn
from tests.attendance.facts import GRID, Handset, at
from tests.city import SINCE, City, square

NEXT_DOOR = "510185001001002"
THIRD = "510185001001003"
ELSEWHERE = "510185001002001"
"""A grid of another community."""
COLUMNS = {GRID: 0, NEXT_DOOR: 1, THIRD: 2, ELSEWHERE: 3}
MONDAY = date(2026, 3, 16)
METRE = 1 / 110_860
"""Of latitude, in degrees."""
NOON = at("12:00")
RENTAL = VisitKind.RENTAL


def middle(grid: str = GRID) -> Position:
    """The middle of a grid."""
    centre = square(COLUMNS[grid]).centroid
    return Position(round(centre.x, 6), round(centre.y, 6))


def north(point: Position, metres: float) -> Position:
    """So many metres north of a point."""
    return Position(point.lon, point.lat + metres * METRE)


@dataclass
class Street:
    """Doors, and who visits them."""

    db: Session
    city: City
    keys: list[UUID] = field(default_factory=list)

    def door(
        self,
        *kinds: VisitKind,
        grid: str = GRID,
        since: date = MONDAY,
        point: Position | None = None,
    ) -> UUID:
        """A place that owes some kinds, registered by nobody in particular."""
        new = places.NewPlace(
            id=uuid7(NOON),
            label="和平路 12 号",
            point=point or middle(grid),
            grid_code=grid,
            targets=[(kind, since) for kind in kinds or (RENTAL,)],
        )
        places.add(self.db, new, None, NOON)
        return new.id

    def handset(self, grid: str = GRID) -> Handset:
        """Of a grid's worker."""
        return Handset(self.db, self.city, grid)

    def captured(self, moment: datetime = NOON, grid: str = GRID) -> Capture:
        """The circumstances of a record, which takes a while to arrive."""
        return self.handset(grid).captured(moment, after=timedelta(seconds=3))

    def visit(
        self, key: UUID | None, moment: datetime = NOON, grid: str = GRID, **body: Any
    ) -> Visit:
        """A visit by a grid's worker, at the door unless said otherwise."""
        where = middle()
        known = {"place_id": key, "lon": where.lon, "lat": where.lat}
        return commands.record_visit(
            self.db, self.captured(moment, grid), VisitIn.model_validate(known | body)
        )

    def befriend(self, *grids: str, since: date = SINCE, until: date | None = None) -> None:
        """The workers of some grids help one another."""
        group = AidGroup(
            id=uuid7(NOON), community_code=GRID[:12], name="第一组", valid=Range(since, until)
        )
        self.db.add(group)
        self.db.flush()
        for grid in grids:
            self.db.add(
                AidMember(
                    id=uuid7(NOON),
                    group_id=group.id,
                    worker_id=self.city.workers[grid],
                    valid=Range(since, until),
                )
            )
        self.db.flush()

    def redraw(self, grid: str, column: int, first: date) -> None:
        """From a date on a grid is where another column is."""
        old = self.db.scalars(select(Boundary).where(Boundary.unit_code == grid)).one()
        old.valid = Range(SINCE, first)
        self.db.flush()
        self.db.add(
            Boundary(unit_code=grid, area=square(column), valid=Range(first, None), source="test")
        )
        self.db.flush()

    def told(self, grid: str, key: UUID) -> list[tuple[str | None, dict[str, Any] | None]]:
        """What a grid's worker was told of a place, in order: why it is gone, or what it is."""
        self.db.flush()
        rows = self.db.execute(
            select(Change.gone, Change.body)
            .where(Change.worker_id == self.city.workers[grid], Change.subject_id == str(key))
            .order_by(Change.id)
        )
        return [(gone, body) for gone, body in rows]

    def marks(self) -> set[tuple[str, date, date | None]]:
        """What has to be counted again."""
        self.db.flush()
        rows = self.db.execute(
            select(StaleVisits.unit_code, StaleVisits.first_day, StaleVisits.last_day)
        )
        return {(grid, first, last) for grid, first, last in rows}
