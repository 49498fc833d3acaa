"""Visits over HTTP: sent by handsets, looked through by the station, corroborated by the track."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import OutboxEvent, Visit
from app.intake.held import sweep
from app.kit.ids import uuid7
from app.kit.paging import encode
from tests.api.doors import LEAD, WHERE, door, evening, registered, visit
from tests.api.station import ELSEWHERE, EVENING, GRID, NEIGHBOUR, StationDay, refused
from tests.attendance.facts import at
from tests.conftest import SignedIn
from tests.visits.facts import MONDAY, north

SPAN = {"from": "2026-03-16", "to": "2026-03-18"}
NINE = at("09:00")


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session, tmp_path: Path) -> Iterator[StationDay]:
    with evening(tmp_path):
        yield StationDay(api, client, db)


def sent(station: StationDay, *args: Any, **body: Any) -> dict[str, Any]:
    """The result of a visit that was taken."""
    answer = visit(station, *args, **body)
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


def listed(station: StationDay, who: str = LEAD, **query: Any) -> list[dict[str, Any]]:
    answer = station.get(who, "/visits", **(SPAN | query))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def looks(station: StationDay) -> list[Any]:
    station.db.rollback()
    names = select(OutboxEvent.facts).where(OutboxEvent.name == "visit_place.seen")
    return list(station.db.scalars(names.order_by(OutboxEvent.id)))


def test_vis_7_a_visit_is_sent_told_and_listed(station: StationDay) -> None:
    place = registered(station, "rental", "resident")["id"]
    found = sent(station, place, note="家里有人", photos=["a" * 64])
    assert (found["status"], found["code"]) == ("created", "counts")
    assert found["facts"]["because"]["distance_m"] == 0.0
    assert [(each["kind"], each["paid"], each["by_this"]) for each in found["facts"]["pays"]] == [
        ("rental", True, True)
    ]
    (row,) = listed(station)
    assert (row["id"], row["worker_name"], row["place"], row["note"]) == (
        found["id"],
        "网格员0",
        "和平路 12 号 3 单元",
        "家里有人",
    )
    assert row["missing_photos"] == ["a" * 64]
    one = station.get(LEAD, f"/visits/{found['id']}").json()
    assert one == row | {"presence_s": None}
    (mine,) = station.get(GRID, "/me/visits", **SPAN).json()["items"]
    assert mine == row
    (today,) = station.get(GRID, "/me/day", date="2026-03-18").json()["visits"]
    assert (today["place"], today["verdict"]) == ("和平路 12 号 3 单元", "counts")


def test_vis_7_a_quarter_that_is_not_owed_yet_is_not_told(station: StationDay) -> None:
    """16 days of the first quarter are less than 45; the visit counts as activity."""
    place = registered(station, "resident")["id"]
    assert sent(station, place)["facts"]["pays"] == []


def test_the_first_form_is_still_understood(station: StationDay) -> None:
    record = {
        "id": str(uuid7(EVENING)),
        "captured_at": NINE.isoformat(),
        "sent_at": EVENING.isoformat(),
        "body": {"kind": "property_guard", "place": "东城印象小区物业", "note": ""},
    }
    first = station.post(GRID, "/visits", record)
    assert (first.status_code, first.json()["code"]) == (201, "unregistered")
    assert station.post(GRID, "/visits", record).json()["status"] == "duplicate"
    (row,) = listed(station)
    assert (row["place"], row["kind"], row["note"]) == (
        "东城印象小区物业",
        "property_guard",
        None,
    )


def test_two_handsets_send_the_same_visit(station: StationDay) -> None:
    place, key = registered(station)["id"], str(uuid7(EVENING))
    assert visit(station, place, key=key).status_code == 201
    again = visit(station, place, key=key)
    assert (again.status_code, again.json()["status"]) == (200, "duplicate")
    other = visit(station, place, key=key, note="不同")
    assert refused(other) == (409, "id_reused")
    another = visit(station, place, who=NEIGHBOUR, key=key)
    assert refused(another) == (409, "id_reused")
    station.db.rollback()
    assert station.db.scalar(select(func.count()).select_from(Visit)) == 1


def test_a_visit_to_a_place_that_is_not_there_yet_is_held(station: StationDay) -> None:
    body = door()
    found = sent(station, body["id"])
    assert (found["status"], found["facts"]["waits_for"]) == ("held", body["id"])
    assert listed(station) == []
    assert station.post(LEAD, "/visit-places", body).status_code == 201
    assert sweep(station.api.state.sessions, station.clock.now) == 1
    assert [(row["id"], row["verdict"]) for row in listed(station)] == [(found["id"], "counts")]
    again = sent(station, body["id"], key=found["id"])
    assert (again["status"], again["code"]) == ("duplicate", "counts")


def test_vis_7_out_of_scope_is_kept_for_both_stations(station: StationDay) -> None:
    place = registered(station)["id"]
    found = sent(station, place, NEIGHBOUR)
    assert (found["status"], found["code"], found["retry"]) == (
        "out_of_scope",
        "out_of_scope",
        "never",
    )
    (row,) = listed(station, verdict="out_of_scope")
    assert (row["place"], row["grid_code"]) == (None, GRID)
    sent(station, place, ELSEWHERE)
    assert {row["community_code"] for row in listed(station)} == {GRID[:12], ELSEWHERE[:12]}


def test_vis_7_the_list_is_asked_for_by_what_one_seeks(station: StationDay) -> None:
    there = north(WHERE, 40)
    first, second = (registered(station)["id"], registered(station, lat=there.lat)["id"])
    near = sent(station, first, moment=NINE)["id"]
    far = sent(station, second, lat=north(WHERE, 400).lat)["id"]
    early = sent(station, first, moment=at("10:00", MONDAY))["id"]
    worker = str(station.client.city.workers[GRID])
    asked: list[tuple[dict[str, str], list[str]]] = [
        ({}, [far, near, early]),
        ({"from": "2026-03-17"}, [far, near]),
        ({"to": "2026-03-16"}, [early]),
        ({"place": first}, [near, early]),
        ({"verdict": "too_far"}, [far]),
        ({"verdict": "mocked"}, []),
        ({"worker": worker}, [far, near, early]),
        ({"worker": str(uuid4())}, []),
        ({"unit": GRID}, [far, near, early]),
        ({"unit": NEIGHBOUR}, []),
    ]
    for query, keys in asked:
        assert [row["id"] for row in listed(station, **query)] == keys, query
    page = station.get(LEAD, "/visits", **SPAN, limit=2).json()
    rest = station.get(LEAD, "/visits", **SPAN, limit=2, cursor=page["next_cursor"]).json()
    assert [row["id"] for row in rest["items"]] == [early]
    assert rest["next_cursor"] is None


def test_the_list_as_files(station: StationDay) -> None:
    sent(station, registered(station)["id"], note="=cmd|' /C calc'!A0")
    written = station.get(LEAD, "/visits", **SPAN, format="csv").content.decode("utf-8-sig")
    assert written.splitlines()[0].startswith("日期,时间,姓名,地点")
    assert "'=cmd" in written
    english = {**station.client.as_(LEAD), "Accept-Language": "en"}
    answer = station.client.http.get(
        "/v1/visits", params={**SPAN, "format": "xlsx"}, headers=english
    )
    book = load_workbook(io.BytesIO(answer.content))
    assert [cell.value for cell in next(book.worksheets[0].rows)][:2] == ["Date", "At"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"to": "2026-06-16"}, "visits.range_too_long"),
        ({"to": "2026-03-15"}, "visits.range_too_long"),
        ({"cursor": "x"}, "request.bad_cursor"),
        ({"cursor": encode("x")}, "request.bad_cursor"),
        ({"cursor": encode("2026-03-18T00:00:00", str(uuid4()))}, "request.bad_cursor"),
        ({"from": "0001-01-01"}, "request.malformed"),
        ({"worker": "me"}, "request.malformed"),
        ({"verdict": "fine"}, "request.malformed"),
        ({"limit": "501"}, "request.malformed"),
        ({"colour": "red"}, "request.malformed"),
    ],
)
def test_what_cannot_be_asked(station: StationDay, query: dict[str, str], code: str) -> None:
    assert refused(station.get(LEAD, "/visits", **(SPAN | query))) == (422, code)
    if not {"worker", "verdict"} & set(query):
        assert refused(station.get(GRID, "/me/visits", **(SPAN | query))) == (422, code)


def test_92_dates_can_be_asked(station: StationDay) -> None:
    assert listed(station, to="2026-06-15") == []


@pytest.mark.parametrize("who", ["township", "command_centre", "auditor", "finance", GRID])
def test_nobody_else_sees_visits(station: StationDay, who: str) -> None:
    key = sent(station, registered(station)["id"])["id"]
    assert refused(station.get(who, "/visits", **SPAN)) == (403, "auth.forbidden")
    assert refused(station.get(who, f"/visits/{key}")) == (403, "auth.forbidden")


def test_another_station_s_visits_are_not_there(station: StationDay) -> None:
    key = sent(station, None, ELSEWHERE, kind="rental", place="别处")["id"]
    assert listed(station) == []
    assert refused(station.get(LEAD, f"/visits/{key}")) == (404, "request.not_found")
    assert refused(station.get(LEAD, f"/visits/{uuid4()}")) == (404, "request.not_found")
    answer = station.get(LEAD, "/visits", **SPAN, unit=ELSEWHERE[:12])
    assert refused(answer) == (404, "request.not_found")
    assert station.get(GRID, "/me/visits", **SPAN).json()["items"] == []


def test_vis_3_looks_at_visits_are_on_record(station: StationDay) -> None:
    """At those of special groups too where the place is not registered."""
    special = registered(station, "special_group")["id"]
    key = sent(station, special)["id"]
    unregistered = sent(station, None, kind="special_group", place="李某家", moment=NINE)["id"]
    listed(station)
    station.get(LEAD, f"/visits/{key}")
    listed(station, to="2026-03-17")
    station.get(GRID, "/me/visits", **SPAN)
    assert looks(station) == [
        {"places": 2, "ids": sorted([special, unregistered])},
        {"places": 1, "ids": [special]},
    ]


def walk(station: StationDay, starts: datetime, metres: list[float]) -> None:
    """A fix every 10 seconds, so far from the door."""
    first = int(starts.timestamp() * 1000)
    body = {
        "batch_id": str(uuid7(starts)),
        "t": [first + 10_000 * index for index in range(len(metres))],
        "lon": [WHERE.lon] * len(metres),
        "lat": [north(WHERE, away).lat for away in metres],
        "accuracy": [8.0] * len(metres),
    }
    assert station.post(GRID, "/tracks", body).status_code == 200


def test_vis_7_the_track_says_how_long_the_worker_was_there(station: StationDay) -> None:
    """Ten minutes at the door, ten away; what is more than two hours off is not looked at."""
    key = sent(station, registered(station)["id"], moment=NINE)["id"]
    path = f"/visits/{key}"
    assert station.get(LEAD, path).json()["presence_s"] is None
    walk(station, NINE - timedelta(minutes=5), [0.0] * 61)
    assert station.get(LEAD, path).json()["presence_s"] == 600
    walk(station, NINE + timedelta(minutes=11), [300.0] * 61)
    walk(station, NINE - timedelta(minutes=125), [0.0] * 31)
    assert station.get(LEAD, path).json()["presence_s"] == 600
    walk(station, NINE + timedelta(minutes=117), [0.0] * 61)
    assert station.get(LEAD, path).json()["presence_s"] == 780


def test_a_special_group_s_words_stay_out_of_the_audit(station: StationDay) -> None:
    place = registered(station, "special_group", label="李某家")["id"]
    sent(station, place, note="李某在家", reason="李某不便")
    station.db.rollback()
    written = str(station.db.scalars(select(OutboxEvent.facts)).all())
    assert "李某" not in written
    assert str(WHERE.lat) not in written
