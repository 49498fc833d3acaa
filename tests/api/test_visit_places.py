"""Visit places over HTTP: kept by the station and its information administrator alone (VIS-6)."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import OutboxEvent, VisitPlace
from app.kit.ids import uuid7
from app.kit.paging import encode
from app.visits import places
from app.visits.places import erase_place
from tests.api.doors import LEAD, WHERE, door, evening, registered, visit
from tests.api.station import ELSEWHERE, EVENING, GRID, NEIGHBOUR, StationDay, refused
from tests.conftest import SignedIn
from tests.intake.test_pull import settle
from tests.visits.facts import MONDAY, RENTAL, middle

CLERK = "information_administrator"
PATH = "/visit-places"


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session, tmp_path: Path) -> Iterator[StationDay]:
    with evening(tmp_path):
        yield StationDay(api, client, db)


def patch(station: StationDay, who: str, path: str, body: dict[str, Any]) -> Any:
    headers = station.client.as_(who)
    return station.client.http.patch(f"/v1{path}", headers=headers, json=body)


def looks(station: StationDay) -> list[dict[str, Any]]:
    station.db.rollback()
    rows = station.db.scalars(
        select(OutboxEvent.facts)
        .where(OutboxEvent.name == "visit_place.seen")
        .order_by(OutboxEvent.id)
    )
    return list(rows)


@pytest.mark.parametrize("who", [LEAD, CLERK])
def test_vis_6_a_place_is_registered_and_read(station: StationDay, who: str) -> None:
    body = door("rental", "resident")
    made = station.post(who, PATH, body)
    assert made.status_code == 201
    place = made.json()
    assert (place["id"], place["grid_code"], place["kinds"]) == (
        body["id"],
        GRID,
        ["rental", "resident"],
    )
    assert [target["last_day"] for target in place["targets"]] == [None, None]
    assert place["locations"][0]["first_day"] == MONDAY.isoformat()
    assert station.get(who, f"{PATH}/{body['id']}").json() == place
    again = station.post(who, PATH, body)
    assert (again.status_code, again.json()) == (201, place)
    other = station.post(who, PATH, {**body, "label": "别处"})
    assert refused(other) == (409, "visits.place_id_reused")


def test_the_server_makes_an_id_where_there_is_none(station: StationDay) -> None:
    body = {name: part for name, part in door().items() if name != "id"}
    assert station.post(LEAD, PATH, body).json()["id"][14] == "7"


@pytest.mark.parametrize(
    "changes",
    [
        {"id": str(uuid4())},
        {"id": 5},
        {"label": ""},
        {"label": "x\x00"},
        {"label": "x" * 201},
        {"lon": "east"},
        {"lon": 181},
        {"lat": -91},
        {"lat": 1e400},
        {"crs": "mars"},
        {"grid_code": "510185"},
        {"targets": []},
        {"targets": [{"kind": "gossip", "first_day": "2026-03-16"}]},
        {"targets": [{"kind": "rental", "first_day": "0001-01-01"}]},
        {"targets": [{"kind": "rental", "first_day": "9999-12-31"}]},
        {"targets": [{"kind": "rental", "first_day": "2026-03-16"}] * 2},
        {"colour": "red"},
    ],
)
def test_a_malformed_place_is_refused(station: StationDay, changes: dict[str, Any]) -> None:
    body = door(**changes)
    if changes.get("lat") == 1e400:
        body["lat"] = 91
    assert refused(station.post(LEAD, PATH, body)) == (422, "request.malformed")


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ("2026-02-15", None),
        ("2026-02-14", "city.effective_in_the_past"),
        ("2027-03-19", None),
        ("2027-03-20", "visits.too_far_ahead"),
    ],
)
def test_dates_that_can_still_be_put_right(
    station: StationDay, first: str, code: str | None
) -> None:
    answer = station.post(LEAD, PATH, door(targets=[{"kind": "care", "first_day": first}]))
    assert (answer.json().get("code"), answer.status_code == 201) == (code, code is None)


def test_the_grid_is_the_one_that_holds_the_point(station: StationDay) -> None:
    there, away = middle(NEIGHBOUR), middle(ELSEWHERE)
    found = registered(station, lon=there.lon, lat=there.lat)
    assert found["grid_code"] == NEIGHBOUR
    named = door(lon=there.lon, lat=there.lat, grid_code=GRID)
    assert refused(station.post(LEAD, PATH, named)) == (422, "visits.point_elsewhere")
    nowhere = door(lon=away.lon, lat=away.lat)
    assert refused(station.post(LEAD, PATH, nowhere)) == (422, "visits.no_grid_there")


def test_a_point_in_no_grid_belongs_to_a_grid_beside_it(station: StationDay) -> None:
    beside = {"lat": 30.411 + 0.0036 + 0.0017}
    assert refused(station.post(LEAD, PATH, door(**beside))) == (422, "visits.no_grid_there")
    assert registered(station, **beside, grid_code=GRID)["grid_code"] == GRID
    far = door(lat=30.411 + 0.0036 + 0.0019, grid_code=GRID)
    assert refused(station.post(LEAD, PATH, far)) == (422, "visits.point_elsewhere")
    ended = door(grid_code="510185001001009", **beside)
    assert refused(station.post(LEAD, PATH, ended)) == (409, "city.grid_has_ended")
    beyond = door(grid_code=ELSEWHERE, **beside)
    assert refused(station.post(LEAD, PATH, beyond)) == (403, "auth.forbidden")


def test_a_point_of_a_chinese_map(station: StationDay) -> None:
    found = registered(station, lon=WHERE.lon + 0.0025, lat=WHERE.lat - 0.0023, crs="gcj02")
    assert abs(found["lon"] - WHERE.lon) < 0.001
    assert abs(found["lat"] - WHERE.lat) < 0.001


def test_vis_6_the_list_of_a_unit_and_of_a_grid(station: StationDay) -> None:
    there = middle(NEIGHBOUR)
    mine = registered(station, "rental")["id"]
    next_door = registered(station, "care", lon=there.lon, lat=there.lat)["id"]
    asked: list[tuple[dict[str, str], list[str]]] = [
        ({}, sorted([mine, next_door])),
        ({"unit": GRID}, [mine]),
        ({"unit": NEIGHBOUR}, [next_door]),
        ({"kind": "care"}, [next_door]),
        ({"kind": "resident"}, []),
        ({"day": "2026-03-15"}, []),
        ({"day": "2026-03-16", "unit": GRID[:12]}, sorted([mine, next_door])),
    ]
    for query, keys in asked:
        page = station.get(LEAD, PATH, **query).json()
        assert [place["id"] for place in page["items"]] == keys, query


def test_the_list_comes_in_pages_and_as_files(station: StationDay) -> None:
    keys = sorted(registered(station, label=f"=1+{number}")["id"] for number in range(3))
    first = station.get(LEAD, PATH, limit=2).json()
    rest = station.get(LEAD, PATH, limit=2, cursor=first["next_cursor"]).json()
    assert [place["id"] for place in [*first["items"], *rest["items"]]] == keys
    assert rest["next_cursor"] is None
    written = station.get(LEAD, PATH, format="csv", limit=2)
    lines = written.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("地点,走访类别,网格编码")
    assert lines[1].startswith("'=1+")
    assert written.headers["x-next-cursor"] == first["next_cursor"]
    book = load_workbook(io.BytesIO(station.get(LEAD, PATH, format="xlsx").content))
    assert len(list(book.worksheets[0].rows)) == 4


@pytest.mark.parametrize("cursor", ["x", encode("x"), encode(5), encode("a", "b")])
def test_a_cursor_of_another_list(station: StationDay, cursor: str) -> None:
    assert refused(station.get(LEAD, PATH, cursor=cursor)) == (422, "request.bad_cursor")
    mine = station.get(GRID, "/me/visit-places", cursor=cursor)
    assert refused(mine) == (422, "request.bad_cursor")


def test_vis_3_looks_are_on_record_and_do_not_tell_special_groups_apart(
    station: StationDay,
) -> None:
    special = registered(station, "special_group")["id"]
    rental = registered(station, "rental")["id"]
    station.get(LEAD, PATH)
    station.get(LEAD, f"{PATH}/{special}")
    station.get(LEAD, f"{PATH}/{rental}")
    station.get(LEAD, PATH, kind="care")
    both = {"places": 2, "ids": sorted([special, rental])}
    assert looks(station) == [both, *({"places": 1, "ids": [key]} for key in (special, rental))]


@pytest.mark.parametrize(
    "who", ["township", "command_centre", "leading_group_office", "auditor", "platform", GRID]
)
def test_nobody_else_sees_or_changes_places(station: StationDay, who: str) -> None:
    key = registered(station)["id"]
    target = station.get(LEAD, f"{PATH}/{key}").json()["targets"][0]["id"]
    ends = {"last_day": "2026-03-18", "reason": "closed"}
    moved = {"lon": WHERE.lon, "lat": WHERE.lat, "first_day": "2026-03-18"}
    answers = [
        station.get(who, PATH),
        station.get(who, f"{PATH}/{key}"),
        station.post(who, PATH, door()),
        patch(station, who, f"{PATH}/{key}", {"label": "x"}),
        station.post(who, f"{PATH}/{key}/move", moved),
        station.post(who, f"{PATH}/{key}/targets", {"kind": "care", "first_day": "2026-03-18"}),
        station.post(who, f"/visit-targets/{target}/end", ends),
        station.delete(who, f"/visit-targets/{target}"),
    ]
    assert [refused(answer) for answer in answers] == [(403, "auth.forbidden")] * 8


def foreign(station: StationDay) -> dict[str, Any]:
    """A place of another community, moved there by nobody of this one."""
    new = places.NewPlace(uuid7(EVENING), "别处", middle(ELSEWHERE), ELSEWHERE, [(RENTAL, MONDAY)])
    places.add(station.db, new, None, EVENING)
    station.db.commit()
    return {"id": str(new.id)}


def test_another_station_s_place_is_not_there(station: StationDay) -> None:
    key = foreign(station)["id"]
    moved = {"lon": WHERE.lon, "lat": WHERE.lat, "first_day": "2026-03-18"}
    answers = [
        station.get(LEAD, f"{PATH}/{key}"),
        patch(station, LEAD, f"{PATH}/{key}", {"label": "x"}),
        station.post(LEAD, f"{PATH}/{key}/move", moved),
        station.post(LEAD, f"{PATH}/{key}/targets", {"kind": "care", "first_day": "2026-03-18"}),
        station.get(LEAD, PATH, unit=ELSEWHERE[:12]),
        station.get(LEAD, f"{PATH}/{uuid4()}"),
        station.delete(LEAD, f"/visit-targets/{uuid4()}"),
        station.post(
            LEAD, f"/visit-targets/{uuid4()}/end", {"last_day": "2026-03-18", "reason": "closed"}
        ),
    ]
    assert [refused(answer) for answer in answers] == [(404, "request.not_found")] * 8
    assert station.get(LEAD, PATH).json()["items"] == []
    taken = station.post(LEAD, PATH, door(id=key))
    assert refused(taken) == (409, "visits.place_id_reused")


def test_vis_6_relabelled_moved_and_given_another_kind(station: StationDay) -> None:
    key = registered(station)["id"]
    assert patch(station, LEAD, f"{PATH}/{key}", {"label": "新名"}).json()["label"] == "新名"
    there = middle(NEIGHBOUR)
    body = {"lon": there.lon, "lat": there.lat, "first_day": "2026-03-20"}
    moved = station.post(LEAD, f"{PATH}/{key}/move", body).json()
    assert moved["grid_code"] == GRID
    assert [(each["grid_code"], each["last_day"]) for each in moved["locations"]] == [
        (GRID, "2026-03-19"),
        (NEIGHBOUR, None),
    ]
    later = {**body, "first_day": "2026-03-19"}
    again = station.post(LEAD, f"{PATH}/{key}/move", later)
    assert refused(again) == (409, "visits.move_follows")
    out = {**body, "lon": middle(ELSEWHERE).lon}
    assert refused(station.post(LEAD, f"{PATH}/{key}/move", out)) == (422, "visits.no_grid_there")
    past = {**body, "first_day": "2026-02-14"}
    assert refused(station.post(LEAD, f"{PATH}/{key}/move", past))[1] == (
        "city.effective_in_the_past"
    )
    care = {"kind": "care", "first_day": "2026-03-18"}
    added = station.post(LEAD, f"{PATH}/{key}/targets", care)
    assert (added.status_code, added.json()["kind"]) == (201, "care")
    twice = station.post(LEAD, f"{PATH}/{key}/targets", care)
    assert refused(twice) == (409, "visits.target_stands")


def test_vis_6_a_target_ends(station: StationDay) -> None:
    key = registered(station)["targets"][0]["id"]
    path = f"/visit-targets/{key}/end"
    early = {"last_day": "2026-03-15", "reason": "moved_away"}
    assert refused(station.post(LEAD, path, early)) == (422, "visits.ends_before_it_begins")
    odd = {"last_day": "2026-03-18", "reason": "王某搬走了"}
    assert refused(station.post(LEAD, path, odd)) == (422, "request.malformed")
    ends = {"last_day": "2026-03-18", "reason": "moved_away"}
    ended = station.post(LEAD, path, ends).json()
    assert (ended["last_day"], ended["end_reason"]) == ("2026-03-18", "moved_away")
    assert refused(station.post(LEAD, path, ends)) == (409, "visits.target_ended")


def test_a_target_by_mistake_goes_until_it_is_visited(station: StationDay) -> None:
    place = registered(station, "rental", "care")
    rental, care = sorted(place["targets"], key=lambda target: target["kind"], reverse=True)
    assert station.delete(LEAD, f"/visit-targets/{care['id']}").status_code == 204
    assert refused(station.delete(LEAD, f"/visit-targets/{care['id']}"))[0] == 404
    assert visit(station, place["id"]).status_code == 201
    kept = station.delete(LEAD, f"/visit-targets/{rental['id']}")
    assert refused(kept) == (409, "visits.target_visited")
    assert station.get(LEAD, f"{PATH}/{place['id']}").json()["kinds"] == ["rental"]


def test_an_erased_place_is_gone(station: StationDay) -> None:
    place = registered(station)
    erase_place(station.db, station.db.scalars(select(VisitPlace.id)).one(), None, EVENING)
    station.db.commit()
    assert refused(station.get(LEAD, f"{PATH}/{place['id']}"))[0] == 404
    assert station.get(LEAD, PATH).json()["items"] == []
    assert refused(station.post(LEAD, PATH, door(id=place["id"])))[1] == "visits.place_id_reused"


def test_a_handset_fetches_the_places_of_its_grids(station: StationDay) -> None:
    there = middle(NEIGHBOUR)
    key = registered(station)["id"]
    registered(station, lon=there.lon, lat=there.lat)
    page = station.get(GRID, "/me/visit-places")
    (held,) = page.json()["items"]
    assert (held["id"], held["grid_code"], held["moves"]) == (key, GRID, [])
    assert station.get(GRID, "/me/visit-places", grid=GRID).json() == page.json()
    assert refused(station.get(GRID, "/me/visit-places", grid=NEIGHBOUR))[0] == 403
    assert refused(station.get(LEAD, "/me/visit-places"))[0] == 403
    headers = {**station.client.as_(GRID), "If-None-Match": page.headers["etag"]}
    assert station.client.http.get("/v1/me/visit-places", headers=headers).status_code == 304
    patch(station, LEAD, f"{PATH}/{key}", {"label": "新名"})
    assert station.client.http.get("/v1/me/visit-places", headers=headers).status_code == 200


def test_a_handset_pulls_its_places_and_what_becomes_of_them(station: StationDay) -> None:
    place = registered(station)
    settle(station.api)
    whole = station.get(GRID, "/pull").json()
    (held,) = [change for change in whole["changes"] if change["kind"] == "visit_place"]
    assert (held["id"], held["body"]["label"]) == (place["id"], "和平路 12 号 3 单元")
    ends = {"last_day": "2026-03-17", "reason": "closed"}
    station.post(LEAD, f"/visit-targets/{place['targets'][0]['id']}/end", ends)
    settle(station.api)
    after = station.get(GRID, "/pull", cursor=whole["next_cursor"]).json()
    (gone,) = [change for change in after["changes"] if change["kind"] == "visit_place"]
    assert (gone["id"], gone["gone"], gone["body"]) == (place["id"], "expired", None)
