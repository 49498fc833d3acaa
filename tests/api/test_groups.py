"""Mutual-aid groups and grid teams over HTTP (ORG-3, ORG-5)."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import (
    Assignment,
    Boundary,
    Change,
    OutboxEvent,
    Posting,
    StaleVisits,
    Worker,
)
from app.intake import snapshot
from app.rules.duty import Employment
from tests.api.station import ELSEWHERE, GRID, NEIGHBOUR, StationDay, refused
from tests.city import SINCE, key, square
from tests.conftest import SignedIn

COMMUNITY = "510185001001"
THIRD = "510185001001003"
TODAY = "2026-03-18"


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


def patch(station: StationDay, path: str, end: str, who: str = "station_lead") -> Response:
    headers = station.client.as_(who)
    answer: Response = station.client.http.patch(f"/v1{path}", headers=headers, json={"end": end})
    return answer


def put(
    station: StationDay, path: str, body: dict[str, Any], who: str = "station_lead"
) -> Response:
    headers = station.client.as_(who)
    answer: Response = station.client.http.put(f"/v1{path}", headers=headers, json=body)
    return answer


def worker(station: StationDay, grid: str) -> str:
    return str(station.client.city.workers[grid])


def wanted(station: StationDay, *grids: str, **change: Any) -> dict[str, Any]:
    body = {
        "id": str(uuid4()),
        "community": COMMUNITY,
        "name": "第一互助组",
        "workers": [worker(station, grid) for grid in grids],
        "from": TODAY,
    }
    return body | change


def formed(station: StationDay, *grids: str, **change: Any) -> Response:
    return station.post("station_lead", "/groups", wanted(station, *grids, **change))


def test_org_5_formed_seen_joined_and_ended(station: StationDay) -> None:
    body = wanted(station, GRID, NEIGHBOUR)
    made = station.post("station_lead", "/groups", body)
    assert made.status_code == 201, made.text
    assert {one["worker_id"] for one in made.json()["members"]} == set(body["workers"])
    again = station.post("station_lead", "/groups", body)
    assert (again.status_code, again.json()) == (201, made.json())
    path = f"/groups/{body['id']}"
    joined = station.post(
        "station_lead", f"{path}/members", {"worker": worker(station, THIRD), "from": "2026-03-20"}
    )
    assert len(joined.json()["members"]) == 3
    [listed] = station.get("township", "/groups").json()["items"]
    assert [one["name"] for one in listed["members"]] == ["网格员0", "网格员1"]
    assert (
        len(station.get("station_lead", "/groups", on="2026-03-20").json()["items"][0]["members"])
        == 3
    )
    mine = station.get(GRID, "/me/group").json()["group"]
    assert mine["id"] == body["id"]
    assert station.get(THIRD, "/me/group").json()["group"] is None
    ended = patch(station, path, "2026-03-21")
    assert (ended.status_code, ended.json()["valid_to"]) == (200, "2026-03-21")
    assert station.get("station_lead", "/groups", on="2026-03-21").json()["items"] == []
    assert refused(patch(station, path, "2026-03-22")) == (409, "group.has_ended")


def test_org_5_each_change_is_recorded_told_and_marks_the_visits(
    station: StationDay, db: Session
) -> None:
    formed(station, GRID, NEIGHBOUR)
    [event] = db.scalars(select(OutboxEvent).where(OutboxEvent.name == "group.formed"))
    assert event.facts == {"first_day": TODAY, "workers": 2}
    told = db.scalars(select(Change).where(Change.kind == "group")).all()
    assert {str(change.worker_id) for change in told} == {
        worker(station, GRID),
        worker(station, NEIGHBOUR),
    }
    marked = db.scalars(select(StaleVisits.unit_code)).all()
    assert marked == [COMMUNITY]


def test_org_5_a_handset_that_starts_anew_gets_its_group(station: StationDay, db: Session) -> None:
    key_of_group = formed(station, GRID, NEIGHBOUR).json()["id"]
    sections = dict(snapshot.SECTIONS)
    for grid, after, found in ((GRID, "", 1), (GRID, key_of_group, 0), (THIRD, "", 0)):
        holder = station.client.city.workers[grid]
        day = date(2026, 3, 18)
        rows = sections["group"](snapshot.Asked(db, holder, day, day, after, 10))
        assert [name for name, _ in rows] == [key_of_group][:found]
        assert all(len(body["members"]) == 2 for _, body in rows)


@pytest.mark.parametrize(
    ("grids", "change", "code"),
    [
        ([GRID], {}, (422, "group.wrong_size")),
        ([GRID, THIRD], {}, (422, "group.not_adjacent")),
        ([GRID, ELSEWHERE], {}, (404, "request.not_found")),
        ([GRID, GRID], {}, (409, "group.already_member")),
        ([GRID, NEIGHBOUR], {"from": "2026-03-17"}, (422, "city.effective_in_the_past")),
        ([GRID, NEIGHBOUR], {"community": "510185001002"}, (403, "auth.forbidden")),
        ([GRID, NEIGHBOUR], {"name": "a\x00b"}, (422, "request.malformed")),
        ([GRID, NEIGHBOUR], {"workers": []}, (422, "request.malformed")),
        ([GRID, NEIGHBOUR], {"from": "0001-01-01"}, (422, "request.malformed")),
        ([GRID, NEIGHBOUR], {"leader": "x"}, (422, "request.malformed")),
    ],
)
def test_org_5_a_group_that_does_not_fit_is_refused(
    station: StationDay, grids: list[str], change: dict[str, Any], code: tuple[int, str]
) -> None:
    assert refused(formed(station, *grids, **change)) == code
    assert station.get("station_lead", "/groups").json()["items"] == []


def test_org_5_all_grids_are_of_the_groups_community(station: StationDay, db: Session) -> None:
    """The second worker was posted here once, and now holds a grid of another community."""
    here = station.client.city.workers[ELSEWHERE]
    db.execute(
        update(Posting).where(Posting.worker_id == here).values(valid=Range(date(2026, 2, 1), None))
    )
    db.add(
        Posting(
            id=key(),
            worker_id=here,
            community_code=COMMUNITY,
            employment=Employment.FULL_TIME,
            valid=Range(SINCE, date(2026, 2, 1)),
        )
    )
    db.commit()
    assert refused(formed(station, GRID, ELSEWHERE)) == (422, "group.two_communities")


def test_org_5_only_full_time_workers_with_a_grid(station: StationDay, db: Session) -> None:
    part_time = Posting.worker_id == station.client.city.workers[NEIGHBOUR]
    db.execute(update(Posting).where(part_time).values(employment=Employment.RURAL_PART_TIME))
    db.commit()
    assert refused(formed(station, GRID, NEIGHBOUR)) == (422, "group.member_not_full_time")
    db.execute(update(Posting).where(part_time).values(employment=Employment.FULL_TIME))
    held = Assignment.worker_id == station.client.city.workers[NEIGHBOUR]
    db.execute(update(Assignment).where(held).values(valid=Range(SINCE, date(2026, 3, 18))))
    db.commit()
    assert refused(formed(station, GRID, NEIGHBOUR)) == (422, "group.member_without_grid")


def test_org_5_a_boundary_of_the_date_decides(station: StationDay, db: Session) -> None:
    """From the 20th on the third grid lies beside the first."""
    away = Boundary.unit_code == THIRD
    db.execute(update(Boundary).where(away).values(valid=Range(SINCE, date(2026, 3, 20))))
    beside = square(-1)
    db.add(
        Boundary(unit_code=THIRD, area=beside, valid=Range(date(2026, 3, 20), None), source="test")
    )
    db.commit()
    assert refused(formed(station, GRID, THIRD)) == (422, "group.not_adjacent")
    assert formed(station, GRID, THIRD, **{"from": "2026-03-20"}).status_code == 201


def test_org_5_a_worker_is_in_one_group_at_a_time(station: StationDay) -> None:
    body = wanted(station, GRID, NEIGHBOUR)
    assert station.post("station_lead", "/groups", body).status_code == 201
    assert refused(formed(station, NEIGHBOUR, THIRD)) == (409, "group.already_member")
    reused = body | {"name": "第二互助组"}
    answer = station.post("station_lead", "/groups", reused)
    assert refused(answer) == (409, "group.id_reused")
    member = {"worker": worker(station, GRID), "from": TODAY}
    answer = station.post("station_lead", f"/groups/{body['id']}/members", member)
    assert refused(answer) == (409, "group.already_member")


def test_org_5_who_leaves_must_leave_a_group_that_fits(station: StationDay) -> None:
    group = formed(station, GRID, NEIGHBOUR, THIRD).json()["id"]
    middle = patch(station, f"/groups/{group}/members/{worker(station, NEIGHBOUR)}", "2026-03-20")
    assert refused(middle) == (422, "group.not_adjacent")
    edge = patch(station, f"/groups/{group}/members/{worker(station, THIRD)}", "2026-03-20")
    assert [one["name"] for one in edge.json()["members"]] == ["网格员0", "网格员1"]
    again = patch(station, f"/groups/{group}/members/{worker(station, THIRD)}", "2026-03-20")
    assert refused(again)[0] == 404
    last = patch(station, f"/groups/{group}/members/{worker(station, GRID)}", "2026-03-25")
    assert (last.json()["members"], last.json()["valid_to"]) == ([], "2026-03-25")


def test_org_5_a_group_that_ends_before_it_begins_never_was(station: StationDay) -> None:
    group = formed(station, GRID, NEIGHBOUR, **{"from": "2026-03-25"}).json()["id"]
    assert refused(patch(station, f"/groups/{group}", "2026-03-25")) == (422, "city.span_reversed")
    assert refused(patch(station, f"/groups/{group}", "2026-03-24")) == (409, "group.has_ended")
    left = patch(station, f"/groups/{group}/members/{worker(station, GRID)}", "2026-03-25")
    assert (left.json()["members"], left.json()["valid_from"]) == ([], None)
    assert formed(station, GRID, NEIGHBOUR).status_code == 201


def test_org_5_who_is_transferred_leaves_the_group(station: StationDay) -> None:
    group = formed(station, GRID, NEIGHBOUR).json()["id"]
    post = {"community": "510185001002", "employment": "full_time", "from": "2026-03-20"}
    path = f"/workers/{worker(station, GRID)}/postings"
    assert station.post("township", path, post).status_code == 201
    found = station.get("station_lead", f"/groups/{group}", on="2026-03-20").json()
    assert (found["members"], found["valid_to"]) == ([], "2026-03-20")


def test_org_1_groups_are_of_ones_own_subtree(station: StationDay) -> None:
    group = formed(station, GRID, NEIGHBOUR).json()["id"]
    assert station.get("command_centre", f"/groups/{group}").status_code == 200
    assert refused(station.get("station_lead", "/groups", unit="510185001002"))[0] == 404
    assert refused(station.get("station_lead", f"/groups/{uuid4()}"))[0] == 404
    for who in ("township", GRID, "information_administrator"):
        assert refused(station.post(who, "/groups", wanted(station, GRID, NEIGHBOUR)))[0] == 403
    assert refused(station.get(GRID, "/groups"))[0] == 403
    assert refused(station.get("township", f"/groups/{group}/shares"))[0] == 403
    assert refused(station.get("station_lead", "/groups", cursor="xx")) == (
        422,
        "request.bad_cursor",
    )
    shares = station.get("station_lead", f"/groups/{group}/shares", day="2026-03-19").json()
    assert (shares["day"], shares["items"]) == ("2026-03-19", [])


@pytest.mark.parametrize("day", ["2017-09-01", "2099-12-31"])
def test_org_5_nothing_is_shared_out_on_the_first_date_and_the_last(
    station: StationDay, day: str
) -> None:
    """The quarter of the regulation's first date began before there was a regulation."""
    group = formed(station, GRID, NEIGHBOUR).json()["id"]
    answer = station.get("station_lead", f"/groups/{group}/shares", day=day)
    assert (answer.status_code, answer.json()["items"]) == (200, [])


