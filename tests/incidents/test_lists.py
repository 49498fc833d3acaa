"""EVT-1, EVT-4: lists, one event with its history, who reads what, one's own (二1, 二3)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import IncidentCategoryRow, OutboxEvent
from app.incidents.detail import reveal, reveal_to_worker, seen_by_office
from app.incidents.lists import Asked, incidents_of_unit
from app.incidents.look_refusals import ContactNotKept
from app.incidents.map import features
from app.incidents.mine import my_incident, my_incidents
from app.kit.errors import Forbidden, NotFound
from app.rules.cards import Colour
from app.rules.event_looks import EventLookPurpose, Waiting
from app.rules.field_records import Severity
from app.rules.incidents import Act, HopOutcome, Reporter, State
from app.rules.tasks import Platform
from app.rules.tiers import Tier
from tests.attendance.facts import WEDNESDAY, acting
from tests.city import City
from tests.incidents.written_events import GRID, HOUR, Events, Written, at

COMMUNITY = "510185001001"
NEIGHBOUR = "510185001001002"
ELSEWHERE = "510185001002001"
CONTACT = {"name": "李秀英", "phone": "13800000001"}


@pytest.fixture
def events(db: Session, city: City) -> Events:
    return Events(db, city)


def listed(events: Events, unit: str = COMMUNITY, **asked: Any) -> list[object]:
    return [row.id for row in incidents_of_unit(events.db, Asked(unit, **asked), (None, 100)).items]


def a_child(events: Events) -> str:
    first = events.db.get_one(IncidentCategoryRow, "public_safety")
    events.db.add(
        IncidentCategoryRow(
            code="public_safety.fire",
            parent_code="public_safety",
            zh="消防",
            en="Fire",
            valid=first.valid,
            radius_m=20,
            within_h=24,
        )
    )
    events.db.flush()
    return "public_safety.fire"


def made(events: Events) -> dict[str, Written]:
    """One of each kind that filters tell apart."""
    tuesday = WEDNESDAY - timedelta(days=1)
    found = {
        "plain": events.held(at("09:00")),
        "fire": events.held(at("09:10"), NEIGHBOUR, category=a_child(events)),
        "major": events.held(
            at("09:20"), tiers=[Tier.COMMUNITY, Tier.TOWNSHIP], severity=Severity.MAJOR,
            category="emergency",
        ),
        "closed": events.closed(at("09:30", tuesday)),
        "elsewhere": events.held(at("09:40"), ELSEWHERE),
    }  # fmt: skip
    found["major"].carded(found["major"].hops[0])
    found["closed"].carded(found["closed"].hops[0], withdrawn_at=at("10:00"))
    return found


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["major", "fire", "plain", "closed"]),
        ({"state": State.CLOSED}, ["closed"]),
        ({"open": True}, ["major", "fire", "plain"]),
        ({"open": False}, ["closed"]),
        ({"tier": Tier.TOWNSHIP}, ["major"]),
        ({"tier": Tier.GRID}, ["fire", "plain"]),
        ({"tier": Tier.CENTRE}, []),
        ({"category": "public_safety"}, ["fire", "plain", "closed"]),
        ({"category": "public_safety.fire"}, ["fire"]),
        ({"category": "dispute"}, []),
        ({"severity": Severity.MAJOR}, ["major"]),
        ({"first": WEDNESDAY}, ["major", "fire", "plain"]),
        ({"last": WEDNESDAY - timedelta(days=1)}, ["closed"]),
        ({"carded": True}, ["major"]),
        ({"carded": False}, ["fire", "plain", "closed"]),
        ({"unit": "510185001"}, ["elsewhere", "major", "fire", "plain", "closed"]),
        ({"unit": NEIGHBOUR}, ["fire"]),
    ],
    ids=str,
)
def test_evt_1_the_list_can_be_narrowed(
    events: Events, asked: dict[str, Any], expected: list[str]
) -> None:
    found = made(events)
    unit = asked.get("unit", COMMUNITY)
    rest = {name: value for name, value in asked.items() if name != "unit"}
    assert listed(events, unit, **rest) == [found[name].id for name in expected]


def test_evt_1_by_worker_and_in_pages(events: Events) -> None:
    mine = [events.held(at("09:00") + n * HOUR) for n in range(3)]
    events.held(at("09:30"), NEIGHBOUR)
    worker = events.city.workers[GRID]
    assert listed(events, worker_id=worker) == [each.id for each in reversed(mine)]
    shown, cursor = [], None
    for _ in range(4):
        page = incidents_of_unit(events.db, Asked(COMMUNITY), (cursor, 1))
        shown += [row.id for row in page.items]
        cursor = page.next_cursor
    assert (len(set(shown)), cursor) == (4, None)


def test_evt_1_a_row_shows_holds_and_cards_and_nothing_written(events: Events) -> None:
    event = events.held(at("09:00"), tiers=[Tier.COMMUNITY, Tier.TOWNSHIP])
    event.carded(event.hops[1], Colour.RED)
    (row,) = incidents_of_unit(events.db, Asked(COMMUNITY), (None, 1)).items
    assert [hold.tier for hold in row.holds] == [Tier.COMMUNITY, Tier.TOWNSHIP]
    assert [card.colour for card in row.cards] == [Colour.RED]
    assert (row.category_zh, row.worker_name) == ("公共安全", "网格员0")
    assert "李秀英" not in row.model_dump_json()


def test_evt_1_the_whole_history_of_one(events: Events) -> None:
    event = events.held(at("09:00"), photos=["ab" * 32])
    (own,) = event.hops
    lead = events.account("station_lead")
    event.extension_asked(own, at("09:30"))
    event.ended(own, at("10:00"), HopOutcome.ESCALATED)
    hop = event.held_by(Tier.COMMUNITY, at("10:00"), came_from=Tier.GRID)
    event.carded(hop)
    event.closed(at("11:00"), lead)
    event.seen_there(Platform.CHENGDU, "closed", at("11:30"))
    other = events.held(at("12:00"), NEIGHBOUR)
    other.becomes(State.DUPLICATE, duplicate_of=event.id)
    found = seen_by_office(events.db, acting(events.db, events.city, "station_lead"), event.id)
    assert [act.number for act in found.acts] == list(range(1, len(found.acts) + 1))
    assert (found.acts[0].act, found.acts[0].by_name) == (Act.REPORT, GRID)
    closing = found.acts[-1]
    assert (closing.by_name, closing.by_roles) == ("station_lead", ["station_lead"])
    assert (closing.was, closing.became) == (State.HELD, State.CLOSED)
    assert closing.words == {"result": "已清理"}
    first, second = found.hops
    assert (first.outcome, second.outcome) == (HopOutcome.ESCALATED, HopOutcome.CLOSED)
    assert first.extension is not None
    assert (first.extension.granted, first.clocks[0].inputs) == (None, {"hours": 6})
    assert (found.holds, found.duplicates, len(found.cards)) == ([], [other.id], 1)
    assert (found.description, found.masked) == ("李秀英家门前井盖破损", False)
    assert found.platforms[0].result == "李秀英家已处理"
    assert (found.rule, found.photos) == ("EVT-1", ["ab" * 32])


@pytest.mark.parametrize(
    ("who", "tiers", "severity", "masked"),
    [
        ("station_lead", [Tier.GRID], Severity.GENERAL, False),
        ("information_administrator", [Tier.GRID], Severity.GENERAL, False),
        ("township", [Tier.GRID], Severity.GENERAL, True),
        ("township", [Tier.GRID, Tier.TOWNSHIP], Severity.GENERAL, False),
        ("township", [Tier.COMMUNITY], Severity.MAJOR, False),
        ("command_centre", [Tier.TOWNSHIP], Severity.GENERAL, True),
        ("command_centre", [Tier.CENTRE], Severity.GENERAL, False),
        ("leading_group_office", [Tier.TOWNSHIP], Severity.GENERAL, True),
        ("leading_group_office", [Tier.CENTRE], Severity.GENERAL, False),
    ],
)
def test_evt_1_what_was_written_is_for_tiers_that_the_event_reached(
    events: Events, who: str, tiers: list[Tier], severity: Severity, masked: bool
) -> None:
    event = events.held(at("09:00"), tiers=tiers, severity=severity, contact=CONTACT)
    event.closed(at("10:00"))
    event.seen_there(Platform.SICHUAN, None, at("11:00"))
    found = seen_by_office(events.db, acting(events.db, events.city, who), event.id)
    assert (found.masked, found.description is None) == (masked, masked)
    assert (found.acts[-1].words is None, found.platforms[0].result is None) == (masked, masked)
    assert found.has_contact
    assert ("李秀英" in found.model_dump_json()) is not masked
    assert "13800000001" not in found.model_dump_json()


def test_evt_4_whom_to_ask_is_for_the_station_and_each_look_is_logged(events: Events) -> None:
    event = events.held(at("09:00"), contact=CONTACT, reporter=Reporter.RESIDENT)
    lead = acting(events.db, events.city, "station_lead")
    found = reveal(events.db, lead, event.id, EventLookPurpose.FOLLOW_UP)
    assert found.contact.model_dump() == CONTACT
    trace = events.db.scalars(
        select(OutboxEvent).where(OutboxEvent.name == "incident.revealed")
    ).one()
    assert (trace.account_id, trace.subject_id) == (lead.account_id, str(event.id))
    assert trace.facts == {"purpose": "follow_up"}
    with pytest.raises(Forbidden):
        reveal(
            events.db,
            acting(events.db, events.city, "township"),
            event.id,
            EventLookPurpose.COMPLAINT,
        )
    nobody = events.held(at("10:00"))
    with pytest.raises(ContactNotKept):
        reveal(events.db, lead, nobody.id, EventLookPurpose.HANDLING)
    elsewhere = events.held(at("10:00"), ELSEWHERE, contact=CONTACT)
    with pytest.raises(NotFound):
        reveal(events.db, lead, elsewhere.id, EventLookPurpose.HANDLING)


def test_evt_4_whom_to_ask_is_for_the_grid_s_worker(events: Events) -> None:
    event = events.held(at("09:00"), contact=CONTACT)
    worker = acting(events.db, events.city, GRID)
    found = reveal_to_worker(events.db, worker, event.id, EventLookPurpose.FOLLOW_UP, [GRID])
    assert found.contact.phone == "13800000001"
    neighbour = acting(events.db, events.city, NEIGHBOUR)
    with pytest.raises(NotFound):
        reveal_to_worker(events.db, neighbour, event.id, EventLookPurpose.FOLLOW_UP, [NEIGHBOUR])


def mine(events: Events, grid: str = GRID, waiting: Waiting | None = None) -> dict[Any, Any]:
    who = events.city.workers[grid]
    page = my_incidents(events.db, who, (None, waiting), (None, 100), WEDNESDAY)
    return {row.id: row.waits_for_me for row in page.items}


def test_evt_4_one_s_own_and_what_waits_for_oneself(events: Events) -> None:
    held = events.held(at("09:00"))
    above = events.held(at("09:10"), tiers=[Tier.COMMUNITY])
    asks = events.closed(at("09:20"), reporter=Reporter.RESIDENT, contact=CONTACT)
    scores = events.closed(at("09:30"))
    asked = events.closed(at("09:40"), reporter=Reporter.RESIDENT).becomes(State.FOLLOWED_UP)
    of_other = events.reported(at("09:50"), NEIGHBOUR, worker=GRID).becomes(State.CLOSED)
    events.held(at("10:00"), ELSEWHERE)
    assert mine(events) == {
        held.id: Waiting.HANDLING,
        above.id: None,
        asks.id: Waiting.FOLLOW_UP,
        scores.id: Waiting.VERIFICATION,
        asked.id: Waiting.VERIFICATION,
        of_other.id: None,
    }
    for waiting in Waiting:
        found = mine(events, waiting=waiting)
        assert set(found.values()) == {waiting}
        assert len(found) == sum(each is waiting for each in mine(events).values())
    assert mine(events, NEIGHBOUR) == {of_other.id: Waiting.VERIFICATION}


def test_evt_1_what_one_wrote_of_a_grid_that_is_not_one_s_own_is_masked(events: Events) -> None:
    event = events.reported(at("09:00"), NEIGHBOUR, worker=GRID)
    reporter, holder = events.city.workers[GRID], events.city.workers[NEIGHBOUR]
    theirs = my_incident(events.db, reporter, event.id, WEDNESDAY)
    assert (theirs.masked, theirs.description) == (True, None)
    own = my_incident(events.db, holder, event.id, WEDNESDAY)
    assert (own.masked, own.description) == (False, "李秀英家门前井盖破损")
    with pytest.raises(NotFound):
        my_incident(events.db, events.city.workers[ELSEWHERE], event.id, WEDNESDAY)


def test_evt_1_a_map_shows_the_gravest_card_and_the_first_due(events: Events) -> None:
    event = events.held(at("09:00"), tiers=[Tier.COMMUNITY])
    event.held_by(Tier.TOWNSHIP, at("09:00"), due=at("10:00"))
    event.carded(event.hops[0], Colour.RED, withdrawn_at=at("12:00"))
    event.carded(event.hops[1], Colour.YELLOW)
    (shown,) = features(events.db, Asked(COMMUNITY), (None, 10)).features
    assert shown.geometry.coordinates == [event.incident.lon, event.incident.lat]
    assert shown.properties["card"] is Colour.YELLOW
    assert shown.properties["due_at"] == at("10:00")
    assert shown.properties["tiers"] == [Tier.COMMUNITY, Tier.TOWNSHIP]
