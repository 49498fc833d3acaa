"""INF-1: two records that are one, merged by a person and taken apart again (二2)."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.db.models import (
    Change,
    NotDuplicate,
    Record,
    RecordConflict,
    RecordFocus,
    RecordKey,
    RecordPoint,
    RecordVersion,
    Visit,
    VisitTarget,
)
from app.kit.errors import NotFound, Refusal
from app.kit.ids import uuid7
from app.registry.entering import end_record
from app.registry.erasing import erase
from app.registry.merge_refusals import MergedOn, MergeUndone, SameRecord
from app.registry.merge_schemas import (
    MergedOut,
    MergeIn,
    NotDuplicatesIn,
    UndoIn,
    UnmergedOut,
)
from app.registry.merging import merge, merges_under, not_duplicates, undo
from app.registry.refusals import (
    ActNotNow,
    ConflictsOpen,
    FieldsRefused,
    FieldUnknown,
    OtherKind,
    RecordEnded,
    RecordErased,
    RecordMerged,
)
from app.registry.rights_schemas import ErasureGround
from app.registry.schemas import RecordEndIn
from app.registry.versions import Edit, add_version, entered, office_of, standing
from app.rules.information import RecordSource, RecordState
from app.rules.visits import VisitKind
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
"""A Wednesday."""
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def registers(db: Session, city: City) -> Registers:
    return Registers(db, city)


def merged(registers: Registers, kept: Record, other: Record, **fields: str) -> MergedOut:
    body = MergeIn(kept=kept.id, merged=other.id, reason="刘某1重复登记", fields=fields)
    done = merge(registers.db, registers.admin(), body, NOW)
    registers.db.flush()
    return done


def undone(registers: Registers, key: UUID, at: datetime = LATER) -> UnmergedOut:
    found = undo(registers.db, registers.admin(), key, UndoIn(reason="刘某2是另一人"), at)
    registers.db.flush()
    return found


def indexes(registers: Registers, record: Record) -> tuple[list[Any], list[Any], list[Any]]:
    """All that a record is found by."""
    registers.db.flush()
    keys = select(RecordKey.field, RecordKey.digest).where(RecordKey.record_id == record.id)
    focus = select(RecordFocus.digest).where(RecordFocus.record_id == record.id)
    points = select(RecordPoint.lon, RecordPoint.lat).where(RecordPoint.record_id == record.id)
    rows = [[tuple(row) for row in registers.db.execute(query)] for query in (keys, focus, points)]
    return sorted(rows[0]), sorted(rows[1]), sorted(rows[2])


def owed(registers: Registers, record: Record, day: date = TODAY) -> set[str]:
    """The kinds of visits owed at a record's place on a date."""
    registers.db.flush()
    return {
        kind.value
        for kind in registers.db.scalars(
            select(VisitTarget.kind).where(
                VisitTarget.place_id == record.id, VisitTarget.valid.contains(day)
            )
        )
    }


def told_last(registers: Registers, record: Record) -> dict[str, Any]:
    registers.db.flush()
    query = select(Change.body).where(Change.subject_id == str(record.id), Change.kind == "record")
    body: dict[str, Any] | None = registers.db.scalar(query.order_by(Change.id.desc()).limit(1))
    assert body is not None
    return body


def test_inf_1_one_says_what_both_said_as_chosen(registers: Registers) -> None:
    kept = registers.person(1, phone=None)
    other = registers.person(2, care="hardship", birth_date="1990-01-01")
    done = merged(registers, kept, other, identity_number="merged", name="kept", care="kept")
    assert standing(registers.db, kept) == {
        "name": "刘某1",
        "identity_number": identity_number(2),
        "phone": "13800000002",
        "address": person(1)["address"],
        "residence": "permanent",
        "birth_date": "1990-01-01",
    }
    assert entered(registers.db, kept) == standing(registers.db, kept)
    assert done.taken == ["birth_date", "identity_number", "phone"]
    assert (done.kept_version_before, done.kept_version_after, kept.version) == (1, 2, 2)
    version = registers.db.get_one(RecordVersion, (kept.id, 2))
    assert (version.source, version.reason) == (RecordSource.MERGE, "刘某1重复登记")
    assert (kept.state, other.merged_into) == (RecordState.ENTERED, kept.id)


