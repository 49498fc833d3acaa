"""What waits for the station, in one list."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from tests.api.station import ELSEWHERE, EVENING, GRID, StationDay, refused
from tests.attendance.facts import at
from tests.conftest import SignedIn


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


def fill(station: StationDay) -> dict[str, str]:
    """One of each kind: leave, then a sign-in to review, then a correction."""
    station.at(at("09:00"))
    asked_leave = station.asks_leave("2026-03-19", "2026-03-20").json()["id"]
    review = str(station.doubtful(at("08:40")).id)
    station.at(EVENING)
    asked_correction = station.asks_correction(2).json()["id"]
    return {"leave": asked_leave, "review": review, "correction": asked_correction}


def test_what_waits_is_one_list_oldest_first_with_counts(station: StationDay) -> None:
    keys = fill(station)
    station.asks_correction(1, who=ELSEWHERE)
    found = station.get("station_lead", "/decisions").json()
    assert [(row["kind"], row["id"]) for row in found["items"]] == list(keys.items())
    assert found["counts"] == {"review": 1, "correction": 1, "leave": 1}
    about = {row["kind"]: (row["about"], row["window"], row["reason"]) for row in found["items"]}
    assert about == {
        "leave": ("sick", None, "发烧"),
        "review": ("unproven_late", 1, None),
        "correction": ("sign_in", 2, "手机没电"),
    }
    spans = {row["kind"]: (row["day"], row["last_day"]) for row in found["items"]}
    assert spans["leave"] == ("2026-03-19", "2026-03-20")
    assert found["items"][0]["worker_name"] == "网格员0"
    above = station.get("township", "/decisions").json()
    assert above["counts"] == {"review": 1, "correction": 2, "leave": 1}


def test_one_kind_and_page_by_page(station: StationDay) -> None:
    keys = fill(station)
    only = station.get("station_lead", "/decisions", kind="review").json()
    assert [row["id"] for row in only["items"]] == [keys["review"]]
    assert only["counts"]["leave"] == 1
    seen = []
    cursor: dict[str, Any] = {}
    for _ in range(3):
        page = station.get("station_lead", "/decisions", limit=1, **cursor).json()
        seen += [row["id"] for row in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert seen == list(keys.values())
    assert cursor == {"cursor": None}


def test_what_is_decided_or_withdrawn_waits_no_more(station: StationDay) -> None:
    keys = fill(station)
    refusal = {"accepted": False, "reason": "监控未见本人"}
    station.post("station_lead", f"/check-ins/{keys['review']}/review", refusal)
    station.post("station_lead", f"/leaves/{keys['leave']}/decision", {"approved": True})
    station.delete(GRID, f"/corrections/{keys['correction']}")
    found = station.get("station_lead", "/decisions").json()
    assert found == {
        "items": [],
        "counts": {"review": 0, "correction": 0, "leave": 0},
        "next_cursor": None,
    }


def test_who_may_not_look(station: StationDay) -> None:
    assert refused(station.get(GRID, "/decisions")) == (403, "auth.forbidden")
    assert refused(station.get("finance", "/decisions")) == (403, "auth.forbidden")
    beyond = station.get("station_lead", "/decisions", unit="510185")
    assert refused(beyond) == (404, "request.not_found")


def test_the_list_opens_in_a_spreadsheet(station: StationDay) -> None:
    fill(station)
    table = station.get("station_lead", "/decisions", format="xlsx")
    assert table.status_code == 200
    assert table.content[:2] == b"PK"
