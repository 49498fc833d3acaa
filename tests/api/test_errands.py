"""Errands over HTTP (SVC-1)."""

import csv
import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import OutboxEvent
from app.errands.retention import erase_residents
from tests.api.station import ELSEWHERE, GRID, NEIGHBOUR, StationDay, refused
from tests.attendance.facts import WEDNESDAY, Handset, at
from tests.conftest import SignedIn
from tests.errands.facts import PHOTO, RESIDENT, body, errand_key, take, whole
from tests.intake.handset import Handset as Sender
from tests.intake.handset import item

MASKED = {"name": "李**", "phone": "138****0001", "address": "******"}
TUESDAY = date(2026, 3, 17)


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


def done(station: StationDay, grid: str = GRID, **how: Any) -> UUID:
    """A whole errand of a grid, committed."""
    key = whole(station.handset(grid), how.pop("start", at("09:00")), **how)
    station.db.commit()
    return key


def opened(station: StationDay, grid: str = GRID, **changes: Any) -> UUID:
    """An errand that was accepted on the Tuesday."""
    key = errand_key(at("09:00", TUESDAY))
    take(station.handset(grid), key, "accepted", at("09:00", TUESDAY), **changes)
    station.db.commit()
    return key


def keys(page: dict[str, Any]) -> list[str]:
    return [each["id"] for each in page["items"]]


def test_svc_1_a_step_by_itself_and_by_push_are_one(client: SignedIn) -> None:
    sender, key = Sender(client), errand_key()
    record = item("errand", body=body(key, "accepted"))
    created = sender.alone("/v1/errand-acts", record)
    assert (created.status_code, created.json()["facts"]["step"]) == (201, "accepted")
    assert sender.results(record)[0]["status"] == "duplicate"
    again = sender.alone("/v1/errand-acts", item("errand", body=body(key, "accepted")))
    assert refused(again) == (409, "errand.step_repeated")
    other = Sender(client, NEIGHBOUR).alone(
        "/v1/errand-acts", item("errand", body=body(key, "handled"))
    )
    assert refused(other) == (403, "errand.of_others")
    (pushed,) = Sender(client, NEIGHBOUR).results(item("errand", body=body(key, "handled")))
    assert (pushed["status"], pushed["retry"]) == ("out_of_scope", "never")


@pytest.mark.parametrize(
    "changes",
    [
        {"matter": None},
        {"resident": None},
        {"resident": {"name": "x", "phone": "call me"}},
        {"resident": {"name": "x", "faith": "none"}},
        {"rating": 5},
        {"step": "handled"},
        {"step": "closed"},
        {"errand_id": "8c2b4bb4-8d4c-4b8c-9d6e-3f8d3b9a1f11"},
        {"lon": 104.5},
        {"lon": "NaN", "lat": 30.4},
        {"papers": ["x"] * 31},
        {"papers": ["nul\x00"]},
        {"photos": ["x"]},
        {"photos": ["ab" * 32] * 10},
        {"note": ""},
        {"colour": "red"},
    ],
)
def test_bodies_out_of_form_are_kept_and_refused(client: SignedIn, changes: dict[str, Any]) -> None:
    sent = item("errand", body=body(errand_key(), "accepted") | changes)
    (found,) = Sender(client).results(sent)
    assert (found["status"], found["code"]) == ("rejected", "item_malformed")


@pytest.mark.parametrize("rating", [0, 6, 1.5, "5", True, 10**40, None])
def test_svc_1_a_rating_is_1_to_5(client: SignedIn, rating: Any) -> None:
    sent = item("errand", body=body(errand_key(), "rated", rating=rating))
    assert Sender(client).results(sent)[0]["code"] == "item_malformed"


def test_svc_1_the_list_masks_residents(station: StationDay) -> None:
    finished, waiting = done(station), opened(station)
    page = station.get("station_lead", "/errands").json()
    assert keys(page) == [str(finished), str(waiting)]
    first, second = page["items"]
    assert (first["resident"], first["hours"], first["rating"]) == (MASKED, 4.0, 5)
    assert (second["step"], second["hours"], second["closed_day"]) == ("accepted", None, None)
    assert first["worker_name"] == "网格员0"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"open": "true"}, ["waiting"]),
        ({"open": "false"}, ["finished"]),
        ({"step": "rated"}, ["finished"]),
        ({"step": "delivered"}, []),
        ({"from": "2026-03-18"}, ["finished"]),
        ({"to": "2026-03-17"}, ["waiting"]),
        ({"from": "2026-03-17", "to": "2026-03-18"}, ["finished", "waiting"]),
        ({"unit": GRID}, ["finished", "waiting"]),
        ({"unit": NEIGHBOUR}, []),
    ],
)
def test_the_list_can_be_narrowed(
    station: StationDay, query: dict[str, str], expected: list[str]
) -> None:
    made = {"finished": done(station), "waiting": opened(station)}
    page = station.get("station_lead", "/errands", **query).json()
    assert keys(page) == [str(made[name]) for name in expected]


