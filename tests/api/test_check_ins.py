"""Sign-ins seen and reviewed over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.kit.ids import uuid7
from app.kit.paging import encode
from tests.api.station import ELSEWHERE, EVENING, GRID, NEIGHBOUR, StationDay, refused
from tests.attendance.facts import at
from tests.conftest import SignedIn


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


REVIEW = {"accepted": True, "reason": "站长当时在场"}


def test_a_station_sees_its_own_sign_ins_only(station: StationDay) -> None:
    times = {GRID: "08:40", NEIGHBOUR: "09:01", ELSEWHERE: "08:41"}
    made = {}
    for grid, clock_time in times.items():
        handset = station.handset(grid)
        made[grid] = str(handset.sign_in(handset.captured(at(clock_time))).id)
    station.db.commit()
    seen = station.get("station_lead", "/check-ins", day="2026-03-18").json()["items"]
    assert [(row["id"], row["verdict"]) for row in seen] == [
        (made[GRID], "valid"),
        (made[NEIGHBOUR], "late"),
    ]
    late = station.get("station_lead", "/check-ins", day="2026-03-18", verdict="late").json()
    assert [row["id"] for row in late["items"]] == [made[NEIGHBOUR]]
    assert len(station.get("township", "/check-ins", day="2026-03-18").json()["items"]) == 3
    assert station.get("station_lead", "/check-ins", day="2026-03-17").json()["items"] == []
    elsewhere = station.get("station_lead", "/check-ins", unit="510185001002")
    assert refused(elsewhere) == (404, "request.not_found")


def test_a_sign_in_says_why(station: StationDay) -> None:
    handset = station.handset()
    body = handset.at_station(north_m=350)
    made = handset.sign_in(handset.captured(at("08:40")), body)
    other = station.doubtful(at("08:40"), ELSEWHERE)
    found = station.get("station_lead", f"/check-ins/{made.id}").json()
    assert (found["verdict"], found["window"], found["counts"]) == ("off_site", 1, False)
    assert (found["because"]["rule"], found["because"]["clause"]) == ("ATT-2", "三(一)1 “3”")
    assert 349 < found["distance_m"] < 351
    assert found["because"]["thresholds"]["station_radius_m"] == 200
    for key in (other.id, uuid7(EVENING)):
        answer = station.get("station_lead", f"/check-ins/{key}")
        assert refused(answer) == (404, "request.not_found")


def test_pages_follow_each_other_without_gap_or_repeat(station: StationDay) -> None:
    handset = station.handset()
    moment = at("08:35")
    made = [str(handset.sign_in(handset.captured(moment)).id) for _ in range(5)]
    station.db.commit()
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    for _ in range(3):
        page = station.get("station_lead", "/check-ins", limit=2, **cursor).json()
        seen += [row["id"] for row in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert cursor == {"cursor": None}
    assert sorted(seen) == sorted(made)
    mine = station.get(GRID, "/me/check-ins", limit=3).json()
    assert [row["id"] for row in mine["items"]] == seen[:3]
    assert station.get(NEIGHBOUR, "/me/check-ins").json()["items"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "x"},
        {"cursor": encode("yesterday", str(uuid7(EVENING)))},
        {"cursor": encode("2026-03-18T00:00:00", str(uuid7(EVENING)))},
        {"cursor": encode("2026-03-18T00:00:00+00:00", "1")},
        {"day": "0001-01-01"},
        {"day": "2100-01-01"},
        {"verdict": "fine"},
        {"unit": "51%"},
        {"limit": 0},
        {"colour": "red"},
    ],
)
def test_queries_out_of_form_are_refused(station: StationDay, query: dict[str, str]) -> None:
    assert station.get("station_lead", "/check-ins", **query).status_code == 422


def test_a_list_opens_in_a_spreadsheet(station: StationDay) -> None:
    station.doubtful(at("08:40"))
    table = station.get("station_lead", "/check-ins", format="csv")
    assert table.headers["content-type"].startswith("text/csv")
    heading, line = table.content.decode("utf-8-sig").splitlines()
    assert heading.startswith("日期,时段,结论")
    assert line.startswith("2026-03-18,1,needs_review,0")


def test_att_4_the_station_reviews_once(station: StationDay) -> None:
    found = station.doubtful(at("08:40"))
    path = f"/check-ins/{found.id}/review"
    reviewed = station.post("station_lead", path, REVIEW)
    assert reviewed.status_code == 201
    assert (reviewed.json()["counts"], reviewed.json()["review"]["verdict"]) == (True, "valid")
    assert station.get("station_lead", f"/check-ins/{found.id}").json() == reviewed.json()
    again = station.post("station_lead", path, {"accepted": False, "reason": "改主意"})
    assert refused(again) == (409, "decision.already_decided")
    assert again.json()["facts"]["verdict"] == "valid"
    assert again.json()["clause"] == "三(二)2"


def test_who_may_not_review(station: StationDay) -> None:
    found = station.doubtful(at("08:40"))
    other = station.doubtful(at("08:40"), ELSEWHERE)
    path = f"/check-ins/{found.id}/review"
    for who in (GRID, "township", "command_centre", "information_administrator"):
        assert refused(station.post(who, path, REVIEW)) == (403, "auth.forbidden")
    beyond = station.post("station_lead", f"/check-ins/{other.id}/review", REVIEW)
    assert refused(beyond) == (403, "auth.forbidden")
    unknown = station.post("station_lead", f"/check-ins/{uuid7(EVENING)}/review", REVIEW)
    assert refused(unknown) == (404, "request.not_found")
    assert station.get("station_lead", f"/check-ins/{found.id}").json()["review"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"accepted": True},
        {"accepted": True, "reason": "  "},
        {"accepted": True, "reason": "a\u0000b"},
        {"accepted": "maybe", "reason": "x"},
        {"accepted": True, "reason": "x", "verdict": "valid"},
    ],
)
def test_a_review_needs_a_reason(station: StationDay, body: dict[str, object]) -> None:
    found = station.doubtful(at("08:40"))
    answer = station.post("station_lead", f"/check-ins/{found.id}/review", body)
    assert refused(answer) == (422, "request.malformed")


def test_what_was_judged_is_not_reviewed(station: StationDay) -> None:
    handset = station.handset()
    late = handset.sign_in(handset.captured(at("09:01"), after=timedelta(minutes=1)))
    station.db.commit()
    answer = station.post("station_lead", f"/check-ins/{late.id}/review", REVIEW)
    assert refused(answer) == (409, "attendance.no_review_needed")
