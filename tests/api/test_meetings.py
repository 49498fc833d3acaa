"""Meetings and training over HTTP (MTG-1, TRN-1)."""

import csv
import io
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Meeting
from app.kit import clock
from tests.api.station import ELSEWHERE, GRID, NEIGHBOUR, StationDay, refused
from tests.conftest import SignedIn
from tests.intake.handset import Handset, item

COMMUNITY = "510185001001"


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


def body(station: StationDay, kind: str = "morning", **more: Any) -> dict[str, Any]:
    worker = station.client.city.workers[GRID]
    return {
        "kind": kind,
        "held_on": "2026-03-18",
        "starts_at": "2026-03-18T08:40:00+08:00",
        "ends_at": "2026-03-18T08:55:00+08:00",
        "subject": "=安排当天工作",
        "attendance": [{"worker_id": str(worker), "presence": "present"}],
    } | more


def recorded(station: StationDay, who: str = "station_lead", **more: Any) -> dict[str, Any]:
    answer = station.post(who, "/meetings", body(station, **more))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def rows(answer: Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_mtg_1_recorded_seen_corrected_and_taken_back(station: StationDay) -> None:
    made = recorded(station)
    assert (made["present"], made["absent"], made["clause"]) == (1, 2, "三(二)3")
    key = made["id"]
    [listed] = station.get("station_lead", "/meetings").json()["items"]
    assert (listed["id"], listed["unit_name"]) == (key, f"单位{COMMUNITY}")
    neighbour = {"worker_id": str(station.client.city.workers[NEIGHBOUR]), "presence": "present"}
    change = {"attendance": [*body(station)["attendance"], neighbour], "reason": "漏记"}
    corrected = station.put("station_lead", f"/meetings/{key}/attendance", change)
    assert (corrected.status_code, corrected.json()["present"]) == (200, 2)
    [mine] = station.get(NEIGHBOUR, "/me/meetings").json()["items"]
    assert (mine["presence"], mine["rule"]) == ("present", "MTG-1")
    gone = station.post("station_lead", f"/meetings/{key}/withdrawal", {"reason": "误登记"})
    assert (gone.status_code, gone.json()["withdraw_reason"]) == (200, "误登记")
    assert station.get(NEIGHBOUR, "/me/meetings").json()["items"] == []


def test_every_refusal_has_its_code(station: StationDay) -> None:
    def post(who: str = "station_lead", **more: Any) -> tuple[int, str]:
        return refused(station.post(who, "/meetings", body(station, **more)))

    made = recorded(station, id=str(uuid4()))
    assert post() == (409, "meeting.held_already")
    assert post(id=made["id"], subject="别的") == (409, "meeting.id_reused")
    assert post(kind="city_training") == (403, "meeting.not_its_kind")
    later: dict[str, Any] = {"starts_at": "2026-03-18T19:00:00+08:00", "ends_at": None}
    assert post(kind="weekly", **later) == (422, "meeting.not_held_yet")
    old: dict[str, Any] = {
        "held_on": "2026-02-14",
        "starts_at": "2026-02-14T08:40:00+08:00",
        "ends_at": None,
    }
    assert post(kind="weekly", **old) == (422, "meeting.held_too_long_ago")
    stranger = {
        "worker_id": str(station.client.city.workers[ELSEWHERE]),
        "presence": "present",
    }
    assert post(kind="weekly", attendance=[stranger]) == (422, "meeting.not_posted_there")
    path = f"/meetings/{made['id']}"
    station.post("station_lead", f"{path}/withdrawal", {"reason": "误"})
    again = station.post("station_lead", f"{path}/withdrawal", {"reason": "误"})
    assert refused(again) == (409, "meeting.withdrawn")
    change = {"attendance": [], "reason": "改"}
    assert refused(station.put("station_lead", f"{path}/attendance", change))[0] == 409
    assert refused(station.get("station_lead", f"/meetings/{uuid4()}")) == (
        404,
        "request.not_found",
    )


def test_corrections_end(station: StationDay) -> None:
    key = recorded(station)["id"]
    station.at(station.clock.now.replace(day=24))
    change = {"attendance": [], "reason": "改"}
    late = station.put("station_lead", f"/meetings/{key}/attendance", change)
    assert refused(late) == (409, "meeting.correction_over")


def test_the_same_id_again_is_the_same_meeting(station: StationDay, db: Session) -> None:
    key = str(uuid4())
    assert recorded(station, id=key)["id"] == recorded(station, id=key)["id"] == key
    assert db.scalar(select(func.count()).select_from(Meeting)) == 1


def test_things_beyond_are_not_there_and_acts_beyond_are_forbidden(station: StationDay) -> None:
    mine = recorded(station)["id"]
    theirs = recorded(station, "township", kind="township_training", attendance=[])
    assert (theirs["absent"], len(theirs["attendance"])) == (5, 5)
    seen = station.get("station_lead", f"/meetings/{theirs['id']}").json()
    assert {line["community_code"] for line in seen["attendance"]} == {COMMUNITY}
    change = {"attendance": [], "reason": "改"}
    for who, key in (("station_lead", theirs["id"]), ("command_centre", mine)):
        answer = station.put(who, f"/meetings/{key}/attendance", change)
        assert refused(answer) == (403, "auth.forbidden")
    for path in ("/meetings", "/meetings/cadence", "/meetings/attendance", "/meetings/unrecorded"):
        span = {} if path in ("/meetings", "/meetings/unrecorded") else SPAN
        for unit in ("510185001002", "510185002", "510185"):
            answer = station.get("station_lead", path, unit=unit, **span)
            assert refused(answer) == (404, "request.not_found")
        assert refused(station.get(GRID, path, **span)) == (403, "auth.forbidden")
    assert refused(station.post(GRID, "/meetings", body(station)))[0] == 403
    assert refused(station.post("information_administrator", "/meetings", body(station)))[0] == 403
    assert refused(station.get("station_lead", "/me/meetings"))[0] == 403


SPAN: dict[str, str | int] = {"from": "2026-03-16", "to": "2026-03-22"}


def test_lists_can_be_narrowed_and_go_on(station: StationDay) -> None:
    recorded(station)
    recorded(station, kind="weekly")
    recorded(station, kind="community_training")
    first = station.get("station_lead", "/meetings", limit=2).json()
    rest = station.get("station_lead", "/meetings", limit=2, cursor=first["next_cursor"]).json()
    keys = {row["id"] for row in (*first["items"], *rest["items"])}
    assert (len(keys), rest["next_cursor"]) == (3, None)
    narrowed: list[dict[str, str | int]] = [
        {"kind": "weekly"},
        {"from": "2026-03-19"},
        {"to": "2026-03-17"},
        {"from": "2026-03-18", "to": "2026-03-18"},
    ]
    counts = [
        len(station.get("station_lead", "/meetings", **query).json()["items"]) for query in narrowed
    ]
    assert counts == [1, 0, 0, 3]
    [of_city] = station.get("command_centre", "/meetings", kind="weekly").json()["items"]
    assert of_city["unit_code"] == COMMUNITY


def test_cadence_and_figures_over_http(station: StationDay) -> None:
    recorded(station)
    page = station.get("station_lead", "/meetings/cadence", kind="morning", **SPAN).json()
    assert [row["verdict"] for row in page["items"]] == ["missed", "missed", "held", "open", "open"]
    assert page["totals"] == {"held": 1, "missed": 2, "open": 2}
    missed = station.get("township", "/meetings/cadence", verdict="held", **SPAN).json()["items"]
    assert [row["unit_code"] for row in missed] == [COMMUNITY]
    figures = station.get("station_lead", "/meetings/attendance", **SPAN).json()["items"]
    by_worker = {row["worker_id"]: (row["owed"], row["attended"]) for row in figures}
    assert by_worker[str(station.client.city.workers[GRID])] == (1, 1)
    assert by_worker[str(station.client.city.workers[NEIGHBOUR])] == (1, 0)


@pytest.mark.parametrize(("language", "heading"), [("zh", "主题"), ("en", "Subject")])
def test_files_have_headings_in_the_language_and_no_formulas(
    station: StationDay, language: str, heading: str
) -> None:
    recorded(station)
    headers = {**station.client.as_("station_lead"), "Accept-Language": language}
    answer = station.client.http.get("/v1/meetings?format=csv", headers=headers)
    [row] = rows(answer)
    assert row[heading] == "'=安排当天工作"


@pytest.mark.parametrize("path", ["/meetings", "/meetings/cadence", "/meetings/attendance"])
def test_files_of_every_list(station: StationDay, path: str) -> None:
    recorded(station)
    query: dict[str, str | int] = {} if path == "/meetings" else SPAN
    assert len(rows(station.get("station_lead", path, format="csv", **query))) >= 1
    book = station.get("station_lead", path, format="xlsx", **query)
    assert book.content[:2] == b"PK"


@pytest.mark.parametrize(
    "change",
    [
        {"held_on": "2026-03-17"},
        {"held_on": "0001-01-01"},
        {"held_on": "9999-12-31"},
        {"starts_at": "2026-03-18T08:40:00"},
        {"ends_at": "2026-03-18T08:40:00+08:00"},
        {"ends_at": "2026-03-19T08:40:00+08:00"},
        {"subject": "\x00"},
        {"subject": ""},
        {"kind": "party"},
        {"photos": ["x"]},
        {"id": "1"},
        {"unit": COMMUNITY},
        {"attendance": [{"worker_id": str(UUID(int=1)), "presence": "excused"}]},
        {"attendance": [{"worker_id": str(UUID(int=1)), "presence": "present"}] * 2},
        {"attendance": [{"worker_id": 7, "presence": "present"}]},
        {"attendance": None},
    ],
)
def test_bodies_out_of_form_are_refused(station: StationDay, change: dict[str, Any]) -> None:
    answer = station.post("station_lead", "/meetings", body(station) | change)
    assert refused(answer) == (422, "request.malformed")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/meetings", {"cursor": "x"}),
        ("/meetings", {"cursor": "WzFd"}),
        ("/meetings", {"kind": "party"}),
        ("/meetings", {"from": "0001-01-01"}),
        ("/meetings", {"limit": 0}),
        ("/meetings", {"unknown": 1}),
        ("/meetings/unrecorded", {"cursor": "WyIxIiwgIjIiXQ"}),
        ("/meetings/cadence", {}),
        ("/meetings/cadence", {"from": "2026-03-18", "to": "2026-03-17"}),
        ("/meetings/cadence", {"from": "2026-03-18", "to": "2027-04-23"}),
        ("/meetings/cadence", {**SPAN, "cursor": "WzFd"}),
        ("/meetings/attendance", {**SPAN, "cursor": "WyJ4Il0"}),
        ("/meetings/attendance", {"from": "2098-12-31", "to": "2099-12-32"}),
    ],
)
def test_questions_out_of_form_are_refused(
    station: StationDay, path: str, query: dict[str, str | int]
) -> None:
    assert refused(station.get("station_lead", path, **query))[0] == 422


