"""Inbox, map, figures and quotas over HTTP (EVT-1, EVT-3, EVT-5)."""

import csv
import io
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.rules.incidents import HopOutcome
from app.rules.tiers import Tier
from tests.api.station import ELSEWHERE, GRID, NEIGHBOUR, StationDay, refused
from tests.attendance.facts import at
from tests.conftest import SignedIn
from tests.incidents.written_events import Events

FIGURES = ("/incidents/inbox", "/incidents/map", "/incidents/counts", "/incidents/timeliness")
LISTS = (*FIGURES, "/incidents/quotas")
STRANGERS = ("finance", "auditor", "system_administrator", "security_administrator", "platform")
COMMUNITY = "510185001001"


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


@pytest.fixture
def events(station: StationDay) -> Events:
    return Events(station.db, station.client.city)


def items(station: StationDay, who: str, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = station.get(who, path, **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def inbox(station: StationDay, who: str, **query: Any) -> list[str]:
    return [each["incident_id"] for each in items(station, who, "/incidents/inbox", **query)]


@pytest.mark.parametrize("path", LISTS)
def test_org_1_offices_look_within_their_unit(station: StationDay, path: str) -> None:
    for who in ("station_lead", "township", "command_centre", "leading_group_office"):
        assert station.get(who, path).status_code == 200
    for who in (*STRANGERS, GRID):
        assert refused(station.get(who, path)) == (403, "auth.forbidden")
    beyond = station.get("station_lead", path, unit="510185001002")
    assert refused(beyond) == (404, "request.not_found")


def test_evt_3_each_tier_finds_what_it_holds(station: StationDay, events: Events) -> None:
    own = events.held(at("09:00"), due=at("19:00"))
    both = events.held(at("10:00"), tiers=[Tier.COMMUNITY, Tier.TOWNSHIP], due=at("17:00"))
    other = events.held(at("11:00"), ELSEWHERE, tiers=[Tier.COMMUNITY], due=at("16:00"))
    both.extension_asked(both.hops[0], at("12:00"))
    events.db.commit()
    assert inbox(station, "station_lead") == [str(both.id)]
    assert inbox(station, "station_lead", tier="grid") == [str(own.id)]
    assert inbox(station, "station_lead", unit=GRID) == [str(own.id)]
    assert inbox(station, "township") == [str(both.id)]
    assert inbox(station, "township", tier="community") == [str(other.id), str(both.id)]
    assert inbox(station, "township", of="asked") == [str(both.id)]
    assert inbox(station, "command_centre") == []
    assert inbox(station, "command_centre", unit=COMMUNITY) == [str(both.id)]
    (row,) = items(station, "township", "/incidents/inbox")
    assert (row["seconds_to_due"], row["state"]) == (-3600, "held")


def test_evt_3_the_office_finds_what_the_centre_asks(station: StationDay, events: Events) -> None:
    event = events.held(at("09:00"), tiers=[Tier.CENTRE])
    events.db.commit()
    assert inbox(station, "leading_group_office") == []
    event.extension_asked(event.hops[0], at("10:00"))
    events.db.commit()
    assert inbox(station, "leading_group_office") == [str(event.id)]
    assert inbox(station, "leading_group_office", of="held") == []
    assert inbox(station, "leading_group_office", tier="centre", of="held") == [str(event.id)]


def test_evt_3_the_inbox_in_pages_and_as_a_file(station: StationDay, events: Events) -> None:
    made = [events.held(at("09:00"), tiers=[Tier.COMMUNITY], due=at(f"1{n}:00")) for n in range(3)]
    events.db.commit()
    first = station.get("station_lead", "/incidents/inbox", limit=2).json()
    rest = inbox(station, "station_lead", cursor=first["next_cursor"])
    assert [*(each["incident_id"] for each in first["items"]), *rest] == [
        str(each.id) for each in made
    ]
    answer = station.get("station_lead", "/incidents/inbox", format="csv", limit=1)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (rows[0][0], rows[1][2], len(rows)) == ("时限", "公共安全", 2)
    assert answer.headers["x-next-cursor"]
    assert station.get("station_lead", "/incidents/inbox", format="xlsx").content[:2] == b"PK"


def test_evt_1_a_map_of_what_is_open(station: StationDay, events: Events) -> None:
    opened = events.held(at("09:00"))
    closed = events.closed(at("10:00"))
    events.db.commit()
    answer = station.get("station_lead", "/incidents/map")
    assert answer.headers["content-type"] == "application/geo+json"
    (feature,) = answer.json()["features"]
    assert (answer.json()["type"], feature["type"]) == ("FeatureCollection", "Feature")
    assert (feature["id"], feature["geometry"]["type"]) == (str(opened.id), "Point")
    assert feature["properties"]["tiers"] == ["grid"]
    assert "李秀英" not in answer.text
    everything = {"state": "closed"}
    (feature,) = station.get("station_lead", "/incidents/map", **everything).json()["features"]
    assert feature["id"] == str(closed.id)
    first = station.get("station_lead", "/incidents/map", limit=1, category="public_safety").json()
    assert first["next_cursor"] is None


def test_evt_1_counts_by_everything(station: StationDay, events: Events) -> None:
    events.held(at("09:00"))
    events.closed(at("10:00"), NEIGHBOUR)
    events.held(at("11:00"), ELSEWHERE, tiers=[Tier.COMMUNITY], category="dispute")
    events.db.commit()
    path, who = "/incidents/counts", "township"
    by = {
        name: [(row["key"], row["reported"]) for row in items(station, who, path, by=name)]
        for name in ("category", "tier", "state", "unit", "month", "severity")
    }
    assert by == {
        "category": [("dispute", 1), ("public_safety", 2)],
        "tier": [("community", 1), ("grid", 1)],
        "state": [("closed", 1), ("held", 2)],
        "unit": [("510185001001", 2), ("510185001002", 1)],
        "month": [("2026-03", 3)],
        "severity": [("general", 3)],
    }
    assert items(station, who, path, to="2026-03-17") == []
    (named,) = items(station, who, path, category="dispute")
    assert (named["name_zh"], named["name_en"]) == ("矛盾纠纷", "Dispute")
    assert station.get(who, path, format="csv").text.count("\n") == 3


def test_evt_3_timeliness_per_unit_and_tier(station: StationDay, events: Events) -> None:
    done = events.held(at("09:00"), due=at("10:00"))
    done.hops[0].taken_up_at = at("09:30")
    done.ended(done.hops[0], at("10:00"), HopOutcome.CLOSED)
    events.held(at("09:00"), due=at("17:59"))
    events.held(at("09:00"), due=at("18:00"))
    events.db.commit()
    (row,) = items(station, "station_lead", "/incidents/timeliness")
    assert (row["key"], row["tier"], row["arrived"]) == (GRID, "grid", 3)
    assert (row["closed"], row["on_time"], row["open_overdue"]) == (1, 1, 1)
    assert (row["on_time_share"], row["response_median_h"]) == (0.5, 0.5)
    assert (row["handling_median_h"], row["handling_p90_h"]) == (1.0, 1.0)
    answer = station.get("station_lead", "/incidents/timeliness", by="month", format="csv")
    assert "2026-03" in answer.text


def test_evt_5_quotas_and_one_s_own(station: StationDay, events: Events) -> None:
    events.held(at("09:00"))
    events.db.commit()
    rows = items(station, "station_lead", "/incidents/quotas", month="2026-03")
    assert sorted((row["filed"], row["verdict"]) for row in rows) == [
        (0, "not_set"), (0, "not_set"), (1, "not_set"),
    ]  # fmt: skip
    own = station.get(GRID, "/me/incident-quota").json()
    assert (own["month"], own["counted"], own["clause"]) == ("2026-03", 1, "四(二)2")
    assert refused(station.get(GRID, "/me/incident-quota", month="2025-12")) == (
        404, "request.not_found",
    )  # fmt: skip
    assert refused(station.get("station_lead", "/me/incident-quota"))[0] == 403
    answer = station.get("station_lead", "/incidents/quotas", format="csv")
    assert answer.text.count("四(二)2") == 3


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/incidents/inbox", {"tier": "county"}),
        ("/incidents/inbox", {"of": "everything"}),
        ("/incidents/map", {"limit": "2001"}),
        ("/incidents/map", {"format": "csv"}),
        ("/incidents/counts", {"by": "worker"}),
        ("/incidents/counts", {"from": "9999-12-31"}),
        ("/incidents/timeliness", {"by": "worker"}),
        ("/incidents/timeliness", {"to": "0001-01-01"}),
        ("/incidents/quotas", {"month": "2026-13"}),
        ("/incidents/quotas", {"month": "9999-12"}),
        ("/incidents/quotas", {"month": "2026-3"}),
    ],
    ids=str,
)
def test_what_can_t_be_asked(station: StationDay, path: str, query: dict[str, str]) -> None:
    assert refused(station.get("station_lead", path, **query)) == (422, "request.malformed")