def test_in_pages_and_as_files(station: StationDay) -> None:
    first, second = done(station), opened(station, matter="=1+1")
    page = station.get("station_lead", "/errands", limit=1).json()
    rest = station.get("station_lead", "/errands", limit=1, cursor=page["next_cursor"]).json()
    assert (keys(page), keys(rest), rest["next_cursor"]) == ([str(first)], [str(second)], None)
    answer = station.get("station_lead", "/errands", format="csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:2] == ["受理时间", "代办事项"]
    assert rows[2][1] == "'=1+1"
    assert "李秀英" not in answer.text
    assert station.get("station_lead", "/errands", format="xlsx").content[:2] == b"PK"
    bad = station.get("station_lead", "/errands", cursor="WyJ4Il0")
    assert refused(bad) == (422, "request.bad_cursor")


def test_svc_1_one_errand_with_its_steps(station: StationDay) -> None:
    key = opened(station, photos=[PHOTO], papers=["身份证"], note="周五来取")
    take(station.handset(), key, "handled", at("10:30"), office="服务站")
    station.db.commit()
    found = station.get("station_lead", f"/errands/{key}").json()
    assert [act["step"] for act in found["acts"]] == ["accepted", "handled"]
    accepted = found["acts"][0]
    assert (accepted["missing_photos"], accepted["papers"]) == ([PHOTO], ["身份证"])
    assert (accepted["has_note"], "note" in accepted) == (True, False)
    assert found["waits"] == [{"after": "accepted", "until": "handled", "hours": 25.5}]
    assert (found["papers"]["verdict"], found["papers"]["rule"]) == ("not_needed", "SVC-1")
    assert found["resident"] == MASKED


def test_svc_1_revealed_for_a_purpose_and_logged(station: StationDay) -> None:
    key = opened(station, note="周五来取")
    answer = station.post("station_lead", f"/errands/{key}/reveal", {"purpose": "follow_up"})
    assert answer.status_code == 200
    assert answer.json()["resident"] == RESIDENT
    assert [note["note"] for note in answer.json()["notes"]] == ["周五来取"]
    trace = station.db.scalars(
        select(OutboxEvent).where(OutboxEvent.name == "errand.revealed")
    ).one()
    assert (trace.subject_id, trace.facts) == (str(key), {"purpose": "follow_up"})
    bare = station.post("station_lead", f"/errands/{key}/reveal", {"purpose": "curiosity"})
    assert refused(bare) == (422, "request.malformed")


def test_once_erased_there_is_nothing_to_reveal(station: StationDay) -> None:
    key = done(station)
    erase_residents(station.db, at("03:00", WEDNESDAY + timedelta(days=200)))
    station.db.commit()
    answer = station.post("station_lead", f"/errands/{key}/reveal", {"purpose": "complaint"})
    assert refused(answer) == (409, "errand.resident_erased")
    assert station.get("station_lead", f"/errands/{key}").json()["resident"] is None


def test_things_beyond_are_not_there_and_other_roles_see_nothing(station: StationDay) -> None:
    key = done(station, ELSEWHERE)
    assert refused(station.get("station_lead", f"/errands/{key}"))[0] == 404
    reveal = station.post("station_lead", f"/errands/{key}/reveal", {"purpose": "handling"})
    assert refused(reveal) == (404, "request.not_found")
    assert refused(station.get("station_lead", "/errands", unit="510185001002"))[0] == 404
    assert refused(station.get("station_lead", f"/errands/{errand_key()}"))[0] == 404
    figures = station.get("station_lead", "/errands/figures", unit="510185001002")
    assert refused(figures)[0] == 404
    for who in ("township", "command_centre", "auditor", GRID):
        assert refused(station.get(who, "/errands")) == (403, "auth.forbidden")
        assert refused(station.get(who, f"/errands/{key}"))[0] == 403
    assert refused(station.get("finance", "/errands/figures"))[0] == 403


def test_svc_1_one_s_own_with_residents_in_one_s_grid(station: StationDay) -> None:
    mine, elsewhere = done(station), done(station, ELSEWHERE)
    page = station.get(GRID, "/me/errands").json()
    assert (keys(page), page["items"][0]["resident"]) == ([str(mine)], RESIDENT)
    assert keys(station.get(GRID, "/me/errands", open="true").json()) == []
    assert keys(station.get(ELSEWHERE, "/me/errands").json()) == [str(elsewhere)]
    assert keys(station.get(NEIGHBOUR, "/me/errands").json()) == []
    assert refused(station.get("station_lead", "/me/errands"))[0] == 403


def figures(station: StationDay, who: str = "station_lead", **query: Any) -> list[dict[str, Any]]:
    answer = station.get(who, "/errands/figures", **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_svc_1_figures_of_a_span(station: StationDay) -> None:
    for minutes, hours, rating in [(0, 2, 5), (10, 4, 4), (20, 12, 3)]:
        done(station, start=at("09:00") + timedelta(minutes=minutes), hours=hours, rating=rating)
    opened(station)
    done(station, NEIGHBOUR, hours=6)
    mine, neighbour = figures(station)
    assert mine == {
        "key": GRID,
        "name": f"单位{GRID}",
        "accepted": 4,
        "delivered": 3,
        "rated": 3,
        "mean_rating": 4.0,
        "median_hours": 4.0,
        "p90_hours": 10.4,
    }
    assert (neighbour["accepted"], neighbour["median_hours"]) == (1, 6.0)
    (only,) = figures(station, **{"from": "2026-03-17", "to": "2026-03-17"})
    assert (only["accepted"], only["delivered"], only["mean_rating"]) == (1, 0, None)
    assert (only["median_hours"], only["p90_hours"]) == (None, None)


def test_svc_1_figures_by_unit_grid_worker_and_matter(station: StationDay) -> None:
    done(station), done(station, NEIGHBOUR), done(station, ELSEWHERE)
    centre = "command_centre"
    (township,) = figures(station, centre)
    assert (township["key"], township["accepted"]) == ("510185001", 3)
    communities = figures(station, centre, unit="510185001")
    assert [(row["key"], row["accepted"]) for row in communities] == [
        ("510185001001", 2),
        ("510185001002", 1),
    ]
    assert len(figures(station, centre, by="grid")) == 3
    workers = figures(station, centre, by="worker")
    assert {row["name"] for row in workers} == {"网格员0", "网格员1", "网格员3"}
    (matter,) = figures(station, centre, by="matter")
    assert (matter["name"], matter["accepted"]) == ("社保认证", 3)
    first = station.get(centre, "/errands/figures", by="grid", limit=2).json()
    rest = station.get(
        centre, "/errands/figures", by="grid", limit=2, cursor=first["next_cursor"]
    ).json()
    assert [row["key"] for row in [*first["items"], *rest["items"]]] == [GRID, NEIGHBOUR, ELSEWHERE]
    assert station.get(centre, "/errands/figures", format="csv").text.count("\n") == 2


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-03-19", "to": "2026-03-18"},
        {"from": "2025-01-01", "to": "2026-03-18"},
    ],
)
def test_a_range_has_its_bounds(station: StationDay, query: dict[str, str]) -> None:
    answer = station.get("station_lead", "/errands/figures", **query)
    assert refused(answer) == (422, "errand.range_too_long")


@pytest.mark.parametrize(
    "query", [{"by": "resident"}, {"from": "0001-01-01"}, {"to": "9999-12-31"}, {"unit": "x"}]
)
def test_what_can_t_be_asked(station: StationDay, query: dict[str, str]) -> None:
    answer = station.get("station_lead", "/errands/figures", **query)
    assert refused(answer) == (422, "request.malformed")


def test_the_handset_holds_what_is_open(client: SignedIn, db: Session) -> None:
    handset = Handset(db, client.city)
    moment = Sender(client)
    key = errand_key()
    moment.results(item("errand", body=body(key, "accepted")))
    page = moment.get("/v1/pull", params={"limit": 500}).json()
    (held,) = [each["body"] for each in page["changes"] if each["kind"] == "errand"]
    assert (held["step"], "resident" in held) == ("accepted", False)
    old = whole(handset, at("09:00", date(2026, 1, 5)))
    db.commit()
    page = moment.get("/v1/pull", params={"limit": 500}).json()
    told = {each["id"] for each in page["changes"] if each["kind"] == "errand"}
    assert (str(key) in told, str(old) in told) == (True, False)
