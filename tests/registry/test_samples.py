"""INF-3: draws that repeat, and checks that are blind (四(二)5)."""

import zlib
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Record, Sample, SampleItem
from app.kit.errors import Forbidden, NotFound
from app.people.principal import Principal
from app.registry.accuracy import AccuracyBy, accuracy
from app.registry.entering import end_record
from app.registry.merge_schemas import MergeIn
from app.registry.merging import merge
from app.registry.revealing import reveal
from app.registry.rights_schemas import RevealIn
from app.registry.sample_checks import asked_fields, check_item, compare, items_of
from app.registry.sample_refusals import (
    AlreadyChecked,
    CheckerIsAuthor,
    FoundIncomplete,
    FoundUnacceptable,
    ItemErased,
    NotBlind,
    NothingToDraw,
)
from app.registry.sample_schemas import SampleCheckIn, SampleIn
from app.registry.samples import (
    draw_sample,
    population_file,
    proof_of,
    sample_of,
    sample_out,
)
from app.registry.schemas import RecordEndIn
from app.rules.information import CheckResult, LookPurpose, RecordKind
from tests.attendance.facts import acting
from tests.city import City
from tests.registry.registers import (
    COMMUNITY,
    ELSEWHERE,
    FAR,
    GRID,
    NEIGHBOUR,
    NOW,
    Registers,
    keys,
    person,
)


@pytest.fixture
def registers(db: Session, city: City) -> Registers:
    return Registers(db, city)


@pytest.fixture
def township(db: Session, city: City) -> Principal:
    return acting(db, city, "township")


@pytest.fixture
def lead(db: Session, city: City) -> Principal:
    return acting(db, city, "station_lead")


def drawn(
    registers: Registers,
    asker: Principal,
    size: int = 500,
    unit: str = COMMUNITY,
    kind: RecordKind | None = None,
) -> Sample:
    return draw_sample(registers.db, asker, SampleIn(unit=unit, kind=kind, size=size), NOW)


def items(registers: Registers, sample: Sample) -> list[SampleItem]:
    query = select(SampleItem).where(SampleItem.sample_id == sample.id).order_by(SampleItem.place)
    return list(registers.db.scalars(query))


FOUND = {"name": "刘某1", "residence": "permanent"}


def check(
    registers: Registers, asker: Principal, sample: Sample, place: int = 1, **said: Any
) -> CheckResult:
    body = SampleCheckIn(**(said or {"found": FOUND}))
    return check_item(registers.db, asker, sample, place, body, NOW).result


def test_inf_3_the_population_is_what_is_entered_in_the_unit(
    registers: Registers, township: Principal
) -> None:
    mine = [registers.person(1), registers.person(2, NEIGHBOUR), registers.home(3)]
    other = registers.person(4, ELSEWHERE)
    registers.person(5, FAR)
    submitted = registers.person(6)
    submitted.entered_version = None
    ended = registers.person(7)
    ending = RecordEndIn(ended_on=NOW.date(), reason="搬走")
    end_record(registers.db, registers.admin(), ended.id, ending, NOW)
    erased = registers.person(8)
    erased.erased_at = NOW
    gone = registers.person(9)
    gone.merged_into = mine[0].id
    registers.db.flush()

    def population(unit: str, kind: RecordKind | None = None) -> list[UUID]:
        sample = drawn(registers, township, unit=unit, kind=kind)
        return sorted(item.record_id for item in items(registers, sample))

    assert population(COMMUNITY) == keys(mine)
    assert population(COMMUNITY, RecordKind.PLACE) == [mine[2].id]
    assert population(NEIGHBOUR) == [mine[1].id]
    assert population("510185001") == keys([*mine, other])