@pytest.mark.parametrize("path", ["/incidents/counts", "/incidents/timeliness"])
@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-03-19", "to": "2026-03-18"},
        {"from": "2025-01-01", "to": "2026-03-18"},
    ],
    ids=str,
)
def test_a_range_has_its_bounds(station: StationDay, path: str, query: dict[str, str]) -> None:
    found = station.get("station_lead", path, **query)
    assert refused(found) == (422, "incident.range_too_long")


@pytest.mark.parametrize(
    "path", ["/incidents/counts", "/incidents/timeliness", "/incidents/quotas"]
)
@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyJ4IiwgMSwgMl0", "WyJ4IiwieSJd"])
def test_a_cursor_of_elsewhere_is_refused(station: StationDay, path: str, cursor: str) -> None:
    found = station.get("station_lead", path, cursor=cursor)
    assert refused(found) == (422, "request.bad_cursor")


@pytest.mark.parametrize("edge", ["2017-09-01", "2099-12-31"])
@pytest.mark.parametrize("path", ["/incidents/counts", "/incidents/timeliness"])
def test_the_edges_of_what_can_be_asked(station: StationDay, path: str, edge: str) -> None:
    assert items(station, "station_lead", path, **{"from": edge, "to": edge}) == []
    alone = station.get("station_lead", path, to="2017-09-01")
    assert alone.status_code == 200
    assert station.get("station_lead", "/incidents/quotas", month="2000-01").status_code == 200
    assert station.get("station_lead", "/incidents/quotas", month="2099-12").status_code == 200
