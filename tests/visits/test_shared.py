"""ORG-5 over the tables: leave is shared out in the group, given back, and visible."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import NOBODY, AidGroup, AidMember, Leave, Posting, VisitStanding, VisitTally
from app.rules.duty import Employment
from app.rules.visits import VisitKind
from app.visits.coverage_schemas import ShareOut
from app.visits.shares import shares
from app.visits.tallies import preview, recompute
from tests.city import City
from tests.days.facts import at
from tests.visits.on_record import (
    COMMUNITY,
    GRIDS,
    store_group,
    store_place,
    store_target,
    store_visit,
    whole_days,
)

MONDAY = date(2026, 3, 16)
LONG_AFTER = at("12:00", date(2026, 4, 10))
Charges = dict[UUID, tuple[int, int]]


def march(day: int) -> date:
    return date(2026, 3, day)


def charges(db: Session, kind: VisitKind, first: date) -> Charges:
    """Owed and paid in the first grid, by worker."""
    rows = db.scalars(
        select(VisitTally).where(
            VisitTally.kind == kind,
            VisitTally.first_day == first,
            VisitTally.grid_code == GRIDS[0],
        )
    )
    return {row.worker_id: (row.owed, row.paid) for row in rows}


@pytest.fixture
def staff(city: City) -> list[UUID]:
    """The workers of the three grids of a community."""
    return [city.workers[grid] for grid in GRIDS]


@pytest.fixture
def group(db: Session, staff: list[UUID]) -> UUID:
    """All three help each other."""
    return store_group(db, staff)


@pytest.fixture
def places(db: Session) -> list[UUID]:
    """Four places in the first grid, two in the second; each owes a visit a week."""
    made = [store_place(db, column) for column in (0.2, 0.4, 0.6, 0.8, 1.3, 1.6)]
    for place in made:
        store_target(db, place, VisitKind.RENTAL)
    return made


def test_org_5_the_absent_member_is_not_charged_and_the_group_shares(
    db: Session, staff: list[UUID], group: UUID, places: list[UUID]
) -> None:
    """Four visits: the second worker has two of the own already, the third has none."""
    absent, second, third = staff
    leave = whole_days(db, absent, march(16), march(22))
    recompute(db, COMMUNITY, LONG_AFTER)
    found = charges(db, VisitKind.RENTAL, MONDAY)
    assert found == {second: (1, 0), third: (3, 0)}
    row = db.get(VisitTally, (GRIDS[0], VisitKind.RENTAL, MONDAY, third))
    assert row is not None
    taken = {"from": str(absent), "leave": str(leave), "since": "2026-03-16", "by": str(third)}
    assert list(row.shared.values()) == [taken] * 3
    assert set(row.shared) == {str(target) for target in row.targets}
    listed = shares(db, db.get_one(AidGroup, group), march(18)).items
    assert {item.place_id for item in listed} == set(places[:4])
    assert {item.taken_over.by for item in listed} == {second, third}


def test_org_5_given_back_when_leave_ends(
    db: Session, staff: list[UUID], group: UUID, places: list[UUID]
) -> None:
    whole_days(db, staff[0], march(16), march(18))
    recompute(db, COMMUNITY, at("12:00", march(18)))
    assert staff[0] not in charges(db, VisitKind.RENTAL, MONDAY)
    recompute(db, COMMUNITY, at("12:00", march(19)))
    assert charges(db, VisitKind.RENTAL, MONDAY) == {staff[0]: (4, 0)}
    assert shares(db, db.get_one(AidGroup, group), march(19)).items == []


def test_org_5_whoever_makes_the_visit_has_the_credit_and_it_counts_for_the_grid(
    db: Session, staff: list[UUID], group: UUID, places: list[UUID]
) -> None:
    whole_days(db, staff[0], march(16), march(22))
    store_visit(db, staff[1], places[0], at("10:00", march(17)))
    recompute(db, COMMUNITY, LONG_AFTER)
    found = charges(db, VisitKind.RENTAL, MONDAY)
    assert sum(owed for owed, _ in found.values()) == 4
    assert found[staff[1]][1] == 1
    assert staff[0] not in found


def test_org_5_without_a_group_or_present_members_nobody_is_charged(
    db: Session, staff: list[UUID], places: list[UUID]
) -> None:
    whole_days(db, staff[0], march(16), march(22))
    recompute(db, COMMUNITY, LONG_AFTER)
    assert charges(db, VisitKind.RENTAL, MONDAY) == {NOBODY: (4, 0)}
    assert charges(db, VisitKind.RENTAL, march(23)) == {staff[0]: (4, 0)}


def test_org_4_a_part_time_worker_does_not_stand_in(
    db: Session, staff: list[UUID], group: UUID, places: list[UUID]
) -> None:
    db.execute(
        update(Posting)
        .where(Posting.worker_id == staff[2])
        .values(employment=Employment.RURAL_PART_TIME)
    )
    whole_days(db, staff[0], march(16), march(22))
    recompute(db, COMMUNITY, LONG_AFTER)
    assert charges(db, VisitKind.RENTAL, MONDAY) == {staff[1]: (4, 0)}


def test_org_5_nothing_is_shared_out_before_the_leave_was_decided(
    db: Session, staff: list[UUID], group: UUID
) -> None:
    """Leave of Monday that is approved on Wednesday excuses, but charges nobody for Monday."""
    place = store_place(db)
    store_target(db, place, VisitKind.PROPERTY_GUARD)
    leave = whole_days(db, staff[0], march(16), march(20))
    db.execute(update(Leave).where(Leave.id == leave).values(decided_at=at("10:00", march(18))))
    recompute(db, COMMUNITY, LONG_AFTER)
    found = {day: list(charges(db, VisitKind.PROPERTY_GUARD, march(day))) for day in range(16, 20)}
    first = min(staff[1:], key=str)
    assert found == {16: [NOBODY], 17: [NOBODY], 18: [first], 19: [first]}


def test_org_5_a_late_upload_does_not_change_what_was_shared_out(
    db: Session, staff: list[UUID], group: UUID, places: list[UUID]
) -> None:
    """On Tuesday a visit of Monday was not known: it was still somebody's until Thursday."""
    whole_days(db, staff[0], march(16), march(22))
    recompute(db, COMMUNITY, at("20:00", march(17)))
    held = {item.place_id: item.taken_over.by for item in _listed(db, group, march(17))}
    store_visit(db, staff[1], places[0], at("10:00", march(16)), received=at("09:00", march(19)))
    recompute(db, COMMUNITY, at("20:00", march(19)))
    again = {item.place_id: item.taken_over.by for item in _listed(db, group, march(17))}
    assert again == held
    assert places[0] not in {item.place_id for item in _listed(db, group, march(20))}


