"""Coverage, its details and the worker's list over HTTP (VIS-8)."""

import csv
import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.models import Account, OutboxEvent, ParameterValue, Posting, VisitPlaceLocation
from app.rules.duty import Employment
from app.rules.visits import VisitKind, VisitVerdict
from tests.api.station import ELSEWHERE, GRID, NEIGHBOUR, StationDay, refused
from tests.conftest import SignedIn
from tests.days.facts import at
from tests.visits.on_record import (
    point,
    store_group,
    store_place,
    store_target,
    store_visit,
    whole_days,
)

WEEK = {"from": "2026-03-16", "to": "2026-03-22"}
COMMUNITY = "510185001001"


def march(day: int) -> date:
    return date(2026, 3, day)


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    """Wednesday evening."""
    return StationDay(api, client, db)


@pytest.fixture
def places(station: StationDay, db: Session) -> list[UUID]:
    """Two places in the first grid, one in the second, one in another community."""
    made = [
        store_place(db, column, label=label)
        for column, label in ((0.2, "乙"), (0.8, "甲"), (1.5, "丙"), (3.5, "丁"))
    ]
    for place in made:
        store_target(db, place, VisitKind.RENTAL)
    store_target(db, made[0], VisitKind.SPECIAL_GROUP)
    store_target(db, made[0], VisitKind.RESIDENT)
    store_target(db, made[1], VisitKind.PROPERTY_GUARD)
    db.commit()
    return made


def visited(db: Session, station: StationDay, place: UUID, grid: str = GRID) -> UUID:
    found = store_visit(db, station.client.city.workers[grid], place, at("10:00", march(17)))
    db.commit()
    return found


def coverage(station: StationDay, who: str = "command_centre", **query: str) -> dict[str, Any]:
    answer = station.get(who, "/coverage", **(WEEK | query))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def owed_paid(found: dict[str, Any]) -> tuple[int, int]:
    return found["owed"], found["paid"]


def test_vis_8_owed_and_paid_of_a_week_up_and_down_the_tiers(
    station: StationDay, db: Session, places: list[UUID]
) -> None:
    """Four rentals and a special group, and the guards of Monday to Wednesday."""
    visited(db, station, places[0])
    city = coverage(station)
    assert owed_paid(city["total"]) == (8, 2)
    assert city["total"]["share"] == 0.25
    assert (city["total"]["open"], city["total"]["missed"], city["stale"]) == (6, 0, 0)
    kinds = {one["kind"]: owed_paid(one) for one in city["kinds"]}
    assert kinds == {"property_guard": (3, 0), "rental": (4, 1), "special_group": (1, 1)}
    assert {one["clause"] for one in city["kinds"]} == {
        "三(一)1 “5”一",
        "三(一)1 “5”二",
        "三(一)1 “5”三",
    }
    assert [(row["key"], *owed_paid(row)) for row in city["items"]] == [("510185001", 8, 2)]
    by = {row["key"]: owed_paid(row) for row in coverage(station, by="community")["items"]}
    assert by == {COMMUNITY: (7, 2), "510185001002": (1, 0)}
    grids = coverage(station, "station_lead")
    assert {row["key"]: owed_paid(row) for row in grids["items"]} == {
        GRID: (6, 2),
        NEIGHBOUR: (1, 0),
    }
    assert grids["items"][0]["name"] == f"单位{GRID}"
    rentals = coverage(station, "station_lead", kind="rental", unit=GRID)
    assert owed_paid(rentals["total"]) == (2, 1)


def test_vis_8_a_quarter_holds_what_ends_in_it(station: StationDay, places: list[UUID]) -> None:
    quarter = {"from": "2026-01-01", "to": "2026-03-31", "kind": "resident"}
    assert owed_paid(coverage(station, **quarter)["total"]) == (1, 0)
    assert coverage(station, kind="resident")["total"]["owed"] == 0
    assert coverage(station, kind="resident")["total"]["share"] is None


