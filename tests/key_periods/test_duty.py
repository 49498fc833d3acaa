"""EMR-1, ATT-6: a response's dates become duty dates, and are given back."""

from datetime import date, timedelta
from functools import partial

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import DutyDecision, KeyPeriod, StaleDay
from app.key_periods.commands import end_key_period, open_key_period
from app.key_periods.lists import key_period_of
from app.people.duty_calendar import decide
from app.people.principal import Principal
from app.rules.duty import DutyChange
from tests.attendance.facts import at
from tests.attendance.test_at_once import at_once
from tests.key_periods.facts import (
    CITY,
    COMMUNITY,
    FRIDAY,
    GRID,
    NEIGHBOURS,
    NOW,
    OTHER_TOWNSHIP,
    SATURDAY,
    SUNDAY,
    TOWNSHIP,
    WEDNESDAY,
    asked,
    on_duty,
)

WEEKEND = (SATURDAY, SUNDAY)
DECLARED, EXEMPTED = DutyChange.DECLARED, DutyChange.EXEMPTED


def declared(period: KeyPeriod) -> list[tuple[str, str, bool]]:
    return [(found["unit"], found["day"], found["given_back"]) for found in period.declared]


def decisions(db: Session) -> int:
    db.flush()
    return db.scalar(select(func.count()).select_from(DutyDecision)) or 0


def test_emr_1_its_dates_are_duty_dates(db: Session, centre: Principal) -> None:
    assert on_duty(db, COMMUNITY, FRIDAY, *WEEKEND) == [True, False, False]
    period = open_key_period(db, centre, asked(), NOW)
    assert on_duty(db, COMMUNITY, FRIDAY, *WEEKEND) == [True, True, True]
    assert on_duty(db, f"{OTHER_TOWNSHIP}001", *WEEKEND) == [False, False]
    assert declared(period) == [
        (TOWNSHIP, "2026-03-21", False),
        (TOWNSHIP, "2026-03-22", False),
    ]
    assert period.not_declared == []


def test_emr_1_a_grid_s_duty_is_kept_at_its_community(db: Session, centre: Principal) -> None:
    period = open_key_period(db, centre, asked(GRID), NOW)
    assert {unit for unit, _, _ in declared(period)} == {COMMUNITY}
    assert on_duty(db, NEIGHBOURS, *WEEKEND) == [False, False]


def test_emr_1_a_duty_date_is_not_declared_twice(db: Session, centre: Principal) -> None:
    open_key_period(db, centre, asked(CITY), NOW)
    before = decisions(db)
    second = open_key_period(db, centre, asked(TOWNSHIP), NOW)
    assert (declared(second), decisions(db)) == ([], before)


@pytest.mark.parametrize(
    ("clock", "not_declared"),
    [("08:29:59", []), ("08:30:00", ["2026-03-21"]), ("12:00:00", ["2026-03-21"])],
)
def test_emr_1_a_date_that_has_begun_is_named_and_not_declared(
    db: Session, centre: Principal, clock: str, not_declared: list[str]
) -> None:
    now = at(clock, SATURDAY)
    period = open_key_period(db, centre, asked(starts=now), now)
    assert [found["day"] for found in period.not_declared] == not_declared
    assert on_duty(db, COMMUNITY, *WEEKEND) == [not not_declared, True]
    shown = key_period_of(db, centre, period.id, now)
    assert [(one.code, one.clause) for one in shown.not_declared] == [
        ("city.too_late_to_declare", "三(二)2, 二8") for _ in not_declared
    ]


def test_emr_1_a_declared_date_of_today_marks_the_days(db: Session, centre: Principal) -> None:
    now = at("08:00", SATURDAY)
    open_key_period(db, centre, asked(COMMUNITY, starts=now), now)
    db.flush()
    marks = {(mark.day, mark.community_code) for mark in db.scalars(select(StaleDay))}
    assert marks == {(SATURDAY, COMMUNITY)}


def test_att_6_a_part_that_was_exempted_is_declared_by_itself(
    db: Session, centre: Principal
) -> None:
    decide(db, centre, COMMUNITY, (FRIDAY, EXEMPTED, "停电"), NOW)
    period = open_key_period(db, centre, asked(TOWNSHIP), NOW + timedelta(minutes=1))
    assert (COMMUNITY, "2026-03-20", False) in declared(period)
    assert on_duty(db, COMMUNITY, FRIDAY) == on_duty(db, NEIGHBOURS, FRIDAY) == [True]


def test_emr_1_ending_early_gives_back_what_it_declared(db: Session, centre: Principal) -> None:
    period = open_key_period(db, centre, asked(), NOW)
    now = at("12:00", SATURDAY)
    end_key_period(db, centre, period.id, "汛情解除", now)
    assert on_duty(db, COMMUNITY, FRIDAY, *WEEKEND) == [True, True, False]
    assert declared(period) == [
        (TOWNSHIP, "2026-03-21", False),
        (TOWNSHIP, "2026-03-22", True),
    ]
    assert (period.ended_at, period.end_reason) == (now, "汛情解除")


def test_emr_1_dates_that_were_duty_dates_stay(db: Session, centre: Principal) -> None:
    decide(db, centre, TOWNSHIP, (SATURDAY, DECLARED, "创文"), NOW)
    period = open_key_period(db, centre, asked(), NOW)
    end_key_period(db, centre, period.id, "取消", NOW)
    assert on_duty(db, COMMUNITY, FRIDAY, *WEEKEND) == [True, True, False]