def test_org_3_the_team_of_a_grid(station: StationDay, db: Session) -> None:
    member = _roster(db, "volunteer", 2, "李四")
    _roster(db, "militia", 3, "王五")
    db.commit()
    link = "https://work.weixin.qq.com/gm/1b2c3d4e"
    linked = put(station, f"/grids/{GRID}/chat", {"link": link})
    assert (linked.status_code, linked.json()["link"]) == (200, link)
    team = station.get("township", f"/grids/{GRID}/team").json()
    assert [one["name"] for one in team["grid_workers"]] == ["网格员0"]
    assert [(one["name"], one["category"]) for one in team["roster"]] == [
        ("李四", "volunteer"),
        ("王五", "militia"),
    ]
    assert (team["chat"], team["rule"], team["clause"]) == (link, "ORG-3", "一(一), 二9(1)")
    assert team["roster"][0]["worker_id"] == str(member)
    [mine] = station.get(GRID, "/me/team").json()["items"]
    assert mine == team
    assert station.get("township", f"/grids/{GRID}/team", on="2025-12-31").json()["roster"] == []


def _roster(db: Session, category: str, level: int, name: str) -> UUID:
    person = Worker(id=key(), name=name, phone=None, level=level, category=category)
    db.add(person)
    db.flush()
    db.add(
        Assignment(
            id=key(),
            worker_id=person.id,
            level=level,
            grid_code=GRID,
            first_responsible=False,
            valid=Range(SINCE, None),
        )
    )
    return person.id


@pytest.mark.parametrize(
    "link", ["http://a.cn", "javascript:alert(1)", "https://", "https://a b", "x", "", None, 7]
)
def test_org_3_a_chat_is_a_link(station: StationDay, link: object) -> None:
    answer = put(station, f"/grids/{GRID}/chat", {"link": link})
    assert refused(answer) == (422, "request.malformed")


def test_org_3_teams_are_of_ones_own_subtree(station: StationDay) -> None:
    link = {"link": "weixin://dl/chat?abc"}
    assert refused(put(station, f"/grids/{ELSEWHERE}/chat", link))[0] == 403
    assert refused(put(station, f"/grids/{GRID}/chat", link, "township"))[0] == 403
    assert refused(put(station, f"/grids/{COMMUNITY}999/chat", link))[0] == 404
    assert refused(station.get("station_lead", f"/grids/{ELSEWHERE}/team"))[0] == 404
    assert refused(station.get("station_lead", f"/grids/{COMMUNITY}999/team"))[0] == 404
    assert refused(station.get("station_lead", "/grids/510185/team"))[0] == 422
    assert put(station, f"/grids/{GRID}/chat", link).status_code == 200
