"""Leave over HTTP."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from tests.api.station import ELSEWHERE, GRID, NEIGHBOUR, StationDay, leave, refused
from tests.conftest import SignedIn


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


APPROVED = {"approved": True}


def test_att_5_asked_seen_approved_and_ended_early(station: StationDay) -> None:
    asked = station.asks_leave("2026-03-18", "2026-03-20")
    assert asked.status_code == 201
    key = asked.json()["id"]
    [seen] = station.get("station_lead", "/leaves", state="waiting").json()["items"]
    assert (seen["id"], seen["worker_name"]) == (key, "网格员0")
    approved = station.post("station_lead", f"/leaves/{key}/decision", APPROVED)
    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    end = {"last_day": "2026-03-19", "last_half": "morning"}
    ended = station.post("station_lead", f"/leaves/{key}/end", end)
    assert (ended.status_code, ended.json()["last_day"]) == (200, "2026-03-19")
    again = station.post("station_lead", f"/leaves/{key}/end", end)
    assert refused(again) == (422, "leave.not_shortened")
    [mine] = station.get(GRID, "/me/leaves").json()["items"]
    assert (mine["last_half"], mine["state"]) == ("morning", "approved")
    assert station.get(NEIGHBOUR, "/me/leaves").json()["items"] == []


def test_overlapping_leave_is_refused_when_asked_for(station: StationDay) -> None:
    station.asks_leave("2026-03-18", "2026-03-20")
    answer = station.asks_leave("2026-03-20", "2026-03-21")
    assert refused(answer) == (409, "leave.overlaps")
    assert station.asks_leave("2026-03-21", "2026-03-21").status_code == 201
    assert station.asks_leave("2026-03-18", "2026-03-20", NEIGHBOUR).status_code == 201


def test_decided_once_with_a_reason_to_refuse(station: StationDay) -> None:
    key = station.asks_leave("2026-03-18", "2026-03-18").json()["id"]
    path = f"/leaves/{key}/decision"
    bare = station.post("station_lead", path, {"approved": False})
    assert refused(bare) == (422, "decision.reason_needed")
    said = station.post("station_lead", path, {"approved": False, "reason": "人手不足"})
    assert (said.json()["state"], said.json()["decision_reason"]) == ("refused", "人手不足")
    assert refused(station.post("station_lead", path, APPROVED))[1] == "decision.already_decided"
    end = {"last_day": "2026-03-18", "last_half": "morning"}
    ended = station.post("station_lead", f"/leaves/{key}/end", end)
    assert refused(ended) == (409, "leave.not_approved")


def test_withdrawn_by_who_asked(station: StationDay) -> None:
    key = station.asks_leave("2026-03-18", "2026-03-18").json()["id"]
    assert refused(station.delete(NEIGHBOUR, f"/leaves/{key}")) == (404, "request.not_found")
    assert refused(station.delete("station_lead", f"/leaves/{key}")) == (403, "auth.forbidden")
    assert station.delete(GRID, f"/leaves/{key}").json()["state"] == "withdrawn"


def test_things_beyond_are_not_there_and_acts_beyond_are_forbidden(station: StationDay) -> None:
    key = station.asks_leave("2026-03-18", "2026-03-18", ELSEWHERE).json()["id"]
    end = {"last_day": "2026-03-18", "last_half": "morning"}
    assert refused(station.get("station_lead", f"/leaves/{key}"))[0] == 404
    assert refused(station.get("station_lead", "/leaves", unit="510185001002"))[0] == 404
    assert refused(station.post("station_lead", f"/leaves/{key}/decision", APPROVED))[0] == 403
    assert refused(station.post("station_lead", f"/leaves/{key}/end", end))[0] == 403
    assert station.get("command_centre", f"/leaves/{key}").json()["id"] == key
    assert refused(station.post("command_centre", f"/leaves/{key}/decision", APPROVED))[0] == 403


@pytest.mark.parametrize(
    "change",
    [
        {"last_day": "2026-03-17"},
        {"last_day": "2027-03-20"},
        {"first_half": "afternoon", "last_half": "morning"},
        {"kind": "holiday"},
        {"first_day": "0001-01-01"},
        {"reason": None},
        {"half": "morning"},
    ],
)
def test_bodies_out_of_form_are_refused(station: StationDay, change: dict[str, Any]) -> None:
    body = leave("2026-03-18", "2026-03-18")
    assert refused(station.post(GRID, "/leaves", body | change)) == (422, "request.malformed")
