"""Units, boundaries, grids, stations and vacancies over HTTP (ORG-1, ORG-2, ORG-6)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from shapely import MultiPolygon, box, from_wkt
from shapely.geometry import mapping, shape
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Assignment, Boundary, Change, OutboxEvent, StaleDay, Unit
from app.kit import clock
from app.rules.organisation import Assignment as RuleAssignment
from app.rules.organisation import Responsibility, judge_responsibility
from tests.city import HEIGHT, SINCE, SOUTH, WEST, WIDTH, square
from tests.conftest import SignedIn

COMMUNITY = "510185001001"
GRID = "510185001001003"
METRE = 1 / 111_320


@pytest.fixture
def today() -> date:
    """The civil date of the test."""
    return clock.civil_day(clock.now())


def geometry(polygon: Any) -> dict[str, Any]:
    """A shape as GeoJSON with lists."""
    found = mapping(polygon)
    return {"type": found["type"], "coordinates": listed(found["coordinates"])}


def listed(nested: Any) -> Any:
    """Tuples as JSON has them."""
    return [listed(part) for part in nested] if isinstance(nested, tuple | list) else nested


def redraw(client: SignedIn, code: str, polygon: Any, day: date) -> httpx.Response:
    """Ask for a new version of a grid's boundary."""
    body = {"from": day.isoformat(), "geometry": geometry(polygon)}
    answer: httpx.Response = client.http.put(
        f"/v1/grids/{code}/boundary", json=body, headers=client.as_("command_centre")
    )
    return answer


def narrower(column: int, metres: float) -> MultiPolygon:
    """The square of a column, its right side moved; west of it for negative metres."""
    west = WEST + column * WIDTH
    east = west + WIDTH + metres * METRE / 0.8625
    return MultiPolygon([box(west, SOUTH, east, SOUTH + HEIGHT)])


def codes(items: Sequence[dict[str, Any]]) -> list[str]:
    """The codes of some rows."""
    return [item["code"] for item in items]


def test_units_are_listed_within_ones_own(client: SignedIn) -> None:
    answer = client.http.get("/v1/units", headers=client.as_("township"))
    assert codes(answer.json()["items"])[0] == "510185001"
    assert all(code.startswith("510185001") for code in codes(answer.json()["items"]))
    children = client.http.get(
        "/v1/units?parent=510185&tier=township", headers=client.as_("command_centre")
    )
    assert codes(children.json()["items"]) == ["510185001", "510185002"]
    found = client.http.get("/v1/units?q=单位510185002", headers=client.as_("command_centre"))
    assert codes(found.json()["items"]) == ["510185002", "510185002001", "510185002001001"]


def test_pages_follow_each_other(client: SignedIn) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        answer = client.http.get(
            f"/v1/units?limit=5{cursor}", headers=client.as_("command_centre")
        ).json()
        seen += codes(answer["items"])
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert len(seen) == len(set(seen)) == 12
    assert seen == sorted(seen)


def test_lists_open_in_a_spreadsheet(client: SignedIn) -> None:
    answer = client.http.get("/v1/units?format=csv", headers=client.as_("command_centre"))
    assert answer.headers["content-type"].startswith("text/csv")
    assert "510185001001001" in answer.text


def test_things_beyond_ones_unit_are_not_there_and_acts_are_forbidden(client: SignedIn) -> None:
    township = client.as_("township")
    assert client.http.get("/v1/units/510185001001", headers=township).status_code == 200
    assert client.http.get("/v1/units/510185002", headers=township).status_code == 404
    assert client.http.get("/v1/units?parent=510185002", headers=township).status_code == 404
    assert client.http.get("/v1/grids?unit=510185002", headers=township).status_code == 404
    renamed = client.http.patch(
        "/v1/units/510185001", json={"name": "新名"}, headers=client.as_("township")
    )
    assert renamed.status_code == 403


def test_a_unit_is_renamed_and_the_act_is_recorded(client: SignedIn, db: Session) -> None:
    answer = client.http.patch(
        f"/v1/units/{GRID}", json={"name": "新网格"}, headers=client.as_("command_centre")
    )
    assert answer.json()["name"] == "新网格"
    event = db.scalars(select(OutboxEvent).where(OutboxEvent.name == "unit.renamed")).one()
    assert event.facts["after"] == "新网格"
    told = db.scalars(select(Change).where(Change.subject_id == GRID)).one()
    assert told.worker_id == client.city.workers[GRID]


def test_boundaries_are_geojson_of_a_date(client: SignedIn) -> None:
    answer = client.http.get(
        f"/v1/units/{COMMUNITY}/boundary?on=2026-06-01", headers=client.as_("station_lead")
    )
    assert answer.headers["content-type"] == "application/geo+json"
    feature = answer.json()
    assert feature["type"] == "Feature"
    assert feature["properties"]["invented"] is False
    assert shape(feature["geometry"]).is_valid
    day_before = client.http.get(
        f"/v1/units/{COMMUNITY}/boundary?on={SINCE - timedelta(days=1)}",
        headers=client.as_("station_lead"),
    )
    assert day_before.status_code == 404


