"""Responses of key periods over HTTP (EMR-1)."""

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.kit import clock
from tests.api.station import ELSEWHERE, GRID, StationDay, refused
from tests.conftest import SignedIn
from tests.intake.handset import Handset, item

TOWNSHIP, COMMUNITY = "510185001", "510185001001"
FAR = "510185002001001"


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


def body(**more: Any) -> dict[str, Any]:
    return {
        "title": "汛期巡查",
        "instructions": "每日巡查低洼院落",
        "units": [TOWNSHIP],
        "starts_at": "2026-03-20T08:00:00+08:00",
        "ends_at": "2026-03-22T20:00:00+08:00",
    } | more


def opened(station: StationDay, **more: Any) -> dict[str, Any]:
    answer = station.post("command_centre", "/key-periods", body(**more))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_emr_1_opened_seen_and_ended(station: StationDay) -> None:
    made = opened(station)
    assert (made["state"], made["concerned"], made["clause"]) == ("upcoming", 5, "二8")
    assert made["duty_dates"] == ["2026-03-20", "2026-03-21", "2026-03-22"]
    assert [entry["day"] for entry in made["declared"]] == ["2026-03-21", "2026-03-22"]
    calendar = station.get(GRID, "/calendar", **{"from": "2026-03-21", "to": "2026-03-21"})
    [day] = calendar.json()["items"]
    assert (day["on_duty"], day["by"]) == (True, "declared")
    [listed] = station.get("station_lead", "/key-periods", open="true").json()["items"]
    assert listed["id"] == made["id"]
    [mine] = station.get(GRID, "/me/key-periods").json()["items"]
    assert (mine["id"], mine["acknowledgement"]) == (made["id"], "waiting")
    assert station.get(FAR, "/me/key-periods").json()["items"] == []
    end = station.post("command_centre", f"/key-periods/{made['id']}/end", {"reason": "汛情解除"})
    assert (end.status_code, end.json()["state"]) == (200, "ended")
    assert {entry["given_back"] for entry in end.json()["declared"]} == {True}
    assert station.get("station_lead", "/key-periods", open="true").json()["items"] == []


def test_a_date_that_has_begun_is_named_with_its_clause(station: StationDay) -> None:
    station.at(station.clock.now.replace(day=21))
    made = opened(station, starts_at="2026-03-21T18:00:00+08:00")
    assert made["not_declared"] == [
        {
            "unit": TOWNSHIP,
            "day": "2026-03-21",
            "code": "city.too_late_to_declare",
            "rule": "ATT-6",
            "clause": "三(二)2, 二8",
        }
    ]
    assert [entry["day"] for entry in made["declared"]] == ["2026-03-22"]


def test_every_refusal_has_its_code(station: StationDay) -> None:
    def post(**more: Any) -> tuple[int, str]:
        return refused(station.post("command_centre", "/key-periods", body(**more)))

    key = opened(station, id=str(uuid4()))["id"]
    assert opened(station, id=key)["id"] == key
    assert post(id=key, title="别的") == (409, "key_period.id_reused")
    assert post(units=["510185009"]) == (404, "request.not_found")
    assert post(units=["510186"]) == (403, "auth.forbidden")
    assert post(ends_at="2026-06-20T08:00:00+08:00") == (422, "key_period.too_long")
    assert post(starts_at="2026-03-17T08:00:00+08:00") == (422, "key_period.in_the_past")
    path = f"/key-periods/{key}/end"
    station.post("command_centre", path, {"reason": "解除"})
    again = station.post("command_centre", path, {"reason": "解除"})
    assert refused(again) == (409, "key_period.closed")
    missing = station.post("command_centre", f"/key-periods/{uuid4()}/end", {"reason": "解除"})
    assert refused(missing) == (404, "request.not_found")


def test_only_the_centre_opens_and_each_sees_its_own(station: StationDay) -> None:
    far = opened(station, units=["510185002"])["id"]
    near = opened(station)["id"]
    for who in ("station_lead", "township", "leading_group_office", GRID, "auditor"):
        assert refused(station.post(who, "/key-periods", body()))[0] == 403
        assert refused(station.post(who, f"/key-periods/{near}/end", {"reason": "x"}))[0] == 403
    for who in ("station_lead", "township", GRID):
        for path in ("", "/acknowledgements", "/reports"):
            assert refused(station.get(who, f"/key-periods/{far}{path}"))[0] == 404
            assert station.get(who, f"/key-periods/{near}{path}").status_code == 200
    assert refused(station.get("station_lead", "/key-periods", unit=ELSEWHERE[:12]))[0] == 404
    rows = station.get(GRID, f"/key-periods/{near}/acknowledgements").json()["items"]
    assert [row["worker_id"] for row in rows] == [str(station.client.city.workers[GRID])]
    rows = station.get("station_lead", f"/key-periods/{near}/acknowledgements").json()["items"]
    assert len(rows) == 3
    assert refused(station.get("auditor", "/key-periods"))[0] == 403
    assert refused(station.get("station_lead", "/me/key-periods"))[0] == 403


