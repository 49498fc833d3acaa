"""INF-1, INF-2: the administrator's acts, and what is owed by what was entered."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Record, RecordConflict, VisitPlace, VisitTarget
from app.kit.ids import uuid7
from app.registry import entering
from app.registry.conflict_schemas import ConflictDecisionIn
from app.registry.deciding_conflicts import decide_conflict
from app.registry.delays import delays
from app.registry.refusals import (
    ActNotNow,
    ChangedMeanwhile,
    CollectedLater,
    ConflictDecided,
    ConflictsOpen,
    EndsLater,
    FieldsRefused,
    HomeUnknown,
    NothingSaid,
    NotOneOfOurs,
    RecordEnded,
    RecordErased,
    RecordExists,
    RecordMerged,
    UnknownBase,
    ValueNeeded,
)
from app.registry.schemas import CorrectionOfRecordIn, PaperIn, RecordEndIn, RecordReasonIn
from app.registry.shown import record_out, versions_out
from app.rules.information import EntryVerdict, RecordSource, RecordState
from app.rules.visits import VisitKind
from app.visits.placing import locations_of
from tests.attendance.facts import WEDNESDAY, at
from tests.city import City
from tests.registry.collected import (
    ELSEWHERE,
    GRID,
    NAME,
    NEIGHBOUR,
    PHONE,
    Desk,
    home,
    middle_of,
    person,
)

THURSDAY = WEDNESDAY + timedelta(days=1)


@pytest.fixture
def desk(db: Session, city: City) -> Desk:
    return Desk(db, city)


def correction(base: int = 1, **fields: Any) -> CorrectionOfRecordIn:
    return CorrectionOfRecordIn(form_version=2, base=base, fields=fields, reason="来电更正")


def correct(desk: Desk, record: Record, body: CorrectionOfRecordIn) -> Record:
    return entering.correct_record(desk.db, desk.administrator, record.id, body, at("12:00"))


def end(desk: Desk, record: Record, ended_on: date, when: datetime) -> Record:
    body = RecordEndIn(ended_on=ended_on, reason="搬离")
    return entering.end_record(desk.db, desk.administrator, record.id, body, when)


def kinds_at(desk: Desk, place_id: UUID, day: date) -> set[VisitKind]:
    desk.db.flush()
    return set(
        desk.db.scalars(
            select(VisitTarget.kind).where(
                VisitTarget.place_id == place_id, VisitTarget.valid.contains(day)
            )
        )
    )


def test_inf_1_returned_with_a_reason_submitted_again_and_entered(desk: Desk) -> None:
    record = desk.collect().record
    because = RecordReasonIn(reason="缺身份证号")
    entering.return_record(desk.db, desk.administrator, record.id, because, at("11:00"))
    assert (record.state, record.return_reason) == (RecordState.RETURNED, "缺身份证号")
    with pytest.raises(ActNotNow) as refused:
        entering.enter_record(desk.db, desk.administrator, record.id, at("11:01"))
    assert refused.value.facts == {"state": "returned", "allowed": ["end"]}
    desk.collect(record.id, base=1, fields={}, when=at("11:30"))
    assert (record.state, record.return_reason) == (RecordState.SUBMITTED, None)
    entering.enter_record(desk.db, desk.administrator, record.id, at("12:00"))
    assert (record.state, record.entered_version) == (RecordState.ENTERED, 2)
    names = [name for name, _ in desk.events(record)]
    assert names == [
        "record.collected",
        "record.returned",
        "record.collected",
        "record.entered",
    ]


def test_part_8_no_event_says_a_word_of_the_person(desk: Desk) -> None:
    record = desk.entered(fields=person(special_group="released"))
    correct(desk, record, correction(phone="13900000001"))
    end(desk, record, WEDNESDAY, at("13:00"))
    said = str(desk.events(record))
    for word in (NAME, PHONE, "13900000001", "released", "special", "搬离", "来电"):
        assert word not in said


@pytest.mark.parametrize(("days", "verdict"), [(7, EntryVerdict.IN_TIME), (8, EntryVerdict.LATE)])
def test_inf_2_on_the_record_with_both_dates(desk: Desk, days: int, verdict: EntryVerdict) -> None:
    record = desk.collect(when=at("23:30")).record
    entered = at("00:10", WEDNESDAY + timedelta(days=days))
    entering.enter_record(desk.db, desk.administrator, record.id, entered)
    entry = record_out(desk.db, record, THURSDAY).entry
    assert (entry.verdict, entry.rule, entry.clause) == (verdict, "INF-2", "四(二)5")
    assert (entry.collected_on, entry.due_on) == (WEDNESDAY, date(2026, 3, 25))


@pytest.mark.parametrize(("today", "overdue"), [(25, 0), (26, 1)])
def test_inf_2_counted_by_grid(desk: Desk, today: int, overdue: int) -> None:
    desk.entered(record_id=uuid7(at("09:01")))
    late = desk.collect(record_id=uuid7(at("09:02"))).record
    entering.enter_record(desk.db, desk.administrator, late.id, at("09:00", date(2026, 3, 26)))
    desk.collect(record_id=uuid7(at("09:03")))
    desk.collect(record_id=uuid7(at("09:04")), who=NEIGHBOUR)
    desk.collect(record_id=uuid7(at("09:05")), who=ELSEWHERE)
    now = at("12:00", date(2026, 3, today))
    found = delays(desk.db, "510185001001", WEDNESDAY, WEDNESDAY, now)
    rows = [row.model_dump() for row in found.items]
    assert rows == [
        {"grid_code": GRID, "in_time": 1, "late": 1, "open": 1 - overdue, "overdue": overdue},
        {"grid_code": NEIGHBOUR, "in_time": 0, "late": 0, "open": 1 - overdue, "overdue": overdue},
    ]
    assert (found.total.in_time, found.total.late) == (1, 1)
    assert delays(desk.db, NEIGHBOUR, WEDNESDAY, WEDNESDAY, now).total.in_time == 0
    assert delays(desk.db, "510185", THURSDAY, THURSDAY, now).items == []


def test_inf_1_corrected_as_a_version_of_its_own(desk: Desk) -> None:
    record = desk.entered()
    correct(desk, record, correction(phone="13900000001"))
    assert (record.state, record.version, record.entered_version) == (RecordState.ENTERED, 2, 2)
    second = desk.versions(record)[1]
    assert (second.source, second.reason) == (RecordSource.CORRECTION, "来电更正")
    listed = versions_out(desk.db, record).items
    assert [version.changed for version in listed][1] == ["phone"]
    assert [version.entered for version in listed] == [False, True]


def test_a_correction_can_be_refused(desk: Desk) -> None:
    record = desk.entered()
    with pytest.raises(NothingSaid):
        correct(desk, record, correction(phone=PHONE))
    with pytest.raises(UnknownBase):
        correct(desk, record, correction(base=9, phone="13900000001"))
    with pytest.raises(FieldsRefused):
        correct(desk, record, correction(name=None))
    with pytest.raises(HomeUnknown):
        correct(desk, record, correction(home=str(uuid7(at("09:00")))))
    correct(desk, record, correction(phone="13900000001"))
    with pytest.raises(ChangedMeanwhile):
        correct(desk, record, correction(phone="13900000002"))
    correct(desk, record, correction(care="hardship"))
    assert desk.says(record) == person(phone="13900000001", care="hardship")


def test_entry_waits_for_open_conflicts(desk: Desk) -> None:
    record = desk.collect().record
    desk.collect(record.id, base=1, fields={"phone": "13900000001"})
    desk.collect(record.id, base=1, fields={"phone": "13900000002"})
    with pytest.raises(ConflictsOpen):
        entering.enter_record(desk.db, desk.administrator, record.id, at("11:00"))
    conflict = desk.db.scalars(select(RecordConflict)).one()
    body = ConflictDecisionIn.model_validate({"chosen": "proposed", "reason": "电话核实"})
    decide_conflict(desk.db, desk.administrator, conflict.id, body, at("11:30"))
    assert desk.says(record)["phone"] == "13900000002"
    with pytest.raises(ConflictDecided):
        decide_conflict(desk.db, desk.administrator, conflict.id, body, at("11:31"))
    entering.enter_record(desk.db, desk.administrator, record.id, at("12:00"))
    assert record.state is RecordState.ENTERED


@pytest.mark.parametrize(
    ("decision", "phone", "versions"),
    [
        ({"chosen": "standing"}, "13900000001", 3),
        ({"chosen": "proposed"}, "13900000002", 4),
        ({"chosen": "other", "value": "139-0000-0003"}, "13900000003", 4),
        ({"chosen": "other", "value": None}, None, 4),
    ],
)
def test_inf_1_the_administrator_decides(
    desk: Desk, decision: dict[str, Any], phone: str | None, versions: int
) -> None:
    record = desk.collect().record
    desk.collect(record.id, base=1, fields={"phone": "13900000001"})
    desk.collect(record.id, base=1, fields={"phone": "13900000002"})
    conflict = desk.db.scalars(select(RecordConflict)).one()
    body = ConflictDecisionIn.model_validate(decision | {"reason": "电话核实"})
    decide_conflict(desk.db, desk.administrator, conflict.id, body, at("11:30"))
    assert desk.says(record).get("phone") == phone
    assert len(desk.versions(record)) == versions


@pytest.mark.parametrize(
    ("decision", "refusal"),
    [
        ({"chosen": "other"}, ValueNeeded),
        ({"chosen": "standing", "value": "13900000003"}, ValueNeeded),
        ({"chosen": "other", "value": "no phone"}, FieldsRefused),
    ],
)
def test_a_decision_can_be_refused(
    desk: Desk, decision: dict[str, Any], refusal: type[Exception]
) -> None:
    record = desk.collect().record
    desk.collect(record.id, base=1, fields={"phone": "13900000001"})
    desk.collect(record.id, base=1, fields={"phone": "13900000002"})
    conflict = desk.db.scalars(select(RecordConflict)).one()
    body = ConflictDecisionIn.model_validate(decision | {"reason": "电话核实"})
    with pytest.raises(refusal):
        decide_conflict(desk.db, desk.administrator, conflict.id, body, at("11:30"))


def paper(desk: Desk, **changes: Any) -> PaperIn:
    body = {
        "id": str(uuid7(at("09:00"))),
        "kind": "person",
        "form_version": 2,
        "grid_code": GRID,
        "worker_id": str(desk.city.workers[GRID]),
        "collected_on": "2026-03-16",
        "fields": person(),
    }
    return PaperIn.model_validate(body | changes)


def test_inf_1_a_paper_form_is_marked_as_such(desk: Desk) -> None:
    record = entering.enter_paper(desk.db, desk.administrator, paper(desk), at("10:00"))
    shown = record_out(desk.db, record, WEDNESDAY)
    assert (shown.source, shown.state) == (RecordSource.PAPER, RecordState.ENTERED)
    assert shown.entry.collected_on == date(2026, 3, 16)
    [version] = desk.versions(record)
    assert (version.worker_id, version.day) == (desk.city.workers[GRID], date(2026, 3, 16))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"grid_code": ELSEWHERE}, NotOneOfOurs),
        ({"grid_code": "510185001001999"}, NotOneOfOurs),
        ({"worker_id": "0199d2f0-3c00-7a01-8b02-0000000000c1"}, NotOneOfOurs),
        ({"collected_on": "2026-03-19"}, CollectedLater),
        ({"fields": {"name": NAME}}, FieldsRefused),
    ],
)
def test_a_paper_form_can_be_refused(
    desk: Desk, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        entering.enter_paper(desk.db, desk.administrator, paper(desk, **changes), at("10:00"))


def test_a_record_is_made_once(desk: Desk) -> None:
    body = paper(desk)
    entering.enter_paper(desk.db, desk.administrator, body, at("10:00"))
    with pytest.raises(RecordExists):
        entering.enter_paper(desk.db, desk.administrator, body, at("10:00"))


def test_ended_once_not_in_the_future_nor_before_it_was_collected(desk: Desk) -> None:
    record = desk.entered()
    for day in (THURSDAY, WEDNESDAY - timedelta(days=1)):
        with pytest.raises(EndsLater):
            end(desk, record, day, at("12:00"))
    end(desk, record, WEDNESDAY, at("12:00"))
    assert (record.ended_on, record.end_reason) == (WEDNESDAY, "搬离")
    with pytest.raises(RecordEnded):
        end(desk, record, WEDNESDAY, at("12:00"))


def test_what_was_merged_or_erased_is_not_acted_on(desk: Desk) -> None:
    record, other = desk.entered(), desk.entered(record_id=uuid7(at("09:30")))
    record.merged_into = other.id
    desk.db.flush()
    with pytest.raises(RecordMerged):
        end(desk, record, WEDNESDAY, at("12:00"))
    other.erased_at = at("11:00")
    desk.db.flush()
    with pytest.raises(RecordErased):
        end(desk, other, WEDNESDAY, at("12:00"))


def test_vis_6_what_is_entered_owes_visits_at_its_place(desk: Desk) -> None:
    record = desk.collect(kind="place", fields=home(use="rented_home")).record
    assert desk.db.get(VisitPlace, record.id) is None
    entering.enter_record(desk.db, desk.administrator, record.id, at("11:00"))
    assert kinds_at(desk, record.id, WEDNESDAY) == {VisitKind.RENTAL}
    [where] = locations_of(desk.db, record.id)
    assert {"lon": where.whereabouts["lon"], "lat": where.whereabouts["lat"]} == middle_of()


def test_vis_6_a_household_of_two_kinds_owes_both_at_its_home(desk: Desk) -> None:
    house = desk.entered(kind="place", fields=home())
    fields = person(home=str(house.id), care="empty_nest", special_group="released")
    lives = desk.entered(fields=fields, record_id=uuid7(at("10:01")))
    assert kinds_at(desk, house.id, WEDNESDAY) == {
        VisitKind.RESIDENT,
        VisitKind.CARE,
        VisitKind.SPECIAL_GROUP,
    }
    assert desk.db.get(VisitPlace, lives.id) is None
    end(desk, lives, WEDNESDAY, at("12:00"))
    assert kinds_at(desk, house.id, THURSDAY) == {VisitKind.RESIDENT}


def test_vis_6_who_moves_house_takes_the_visits_along(desk: Desk) -> None:
    one = desk.entered(kind="place", fields=home(), record_id=uuid7(at("09:01")))
    two = desk.entered(kind="place", fields=home(point=middle_of(1)), record_id=uuid7(at("09:02")))
    lives = desk.entered(fields=person(home=str(one.id), care="hardship"))
    correct(desk, lives, correction(home=str(two.id)))
    assert kinds_at(desk, one.id, THURSDAY) == {VisitKind.RESIDENT}
    assert kinds_at(desk, two.id, THURSDAY) == {VisitKind.RESIDENT, VisitKind.CARE}


def test_vis_6_a_change_that_is_not_entered_yet_owes_nothing_yet(desk: Desk) -> None:
    house = desk.entered(kind="place", fields=home())
    lives = desk.entered(fields=person(home=str(house.id)), record_id=uuid7(at("10:01")))
    desk.collect(lives.id, base=1, fields={"care": "hardship", "home": None}, when=at("11:00"))
    correct(desk, house, correction(households=3))
    assert kinds_at(desk, house.id, WEDNESDAY) == {VisitKind.RESIDENT}
    entering.enter_record(desk.db, desk.administrator, lives.id, at("12:30"))
    assert VisitKind.CARE not in kinds_at(desk, house.id, THURSDAY)


def test_vis_6_a_corrected_point_moves_the_place_and_an_ended_ground_can_come_back(
    desk: Desk,
) -> None:
    house = desk.entered(kind="place", fields=home())
    correct(desk, house, correction(point=middle_of(1), use="shop"))
    where = locations_of(desk.db, house.id)[-1]
    assert (where.whereabouts["lon"], where.grid_code) == (middle_of(1)["lon"], NEIGHBOUR)
    assert kinds_at(desk, house.id, THURSDAY) == set()
    correct(desk, house, correction(base=2, use="home"))
    assert kinds_at(desk, house.id, THURSDAY) == {VisitKind.RESIDENT}