def test_grids_are_a_feature_collection_in_pages(client: SignedIn) -> None:
    first = client.http.get("/v1/grids?limit=4", headers=client.as_("command_centre"))
    assert first.headers["content-type"] == "application/geo+json"
    second = client.http.get(
        f"/v1/grids?limit=4&cursor={first.json()['next_cursor']}",
        headers=client.as_("command_centre"),
    ).json()
    assert [len(first.json()["features"]), len(second["features"])] == [4, 2]
    assert second["next_cursor"] is None


def test_org_6_a_new_version_leaves_past_days_alone(
    client: SignedIn, db: Session, today: date
) -> None:
    answer = redraw(client, GRID, narrower(2, -100), today)
    assert answer.status_code == 200, answer.text
    versions = db.scalars(
        select(Boundary).where(Boundary.unit_code == GRID).order_by(Boundary.valid)
    ).all()
    assert [(v.valid.lower, v.valid.upper) for v in versions] == [(SINCE, today), (today, None)]
    assert versions[0].area.equals(square(2))
    worker = client.city.workers[GRID]
    assert db.scalars(select(StaleDay.day).where(StaleDay.worker_id == worker)).all() == [today]
    told = db.scalars(select(Change).where(Change.worker_id == worker)).one()
    assert told.body is not None
    assert told.body["boundary"] == versions[1].id


def test_a_version_from_tomorrow_touches_no_day_yet(
    client: SignedIn, db: Session, today: date
) -> None:
    assert redraw(client, GRID, narrower(2, -100), today + timedelta(days=1)).status_code == 200
    assert db.scalars(select(StaleDay)).all() == []
    earlier = redraw(client, GRID, narrower(2, -50), today)
    assert (earlier.status_code, earlier.json()["code"]) == (409, "city.version_follows")


def test_no_version_begins_in_the_past(client: SignedIn, today: date) -> None:
    refused = redraw(client, GRID, narrower(2, -100), today - timedelta(days=1))
    assert (refused.status_code, refused.json()["code"]) == (422, "city.effective_in_the_past")


@pytest.mark.parametrize(("metres", "accepted"), [(19, True), (21, False)])
def test_org_6_a_grid_may_leave_its_community_by_20_m(
    client: SignedIn, today: date, metres: float, accepted: bool
) -> None:
    # The last grid of a row stands alone to the east: only the community's edge can stop it.
    answer = redraw(client, "510185002001001", narrower(5, metres), today)
    assert answer.status_code == (200 if accepted else 422), answer.text
    if not accepted:
        assert answer.json()["code"] == "city.outside_its_parent"
        assert answer.json()["facts"]["parent"] == "510185002001"
        assert answer.json()["clause"] == "一(一)"


@pytest.mark.parametrize(("square_metres", "accepted"), [(495, True), (505, False)])
def test_org_6_neighbours_may_overlap_by_a_sliver(
    client: SignedIn, today: date, square_metres: float, accepted: bool
) -> None:
    tall = HEIGHT * 110_863
    answer = redraw(client, "510185001001001", narrower(0, square_metres / tall), today)
    assert answer.status_code == (200 if accepted else 422), answer.text
    if not accepted:
        (neighbour,) = answer.json()["facts"]["neighbours"]
        assert neighbour["unit"] == "510185001001002"
        assert 500 < neighbour["overlap_m2"] < 510


BOWTIE = from_wkt("POLYGON((104.5555 30.4112, 104.559 30.414, 104.559 30.4112, 104.5555 30.414, 104.5555 30.4112))")  # fmt: skip  # noqa: E501


def test_a_polygon_that_crosses_itself_is_refused_with_the_place(
    client: SignedIn, today: date
) -> None:
    refused = redraw(client, GRID, BOWTIE, today).json()
    assert refused["code"] == "city.polygon_invalid"
    assert refused["facts"]["why"] == "Self-intersection"
    assert refused["facts"]["at"].startswith("104.557")


@pytest.mark.parametrize(
    ("polygon", "code"),
    [
        ({"type": "Point", "coordinates": [104.5, 30.4]}, "request.malformed"),
        ({"type": "Polygon", "coordinates": []}, "request.malformed"),
        ({"type": "Polygon", "coordinates": [[[1, 2], [1, 2], [1, 2], [1, 2]]]}, "city."),
        ({"type": "Polygon", "coordinates": [[[200, 2], [1, 2], [1, 3], [200, 2]]]}, "request."),
        ({"type": "Polygon", "coordinates": [[["x", 2], [1, 2], [1, 3], [0, 2]]]}, "request."),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}, "city.outside"),
    ],
)
def test_what_is_no_boundary_is_refused(
    client: SignedIn, today: date, polygon: dict[str, Any], code: str
) -> None:
    refused = client.http.put(
        f"/v1/grids/{GRID}/boundary",
        json={"from": today.isoformat(), "geometry": polygon},
        headers=client.as_("command_centre"),
    )
    assert refused.status_code == 422
    assert refused.json()["code"].startswith(code)