def test_emr_1_what_the_centre_decided_since_stays(db: Session, centre: Principal) -> None:
    period = open_key_period(db, centre, asked(), NOW)
    later = NOW + timedelta(hours=1)
    decide(db, centre, TOWNSHIP, (SATURDAY, DECLARED, "创文"), later)
    end_key_period(db, centre, period.id, "取消", later)
    assert on_duty(db, COMMUNITY, *WEEKEND) == [True, False]
    assert declared(period)[0] == (TOWNSHIP, "2026-03-21", False)


@pytest.mark.parametrize("wider", [TOWNSHIP, CITY])
def test_emr_1_another_response_keeps_the_date_and_gives_it_back(
    db: Session, centre: Principal, wider: str
) -> None:
    first = open_key_period(db, centre, asked(TOWNSHIP), NOW)
    until_saturday = asked(wider, ends=at("20:00", SATURDAY))
    second = open_key_period(db, centre, until_saturday, NOW + timedelta(minutes=1))
    end_key_period(db, centre, first.id, "取消", NOW + timedelta(minutes=2))
    assert on_duty(db, COMMUNITY, *WEEKEND) == [True, False]
    end_key_period(db, centre, second.id, "取消", NOW + timedelta(minutes=3))
    assert on_duty(db, COMMUNITY, *WEEKEND) == [False, False]
    assert on_duty(db, f"{OTHER_TOWNSHIP}001", *WEEKEND) == [False, False]


def test_emr_1_a_wider_response_that_ends_first_leaves_the_narrower_its_dates(
    db: Session, centre: Principal
) -> None:
    first = open_key_period(db, centre, asked(TOWNSHIP), NOW)
    second = open_key_period(db, centre, asked(CITY), NOW + timedelta(minutes=1))
    end_key_period(db, centre, second.id, "取消", NOW + timedelta(minutes=2))
    assert on_duty(db, COMMUNITY, *WEEKEND) == [True, True]
    assert on_duty(db, f"{OTHER_TOWNSHIP}001", *WEEKEND) == [False, False]
    end_key_period(db, centre, first.id, "取消", NOW + timedelta(minutes=3))
    assert on_duty(db, COMMUNITY, *WEEKEND) == [False, False]


@pytest.mark.parametrize("narrow_first", [True, False])
def test_emr_1_a_narrower_response_keeps_its_part(
    db: Session, centre: Principal, narrow_first: bool
) -> None:
    areas = [COMMUNITY, TOWNSHIP] if narrow_first else [TOWNSHIP, COMMUNITY]
    opened = {
        area: open_key_period(db, centre, asked(area), NOW + timedelta(minutes=number))
        for number, area in enumerate(areas)
    }
    end_key_period(db, centre, opened[TOWNSHIP].id, "取消", NOW + timedelta(minutes=5))
    assert on_duty(db, COMMUNITY, *WEEKEND) == [True, True]
    assert on_duty(db, NEIGHBOURS, *WEEKEND) == [False, False]
    end_key_period(db, centre, opened[COMMUNITY].id, "取消", NOW + timedelta(minutes=6))
    assert on_duty(db, COMMUNITY, *WEEKEND) == [False, False]


def test_emr_1_a_part_that_the_centre_had_declared_stays(db: Session, centre: Principal) -> None:
    decide(db, centre, COMMUNITY, (SATURDAY, DECLARED, "创文"), NOW)
    period = open_key_period(db, centre, asked(TOWNSHIP), NOW + timedelta(minutes=1))
    end_key_period(db, centre, period.id, "取消", NOW + timedelta(minutes=2))
    assert on_duty(db, COMMUNITY, *WEEKEND) == [True, False]
    assert on_duty(db, NEIGHBOURS, *WEEKEND) == [False, False]


def test_emr_1_in_one_instant_the_order_still_holds(db: Session, centre: Principal) -> None:
    first = open_key_period(db, centre, asked(TOWNSHIP), NOW)
    open_key_period(db, centre, asked(COMMUNITY), NOW)
    end_key_period(db, centre, first.id, "取消", NOW)
    assert on_duty(db, COMMUNITY, *WEEKEND) == [True, True]
    assert on_duty(db, NEIGHBOURS, *WEEKEND) == [False, False]


def test_two_responses_at_once_declare_a_date_once(
    api: FastAPI, db: Session, centre: Principal
) -> None:
    bodies = [asked(TOWNSHIP) for _ in range(4)]

    def opening(session: Session, body: object) -> int:
        return len(open_key_period(session, centre, asked(TOWNSHIP), NOW).declared)

    acts = [partial(opening, body=body) for body in bodies]
    assert sorted(at_once(api.state.sessions, acts), key=str) == [0, 0, 0, 2]
    db.rollback()
    assert decisions(db) == 2


def test_two_ends_at_once_end_it_once(api: FastAPI, db: Session, centre: Principal) -> None:
    key = open_key_period(db, centre, asked(), NOW).id
    db.commit()

    def ending(session: Session) -> bool:
        return end_key_period(session, centre, key, "取消", NOW).ended_at is not None

    outcomes = at_once(api.state.sessions, [ending] * 3)
    assert sum(outcome is True for outcome in outcomes) == 1
    assert decisions(db) == 4


def test_the_dates_of_a_long_response(db: Session, centre: Principal) -> None:
    ends = at("20:00", WEDNESDAY + timedelta(days=60))
    period = open_key_period(db, centre, asked(starts=at("20:00"), ends=ends), NOW)
    days = [WEDNESDAY + timedelta(days=passed) for passed in range(61)]
    assert on_duty(db, COMMUNITY, *days) == [True] * 61
    assert len(period.declared) == sum(not national(db, day) for day in days)


def national(db: Session, day: date) -> bool:
    return on_duty(db, f"{OTHER_TOWNSHIP}001", day) == [True]