def test_vis_8_by_worker_with_whom_the_duties_bind(
    station: StationDay, db: Session, places: list[UUID]
) -> None:
    city = station.client.city
    db.execute(
        update(Posting)
        .where(Posting.worker_id == city.workers[NEIGHBOUR])
        .values(employment=Employment.RURAL_PART_TIME)
    )
    whole_days(db, city.workers[ELSEWHERE], march(16), march(22))
    visited(db, station, places[0], NEIGHBOUR)
    found = coverage(station, by="worker")
    rows = {row["key"]: (*owed_paid(row), row["bound"]) for row in found["items"]}
    assert rows == {
        str(city.workers[GRID]): (4, 0, True),
        str(city.workers[NEIGHBOUR]): (3, 2, False),
    }
    assert found["total"]["charged_to_nobody"] == 1
    mine = station.get(NEIGHBOUR, "/me/coverage", **WEEK).json()
    assert (*owed_paid(mine["total"]), mine["bound"]) == (3, 2, False)


def test_vis_8_missed_once_closed_and_still_paid_by_a_late_visit(
    station: StationDay, db: Session, places: list[UUID]
) -> None:
    coverage(station)
    station.at(at("00:00", march(26)))
    total = coverage(station)["total"]
    assert (total["owed"], total["open"], total["missed"]) == (10, 0, 10)
    visited(db, station, places[2])
    total = coverage(station)["total"]
    assert (total["paid"], total["missed"]) == (1, 9)


