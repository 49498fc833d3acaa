"""Part 8: looked at for a purpose, exported, erased; what ended is erased after its term."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db.models import (
    Change,
    PhotoLink,
    Record,
    RecordConflict,
    RecordFocus,
    RecordKey,
    RecordPoint,
    RecordVersion,
    VisitPlace,
)
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.registry import entering, erasing, revealing
from app.registry.refusals import FieldUnknown, RecordErased, RecordMerged, StillNeeded
from app.registry.retention import erase_what_is_over
from app.registry.rights_schemas import (
    ErasureGround,
    ErasureIn,
    FileIn,
    Requester,
    RevealIn,
)
from app.registry.schemas import RecordEndIn
from app.rules.information import LookPurpose
from tests.attendance.facts import WEDNESDAY, acting, at
from tests.city import City
from tests.registry.collected import (
    ADDRESS,
    GRID,
    IDENTITY,
    NAME,
    NEIGHBOUR,
    PHONE,
    Desk,
    home,
    middle_of,
    person,
)

BY_PERSON = ErasureIn(ground=ErasureGround.PERSON_ASKED)
VISITING = RevealIn(fields=["name", "phone"], purpose=LookPurpose.VISIT)
PHOTO = "a" * 64


@pytest.fixture
def desk(db: Session, city: City) -> Desk:
    return Desk(db, city)


def end(desk: Desk, record: Record, ended_on: date = WEDNESDAY) -> None:
    body = RecordEndIn(ended_on=ended_on, reason=f"{NAME}搬离")
    noon = at("12:00", max(ended_on, WEDNESDAY))
    entering.end_record(desk.db, desk.administrator, record.id, body, noon)


def erase(desk: Desk, record: Record, when: datetime | None = None) -> None:
    now = when or at("13:00")
    erasing.erase_record(desk.db, desk.administrator, record.id, BY_PERSON, now)
    desk.db.flush()


def every_text(db: Session) -> str:
    """All that stands in any column of any table, as the database holds it."""
    db.flush()
    tables = db.scalars(
        text("select quote_ident(tablename) from pg_tables where schemaname = 'public'")
    )
    rows = [
        db.scalar(text(f"select coalesce(string_agg(t::text, ' '), '') from {table} t"))  # noqa: S608
        for table in tables
    ]
    return " ".join(rows)


def test_a_look_gives_the_values_and_leaves_a_trace_without_them(desk: Desk) -> None:
    record = desk.entered()
    found = revealing.reveal(desk.db, desk.administrator, record, VISITING)
    assert found.fields == {"name": NAME, "phone": PHONE}
    name, facts = desk.events(record)[-1]
    assert (name, facts["fields"], facts["purpose"]) == (
        "record.revealed",
        ["name", "phone"],
        "visit",
    )
    assert NAME not in str(facts)
    [look] = revealing.looks_at(desk.db, [record.id], None, 10).items
    assert (look.account_name, look.purpose) == ("information_administrator", LookPurpose.VISIT)


def test_only_a_look_shows_a_special_group(desk: Desk) -> None:
    record = desk.entered(fields=person(special_group="released"))
    body = RevealIn(fields=["special_group"], purpose=LookPurpose.CHECK)
    found = revealing.reveal(desk.db, desk.administrator, record, body)
    assert found.fields == {"special_group": "released"}


def test_an_earlier_version_can_be_looked_at(desk: Desk) -> None:
    record = desk.collect().record
    desk.collect(record.id, base=1, fields={"phone": "13900000001"})
    body = RevealIn(fields=["phone"], version=1, purpose=LookPurpose.VERIFICATION)
    assert revealing.reveal(desk.db, desk.administrator, record, body).fields == {"phone": PHONE}
    missing = RevealIn(version=9, purpose=LookPurpose.VISIT)
    with pytest.raises(NotFound):
        revealing.reveal(desk.db, desk.administrator, record, missing)
    unknown = RevealIn(fields=["religion"], purpose=LookPurpose.VISIT)
    with pytest.raises(FieldUnknown):
        revealing.reveal(desk.db, desk.administrator, record, unknown)


def test_workers_look_only_at_the_records_of_their_grids(desk: Desk) -> None:
    record = desk.entered()
    own = acting(desk.db, desk.city, GRID)
    assert revealing.own_record(desk.db, own, record.id, WEDNESDAY) is record
    neighbour = acting(desk.db, desk.city, NEIGHBOUR)
    with pytest.raises(NotFound):
        revealing.own_record(desk.db, neighbour, record.id, WEDNESDAY)


def test_the_file_has_every_version_and_every_look(desk: Desk) -> None:
    record = desk.entered(fields=person(special_group="released"))
    desk.collect(record.id, base=1, fields={"phone": "13900000001"}, reason="换号")
    revealing.reveal(desk.db, desk.administrator, record, VISITING)
    body = FileIn(requester=Requester.PERSON)
    filed = erasing.file_of(desk.db, desk.administrator, record.id, body, at("14:00"))
    assert [version.fields["phone"] for version in filed.versions] == [PHONE, "13900000001"]
    assert filed.versions[0].fields["special_group"] == "released"
    assert (filed.versions[1].reason, len(filed.looks)) == ("换号", 1)
    name, facts = desk.events(record)[-1]
    assert (name, facts["requester"], facts["versions"]) == ("record.exported", "person", 2)


def test_a_record_that_is_needed_is_not_erased(desk: Desk) -> None:
    record = desk.entered()
    with pytest.raises(StillNeeded) as refused:
        erase(desk, record)
    assert refused.value.facts == {"state": "entered", "entered": True, "ended_on": None}
    draft = desk.collect(record_id=uuid7(at("10:30")), submit=False).record
    erase(desk, draft)
    assert draft.erased_at == at("13:00")


def test_erasure_leaves_nothing_of_the_person_in_any_table(desk: Desk) -> None:
    fields = person(special_group="released", point=middle_of(), care="hardship")
    record = desk.entered(fields=fields, photos=[PHOTO])
    desk.collect(record.id, base=1, fields={"phone": "13900000001"}, reason=f"{NAME}换号")
    desk.collect(record.id, base=1, fields={"phone": "13900000002"})
    end(desk, record)
    erase(desk, record)
    for version in desk.versions(record):
        said = (version.content, version.sealed, version.special, version.reason, version.photos)
        assert said == ({}, None, None, None, [])
    for table in (RecordKey, RecordFocus, RecordPoint):
        assert desk.db.scalars(select(table)).all() == []
    assert desk.db.scalars(select(PhotoLink)).all() == []
    [conflict] = desk.db.scalars(select(RecordConflict)).all()
    assert conflict.sealed is None
    assert (record.return_reason, record.end_reason) == (None, None)
    place = desk.db.get(VisitPlace, record.id)
    assert place is not None
    assert place.erased_at is not None
    everything = every_text(desk.db)
    for word in (NAME, IDENTITY, PHONE, ADDRESS, "13900000001", "雄州", "欧***", "released"):
        assert word not in everything
    assert str(record.id) in everything


def test_what_is_erased_keeps_the_trace_that_it_was(desk: Desk) -> None:
    record = desk.entered()
    end(desk, record)
    erase(desk, record)
    assert (record.ended_on, record.entered_at) == (WEDNESDAY, at("10:00"))
    assert desk.says(record) == {}
    assert desk.events(record)[-1][0] == "record.erased"
    last = desk.db.scalars(
        select(Change).where(Change.kind == "record").order_by(Change.id.desc())
    ).first()
    assert last is not None
    assert (last.gone, last.body) == ("deleted", None)
    with pytest.raises(RecordErased):
        revealing.reveal(desk.db, desk.administrator, record, VISITING)
    with pytest.raises(RecordErased):
        erase(desk, record)
    with pytest.raises(RecordErased):
        desk.collect(record.id, base=1, fields={"care": "hardship"})


def test_the_database_refuses_any_other_change_of_a_version(desk: Desk) -> None:
    desk.entered()
    for change in ("sealed = 'x'", "number = 7", "content = '{\"a\": 1}'", "account_id = null"):
        with pytest.raises(Exception, match="append-only"), desk.db.begin_nested():
            desk.db.execute(text(f"update record_version set {change}"))  # noqa: S608


def test_who_lives_on_keeps_the_home(desk: Desk) -> None:
    house = desk.entered(kind="place", fields=home())
    first = desk.entered(fields=person(home=str(house.id)), record_id=uuid7(at("10:01")))
    end(desk, first)
    erase(desk, first)
    place = desk.db.get(VisitPlace, house.id)
    assert place is not None
    assert place.erased_at is None


def test_what_was_merged_into_it_is_erased_with_it(desk: Desk) -> None:
    merged = desk.entered()
    kept = desk.entered(record_id=uuid7(at("10:01")))
    merged.merged_into = kept.id
    desk.db.flush()
    with pytest.raises(RecordMerged):
        erase(desk, merged)
    end(desk, kept)
    erase(desk, kept)
    assert merged.erased_at == kept.erased_at
    assert {version.sealed is None for version in desk.db.scalars(select(RecordVersion))} == {True}


@pytest.mark.parametrize(("days", "erased"), [(364, 0), (365, 1)])
def test_part_8_an_ended_record_is_erased_after_its_term(
    desk: Desk, days: int, erased: int
) -> None:
    record = desk.entered()
    end(desk, record)
    kept = erase_what_is_over(desk.db, at("02:30", WEDNESDAY + timedelta(days=days)))
    assert kept.records == erased
    assert (record.erased_at is not None) is bool(erased)


@pytest.mark.parametrize(("days", "erased"), [(89, 0), (90, 1)])
def test_part_8_a_forgotten_draft_is_erased_after_its_term(
    desk: Desk, days: int, erased: int
) -> None:
    desk.collect(submit=False, when=at("23:30"))
    desk.collect(record_id=uuid7(at("10:01")))
    kept = erase_what_is_over(desk.db, at("02:30", WEDNESDAY + timedelta(days=days)))
    assert (kept.drafts, kept.records) == (erased, 0)


@pytest.mark.parametrize(
    "ending",
    [
        {"special_group": None},
        {"special_group_ended_on": "2026-03-18"},
    ],
)
@pytest.mark.parametrize(("days", "erased"), [(29, 0), (30, 1)])
def test_part_8_a_special_group_is_erased_when_its_ground_ended(
    desk: Desk, ending: dict[str, Any], days: int, erased: int
) -> None:
    record = desk.entered(fields=person(special_group="released"))
    desk.collect(record.id, base=1, fields=ending, when=at("11:00"))
    kept = erase_what_is_over(desk.db, at("02:30", WEDNESDAY + timedelta(days=days)))
    assert kept.special_groups == erased
    told = [version.special for version in desk.versions(record)]
    assert (told == [None, None]) is bool(erased)
    assert desk.says(record)["name"] == NAME
    assert "special" not in str(desk.events(record))
    again = erase_what_is_over(desk.db, at("02:30", WEDNESDAY + timedelta(days=days)))
    assert again.special_groups == 0


def test_part_8_a_special_group_ends_with_its_record(desk: Desk) -> None:
    record = desk.entered(fields=person(special_group="released"))
    end(desk, record)
    assert erase_what_is_over(desk.db, at("02:30", date(2026, 4, 16))).special_groups == 0
    assert erase_what_is_over(desk.db, at("02:30", date(2026, 4, 17))).special_groups == 1
    assert desk.versions(record)[0].special is None


def test_a_special_group_that_lasts_is_kept(desk: Desk) -> None:
    desk.entered(fields=person(special_group="released"))
    kept = erase_what_is_over(desk.db, at("02:30", date(2030, 3, 18)))
    assert kept.special_groups == 0


def test_nobody_elses_record_is_touched(desk: Desk) -> None:
    record = desk.entered()
    other = desk.entered(record_id=UUID("0199d2f0-3c00-7a01-8b02-0000000000a1"))
    end(desk, record)
    erase(desk, record)
    assert desk.says(other) == person()
