"""INF-1: collected at the door, by handsets that do not know of each other."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db.models import Change, RecordConflict, RecordFocus, RecordKey
from app.kit.ids import uuid7
from app.people.capture import NotYet
from app.registry import entering
from app.registry.forms import key_text
from app.registry.refusals import (
    FieldsRefused,
    FormUnknown,
    NothingSaid,
    OtherKind,
    RecordEnded,
    UnknownBase,
)
from app.registry.schemas import RecordEndIn
from app.registry.versions import content_of, sent_in
from app.rules.information import RecordSource, RecordState
from tests.attendance.facts import WEDNESDAY, at
from tests.city import City
from tests.registry.collected import (
    ADDRESS,
    ELSEWHERE,
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


@pytest.fixture
def desk(db: Session, city: City) -> Desk:
    return Desk(db, city)


def problems(refused: FieldsRefused) -> list[dict[str, str]]:
    """What is wrong with which fields."""
    found: Any = refused.facts["problems"]
    return list(found)


def test_inf_1_the_first_collection_makes_the_record(desk: Desk) -> None:
    collected = desk.collect()
    record = collected.record
    assert (collected.status, collected.version, record.version) == ("created", 1, 1)
    assert (record.state, record.grid_code) == (RecordState.SUBMITTED, GRID)
    assert record.collected_at == at("10:00")
    assert desk.says(record) == person()
    assert desk.events(record)[0][0] == "record.collected"


@pytest.mark.parametrize(
    ("fields", "position", "grid"),
    [
        ({"point": middle_of(1)}, None, NEIGHBOUR),
        ({}, middle_of(1), NEIGHBOUR),
        ({"point": middle_of(0)}, middle_of(1), GRID),
        ({}, None, GRID),
        ({"point": {"lon": 100, "lat": 30}}, None, GRID),
    ],
)
def test_org_2_a_new_record_lies_in_a_grid_of_the_worker(
    desk: Desk, fields: dict[str, Any], position: dict[str, float] | None, grid: str
) -> None:
    desk.db.execute(
        text("update assignment set worker_id = :worker where grid_code = :grid"),
        {"worker": desk.city.workers[GRID], "grid": NEIGHBOUR},
    )
    collected = desk.collect(fields=person(**fields), position=position)
    assert collected.record.grid_code == grid


def test_part_8_the_table_cannot_be_read_without_the_key(desk: Desk) -> None:
    fields = person(special_group="mental_illness", residence="floating", point=middle_of())
    record = desk.collect(fields=fields, reason=f"{NAME}本人要求").record
    row = desk.db.execute(
        text("select r::text || v::text from record r join record_version v on v.record_id = r.id")
    ).scalar_one()
    for plain in (NAME, IDENTITY, PHONE, "雄州", "mental", "floating", "104.549"):
        assert plain not in row
    assert desk.says(record)["special_group"] == "mental_illness"
    keys = desk.db.execute(text("select string_agg(k::text, '') from record_key k")).scalar_one()
    assert IDENTITY not in keys


def test_a_record_is_found_by_its_keys_of_the_latest_version_only(desk: Desk) -> None:
    record = desk.collect().record
    desk.collect(record.id, base=1, fields={"phone": "13900000009"})
    found = {
        phone: desk.db.scalars(
            select(RecordKey.record_id).where(RecordKey.digest == key_text("phone", phone))
        ).all()
        for phone in (PHONE, "13900000009")
    }
    assert found == {PHONE: [], "13900000009": [record.id]}


def test_inf_1_two_handsets_change_different_fields(desk: Desk) -> None:
    record = desk.collect().record
    first = desk.collect(record.id, base=1, fields={"phone": "13900000001"})
    second = desk.collect(record.id, base=1, fields={"care": "hardship"}, when=at("10:05"))
    assert (first.status, second.status) == ("created", "merged")
    assert desk.says(record) == person(phone="13900000001", care="hardship")
    assert [version.base for version in desk.versions(record)] == [None, 1, 1]


def test_inf_1_two_handsets_change_one_field_differently_and_nothing_is_lost(desk: Desk) -> None:
    record = desk.collect().record
    desk.collect(record.id, base=1, fields={"phone": "13900000001"})
    late = desk.collect(record.id, base=1, fields={"phone": "13900000002", "care": "hardship"})
    assert (late.status, late.conflicts) == ("conflict", ["phone"])
    assert desk.says(record) == person(phone="13900000001", care="hardship")
    proposal = desk.versions(record)[late.version - 1]
    assert content_of(proposal) == person(phone="13900000002", care="hardship")
    conflict = desk.db.scalars(select(RecordConflict)).one()
    assert conflict.sealed == {
        "field": "phone",
        "base": PHONE,
        "standing": "13900000001",
        "proposed": "13900000002",
    }
    assert (conflict.field, conflict.proposed_version) == ("phone", late.version)
    sources = [version.source for version in desk.versions(record)]
    assert sources[-1] is RecordSource.MERGE


def test_inf_1_the_same_change_by_two_handsets_is_no_conflict(desk: Desk) -> None:
    record = desk.collect().record
    desk.collect(record.id, base=1, fields={"phone": "13900000001"})
    again = desk.collect(record.id, base=1, fields={"phone": "13900000001"})
    assert again.status == "merged"
    assert len(desk.versions(record)) == 3
    assert desk.db.scalars(select(RecordConflict)).all() == []


def test_inf_1_an_edit_of_ones_own_unanswered_edit(desk: Desk) -> None:
    record = desk.collect().record
    mine, second = uuid7(at("10:01")), uuid7(at("10:02"))
    desk.collect(record.id, base=1, fields={"care": "hardship"}, who=GRID)
    whole = person(phone="13900000001")
    desk.collect(record.id, base=1, item=mine, fields=whole)
    collected = desk.collect(
        record.id, base_item=str(mine), item=second, fields=whole | {"phone": "13900000003"}
    )
    assert collected.status == "merged"
    assert desk.says(record) == person(phone="13900000003", care="hardship")


def test_an_edit_waits_for_the_edit_that_it_goes_on_from(desk: Desk) -> None:
    missing = uuid7(at("09:00"))
    record = desk.collect().record
    with pytest.raises(NotYet) as waiting:
        desk.collect(record.id, base_item=str(missing), fields={"care": "hardship"})
    assert waiting.value.facts == {"waits_for": missing}
    with pytest.raises(NotYet):
        desk.collect(base_item=str(missing))


def test_a_person_waits_for_the_home(desk: Desk) -> None:
    key = uuid7(at("09:00"))
    with pytest.raises(NotYet) as waiting:
        desk.collect(fields=person(home=str(key)))
    assert waiting.value.facts == {"waits_for": key}
    desk.collect(key, kind="place", fields=home())
    assert desk.collect(fields=person(home=str(key))).status == "created"


def test_inf_1_an_older_form_is_kept_as_it_came_and_understood(desk: Desk) -> None:
    said = {"name": NAME, "tel": PHONE, "address": ADDRESS, "residence": "temporary"}
    record = desk.collect(form_version=1, fields=said).record
    [version] = desk.versions(record)
    assert (version.form_version, sent_in(version)) == (1, said)
    assert desk.says(record) == {
        "name": NAME,
        "phone": PHONE,
        "address": ADDRESS,
        "residence": "floating",
    }
    changed = desk.collect(record.id, form_version=1, base=1, fields={"tel": "13900000001"})
    assert changed.status == "created"
    assert desk.says(record)["phone"] == "13900000001"


def test_inf_1_a_draft_may_be_incomplete_a_submission_not(desk: Desk) -> None:
    draft = desk.collect(submit=False, fields={"name": NAME})
    assert draft.record.state is RecordState.DRAFT
    with pytest.raises(FieldsRefused) as refused:
        desk.collect(draft.record.id, base=1, fields={})
    assert [(found["field"], found["code"]) for found in problems(refused.value)] == [
        ("address", "missing"),
        ("residence", "missing"),
    ]
    full = desk.collect(draft.record.id, base=1, fields=person())
    assert full.record.state is RecordState.SUBMITTED
    assert full.record.submitted_at == at("10:00")


def test_inf_1_a_change_of_what_is_entered_is_submitted_while_that_stands(desk: Desk) -> None:
    record = desk.entered()
    desk.collect(record.id, base=1, fields={"phone": "13900000001"}, when=at("11:00"))
    assert (record.state, record.version, record.entered_version) == (RecordState.SUBMITTED, 2, 1)
    assert record.entered_at == at("10:00")


def test_org_2_a_worker_of_another_grid_proposes(desk: Desk) -> None:
    record = desk.entered()
    other = desk.collect(
        record.id, who=NEIGHBOUR, base=1, fields={"phone": "13900000001"}, when=at("11:00")
    )
    assert (other.status, record.state, record.version) == ("out_of_scope", RecordState.ENTERED, 1)
    [conflict] = desk.db.scalars(select(RecordConflict)).all()
    assert (conflict.field, conflict.sealed["proposed"]) == ("phone", "13900000001")
    assert conflict.community_code == "510185001001"
    from_elsewhere = desk.collect(
        record.id, who=ELSEWHERE, base=1, fields={"care": "hardship"}, when=at("11:00")
    )
    assert from_elsewhere.status == "out_of_scope"
    assert desk.says(record) == person()


def test_a_moved_point_moves_the_record_to_the_grid_that_holds_it(desk: Desk) -> None:
    record = desk.collect(kind="place", fields=home()).record
    desk.collect(record.id, kind="place", base=1, fields={"point": middle_of(1)})
    assert record.grid_code == NEIGHBOUR
    told = desk.db.scalars(select(Change).where(Change.kind == "record").order_by(Change.id)).all()
    assert told[-1].worker_id in {desk.city.workers[GRID], desk.city.workers[NEIGHBOUR]}
    assert {change.worker_id for change in told[1:]} == {
        desk.city.workers[GRID],
        desk.city.workers[NEIGHBOUR],
    }


def test_handsets_are_told_masked(desk: Desk) -> None:
    desk.collect(fields=person(special_group="released"))
    change = desk.db.scalars(select(Change).where(Change.kind == "record")).one()
    assert change.worker_id == desk.city.workers[GRID]
    assert change.body is not None
    assert change.body["fields"]["name"] == "欧***"
    assert "special_group" not in change.body["fields"]
    assert NAME not in str(change.body)


def test_refusals(desk: Desk) -> None:
    record = desk.entered()
    with pytest.raises(FormUnknown):
        desk.collect(form_version=3)
    with pytest.raises(OtherKind):
        desk.collect(record.id, kind="place", base=1, fields=home())
    with pytest.raises(UnknownBase):
        desk.collect(record.id, base=7, fields={"care": "hardship"})
    with pytest.raises(UnknownBase):
        desk.collect(base=1)
    with pytest.raises(NothingSaid):
        desk.collect(record.id, base=1, fields={"phone": PHONE}, submit=False)
    with pytest.raises(FieldsRefused) as refused:
        desk.collect(fields=person(religion="x", phone="no"))
    assert {found["code"] for found in problems(refused.value)} == {"unknown_field", "bad_format"}
    end = RecordEndIn(ended_on=WEDNESDAY, reason="搬离")
    entering.end_record(desk.db, desk.administrator, record.id, end, at("12:00"))
    with pytest.raises(RecordEnded):
        desk.collect(record.id, base=1, fields={"care": "hardship"})


def test_what_names_another_records_edit_is_refused(desk: Desk) -> None:
    item = uuid7(at("10:00"))
    desk.collect(item=item)
    other = desk.collect(record_id=uuid7(at("10:01"))).record
    with pytest.raises(UnknownBase):
        desk.collect(other.id, base_item=str(item), fields={"care": "hardship"})


def test_an_edit_of_what_was_merged_goes_to_what_was_kept(desk: Desk) -> None:
    merged = desk.collect(record_id=uuid7(at("10:00"))).record
    kept = desk.collect(record_id=uuid7(at("10:01"))).record
    merged.merged_into = kept.id
    desk.db.flush()
    collected = desk.collect(merged.id, base=1, fields={"phone": "13900000001"})
    assert (collected.record.id, collected.status) == (kept.id, "created")
    assert desk.says(kept)["phone"] == "13900000001"
    clashing = desk.collect(merged.id, base=1, fields={"phone": "13900000002"})
    assert (clashing.status, clashing.conflicts) == ("conflict", ["phone"])


def test_inf_4_focus_is_kept_by_digest(desk: Desk) -> None:
    record = desk.collect(fields=person(residence="floating", special_group="released")).record
    assert len(desk.db.scalars(select(RecordFocus)).all()) == 2
    desk.collect(record.id, base=1, fields={"special_group": None, "residence": "permanent"})
    marks = desk.db.scalars(
        select(RecordFocus).where(RecordFocus.digest == "former special_group")
    ).all()
    assert len(marks) == len(desk.db.scalars(select(RecordFocus)).all()) == 1


def test_late_arrivals_are_of_the_grid_that_was_held_when_they_were_captured(desk: Desk) -> None:
    record = desk.entered()
    desk.db.execute(text("update assignment set valid = daterange('2026-01-01', '2026-03-19')"))
    in_time = desk.collect(record.id, base=1, fields={"care": "hardship"}, when=at("23:00"))
    too_late = desk.collect(
        record.id,
        base=1,
        fields={"phone": "13900000001"},
        when=at("00:30", WEDNESDAY + timedelta(days=1)),
    )
    assert (in_time.status, too_late.status) == ("created", "out_of_scope")


def test_unknown_records_of_a_random_key(desk: Desk) -> None:
    with pytest.raises(ValueError, match="UUIDv7"):
        desk.collect(record_id=uuid4())
