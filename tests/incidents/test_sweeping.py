"""Cards fall at their instant, once, whoever sweeps and however late (EVT-3)."""

import threading
from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db.models import (
    Assignment,
    Change,
    IncidentCard,
    IncidentHop,
    OutboxEvent,
    WebhookEvent,
)
from app.incidents.drawing import draw
from app.incidents.sweeping import draw_due, falls_due, holds_due, sweep
from app.rules.tiers import Tier
from tests.city import City, key
from tests.incidents.clock_facts import (
    GRID,
    NINE,
    OTHER_GRID,
    SECOND,
    THURSDAY,
    WEDNESDAY,
    Events,
    at,
    hours,
)

DUE = at("09:00", THURSDAY)
"""Of a general event that reached the grid on Wednesday at 09:00."""


@pytest.fixture
def events(api: FastAPI, db: Session, city: City) -> Events:
    return Events(api, db, city)


def test_evt_3_a_card_falls_when_the_instant_has_passed(events: Events) -> None:
    hop = events.event()
    assert events.sweep(DUE - SECOND) == 0
    assert events.sweep(DUE) == 0, "it may still end at this very instant"
    assert events.sweep(DUE + SECOND) == 1
    assert events.falls(hop) == [("yellow", DUE)]
    assert events.sweep(DUE + hours(24)) == 0
    assert events.sweep(DUE + hours(24) + SECOND) == 1
    assert events.falls(hop) == [("yellow", DUE), ("red", DUE + hours(24))]
    assert events.fresh(hop).next_card_at is None
    assert events.sweep(DUE + hours(1000)) == 0


def test_evt_3_a_card_says_whose_it_is_and_why(events: Events, city: City, db: Session) -> None:
    hop = events.event()
    events.sweep(DUE + SECOND)
    [card] = events.cards()
    assert (card.tier, card.unit_code, card.worker_id) == (Tier.GRID, GRID, city.workers[GRID])
    assert (card.day, card.drawn_at, card.incident_id) == (THURSDAY, DUE + SECOND, hop.incident_id)
    assert card.because["hours"] == 6.5
    assert datetime.fromisoformat(card.because["due_at"]) == DUE
    change = db.scalars(select(Change).where(Change.kind == "incident_card")).one()
    assert (change.worker_id, change.subject_id) == (card.worker_id, str(card.id))
    assert change.body is not None
    assert change.body["colour"] == "yellow"
    told = db.scalars(select(OutboxEvent).where(OutboxEvent.name == "incident.card_drawn")).one()
    assert (told.account_id, told.unit_code, told.subject_id) == (None, GRID, str(hop.incident_id))
    assert told.facts["card_id"] == str(card.id)
    outside = db.scalars(select(WebhookEvent)).one()
    assert (outside.type, outside.data["colour"]) == ("incident.card_drawn", "yellow")


def test_evt_3_a_hold_that_ended_when_due_has_no_card(events: Events) -> None:
    in_time, late, after = events.event(), events.event(), events.event()
    events.ends(in_time, DUE)
    events.ends(late, DUE + SECOND)
    events.ends(after, DUE + hours(24) + SECOND)
    assert events.sweep(DUE + hours(100)) == 0
    assert [len(events.cards(hop)) for hop in (in_time, late, after)] == [0, 1, 2]
    assert events.falls(late) == [("yellow", DUE)]


def test_evt_3_what_was_told_late_questions_the_card_and_leaves_it(
    events: Events, db: Session
) -> None:
    hop = events.event()
    events.sweep(DUE + hours(30))
    events.ends(hop, DUE - SECOND, now=DUE + hours(31))
    yellow, red = events.cards(hop)
    assert yellow.questioned_because is not None
    assert yellow.questioned_because["why"] == "ended_in_time"
    assert red.questioned_because is not None
    assert (yellow.withdrawn_at, red.withdrawn_at) == (None, None)
    names = db.scalars(select(OutboxEvent.name)).all()
    assert Counter(names)["incident.card_questioned"] == 2
    told = db.scalars(select(Change).where(Change.kind == "incident_card").order_by(Change.id))
    assert [body["questioned"] for change in told if (body := change.body)] == [False] * 2 + [
        True
    ] * 2


def test_evt_3_only_what_came_after_the_end_is_questioned(events: Events) -> None:
    hop = events.event()
    events.sweep(DUE + hours(30))
    events.ends(hop, DUE + hours(1), now=DUE + hours(31))
    yellow, red = events.cards(hop)
    assert (yellow.questioned_because, red.questioned_because is None) == (None, False)


def test_evt_3_after_days_of_downtime_cards_fall_when_they_were_due(events: Events) -> None:
    hops = [events.event(at("08:30") + timedelta(minutes=minute)) for minute in range(5)]
    major = events.event(tier=Tier.TOWNSHIP)
    now = NINE + timedelta(days=4)
    assert events.sweep(now) == 2 * 5
    for hop in hops:
        yellow, red = events.cards(hop)
        assert (yellow.fell_at, red.fell_at) == (hop.due_at, hop.due_at + hours(24))
        assert {card.drawn_at for card in (yellow, red)} == {now}
    assert events.cards(major) == []


