"""Tallies equal an independent, brute-force count; what is closed stays (VIS-6 to VIS-8)."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from shapely import MultiPolygon, box
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import (
    NOBODY,
    Account,
    Assignment,
    Boundary,
    DutyDecision,
    VisitStanding,
    VisitTally,
    VisitTarget,
)
from app.kit.ids import uuid7
from app.outbox.emit import mark_visits
from app.rules.duty import DutyChange, Half
from app.rules.visits import VisitKind, VisitVerdict
from app.visits.tallies import recompute
from tests.city import HEIGHT, SOUTH, WEST, WIDTH, City
from tests.days.facts import at
from tests.visits.brute_force import BruteForce, Counted, days_between
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

Later = datetime
MONDAY, SUNDAY = date(2026, 3, 16), date(2026, 3, 22)
LONG_AFTER = at("12:00", date(2026, 4, 10))


def march(day: int) -> date:
    return date(2026, 3, day)


def tallied(db: Session, first: date, last: date) -> Counted:
    """What is stored of the periods that end in a span, one by one."""
    found: Counted = Counter()
    for row in db.scalars(
        select(VisitTally).where(
            VisitTally.last_day.between(first, last), VisitTally.grid_code.startswith(COMMUNITY)
        )
    ):
        worker = None if row.worker_id == NOBODY else row.worker_id
        assert len(row.targets) == len(row.visits) == row.owed == len(set(row.targets))
        assert row.paid == sum(visit is not None for visit in row.visits)
        for visit in row.visits:
            found[row.grid_code, row.kind.value, row.first_day, worker, visit is not None] += 1
    return found


def owed_and_paid(db: Session, kind: VisitKind, first: date) -> tuple[int, int]:
    rows = db.scalars(
        select(VisitTally).where(VisitTally.kind == kind, VisitTally.first_day == first)
    ).all()
    return sum(row.owed for row in rows), sum(row.paid for row in rows)


def charged(db: Session, kind: VisitKind, first: date) -> dict[UUID, tuple[int, int]]:
    """Owed and paid by worker."""
    rows = db.scalars(
        select(VisitTally).where(VisitTally.kind == kind, VisitTally.first_day == first)
    )
    return {row.worker_id: (row.owed, row.paid) for row in rows}


class RandomMonth:
    """A small city's first quarter, made up: everything that can change does."""

    def __init__(self, db: Session, city: City, seed: int) -> None:
        self.db, self.city, self.choice = db, city, random.Random(seed)
        self.workers = [city.workers[grid] for grid in GRIDS]
        self.places = [store_place(db, self.choice.uniform(0.05, 2.95)) for _ in range(10)]
        self.visits: list[Callable[[], object]] = []
        self.targets()
        self.moves()
        self.redraws()
        self.changes_hands()
        self.leaves()
        self.decides()

    def day(self, first: date = SINCE, last: date = date(2026, 3, 31)) -> date:
        return first + timedelta(days=self.choice.randrange((last - first).days + 1))

    def targets(self) -> None:
        for place in self.places:
            for kind in self.choice.sample(list(VisitKind), self.choice.randint(1, 3)):
                first = self.choice.choice([SINCE, self.day()])
                last = self.choice.choice([None, None, first + timedelta(self.choice.randrange(80))])
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
        from app.db.models import VisitPlaceLocation

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
        whole_days(self.db, self.workers[1], self.day(), date(2026, 3, 31))

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

    def visit_now_and_then(self, latest_hours: int) -> Iterator[tuple[datetime, Callable[[], UUID]]]:
        """Visits in the order of arrival."""
        verdicts = [VisitVerdict.COUNTS] * 3 + [VisitVerdict.NOBODY_HOME] * 3
        verdicts += [VisitVerdict.TOO_FAR, VisitVerdict.BY_PHONE]
        found = []
        for _ in range(260):
            place = self.choice.choice(self.places)
            moment = at("00:00", self.day()) + timedelta(minutes=self.choice.randrange(1440))
            received = moment + timedelta(hours=self.choice.choice([0, 1, latest_hours]))
            found.append((received, moment, place, self.choice.choice(verdicts)))
        for received, moment, place, verdict in sorted(found, key=lambda one: one[0]):
            worker = self.choice.choice(self.workers)
            # The mark goes to the grid in which the place stood at the time of the visit.
            grid = self._grid(place, moment)
            yield (
                received,
                lambda p=place, m=moment, v=verdict, r=received, w=worker, g=grid: store_visit(
                    self.db, w, p, m, v, r, g
                ),
            )

    def _grid(self, place: UUID, moment: datetime) -> str:
        day = moment.date()
        grid = BruteForce(self.db, COMMUNITY).grid(place, day)
        return grid or "510185001002001"


QUARTER = date(2026, 1, 1), date(2026, 3, 31)


@pytest.mark.parametrize("seed", range(6))
def test_vis_6_7_owed_and_paid_are_what_a_brute_force_count_gives(
    db: Session, city: City, seed: int
) -> None:
    month = RandomMonth(db, city, seed)
    for _, visit in month.visit_now_and_then(latest_hours=30):
        visit()
    recompute(db, COMMUNITY, LONG_AFTER)
    expected = BruteForce(db, COMMUNITY).count(*QUARTER)
    assert sum(expected.values()) > 100
    assert any(paid for *_, paid in expected)
    assert any(worker is None for *_, worker, _ in expected)
    assert tallied(db, *QUARTER) == expected
