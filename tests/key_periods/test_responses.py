"""EMR-1: opened, told, acknowledged, reported, ended."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db.models import (
    Acknowledgement,
    Assignment,
    Change,
    KeyPeriodReport,
    OutboxEvent,
    PhotoLink,
    Posting,
)
from app.key_periods.commands import end_key_period, open_key_period
from app.key_periods.field import current, record_acknowledgement, record_report
from app.key_periods.lists import (
    acknowledgements_of,
    key_period_of,
    key_periods_of,
    my_key_periods,
    reports_of,
)
from app.key_periods.refusals import (
    KeyPeriodClosed,
    KeyPeriodIdReused,
    KeyPeriodInThePast,
    KeyPeriodTooLong,
)
from app.key_periods.schemas import AcknowledgementIn, KeyPeriodReportIn
from app.kit.errors import Forbidden, NotFound
from app.people.capture import NotYet
from app.people.principal import Principal
from app.rules.duty import Employment
from tests.attendance.facts import Handset, acting, at, events
from tests.city import City
from tests.key_periods.facts import (
    CITY,
    COMMUNITY,
    FRIDAY,
    GRID,
    NEIGHBOURS,
    NOW,
    SUNDAY,
    TOWNSHIP,
    WEDNESDAY,
    asked,
)

PAGE: tuple[None, int] = (None, 50)
NO_KEY = UUID(int=0)
FAR = "510185002001001"
ELSEWHERE = f"{NEIGHBOURS}001"


def told(db: Session, city: City, kind: str = "key_period") -> set[str]:
    """The grids of the workers whose handsets were told."""
    db.flush()
    by_worker = {worker: grid for grid, worker in city.workers.items()}
    found = db.scalars(select(Change.worker_id).where(Change.kind == kind))
    return {by_worker[worker] for worker in found}


@pytest.mark.parametrize(
    ("units", "reached"),
    [
        ([GRID], {"001001"}),
        ([COMMUNITY], {"001001", "001002", "001003"}),
        ([TOWNSHIP], {"001001", "001002", "001003", "002001", "002002"}),
        ([GRID, NEIGHBOURS], {"001001", "002001", "002002"}),
    ],
)
def test_emr_1_whom_it_concerns_is_told(
    db: Session, city: City, centre: Principal, units: list[str], reached: set[str]
) -> None:
    period = open_key_period(db, centre, asked(*units), NOW)
    assert told(db, city) == {f"{TOWNSHIP}{grid}" for grid in reached}
    assert key_period_of(db, centre, period.id, NOW).concerned == len(reached)
    assert [name for name, _ in events(db) if name.startswith("key_period")] == [
        "key_period.opened"
    ]


def test_emr_1_who_leaves_before_it_is_not_concerned_and_who_joins_is(
    db: Session, city: City, centre: Principal
) -> None:
    worker = city.workers[GRID]
    db.execute(delete(Assignment).where(Assignment.worker_id == worker))
    mine = Posting.worker_id == worker
    db.execute(update(Posting).where(mine).values(valid=Range(date(2026, 1, 1), FRIDAY)))
    period = open_key_period(db, centre, asked(COMMUNITY), NOW)
    assert GRID not in told(db, city)
    assert current(db, worker, FRIDAY, NO_KEY, 9) == []
    db.execute(update(Posting).where(mine).values(valid=Range(SUNDAY, None)))
    [(key, body)] = current(db, worker, FRIDAY, NO_KEY, 9)
    assert (key, body["title"], body["acknowledged_at"]) == (period.id, "汛期巡查", None)
    [mine_now] = my_key_periods(db, worker, NOW, PAGE).items
    assert mine_now.acknowledgement == "waiting"


def test_org_4_rural_part_time_workers_are_told_too(
    db: Session, city: City, centre: Principal
) -> None:
    db.execute(update(Posting).values(employment=Employment.RURAL_PART_TIME))
    open_key_period(db, centre, asked(GRID), NOW)
    assert told(db, city) == {GRID}


def test_a_worker_acknowledges_once(
    db: Session, city: City, centre: Principal, handset: Handset
) -> None:
    period = open_key_period(db, centre, asked(), NOW)
    body = AcknowledgementIn(key_period_id=period.id)
    first = record_acknowledgement(db, handset.captured(at("18:31")), body)
    again = record_acknowledgement(db, handset.captured(at("19:00")), body)
    assert (first.status, again.status) == ("created", "duplicate")
    assert again.facts == first.facts
    assert len(db.scalars(select(Acknowledgement)).all()) == 1
    [row] = [
        found
        for found in acknowledgements_of(db, centre, period.id, NOW, PAGE).items
        if found.worker_id == handset.worker_id
    ]
    assert (row.state, row.delay_minutes, row.acknowledged_at) == ("acknowledged", 31, at("18:31"))
    assert key_period_of(db, centre, period.id, NOW).acknowledged == 1
    [mine] = my_key_periods(db, handset.worker_id, NOW, PAGE).items
    assert (mine.acknowledgement, mine.acknowledged_at) == ("acknowledged", at("18:31"))
    [(_, body_)] = current(db, handset.worker_id, FRIDAY, NO_KEY, 9)
    assert datetime.fromisoformat(body_["acknowledged_at"]) == at("18:31")
    assert events(db)[-1] == ("key_period.acknowledged", handset.account_id)


@pytest.mark.parametrize(
    ("now", "state"), [(at("19:59", SUNDAY), "waiting"), (at("20:00", SUNDAY), "not_acknowledged")]
)
def test_who_has_not_read_it_is_seen(
    db: Session, centre: Principal, now: datetime, state: str
) -> None:
    period = open_key_period(db, centre, asked(GRID), NOW)
    [row] = acknowledgements_of(db, centre, period.id, now, PAGE).items
    assert (row.state, row.delay_minutes, row.concerned) == (state, None, True)


def test_from_outside_the_area_it_is_kept_and_not_counted(
    db: Session, city: City, centre: Principal
) -> None:
    period = open_key_period(db, centre, asked(GRID), NOW)
    stranger = Handset(db, city, f"{COMMUNITY}002")
    read = record_acknowledgement(
        db, stranger.captured(NOW), AcknowledgementIn(key_period_id=period.id)
    )
    said = KeyPeriodReportIn(key_period_id=period.id, all_well=True)
    report = record_report(db, stranger.captured(NOW), said)
    assert (read.status, report.status) == ("out_of_scope", "out_of_scope")
    rows = acknowledgements_of(db, centre, period.id, NOW, PAGE).items
    assert {(row.worker_id, row.concerned) for row in rows} == {
        (city.workers[GRID], True),
        (stranger.worker_id, False),
    }
    [shown] = reports_of(db, centre, period.id, PAGE).items
    assert (shown.worker_id, shown.concerned) == (stranger.worker_id, False)
    assert key_period_of(db, centre, period.id, NOW).acknowledged == 0


def test_reports_are_kept_with_their_photos(
    db: Session, centre: Principal, handset: Handset
) -> None:
    period = open_key_period(db, centre, asked(), NOW)
    photo = "c" * 64
    said = KeyPeriodReportIn(
        key_period_id=period.id, all_well=False, said="渗水", lon=104.5, lat=30.4, photos=[photo]
    )
    written = record_report(db, handset.captured(NOW), said)
    record_report(
        db, handset.captured(at("19:00")), KeyPeriodReportIn(key_period_id=period.id, all_well=True)
    )
    assert (written.status, written.facts["said"]) == ("created", "渗水")
    later, first = reports_of(db, centre, period.id, PAGE).items
    assert (later.all_well, first.all_well) == (True, False)
    assert (first.said, first.missing_photos, first.concerned) == ("渗水", [photo], True)
    assert [link.subject_kind for link in db.scalars(select(PhotoLink))] == ["key_period_report"]
    db.flush()
    event = db.scalars(select(OutboxEvent).where(OutboxEvent.name == "key_period.reported")).first()
    assert event is not None
    assert set(event.facts) == {"record", "all_well"}
    [row] = [
        found
        for found in acknowledgements_of(db, centre, period.id, NOW, PAGE).items
        if found.worker_id == handset.worker_id
    ]
    assert (row.reports, row.state) == (2, "waiting")


def test_what_is_not_known_yet_is_waited_for(handset: Handset) -> None:
    key = uuid4()
    with pytest.raises(NotYet) as waits:
        record_acknowledgement(
            handset.db, handset.captured(NOW), AcknowledgementIn(key_period_id=key)
        )
    assert waits.value.facts == {"waits_for": key}
    with pytest.raises(NotYet):
        record_report(
            handset.db,
            handset.captured(NOW),
            KeyPeriodReportIn(key_period_id=key, all_well=True),
        )


def test_neither_is_ever_edited(db: Session, centre: Principal, handset: Handset) -> None:
    period = open_key_period(db, centre, asked(), NOW)
    body = AcknowledgementIn(key_period_id=period.id)
    record_acknowledgement(db, handset.captured(NOW), body)
    report = KeyPeriodReportIn(key_period_id=period.id, all_well=True)
    record_report(db, handset.captured(NOW), report)
    db.commit()
    for table in (Acknowledgement, KeyPeriodReport):
        with pytest.raises(DBAPIError, match="append-only"):
            db.execute(delete(table))
        db.rollback()


def test_the_same_again_is_the_first(db: Session, centre: Principal) -> None:
    body = asked(GRID, NEIGHBOURS, id=uuid4())
    first = open_key_period(db, centre, body, NOW)
    assert open_key_period(db, centre, body, NOW + timedelta(hours=1)) is first
    for changed in ({"title": "别的"}, {"units": [GRID]}, {"ends_at": at("21:00", SUNDAY)}):
        with pytest.raises(KeyPeriodIdReused):
            open_key_period(db, centre, body.model_copy(update=changed), NOW)


@pytest.mark.parametrize(
    ("starts", "ends", "refused"),
    [
        (at("00:00", WEDNESDAY), at("18:01", WEDNESDAY), False),
        (at("00:00", WEDNESDAY), at("18:00", WEDNESDAY), True),
        (at("23:59:59", date(2026, 3, 17)), at("20:00", FRIDAY), True),
    ],
)
def test_emr_1_from_today_on(
    db: Session, centre: Principal, starts: datetime, ends: datetime, refused: bool
) -> None:
    body = asked(starts=starts, ends=ends)
    if refused:
        with pytest.raises(KeyPeriodInThePast):
            open_key_period(db, centre, body, NOW)
    else:
        assert open_key_period(db, centre, body, NOW).not_declared == []


@pytest.mark.parametrize(("seconds", "refused"), [(0, False), (1, True)])
def test_emr_1_at_most_60_days(db: Session, centre: Principal, seconds: int, refused: bool) -> None:
    starts = at("20:00")
    ends = starts + timedelta(days=60, seconds=seconds)
    if refused:
        with pytest.raises(KeyPeriodTooLong):
            open_key_period(db, centre, asked(GRID, starts=starts, ends=ends), NOW)
    else:
        period = open_key_period(db, centre, asked(GRID, starts=starts, ends=ends), NOW)
        assert period.ends_at == ends


def test_units_have_to_be_there_and_in_the_city(db: Session, centre: Principal) -> None:
    with pytest.raises(NotFound) as missing:
        open_key_period(db, centre, asked(TOWNSHIP, "510185009"), NOW)
    assert missing.value.facts == {"units": ["510185009"]}
    with pytest.raises(Forbidden):
        open_key_period(db, centre, asked("510186"), NOW)


def test_emr_1_it_ends_once_and_whom_it_concerned_is_told(
    db: Session, city: City, centre: Principal, handset: Handset
) -> None:
    period = open_key_period(db, centre, asked(), NOW)
    end_key_period(db, centre, period.id, "汛情解除", at("19:00"))
    db.flush()
    last = db.scalars(
        select(Change).where(Change.worker_id == handset.worker_id).order_by(Change.id.desc())
    ).first()
    assert last is not None
    assert (last.body or {})["end_reason"] == "汛情解除"
    with pytest.raises(KeyPeriodClosed):
        end_key_period(db, centre, period.id, "再次", at("19:01"))
    over = open_key_period(db, centre, asked(), NOW)
    with pytest.raises(KeyPeriodClosed):
        end_key_period(db, centre, over.id, "晚了", at("20:00", SUNDAY))
    with pytest.raises(NotFound):
        end_key_period(db, centre, uuid4(), "没有", NOW)
    assert current(db, handset.worker_id, date(2026, 3, 23), NO_KEY, 9) == []


def test_lists_are_of_what_touches_a_unit(db: Session, city: City, centre: Principal) -> None:
    whole = open_key_period(db, centre, asked(CITY), NOW)
    here = open_key_period(db, centre, asked(GRID, starts=at("09:00", FRIDAY)), NOW)
    there = open_key_period(db, centre, asked("510185002"), NOW)

    def keys(unit: str, only_open: bool = False, now: datetime = NOW) -> set[UUID]:
        return {row.id for row in key_periods_of(db, unit, only_open, now, PAGE).items}

    assert keys(CITY) == {whole.id, here.id, there.id}
    assert keys(COMMUNITY) == {whole.id, here.id}
    assert keys("510185002001") == {whole.id, there.id}
    end_key_period(db, centre, here.id, "取消", NOW)
    assert keys(COMMUNITY, only_open=True) == {whole.id}
    assert keys(CITY, only_open=True, now=at("20:00", SUNDAY)) == set()
    first = key_periods_of(db, CITY, False, NOW, (None, 2))
    rest = key_periods_of(db, CITY, False, NOW, (first.next_cursor, 2))
    assert first.items[0].id == here.id
    assert (len(first.items), len(rest.items), rest.next_cursor) == (2, 1, None)


def test_each_unit_sees_its_own_and_a_worker_only_himself(
    db: Session, city: City, centre: Principal, lead: Principal, handset: Handset
) -> None:
    period = open_key_period(db, centre, asked(CITY), NOW)
    for grid in (GRID, f"{COMMUNITY}002", FAR):
        sender = Handset(db, city, grid)
        read = AcknowledgementIn(key_period_id=period.id)
        record_acknowledgement(db, sender.captured(NOW), read)
        said = KeyPeriodReportIn(key_period_id=period.id, all_well=True)
        record_report(db, sender.captured(NOW), said)
    worker = acting(db, city, GRID)
    seen = {
        asker: (
            key_period_of(db, asker, period.id, NOW).concerned,
            key_period_of(db, asker, period.id, NOW).acknowledged,
            len(acknowledgements_of(db, asker, period.id, NOW, PAGE).items),
            len(reports_of(db, asker, period.id, PAGE).items),
        )
        for asker in (centre, lead, worker)
    }
    assert seen == {centre: (6, 3, 6, 3), lead: (3, 2, 3, 2), worker: (1, 1, 1, 1)}
    elsewhere = open_key_period(db, centre, asked("510185002"), NOW)
    for asker in (lead, worker):
        with pytest.raises(NotFound):
            key_period_of(db, asker, elsewhere.id, NOW)
        with pytest.raises(NotFound):
            acknowledgements_of(db, asker, elsewhere.id, NOW, PAGE)
        with pytest.raises(NotFound):
            reports_of(db, asker, elsewhere.id, PAGE)


def test_pages_of_workers_go_on(db: Session, centre: Principal) -> None:
    period = open_key_period(db, centre, asked(CITY), NOW)
    first = acknowledgements_of(db, centre, period.id, NOW, (None, 4))
    rest = acknowledgements_of(db, centre, period.id, NOW, (first.next_cursor, 4))
    keys = {row.worker_id for row in (*first.items, *rest.items)}
    assert (len(keys), rest.next_cursor) == (6, None)
