"""Platform logins and daily notes over HTTP (TSK-1 to TSK-3)."""

import csv
import io
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.rules.tasks import Platform
from app.tasks.logins import PlatformSays, record_from_platform
from tests.api.station import ELSEWHERE, EVENING, GRID, NEIGHBOUR, StationDay, refused
from tests.attendance.facts import at
from tests.conftest import SignedIn
from tests.intake.handset import Handset, item

MARCH: dict[str, str | int] = {"from": "2026-03-01", "to": "2026-03-31"}


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


def worker(station: StationDay, grid: str = GRID) -> str:
    return str(station.client.city.workers[grid])


def body(station: StationDay, grid: str = GRID, **more: Any) -> dict[str, Any]:
    return {
        "platform": "chengdu",
        "day": "2026-03-18",
        "entries": [{"worker_id": worker(station, grid), "at": "2026-03-18T08:35:00+08:00"}],
        "evidence": "登录统计表",
    } | more


def outcome(station: StationDay, **more: Any) -> str:
    answer = station.put("station_lead", "/platform-logins", body(station, **more))
    assert answer.status_code == 200, answer.text
    [found] = answer.json()["items"]
    said: str = found["outcome"]
    return said


def path(station: StationDay, grid: str = GRID, day: str = "2026-03-18") -> str:
    return f"/platform-logins/{worker(station, grid)}/chengdu/{day}?reason=登记有误"


def test_tsk_3_recorded_counted_and_taken_back(station: StationDay) -> None:
    assert [outcome(station), outcome(station)] == ["recorded", "unchanged"]
    assert outcome(station, evidence="截图") == "changed"
    page = station.get("station_lead", "/platform-logins", **MARCH).json()
    days = {row["worker_id"]: row["chengdu"]["active_days"] for row in page["items"]}
    assert days == {
        worker(station): 1,
        worker(station, NEIGHBOUR): 0,
        worker(station, "510185001001003"): 0,
    }
    mine = station.get(GRID, "/me/platform-logins", **MARCH).json()
    assert (mine["chengdu"]["days"], mine["logins"][0]["evidence"]) == (["2026-03-18"], "截图")
    assert mine["clause"] == "四(二)3"
    assert station.delete("station_lead", path(station)).status_code == 204
    gone = station.delete("station_lead", path(station))
    assert refused(gone) == (404, "request.not_found")


def test_every_refusal_has_its_code(station: StationDay) -> None:
    def put(**more: Any) -> tuple[int, str]:
        return refused(station.put("station_lead", "/platform-logins", body(station, **more)))

    entry = {"worker_id": worker(station)}
    assert put(day="2026-03-19", entries=[entry]) == (422, "platform_login.not_yet")
    assert put(day="2026-02-14", entries=[entry]) == (422, "platform_login.too_long_ago")
    assert put(grid=ELSEWHERE) == (422, "platform_login.not_posted_here")
    says = PlatformSays(
        Platform.CHENGDU, station.client.city.workers[GRID], at("08:35"), "message 17"
    )
    record_from_platform(station.db, says, EVENING)
    station.db.commit()
    assert outcome(station) == "kept"
    refusal = station.delete("station_lead", path(station))
    assert refused(refusal) == (409, "platform_login.from_platform")


def test_only_the_station_records_and_each_sees_its_own(station: StationDay) -> None:
    outcome(station)
    for who in ("township", "command_centre", GRID, "information_administrator"):
        assert refused(station.put(who, "/platform-logins", body(station)))[0] == 403
        assert refused(station.delete(who, path(station)))[0] == 403
    elsewhere = station.get("station_lead", "/platform-logins", unit="510185001002", **MARCH)
    assert refused(elsewhere) == (404, "request.not_found")
    assert refused(station.get(GRID, "/platform-logins", **MARCH))[0] == 403
    assert len(station.get("command_centre", "/platform-logins", **MARCH).json()["items"]) == 6
    [one] = station.get(
        "command_centre", "/platform-logins", worker=worker(station), **MARCH
    ).json()["items"]
    assert one["chengdu"]["by_station"] == 1
    assert station.get(NEIGHBOUR, "/me/platform-logins", **MARCH).json()["logins"] == []
    assert refused(station.get("station_lead", "/me/platform-logins", **MARCH))[0] == 403