def test_inf_1_a_field_can_be_emptied_by_choice_but_not_a_required_one(
    registers: Registers,
) -> None:
    kept, other = registers.person(1), registers.person(2, phone=None)
    merged(registers, kept, other, phone="merged")
    assert "phone" not in standing(registers.db, kept)
    third = registers.person(3)
    version = registers.db.get_one(RecordVersion, (third.id, 1))
    said = {name: value for name, value in person(3).items() if name != "name"}
    registers.db.execute(text("alter table record_version disable trigger append_only"))
    version.sealed = {"fields": said}
    registers.db.flush()
    with pytest.raises(FieldsRefused):
        merged(registers, kept, third, name="merged")


def test_inf_1_the_merged_one_is_found_by_nothing_and_points_to_the_kept_one(
    registers: Registers,
) -> None:
    kept, other = registers.person(1), registers.person(2, residence="floating")
    assert all(indexes(registers, other)[:2])
    merged(registers, kept, other)
    assert indexes(registers, other) == ([], [], [])
    assert told_last(registers, other)["merged_into"] == str(kept.id)
    assert told_last(registers, kept)["version"] == 2


def test_inf_1_undone_at_once_both_are_exactly_as_before(registers: Registers) -> None:
    kept = registers.person(1, phone=None, special_group="released")
    other = registers.person(2, residence="floating", care="empty_nest")
    before = [
        (standing(registers.db, one), entered(registers.db, one), indexes(registers, one))
        for one in (kept, other)
    ]
    done = merged(registers, kept, other, name="merged", residence="merged")
    assert standing(registers.db, kept)["name"] == "刘某2"
    back = undone(registers, done.id)
    after = [
        (standing(registers.db, one), entered(registers.db, one), indexes(registers, one))
        for one in (kept, other)
    ]
    assert after == before
    assert (back.changed_since, back.undone_at) == ([], LATER)
    assert back.given_back == ["care", "name", "phone", "residence"]
    assert (other.merged_into, other.version, other.state) == (None, 1, RecordState.ENTERED)
    assert (kept.version, kept.entered_version) == (3, 3)
    assert told_last(registers, other)["merged_into"] is None


def test_inf_1_what_was_changed_since_stays_and_is_named(registers: Registers) -> None:
    kept, other = registers.person(1), registers.person(2, care="hardship")
    done = merged(registers, kept, other, name="merged", phone="merged")
    registers.correct(kept, phone="13900000009", residence="renting")
    back = undone(registers, done.id)
    assert back.changed_since == ["phone"]
    assert back.given_back == ["care", "name"]
    assert standing(registers.db, kept) == person(1) | {
        "phone": "13900000009",
        "residence": "renting",
    }
    assert standing(registers.db, other) == person(2) | {"care": "hardship"}


def test_inf_1_what_waits_to_be_entered_still_waits_after_undoing(registers: Registers) -> None:
    kept, other = registers.person(1), registers.person(2)
    done = merged(registers, kept, other, name="merged")
    waiting = standing(registers.db, kept) | {"phone": "13900000009"}
    author = office_of(registers.admin(), NOW)
    add_version(registers.db, kept, author, Edit(waiting, RecordSource.HANDSET, ""))
    kept.state = RecordState.SUBMITTED
    undone(registers, done.id)
    assert entered(registers.db, kept) == person(1)
    assert standing(registers.db, kept) == person(1) | {"phone": "13900000009"}
    assert kept.state is RecordState.SUBMITTED


def test_inf_1_merges_upon_merges_are_undone_from_the_last(registers: Registers) -> None:
    one, two, three = (registers.person(serial) for serial in (1, 2, 3))
    first = merged(registers, two, one, name="merged")
    last = merged(registers, three, two, name="merged")
    assert standing(registers.db, three)["name"] == "刘某1"
    with pytest.raises(MergedOn):
        undone(registers, first.id)
    undone(registers, last.id)
    assert standing(registers.db, three) == person(3)
    assert standing(registers.db, two)["name"] == "刘某1"
    undone(registers, first.id)
    assert standing(registers.db, two) == person(2)
    assert standing(registers.db, one) == person(1)


