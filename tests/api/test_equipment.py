"""Checks of clothes and equipment, and exemptions, over HTTP (EQP-1)."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy.orm import Session

from app.kit import clock
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from tests.api.station import ELSEWHERE, GRID, NEIGHBOUR, StationDay, refused
from tests.conftest import SignedIn
from tests.equipment.facts import NOON, PHOTO, seen
from tests.intake.handset import Handset as Sender
from tests.intake.handset import item

COMMUNITY = "510185001001"
OTHER_COMMUNITY = "510185001002"


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


def check(station: StationDay, *missing: str, grid: str = GRID, **changes: Any) -> dict[str, Any]:
    """The body of a check."""
    body = {
        "id": str(uuid7(NOON)),
        "worker_id": str(station.client.city.workers[grid]),
        "day": "2026-03-18",
        **seen(*missing),
    }
    return body | changes


def checks(station: StationDay, *missing: str, **changes: Any) -> Response:
    return station.post("station_lead", "/equipment-checks", check(station, *missing, **changes))


def exemption(**changes: Any) -> dict[str, Any]:
    """The body of an exemption."""
    body = {
        "id": str(uuid7(NOON)),
        "unit_code": COMMUNITY,
        "first_day": "2026-03-18",
        "last_day": "2026-03-20",
        "reason": "便衣巡查",
    }
    return body | changes


def test_eqp_1_checked_seen_answered_and_taken_back(station: StationDay) -> None:
    made = checks(station, "torch", photos=[PHOTO])
    assert (made.status_code, made.json()["verdict"]) == (201, "items_missing")
    key = made.json()["id"]
    (mine,) = station.get(GRID, "/me/equipment-checks").json()["items"]
    assert (mine["id"], mine["clause"], mine["missing_photos"]) == (key, "三(二)1", [PHOTO])
    answered = station.post(GRID, f"/me/equipment-checks/{key}/answer", {"text": "已报失"})
    assert answered.status_code == 200
    seen_by_station = station.get("station_lead", f"/equipment-checks/{key}").json()
    assert [each["said"] for each in seen_by_station["answers"]] == ["已报失"]
    why = {"reason": "登记错人"}
    back = station.post("station_lead", f"/equipment-checks/{key}/withdrawal", why)
    assert back.json()["withdrawn"]["reason"] == "登记错人"
    again = station.post("station_lead", f"/equipment-checks/{key}/withdrawal", why)
    assert refused(again) == (409, "equipment.withdrawn")
    assert station.get(NEIGHBOUR, "/me/equipment-checks").json()["items"] == []


def test_the_same_check_again_is_the_first(station: StationDay) -> None:
    body = check(station)
    first = station.post("station_lead", "/equipment-checks", body)
    assert station.post("station_lead", "/equipment-checks", body).json() == first.json()
    other = station.post("station_lead", "/equipment-checks", body | {"note": "另"})
    assert refused(other) == (409, "equipment.id_reused")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"day": "2026-03-12"}, (422, "equipment.day_not_open")),
        ({"day": "2026-03-19"}, (422, "equipment.day_not_open")),
        ({"worker_id": str(uuid4())}, (422, "people.no_post")),
        ({"id": str(uuid4())}, (422, "request.malformed")),
        ({"items": {"torch": True}}, (422, "request.malformed")),
        ({"items": {**seen()["items"], "cap": True}}, (422, "request.malformed")),
        ({"work_clothes": None}, (422, "request.malformed")),
        ({"note": "x" * 5000}, (422, "request.malformed")),
        ({"note": "nul\x00"}, (422, "request.malformed")),
        ({"day": "0001-01-01"}, (422, "request.malformed")),
        ({"day": "9999-12-31"}, (422, "request.malformed")),
        ({"photos": ["x"]}, (422, "request.malformed")),
        ({"verdict": "fit"}, (422, "request.malformed")),
    ],
)
def test_checks_that_are_refused(
    station: StationDay, changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert refused(checks(station, **changes)) == expected


def test_eqp_1_checks_beyond_ones_station(station: StationDay) -> None:
    assert refused(checks(station, grid=ELSEWHERE)) == (403, "auth.forbidden")
    centre = station.post("command_centre", "/equipment-checks", check(station))
    assert refused(centre) == (403, "auth.forbidden")
    key = checks(station).json()["id"]
    assert station.get("command_centre", f"/equipment-checks/{key}").json()["id"] == key
    why = {"reason": "?"}
    assert refused(station.post("township", f"/equipment-checks/{key}/withdrawal", why))[0] == 403
    assert refused(station.get("station_lead", f"/equipment-checks/{uuid4()}"))[0] == 404
    unit = station.get("station_lead", "/equipment-checks", unit=OTHER_COMMUNITY)
    assert refused(unit) == (404, "request.not_found")
    assert refused(station.get(GRID, "/equipment-checks"))[0] == 403
    answer = station.post(NEIGHBOUR, f"/me/equipment-checks/{key}/answer", {"text": "?"})
    assert refused(answer) == (404, "request.not_found")
    lead = station.post("station_lead", f"/me/equipment-checks/{key}/answer", {"text": "?"})
    assert refused(lead)[0] == 403


def test_in_pages_by_verdict_and_as_files(station: StationDay) -> None:
    made = [checks(station), checks(station, "torch", note="=1+1"), checks(station, grid=NEIGHBOUR)]
    keys = {answer.json()["id"] for answer in made}
    first = station.get("station_lead", "/equipment-checks", limit=2).json()
    cursor = first["next_cursor"]
    rest = station.get("station_lead", "/equipment-checks", limit=2, cursor=cursor).json()
    assert {row["id"] for row in [*first["items"], *rest["items"]]} == keys
    assert (len(first["items"]), rest["next_cursor"]) == (2, None)
    missing = station.get("station_lead", "/equipment-checks", verdict="items_missing").json()
    assert [row["id"] for row in missing["items"]] == [made[1].json()["id"]]
    named = station.get("station_lead", "/equipment-checks", worker_id=made[2].json()["worker_id"])
    assert [row["id"] for row in named.json()["items"]] == [made[2].json()["id"]]
    before = {"to": "2026-03-17"}
    assert station.get("station_lead", "/equipment-checks", **before).json()["items"] == []
    file = station.get("station_lead", "/equipment-checks", format="csv")
    assert "'=1+1" in file.text
    assert "torch" in file.text
    assert station.get("station_lead", "/equipment-checks", format="xlsx").content[:2] == b"PK"
    bad = station.get("station_lead", "/equipment-checks", cursor="WyJ4Il0")
    assert refused(bad) == (422, "request.bad_cursor")


def test_eqp_1_exempted_by_the_township_ended_and_listed(station: StationDay) -> None:
    body = exemption()
    made = station.post("township", "/equipment-exemptions", body)
    assert (made.status_code, made.json()["last_day"]) == (201, "2026-03-20")
    naked = checks(station, work_clothes=False).json()
    assert (naked["verdict"], naked["exemption_id"]) == ("exempted", body["id"])
    above = exemption(unit_code="510185", last_day=None)
    station.post("command_centre", "/equipment-exemptions", above)
    elsewhere = exemption(unit_code="510185002")
    station.post("command_centre", "/equipment-exemptions", elsewhere)
    seen_by_station = station.get("station_lead", "/equipment-exemptions").json()["items"]
    assert {row["id"] for row in seen_by_station} == {body["id"], above["id"]}
    whole_city = station.get("command_centre", "/equipment-exemptions").json()["items"]
    assert len(whole_city) == 3
    later = station.get("station_lead", "/equipment-exemptions", on="2026-03-21").json()["items"]
    assert [row["id"] for row in later] == [above["id"]]
    path = f"/equipment-exemptions/{body['id']}/end"
    ended = station.post("township", path, {"last_day": "2026-03-18"})
    assert ended.json()["last_day"] == "2026-03-18"
    again = station.post("township", path, {"last_day": "2026-03-18"})
    assert refused(again) == (422, "equipment.exemption_not_shortened")


@pytest.mark.parametrize(
    ("who", "changes", "expected"),
    [
        ("station_lead", {}, (403, "auth.forbidden")),
        (GRID, {}, (403, "auth.forbidden")),
        ("township", {"unit_code": "510185"}, (403, "auth.forbidden")),
        ("township", {"unit_code": "510185002"}, (403, "auth.forbidden")),
        ("township", {"unit_code": "510185001009"}, (404, "request.not_found")),
        ("township", {"unit_code": GRID}, (422, "request.malformed")),
        ("township", {"last_day": "2026-03-17"}, (422, "request.malformed")),
        ("township", {"worker_id": str(uuid4())}, (422, "people.no_post")),
        ("township", {"reason": " "}, (422, "request.malformed")),
        ("township", {"first_day": "1970-01-01"}, (422, "request.malformed")),
    ],
)
def test_exemptions_that_are_refused(
    station: StationDay, who: str, changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    made = station.post(who, "/equipment-exemptions", exemption(**changes))
    assert refused(made) == expected


def test_exemptions_reach_as_far_as_dates_do(station: StationDay) -> None:
    made = station.post("township", "/equipment-exemptions", exemption(last_day="2099-12-31"))
    assert (made.status_code, made.json()["last_day"]) == (201, "2099-12-31")
    unknown = station.post(
        "township", f"/equipment-exemptions/{uuid4()}/end", {"last_day": "2026-03-18"}
    )
    assert refused(unknown) == (404, "request.not_found")


def test_eqp_1_one_s_own_record_by_push_and_alone(client: SignedIn) -> None:
    sender = Sender(client)
    record = item("equipment", body=seen("torch", clothes=False))
    alone = sender.alone("/v1/equipment-records", record)
    assert (alone.status_code, alone.json()["facts"]["missing"]) == (201, ["torch"])
    assert sender.results(record)[0]["status"] == "duplicate"
    (mine,) = sender.get("/v1/me/equipment-checks").json()["items"]
    assert (mine["verdict"], mine["by_station"]) == (None, False)
    answer = sender.post(f"/v1/me/equipment-checks/{record['id']}/answer", json={"text": "?"})
    assert refused(answer) == (409, "equipment.not_a_station_check")
    page = sender.get("/v1/pull", params={"limit": 500}).json()
    held = [each["id"] for each in page["changes"] if each["kind"] == "equipment_check"]
    assert held == [record["id"]]
    broken = item("equipment", body=seen() | {"items": {"torch": 1}})
    assert sender.results(broken)[0]["code"] == "item_malformed"


def test_a_check_under_a_record_s_id_is_another_thing(client: SignedIn) -> None:
    sender, lead = Sender(client), client.as_("station_lead")
    body = {
        "worker_id": str(client.city.workers[GRID]),
        "day": civil_day(clock.now()).isoformat(),
        **seen(),
    }
    record = item("equipment", body=seen())
    sender.results(record)
    reused = client.http.post(
        "/v1/equipment-checks", json=body | {"id": record["id"]}, headers=lead
    )
    assert refused(reused) == (409, "equipment.id_reused")
    used = str(uuid7(clock.now()))
    made = client.http.post("/v1/equipment-checks", json=body | {"id": used}, headers=lead)
    assert made.status_code == 201
    (pushed,) = sender.results(item("equipment", id=used, body=seen()))
    assert (pushed["status"], pushed["code"]) == ("rejected", "equipment.id_reused")
