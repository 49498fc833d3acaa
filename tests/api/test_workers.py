"""Workers, posts and grids over HTTP (ORG-2 to ORG-4)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.models import Assignment, Change, StaleDay
from app.kit import clock
from tests.city import SINCE
from tests.conftest import SignedIn

COMMUNITY = "510185001001"
GRID = "510185001001001"


@pytest.fixture
def today() -> date:
    """The civil date of the test."""
    return clock.civil_day(clock.now())


def registered(client: SignedIn, first: date, **changed: Any) -> httpx.Response:
    """Register a worker as the station's lead."""
    body = {
        "name": "新人",
        "phone": "19912345678",
        "level": 1,
        "community": COMMUNITY,
        "employment": "full_time",
        "from": first.isoformat(),
        **changed,
    }
    answer: httpx.Response = client.http.post(
        "/v1/workers", json=body, headers=client.as_("station_lead")
    )
    return answer


def assigned(
    client: SignedIn, worker: UUID | str, grid: str, first: date, *, first_responsible: bool = True
) -> httpx.Response:
    """Give a worker a grid."""
    body = {"grid": grid, "first_responsible": first_responsible, "from": first.isoformat()}
    answer: httpx.Response = client.http.post(
        f"/v1/workers/{worker}/assignments", json=body, headers=client.as_("township")
    )
    return answer


def vacate(client: SignedIn, db: Session, grid: str, day: date) -> None:
    """End the assignment of a grid's first responsible worker."""
    held = db.scalars(select(Assignment).where(Assignment.grid_code == grid)).one()
    ended = client.http.patch(
        f"/v1/assignments/{held.id}",
        json={"end": day.isoformat()},
        headers=client.as_("station_lead"),
    )
    assert ended.status_code == 200, ended.text


def test_workers_are_listed_within_ones_own(client: SignedIn) -> None:
    mine = client.http.get("/v1/workers", headers=client.as_("station_lead")).json()["items"]
    assert len(mine) == 3
    all_of_them = client.http.get("/v1/workers", headers=client.as_("command_centre")).json()
    assert len(all_of_them["items"]) == 6
    page = client.http.get("/v1/workers?limit=4", headers=client.as_("command_centre")).json()
    rest = client.http.get(
        f"/v1/workers?limit=4&cursor={page['next_cursor']}", headers=client.as_("command_centre")
    ).json()
    assert page["items"] + rest["items"] == all_of_them["items"]
    before = client.http.get(
        f"/v1/workers?on={SINCE - timedelta(days=1)}", headers=client.as_("command_centre")
    )
    assert before.json()["items"] == []


@pytest.mark.parametrize("query", ["level=2", "q=没有这个人", "cursor=xx", "unit=510185002"])
def test_lists_are_narrowed_or_refused(client: SignedIn, query: str) -> None:
    answer = client.http.get(f"/v1/workers?{query}", headers=client.as_("station_lead"))
    if answer.status_code == 200:
        assert answer.json()["items"] == []
    else:
        assert answer.json()["code"] in {"request.bad_cursor", "request.not_found"}


def test_a_worker_of_another_station_is_not_there(client: SignedIn) -> None:
    own = client.city.workers[GRID]
    other = client.city.workers["510185001002001"]
    lead = client.as_("station_lead")
    assert client.http.get(f"/v1/workers/{own}", headers=lead).status_code == 200
    assert client.http.get(f"/v1/workers/{other}", headers=lead).status_code == 404
    assert client.http.get(f"/v1/workers/{COMMUNITY}", headers=lead).status_code == 422


def test_a_worker_is_registered_changed_and_given_a_vacant_grid(
    client: SignedIn, db: Session, today: date
) -> None:
    made = registered(client, today)
    assert made.status_code == 201, made.text
    worker = made.json()["id"]
    changed = client.http.patch(
        f"/v1/workers/{worker}", json={"name": "改名"}, headers=client.as_("station_lead")
    )
    assert changed.json()["name"] == "改名"
    taken = assigned(client, worker, GRID, today)
    assert (taken.status_code, taken.json()["code"]) == (409, "city.first_responsible_taken")
    assert assigned(client, worker, GRID, today, first_responsible=False).status_code == 201
    twice = assigned(client, worker, GRID, today, first_responsible=False)
    assert twice.json()["code"] == "city.already_assigned"
    vacate(client, db, "510185001001002", today)
    given = assigned(client, worker, "510185001001002", today)
    assert given.status_code == 201, given.text
    told = db.scalars(select(Change).where(Change.worker_id == UUID(worker))).all()
    assert [row.subject_id for row in told] == [GRID, "510185001001002"]


