"""MTG-1, TRN-1: what each unit owes in a period, and what each worker attended."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import DutyDecision, Posting
from app.kit.errors import BadCursor
from app.meetings.cadence import AskedCadence, CadencePage, cadence
from app.meetings.figures import attendance_of, attendance_page
from app.meetings.recording import record_meeting, withdraw_meeting
from app.people.principal import Principal
from app.rules.duty import DutyChange, Employment
from app.rules.meetings import Attendance, CadenceVerdict, MeetingKind
from tests.attendance.facts import WEDNESDAY, acting, at
from tests.city import City
from tests.meetings.facts import COMMUNITY, ELSEWHERE, FAR, FIRST, SECOND, THIRD, meeting, on_leave

MONDAY = date(2026, 3, 16)
SUNDAY = date(2026, 3, 22)
CITY, TOWNSHIP = "510185", "510185001"
KINDS = MeetingKind
PAGE: tuple[None, int] = (None, 500)


def march(day: int) -> date:
    return date(2026, 3, day)


def evening(day: date) -> datetime:
    return at("20:00", day)


def asked(
    db: Session,
    kind: MeetingKind | None,
    unit: str = COMMUNITY,
    span: tuple[date, date] = (MONDAY, SUNDAY),
    today: date = SUNDAY,
) -> CadencePage:
    return cadence(db, AskedCadence(unit, *span, today, kind), PAGE)


def found(page: CadencePage) -> dict[int, str]:
    """The verdict by the first day of the month on which a period begins."""
    return {row.first_day.day: row.verdict.value for row in page.items}


def held(
    db: Session, city: City, host: Principal, kind: MeetingKind, day: date, *present: str
) -> None:
    body = meeting(city, dict.fromkeys(present, "present"), kind, day)
    record_meeting(db, host, body, evening(day))


def test_mtg_1_a_morning_meeting_each_duty_date(db: Session, city: City, lead: Principal) -> None:
    for day in (16, 17, 21):
        held(db, city, lead, KINDS.MORNING, march(day))
    page = asked(db, KINDS.MORNING, today=march(19))
    assert found(page) == {16: "held", 17: "held", 18: "missed", 19: "open", 20: "open"}
    assert page.totals.model_dump() == {"held": 2, "missed": 1, "open": 2}
    assert {(row.rule, row.clause) for row in page.items} == {("MTG-1", "三(二)3")}


def test_mtg_1_a_declared_date_owes_one_and_an_exempted_one_does_not(
    db: Session, city: City, lead: Principal
) -> None:
    decided = {21: DutyChange.DECLARED, 18: DutyChange.EXEMPTED}
    for day, change in decided.items():
        db.add(
            DutyDecision(
                day=march(day),
                unit_code=TOWNSHIP,
                change=change,
                reason="防汛",
                decided_by=lead.account_id,
                decided_at=evening(MONDAY),
            )
        )
    db.flush()
    assert set(found(asked(db, KINDS.MORNING))) == {16, 17, 19, 20, 21}


@pytest.mark.parametrize(("day", "on_monday"), [(16, True), (18, False)])
def test_mtg_1_the_weekly_meeting_on_another_day_is_held_and_said(
    db: Session, city: City, lead: Principal, day: int, on_monday: bool
) -> None:
    held(db, city, lead, KINDS.WEEKLY, march(day))
    [row] = asked(db, KINDS.WEEKLY).items
    assert (row.verdict, row.on_monday, len(row.held)) == ("held", on_monday, 1)


def test_mtg_1_a_week_of_holidays_owes_no_meeting(db: Session) -> None:
    span = (date(2026, 2, 9), date(2026, 2, 22))
    weeks = asked(db, KINDS.WEEKLY, span=span).items
    # 2026-02-15 to 2026-02-23 is the Spring Festival; the 14th is worked.
    assert [row.first_day for row in weeks] == [date(2026, 2, 9)]


def test_mtg_1_a_period_that_only_touches_the_span_is_whole(
    db: Session, city: City, lead: Principal
) -> None:
    held(db, city, lead, KINDS.WEEKLY, MONDAY)
    [row] = asked(db, KINDS.WEEKLY, span=(march(20), march(20)), today=march(20)).items
    assert (row.first_day, row.last_day, row.verdict) == (MONDAY, SUNDAY, "held")


def test_trn_1_community_training_each_month(db: Session, city: City, lead: Principal) -> None:
    held(db, city, lead, KINDS.COMMUNITY_TRAINING, march(31))
    span = (march(1), date(2026, 5, 1))
    rows = asked(db, KINDS.COMMUNITY_TRAINING, span=span, today=date(2026, 5, 1)).items
    assert [(row.first_day.month, row.verdict) for row in rows] == [
        (3, "held"),
        (4, "missed"),
        (5, "open"),
    ]


def test_trn_1_township_training_each_quarter(db: Session, city: City, township: Principal) -> None:
    held(db, city, township, KINDS.TOWNSHIP_TRAINING, march(31))
    span, today = (march(1), date(2026, 4, 2)), date(2026, 4, 2)
    rows = asked(db, KINDS.TOWNSHIP_TRAINING, CITY, span, today).items
    assert [(row.unit_code, row.first_day.month, row.verdict) for row in rows] == [
        (TOWNSHIP, 1, "held"),
        (TOWNSHIP, 4, "open"),
        ("510185002", 1, "missed"),
        ("510185002", 4, "open"),
    ]
    assert asked(db, KINDS.TOWNSHIP_TRAINING, COMMUNITY, span, today).items == []


def test_trn_1_the_city_trains_every_worker_each_year(
    db: Session, city: City, centre: Principal
) -> None:
    held(db, city, centre, KINDS.CITY_TRAINING, march(16), FIRST, SECOND, THIRD)
    held(db, city, centre, KINDS.CITY_TRAINING, march(17), ELSEWHERE, FIRST)
    [row] = asked(db, KINDS.CITY_TRAINING, CITY).items
    assert (row.verdict, row.workers_owed, row.workers_attended) == ("open", 6, 4)
    [late] = asked(db, KINDS.CITY_TRAINING, CITY, today=date(2027, 1, 1)).items
    assert late.verdict == "missed"
    held(db, city, centre, KINDS.CITY_TRAINING, march(18), FAR, "510185001002002")
    [row] = asked(db, KINDS.CITY_TRAINING, CITY).items
    assert (row.verdict, len(row.held)) == ("held", 3)
    assert asked(db, KINDS.CITY_TRAINING, TOWNSHIP).items == []


def test_what_was_withdrawn_was_not_held(db: Session, city: City, lead: Principal) -> None:
    first = record_meeting(db, lead, meeting(city, {}, day=MONDAY), evening(MONDAY))
    withdraw_meeting(db, lead, first.id, "误登记", evening(MONDAY))
    assert found(asked(db, KINDS.MORNING))[16] == "missed"


def test_org_4_a_station_without_full_time_workers_owes_nothing(db: Session) -> None:
    db.execute(
        update(Posting)
        .where(Posting.community_code == "510185002001")
        .values(employment=Employment.RURAL_PART_TIME)
    )
    db.execute(
        update(Posting)
        .where(Posting.community_code == COMMUNITY)
        .values(valid=Range(date(2026, 1, 1), march(18)))
    )
    rows = asked(db, KINDS.MORNING, CITY).items
    owing = {(row.unit_code, row.first_day.day) for row in rows}
    assert {day for unit, day in owing if unit == COMMUNITY} == {16, 17}
    assert {unit for unit, _ in owing} == {COMMUNITY, "510185001002"}


def test_pages_go_on_and_a_verdict_can_be_asked_for(
    db: Session, city: City, lead: Principal
) -> None:
    held(db, city, lead, KINDS.MORNING, MONDAY)
    wanted = AskedCadence(CITY, MONDAY, SUNDAY, SUNDAY)
    whole = cadence(db, wanted, PAGE)
    rows, cursor = [], None
    for _ in range(len(whole.items)):
        page = cadence(db, wanted, (cursor, 4))
        rows += page.items
        cursor = page.next_cursor
        assert page.totals == whole.totals
        if cursor is None:
            break
    assert rows == whole.items
    only = AskedCadence(CITY, MONDAY, SUNDAY, SUNDAY, verdict=CadenceVerdict.HELD)
    assert [row.kind for row in cadence(db, only, PAGE).items] == ["morning"]
    with pytest.raises(BadCursor):
        cadence(db, wanted, ("nonsense", 4))


def test_figures_are_meetings_held_where_the_worker_was_and_not_excused(
    db: Session, city: City, lead: Principal
) -> None:
    on_leave(db, city, FIRST, day=march(17))
    held(db, city, lead, KINDS.MORNING, march(16), FIRST)
    held(db, city, lead, KINDS.MORNING, march(17))
    held(db, city, lead, KINDS.MORNING, march(18))
    held(db, city, lead, KINDS.WEEKLY, march(18), FIRST)
    worker = city.workers[FIRST]
    figures = attendance_of(db, COMMUNITY, [worker], MONDAY, march(18))[worker]
    assert figures[KINDS.MORNING] == Attendance(owed=2, attended=1, excused=1)
    assert figures[KINDS.WEEKLY] == Attendance(owed=1, attended=1)
    assert figures[KINDS.COMMUNITY_TRAINING] == Attendance()
    later = attendance_of(db, COMMUNITY, [worker], march(17), march(17))[worker]
    assert later[KINDS.MORNING] == Attendance(excused=1)


def test_a_worker_who_moved_owes_where_he_or_she_stood(
    db: Session, city: City, lead: Principal
) -> None:
    held(db, city, lead, KINDS.MORNING, march(16), FIRST)
    worker = city.workers[FIRST]
    mine = Posting.worker_id == worker
    db.execute(update(Posting).where(mine).values(valid=Range(date(2026, 1, 1), march(17))))
    held(db, city, lead, KINDS.MORNING, march(17))
    whole = attendance_of(db, CITY, [worker], MONDAY, SUNDAY)[worker]
    assert whole[KINDS.MORNING] == Attendance(owed=1, attended=1)
    assert attendance_of(db, "510185002", [worker], MONDAY, SUNDAY)[worker][KINDS.MORNING].owed == 0


def test_org_4_nothing_is_owed_by_a_rural_part_time_worker(
    db: Session, city: City, lead: Principal
) -> None:
    mine = Posting.worker_id == city.workers[FIRST]
    db.execute(update(Posting).where(mine).values(employment=Employment.RURAL_PART_TIME))
    body = meeting(city, {FIRST: "absent", SECOND: "absent"}, day=MONDAY)
    record_meeting(db, lead, body, evening(MONDAY))
    page = attendance_page(db, COMMUNITY, (MONDAY, SUNDAY), SUNDAY, PAGE)
    owed = {row.worker_id: row.owed for row in page.items}
    assert (owed[city.workers[FIRST]], owed[city.workers[SECOND]]) == (0, 1)


def test_one_row_for_each_worker_of_the_unit_page_by_page(
    db: Session, city: City, centre: Principal
) -> None:
    held(db, city, centre, KINDS.CITY_TRAINING, MONDAY, FIRST)
    first = attendance_page(db, CITY, (MONDAY, SUNDAY), SUNDAY, (None, 4))
    rest = attendance_page(db, CITY, (MONDAY, SUNDAY), SUNDAY, (first.next_cursor, 4))
    rows = [*first.items, *rest.items]
    assert {row.worker_id for row in rows} == set(city.workers.values())
    assert (len(rows), rest.next_cursor) == (6, None)
    trained = {row.worker_id: row.trained_by_city.value for row in rows}
    assert trained[city.workers[FIRST]] == "held"
    assert set(trained.values()) == {"held", "open"}
    db.execute(delete(Posting).where(Posting.worker_id == city.workers[FAR]))
    left = attendance_page(db, CITY, (MONDAY, SUNDAY), SUNDAY, PAGE)
    assert len(left.items) == 5


def test_nobody_s_figures_twice_when_two_posts_follow_each_other(db: Session, city: City) -> None:
    lead = acting(db, city, "station_lead")
    held(db, city, lead, KINDS.MORNING, WEDNESDAY - timedelta(days=1), FIRST)
    worker = city.workers[FIRST]
    post = db.query(Posting).filter(Posting.worker_id == worker).one()
    post.valid = Range(date(2026, 1, 1), march(10))
    db.flush()
    db.add(
        Posting(
            id=worker,
            worker_id=worker,
            community_code=COMMUNITY,
            employment=Employment.FULL_TIME,
            valid=Range(march(10), None),
        )
    )
    db.flush()
    page = attendance_page(db, COMMUNITY, (march(1), march(31)), SUNDAY, PAGE)
    assert [(row.owed, row.attended) for row in page.items if row.worker_id == worker] == [(1, 1)]
