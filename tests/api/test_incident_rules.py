"""Categories and deadlines of events over HTTP (EVT-1, EVT-3)."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import DeadlinePolicy, OutboxEvent, StaleClocks
from tests.api.station import GRID, StationDay, refused
from tests.city import City
from tests.conftest import SignedIn
from tests.incidents.clock_facts import Events, at

CENTRE = "command_centre"
FIRE: dict[str, Any] = {
    "code": "public_safety.fire",
    "zh": "消防隐患",
    "en": "Fire hazard",
    "first_day": "2026-03-18",
    "radius_m": 60,
    "within_h": 24,
}
HOURS: dict[str, Any] = {
    "category": "public_safety",
    "severity": "general",
    "tier": "grid",
    "hours": 4,
    "effective_from": "2026-03-18",
    "reason": "从严",
}


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


def codes(station: StationDay, who: str = CENTRE, **query: str) -> list[str]:
    items = station.get(who, "/incident-categories", **query).json()["items"]
    return [item["code"] for item in items]


def test_evt_1_the_tree_of_eight_is_there_for_everybody(station: StationDay) -> None:
    for who in (GRID, "station_lead", "township", CENTRE):
        assert len(codes(station, who)) == 8
    before = station.get(CENTRE, "/incident-categories", on="2017-08-31")
    assert refused(before) == (422, "request.malformed")


def test_evt_1_a_category_is_added_renamed_and_ended(station: StationDay, db: Session) -> None:
    added = station.post(CENTRE, "/incident-categories", FIRE)
    assert (added.status_code, added.json()["parent_code"]) == (201, "public_safety")
    assert "public_safety.fire" in codes(station, GRID)
    assert "public_safety.fire" not in codes(station, on="2026-03-17")
    path = "/incident-categories/public_safety.fire"
    renamed = station.client.http.patch(
        f"/v1{path}", headers=station.client.as_(CENTRE), json={"zh": "消防", "radius_m": 0}
    )
    assert (renamed.status_code, renamed.json()["zh"], renamed.json()["radius_m"]) == (
        200,
        "消防",
        0,
    )
    ended = station.post(CENTRE, f"{path}/end", {"end": "2026-03-20", "reason": "合并"})
    assert (ended.status_code, ended.json()["end"]) == (200, "2026-03-20")
    assert "public_safety.fire" in codes(station, on="2026-03-19")
    assert "public_safety.fire" not in codes(station, on="2026-03-20")
    assert "public_safety.fire" in codes(station, on="2026-03-20", ended="true")
    events = db.scalars(
        select(OutboxEvent)
        .where(OutboxEvent.subject_kind == "incident_category")
        .order_by(OutboxEvent.id)
    ).all()
    assert [event.name.rpartition(".")[2] for event in events] == ["added", "changed", "ended"]
    assert events[1].facts["was"] == {"zh": "消防隐患", "radius_m": 60}


def test_evt_1_a_code_is_never_used_again(station: StationDay) -> None:
    station.post(CENTRE, "/incident-categories", FIRE)
    path = "/incident-categories/public_safety.fire/end"
    station.post(CENTRE, path, {"end": "2026-03-19", "reason": "合并"})
    again = FIRE | {"first_day": "2026-06-01"}
    answer = station.post(CENTRE, "/incident-categories", again)
    assert refused(answer) == (409, "incident_category.code_used")
    assert refused(station.post(CENTRE, path, {"end": "2026-03-20", "reason": "x"})) == (
        409,
        "incident_category.ended",
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "nowhere.fire"}, "incident_category.parent_unfit"),
        ({"first_day": "2026-03-17"}, "city.effective_in_the_past"),
        ({"code": "Public"}, "request.malformed"),
        ({"code": "a.b.c"}, "request.malformed"),
        ({"radius_m": 5001}, "request.malformed"),
        ({"within_h": -1}, "request.malformed"),
        ({"within_h": 10**30}, "request.malformed"),
        ({"zh": "\x00"}, "request.malformed"),
        ({"zh": " "}, "request.malformed"),
        ({"first_day": "9999-12-31"}, "request.malformed"),
        ({"parent_code": "dispute"}, "request.malformed"),
    ],
)
def test_evt_1_categories_that_do_not_fit_are_refused(
    station: StationDay, change: dict[str, Any], code: str
) -> None:
    answer = station.post(CENTRE, "/incident-categories", FIRE | change)
    assert refused(answer) == (422, code)


def test_evt_1_what_cannot_end(station: StationDay) -> None:
    station.post(CENTRE, "/incident-categories", FIRE)

    def end(code: str, day: str) -> tuple[int, str]:
        body = {"end": day, "reason": "调整"}
        return refused(station.post(CENTRE, f"/incident-categories/{code}/end", body))

    assert end("public_safety", "2026-04-01") == (409, "incident_category.has_children")
    assert end("other", "2026-04-01") == (409, "incident_category.needed")
    assert end("dispute", "2026-03-18") == (422, "incident_category.ends_too_soon")
    assert end("nowhere", "2026-04-01") == (404, "request.not_found")
    ends = {"end": "2026-04-01", "reason": "调整"}
    for code in ("public_safety.fire", "public_safety"):
        assert station.post(CENTRE, f"/incident-categories/{code}/end", ends).status_code == 200
    late = FIRE | {"code": "public_safety.road", "first_day": "2026-03-20"}
    answer = station.post(CENTRE, "/incident-categories", late)
    assert refused(answer) == (422, "incident_category.parent_unfit")


@pytest.mark.parametrize("who", ["station_lead", "township", "leading_group_office", GRID])
def test_only_the_centre_keeps_them(station: StationDay, who: str) -> None:
    for path, body in (
        ("/incident-categories", FIRE),
        ("/deadlines", HOURS),
        ("/incident-categories/dispute/end", {"end": "2026-04-01", "reason": "x"}),
    ):
        assert refused(station.post(who, path, body)) == (403, "auth.forbidden")


def test_evt_3_the_defaults_are_shown_until_the_centre_decides(station: StationDay) -> None:
    shown = station.get(GRID, "/deadlines").json()
    assert (shown["rule"], shown["clause"], shown["red_after_h"]) == ("EVT-3", "四(二)4", 24.0)
    hours = {(item["severity"], item["tier"]): float(item["hours"]) for item in shown["items"]}
    assert len(hours) == 8
    assert (hours["general", "grid"], hours["general", "centre"]) == (6.5, 65)
    assert (hours["major", "grid"], hours["major", "centre"]) == (0.5, 4)
    assert shown["history"] == []


def test_evt_3_hours_take_effect_today_and_count_for_what_arrived_today(
    station: StationDay, db: Session, city: City
) -> None:
    events = Events(station.api, db, city)
    hop = events.event(at("16:00"))
    assert station.post(CENTRE, "/deadlines", HOURS).status_code == 201
    assert db.scalars(select(StaleClocks)).one().why.value == "policy"
    events.sweep(at("18:00"))
    assert events.fresh(hop).due_at == at("11:00", at("16:00").date().replace(day=19))
    later = station.post(CENTRE, "/deadlines", HOURS | {"effective_from": "2026-04-01", "hours": 2})
    assert later.status_code == 201
    assert not events.is_marked(), "no open hold arrived in the future"
    for day, hours, policies in (
        ("2026-03-17", None, 8),
        ("2026-03-18", 4, 9),
        ("2026-04-01", 2, 9),
    ):
        shown = station.get(CENTRE, "/deadlines", on=day).json()
        own = [item for item in shown["items"] if item["category"] == "public_safety"]
        assert [float(item["hours"]) for item in own] == ([] if hours is None else [hours])
        assert len(shown["items"]) == policies
        assert len(shown["history"]) == 2
    names = db.scalars(select(OutboxEvent.name).where(OutboxEvent.subject_kind == "deadline"))
    assert names.all() == ["deadline.superseded"] * 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"effective_from": "2026-03-17"}, "city.effective_in_the_past"),
        ({"category": "nowhere"}, "deadline.category_unknown"),
        ({"tier": "office"}, "request.malformed"),
        ({"hours": 0}, "request.malformed"),
        ({"hours": -1}, "request.malformed"),
        ({"hours": "NaN"}, "request.malformed"),
        ({"hours": 2000.01}, "request.malformed"),
        ({"hours": 1.001}, "request.malformed"),
        ({"severity": "grave"}, "request.malformed"),
        ({"reason": ""}, "request.malformed"),
        ({"effective_from": "0001-01-01"}, "request.malformed"),
    ],
)
def test_evt_3_hours_that_do_not_fit_are_refused(
    station: StationDay, db: Session, change: dict[str, Any], code: str
) -> None:
    assert refused(station.post(CENTRE, "/deadlines", HOURS | change)) == (422, code)
    assert db.scalars(select(DeadlinePolicy)).all() == []


def test_they_are_files_too(station: StationDay) -> None:
    station.post(CENTRE, "/deadlines", HOURS | {"category": None})
    for path in ("/incident-categories", "/deadlines"):
        csv = station.get("township", path, format="csv")
        assert csv.headers["content-type"].startswith("text/csv")
        assert csv.content.startswith(b"\xef\xbb\xbf")
        assert station.get("township", path, format="xlsx").content.startswith(b"PK")