@pytest.mark.parametrize(("language", "heading"), [("zh", "姓名"), ("en", "Worker")])
def test_acknowledgements_as_a_file(station: StationDay, language: str, heading: str) -> None:
    key = opened(station)["id"]
    headers = {**station.client.as_("station_lead"), "Accept-Language": language}
    path = f"/v1/key-periods/{key}/acknowledgements?format=csv"
    answer = station.client.http.get(path, headers=headers)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (len(rows), rows[0][heading][:3]) == (3, "网格员")
    book = station.get("station_lead", f"/key-periods/{key}/reports", format="xlsx")
    assert book.content[:2] == b"PK"


@pytest.mark.parametrize(
    "change",
    [
        {"units": []},
        {"units": ["x"]},
        {"units": [TOWNSHIP] * 2},
        {"ends_at": "2026-03-20T08:00:00+08:00"},
        {"ends_at": "9999-12-31T23:59:59Z"},
        {"starts_at": "0001-01-01T00:00:00Z"},
        {"title": "\x00"},
        {"title": None},
        {"id": 10**30},
        {"declared": []},
    ],
)
def test_bodies_out_of_form_are_refused(station: StationDay, change: dict[str, Any]) -> None:
    answer = station.post("command_centre", "/key-periods", body() | change)
    assert refused(answer) == (422, "request.malformed")


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyIxIiwgIjIiXQ"])
def test_cursors_of_elsewhere_are_refused(station: StationDay, cursor: str) -> None:
    key = opened(station)["id"]
    for path in (
        "/key-periods",
        f"/key-periods/{key}/reports",
        f"/key-periods/{key}/acknowledgements",
    ):
        answer = station.get("command_centre", path, cursor=cursor)
        assert refused(answer) == (422, "request.bad_cursor")
    assert refused(station.get(GRID, "/me/key-periods", cursor=cursor))[0] == 422


@pytest.fixture
def running(client: SignedIn) -> str:
    """A response of the first township that runs now."""
    now = clock.now()
    made = body(
        starts_at=(now + timedelta(seconds=1)).isoformat(),
        ends_at=(now + timedelta(days=3)).isoformat(),
    )
    answer = client.http.post("/v1/key-periods", json=made, headers=client.as_("command_centre"))
    assert answer.status_code == 201, answer.text
    key: str = answer.json()["id"]
    return key


def test_a_handset_pulls_acknowledges_and_reports(client: SignedIn, running: str) -> None:
    handset = Handset(client)
    pulled = handset.get("/v1/pull").json()["changes"]
    assert [change["id"] for change in pulled if change["kind"] == "key_period"] == [running]
    read = item("acknowledgement", body={"key_period_id": running})
    said = item("key_period_report", body={"key_period_id": running, "all_well": True})
    results = handset.results(read, said, item("acknowledgement", body=read["body"]))
    assert [one["status"] for one in results] == ["created", "created", "duplicate"]
    [snapshot] = [
        change
        for change in handset.get("/v1/pull").json()["changes"]
        if change["kind"] == "key_period"
    ]
    assert snapshot["body"]["acknowledged_at"] is not None
    path = f"/v1/key-periods/{running}"
    seen = client.http.get(path, headers=client.as_("station_lead")).json()
    assert (seen["concerned"], seen["acknowledged"]) == (3, 1)
    reports = client.http.get(f"{path}/reports", headers=client.as_("station_lead")).json()
    assert [row["id"] for row in reports["items"]] == [said["id"]]


def test_single_records_do_the_same(client: SignedIn, running: str) -> None:
    handset, stranger = Handset(client), Handset(client, FAR)
    read = item("acknowledgement", body={"key_period_id": running})
    first = handset.alone("/v1/acknowledgements", read)
    assert (first.status_code, first.json()["status"]) == (201, "created")
    again = handset.alone("/v1/acknowledgements", item("acknowledgement", body=read["body"]))
    assert (again.status_code, again.json()["status"]) == (200, "duplicate")
    said = item("key_period_report", body={"key_period_id": running, "all_well": True})
    outside = stranger.alone("/v1/key-period-reports", said)
    assert (outside.status_code, outside.json()["status"]) == (200, "out_of_scope")
    bad = item("key_period_report", body={"key_period_id": running, "all_well": False})
    assert refused(handset.alone("/v1/key-period-reports", bad)) == (422, "request.malformed")


@pytest.mark.parametrize(
    ("kind", "more"), [("acknowledgement", {}), ("key_period_report", {"all_well": True})]
)
def test_what_is_not_known_yet_is_held(client: SignedIn, kind: str, more: dict[str, Any]) -> None:
    made = item(kind, body={"key_period_id": str(uuid4())} | more)
    [held] = Handset(client).results(made)
    assert (held["status"], held["code"]) == ("held", "capture.not_yet")
