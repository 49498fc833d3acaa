"""Events over HTTP: lists, one with its history, whom to ask, likely duplicates (EVT-1, EVT-4)."""

import csv
import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import OutboxEvent
from app.rules.incidents import Reporter
from app.rules.tiers import Tier
from tests.api.station import ELSEWHERE, GRID, NEIGHBOUR, StationDay, refused
from tests.attendance.facts import at
from tests.city import SOUTH, WEST
from tests.conftest import SignedIn
from tests.errands.facts import make_group
from tests.incidents.written_events import Events

CONTACT = {"name": "李秀英", "phone": "13800000001"}
PLACE: dict[str, Any] = {"lon": WEST + 0.001, "lat": SOUTH + 0.001}
NOBODY = "0199d2f0-0000-7000-8000-00000000ffff"
OFFICES = (
    "station_lead",
    "information_administrator",
    "township",
    "command_centre",
    "leading_group_office",
)
STRANGERS = ("finance", "auditor", "system_administrator", "security_administrator", "platform")


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


@pytest.fixture
def events(station: StationDay) -> Events:
    return Events(station.db, station.client.city)


def held(events: Events, *args: Any, **how: Any) -> UUID:
    """An event that somebody holds, committed."""
    event = events.held(*(args or (at("09:00"),)), **how)
    events.db.commit()
    return event.id


def keys(answer: Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


def test_evt_1_every_office_lists_its_unit_and_nobody_else_does(
    station: StationDay, events: Events
) -> None:
    own = held(events)
    other = held(events, at("10:00"), ELSEWHERE)
    for who in OFFICES[:2]:
        assert keys(station.get(who, "/incidents")) == [str(own)]
    for who in OFFICES[2:]:
        assert keys(station.get(who, "/incidents")) == [str(other), str(own)]
    for who in (*STRANGERS, GRID):
        assert refused(station.get(who, "/incidents")) == (403, "auth.forbidden")
        assert refused(station.get(who, f"/incidents/{own}")) == (403, "auth.forbidden")
    assert station.client.http.get("/v1/incidents").status_code == 401


def test_org_1_what_lies_beyond_is_not_there(station: StationDay, events: Events) -> None:
    other = held(events, at("09:00"), ELSEWHERE, contact=CONTACT)
    for path in (
        f"/incidents/{other}",
        f"/incidents/{other}/likely-duplicates",
        f"/incidents/{NOBODY}",
    ):
        assert refused(station.get("station_lead", path)) == (404, "request.not_found")
    asked = station.get("station_lead", "/incidents", unit="510185001002")
    assert refused(asked) == (404, "request.not_found")
    body = {"purpose": "follow_up"}
    for key in (other, NOBODY):
        found = station.post("station_lead", f"/incidents/{key}/reveal", body)
        assert refused(found) == (404, "request.not_found")
        found = station.post(GRID, f"/me/incidents/{key}/reveal", body)
        assert refused(found) == (404, "request.not_found")
        assert refused(station.get(GRID, f"/me/incidents/{key}")) == (404, "request.not_found")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"tier": "grid"}, ["general"]),
        ({"open": "true", "severity": "major"}, ["major"]),
        ({"category": "public_safety", "from": "2026-03-18", "to": "2026-03-18"}, ["general"]),
        ({"unit": NEIGHBOUR}, ["major"]),
        ({"carded": "true"}, []),
        ({"state": "closed"}, []),
    ],
    ids=str,
)
def test_evt_1_narrowed(
    station: StationDay, events: Events, query: dict[str, str], expected: list[str]
) -> None:
    made = {
        "general": held(events),
        "major": held(
            events, at("10:00"), NEIGHBOUR, tiers=[Tier.COMMUNITY], category="emergency",
            severity="major",
        ),
    }  # fmt: skip
    found = keys(station.get("station_lead", "/incidents", **query))
    assert found == [str(made[name]) for name in expected]


@pytest.mark.parametrize(
    "query",
    [
        {"state": "lost"},
        {"tier": "county"},
        {"category": "Fire!"},
        {"category": "a.b.c"},
        {"category": "a\x00"},
        {"severity": "huge"},
        {"worker": "1"},
        {"from": "0001-01-01"},
        {"to": "9999-12-31"},
        {"unit": "x"},
        {"unit": "510185001001001001"},
        {"limit": "0"},
        {"limit": "99999999999999999999"},
        {"open": "maybe"},
        {"colour": "red"},
        {"format": "pdf"},
    ],
    ids=str,
)
def test_what_can_t_be_asked(station: StationDay, query: dict[str, str]) -> None:
    found = station.get("station_lead", "/incidents", **query)
    assert refused(found) == (422, "request.malformed")