def test_inf_1_two_merges_into_one_are_undone_in_any_order(registers: Registers) -> None:
    kept, one, two = registers.person(1), registers.person(2), registers.person(3)
    first = merged(registers, kept, one, name="merged")
    second = merged(registers, kept, two, phone="merged")
    undone(registers, first.id)
    assert standing(registers.db, kept) == person(1) | {"phone": person(3)["phone"]}
    undone(registers, second.id)
    assert standing(registers.db, kept) == person(1)
    with pytest.raises(MergeUndone):
        undone(registers, first.id)
    assert merged(registers, kept, one).kept_version_before == kept.version - 1


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"erased_at": NOW}, RecordErased),
        ({"merged_into": "third"}, RecordMerged),
        ({"ended_on": TODAY}, RecordEnded),
        ({"state": RecordState.SUBMITTED}, ActNotNow),
        ({"state": RecordState.RETURNED}, ActNotNow),
        ({"state": RecordState.DRAFT}, ActNotNow),
    ],
)
@pytest.mark.parametrize("which", [0, 1])
def test_refused_unless_both_stand_entered(
    registers: Registers, change: dict[str, Any], refusal: type[Refusal], which: int
) -> None:
    two = [registers.person(1), registers.person(2)]
    third = registers.person(3)
    for name, value in change.items():
        setattr(two[which], name, third.id if value == "third" else value)
    registers.db.flush()
    with pytest.raises(refusal):
        merged(registers, *two)


def test_refused_for_other_reasons(registers: Registers) -> None:
    kept, other = registers.person(1), registers.person(2)
    with pytest.raises(SameRecord):
        merged(registers, kept, kept)
    with pytest.raises(OtherKind):
        merged(registers, kept, registers.home(1))
    with pytest.raises(FieldUnknown):
        merged(registers, kept, other, religion="kept")
    with pytest.raises(NotFound):
        merged(registers, kept, registers.person(3, ELSEWHERE))
    with pytest.raises(NotFound):
        merged(registers, kept, Record(id=uuid4()))
    conflict = RecordConflict(
        id=uuid4(),
        record_id=other.id,
        community_code=COMMUNITY,
        field="phone",
        standing_version=1,
        proposed_version=1,
        raised_at=NOW,
    )
    registers.db.add(conflict)
    registers.db.flush()
    with pytest.raises(ConflictsOpen):
        merged(registers, kept, other)
    with pytest.raises(ConflictsOpen):
        merged(registers, other, kept)
    conflict.decided_at = NOW
    assert merged(registers, kept, other).taken == []


def test_undoing_is_refused_where_nothing_can_be_given_back(registers: Registers) -> None:
    kept, other = registers.person(1), registers.person(2)
    done = merged(registers, kept, other)
    with pytest.raises(NotFound):
        undone(registers, uuid4())
    elsewhere = registers.admin(ELSEWHERE[:12])
    with pytest.raises(NotFound):
        undo(registers.db, elsewhere, done.id, UndoIn(reason="不属本社区"), NOW)
    erase(registers.db, kept, None, ErasureGround.TERM_OVER, NOW)
    with pytest.raises(RecordErased):
        undone(registers, done.id)


def test_inf_1_undone_after_the_kept_one_ended(registers: Registers) -> None:
    kept, other = registers.person(1), registers.person(2)
    done = merged(registers, kept, other)
    ending = RecordEndIn(ended_on=TODAY, reason="搬走")
    end_record(registers.db, registers.admin(), kept.id, ending, NOW)
    undone(registers, done.id)
    assert (other.merged_into, other.ended_on, kept.ended_on) == (None, None, TODAY)
    assert standing(registers.db, other) == person(2)


def test_vis_6_nothing_is_owed_twice(registers: Registers) -> None:
    kept, other = registers.home(1), registers.home(2)
    tenant = registers.person(3, residence="renting", home=str(other.id))
    registers.person(4, care="hardship", home=str(kept.id))
    assert owed(registers, kept) == {"resident", "care"}
    assert owed(registers, other) == {"resident", "rental"}
    done = merged(registers, kept, other)
    tomorrow = TODAY + timedelta(days=1)
    assert owed(registers, kept, tomorrow) == {"resident", "rental", "care"}
    assert owed(registers, other) == set()
    spans = registers.db.scalars(
        select(VisitTarget.valid).where(
            VisitTarget.place_id == other.id, VisitTarget.kind == VisitKind.RESIDENT
        )
    ).all()
    assert all(span.upper is not None and span.upper <= TODAY for span in spans)
    undone(registers, done.id)
    assert owed(registers, other, tomorrow) == {"resident", "rental"}
    assert owed(registers, kept, tomorrow + timedelta(days=1)) == {"resident", "care"}
    assert standing(registers.db, tenant)["home"] == str(other.id)


