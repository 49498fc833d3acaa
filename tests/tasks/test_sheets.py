"""TSK-1, TSK-2: the sheet of a date from what is on record."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.days.boards import Place
from app.db.models import (
    Account,
    Assignment,
    DutyDecision,
    EquipmentCheck,
    EquipmentWithdrawal,
    Media,
    Meeting,
    Posting,
    Record,
    Visit,
    VisitPlaceLocation,
    VisitTarget,
)
from app.kit.errors import NotFound
from app.outbox.emit import mark_stale, mark_visits
from app.rules.duty import DutyChange, Employment, Half
from app.rules.information import RecordKind, RecordState
from app.rules.meetings import MeetingKind, Presence
from app.rules.tasks import BasicTask, Platform, TaskPart
from app.rules.visits import VisitKind
from app.tasks.roll import roll_of_unit
from app.tasks.schemas import SheetOut, TaskOut, VisitsOwedOut
from app.tasks.sheets import drawn_up, own_sheet, without_places
from app.tasks.words import WORDS
from tests.city import City
from tests.days.facts import (
    COMMUNITY,
    DAY,
    LATER,
    at,
    store_check_in,
    store_correction,
    store_leave,
    store_walk,
)
from tests.tasks.facts import NAMES, DayOfWork, evening, typical

SUNDAY = date(2026, 3, 15)
NEIGHBOUR = "510185001001002"


@pytest.fixture
def work(db: Session, city: City) -> DayOfWork:
    return DayOfWork(db, city)


def sheet_of(work: DayOfWork, day: date = DAY, now: datetime | None = None) -> SheetOut:
    work.db.flush()
    return own_sheet(work.db, work.worker_id, day, now or evening())


def task(sheet: SheetOut, which: BasicTask) -> TaskOut:
    return next(found for found in sheet.tasks if found.task is which)


def owed(sheet: SheetOut, kind: VisitKind) -> VisitsOwedOut:
    return next(found for found in sheet.visits_owed if found.kind is kind)


def test_tsk_2_who_where_when(work: DayOfWork) -> None:
    sheet = sheet_of(work)
    assert (sheet.worker_id, sheet.worker_name) == (work.worker_id, "网格员0")
    assert [unit.code for unit in sheet.units] == ["510185", "510185001", "510185001001"]
    assert [grid.code for grid in sheet.grids] == [work.grid]
    assert (sheet.duty.on_duty, sheet.duty.by, sheet.duty.clause) == (
        True, "national_calendar", "三(二)2, 二8",
    )  # fmt: skip
    assert (sheet.employment, sheet.bound, sheet.leaves) == (Employment.FULL_TIME, True, [])


def test_tsk_2_a_worker_of_two_grids(work: DayOfWork) -> None:
    second = "510185001001003"
    work.kept(
        Assignment(
            id=uuid4(),
            worker_id=work.worker_id,
            level=1,
            grid_code=second,
            first_responsible=False,
            valid=Range(DAY, None),
        )
    )
    assert [grid.code for grid in sheet_of(work).grids] == [work.grid, second]
    before = sheet_of(work, DAY - timedelta(days=1))
    assert [grid.code for grid in before.grids] == [work.grid]


def test_att_5_windows_with_what_fills_them_and_when(work: DayOfWork) -> None:
    made = store_check_in(work.db, work.worker_id, 1)
    correction = store_correction(work.db, work.worker_id, 2)
    sheet = sheet_of(work)
    assert [
        (window.state, window.filled_by, window.record_id, window.at, window.clause)
        for window in sheet.windows
    ] == [
        ("filled", "check_in", made.id, at("08:45"), "三(一)1 “3”"),
        ("made_good", "correction", correction.id, at("19:30"), "三(二)2"),
        ("missed", None, None, None, "三(二)2"),
    ]


def test_att_5_leave_is_named_by_its_halves(work: DayOfWork) -> None:
    leave = store_leave(work.db, work.worker_id, Half.AFTERNOON, Half.AFTERNOON)
    sheet = sheet_of(work)
    assert [(each.id, each.kind, each.halves) for each in sheet.leaves] == [
        (leave.id, "sick", [Half.AFTERNOON])
    ]
    assert [window.state for window in sheet.windows] == ["missed", "excused", "excused"]
    assert [window.at for window in sheet.windows] == [None] * 3
    assert {found.verdict for found in sheet.tasks} == {"none"}


def test_tsk_1_whole_day_leave_excuses(work: DayOfWork) -> None:
    store_leave(work.db, work.worker_id, Half.MORNING, Half.AFTERNOON)
    sheet = sheet_of(work)
    assert sheet.leaves[0].halves == [Half.MORNING, Half.AFTERNOON]
    assert {(found.verdict, found.rule) for found in sheet.tasks} == {("excused", "ATT-5")}


def test_tsk_1_the_tasks_of_a_typical_day_are_done_by_its_records(work: DayOfWork) -> None:
    typical(work)
    sheet = sheet_of(work)
    assert {found.verdict for found in sheet.tasks} == {"done"}
    parts = {part.part: part for found in sheet.tasks for part in found.parts}
    assert parts[TaskPart.CHENGDU].records == [f"chengdu/{DAY}"]
    assert parts[TaskPart.FILED].records == [str(sheet.events.filed[0].id)]
    assert parts[TaskPart.COLLECTED].count == 3
    assert parts[TaskPart.PATROLLED].count == 3
    assert sheet.field_time.counted.total == 405.0
    assert [login.platform for login in sheet.logins] == [Platform.CHENGDU, Platform.SICHUAN]


def test_tsk_1_each_part_of_signing_on_shows_by_itself(work: DayOfWork) -> None:
    def parts() -> list[bool]:
        return [part.done for part in task(sheet_of(work), BasicTask.SIGNED_ON).parts]

    assert (parts(), task(sheet_of(work), BasicTask.SIGNED_ON).verdict) == ([False] * 4, "none")
    work.login(Platform.SICHUAN)
    assert (parts(), task(sheet_of(work), BasicTask.SIGNED_ON).verdict) == (
        [False, False, False, True], "partly",
    )  # fmt: skip
    work.signed_on()
    assert parts() == [False, False, False, True], "an office's sign-in has no handset"
    work.signed_on("08:21", handset=True)
    assert parts() == [True, False, False, True]
    store_walk(work.db, work.worker_id, [("09:00", "09:30")])
    assert parts() == [True, True, False, True]
    work.login(Platform.CHENGDU)
    assert (parts(), task(sheet_of(work), BasicTask.SIGNED_ON).verdict) == ([True] * 4, "done")


def test_tsk_1_evidence_of_other_dates_and_of_others_does_not_count(work: DayOfWork) -> None:
    other_day = DayOfWork(work.db, work.city, day=DAY - timedelta(days=1))
    other_worker = DayOfWork(work.db, work.city, grid=NEIGHBOUR)
    for each in (other_day, other_worker):
        each.login(Platform.CHENGDU)
        each.signed_on(handset=True)
        each.incident("10:00")
        each.record("10:00", RecordKind.PERSON, RecordState.DRAFT)
        each.note("别人的话")
        each.visit("10:00", "别处", VisitKind.CARE)
    sheet = sheet_of(work)
    assert {found.verdict for found in sheet.tasks} == {"none"}
    assert (sheet.visits, sheet.notes, sheet.events.filed, sheet.logins) == ([], [], [], [])


def test_vis_8_the_five_kinds_in_order_also_where_nothing_is_owed(work: DayOfWork) -> None:
    sheet = sheet_of(work)
    assert [(each.kind, each.owed, each.clause) for each in sheet.visits_owed] == [
        ("property_guard", 0, "三(一)1 “5”一"),
        ("rental", 0, "三(一)1 “5”二"),
        ("special_group", 0, "三(一)1 “5”三"),
        ("care", 0, "三(一)1 “5”四"),
        ("resident", 0, "三(一)1 “5”五"),
    ]
    assert [(each.first_day, each.last_day) for each in sheet.visits_owed][1:5:3] == [
        (date(2026, 3, 16), date(2026, 3, 22)),
        (date(2026, 1, 1), date(2026, 3, 31)),
    ]


def test_vis_8_paid_is_counted_up_to_the_date(work: DayOfWork) -> None:
    """A sheet of Wednesday does not change by a visit of Thursday."""
    before = DayOfWork(work.db, work.city, day=DAY - timedelta(days=1))
    after = DayOfWork(work.db, work.city, day=DAY + timedelta(days=1))
    visits = [
        before.visit("10:00", "甲", VisitKind.RENTAL).id,
        work.visit("10:00", "乙", VisitKind.RENTAL).id,
        after.visit("10:00", "丙", VisitKind.RENTAL).id,
    ]
    row = work.tally(VisitKind.RENTAL, 5, visits)
    row.shared = {str(row.targets[0]): {"from": str(uuid4())}}
    found = owed(sheet_of(work), VisitKind.RENTAL)
    assert (found.owed, found.taken_over, found.paid, found.made, found.paid_on_date) == (
        5, 1, 2, 1, 1,
    )  # fmt: skip


def test_vis_8_what_is_owed_is_brought_up_to_date_first(work: DayOfWork) -> None:
    for name in ("甲", "乙"):
        work.place(name, VisitKind.CARE)
    mark_visits(work.db, work.grid, DAY - timedelta(days=30))
    assert owed(sheet_of(work), VisitKind.CARE).owed == 2


def test_vis_6_a_household_of_two_kinds_is_made_for_both(work: DayOfWork) -> None:
    work.visit("09:00", "甲", VisitKind.RENTAL, VisitKind.CARE)
    sheet = sheet_of(work)
    assert sheet.visits[0].kinds == [VisitKind.RENTAL, VisitKind.CARE]
    made = {each.kind: each.made for each in sheet.visits_owed}
    assert made == dict.fromkeys(VisitKind, 0) | {VisitKind.RENTAL: 1, VisitKind.CARE: 1}


def test_tsk_2_places_of_special_groups_are_never_named(work: DayOfWork) -> None:
    special, named = NAMES[VisitKind.SPECIAL_GROUP], NAMES[VisitKind.RENTAL]
    work.visit("09:00", named, VisitKind.RENTAL)
    visit = work.visit("10:00", special, VisitKind.RENTAL, VisitKind.SPECIAL_GROUP)
    said = Visit(
        **work.captured("11:00"),
        grid_code=work.grid,
        place_id=None,
        kind=VisitKind.SPECIAL_GROUP,
        words={"place": special, "reason": None, "note": special},
    )
    work.kept(said)
    sheet = sheet_of(work)
    assert [(each.place, each.withheld) for each in sheet.visits] == [
        (named, None), (None, "special_group"), (None, "special_group"),
    ]  # fmt: skip
    assert special not in sheet.model_dump_json()
    assert visit.place_id is not None
    assert sheet.visits[1].place_code == visit.place_id.hex[-6:].upper()
    assert sheet.visits[2].place_code == said.id.hex[-6:].upper()


def test_tsk_2_a_special_group_is_one_on_the_dates_of_its_target(work: DayOfWork) -> None:
    visit = work.visit("10:00", "甲", VisitKind.RENTAL, VisitKind.SPECIAL_GROUP)
    ended = update(VisitTarget).where(
        VisitTarget.place_id == visit.place_id, VisitTarget.kind == VisitKind.SPECIAL_GROUP
    )
    work.db.execute(ended.values(valid=Range(date(2026, 1, 1), DAY)))
    assert sheet_of(work).visits[0].place == "甲"
    work.db.execute(ended.values(valid=Range(date(2026, 1, 1), DAY, bounds="[]")))
    assert sheet_of(work).visits[0].place is None


def test_tsk_2_above_the_station_no_place_is_named(work: DayOfWork) -> None:
    typical(work)
    sheet = sheet_of(work)
    above = without_places(sheet)
    assert {visit.place for visit in above.visits} == {None}
    assert {visit.place_id for visit in above.visits} == {None}
    assert {visit.withheld for visit in above.visits} == {"tier", "special_group"}
    assert above.code == sheet.code


def test_tsk_2_everything_else_of_the_day(work: DayOfWork) -> None:
    typical(work)
    sheet = sheet_of(work)
    assert [
        (each.kind, each.collected, each.updated, each.submitted, each.returned)
        for each in sheet.information.kinds
    ] == [("person", 1, 1, 1, 1), ("place", 1, 0, 0, 0)]
    assert [(act.step, act.matter) for act in sheet.errands.acts] == [
        ("accepted", "社保认证"), ("delivered", "居住证办理"),
    ]  # fmt: skip
    assert [(each.category, each.severity) for each in sheet.events.filed] == [
        ("public_safety", "general")
    ]
    assert [(each.kind, each.presence, each.rule) for each in sheet.meetings] == [
        ("morning", "present", "MTG-1")
    ]
    assert [(each.lacking, each.by_station) for each in sheet.equipment] == [(["whistle"], True)]
    assert (sheet.photos.named, sheet.photos.missing) == (1, 1)
    assert [made.subject for made in sheet.field_time.appointments] == ["入户登记"]
    assert (sheet.data_quality.fixes, sheet.standing) == (408, "provisional")
    assert sheet_of(work, now=LATER).standing == "final"
    plain = sheet.model_dump_json()
    for secret in ("李奶奶", "13900000000", "井盖"):
        assert secret not in plain, "neither residents nor what an event says"


def test_mtg_1_meetings_of_all_tiers_above_but_not_those_taken_back(work: DayOfWork) -> None:
    work.meeting(MeetingKind.CITY_TRAINING, Presence.ABSENT, "510185")
    work.meeting(MeetingKind.TOWNSHIP_TRAINING, Presence.EXCUSED, "510185001")
    work.meeting(MeetingKind.MORNING, Presence.PRESENT)
    taken_back = update(Meeting).where(Meeting.kind == MeetingKind.MORNING)
    work.db.execute(taken_back.values(withdrawn_at=at("12:00"), withdraw_reason="登记错误"))
    assert {(each.kind, each.presence, each.rule) for each in sheet_of(work).meetings} == {
        ("city_training", "absent", "TRN-1"),
        ("township_training", "excused", "TRN-1"),
    }


def test_eqp_1_a_check_that_was_taken_back_does_not_show(work: DayOfWork) -> None:
    work.equipment()
    assert len(sheet_of(work).equipment) == 1
    check = work.db.query(EquipmentCheck).one()
    work.kept(
        EquipmentWithdrawal(
            check_id=check.id,
            reason="误登记",
            withdrawn_by=work.account_id,
            withdrawn_at=at("12:00"),
        )
    )
    assert sheet_of(work).equipment == []


def test_a_date_without_any_record_is_a_sheet_too(work: DayOfWork) -> None:
    sheet = sheet_of(work)
    assert [window.state for window in sheet.windows] == ["missed"] * 3
    assert {found.verdict for found in sheet.tasks} == {"none"}
    assert (sheet.field_time.verdict, sheet.field_time.short.total) == ("short", 360.0)
    assert sheet.photos.named == 0


def test_att_6_a_sunday_and_a_date_that_the_centre_decided(work: DayOfWork) -> None:
    sunday = sheet_of(work, SUNDAY)
    assert (sunday.duty.on_duty, {found.verdict for found in sunday.tasks}) == (
        False, {"not_owed"},
    )  # fmt: skip
    by = work.db.query(Account).first()
    assert by is not None
    for unit, day, change, reason in (
        ("510185001", SUNDAY, DutyChange.DECLARED, "重点时段值守"),
        ("510185002", DAY, DutyChange.EXEMPTED, "别的街道"),
    ):
        work.db.add(
            DutyDecision(
                day=day,
                unit_code=unit,
                change=change,
                reason=reason,
                decided_by=by.id,
                decided_at=at("08:00", SUNDAY),
            )
        )
    mark_stale(work.db, work.worker_id, COMMUNITY, SUNDAY)
    sunday = sheet_of(work, SUNDAY)
    assert (sunday.duty.on_duty, sunday.duty.by, sunday.duty.reason) == (
        True, "declared", "重点时段值守",
    )  # fmt: skip
    assert (sheet_of(work).duty.by, sheet_of(work).duty.reason) == ("national_calendar", None)


def test_org_4_part_time_workers_are_shown_and_owe_nothing(work: DayOfWork) -> None:
    part_time = update(Posting).where(Posting.worker_id == work.worker_id)
    work.db.execute(part_time.values(employment=Employment.RURAL_PART_TIME))
    work.incident("10:00")
    work.login(Platform.CHENGDU)
    sheet = sheet_of(work)
    assert (sheet.employment, sheet.bound) == (Employment.RURAL_PART_TIME, False)
    assert [(found.verdict, found.rule) for found in sheet.tasks] == [
        ("not_owed", "ORG-4"), ("not_owed", "ORG-4"), ("not_owed", "ORG-4"), ("done", "TSK-1"),
    ]  # fmt: skip


def test_a_date_to_come_and_a_date_without_a_post(work: DayOfWork) -> None:
    coming = sheet_of(work, DAY + timedelta(days=1))
    assert [window.state for window in coming.windows] == ["upcoming"] * 3
    with pytest.raises(NotFound):
        sheet_of(work, date(2025, 12, 31))


Act = Callable[[DayOfWork], object]


def test_tsk_2_the_code_is_the_same_while_nothing_changes(work: DayOfWork) -> None:
    typical(work)
    sheet = sheet_of(work)
    assert len(sheet.code) == 19
    assert sheet_of(work).code == sheet.code
    assert sheet_of(work, now=evening() + timedelta(minutes=5)).code == sheet.code


CHANGES: dict[str, Act] = {
    "a visit": lambda work: work.visit("16:30", "新家", VisitKind.CARE),
    "an event": lambda work: work.incident("16:30"),
    "a note": lambda work: work.note("补充"),
    "a record": lambda work: work.record("16:30", RecordKind.THING, RecordState.DRAFT),
    "a track": lambda work: store_walk(work.db, work.worker_id, [("08:00", "08:20")]),
    "an equipment check": lambda work: work.equipment(),
    "a platform login": lambda work: work.login(Platform.SICHUAN),
}


@pytest.mark.parametrize("change", CHANGES)
def test_tsk_2_the_code_changes_when_a_record_arrives(work: DayOfWork, change: str) -> None:
    typical(work, without=(Platform.SICHUAN,))
    before = sheet_of(work).code
    CHANGES[change](work)
    work.db.expire_all()
    assert sheet_of(work).code != before


def photo_arrives(work: DayOfWork) -> None:
    work.kept(
        Media(
            sha256="a" * 64,
            media_type="image/jpeg",
            bytes=1,
            width=1,
            height=1,
            shown="b" * 64,
            taken=None,
            account_id=work.account_id,
            stored_at=at("20:00"),
        )
    )
    assert sheet_of(work).photos.missing == 0


def place_is_erased(work: DayOfWork) -> None:
    work.db.execute(update(VisitPlaceLocation).values(whereabouts=None))
    assert {visit.place for visit in sheet_of(work).visits} == {None}


def record_is_entered(work: DayOfWork) -> None:
    work.db.execute(update(Record).values(state=RecordState.ENTERED))
    assert sheet_of(work).information.kinds[0].submitted == 2


UNCHANGED: dict[str, Act] = {
    "a photo arrives": photo_arrives,
    "a place is erased": place_is_erased,
    "a record is entered": record_is_entered,
    "a visit of the next day": lambda work: DayOfWork(
        work.db, work.city, day=DAY + timedelta(days=1)
    ).visit("09:00", "新家", VisitKind.CARE),
}


@pytest.mark.parametrize("change", UNCHANGED)
def test_tsk_2_the_code_stands_for_the_date_alone(work: DayOfWork, change: str) -> None:
    typical(work)
    before = sheet_of(work).code
    UNCHANGED[change](work)
    assert sheet_of(work).code == before
    assert sheet_of(work, now=LATER).code == before


def test_as_many_queries_for_a_station_as_for_one_worker(work: DayOfWork) -> None:
    for grid in (work.grid, NEIGHBOUR, "510185001001003"):
        typical(DayOfWork(work.db, work.city, grid=grid))
    counted: list[str] = []

    def queries(limit: int) -> int:
        roll = roll_of_unit(work.db, COMMUNITY, DAY, evening(), Place(limit))
        counted.clear()
        assert len(drawn_up(work.db, roll)) == len(roll.members)
        return len(counted)

    def count(*args: Any) -> None:
        counted.append(args[2])

    event.listen(work.db.get_bind(), "before_cursor_execute", count)
    queries(3)
    assert queries(1) == queries(3) > 10


@pytest.mark.parametrize("enum", WORDS, ids=lambda enum: enum.__name__)
def test_everything_that_is_printed_has_words_in_both_languages(enum: Any) -> None:
    assert {member.value for member in enum} == set(WORDS[enum])
    assert all(zh and en and zh != en for zh, en in WORDS[enum].values())


def test_keys_of_records_are_shown_up_to_fifty(work: DayOfWork) -> None:
    for number in range(60):
        work.incident(f"10:{number:02d}")
    filed = task(sheet_of(work), BasicTask.EVENTS).parts[0]
    assert (filed.count, len(filed.records)) == (60, 50)
    assert len({UUID(key) for key in filed.records}) == 50