def test_org_3_levels_have_their_own_marks(client: SignedIn, today: date) -> None:
    volunteer = {"level": 2, "category": "volunteer", "employment": None}
    made = registered(client, today, **volunteer)
    assert made.status_code == 201
    refused = assigned(client, made.json()["id"], GRID, today)
    assert refused.json()["code"] == "city.first_is_level_one"
    assert assigned(client, made.json()["id"], GRID, today, first_responsible=False).is_success
    for wrong in ({"category": "volunteer"}, {"employment": None}, {"level": 2}):
        refused = registered(client, today, **wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "city.category_by_level")


def test_a_grid_lies_in_the_community_of_the_post(client: SignedIn, today: date) -> None:
    worker = client.city.workers[GRID]
    elsewhere = assigned(client, worker, "510185001002001", today, first_responsible=False)
    assert elsewhere.json()["code"] == "city.grid_elsewhere"
    beyond = client.http.post(
        f"/v1/workers/{worker}/assignments",
        json={"grid": "510185001002001", "first_responsible": False, "from": today.isoformat()},
        headers=client.as_("station_lead"),
    )
    assert (beyond.status_code, beyond.json()["code"]) == (403, "auth.forbidden")


@pytest.mark.parametrize(("days", "status"), [(31, 201), (32, 422)])
def test_an_assignment_reaches_back_31_days(
    client: SignedIn, today: date, days: int, status: int
) -> None:
    first = today - timedelta(days=days)
    worker = client.city.workers["510185001001002"]
    answer = assigned(client, worker, GRID, first, first_responsible=False)
    assert answer.status_code == status, answer.text


def test_every_day_from_the_first_to_today_is_marked(
    client: SignedIn, db: Session, today: date
) -> None:
    worker = client.city.workers["510185001001002"]
    assigned(client, worker, GRID, today - timedelta(days=2), first_responsible=False)
    marked = db.scalars(select(StaleDay.day).where(StaleDay.worker_id == worker)).all()
    assert sorted(marked) == [today - timedelta(days=back) for back in (2, 1, 0)]


def test_a_transfer_leaves_the_grids_behind(client: SignedIn, db: Session, today: date) -> None:
    worker = client.city.workers[GRID]
    body = {"community": "510185001002", "employment": "full_time", "from": today.isoformat()}
    address = f"/v1/workers/{worker}/postings"
    beyond = client.http.post(address, json=body, headers=client.as_("station_lead"))
    assert beyond.status_code == 403
    moved = client.http.post(address, json=body, headers=client.as_("township"))
    assert moved.status_code == 201, moved.text
    history = client.http.get(f"/v1/workers/{worker}", headers=client.as_("township")).json()
    assert [post["valid_to"] for post in history["posts"]] == [today.isoformat(), None]
    assert [held["valid_to"] for held in history["assignments"]] == [today.isoformat()]
    gone = db.scalars(select(Change).where(Change.worker_id == worker)).one()
    assert gone.gone == "out_of_scope"
    marked = db.scalars(
        select(StaleDay.community_code).where(StaleDay.worker_id == worker, StaleDay.day == today)
    ).all()
    assert set(marked) == {"510185001001", "510185001002"}
    again = client.http.post(address, json=body, headers=client.as_("township"))
    assert again.json()["code"] == "city.two_posts"


def test_org_2_two_first_responsible_at_once_become_one(
    client: SignedIn, db: Session, today: date
) -> None:
    vacate(client, db, GRID, today)
    others = [client.city.workers[f"51018500100100{number}"] for number in (2, 3)]
    client.as_("township")
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda who: assigned(client, who, GRID, today), others))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    (refused,) = [answer.json() for answer in answers if answer.status_code == 409]
    assert refused["code"] == "city.first_responsible_taken"
    assert (refused["rule"], refused["clause"]) == ("ORG-2", "一(一)")


def test_org_2_the_database_refuses_too(db: Session, client: SignedIn, today: date) -> None:
    second = Assignment(
        id=UUID(int=7),
        worker_id=client.city.workers["510185001001002"],
        level=1,
        grid_code=GRID,
        first_responsible=True,
        valid=Range(today, None),
    )
    db.add(second)
    with pytest.raises(IntegrityError, match="ex_assignment_first_responsible"):
        db.flush()
    db.rollback()


def test_an_assignment_ends_once(client: SignedIn, db: Session, today: date) -> None:
    vacate(client, db, GRID, today)
    held = db.scalars(select(Assignment).where(Assignment.grid_code == GRID)).one()
    for day, code in ((today, "city.already_ended"), (SINCE, "city.effective_in_the_past")):
        again = client.http.patch(
            f"/v1/assignments/{held.id}",
            json={"end": day.isoformat()},
            headers=client.as_("station_lead"),
        )
        assert again.json()["code"] == code
