"""A small community's first quarter, made up: everything that can change does."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from shapely import MultiPolygon, box
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Account, Assignment, Boundary, DutyDecision, VisitPlaceLocation
from app.kit.ids import uuid7
from app.outbox.emit import mark_visits
from app.rules.duty import DutyChange, Half
from app.rules.visits import VisitKind, VisitVerdict
from tests.city import HEIGHT, SOUTH, WEST, WIDTH, City
from tests.days.facts import at
from tests.visits.on_record import (
    COMMUNITY,
    GRIDS,
    REGISTERED,
    SINCE,
    store_absence,
    store_location,
    store_place,
    store_target,
    store_visit,
    whole_days,
)

END = date(2026, 3, 31)
VERDICTS = (
    [VisitVerdict.COUNTS] * 3
    + [VisitVerdict.NOBODY_HOME] * 3
    + [VisitVerdict.TOO_FAR, VisitVerdict.BY_PHONE]
)


@dataclass(frozen=True)
class Coming:
    """A visit that will be made, and when it will arrive."""

    received: datetime
    moment: datetime
    place: UUID
    worker: UUID
    verdict: VisitVerdict


class RandomQuarter:
    """Everything but the visits is put on record at once; the visits come one by one."""

    def __init__(self, db: Session, city: City, seed: int) -> None:
        self.db, self.city, self.choice = db, city, random.Random(seed)
        self.workers = [city.workers[grid] for grid in GRIDS]
        self.places = [store_place(db, self.choice.uniform(0.05, 2.95)) for _ in range(10)]
        self.targets()
        self.moves()
        self.redraws()
        self.changes_hands()
        self.leaves()
        self.decides()

    def day(self, first: date = SINCE, last: date = END) -> date:
        return first + timedelta(days=self.choice.randrange((last - first).days + 1))

    def targets(self) -> None:
        for place in self.places:
            for kind in self.choice.sample(list(VisitKind), self.choice.randint(1, 3)):
                first = self.choice.choice([SINCE, self.day()])
                ends = first + timedelta(days=self.choice.randrange(80))
                last = self.choice.choice([None, None, ends])
                store_target(self.db, place, kind, first, last)

    def moves(self) -> None:
        """One within the community, one beyond it, one that came from beyond."""
        for place, column in zip(self.places, (1.4, 3.5), strict=False):
            self._moved(place, column, self.day())
        came = store_place(self.db, 3.4)
        store_target(self.db, came, VisitKind.RENTAL)
        store_target(self.db, came, VisitKind.RESIDENT)
        self._moved(came, 2.2, self.day())
        self.places.append(came)

    def _moved(self, place: UUID, column: float, day: date) -> None:
        self.db.flush()
        self.db.execute(
            update(VisitPlaceLocation)
            .where(VisitPlaceLocation.place_id == place)
            .values(valid=Range(SINCE, day + timedelta(days=1)))
        )
        store_location(self.db, place, column, Range(day + timedelta(days=1), None))

    def redraws(self) -> None:
        """The line between the first and the second grid shifts on a date."""
        day = self.day()
        for grid, west, east in ((GRIDS[0], 0.0, 0.6), (GRIDS[1], 0.6, 2.0)):
            self.db.execute(
                update(Boundary).where(Boundary.unit_code == grid).values(valid=Range(SINCE, day))
            )
            area = MultiPolygon(
                [box(WEST + WIDTH * west, SOUTH, WEST + WIDTH * east, SOUTH + HEIGHT)]
            )
            self.db.add(
                Boundary(unit_code=grid, area=area, valid=Range(day, None), source="redrawn")
            )
            mark_visits(self.db, grid, day)

    def changes_hands(self) -> None:
        """Another worker answers for the first grid from a date on; the third becomes vacant."""
        one, end = self.day(), self.day()
        for grid, day in ((GRIDS[0], one), (GRIDS[2], end)):
            self.db.execute(
                update(Assignment)
                .where(Assignment.grid_code == grid)
                .values(valid=Range(date(2025, 12, 1), day))
            )
            mark_visits(self.db, grid, day)
        self.db.add(
            Assignment(
                id=uuid7(REGISTERED),
                worker_id=self.workers[1],
                level=1,
                grid_code=GRIDS[0],
                first_responsible=True,
                valid=Range(one, None),
            )
        )

    def leaves(self) -> None:
        first = self.day(date(2026, 2, 1), date(2026, 3, 10))
        last = first + timedelta(days=self.choice.randrange(12))
        halves = self.choice.choice([Half.MORNING, Half.AFTERNOON]), Half.AFTERNOON
        store_absence(self.db, self.workers[0], (first, halves[0]), (last, halves[1]))
        whole_days(self.db, self.workers[1], self.day(), END)

    def decides(self) -> None:
        by = self.db.scalars(select(Account.id).limit(1)).one()
        for change in DutyChange:
            self.db.add(
                DutyDecision(
                    day=self.day(),
                    unit_code=COMMUNITY[:9],
                    change=change,
                    reason="test",
                    decided_by=by,
                    decided_at=REGISTERED,
                )
            )

    def visits(self, late_hours: int) -> Iterator[Coming]:
        """Visits in the order of arrival."""
        found = []
        for _ in range(260):
            moment = at("00:00", self.day()) + timedelta(minutes=self.choice.randrange(1440))
            found.append(
                Coming(
                    received=moment + timedelta(hours=self.choice.choice([0, 1, late_hours])),
                    moment=moment,
                    place=self.choice.choice(self.places),
                    worker=self.choice.choice(self.workers),
                    verdict=self.choice.choice(VERDICTS),
                )
            )
        yield from sorted(found, key=lambda one: one.received)

    def arrives(self, one: Coming) -> None:
        """A visit is recorded."""
        store_visit(self.db, one.worker, one.place, one.moment, one.verdict, one.received)