def test_inf_3_the_draw_repeats_from_what_is_published(
    registers: Registers, township: Principal
) -> None:
    for serial in range(1, 31):
        registers.person(serial)
    sample = drawn(registers, township, size=10)
    file = population_file(sample)
    assert sha256(file).hexdigest() == sample.population_digest
    lots = {
        line.split(",")[0]: sha256(f"{sample.seed}:{line.split(',')[0]}".encode()).hexdigest()
        for line in file.decode().splitlines()
    }
    by_hand = sorted(lots, key=lots.__getitem__)[:10]
    assert [str(item.record_id) for item in items(registers, sample)] == by_hand
    proof = proof_of(registers.db, sample)
    assert (proof.repeats, proof.digest_matches, proof.population) == (True, True, 30)
    assert [str(key) for key in proof.drawn] == by_hand
    registers.person(31)
    assert proof_of(registers.db, sample).repeats is True


def test_inf_3_a_draw_that_was_tampered_with_does_not_repeat(
    registers: Registers, township: Principal
) -> None:
    for serial in range(1, 6):
        registers.person(serial)
    sample = drawn(registers, township, size=2)
    chosen = items(registers, sample)
    others = set(registers.db.scalars(select(Record.id))) - {one.record_id for one in chosen}
    was = chosen[0].record_id
    chosen[0].record_id = others.pop()
    registers.db.flush()
    assert proof_of(registers.db, sample).repeats is False
    chosen[0].record_id = was
    registers.db.flush()
    assert proof_of(registers.db, sample).repeats is True
    lines = population_file(sample).decode().splitlines(keepends=True)
    sample.population_file = zlib.compress("".join(lines[1:]).encode())
    registers.db.flush()
    proof = proof_of(registers.db, sample)
    assert (proof.digest_matches, proof.repeats) == (False, False)


def test_inf_3_seeds_differ_from_draw_to_draw(registers: Registers, township: Principal) -> None:
    registers.person(1)
    seeds = {drawn(registers, township).seed for _ in range(5)}
    assert len(seeds) == 5


def test_nothing_to_draw_and_units_beyond(
    registers: Registers, township: Principal, lead: Principal
) -> None:
    with pytest.raises(NothingToDraw):
        drawn(registers, township)
    with pytest.raises(Forbidden):
        drawn(registers, township, unit="510185002001")
    with pytest.raises(NotFound):
        drawn(registers, township, unit="510185001999")
    registers.person(1)
    sample = drawn(registers, township, unit="510185001")
    with pytest.raises(NotFound):
        sample_of(registers.db, lead, sample.id)


def test_inf_3_items_say_where_and_never_what(registers: Registers, lead: Principal) -> None:
    said = person(1, care="hardship", birth_date="1990-01-01", special_group="released")
    record = registers.enter(RecordKind.PERSON, said)
    sample = drawn(registers, registers.admin())
    [item] = items_of(registers.db, lead, sample, (None, 100)).items
    assert item.where is not None
    assert (item.where.address, item.where.name_begins) == (said["address"], "刘***")
    shown = item.model_dump_json()
    for name in ("name", "identity_number", "phone", "birth_date"):
        assert said[name] not in shown, name
    assert str(record.id) not in shown
    assert {field.name for field in item.asked} == {
        "name", "identity_number", "birth_date", "phone", "residence", "care",
    }  # fmt: skip
    [(key, facts)] = registers.facts("record.revealed")
    assert (key, facts["purpose"], facts["fields"]) == (str(record.id), "check", ["address"])


def test_inf_3_what_leads_there_is_not_asked_of_any_kind() -> None:
    for kind in RecordKind:
        names = {field.name for field in asked_fields(kind)}
        assert names
        assert not names & {"address", "point", "place", "home", "special_group", "summary"}


