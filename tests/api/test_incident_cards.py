"""Cards and requests for more time over HTTP (EVT-3, CON-B4)."""

from datetime import date

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Assignment, Leave, Posting
from app.rules.duty import Employment, Half
from app.rules.procedures import LeaveKind, RequestState
from app.rules.tiers import Tier
from tests.api.station import ELSEWHERE, GRID, NEIGHBOUR, StationDay, refused
from tests.city import SINCE, City, key
from tests.conftest import SignedIn
from tests.incidents.clock_facts import FRIDAY, NINE, SECOND, THURSDAY, Events, at, hours

DUE = at("09:00", THURSDAY)
FAR = "510185002001001"


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


@pytest.fixture
def events(api: FastAPI, db: Session, city: City) -> Events:
    return Events(api, db, city)


def test_evt_3_cards_are_seen_by_their_units_and_those_above(
    station: StationDay, events: Events
) -> None:
    for grid in (GRID, NEIGHBOUR, ELSEWHERE, FAR):
        events.event(grid=grid)
    events.event(tier=Tier.TOWNSHIP)
    events.sweep(NINE + hours(24 * 9))
    seen = {
        who: len(station.get(who, "/incident-cards", colour="yellow").json()["items"])
        for who in ("station_lead", "township", "command_centre", "leading_group_office")
    }
    assert seen == {
        "station_lead": 2,
        "township": 4,
        "command_centre": 5,
        "leading_group_office": 5,
    }
    [card, *_] = station.get("command_centre", "/incident-cards", unit=FAR).json()["items"]
    assert refused(station.get("station_lead", f"/incident-cards/{card['id']}"))[0] == 404
    assert refused(station.get("township", f"/incident-cards/{card['id']}"))[0] == 404
    assert station.get("command_centre", f"/incident-cards/{card['id']}").json() == card
    assert refused(station.get("station_lead", "/incident-cards", unit=FAR[:12]))[0] == 404
    assert refused(station.get(GRID, "/incident-cards"))[0] == 403
    assert refused(station.get("command_centre", f"/incident-cards/{key()}"))[0] == 404


def test_evt_3_a_card_shows_its_inputs_its_clause_and_its_ground(
    station: StationDay, events: Events
) -> None:
    hop = events.event()
    events.sweep(DUE + SECOND)
    [card] = station.get("station_lead", "/incident-cards").json()["items"]
    assert (card["rule"], card["clause"], card["worker_name"]) == ("EVT-3", "四(二)4", "网格员0")
    assert (card["colour"], card["day"], card["hop_id"]) == ("yellow", "2026-03-19", str(hop.id))
    assert card["because"]["due_at"] == "2026-03-19T09:00:00+08:00"
    assert card["because"]["hours"] == 6.5
    assert card["ground"] == {
        "verdict": "avoidable",
        "rule": "CON-B4",
        "clause": "四(二)4",
        "because": {
            "colour": "yellow",
            "day": "2026-03-19",
            "halves_held": 3,
            "halves_on_leave": 0,
            "questioned": False,
        },
    }


@pytest.mark.parametrize(
    ("first", "last", "verdict"),
    [
        ("2026-03-18", "2026-03-19", "on_leave"),
        ("2026-03-18", "2026-03-18", "avoidable"),
        ("2026-03-17", "2026-03-25", "on_leave"),
    ],
)
def test_con_b4_a_card_during_leave_is_no_ground(
    station: StationDay, events: Events, db: Session, first: str, last: str, verdict: str
) -> None:
    hop = events.event()
    for state in (RequestState.APPROVED, RequestState.WAITING):
        db.add(_leave(hop.worker_id, first, last, state, events))
    db.commit()
    events.sweep(DUE + SECOND)
    [card] = station.get(GRID, "/me/incident-cards").json()["items"]
    assert card["ground"]["verdict"] == verdict


def test_con_b4_what_a_predecessor_could_have_done_is_held_against_nobody(
    station: StationDay, events: Events, db: Session, city: City
) -> None:
    """The neighbour took over the grid on Thursday, and was on leave that day."""
    hop = events.event()
    before = db.scalars(select(Assignment).where(Assignment.grid_code == GRID)).one()
    before.valid = Range(SINCE, THURSDAY)
    successor = city.workers[NEIGHBOUR]
    db.add(
        Assignment(id=key(), worker_id=successor, level=1, grid_code=GRID, first_responsible=True,
                   valid=Range(THURSDAY, None))
    )  # fmt: skip
    day = THURSDAY.isoformat()
    db.add(_leave(successor, day, day, RequestState.APPROVED, events))
    db.commit()
    events.sweep(DUE + SECOND)
    [card] = station.get(NEIGHBOUR, "/me/incident-cards").json()["items"]
    assert card["hop_id"] == str(hop.id)
    assert (card["ground"]["verdict"], card["ground"]["because"]["halves_held"]) == ("on_leave", 1)


def _leave(worker: object, first: str, last: str, state: RequestState, events: Events) -> Leave:
    approved = state is RequestState.APPROVED
    return Leave(
        id=key(),
        worker_id=worker,
        community_code=GRID[:12],
        kind=LeaveKind.SICK,
        first_day=date.fromisoformat(first),
        first_half=Half.MORNING,
        last_day=date.fromisoformat(last),
        last_half=Half.AFTERNOON if last != "2026-03-19" else Half.MORNING,
        reason="发烧",
        requested_at=NINE,
        state=state,
        decided_by=events.centre if approved else None,
        decided_at=NINE if approved else None,
    )


