"""Tallies equal an independent, brute-force count; what is closed stays (VIS-6 to VIS-8)."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import (
    NOBODY,
    Assignment,
    StaleVisits,
    VisitPlaceLocation,
    VisitStanding,
    VisitTally,
    VisitTarget,
)
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.outbox.emit import mark_visits
from app.rules.duty import Half
from app.rules.visits import VisitKind, VisitVerdict
from app.visits.tallies import recompute
from tests.city import City
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
from tests.visits.random_quarter import RandomQuarter

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


QUARTER = date(2026, 1, 1), date(2026, 3, 31)


@pytest.mark.parametrize("seed", range(6))
def test_vis_6_7_owed_and_paid_are_what_a_brute_force_count_gives(
    db: Session, city: City, seed: int
) -> None:
    quarter = RandomQuarter(db, city, seed)
    for visit in quarter.visits(late_hours=30):
        quarter.arrives(visit)
    recompute(db, COMMUNITY, LONG_AFTER)
    expected = BruteForce(db, COMMUNITY).count(*QUARTER)
    assert sum(expected.values()) > 100
    assert any(paid for *_, paid in expected)
    assert any(worker is None for *_, worker, _ in expected)
    assert tallied(db, *QUARTER) == expected


@pytest.mark.parametrize("seed", [20, 21])
def test_vis_7_day_by_day_and_late_comes_to_the_same(db: Session, city: City, seed: int) -> None:
    """Recomputed every day, with visits that arrive long after their period was closed."""
    quarter = RandomQuarter(db, city, seed)
    coming = list(quarter.visits(late_hours=24 * 9))
    for day in days_between(SINCE, date(2026, 4, 12)):
        while coming and civil_day(coming[0].received) < day:
            quarter.arrives(coming.pop(0))
        recompute(db, COMMUNITY, at("03:00", day))
    assert not coming
    expected = BruteForce(db, COMMUNITY).count(*QUARTER)
    assert without_workers(tallied(db, *QUARTER)) == without_workers(expected)
    assert unpaid(tallied(db, *QUARTER)) == unpaid(expected)


def without_workers(counted: Counted) -> Counter[tuple[str, str, date, bool]]:
    """Credit for what was paid stays with who had it when the period closed."""
    found: Counter[tuple[str, str, date, bool]] = Counter()
    for (grid, kind, first, _, paid), count in counted.items():
        found[grid, kind, first, paid] += count
    return found


def unpaid(counted: Counted) -> Counted:
    return Counter({key: count for key, count in counted.items() if not key[-1]})


@pytest.fixture
def place(db: Session) -> UUID:
    return store_place(db)


@pytest.fixture
def worker(city: City) -> UUID:
    return city.workers[GRIDS[0]]


NEXT_MONDAY = MONDAY + timedelta(days=7)
CLOSES = at("00:00", SUNDAY + timedelta(days=4))
"""Of the week: 72 hours after Sunday."""


def test_vis_6_open_until_72_hours_after_its_end(db: Session, place: UUID) -> None:
    store_target(db, place, VisitKind.RENTAL)
    for now, closed in ((CLOSES - timedelta(seconds=1), False), (CLOSES, True)):
        recompute(db, COMMUNITY, now)
        row = db.scalars(select(VisitTally).where(VisitTally.first_day == MONDAY)).one()
        assert row.closed is closed


def test_vis_6_only_what_has_begun_is_tallied(db: Session, place: UUID) -> None:
    for kind in VisitKind:
        store_target(db, place, kind)
    recompute(db, COMMUNITY, at("08:00", march(18)))
    assert db.scalar(select(func.max(VisitTally.first_day))) == march(18)
    guards = select(VisitTally.first_day).where(VisitTally.kind == VisitKind.PROPERTY_GUARD)
    assert max(db.scalars(guards)) == march(18)
    assert owed_and_paid(db, VisitKind.RESIDENT, date(2026, 1, 1)) == (1, 0)


Change = Callable[[Session, UUID, UUID], object]


def ends_earlier(db: Session, place: UUID, target: UUID) -> None:
    db.execute(
        update(VisitTarget).where(VisitTarget.id == target).values(valid=Range(SINCE, march(17)))
    )
    mark_visits(db, GRIDS[0], march(17))


def moves(db: Session, place: UUID, target: UUID) -> None:
    del target
    move(db, place, march(17), 1.5)


def another(db: Session, place: UUID, target: UUID) -> None:
    del place, target
    store_target(db, store_place(db, 0.3), VisitKind.RENTAL)


def is_away(db: Session, place: UUID, target: UUID) -> None:
    del place, target
    held = db.scalars(select(Assignment).where(Assignment.grid_code == GRIDS[0])).one()
    whole_days(db, held.worker_id, march(16), march(25))


def changes_hands(db: Session, place: UUID, target: UUID) -> None:
    del place, target
    db.execute(
        update(Assignment)
        .where(Assignment.grid_code == GRIDS[0])
        .values(valid=Range(SINCE, march(17)))
    )
    mark_visits(db, GRIDS[0], march(17))


def move(db: Session, place: UUID, day: date, column: float) -> None:
    """From a date on the place stands elsewhere."""
    db.execute(
        update(VisitPlaceLocation)
        .where(VisitPlaceLocation.place_id == place)
        .values(valid=Range(SINCE, day))
    )
    store_location(db, place, column, Range(day, None))


CHANGES: list[Change] = [ends_earlier, moves, another, is_away, changes_hands]


@pytest.mark.parametrize("change", CHANGES)
def test_vis_6_a_change_recomputes_what_is_open_and_leaves_what_is_closed(
    db: Session, place: UUID, change: Change
) -> None:
    target = store_target(db, place, VisitKind.RENTAL)
    recompute(db, COMMUNITY, CLOSES - timedelta(hours=1))
    db.begin_nested()
    stood = tallied(db, MONDAY, SUNDAY)
    change(db, place, target)
    recompute(db, COMMUNITY, CLOSES - timedelta(minutes=59))
    assert tallied(db, MONDAY, SUNDAY) != stood, "an open period follows the facts"
    db.rollback()


@pytest.mark.parametrize("change", CHANGES)
def test_vis_6_what_is_closed_stays_as_it_was_judged(
    db: Session, place: UUID, change: Change
) -> None:
    target = store_target(db, place, VisitKind.RENTAL)
    recompute(db, COMMUNITY, CLOSES)
    stood = tallied(db, MONDAY, SUNDAY)
    assert sum(stood.values()) == 1
    change(db, place, target)
    recompute(db, COMMUNITY, CLOSES + timedelta(hours=1))
    assert tallied(db, MONDAY, SUNDAY) == stood
    following = tallied(db, NEXT_MONDAY, NEXT_MONDAY + timedelta(days=6))
    assert following != stood, "the week that is open follows the facts"


def test_vis_6_what_was_registered_after_a_period_closed_owes_nothing_in_it(
    db: Session, place: UUID
) -> None:
    """Also where nothing was ever computed: the first look comes late, the answer is the same."""
    store_target(db, place, VisitKind.RENTAL, registered=CLOSES)
    store_target(db, place, VisitKind.CARE, registered=CLOSES - timedelta(seconds=1))
    recompute(db, COMMUNITY, LONG_AFTER)
    assert owed_and_paid(db, VisitKind.RENTAL, MONDAY) == (0, 0)
    assert owed_and_paid(db, VisitKind.CARE, MONDAY) == (1, 0)
    assert owed_and_paid(db, VisitKind.RENTAL, NEXT_MONDAY) == (1, 0)
    assert owed_and_paid(db, VisitKind.CARE, MONDAY - timedelta(days=7)) == (0, 0)


def test_vis_7_a_late_visit_pays_a_closed_period_and_takes_the_credit(
    db: Session, city: City, place: UUID, worker: UUID
) -> None:
    other = city.workers[GRIDS[1]]
    store_target(db, place, VisitKind.RENTAL)
    recompute(db, COMMUNITY, LONG_AFTER)
    assert charged(db, VisitKind.RENTAL, MONDAY) == {worker: (1, 0)}
    made = store_visit(db, other, place, at("10:00", march(18)), received=LONG_AFTER)
    recompute(db, COMMUNITY, LONG_AFTER)
    assert charged(db, VisitKind.RENTAL, MONDAY) == {other: (1, 1)}
    row = db.get(VisitTally, (GRIDS[0], VisitKind.RENTAL, MONDAY, other))
    assert row is not None
    assert (row.visits, row.closed) == ([made], True)


def test_vis_7_nothing_that_was_paid_when_it_closed_moves(
    db: Session, city: City, place: UUID, worker: UUID
) -> None:
    store_target(db, place, VisitKind.RENTAL)
    store_visit(db, worker, place, at("10:00", march(19)))
    recompute(db, COMMUNITY, LONG_AFTER)
    store_visit(db, city.workers[GRIDS[1]], place, at("10:00", march(17)), received=LONG_AFTER)
    recompute(db, COMMUNITY, LONG_AFTER)
    assert charged(db, VisitKind.RENTAL, MONDAY) == {worker: (1, 1)}


def test_vis_7_while_it_is_open_the_first_visit_by_capture_has_the_credit(
    db: Session, city: City, place: UUID, worker: UUID
) -> None:
    other = city.workers[GRIDS[1]]
    store_target(db, place, VisitKind.RENTAL)
    store_visit(db, worker, place, at("10:00", march(19)))
    recompute(db, COMMUNITY, at("12:00", march(20)))
    store_visit(db, other, place, at("10:00", march(17)), received=at("18:00", march(20)))
    recompute(db, COMMUNITY, at("19:00", march(20)))
    assert charged(db, VisitKind.RENTAL, MONDAY) == {other: (1, 1)}


def test_org_2_who_changes_grid_keeps_the_credit_and_late_records_count_for_the_old_grid(
    db: Session, city: City, place: UUID, worker: UUID
) -> None:
    """The worker leaves the first grid on Wednesday; the visits of Monday and Tuesday stay."""
    late_place = store_place(db, 0.2)
    for one in (place, late_place):
        store_target(db, one, VisitKind.RENTAL)
    store_visit(db, worker, place, at("10:00", march(16)))
    successor = city.workers[GRIDS[1]]
    changes_hands(db, place, place)
    db.add(
        Assignment(
            id=uuid7(REGISTERED),
            worker_id=successor,
            level=1,
            grid_code=GRIDS[0],
            first_responsible=True,
            valid=Range(march(17), None),
        )
    )
    recompute(db, COMMUNITY, at("12:00", march(20)))
    assert charged(db, VisitKind.RENTAL, MONDAY) == {worker: (1, 1), successor: (1, 0)}
    store_visit(db, worker, late_place, at("11:00", march(16)), received=LONG_AFTER)
    recompute(db, COMMUNITY, LONG_AFTER)
    assert charged(db, VisitKind.RENTAL, MONDAY) == {worker: (2, 2)}
    row = db.get(VisitTally, (GRIDS[0], VisitKind.RENTAL, MONDAY, worker))
    assert row is not None


def test_vis_6_a_place_that_moves_to_another_community_owes_there(
    db: Session, place: UUID, worker: UUID
) -> None:
    """The visit of Tuesday arrives when both communities have closed the week."""
    store_target(db, place, VisitKind.RENTAL)
    move(db, place, march(19), 3.5)
    elsewhere = "510185001002"
    for community in (COMMUNITY, elsewhere):
        recompute(db, community, LONG_AFTER)
    assert owed_and_paid(db, VisitKind.RENTAL, MONDAY) == (1, 0)
    [row] = db.scalars(select(VisitTally).where(VisitTally.first_day == MONDAY))
    assert row.grid_code.startswith(elsewhere)
    store_visit(db, worker, place, at("10:00", march(17)), received=LONG_AFTER)
    for community in (COMMUNITY, elsewhere):
        recompute(db, community, LONG_AFTER)
    assert charged(db, VisitKind.RENTAL, MONDAY) == {worker: (1, 1)}
    assert db.scalar(select(func.count()).select_from(StaleVisits)) == 0


def test_vis_7_three_days_with_nobody_home_pay_the_quarter_of_a_household(
    db: Session, place: UUID, worker: UUID
) -> None:
    store_target(db, place, VisitKind.RESIDENT)
    store_target(db, place, VisitKind.RENTAL)
    made = []
    for day, paid in ((9, 0), (10, 0), (11, 1)):
        made.append(
            store_visit(db, worker, place, at("10:00", march(day)), VisitVerdict.NOBODY_HOME)
        )
        recompute(db, COMMUNITY, at("12:00", march(11)))
        assert owed_and_paid(db, VisitKind.RESIDENT, QUARTER[0]) == (1, paid)
    row = db.get(VisitTally, (GRIDS[0], VisitKind.RESIDENT, QUARTER[0], worker))
    assert row is not None
    assert row.visits == made[:1]
    assert owed_and_paid(db, VisitKind.RENTAL, march(9)) == (1, 0)


def test_org_5_a_half_day_of_leave_makes_nobody_absent(
    db: Session, place: UUID, worker: UUID
) -> None:
    store_target(db, place, VisitKind.PROPERTY_GUARD)
    store_absence(db, worker, (march(16), Half.AFTERNOON), (march(18), Half.MORNING))
    recompute(db, COMMUNITY, LONG_AFTER)
    charges = {day: charged(db, VisitKind.PROPERTY_GUARD, march(day)) for day in (16, 17, 18)}
    assert charges == {16: {worker: (1, 0)}, 17: {NOBODY: (1, 0)}, 18: {worker: (1, 0)}}


def test_a_community_without_targets_has_no_standing(db: Session, place: UUID) -> None:
    recompute(db, COMMUNITY, LONG_AFTER)
    assert db.get(VisitStanding, COMMUNITY) is None
    store_target(db, place, VisitKind.RENTAL)
    recompute(db, COMMUNITY, LONG_AFTER)
    standing = db.get(VisitStanding, COMMUNITY)
    assert standing is not None
    assert (standing.judged_on, standing.closed_until) == (date(2026, 4, 10), date(2026, 4, 6))
