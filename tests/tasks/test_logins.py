"""TSK-3: logins to the two platforms, by the platform's own word or by the station's."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import OutboxEvent, PlatformLogin, Posting
from app.kit.errors import NotFound
from app.people.posts import NoPost
from app.people.principal import Principal
from app.rules.tasks import LoginSource, Platform
from app.tasks.active_days import Span, active_days_page, my_logins
from app.tasks.login_refusals import (
    LoginFromPlatform,
    LoginNotYet,
    LoginTooLongAgo,
    WorkerNotPostedHere,
)
from app.tasks.login_schemas import LoginEntryIn, PlatformLoginsIn
from app.tasks.logins import PlatformSays, record_from_platform, record_logins, withdraw_login
from tests.attendance.facts import GRID, WEDNESDAY, acting, at
from tests.attendance.test_at_once import at_once
from tests.city import City

NOW = at("18:00")
CHENGDU, SICHUAN = Platform.CHENGDU, Platform.SICHUAN
SECOND, ELSEWHERE = "510185001001002", "510185001002001"
MARCH = Span(date(2026, 3, 1), date(2026, 3, 31))
PAGE: tuple[None, int] = (None, 50)


@pytest.fixture
def lead(db: Session, city: City) -> Principal:
    """The lead of the first station."""
    return acting(db, city, "station_lead")


def logged_in(
    city: City,
    *grids: str,
    day: date = WEDNESDAY,
    moment: datetime | None = None,
    platform: Platform = CHENGDU,
    evidence: str = "登录统计表",
) -> PlatformLoginsIn:
    """What the station reads off a platform."""
    entries = [LoginEntryIn(worker_id=city.workers[grid], at=moment) for grid in grids or (GRID,)]
    return PlatformLoginsIn(platform=platform, day=day, entries=entries, evidence=evidence)


def said(city: City, moment: datetime, grid: str = GRID) -> PlatformSays:
    """What a platform reports by itself."""
    return PlatformSays(CHENGDU, city.workers[grid], moment, "message 17")


def stored(db: Session) -> list[PlatformLogin]:
    db.flush()
    db.expire_all()
    return list(db.scalars(select(PlatformLogin).order_by(PlatformLogin.day)))


def outcomes(db: Session, lead: Principal, body: PlatformLoginsIn) -> list[str]:
    return [item.outcome for item in record_logins(db, lead, body, NOW).items]


def names(db: Session) -> list[str]:
    db.flush()
    return list(db.scalars(select(OutboxEvent.name).order_by(OutboxEvent.id)))


def test_tsk_3_the_same_again_changes_nothing(db: Session, city: City, lead: Principal) -> None:
    body = logged_in(city, GRID, SECOND)
    assert outcomes(db, lead, body) == ["recorded", "recorded"]
    assert outcomes(db, lead, body) == ["unchanged", "unchanged"]
    assert outcomes(db, lead, logged_in(city, SECOND, evidence="截图")) == ["changed"]
    assert {(row.source, row.evidence) for row in stored(db)} == {
        (LoginSource.STATION, "登录统计表"),
        (LoginSource.STATION, "截图"),
    }
    assert names(db) == ["platform_login.recorded"] * 2


def test_results_are_in_the_order_of_the_entries(db: Session, city: City, lead: Principal) -> None:
    for grids in ((GRID, SECOND), (SECOND, GRID)):
        found = record_logins(db, lead, logged_in(city, *grids), NOW).items
        assert [item.worker_id for item in found] == [city.workers[grid] for grid in grids]


def test_what_the_platform_reported_stays(db: Session, city: City, lead: Principal) -> None:
    assert record_from_platform(db, said(city, at("08:35")), NOW) is True
    assert outcomes(db, lead, logged_in(city, moment=at("09:00"))) == ["kept"]
    [row] = stored(db)
    assert (row.source, row.at, row.recorded_by) == (LoginSource.WEBHOOK, at("08:35"), None)
    with pytest.raises(LoginFromPlatform):
        withdraw_login(db, lead, (city.workers[GRID], CHENGDU, WEDNESDAY), "误登记")


def test_the_platform_s_word_goes_over_the_station_s(
    db: Session, city: City, lead: Principal
) -> None:
    record_logins(db, lead, logged_in(city), NOW)
    assert record_from_platform(db, said(city, at("08:35")), NOW) is True
    assert record_from_platform(db, said(city, at("10:00")), NOW) is False
    [row] = stored(db)
    assert (row.source, row.at, row.evidence) == (LoginSource.WEBHOOK, at("08:35"), "message 17")
    assert names(db) == ["platform_login.recorded", "platform_login.reported"]


def test_a_platform_s_login_belongs_to_its_civil_day_and_post(
    db: Session, city: City, lead: Principal
) -> None:
    record_from_platform(db, said(city, at("00:00"), ELSEWHERE), NOW)
    record_from_platform(db, said(city, at("23:59", date(2026, 3, 17)), ELSEWHERE), NOW)
    assert [(row.day.day, row.community_code) for row in stored(db)] == [
        (17, "510185001002"),
        (18, "510185001002"),
    ]
    with pytest.raises(LoginNotYet):
        record_from_platform(db, said(city, NOW + timedelta(seconds=1)), NOW)
    with pytest.raises(NoPost):
        record_from_platform(db, said(city, at("08:00", date(2025, 12, 31))), NOW)


@pytest.mark.parametrize(
    ("days", "refusal"), [(1, LoginNotYet), (0, None), (-31, None), (-32, LoginTooLongAgo)]
)
def test_tsk_3_from_31_days_ago_to_today(
    db: Session, city: City, lead: Principal, days: int, refusal: type[Exception] | None
) -> None:
    body = logged_in(city, day=WEDNESDAY + timedelta(days=days))
    if refusal is None:
        assert outcomes(db, lead, body) == ["recorded"]
    else:
        with pytest.raises(refusal):
            record_logins(db, lead, body, NOW)


@pytest.mark.parametrize(("clock", "refused"), [("18:00", False), ("18:01", True)])
def test_tsk_3_no_moment_to_come(
    db: Session, city: City, lead: Principal, clock: str, refused: bool
) -> None:
    body = logged_in(city, moment=at(clock))
    if refused:
        with pytest.raises(LoginNotYet):
            record_logins(db, lead, body, NOW)
    else:
        assert outcomes(db, lead, body) == ["recorded"]


def test_only_who_was_posted_here_on_the_date(db: Session, city: City, lead: Principal) -> None:
    with pytest.raises(WorkerNotPostedHere) as refused:
        record_logins(db, lead, logged_in(city, GRID, ELSEWHERE), NOW)
    assert refused.value.facts["workers"] == [str(city.workers[ELSEWHERE])]
    mine = Posting.worker_id == city.workers[GRID]
    db.execute(update(Posting).where(mine).values(valid=Range(date(2026, 1, 1), WEDNESDAY)))
    with pytest.raises(WorkerNotPostedHere):
        record_logins(db, lead, logged_in(city), NOW)
    assert outcomes(db, lead, logged_in(city, day=date(2026, 3, 17))) == ["recorded"]


def test_the_station_takes_back_its_own_word(db: Session, city: City, lead: Principal) -> None:
    record_logins(db, lead, logged_in(city), NOW)
    key = (city.workers[GRID], CHENGDU, WEDNESDAY)
    withdraw_login(db, lead, key, "登记有误")
    assert stored(db) == []
    event = db.scalars(select(OutboxEvent).order_by(OutboxEvent.id.desc())).first()
    assert event is not None
    assert (event.name, event.facts["reason"]) == ("platform_login.withdrawn", "登记有误")
    with pytest.raises(NotFound):
        withdraw_login(db, lead, key, "再次")


def test_another_station_s_is_not_there(db: Session, city: City, lead: Principal) -> None:
    centre = acting(db, city, "command_centre")
    record_logins(db, centre, logged_in(city, ELSEWHERE), NOW)
    with pytest.raises(NotFound):
        withdraw_login(db, lead, (city.workers[ELSEWHERE], CHENGDU, WEDNESDAY), "不是我的")


def test_tsk_3_active_days_of_each_account_by_itself(
    db: Session, city: City, lead: Principal
) -> None:
    for day in (16, 17, 18):
        record_logins(db, lead, logged_in(city, day=date(2026, 3, day)), NOW)
    record_logins(db, lead, logged_in(city, day=date(2026, 2, 28)), NOW)
    record_logins(db, lead, logged_in(city, platform=SICHUAN), NOW)
    record_from_platform(db, said(city, at("08:35")), NOW)
    page = active_days_page(db, lead.unit_code, MARCH, None, PAGE)
    [row] = [found for found in page.items if found.worker_id == city.workers[GRID]]
    assert (row.chengdu.active_days, row.sichuan.active_days) == (3, 1)
    assert (row.chengdu.by_platform, row.chengdu.by_station) == (1, 2)
    assert [day.day for day in row.chengdu.days] == [16, 17, 18]
    assert (row.rule, row.clause) == ("TSK-3", "四(二)3")
    mine = my_logins(db, city.workers[GRID], MARCH)
    assert (mine.chengdu, mine.sichuan, len(mine.logins)) == (row.chengdu, row.sichuan, 4)


def test_one_row_for_each_worker_page_by_page(db: Session, city: City, lead: Principal) -> None:
    record_logins(db, lead, logged_in(city), NOW)
    first = active_days_page(db, "510185", MARCH, None, (None, 4))
    rest = active_days_page(db, "510185", MARCH, None, (first.next_cursor, 4))
    rows = [*first.items, *rest.items]
    assert {row.worker_id for row in rows} == set(city.workers.values())
    assert (len(rows), rest.next_cursor) == (6, None)
    assert sum(row.chengdu.active_days for row in rows) == 1
    only = active_days_page(db, lead.unit_code, MARCH, city.workers[GRID], PAGE)
    assert [row.worker_id for row in only.items] == [city.workers[GRID]]
    assert active_days_page(db, lead.unit_code, MARCH, city.workers[ELSEWHERE], PAGE).items == []


def test_the_same_login_at_once_is_one(
    api: FastAPI, db: Session, city: City, lead: Principal
) -> None:
    def station(session: Session) -> str:
        body = logged_in(city, SECOND, GRID)
        return record_logins(session, lead, body, NOW).items[1].outcome

    def platform(session: Session) -> str:
        return str(record_from_platform(session, said(city, at("08:35")), NOW))

    acts: list[Callable[[Session], str]] = [station, station, platform, station]
    found = at_once(api.state.sessions, acts)
    assert found.count("True") == 1
    assert db.scalar(select(func.count()).select_from(PlatformLogin)) == 2
    sources = set(db.scalars(select(PlatformLogin.source).where(
        PlatformLogin.worker_id == city.workers[GRID])))  # fmt: skip
    assert sources == {LoginSource.WEBHOOK}


GOOD: dict[str, Any] = {
    "platform": "chengdu",
    "day": "2026-03-18",
    "entries": [{"worker_id": str(uuid4())}],
    "evidence": "登录统计表",
}


@pytest.mark.parametrize(
    "change",
    [
        {"platform": "beijing"},
        {"day": "0001-01-01"},
        {"day": "9999-12-31"},
        {"entries": []},
        {"entries": GOOD["entries"] * 2},
        {"entries": [{"worker_id": "x"}]},
        {"entries": [{"worker_id": str(uuid4()), "at": "2026-03-19T00:00:00+08:00"}]},
        {"entries": [{"worker_id": str(uuid4()), "at": "2026-03-18T08:00:00"}]},
        {"evidence": ""},
        {"evidence": "\x00"},
        {"source": "webhook"},
    ],
)
def test_bodies_out_of_form(change: dict[str, Any]) -> None:
    PlatformLoginsIn.model_validate(GOOD)
    with pytest.raises(ValidationError):
        PlatformLoginsIn.model_validate(GOOD | change)