def test_the_furthest_spans_are_answered(station: StationDay) -> None:
    for span in (("2099-11-01", "2099-12-31"), ("2017-09-01", "2017-09-30")):
        query: dict[str, str | int] = {"from": span[0], "to": span[1]}
        answer = station.get("command_centre", "/meetings/cadence", **query)
        assert answer.status_code == 200, answer.text


def training(held: str | None = None) -> dict[str, Any]:
    today = clock.civil_day(clock.now()).isoformat()
    described = {"kind": "community_training", "held_on": today, "subject": "消防培训"}
    return item("training", body={"meeting_id": held} if held else described)


def test_a_worker_s_own_word_comes_by_push_and_by_itself(client: SignedIn) -> None:
    handset = Handset(client)
    pushed, repeated = training(), training()
    assert [one["status"] for one in handset.results(pushed, pushed)] == ["created", "duplicate"]
    alone = handset.alone("/v1/training-records", repeated)
    assert (alone.status_code, alone.json()["facts"]["kind"]) == (201, "community_training")
    assert handset.alone("/v1/training-records", repeated).status_code == 200
    unrecorded = client.http.get("/v1/meetings/unrecorded", headers=client.as_("station_lead"))
    assert {row["id"] for row in unrecorded.json()["items"]} == {pushed["id"], repeated["id"]}
    kinds = {change["kind"] for change in handset.get("/v1/pull").json()["changes"]}
    assert "training" in kinds


def test_a_word_on_a_meeting_that_has_not_arrived_is_held(client: SignedIn) -> None:
    handset = Handset(client)
    [held] = handset.results(training(str(uuid4())))
    assert (held["status"], held["code"]) == ("held", "capture.not_yet")


def test_a_worker_s_own_word_of_tomorrow_is_refused(client: SignedIn) -> None:
    made = training()
    made["body"]["held_on"] = "2099-12-31"
    alone = Handset(client).alone("/v1/training-records", made)
    assert refused(alone) == (422, "meeting.not_held_yet")
