"""INF-1: likely duplicates are offered, with the reasons, and never merged by themselves."""

from collections.abc import Iterable
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import ParameterValue, Record, RecordPoint, RecordVersion
from app.kit.errors import BadCursor
from app.registry.duplicates import duplicates_of, worklist
from app.registry.merge_schemas import MergeIn, NotDuplicatesIn
from app.registry.merging import merge, not_duplicates
from app.rules.information import RecordKind
from tests.city import City
from tests.registry.registers import (
    COMMUNITY,
    ELSEWHERE,
    GRID,
    NEIGHBOUR,
    NOW,
    Registers,
    identity_number,
    person,
    point,
)

TODAY = NOW.date()


@pytest.fixture
def registers(db: Session, city: City) -> Registers:
    return Registers(db, city)


def reasons(registers: Registers, record: Record, unit: str = COMMUNITY) -> dict[UUID, list[str]]:
    found = duplicates_of(registers.db, record, unit, TODAY).items
    return {one.record.id: [reason.by.value for reason in one.reasons] for one in found}


def pairs(registers: Registers, unit: str = COMMUNITY) -> list[set[UUID]]:
    found = worklist(registers.db, unit, (None, 100), TODAY).items
    return [{one.one.id, one.other.id} for one in found]


def same_pairs(found: Iterable[set[UUID]], *expected: set[UUID]) -> bool:
    def ordered(sets: Iterable[set[UUID]]) -> list[list[UUID]]:
        return sorted(sorted(one) for one in sets)

    return ordered(found) == ordered(expected)


def test_inf_1_persons_by_identical_keys(registers: Registers) -> None:
    one = registers.person(1)
    number = registers.person(2, identity_number=identity_number(1))
    phone = registers.person(3, name="刘某1", phone=person(1)["phone"])
    address = registers.person(4, name="刘某1", address=person(1)["address"])
    everything = registers.person(1)
    registers.person(5, phone=person(1)["phone"])
    registers.person(6, name="刘某1")
    registers.person(7, address=person(1)["address"])
    assert reasons(registers, one) == {
        number.id: ["identity_number"],
        phone.id: ["name_and_phone"],
        address.id: ["name_and_address"],
        everything.id: ["identity_number", "name_and_phone", "name_and_address"],
    }
    assert reasons(registers, number) == {
        one.id: ["identity_number"],
        everything.id: ["identity_number"],
    }


def test_inf_1_persons_never_by_resemblance(registers: Registers) -> None:
    one = registers.person(1, point=point())
    registers.person(
        2, name="刘某1", address="河东新区雄州大道1号（东）", point=point(1), phone="13800000009"
    )
    assert reasons(registers, one) == {}
    assert pairs(registers) == []


def test_inf_1_places_by_address_or_near_and_alike(registers: Registers) -> None:
    one = registers.home(1, use="building")
    same = registers.home(1, use="building", point=point(200))
    near = registers.home(1, use="building", address="雄洲大道1号", point=point(29))
    registers.home(1, use="building", address="雄洲大道1号", point=point(31))
    registers.home(2, use="building", point=point(1))
    registers.home(3, address="雄州大道1号旁", use="shop", point=point(1))
    found = reasons(registers, one)
    assert found == {same.id: ["address"], near.id: ["near_and_alike"]}
    [said] = [
        shown.reasons[0]
        for shown in duplicates_of(registers.db, one, COMMUNITY, TODAY).items
        if shown.record.id == near.id
    ]
    assert said.distance_m == pytest.approx(29, abs=0.5)
    assert (said.rule, said.clause, said.address_likeness) == ("INF-1", "二2", 0.83)


def test_inf_1_the_radius_is_the_citys(registers: Registers) -> None:
    one = registers.home(1, use="building")
    near = registers.home(1, use="building", address="雄洲大道1号", point=point(45))
    assert reasons(registers, one) == {}
    registers.db.add(
        ParameterValue(
            name="duplicate_radius_m",
            value=50,
            effective_from=TODAY,
            decided_by=registers.admin().account_id,
            decided_at=NOW,
            reason="门牌稀疏",
        )
    )
    registers.db.flush()
    assert list(reasons(registers, one)) == [near.id]