def _listed(db: Session, group: UUID, day: date) -> list[ShareOut]:
    return shares(db, db.get_one(AidGroup, group), day).items


def test_org_5_day_by_day_is_the_same_as_at_once_over_a_leave_across_quarters(
    db: Session, staff: list[UUID], group: UUID, places: list[UUID]
) -> None:
    """Two overlapping leaves, a member who leaves the group, and visits that come in between."""
    whole_days(db, staff[0], march(18), date(2026, 4, 9))
    whole_days(db, staff[1], march(25), march(27))
    member = select(AidMember).where(AidMember.worker_id == staff[2])
    left = date(2026, 4, 2)
    db.scalars(member).one().valid = Range(date(2026, 1, 1), left)
    for number in range(16, 31, 4):
        store_visit(db, staff[number % 3], places[number % 4], at("10:00", march(number)))
    end = date(2026, 4, 16)
    day = march(16)
    while day <= end:
        recompute(db, COMMUNITY, at("03:00", day))
        day += timedelta(days=1)
    stepwise = _all(db)
    for row in db.scalars(select(VisitTally)):
        db.delete(row)
    for standing in db.scalars(select(VisitStanding)):
        db.delete(standing)
    db.flush()
    recompute(db, COMMUNITY, at("03:00", end))
    assert _all(db) == stepwise
    assert {staff[1], staff[2]} <= {worker for *_, worker in stepwise}


def _all(db: Session) -> dict[tuple[object, ...], object]:
    return {
        (row.grid_code, row.kind, row.first_day, row.worker_id): (row.targets, row.shared)
        for row in db.scalars(select(VisitTally).where(VisitTally.last_day >= march(16)))
    }


def test_org_5_what_was_registered_later_was_not_shared_out_earlier(
    db: Session, staff: list[UUID], group: UUID
) -> None:
    whole_days(db, staff[0], march(16), march(22))
    place = store_place(db)
    store_target(db, place, VisitKind.RENTAL, march(1), registered=at("10:00", march(18)))
    assert _listed(db, group, march(17)) == []
    [share] = _listed(db, group, march(19))
    assert share.taken_over.since == march(18)


def test_org_5_who_holds_what_depends_on_the_whole_absence(
    db: Session, staff: list[UUID], group: UUID
) -> None:
    """In the first week the second worker had much to do, so the third took over the households of
    the old quarter; so the second took over the weekly visits; so the third those of the new."""
    absent, second, third = staff
    april, sunday = date(2026, 4, 1), date(2026, 4, 5)
    for _ in range(2):
        store_target(db, store_place(db), VisitKind.RESIDENT, last=march(31))
        store_target(db, store_place(db), VisitKind.RENTAL, march(30), sunday)
        store_target(db, store_place(db), VisitKind.RESIDENT, april)
    for _ in range(5):
        store_target(db, store_place(db, 1.5), VisitKind.RENTAL, last=march(29))
    whole_days(db, absent, march(24), date(2026, 4, 30))
    for day in (march(31), date(2026, 4, 10), date(2026, 4, 14)):
        recompute(db, COMMUNITY, at("12:00", day))
    assert charges(db, VisitKind.RENTAL, march(30)) == {second: (2, 0)}
    assert charges(db, VisitKind.RESIDENT, april) == {third: (2, 0)}


def test_a_date_to_come_is_previewed_as_it_will_be_shared(
    db: Session, staff: list[UUID], group: UUID, places: list[UUID]
) -> None:
    whole_days(db, staff[0], march(23), march(29))
    found = preview(db, COMMUNITY, march(24))
    by = [one.worker_id for one in found if one.kind is VisitKind.RENTAL]
    assert sorted(by) == sorted([staff[1]] * 3 + [staff[2]] * 3)
    assert db.scalars(select(VisitTally)).all() == []
