"""What clocks rest on changes: open holds are computed anew, and each change is kept (EVT-3)."""

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Change, IncidentCase, IncidentHop, OutboxEvent, StaleClocks
from app.incidents.clocks import set_clock
from app.incidents.recomputing import recompute
from app.outbox.emit import mark_clocks
from app.people.duty_calendar import decide, publish_national
from app.people.parameters import supersede
from app.rules.cards import ClockReason
from app.rules.duty import DutyChange
from app.rules.parameters import Supersession
from app.rules.tiers import Tier
from tests.attendance.facts import acting
from tests.city import City, key
from tests.incidents.clock_facts import (
    CITY,
    COMMUNITY,
    FRIDAY,
    NINE,
    SECOND,
    THURSDAY,
    WEDNESDAY,
    Events,
    at,
    hours,
)

DUE = at("09:00", THURSDAY)


@pytest.fixture
def events(api: FastAPI, db: Session, city: City) -> Events:
    return Events(api, db, city)


def test_evt_3_an_exempted_date_moves_open_holds_alone(events: Events, db: Session) -> None:
    here, elsewhere = events.event(), events.event(grid="510185002001001")
    closed = events.event()
    events.ends(closed, at("10:00"))
    events.decides_date(THURSDAY, DutyChange.EXEMPTED, at("11:00"), COMMUNITY)
    assert events.sweep(at("11:00")) == 0
    assert not events.is_marked()
    moved = events.fresh(here)
    assert (moved.due_at, moved.next_card_at) == (at("09:00", FRIDAY), at("09:00", FRIDAY))
    assert moved.red_at == at("09:00", FRIDAY) + hours(24)
    assert (events.fresh(elsewhere).due_at, events.fresh(closed).due_at) == (DUE, DUE)
    assert [len(events.clocks(hop)) for hop in (here, elsewhere, closed)] == [2, 1, 1]
    first, second = events.clocks(here)
    assert (first.why, first.due_at) == (ClockReason.ARRIVAL, DUE)
    assert (second.why, second.computed_at) == (ClockReason.CALENDAR, at("11:00"))
    told = db.scalars(select(Change).where(Change.kind == "incident")).all()
    assert {change.subject_id for change in told} == {str(here.incident_id)}


def test_evt_3_computing_anew_twice_changes_nothing(events: Events, db: Session) -> None:
    hop = events.event()
    for _ in range(2):
        mark_clocks(db, CITY, ClockReason.POLICY)
        db.commit()
        events.sweep(at("10:00"))
    assert len(events.clocks(hop)) == 1


def test_evt_3_drawn_cards_stay_and_are_questioned(events: Events, db: Session) -> None:
    hop = events.event()
    events.sweep(DUE + SECOND)
    events.decides_date(THURSDAY, DutyChange.EXEMPTED, at("10:00", THURSDAY), CITY)
    assert events.sweep(at("10:00", THURSDAY)) == 0
    [card] = events.cards(hop)
    assert card.withdrawn_at is None
    assert card.questioned_because == {
        "why": "calendar",
        "would_fall_at": "2026-03-20T09:00:00+08:00",
    }
    assert events.fresh(hop).next_card_at == at("09:00", FRIDAY) + hours(24), "the red one is next"
    assert events.sweep(at("12:00", FRIDAY)) == 0, "the yellow one stands: it falls once"
    names = db.scalars(select(OutboxEvent.name)).all()
    assert "incident.card_questioned" in names


def test_evt_3_a_card_that_would_have_fallen_by_now_anyway_is_not_questioned(
    events: Events,
) -> None:
    hop = events.event()
    events.sweep(at("10:00", FRIDAY))
    events.decides_date(THURSDAY, DutyChange.EXEMPTED, at("10:00", FRIDAY))
    events.sweep(at("10:01", FRIDAY))
    yellow, red = events.cards(hop)
    assert yellow.questioned_because is None
    assert red.questioned_because is not None


def test_evt_3_what_was_not_drawn_yet_falls_by_the_new_clock(events: Events) -> None:
    hop = events.event()
    events.decides_date(THURSDAY, DutyChange.EXEMPTED, at("08:00", FRIDAY))
    assert events.sweep(at("08:59:59", FRIDAY)) == 0, "the sweep was down, and the date exempted"
    assert events.sweep(at("09:00:01", FRIDAY)) == 1
    assert events.falls(hop) == [("yellow", at("09:00", FRIDAY))]


def test_evt_3_shorter_hours_that_were_used_up_count_from_the_change(events: Events) -> None:
    hop = events.event()
    events.sets_hours("1", now=at("15:00"))
    assert events.sweep(at("15:00")) == 0
    moved = events.fresh(hop)
    assert (moved.due_at, moved.yellow_at, moved.clock_from) == (at("16:00"),) * 2 + (at("15:00"),)
    events.sets_hours("2", now=at("15:30"))
    events.sweep(at("15:30"))
    assert events.fresh(hop).yellow_at == at("17:00"), "later changes count from there too"
    assert events.sweep(at("17:00:01")) == 1
    assert events.falls(hop) == [("yellow", at("17:00"))]


def test_evt_3_shorter_hours_that_are_left_count_from_the_arrival(events: Events) -> None:
    hop = events.event()
    events.sets_hours("6", now=at("15:00"))
    events.sweep(at("15:00"))
    moved = events.fresh(hop)
    assert moved.clock_from is None
    assert at("15:00") < moved.due_at < DUE