def test_con_b4_nothing_is_enforced_on_part_time_workers(
    station: StationDay, events: Events, db: Session, city: City
) -> None:
    mine = db.scalars(select(Posting).where(Posting.worker_id == city.workers[GRID])).one()
    mine.employment = Employment.RURAL_PART_TIME
    events.event()
    events.event(tier=Tier.COMMUNITY)
    events.sweep(at("10:00", FRIDAY))
    items = station.get("station_lead", "/incident-cards").json()["items"]
    grounds = {item["tier"]: item["ground"] and item["ground"]["verdict"] for item in items}
    assert grounds == {"grid": "not_bound", "community": None}


def test_evt_3_cards_by_month_colour_tier_worker_and_standing(
    station: StationDay, events: Events, db: Session, city: City
) -> None:
    early, late = events.event(), events.event(at("16:30", date(2026, 3, 30)))
    events.sweep(at("10:00", date(2026, 4, 2)))
    card = events.cards(early)[0]
    events.withdraws(card, early, Tier.COMMUNITY, at("11:00", date(2026, 4, 2)))

    def count(**query: str) -> int:
        answer = station.get("township", "/incident-cards", **query)
        assert answer.status_code == 200, answer.text
        return len(answer.json()["items"])

    assert late.yellow_at == at("16:30", date(2026, 3, 31))
    assert count() == 4
    assert (count(month="2026-03"), count(month="2026-04"), count(month="2026-05")) == (3, 1, 0)
    assert count(**{"from": "2026-03-19", "to": "2026-03-19"}) == 1
    assert count(**{"from": "2026-03-20"}) == 3
    assert (count(colour="red"), count(tier="grid"), count(tier="centre")) == (2, 4, 0)
    assert count(worker=str(city.workers[GRID])) == 4
    assert count(worker=str(city.workers[NEIGHBOUR])) == 0
    assert (count(standing="true"), count(standing="false")) == (3, 1)
    assert (count(questioned="true"), count(questioned="false")) == (0, 4)
    assert (count(origin="clock"), count(origin="sichuan")) == (4, 0)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"month": "2026-03", "from": "2026-03-01"}, "incident_card.range_wrong"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "incident_card.range_wrong"),
        ({"from": "2025-01-01", "to": "2026-03-01"}, "incident_card.range_wrong"),
        ({"month": "2026-13"}, "request.malformed"),
        ({"month": "9999-01"}, "request.malformed"),
        ({"colour": "green"}, "request.malformed"),
        ({"worker": "me"}, "request.malformed"),
        ({"limit": "0"}, "request.malformed"),
        ({"cursor": "AAAA"}, "request.bad_cursor"),
        ({"cursor": "WyIyMDI2LTAzLTE4IiwgIngiXQ"}, "request.bad_cursor"),
    ],
)
def test_evt_3_bad_questions_are_refused(
    station: StationDay, query: dict[str, str], code: str
) -> None:
    assert refused(station.get("township", "/incident-cards", **query)) == (422, code)


def test_evt_3_pages_and_files(station: StationDay, events: Events) -> None:
    for minute in range(5):
        events.event(NINE + SECOND * minute)
    events.sweep(DUE + hours(1))
    found: list[str] = []
    cursor: str | None = None
    while cursor is not None or not found:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = station.get("township", "/incident-cards", **query).json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert len(found) == len(set(found)) == 5
    csv = station.get("township", "/incident-cards", format="csv").text
    assert csv.count("yellow") == 5
    assert "黄" not in csv.splitlines()[0]
    assert "亮牌时间" in csv.splitlines()[0]
    assert station.get("township", "/incident-cards", format="xlsx").content.startswith(b"PK")


def test_evt_3_a_worker_sees_ones_own_cards_alone(station: StationDay, events: Events) -> None:
    events.event()
    events.event(grid=NEIGHBOUR)
    events.event(tier=Tier.COMMUNITY)
    events.sweep(at("10:00", FRIDAY))
    [mine] = station.get(GRID, "/me/incident-cards", month="2026-03").json()["items"][-1:]
    assert mine["unit_code"] == GRID
    assert {
        item["unit_code"] for item in station.get(NEIGHBOUR, "/me/incident-cards").json()["items"]
    } == {NEIGHBOUR}
    assert refused(station.get("station_lead", "/me/incident-cards"))[0] == 403


def test_evt_3_requests_wait_for_the_tier_above(station: StationDay, events: Events) -> None:
    mine, other = events.event(), events.event(tier=Tier.COMMUNITY)
    for hop in (mine, other):
        events.asks(hop, "4", at("16:00"))

    def tiers(who: str, **query: str) -> set[str]:
        items = station.get(who, "/extensions", **query).json()["items"]
        return {item["decided_at_tier"] for item in items}

    assert tiers("station_lead", waiting="true") == {"community", "township"}
    assert tiers("station_lead", waiting="true", ours="true") == {"community"}
    assert tiers("township", ours="true") == {"township"}
    assert tiers("command_centre", ours="true") == set()
    events.decides(mine, Tier.COMMUNITY, at("16:30"), granted=True)
    assert tiers("station_lead", waiting="true", ours="true") == set()
    assert tiers("station_lead", waiting="false") == {"community"}
    assert refused(station.get("station_lead", "/extensions", unit="510185002"))[0] == 404
    assert refused(station.get(GRID, "/extensions"))[0] == 403
    assert "审批层级" in station.get("township", "/extensions", format="csv").text
