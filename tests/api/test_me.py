"""What a worker sees of himself or herself."""

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.deps import moment
from app.db.models import Account, OutboxEvent, Quarantine
from app.rules.duty import Half
from app.rules.procedures import RequestState
from tests.city import City
from tests.conftest import SignedIn
from tests.days.facts import (
    DAY,
    EVENING,
    GRID,
    at,
    store_check_in,
    store_correction,
    store_leave,
    store_walk,
    worker_of,
)


def go_by(api: FastAPI, instant: object) -> None:
    api.dependency_overrides[moment] = lambda: instant


def test_my_day_at_a_glance(client: SignedIn, api: FastAPI, db: Session, city: City) -> None:
    go_by(api, EVENING)
    worker = worker_of(city)
    store_check_in(db, worker, 1)
    store_correction(db, worker, 2)
    store_leave(db, worker, Half.AFTERNOON, Half.AFTERNOON, RequestState.REFUSED)
    store_walk(db, worker, [("09:00", "10:00")])
    db.add(
        Quarantine(
            account_id=db.scalars(select(Account.id).where(Account.worker_id == worker)).one(),
            worker_id=worker,
            kind="check_in",
            digest=b"d",
            content={},
            code="intake.malformed",
            message="m",
            received_at=at("09:30"),
        )
    )
    db.commit()
    answer = client.http.get("/v1/me/day", headers=client.as_(GRID))
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["day"]["day"] == f"{DAY}"
    assert [window["state"] for window in found["day"]["windows"]] == [
        "filled",
        "made_good",
        "missed",
    ]
    assert found["day"]["field_time"]["counted"]["morning"] == 60
    assert found["day"]["standing"] == "provisional"
    assert {(message["kind"], message["outcome"]) for message in found["messages"]} == {
        ("correction", "approved"),
        ("leave", "refused"),
    }
    assert found["set_aside"] == 1
    assert [each["counts"] for each in found["check_ins"]] == [True]


def test_my_days_evidence_and_track_are_my_own(
    client: SignedIn, api: FastAPI, db: Session, city: City
) -> None:
    go_by(api, EVENING)
    store_walk(db, worker_of(city), [("09:00", "10:00")])
    db.commit()
    me = client.as_(GRID)
    days = client.http.get(f"/v1/me/days?from={DAY}&to={DAY}", headers=me).json()
    assert days["worker_id"] == str(worker_of(city))
    evidence = client.http.get(f"/v1/me/days/{DAY}", headers=me).json()
    assert evidence["day"] == days["items"][0]
    track = client.http.get(f"/v1/me/days/{DAY}/track", headers=me).json()
    assert len(track["features"][0]["properties"]["t"]) == 61
    other = client.http.get(f"/v1/me/days/{DAY}/track", headers=client.as_("510185001001002"))
    assert other.json()["features"] == []
    looks = select(OutboxEvent).where(OutboxEvent.name == "track.looked_at")
    assert db.scalars(looks).all() == [], "nobody looked at another's track"


@pytest.mark.parametrize(
    "path", ["/v1/me/day", f"/v1/me/days?from={DAY}&to={DAY}", f"/v1/me/days/{DAY}"]
)
def test_an_office_has_no_day_of_its_own(client: SignedIn, path: str) -> None:
    assert client.http.get(path, headers=client.as_("station_lead")).status_code == 403


def test_a_date_to_come_is_shown_and_not_stored(
    client: SignedIn, api: FastAPI, db: Session
) -> None:
    go_by(api, EVENING)
    path = "/v1/me/day?date=2026-04-01"
    found = client.http.get(path, headers=client.as_(GRID)).json()
    assert [window["state"] for window in found["day"]["windows"]] == ["upcoming"] * 3
    assert found["day"]["computed_at"] is None


@pytest.mark.parametrize("day", ["2017-08-31", "0001-01-01", "9999-12-31", "2100-01-01", "x"])
def test_dates_that_nothing_is_judged_on(client: SignedIn, day: str) -> None:
    for path in (f"/v1/me/day?date={day}", f"/v1/me/days/{day}"):
        assert client.http.get(path, headers=client.as_(GRID)).status_code == 422


@pytest.mark.parametrize("day", ["2017-09-01", "2099-12-31"])
def test_the_edges_of_what_can_be_asked(client: SignedIn, day: str) -> None:
    status = client.http.get(f"/v1/me/day?date={day}", headers=client.as_(GRID)).status_code
    assert status in {200, 404}