def test_a_community_cannot_shrink_away_from_its_grids(client: SignedIn, today: date) -> None:
    third = box(WEST, SOUTH, WEST + WIDTH / 2, SOUTH + HEIGHT)
    refused = client.http.put(
        f"/v1/units/{COMMUNITY}/boundary",
        json={"from": today.isoformat(), "geometry": geometry(third)},
        headers=client.as_("command_centre"),
    )
    assert refused.status_code == 422
    assert refused.json()["code"] == "city.outside_its_parent"
    assert refused.json()["facts"]["unit"] == "510185001001001"
    assert refused.json()["facts"]["parent"] == COMMUNITY


def test_org_6_grid_codes_follow_and_are_never_reused(
    client: SignedIn, db: Session, today: date
) -> None:
    assert redraw(client, GRID, narrower(2, -100), today).status_code == 200
    west = WEST + 3 * WIDTH - 99 * METRE / 0.8625
    strip = box(west, SOUTH, WEST + 3 * WIDTH, SOUTH + HEIGHT)
    body = {
        "community": COMMUNITY,
        "name": "新网格",
        "from": today.isoformat(),
        "geometry": geometry(strip),
    }
    made = client.http.post("/v1/grids", json=body, headers=client.as_("command_centre"))
    assert made.status_code == 201, made.text
    assert made.json()["id"] == "510185001001004"
    tomorrow = (today + timedelta(days=1)).isoformat()
    ended = client.http.post(
        "/v1/grids/510185001001004/end",
        json={"end": tomorrow},
        headers=client.as_("command_centre"),
    )
    assert ended.status_code == 200
    again = client.http.post(
        "/v1/grids", json={**body, "from": tomorrow}, headers=client.as_("command_centre")
    )
    assert again.json()["id"] == "510185001001005"
    assert db.get(Unit, "510185001001004") is not None


def test_an_ended_grid_releases_its_workers(client: SignedIn, db: Session, today: date) -> None:
    answer = client.http.post(
        f"/v1/grids/{GRID}/end",
        json={"end": today.isoformat()},
        headers=client.as_("command_centre"),
    )
    assert answer.status_code == 200, answer.text
    held = db.scalars(select(Assignment).where(Assignment.grid_code == GRID)).one()
    assert held.valid.upper == today
    assert db.scalars(select(StaleDay.worker_id)).all() == [client.city.workers[GRID]]
    gone = db.scalars(select(Change).where(Change.subject_id == GRID)).one()
    assert gone.gone == "deleted"
    vacant = client.http.get(
        f"/v1/units/{COMMUNITY}/vacancies", headers=client.as_("station_lead")
    ).json()
    assert vacant["items"] == []


def test_org_2_vacancies_are_what_the_rule_says(client: SignedIn, db: Session, today: date) -> None:
    held = db.scalars(select(Assignment).where(Assignment.grid_code == GRID)).one()
    held.valid = type(held.valid)(held.valid.lower, today)
    db.commit()
    for day in (today - timedelta(days=1), today):
        answer = client.http.get(
            f"/v1/units/510185/vacancies?on={day}", headers=client.as_("command_centre")
        ).json()
        judged = [
            code
            for code in sorted(client.city.workers)
            if responsibility(db, code, day) is Responsibility.VACANT
        ]
        assert codes(answer["items"]) == judged
    assert codes(answer["items"]) == [GRID]
    assert answer["items"][0]["rule"] == "ORG-2"


def responsibility(db: Session, grid: str, day: date) -> Responsibility:
    """What the rule says of a grid on a date."""
    rows = db.scalars(select(Assignment).where(Assignment.grid_code == grid))
    facts = [
        RuleAssignment(
            row.worker_id, row.first_responsible, row.valid.lower or SINCE, row.valid.upper
        )
        for row in rows
    ]
    return judge_responsibility(facts, day).verdict


def test_att_2_a_station_moves_from_a_date_on(client: SignedIn, db: Session, today: date) -> None:
    address = f"/v1/units/{COMMUNITY}/station"
    lon, lat = client.city.stations[COMMUNITY]
    body = {"name": "新站", "lon": lon + 0.001, "lat": lat, "from": today.isoformat()}
    moved = client.http.put(address, json=body, headers=client.as_("command_centre"))
    assert moved.status_code == 200, moved.text
    before = client.http.get(
        f"{address}?on={today - timedelta(days=1)}", headers=client.as_("station_lead")
    ).json()
    after = client.http.get(address, headers=client.as_("station_lead")).json()
    assert (before["lon"], after["lon"]) == (lon, lon + 0.001)
    assert len(db.scalars(select(StaleDay)).all()) == 3
    far = client.http.put(
        address, json={**body, "lon": lat, "lat": 30.4}, headers=client.as_("command_centre")
    )
    assert far.json()["code"] == "city.outside_the_city"