@pytest.mark.parametrize("path", ["/incidents", "/incidents/map", "/incidents/inbox"])
@pytest.mark.parametrize("cursor", ["x", "WyJ4Il0", "WyIyMDI2LTAzLTE4IiwgIngiXQ", "/w"])
def test_a_cursor_of_elsewhere_is_refused(station: StationDay, path: str, cursor: str) -> None:
    found = station.get("station_lead", path, cursor=cursor)
    assert refused(found) == (422, "request.bad_cursor")


def test_evt_1_in_pages_and_as_files_in_both_languages(station: StationDay, events: Events) -> None:
    first, second = held(events, at("10:00")), held(events, at("09:00"))
    page = station.get("station_lead", "/incidents", limit=1)
    rest = station.get("station_lead", "/incidents", cursor=page.json()["next_cursor"])
    assert (keys(page), keys(rest)) == ([str(first)], [str(second)])
    answer = station.get("station_lead", "/incidents", format="csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (rows[0][0], rows[1][1], rows[1][5]) == ("上报时间", "公共安全", "grid")
    assert rows[1][-1] == str(first)
    headers = station.client.as_("station_lead") | {"Accept-Language": "en"}
    english = station.client.http.get("/v1/incidents?format=csv", headers=headers)
    assert english.content.decode("utf-8-sig").startswith("Reported at,")
    assert "李秀英" not in answer.text
    assert station.get("station_lead", "/incidents", format="xlsx").content[:2] == b"PK"


def test_evt_1_one_with_its_history_masked_above_the_station(
    station: StationDay, events: Events
) -> None:
    key = held(events, at("09:00"), contact=CONTACT)
    own = station.get("station_lead", f"/incidents/{key}").json()
    assert (own["description"], own["masked"], own["has_contact"]) == (
        "李秀英家门前井盖破损", False, True,
    )  # fmt: skip
    assert [act["act"] for act in own["acts"]] == ["report", "escalate"]
    assert own["hops"][0]["clocks"][0]["why"] == "arrival"
    assert "13800000001" not in str(own)
    above = station.get("township", f"/incidents/{key}").json()
    assert (above["description"], above["masked"]) == (None, True)
    assert "李秀英" not in str(above)


def looks(station: StationDay) -> int:
    named = OutboxEvent.name == "incident.revealed"
    return station.db.scalars(select(func.count()).where(named)).one()


def test_evt_4_whom_to_ask_is_for_station_and_worker_and_logged(
    station: StationDay, events: Events
) -> None:
    key = held(events, at("09:00"), contact=CONTACT, reporter=Reporter.RESIDENT)
    body = {"purpose": "follow_up"}
    lead = station.post("station_lead", f"/incidents/{key}/reveal", body)
    assert (lead.status_code, lead.json()["contact"]) == (200, CONTACT)
    worker = station.post(GRID, f"/me/incidents/{key}/reveal", body)
    assert (worker.json()["contact"], worker.json()["purpose"]) == (CONTACT, "follow_up")
    assert looks(station) == 2
    for who in ("township", "command_centre", "information_administrator", GRID):
        found = station.post(who, f"/incidents/{key}/reveal", body)
        assert refused(found) == (403, "auth.forbidden")
    neighbour = station.post(NEIGHBOUR, f"/me/incidents/{key}/reveal", body)
    assert refused(neighbour) == (404, "request.not_found")
    assert looks(station) == 2


def test_evt_4_without_a_contact_or_a_purpose_there_is_nothing(
    station: StationDay, events: Events
) -> None:
    key = held(events)
    for who, path in ((GRID, "/me/incidents"), ("station_lead", "/incidents")):
        found = station.post(who, f"{path}/{key}/reveal", {"purpose": "handling"})
        assert refused(found) == (409, "incident.no_contact")
        for body in ({}, {"purpose": "curiosity"}, {"purpose": "handling", "why": "x"}):
            found = station.post(who, f"{path}/{key}/reveal", body)
            assert refused(found) == (422, "request.malformed")


def test_evt_4_one_s_own_and_what_waits(station: StationDay, events: Events) -> None:
    own = held(events)
    done = events.closed(at("10:00"))
    events.held(at("11:00"), NEIGHBOUR)
    events.db.commit()
    assert keys(station.get(GRID, "/me/incidents")) == [str(done.id), str(own)]
    waiting = station.get(GRID, "/me/incidents", waiting="verification").json()["items"]
    assert [(each["id"], each["waits_for_me"]) for each in waiting] == [
        (str(done.id), "verification")
    ]
    assert waiting[0]["description"] == "李秀英家门前井盖破损"
    assert keys(station.get(GRID, "/me/incidents", open="true")) == [str(own)]
    found = station.get(GRID, f"/me/incidents/{own}").json()
    assert (found["description"], found["masked"]) == ("李秀英家门前井盖破损", False)
    assert refused(station.get(NEIGHBOUR, f"/me/incidents/{own}"))[0] == 404
    assert refused(station.get("station_lead", "/me/incidents"))[0] == 403
    bad = station.get(GRID, "/me/incidents", waiting="tea")
    assert refused(bad) == (422, "request.malformed")
    bad = station.get(GRID, "/me/incidents", cursor="x")
    assert refused(bad) == (422, "request.bad_cursor")


def test_org_5_a_partner_of_the_group_reads_what_needs_help(
    station: StationDay, events: Events
) -> None:
    key = held(events)
    assert refused(station.get(NEIGHBOUR, f"/me/incidents/{key}"))[0] == 404
    make_group(station.db, station.client.city, GRID, NEIGHBOUR)
    station.db.commit()
    found = station.get(NEIGHBOUR, f"/me/incidents/{key}").json()
    assert (found["description"], found["masked"]) == ("李秀英家门前井盖破损", False)
    allowed = station.get(NEIGHBOUR, f"/me/incidents/{key}/allowed-acts").json()["allowed"]
    assert "take_up" in allowed
    reveal = station.post(NEIGHBOUR, f"/me/incidents/{key}/reveal", {"purpose": "follow_up"})
    assert reveal.status_code in {403, 404}, "whom to ask is for the grid's own workers"


def test_evt_1_likely_duplicates_before_filing_and_of_one(
    station: StationDay, events: Events
) -> None:
    own, near = held(events, at("17:00")), held(events, at("17:10"), NEIGHBOUR)
    held(events, at("17:20"), ELSEWHERE)
    query: dict[str, Any] = {"category": "public_safety", **PLACE}
    found = station.get(GRID, "/me/likely-duplicates", **query).json()
    assert {each["id"] for each in found["items"]} == {str(own), str(near)}
    assert (found["radius_m"], found["within_h"], found["rule"]) == (50, 168, "EVT-1")
    assert "李秀英" not in str(found)
    early = (at("17:00") - timedelta(days=8)).isoformat()
    assert station.get(GRID, "/me/likely-duplicates", **query, at=early).json()["items"] == []
    of_one = station.get("station_lead", f"/incidents/{own}/likely-duplicates").json()
    assert [each["id"] for each in of_one["items"]] == [str(near)]
    unknown = station.get(GRID, "/me/likely-duplicates", **(query | {"category": "weather"}))
    assert refused(unknown) == (422, "incident.category_unknown")
    assert refused(station.get("station_lead", "/me/likely-duplicates", **query))[0] == 403


def test_a_worker_without_a_post_has_nobody_to_be_offered(station: StationDay) -> None:
    station.at(at("18:00", date(2025, 12, 31)))
    found = station.get(GRID, "/me/likely-duplicates", category="other", **PLACE)
    assert refused(found) in {(422, "people.no_post"), (401, "auth.unauthenticated")}


@pytest.mark.parametrize(
    "changes",
    [
        {"lon": "181"},
        {"lat": "NaN"},
        {"lat": "inf"},
        {"at": "2026-03-18T09:00:00"},
        {"at": "9999-12-31T23:59:59Z"},
        {"at": "0001-01-01T00:00:00Z"},
        {"category": ""},
        {"radius": "5"},
    ],
    ids=str,
)
def test_where_and_when_are_checked(station: StationDay, changes: dict[str, str]) -> None:
    query: dict[str, Any] = {"category": "other", **PLACE} | changes
    found = station.get(GRID, "/me/likely-duplicates", **query)
    assert refused(found) == (422, "request.malformed")


@pytest.mark.parametrize("lat", [90, -90, 0])
def test_poles_are_places_too(station: StationDay, lat: int) -> None:
    found = station.get(GRID, "/me/likely-duplicates", category="other", lon=180, lat=lat)
    assert (found.status_code, found.json()["items"]) == (200, [])