def test_inf_3_correct_as_far_as_signs_and_blanks_go(registers: Registers, lead: Principal) -> None:
    registers.person(1)
    sample = drawn(registers, registers.admin())
    found = {"name": " 刘 某１ ", "residence": "permanent", "phone": "138-0000-0001"}
    body = SampleCheckIn(found=found)
    checked = check_item(registers.db, lead, sample, 1, body, NOW)
    assert (checked.result, checked.wrong_fields) == (CheckResult.CORRECT, [])
    assert [field.field for field in checked.fields] == ["name", "phone", "residence"]
    [item] = items(registers, sample)
    assert item.found["found"]["phone"] == "13800000001"
    assert item.checked_by == lead.account_id


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"name": "刘某2"}, ["name"]),
        ({"phone": "13900000001", "residence": "floating"}, ["phone", "residence"]),
        ({"phone": None}, ["phone"]),
        ({"care": None}, []),
        ({"care": "hardship"}, ["care"]),
    ],
)
def test_inf_3_wrong_names_the_fields(
    registers: Registers, lead: Principal, change: dict[str, Any], wrong: list[str]
) -> None:
    registers.person(1)
    sample = drawn(registers, registers.admin())
    body = SampleCheckIn(found=FOUND | change)
    checked = check_item(registers.db, lead, sample, 1, body, NOW)
    assert checked.wrong_fields == wrong
    assert checked.result is (CheckResult.WRONG if wrong else CheckResult.CORRECT)
    recorded = {field.field: field.recorded for field in checked.fields}
    assert recorded["name"] == "刘某1"


def test_inf_3_the_version_drawn_is_what_is_compared(registers: Registers, lead: Principal) -> None:
    record = registers.person(1)
    sample = drawn(registers, registers.admin())
    registers.correct(record, name="另一人")
    assert check(registers, lead, sample) is CheckResult.CORRECT


def test_inf_3_checked_once(registers: Registers, lead: Principal) -> None:
    registers.person(1)
    sample = drawn(registers, registers.admin())
    assert check(registers, lead, sample, not_found=True, note="无此户") is CheckResult.NOT_FOUND
    with pytest.raises(AlreadyChecked):
        check(registers, lead, sample)
    with pytest.raises(NotFound):
        check(registers, lead, sample, 2)
    [item] = items_of(registers.db, lead, sample, (None, 100)).items
    assert (item.result, item.where) == (CheckResult.NOT_FOUND, None)


def test_inf_3_no_one_checks_an_own_record(
    registers: Registers, lead: Principal, db: Session, city: City
) -> None:
    record = registers.person(1)
    sample = drawn(registers, registers.admin())
    with pytest.raises(CheckerIsAuthor):
        check(registers, registers.admin(), sample)
    worker = acting(db, city, GRID)
    with pytest.raises(CheckerIsAuthor):
        check(registers, worker, sample)
    record.worker_id = None
    with pytest.raises(CheckerIsAuthor):
        check(registers, worker, sample)
    assert check(registers, acting(db, city, NEIGHBOUR), sample) is CheckResult.CORRECT


def test_inf_3_who_looked_cannot_check(
    registers: Registers, lead: Principal, township: Principal
) -> None:
    record = registers.person(1)
    sample = drawn(registers, registers.admin())
    items_of(registers.db, lead, sample, (None, 100))
    reveal(registers.db, lead, record, RevealIn(fields=["name"], purpose=LookPurpose.VISIT))
    with pytest.raises(NotBlind):
        check(registers, lead, sample)
    assert check(registers, township, sample) is CheckResult.CORRECT


def test_inf_3_what_is_gone_drops_out(registers: Registers, lead: Principal) -> None:
    kept, other = registers.person(1), registers.person(2)
    sample = drawn(registers, registers.admin())
    body = MergeIn(kept=kept.id, merged=other.id, reason="重复")
    merge(registers.db, registers.admin(), body, NOW)
    [gone] = [item for item in items(registers, sample) if item.record_id == other.id]
    with pytest.raises(ItemErased):
        check(registers, lead, sample, gone.place)
    shown = items_of(registers.db, lead, sample, (None, 100)).items
    assert [item.gone for item in shown] == [item.place == gone.place for item in shown]
    assert (shown[gone.place - 1].where, shown[gone.place - 1].result) == (None, None)
    out = sample_out(registers.db, sample)
    assert (out.drawn, out.gone, out.open) == (2, 1, 1)