def test_evt_3_two_sweeps_at_once_draw_each_card_once(events: Events) -> None:
    for minute in range(12):
        events.event(NINE + timedelta(minutes=minute))
    now, drawn = NINE + timedelta(days=6), []
    starts = threading.Barrier(4)

    def run() -> None:
        starts.wait()
        drawn.append(sweep(events.sessions, now, 2))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drawn.append(events.sweep(now))
    assert sum(drawn) == 24
    found = Counter((card.hop_id, card.colour) for card in events.cards())
    assert len(found) == 24
    assert set(found.values()) == {1}


def test_evt_3_killed_between_batches_the_rest_is_drawn_next_time(events: Events) -> None:
    for minute in range(5):
        events.event(NINE + timedelta(minutes=minute))
    now = DUE + timedelta(hours=2)
    with events.sessions.begin() as first:
        assert draw_due(first, holds_due(first, now, 2), now) == 2
    with events.sessions() as killed:
        assert draw_due(killed, holds_due(killed, now, 2), now) == 2
        killed.rollback()
    assert len(events.cards()) == 2
    assert events.sweep(now) == 3
    assert events.sweep(now) == 0


def test_evt_3_what_another_works_on_is_passed_over(events: Events, db: Session) -> None:
    busy, free = events.event(), events.event()
    with events.sessions() as other:
        other.execute(select(IncidentHop).where(IncidentHop.id == busy.id).with_for_update())
        assert events.sweep(DUE + SECOND) == 1
    assert [card.hop_id for card in events.cards()] == [free.id]
    assert events.sweep(DUE + SECOND) == 1


def test_evt_3_drawing_twice_writes_once(events: Events, db: Session) -> None:
    hop = events.event()
    now = DUE + SECOND
    for expected in (1, 0):
        with events.sessions.begin() as session:
            falls = falls_due(holds_due(session, now, 9), now)
            assert draw(session, falls, now) == expected
    assert len(events.cards(hop)) == 1
    assert db.scalar(select(func.count()).select_from(WebhookEvent)) == 1


@pytest.mark.parametrize("holder", ["own", "stand_in", "moved", "vacant"])
def test_evt_3_a_card_belongs_to_who_held_the_grid_when_it_fell(
    events: Events, db: Session, city: City, holder: str
) -> None:
    hop = events.event()
    mine = db.scalars(select(Assignment).where(Assignment.grid_code == GRID)).one()
    if holder != "own":
        mine.valid = Range(mine.valid.lower, THURSDAY)
    if holder == "stand_in":
        _assign(db, city.workers[OTHER_GRID], first=False)
    if holder == "moved":
        _assign(db, city.workers[OTHER_GRID], first=True)
    db.commit()
    events.sweep(DUE + SECOND)
    [card] = events.cards(hop)
    expected = {"own": city.workers[GRID], "moved": city.workers[OTHER_GRID]}
    assert card.worker_id == expected.get(holder)


def _assign(db: Session, worker_id: UUID, *, first: bool) -> None:
    db.flush()
    db.add(
        Assignment(
            id=key(),
            worker_id=worker_id,
            level=1,
            grid_code=GRID,
            first_responsible=first,
            valid=Range(THURSDAY, None),
        )
    )


def test_evt_3_cards_of_offices_are_nobodys(events: Events, db: Session) -> None:
    hop = events.event(tier=Tier.COMMUNITY)
    events.sweep(hop.due_at + SECOND)
    [card] = events.cards(hop)
    assert (card.tier, card.unit_code, card.worker_id) == (Tier.COMMUNITY, GRID[:12], None)
    assert db.scalars(select(Change).where(Change.kind == "incident_card")).all() == []


def test_evt_3_cards_are_never_erased_nor_rewritten(events: Events, db: Session) -> None:
    events.event()
    events.sweep(DUE + SECOND)
    for statement in (
        "delete from incident_card",
        "update incident_card set colour = 'red'",
        "update incident_card set fell_at = now()",
        "update incident_card set worker_id = null",
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            db.execute(text(statement))
        db.rollback()
    assert len(events.cards()) == 1


def test_evt_3_nothing_due_is_two_probes(events: Events, db: Session) -> None:
    events.event()
    db.execute(text("set enable_seqscan = off"))
    plan = "\n".join(
        db.scalars(
            text(
                "explain select id from incident_hop where next_card_at < :now"
                " order by next_card_at limit 500"
            ),
            {"now": at("09:00", WEDNESDAY)},
        )
    )
    assert "ix_incident_hop_next_card_at" in plan
    assert db.scalar(select(func.count()).select_from(IncidentCard)) == 0