def test_vis_8_paged_filed_and_unchanged(station: StationDay, places: list[UUID]) -> None:
    first = coverage(station, by="grid", limit="2")
    rest = coverage(station, by="grid", limit="2", cursor=first["next_cursor"])
    assert [row["key"] for row in first["items"] + rest["items"]] == [GRID, NEIGHBOUR, ELSEWHERE]
    assert rest["next_cursor"] is None
    assert first["total"] == rest["total"]
    answer = station.get("command_centre", "/coverage", **WEEK, by="grid", format="csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["代码", "名称", "社区代码"]
    assert [row[0] for row in rows[1:]] == [GRID, NEIGHBOUR, ELSEWHERE]
    assert station.get("command_centre", "/coverage", **WEEK, format="xlsx").status_code == 200
    headers = station.client.as_("command_centre")
    tag = station.get("command_centre", "/coverage", **WEEK).headers["etag"]
    held = station.client.http.get(
        "/v1/coverage", params=WEEK, headers={**headers, "If-None-Match": tag}
    )
    assert (held.status_code, held.content) == (304, b"")


@pytest.mark.parametrize(
    ("who", "path", "query", "code"),
    [
        ("station_lead", "/coverage", {"unit": "510185001002"}, (404, "request.not_found")),
        ("township", "/coverage", {"unit": "510185001009"}, (404, "request.not_found")),
        (GRID, "/coverage", {}, (403, "auth.forbidden")),
        ("finance", "/coverage", {}, (403, "auth.forbidden")),
        ("command_centre", "/coverage", {"to": "2026-03-15"}, (422, "days.range_too_long")),
        ("command_centre", "/coverage", {"to": "2028-01-01"}, (422, "days.range_too_long")),
        ("command_centre", "/coverage", {"from": "0001-01-01"}, (422, "request.malformed")),
        ("command_centre", "/coverage", {"by": "street"}, (422, "request.malformed")),
        ("command_centre", "/coverage", {"kind": "x"}, (422, "request.malformed")),
        ("command_centre", "/coverage", {"cursor": "xx"}, (422, "request.bad_cursor")),
        ("command_centre", "/coverage", {"sort": "x"}, (422, "request.malformed")),
        ("station_lead", "/me/coverage", {}, (403, "auth.forbidden")),
        (GRID, "/me/coverage", {"to": "2026-03-15"}, (422, "days.range_too_long")),
    ],
)
def test_vis_8_what_coverage_is_refused_for(
    station: StationDay, who: str, path: str, query: dict[str, str], code: tuple[int, str]
) -> None:
    assert refused(station.get(who, path, **(WEEK | query))) == code


def details(station: StationDay, kind: str, first: str, who: str = "station_lead") -> Any:
    return station.get(who, "/coverage/details", grid=GRID, kind=kind, first=first)


def test_vis_6_7_details_say_why_it_is_owed_and_what_paid_it(
    station: StationDay, db: Session, places: list[UUID]
) -> None:
    made = visited(db, station, places[0])
    found = details(station, "rental", "2026-03-16").json()
    assert (found["last"], found["closed"], found["rule"]) == ("2026-03-22", False, "VIS-2")
    unpaid, paid = found["items"]
    assert (paid["label"], paid["visits"], paid["worker_name"]) == ("乙", [str(made)], "网格员0")
    assert paid["because"] == {"days_alive": 7, "least": 4.0, "on_duty": True}
    assert (unpaid["label"], unpaid["visits"], unpaid["paid"]) == ("甲", [], False)
    assert refused(details(station, "care", "2026-03-16"))[0] == 404
    assert refused(details(station, "rental", "2026-03-17"))[0] == 404
    assert refused(details(station, "rental", "2026-03-16", "township"))[0] == 403
    elsewhere = station.get(
        "station_lead", "/coverage/details", grid=ELSEWHERE, kind="rental", first="2026-03-16"
    )
    assert refused(elsewhere)[0] == 404


def test_vis_6_details_of_a_closed_period_name_a_target_taken_out_since(
    station: StationDay, db: Session, places: list[UUID]
) -> None:
    mistaken = store_target(db, store_place(db, 0.3), VisitKind.CARE)
    db.commit()
    station.at(at("08:00", march(30)))
    assert details(station, "care", "2026-03-16").status_code == 200
    headers = station.client.as_("station_lead")
    answer = station.client.http.delete(f"/v1/visit-targets/{mistaken}", headers=headers)
    assert answer.status_code == 204, answer.text
    [item] = details(station, "care", "2026-03-16").json()["items"]
    assert (item["target_id"], item["paid"]) == (str(mistaken), False)
    assert (item["place_id"], item["because"]) == (None, {})
    assert refused(details(station, "care", "2026-03-30"))[0] == 404


def test_vis_7_details_name_all_three_visits_with_nobody_home(
    station: StationDay, db: Session, places: list[UUID]
) -> None:
    worker = station.client.city.workers[GRID]
    made = [
        store_visit(db, worker, places[0], at("10:00", march(day)), VisitVerdict.NOBODY_HOME)
        for day in (9, 10, 11)
    ]
    db.commit()
    [item] = details(station, "resident", "2026-01-01").json()["items"]
    assert item["visits"] == [str(key) for key in made]


def looks(db: Session) -> list[list[str]]:
    db.rollback()
    rows = db.scalars(
        select(OutboxEvent.facts)
        .where(OutboxEvent.name == "visit_place.seen")
        .order_by(OutboxEvent.id)
    )
    return [facts["ids"] for facts in rows]


def test_part_8_looks_are_recorded_and_do_not_tell_special_groups_apart(
    station: StationDay, db: Session, places: list[UUID]
) -> None:
    rental = details(station, "rental", "2026-03-16").json()["items"]
    details(station, "special_group", "2026-03-16")
    assert looks(db) == [sorted(item["place_id"] for item in rental), [str(places[0])]]


def tasks(station: StationDay, who: str = GRID, **query: Any) -> list[dict[str, Any]]:
    answer = station.get(who, "/me/tasks", **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_vis_8_by_deadline_then_by_distance(
    station: StationDay, db: Session, places: list[UUID]
) -> None:
    """The guards today, then the two rentals of the week, the nearer one first."""
    third = store_place(db, 0.5, label="戊")
    store_target(db, third, VisitKind.RENTAL)
    db.commit()
    assert [task["label"] for task in tasks(station)] == ["甲", "乙", "戊"]
    lon, lat = point(0.55)
    near = tasks(station, lon=lon, lat=lat)
    assert [task["label"] for task in near] == ["甲", "戊", "乙"]
    assert near[1]["distance_m"] == pytest.approx(20, abs=2)
    assert [task["deadline"] for task in near] == ["2026-03-18", "2026-03-22", "2026-03-22"]


def test_vis_6_a_place_of_several_kinds_is_one_entry(
    station: StationDay, db: Session, places: list[UUID]
) -> None:
    worker = station.client.city.workers[GRID]
    for day in (9, 10):
        store_visit(db, worker, places[0], at("10:00", march(day)), VisitVerdict.NOBODY_HOME)
    db.commit()
    [task] = [task for task in tasks(station) if task["place_id"] == str(places[0])]
    assert [(owed["kind"], owed["deadline"]) for owed in task["owed"]] == [
        ("rental", "2026-03-22"),
        ("special_group", "2026-03-22"),
        ("resident", "2026-03-31"),
    ]
    assert task["owed"][2]["nobody_home"] == {"days": 2, "needed": 3}
    assert task["owed"][0]["nobody_home"] is None
    assert {owed["rule"] for owed in task["owed"]} == {"VIS-2", "VIS-3", "VIS-5"}
    visited(db, station, places[0])
    assert str(places[0]) not in {task["place_id"] for task in tasks(station)}


def test_vis_7_how_many_visits_with_nobody_home_is_by_the_end_of_the_quarter(
    station: StationDay, db: Session, places: list[UUID]
) -> None:
    """As it will be judged: by the value in force on the last date of the quarter."""
    by = db.scalar(select(Account.id).limit(1))
    row = {"name": "nobody_home_visits", "value": 4, "reason": "测试", "decided_by": by}
    for first in (march(20), date(2026, 4, 1)):
        db.add(ParameterValue(**row, effective_from=first, decided_at=at("09:00", march(2))))
        row["value"] = 5
    db.commit()
    [task] = [task for task in tasks(station) if task["place_id"] == str(places[0])]
    assert task["owed"][2]["nobody_home"] == {"days": 0, "needed": 4}


def test_org_5_what_a_colleagues_leave_added_says_so(
    station: StationDay, db: Session, places: list[UUID]
) -> None:
    absent, present = (station.client.city.workers[grid] for grid in (GRID, NEIGHBOUR))
    store_group(db, [absent, present])
    leave = whole_days(db, absent, march(18), march(20))
    db.commit()
    assert tasks(station) == []
    received = [task for task in tasks(station, NEIGHBOUR) if task["grid"] == GRID]
    assert {task["label"] for task in received} == {"甲", "乙"}
    taken = received[0]["owed"][0]["taken_over"]
    assert (taken["worker_name"], taken["leave"], taken["since"]) == (
        "网格员0",
        str(leave),
        "2026-03-18",
    )
    assert (taken["rule"], taken["clause"]) == ("ORG-5", "二9(2)")
    assert received[0]["owed"][0]["charged_to_me"] is True
    back = tasks(station, date="2026-03-23")
    assert {task["label"] for task in back} == {"甲", "乙"}
    assert all(owed["taken_over"] is None for task in back for owed in task["owed"])


def test_part_8_ones_own_looks_are_recorded_once_a_date_and_place(
    station: StationDay, db: Session, places: list[UUID]
) -> None:
    shown = sorted(task["place_id"] for task in tasks(station))
    tasks(station)
    assert str(places[0]) in shown
    assert looks(db) == [shown]
    another = store_place(db, 0.6)
    store_target(db, another, VisitKind.SPECIAL_GROUP)
    db.commit()
    tasks(station)
    assert looks(db) == [shown, [str(another)]]
    station.at(at("08:00", march(19)))
    again = tasks(station)
    assert looks(db)[2] == sorted(task["place_id"] for task in again)
    assert str(another) in looks(db)[2]


def test_what_is_erased_or_over_is_no_task(
    station: StationDay, db: Session, places: list[UUID]
) -> None:
    over = store_place(db, 0.4, label="己")
    store_target(db, over, VisitKind.RENTAL, last=march(17))
    db.execute(
        update(VisitPlaceLocation)
        .where(VisitPlaceLocation.place_id == places[0])
        .values(whereabouts=None)
    )
    db.commit()
    assert [task["label"] for task in tasks(station)] == ["甲"]
    [paid] = details(station, "special_group", "2026-03-16").json()["items"]
    assert paid["label"] is None


@pytest.mark.parametrize(
    ("who", "query", "code"),
    [
        ("station_lead", {}, (403, "auth.forbidden")),
        (GRID, {"lon": 104.5}, (422, "request.malformed")),
        (GRID, {"lon": "nan", "lat": 30}, (422, "request.malformed")),
        (GRID, {"lon": 181, "lat": 30}, (422, "request.malformed")),
        (GRID, {"date": "2100-01-01"}, (422, "request.malformed")),
    ],
)
def test_what_tasks_are_refused_for(
    station: StationDay, who: str, query: dict[str, Any], code: tuple[int, str]
) -> None:
    assert refused(station.get(who, "/me/tasks", **query)) == code


def test_without_a_post_there_is_nothing_to_do(station: StationDay, places: list[UUID]) -> None:
    assert tasks(station, date="2025-12-31") == []
    assert tasks(station, date=(march(18) + timedelta(days=26_000)).isoformat()) != []