@pytest.mark.parametrize(
    ("found", "refusal"),
    [
        ({"name": "刘某1"}, FoundIncomplete),
        ({}, FoundIncomplete),
        (FOUND | {"address": "雄州大道1号"}, FoundUnacceptable),
        (FOUND | {"special_group": "released"}, FoundUnacceptable),
        (FOUND | {"belief": "none"}, FoundUnacceptable),
        (FOUND | {"identity_number": "510185199001010011"}, FoundUnacceptable),
        (FOUND | {"residence": "elsewhere"}, FoundUnacceptable),
        (FOUND | {"phone": True}, FoundUnacceptable),
    ],
)
def test_inf_3_what_was_found_is_whole_and_of_the_form(
    registers: Registers,
    lead: Principal,
    found: dict[str, Any],
    refusal: type[FoundIncomplete] | type[FoundUnacceptable],
) -> None:
    registers.person(1)
    sample = drawn(registers, registers.admin())
    with pytest.raises(refusal):
        check(registers, lead, sample, found=found)
    assert items(registers, sample)[0].result is None


def test_inf_3_accuracy_of_the_checks_of_a_span(registers: Registers, lead: Principal) -> None:
    for serial, grid in enumerate([GRID, GRID, NEIGHBOUR, NEIGHBOUR], start=1):
        registers.person(serial, grid, name="刘某1")
    registers.shop(5)
    sample = drawn(registers, registers.admin())
    places = {item.record_id: item.place for item in items(registers, sample)}
    of = {record.id: record for record in registers.db.scalars(select(Record))}
    wrong_one = next(key for key in sorted(places) if of[key].grid_code == NEIGHBOUR)
    for key, place in places.items():
        if of[key].kind is RecordKind.ORGANISATION:
            check(registers, lead, sample, place, not_found=True, note="查无")
        else:
            name = "错名" if key == wrong_one else "刘某1"
            check(registers, lead, sample, place, found=FOUND | {"name": name})
    day = NOW.date()

    def rows(by: AccuracyBy, last: int = 0) -> list[tuple[str | None, str | None, int, int, str]]:
        found = accuracy(registers.db, COMMUNITY, (day, day + timedelta(days=last)), by).items
        return [(one.unit_code, one.kind, one.correct, one.checked, one.verdict) for one in found]

    assert rows(AccuracyBy.UNIT) == [(COMMUNITY, None, 3, 5, "below")]
    assert rows(AccuracyBy.COMMUNITY) == [(COMMUNITY, None, 3, 5, "below")]
    assert rows(AccuracyBy.GRID) == [(GRID, None, 2, 3, "below"), (NEIGHBOUR, None, 1, 2, "below")]
    assert rows(AccuracyBy.KIND) == [
        (COMMUNITY, "organisation", 0, 1, "below"),
        (COMMUNITY, "person", 3, 4, "below"),
    ]
    [whole] = accuracy(registers.db, COMMUNITY, (day, day), AccuracyBy.UNIT).items
    assert (whole.accuracy, whole.wrong, whole.not_found) == (0.6, 1, 1)
    assert (round(whole.low, 3), round(whole.high, 3)) == (0.231, 0.882)
    before = (day - timedelta(days=9), day - timedelta(days=1))
    [empty] = accuracy(registers.db, COMMUNITY, before, AccuracyBy.UNIT).items
    assert (empty.verdict, empty.enough, empty.accuracy) == ("nothing", False, None)
    assert accuracy(registers.db, COMMUNITY, before, AccuracyBy.GRID).items == []
    assert accuracy(registers.db, ELSEWHERE, (day, day), AccuracyBy.KIND).items == []


def test_nothing_personal_is_told(registers: Registers, lead: Principal) -> None:
    said = person(1)
    registers.enter(RecordKind.PERSON, said)
    sample = drawn(registers, registers.admin())
    items_of(registers.db, lead, sample, (None, 100))
    check(registers, lead, sample, found=FOUND | {"phone": "13912345678"}, note="见到本人")
    told = registers.everything_told()
    for value in (said["name"], said["identity_number"], said["phone"], said["address"]):
        assert value not in told
    assert "13912345678" not in told
    assert "见到本人" not in told
    [(_, facts)] = registers.facts("sample.checked")
    assert facts["wrong_fields"] == ["phone"]


def test_inf_3_only_what_was_said_is_compared() -> None:
    assert compare(RecordKind.PERSON, {"name": "甲", "phone": "1"}, {"name": "甲"})[0].same
    [one] = compare(RecordKind.PERSON, {}, {"care": None})
    assert one.same