@pytest.mark.parametrize(
    ("language", "heading"),
    [("zh", "大联动·微治理活跃天数"), ("en", "Active days, Chengdu")],
)
def test_active_days_as_a_file(station: StationDay, language: str, heading: str) -> None:
    outcome(station)
    headers = {**station.client.as_("station_lead"), "Accept-Language": language}
    query = {**MARCH, "format": "csv"}
    answer = station.client.http.get("/v1/platform-logins", params=query, headers=headers)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert sorted(row[heading] for row in rows) == ["0", "0", "1"]
    book = station.get("station_lead", "/platform-logins", format="xlsx", **MARCH)
    assert book.content[:2] == b"PK"


@pytest.mark.parametrize(
    "change",
    [
        {"platform": "beijing"},
        {"day": "0001-01-01"},
        {"entries": []},
        {"entries": [{"worker_id": 7}]},
        {"evidence": "\x00"},
        {"source": "webhook"},
    ],
)
def test_bodies_out_of_form_are_refused(station: StationDay, change: dict[str, Any]) -> None:
    answer = station.put("station_lead", "/platform-logins", body(station) | change)
    assert refused(answer) == (422, "request.malformed")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"from": "2026-03-02", "to": "2026-03-01"},
        {"from": "2024-01-01", "to": "2026-03-01"},
        {**MARCH, "cursor": "WzFd"},
        {**MARCH, "worker": "x"},
        {**MARCH, "limit": 501},
    ],
)
def test_questions_out_of_form_are_refused(
    station: StationDay, query: dict[str, str | int]
) -> None:
    assert refused(station.get("station_lead", "/platform-logins", **query))[0] == 422


@pytest.mark.parametrize(
    "wrong",
    [
        "x/chengdu/2026-03-18?reason=x",
        "{worker}/beijing/2026-03-18?reason=x",
        "{worker}/chengdu/0001-01-01?reason=x",
        "{worker}/chengdu/2026-03-18",
        "{worker}/chengdu/2026-03-18?reason=%00",
    ],
)
def test_a_login_is_taken_back_for_a_reason(station: StationDay, wrong: str) -> None:
    address = f"/platform-logins/{wrong.format(worker=worker(station))}"
    assert refused(station.delete("station_lead", address)) == (422, "request.malformed")


def test_tsk_2_a_note_comes_by_push_and_by_itself(client: SignedIn) -> None:
    handset = Handset(client)
    pushed = item("daily_note", body={"said": "搬运物资"})
    assert [one["status"] for one in handset.results(pushed, pushed)] == ["created", "duplicate"]
    alone = handset.alone("/v1/daily-notes", item("daily_note", body={"said": "劝导"}))
    assert (alone.status_code, alone.json()["facts"]["said"]) == (201, "劝导")
    notes = handset.get("/v1/me/daily-notes").json()["items"]
    assert {note["said"] for note in notes} == {"搬运物资", "劝导"}
    assert handset.get("/v1/me/daily-notes?date=2026-03-18").json()["items"] == []
    assert Handset(client, NEIGHBOUR).get("/v1/me/daily-notes").json()["items"] == []
    kinds = [change["kind"] for change in handset.get("/v1/pull").json()["changes"]]
    assert kinds.count("daily_note") == 2


@pytest.mark.parametrize("said", ["", "\x00", None, 7, "长" * 4001])
def test_a_note_says_something(client: SignedIn, said: object) -> None:
    answer = Handset(client).alone("/v1/daily-notes", item("daily_note", body={"said": said}))
    assert refused(answer) == (422, "request.malformed")


def test_offices_have_no_notes(client: SignedIn) -> None:
    answer = client.http.get("/v1/me/daily-notes", headers=client.as_("station_lead"))
    assert refused(answer) == (403, "auth.forbidden")
