"""Accounts of workers at the platforms, over HTTP (INT-1, TSK-3)."""

import csv
import io
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy.orm import Session

from app.kit.ids import uuid7
from app.platforms.sayings import LoginSaid
from app.rules.delivery import InboundState
from tests.api.station import ELSEWHERE, EVENING, GRID, NEIGHBOUR, StationDay, refused
from tests.attendance.facts import at, events
from tests.conftest import SignedIn
from tests.platforms.partner import Partner

LEAD = "station_lead"
KEY = str(uuid7(EVENING))


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


def body(station: StationDay, grid: str = GRID, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7(EVENING)),
        "platform": "chengdu",
        "account": "wg01",
        "worker_id": str(station.client.city.workers[grid]),
        "first_day": "2026-03-01",
        **changes,
    }


def recorded(station: StationDay, who: str = LEAD, **changes: Any) -> Response:
    return station.post(who, "/platform-accounts", body(station, **changes))


def test_tsk_3_recorded_seen_and_ended(station: StationDay, db: Session) -> None:
    made = recorded(station, id=KEY)
    assert made.status_code == 201, made.text
    assert (made.json()["first_day"], made.json()["last_day"]) == ("2026-03-01", None)
    assert recorded(station, id=KEY).json() == made.json()
    [row] = station.get(LEAD, "/platform-accounts").json()["items"]
    assert (row["id"], row["worker_name"], row["account"]) == (KEY, "网格员0", "wg01")
    end = {"last_day": "2026-03-31"}
    ended = station.post(LEAD, f"/platform-accounts/{KEY}/end", end)
    assert (ended.status_code, ended.json()["last_day"]) == (200, "2026-03-31")
    assert station.post(LEAD, f"/platform-accounts/{KEY}/end", end).json() == ended.json()
    assert recorded(station, id=KEY).json() == ended.json()
    on = {day: station.get(LEAD, "/platform-accounts", on=day).json()["items"]
          for day in ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01")}  # fmt: skip
    assert [len(items) for items in on.values()] == [0, 1, 1, 0]
    assert recorded(station, grid=NEIGHBOUR, first_day="2026-04-01").status_code == 201
    names = [name for name, _ in events(db)]
    assert names.count("platform_account.recorded") == 2
    assert names.count("platform_account.ended") == 1


def test_tsk_3_every_refusal_has_its_code(station: StationDay) -> None:
    assert recorded(station, id=KEY, last_day="2026-03-31").status_code == 201
    reused = recorded(station, id=KEY, account="wg02")
    assert refused(reused) == (409, "platform.account_key_reused")
    taken = recorded(station, grid=NEIGHBOUR, first_day="2026-03-31")
    assert refused(taken) == (409, "platform.account_taken")
    assert recorded(station, platform="sichuan").status_code == 201
    posted = recorded(station, account="wg03", first_day="2025-12-31")
    assert refused(posted) == (422, "people.no_post")
    for last_day in ("2026-02-28", "2026-04-01"):
        ended = station.post(LEAD, f"/platform-accounts/{KEY}/end", {"last_day": last_day})
        assert refused(ended) == (422, "platform.account_not_shortened")
    missing = station.post(
        LEAD, f"/platform-accounts/{uuid7(EVENING)}/end", {"last_day": "2026-03-02"}
    )
    assert refused(missing) == (404, "request.not_found")


def test_tsk_3_a_station_s_own_workers_alone(station: StationDay) -> None:
    assert refused(recorded(station, grid=ELSEWHERE)) == (404, "request.not_found")
    theirs = recorded(station, "command_centre", grid=ELSEWHERE, account="wg09", id=KEY)
    assert theirs.status_code == 201
    ended = station.post(LEAD, f"/platform-accounts/{KEY}/end", {"last_day": "2026-03-02"})
    assert refused(ended) == (404, "request.not_found")
    assert station.get(LEAD, "/platform-accounts").json()["items"] == []
    elsewhere = station.get(LEAD, "/platform-accounts", unit="510185001002")
    assert refused(elsewhere) == (404, "request.not_found")
    [row] = station.get("command_centre", "/platform-accounts", unit="510185001002").json()["items"]
    assert row["account"] == "wg09"
    for who in ("township", "information_administrator", "system_administrator", GRID):
        assert refused(recorded(station, who)) == (403, "auth.forbidden")
        assert refused(station.get(who, "/platform-accounts"))[0] == 403


def test_tsk_3_pages_filters_and_files(station: StationDay) -> None:
    for number, platform in enumerate(("chengdu", "sichuan", "chengdu")):
        station.at(at(f"1{number}:00"))
        made = recorded(station, account=f"wg{number}", platform=platform)
        assert made.status_code == 201
    first = station.get(LEAD, "/platform-accounts", limit=2).json()
    rest = station.get(LEAD, "/platform-accounts", cursor=first["next_cursor"]).json()
    assert [row["account"] for row in [*first["items"], *rest["items"]]] == ["wg2", "wg1", "wg0"]
    of = station.get(LEAD, "/platform-accounts", platform="sichuan").json()["items"]
    assert [row["account"] for row in of] == ["wg1"]
    worker = str(station.client.city.workers[NEIGHBOUR])
    assert station.get(LEAD, "/platform-accounts", worker=worker).json()["items"] == []
    file = station.get(LEAD, "/platform-accounts", format="csv")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [row["账号"] for row in rows] == ["wg2", "wg1", "wg0"]


@pytest.mark.parametrize(
    "change",
    [
        {"platform": "beijing"},
        {"account": "\x00"},
        {"account": " "},
        {"account": "w" * 101},
        {"worker_id": 7},
        {"first_day": "0001-01-01"},
        {"first_day": "9999-12-31"},
        {"last_day": "2026-02-28"},
        {"id": "0b6c2a52-6a2b-4a5e-8b43-0d6ad7b2f001"},
        {"valid": True},
    ],
    ids=str,
)
def test_bodies_out_of_form_are_refused(station: StationDay, change: dict[str, Any]) -> None:
    assert refused(recorded(station, **change)) == (422, "request.malformed")


@pytest.mark.parametrize(
    "query", [{"cursor": "WzFd"}, {"limit": 0}, {"platform": "x"}, {"on": "0001-01-01"}], ids=str
)
def test_questions_out_of_form_are_refused(
    station: StationDay, query: dict[str, str | int]
) -> None:
    assert refused(station.get(LEAD, "/platform-accounts", **query))[0] == 422


def test_int_1_logins_that_came_before_are_tried_again(station: StationDay, db: Session) -> None:
    partner = Partner(db, station.client.city)
    partner.agree()
    key, other = (partner.says(LoginSaid(name, at("08:31"))) for name in ("wg01", "wg02"))
    for row in (partner.row(key), partner.row(other)):
        row.state, row.outcome = InboundState.NOT_UNDERSTOOD, {"why": "unknown_account"}
        db.commit()
    assert recorded(station).status_code == 201
    assert partner.row(key).state is InboundState.STORED
    assert partner.row(other).state is InboundState.NOT_UNDERSTOOD
