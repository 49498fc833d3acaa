"""The clock of a hold: by the centre's hours, the duty calendar and the city's values (EVT-3)."""

from datetime import date, datetime, time

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db.models import ParameterValue
from app.incidents.clocks import Deadlines
from app.rules.duty import DutyChange
from app.rules.field_records import Severity
from app.rules.tiers import Tier
from tests.city import City
from tests.incidents.clock_facts import (
    COMMUNITY,
    FRIDAY,
    GRID,
    MONDAY,
    NINE,
    OTHER_GRID,
    THURSDAY,
    WEDNESDAY,
    Events,
    at,
    hours,
)


@pytest.fixture
def events(api: FastAPI, db: Session, city: City) -> Events:
    return Events(api, db, city)


@pytest.mark.parametrize(
    ("severity", "tier", "due"),
    [
        (Severity.GENERAL, Tier.GRID, at("09:30", THURSDAY)),
        (Severity.GENERAL, Tier.COMMUNITY, at("09:30", FRIDAY)),
        (Severity.MAJOR, Tier.GRID, at("10:00")),
        (Severity.MAJOR, Tier.COMMUNITY, at("10:30")),
        (Severity.MAJOR, Tier.TOWNSHIP, at("11:30")),
        (Severity.MAJOR, Tier.CENTRE, at("13:30")),
    ],
)
def test_evt_3_each_tier_has_its_hours(
    events: Events, severity: Severity, tier: Tier, due: datetime
) -> None:
    hop = events.event(at("09:30"), severity=severity, tier=tier)
    assert (hop.due_at, hop.yellow_at, hop.red_at) == (due, due, due + hours(24))
    assert hop.next_card_at == due


def test_evt_3_the_clock_is_kept_with_its_inputs(events: Events) -> None:
    [clock] = events.clocks(events.event(at("16:30", FRIDAY)))
    assert (clock.why.value, clock.due_at) == ("arrival", at("16:30", MONDAY))
    assert clock.inputs == {
        "severity": "general",
        "hours": 6.5,
        "extended_h": 0.0,
        "counted_in": "working_hours",
        "arrived_at": "2026-03-20T16:30:00+08:00",
        "red_after_h": 24.0,
        "policy": None,
        "policy_category": None,
        "counted": [
            "2026-03-20 16:30:00/17:30:00",
            "2026-03-23 08:30:00/12:00:00",
            "2026-03-23 14:30:00/16:30:00",
        ],
    }


def test_evt_3_the_most_specific_hours_count(events: Events, db: Session) -> None:
    events.sets_hours("3")
    events.sets_hours("2", category="public_safety")
    assert events.event().due_at == at("11:00")
    assert events.event(category="dispute").due_at == at("12:00")
    assert events.event(tier=Tier.COMMUNITY).due_at == at("09:00", FRIDAY)
    db.execute(
        text(
            "insert into incident_category (code, parent_code, zh, en, valid, radius_m, within_h)"
            " values ('public_safety.fire', 'public_safety', '消防', 'Fire', '[2026-01-01,)', 9, 9)"
        )
    )
    assert events.event(category="public_safety.fire").due_at == at("11:00")
    events.sets_hours("1", category="public_safety.fire")
    assert events.event(category="public_safety.fire").due_at == at("10:00")
    [clock] = events.clocks(events.event(category="public_safety.fire"))
    assert clock.inputs["policy_category"] == "public_safety.fire"


def test_evt_3_the_hours_in_force_on_the_day_of_arrival_count(events: Events) -> None:
    events.sets_hours("3", THURSDAY)
    events.sets_hours("1", FRIDAY)
    events.sets_hours("2", FRIDAY, now=at("09:01"))
    assert events.event(at("09:00")).due_at == at("09:00", THURSDAY)
    assert events.event(at("08:30", THURSDAY)).due_at == at("11:30", THURSDAY)
    assert events.event(at("08:30", FRIDAY)).due_at == at("10:30", FRIDAY)


def test_evt_3_the_units_own_duty_dates_count(events: Events) -> None:
    events.decides_date(THURSDAY, DutyChange.EXEMPTED, NINE, COMMUNITY)
    assert events.event().due_at == at("09:00", FRIDAY)
    assert events.event(tier=Tier.COMMUNITY).due_at == at("09:00", MONDAY)
    assert events.event(grid="510185001002001").due_at == at("09:00", THURSDAY)
    events.decides_date(date(2026, 3, 21), DutyChange.DECLARED, NINE)
    assert events.event(at("16:30", FRIDAY)).due_at == at("16:30", date(2026, 3, 21))


def test_evt_3_the_citys_own_working_hours_count_by_the_day(events: Events, db: Session) -> None:
    for name, value in (("morning_from", "09:00"), ("red_after_h", 12)):
        row = ParameterValue(
            name=name,
            value=value,
            effective_from=THURSDAY,
            reason="冬令时",
            decided_by=events.centre,
            decided_at=NINE,
        )
        db.add(row)
    db.commit()
    before, after = events.event(at("16:30")), events.event(at("08:00", THURSDAY))
    assert (before.due_at, before.red_at - before.yellow_at) == (at("17:00", THURSDAY), hours(24))
    assert (after.due_at, after.red_at - after.yellow_at) == (
        at("09:00", FRIDAY) + hours(0.5),
        hours(12),
    )


def test_evt_3_beyond_the_national_calendar_weekdays_are_duty_dates(events: Events) -> None:
    hop = events.event(at("16:30", date(2027, 12, 31)), tier=Tier.CENTRE)
    assert hop.due_at == at("16:30", date(2028, 1, 14))


def test_evt_3_a_calendar_is_read_in_chunks_and_shared(events: Events, db: Session) -> None:
    deadlines = Deadlines(db)
    spans = deadlines.spans(GRID)
    assert [len(spans(day)) for day in (WEDNESDAY, THURSDAY, date(2026, 3, 21))] == [2, 2, 0]
    assert len(deadlines.calendars) == 1
    assert deadlines.spans(OTHER_GRID)(date(2026, 12, 31))[0][0].time() == time(8, 30)
    assert len(deadlines.calendars) == 2


def test_evt_3_no_computation_of_a_clock_is_ever_changed(events: Events, db: Session) -> None:
    events.event()
    for statement in ("update hop_clock set due_at = now()", "delete from hop_clock"):
        with pytest.raises(DBAPIError, match="append-only"):
            db.execute(text(statement))
        db.rollback()
