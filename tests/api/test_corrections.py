"""Correction requests (补签) over HTTP."""

from datetime import date, datetime

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from tests.api.station import ELSEWHERE, EVENING, GRID, NEIGHBOUR, StationDay, correction, refused
from tests.attendance.facts import at
from tests.conftest import SignedIn


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


APPROVED = {"approved": True, "reason": None}


def test_att_5_asked_seen_and_approved(station: StationDay) -> None:
    asked = station.asks_correction(2)
    assert asked.status_code == 201
    key = asked.json()["id"]
    assert (asked.json()["state"], asked.json()["community_code"]) == ("waiting", "510185001001")
    [seen] = station.get("station_lead", "/corrections", state="waiting").json()["items"]
    assert (seen["id"], seen["worker_name"], seen["evidence"]) == (
        key,
        "网格员0",
        ["晨会签到表第 3 行"],
    )
    decided = station.post("station_lead", f"/corrections/{key}/decision", APPROVED)
    assert (decided.status_code, decided.json()["state"]) == (200, "approved")
    assert station.get("station_lead", "/corrections", state="waiting").json()["items"] == []
    [mine] = station.get(GRID, "/me/corrections").json()["items"]
    assert (mine["state"], mine["decided_by"]) == ("approved", decided.json()["decided_by"])
    assert station.get(NEIGHBOUR, "/me/corrections").json()["items"] == []
    again = station.post("station_lead", f"/corrections/{key}/decision", APPROVED)
    assert refused(again) == (409, "decision.already_decided")


@pytest.mark.parametrize(
    ("now", "status"),
    [(at("23:59:59", date(2026, 3, 23)), 201), (at("00:00", date(2026, 3, 24)), 409)],
)
def test_att_5_at_most_five_days_after_the_date(
    station: StationDay, now: datetime, status: int
) -> None:
    station.at(now)
    answer = station.asks_correction()
    assert answer.status_code == status
    if status == 409:
        assert refused(answer) == (409, "correction.too_late")
        assert answer.json()["facts"] == {"last_day": "2026-03-23"}
        assert (answer.json()["rule"], answer.json()["clause"]) == ("ATT-5", "三(二)2")


def test_the_same_request_again_is_the_first(station: StationDay) -> None:
    body = correction()
    first = station.post(GRID, "/corrections", body)
    again = station.post(GRID, "/corrections", body)
    assert (again.status_code, again.json()) == (201, first.json())
    other = station.post(GRID, "/corrections", {**body, "window": 3})
    assert refused(other) == (409, "attendance.id_reused")
    stolen = station.post(NEIGHBOUR, "/corrections", body)
    assert refused(stolen) == (409, "attendance.id_reused")


def test_withdrawn_while_it_waits(station: StationDay) -> None:
    key = station.asks_correction().json()["id"]
    assert refused(station.delete(NEIGHBOUR, f"/corrections/{key}")) == (404, "request.not_found")
    assert station.delete(GRID, f"/corrections/{key}").json()["state"] == "withdrawn"
    late = station.post("station_lead", f"/corrections/{key}/decision", APPROVED)
    assert refused(late) == (409, "decision.already_decided")
    assert late.json()["facts"]["state"] == "withdrawn"


def test_things_beyond_are_not_there_and_acts_beyond_are_forbidden(station: StationDay) -> None:
    key = station.asks_correction(who=ELSEWHERE).json()["id"]
    assert refused(station.get("station_lead", f"/corrections/{key}"))[0] == 404
    assert refused(station.get("station_lead", "/corrections", unit="510185001002"))[0] == 404
    beyond = station.post("station_lead", f"/corrections/{key}/decision", APPROVED)
    assert refused(beyond) == (403, "auth.forbidden")
    assert station.get("township", f"/corrections/{key}").json()["state"] == "waiting"
    tier_above = station.post("township", f"/corrections/{key}/decision", APPROVED)
    assert refused(tier_above) == (403, "auth.forbidden")


def test_an_office_asks_for_no_correction(station: StationDay) -> None:
    answer = station.post("station_lead", "/corrections", correction())
    assert refused(answer) == (403, "auth.forbidden")


def test_a_refusal_needs_a_reason(station: StationDay) -> None:
    key = station.asks_correction().json()["id"]
    answer = station.post("station_lead", f"/corrections/{key}/decision", {"approved": False})
    assert refused(answer) == (422, "decision.reason_needed")


@pytest.mark.parametrize(
    "change",
    [
        {"id": "3e6f3c1e-7a7b-4c65-9a3e-0f6c8c1f9a11"},
        {"kind": "field_time"},
        {"day": "9999-12-31"},
        {"day": "2017-08-31"},
        {"window": 0},
        {"window": 4},
        {"window": 10**30},
        {"evidence": []},
        {"evidence": ["\u0000"]},
        {"reason": ""},
        {"worker_id": "0199d2f0-0000-7000-8000-000000000002"},
    ],
)
def test_bodies_out_of_form_are_refused(station: StationDay, change: dict[str, object]) -> None:
    answer = station.post(GRID, "/corrections", correction() | change)
    assert refused(answer) == (422, "request.malformed")


def test_pages_and_files(station: StationDay) -> None:
    for window in (1, 2, 3):
        station.at(EVENING.replace(minute=window))
        assert station.asks_correction(window).status_code == 201
    first = station.get("station_lead", "/corrections", limit=2).json()
    assert [row["window"] for row in first["items"]] == [3, 2]
    rest = station.get("station_lead", "/corrections", limit=2, cursor=first["next_cursor"]).json()
    assert ([row["window"] for row in rest["items"]], rest["next_cursor"]) == ([1], None)
    table = station.get("station_lead", "/corrections", format="csv")
    assert len(table.content.decode("utf-8-sig").splitlines()) == 4