def test_evt_3_what_fell_before_the_change_keeps_its_instant(events: Events) -> None:
    hop = events.event()
    events.sets_hours("1", now=DUE + hours(3))
    events.sweep(DUE + hours(3))
    assert events.falls(hop) == [("yellow", DUE)]


def test_evt_3_a_hold_that_ends_before_the_sweep_is_settled_by_the_new_clock(
    events: Events,
) -> None:
    hop = events.event()
    events.decides_date(THURSDAY, DutyChange.EXEMPTED, at("08:00", THURSDAY))
    events.ends(hop, at("09:30", THURSDAY))
    assert events.cards(hop) == []
    assert [clock.why.value for clock in events.clocks(hop)] == ["arrival", "calendar"]


def test_evt_3_ended_before_the_instant_of_the_new_clock_and_told_late_it_is_questioned(
    events: Events,
) -> None:
    hop = events.event()
    events.sweep(at("10:00", THURSDAY))
    events.decides_date(THURSDAY, DutyChange.EXEMPTED, at("10:00", FRIDAY))
    events.sweep(at("10:00", FRIDAY))
    [card] = events.cards(hop)
    assert card.questioned_because is None, "by now it would have fallen anyway"
    events.ends(hop, at("16:00", THURSDAY), at("11:00", FRIDAY))
    [card] = events.cards(hop)
    assert card.questioned_because is not None
    assert card.questioned_because["why"] == "ended_in_time"


def test_evt_3_while_others_compute_no_card_is_drawn_by_the_old_clock(
    events: Events, db: Session
) -> None:
    events.event()
    mark_clocks(db, CITY, ClockReason.CALENDAR)
    db.commit()
    with events.sessions() as other:
        other.scalars(select(StaleClocks).with_for_update()).all()
        assert events.sweep(DUE + SECOND) == 0
    assert events.sweep(DUE + SECOND) == 1


def test_evt_3_an_event_that_somebody_acts_on_is_computed_when_it_is_free(
    events: Events, db: Session
) -> None:
    busy, free = events.event(), events.event()
    events.decides_date(THURSDAY, DutyChange.EXEMPTED, at("11:00"))
    with events.sessions() as other:
        mine = select(IncidentCase).where(IncidentCase.incident_id == busy.incident_id)
        other.execute(mine.with_for_update())
        waits = threading.Thread(target=recompute, args=(events.sessions, at("11:00")))
        waits.start()
        waits.join(0.5)
        assert waits.is_alive()
        other.rollback()
    waits.join()
    assert {events.fresh(hop).due_at for hop in (busy, free)} == {at("09:00", FRIDAY)}
    assert not events.is_marked()


def test_evt_3_a_hold_that_began_beside_the_change_is_computed_too(
    events: Events, db: Session
) -> None:
    """Its clock was read before the change was there, and it is committed after it."""
    slow = events.event()
    with events.sessions() as other:
        case = other.get_one(IncidentCase, slow.incident_id)
        act = other.get_one(IncidentHop, slow.id).begun_by
        hop = IncidentHop(
            id=key(),
            incident_id=case.incident_id,
            tier=Tier.COMMUNITY,
            unit_code=COMMUNITY,
            begun_by=act,
            arrived_at=NINE,
        )
        set_clock(other, case, hop, ClockReason.ARRIVAL, NINE)
        events.decides_date(THURSDAY, DutyChange.EXEMPTED, at("11:00"))
        sweeps = threading.Thread(target=recompute, args=(events.sessions, at("11:00")))
        sweeps.start()
        sweeps.join(0.5)
        assert sweeps.is_alive()
        other.commit()
    sweeps.join()
    assert db.get_one(IncidentHop, hop.id).due_at == at("09:00", date(2026, 3, 23))


def test_evt_3_the_centres_acts_mark_the_clocks(events: Events, db: Session, city: City) -> None:
    centre = acting(db, city, "command_centre")
    monday = THURSDAY + timedelta(days=4)

    def value(name: str, new: object) -> Callable[[], object]:
        wanted = Supersession(name, new, WEDNESDAY)
        return lambda: supersede(db, centre, wanted, "试行", NINE)

    exempted = (THURSDAY, DutyChange.EXEMPTED, "停电")
    for act, why in (
        (lambda: decide(db, centre, COMMUNITY, exempted, NINE), ClockReason.CALENDAR),
        (lambda: publish_national(db, centre, {monday: False}, NINE), ClockReason.CALENDAR),
        (value("red_after_h", 12), ClockReason.POLICY),
        (value("morning_from", "09:00"), ClockReason.POLICY),
        (value("station_radius_m", 300), None),
    ):
        act()
        db.flush()
        marks = db.scalars(select(StaleClocks)).all()
        assert [mark.why for mark in marks] == ([why] if why else [])
        for mark in marks:
            db.delete(mark)


def test_evt_3_a_shorter_way_to_red_counts_for_what_arrives_from_then_on(
    events: Events, db: Session, city: City
) -> None:
    hop = events.event()
    centre = acting(db, city, "command_centre")
    supersede(db, centre, Supersession("red_after_h", 2, THURSDAY), "试行", at("10:00"))
    db.commit()
    events.sweep(at("10:00"))
    assert events.fresh(hop).red_at == DUE + hours(24)
    later = events.event(at("08:30", THURSDAY))
    assert later.red_at - later.yellow_at == hours(2)