def test_inf_1_organisations_things_and_matters(registers: Registers) -> None:
    shop = registers.shop(1, credit_code="91510185MA6CABCD1X")
    code = registers.shop(2, credit_code="91510185MA6CABCD1X")
    alike = registers.shop(1)
    assert reasons(registers, shop) == {
        code.id: ["credit_code"],
        alike.id: ["name_and_address"],
    }
    thing = {"category": "manhole", "place": "小区东门口", "condition": "good"}
    lid = registers.enter(RecordKind.THING, {**thing, "point": point(100)})
    lids = registers.enter(
        RecordKind.THING, {**thing, "place": "小区东门", "point": point(102), "number": "12"}
    )
    light = {**thing, "category": "street_light", "point": point(101)}
    registers.enter(RecordKind.THING, light)
    assert reasons(registers, lid) == {lids.id: ["near_and_alike"]}
    other = registers.enter(RecordKind.THING, {**thing, "number": "13", "point": point(101)})
    assert set(reasons(registers, lids)) == {lid.id}
    assert set(reasons(registers, other)) == {lid.id}
    dispute = {
        "category": "dispute",
        "happened_on": "2026-03-09",
        "address": "东溪路5号",
        "summary": "楼上漏水",
        "point": point(300),
    }
    matter = registers.enter(RecordKind.MATTER, dispute)
    again = registers.enter(RecordKind.MATTER, {**dispute, "summary": "又漏了"})
    registers.enter(RecordKind.MATTER, {**dispute, "happened_on": "2026-03-08"})
    assert reasons(registers, matter) == {again.id: ["near_and_alike"]}


def test_inf_1_what_has_ended_is_merged_or_beyond_is_not_offered(registers: Registers) -> None:
    one = registers.person(1)
    ended, erased, merged = (registers.person(1) for _ in range(3))
    ended.ended_on = TODAY
    erased.erased_at = NOW
    merged.merged_into = one.id
    registers.db.flush()
    there = registers.person(1, ELSEWHERE)
    assert reasons(registers, one) == {}
    assert reasons(registers, one, "510185001") == {
        there.id: ["identity_number", "name_and_phone", "name_and_address"]
    }
    assert pairs(registers) == []
    assert same_pairs(pairs(registers, "510185001"), {one.id, there.id})


def test_inf_1_the_worklist_holds_each_pair_once(registers: Registers) -> None:
    one, two = registers.person(1), registers.person(1, NEIGHBOUR)
    place, near = registers.home(1), registers.home(1, point=point(5))
    registers.shop(3)
    registers.person(9)
    assert same_pairs(pairs(registers), {one.id, two.id}, {place.id, near.id})
    assert same_pairs(pairs(registers, NEIGHBOUR), {one.id, two.id})
    assert same_pairs(pairs(registers, GRID), {one.id, two.id}, {place.id, near.id})


def test_inf_1_the_worklist_goes_on_after_the_last(registers: Registers) -> None:
    for serial in range(1, 6):
        registers.person(serial)
        registers.person(serial)
    found: list[set[UUID]] = []
    cursor: str | None = None
    while True:
        page = worklist(registers.db, COMMUNITY, (cursor, 2), TODAY)
        found += [{one.one.id, one.other.id} for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert same_pairs(found, *pairs(registers))
    assert len(found) == 5
    with pytest.raises(BadCursor):
        worklist(registers.db, COMMUNITY, ("WyJhIiwiYiJd", 2), TODAY)


def test_inf_1_two_found_to_be_two_are_not_offered_again(registers: Registers) -> None:
    one, other, third = (registers.person(1) for _ in range(3))
    body = NotDuplicatesIn(one=other.id, other=one.id, reason="父子同名")
    not_duplicates(registers.db, registers.admin(), body, NOW)
    assert set(reasons(registers, one)) == {third.id}
    assert set(reasons(registers, other)) == {third.id}
    assert same_pairs(pairs(registers), {one.id, third.id}, {other.id, third.id})


def test_inf_1_nothing_is_merged_by_itself(registers: Registers) -> None:
    one, other = registers.person(1), registers.person(1)
    pairs(registers)
    assert (one.merged_into, other.merged_into) == (None, None)
    merge(
        registers.db, registers.admin(), MergeIn(kept=one.id, merged=other.id, reason="重复"), NOW
    )
    assert pairs(registers) == []


def test_shown_masked(registers: Registers) -> None:
    one, _ = registers.person(1, special_group="released"), registers.person(1)
    said = person(1)
    for shown in (
        duplicates_of(registers.db, one, COMMUNITY, TODAY).model_dump_json(),
        worklist(registers.db, COMMUNITY, (None, 9), TODAY).model_dump_json(),
    ):
        for value in (said["name"], said["identity_number"], said["phone"], said["address"]):
            assert value not in shown
        assert "released" not in shown


def test_part_8_where_somebody_lives_is_nowhere_in_plain(registers: Registers) -> None:
    """So that homes alike in address are found by nearness of what is no home alone."""
    home = registers.home(1)
    shop = registers.home(2, use="shop")
    points = registers.db.scalars(select(RecordPoint.record_id)).all()
    assert points == [shop.id]
    contents = registers.db.scalars(
        select(RecordVersion.content).where(RecordVersion.record_id == home.id)
    ).all()
    assert contents
    assert not any("point" in content for content in contents)