def test_vis_6_of_the_period_that_runs_only_what_was_visited_stays(registers: Registers) -> None:
    kept, other = registers.home(1, point=point()), registers.home(2, point=point(10))
    since = date(2026, 2, 1)
    for target in registers.db.scalars(select(VisitTarget)):
        target.valid = type(target.valid)(since, None)
    registers.db.flush()
    done = merged(registers, kept, other)
    # It began within the running quarter and nobody was visited: taken out whole.
    query = select(VisitTarget).where(VisitTarget.place_id == other.id)
    assert registers.db.scalars(query).all() == []
    undone(registers, done.id)
    [target] = registers.db.scalars(query).all()
    target.valid = type(target.valid)(date(2025, 12, 1), None)
    registers.db.flush()
    merged(registers, kept, other)
    registers.db.refresh(target)
    assert target.valid.upper == date(2026, 1, 1)


def test_vis_6_what_was_visited_this_period_is_not_taken_back(registers: Registers) -> None:
    kept, other = registers.home(1), registers.home(2)
    for target in registers.db.scalars(select(VisitTarget)):
        target.valid = type(target.valid)(date(2025, 12, 1), None)
    registers.db.add(
        Visit(
            id=uuid7(NOW),
            worker_id=registers.city.workers[GRID],
            community_code=COMMUNITY,
            captured_at=NOW,
            corrected_at=NOW,
            received_at=NOW,
            time_proven=True,
            day=date(2026, 3, 2),
            grid_code=GRID,
            place_id=other.id,
        )
    )
    registers.db.flush()
    merged(registers, kept, other)
    [span] = registers.db.scalars(
        select(VisitTarget.valid).where(VisitTarget.place_id == other.id)
    ).all()
    assert span.upper == TODAY


def test_listed_by_unit_latest_first(registers: Registers) -> None:
    first = merged(registers, registers.person(1), registers.person(2))
    near = registers.person(3, NEIGHBOUR)
    body = MergeIn(kept=near.id, merged=registers.person(4).id, reason="重复")
    second = merge(registers.db, registers.admin(), body, LATER)
    undone(registers, first.id)

    def listed(unit: str) -> list[UUID]:
        return [one.id for one in merges_under(registers.db, unit, (None, 10)).items]

    assert listed(COMMUNITY) == [second.id, first.id]
    assert listed(NEIGHBOUR) == [second.id]
    assert listed(ELSEWHERE) == []
    page = merges_under(registers.db, COMMUNITY, (None, 1))
    assert [one.id for one in page.items] == [second.id]
    again = merges_under(registers.db, COMMUNITY, (page.next_cursor, 1))
    assert [(one.id, one.undo_reason) for one in again.items] == [(first.id, "刘某2是另一人")]
    assert again.next_cursor is None


def test_two_that_are_two_decided_once(registers: Registers) -> None:
    one, other = registers.person(1), registers.person(2)
    body = NotDuplicatesIn(one=other.id, other=one.id, reason="父子同名")
    found = not_duplicates(registers.db, registers.admin(), body, NOW)
    assert (found.one_id, found.other_id) == tuple(sorted((one.id, other.id)))
    again = NotDuplicatesIn(one=one.id, other=other.id, reason="另说")
    assert not_duplicates(registers.db, registers.admin(), again, LATER).reason == "父子同名"
    assert registers.db.scalar(select(func.count()).select_from(NotDuplicate)) == 1
    assert len(registers.facts("record.not_duplicate")) == 1
    same = NotDuplicatesIn(one=one.id, other=one.id, reason="同一条")
    with pytest.raises(SameRecord):
        not_duplicates(registers.db, registers.admin(), same, NOW)
    beyond = NotDuplicatesIn(one=one.id, other=registers.person(3, ELSEWHERE).id, reason="外社区")
    with pytest.raises(NotFound):
        not_duplicates(registers.db, registers.admin(), beyond, NOW)


def test_nothing_personal_is_told_or_kept_in_plain(registers: Registers) -> None:
    kept, other = registers.person(1), registers.person(2, special_group="released")
    done = merged(registers, kept, other)
    undone(registers, done.id)
    body = NotDuplicatesIn(one=kept.id, other=other.id, reason="刘某1与刘某2是父子")
    not_duplicates(registers.db, registers.admin(), body, NOW)
    rows = str(registers.db.execute(text("select * from record_merge")).all())
    rows += str(registers.db.execute(text("select * from not_duplicate")).all())
    for value in ("刘某", identity_number(2), "released", "special_group"):
        assert value not in registers.everything_told()
        assert value not in rows
    [(key, facts)] = registers.facts("record.merged")
    assert (key, facts["merged"], facts["taken"]) == (str(kept.id), str(other.id), ["concealed"])
    [(_, facts)] = registers.facts("record.unmerged")
    assert facts["merge"] == str(done.id)
