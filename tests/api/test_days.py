"""A worker's days, evidence and tracks over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.deps import moment
from app.db.models import OutboxEvent
from app.rules.attendance import Verdict
from tests.city import City
from tests.conftest import SignedIn
from tests.days.facts import (
    DAY,
    LATER,
    at,
    columns,
    middle,
    store_batch,
    store_check_in,
    store_walk,
    worker_of,
)

pytestmark = pytest.mark.usefixtures("later")


@pytest.fixture
def later(api: FastAPI) -> None:
    """Requests are made after the date is final."""
    api.dependency_overrides[moment] = lambda: LATER


def test_days_newest_first_and_paged(client: SignedIn, db: Session, city: City) -> None:
    store_check_in(db, worker_of(city), 1)
    db.commit()
    path = f"/v1/workers/{worker_of(city)}/days?from={DAY - timedelta(days=4)}&to={DAY}"
    lead = client.as_("station_lead")
    whole = client.http.get(path, headers=lead).json()
    assert [item["day"] for item in whole["items"]] == [
        f"{DAY - timedelta(days=back)}" for back in range(5)
    ]
    assert whole["items"][0]["windows"][0]["state"] == "filled"
    seen: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.http.get(
            f"{path}&limit=2&cursor={cursor}".removesuffix("&cursor="), headers=lead
        )
        seen += page.json()["items"]
        cursor = page.json()["next_cursor"]
    assert [item["day"] for item in seen] == [item["day"] for item in whole["items"]]


def test_days_end_with_today(client: SignedIn, city: City) -> None:
    path = f"/v1/workers/{worker_of(city)}/days?from={DAY}&to={DAY + timedelta(days=30)}"
    found = client.http.get(path, headers=client.as_("station_lead")).json()
    assert [item["day"] for item in found["items"]] == [f"{DAY + timedelta(days=1)}", f"{DAY}"]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("station_lead", 200),
        ("township", 200),
        ("command_centre", 200),
        ("510185001001001", 403),
        ("system_administrator", 403),
    ],
)
def test_org_1_who_sees_a_workers_days(client: SignedIn, city: City, who: str, status: int) -> None:
    headers, worker = client.as_(who), worker_of(city)
    for path in (f"days?from={DAY}&to={DAY}", f"days/{DAY}", f"days/{DAY}/track"):
        answer = client.http.get(f"/v1/workers/{worker}/{path}", headers=headers)
        assert answer.status_code == status, path


@pytest.mark.parametrize("tail", [f"days?from={DAY}&to={DAY}", f"days/{DAY}", f"days/{DAY}/track"])
def test_org_1_workers_beyond_ones_unit_are_not_there(
    client: SignedIn, city: City, tail: str
) -> None:
    lead = client.as_("station_lead")
    for worker in (city.workers["510185001002001"], uuid4()):
        answer = client.http.get(f"/v1/workers/{worker}/{tail}", headers=lead)
        assert (answer.status_code, answer.json()["code"]) == (404, "request.not_found")


def test_a_date_before_the_post_is_not_there(client: SignedIn, city: City) -> None:
    path = f"/v1/workers/{worker_of(city)}/days/2025-12-31"
    assert client.http.get(path, headers=client.as_("station_lead")).status_code == 404


def test_the_evidence_of_a_date(client: SignedIn, db: Session, city: City) -> None:
    store_check_in(db, worker_of(city), 1)
    store_check_in(db, worker_of(city), 2, Verdict.IMPRECISE)
    store_walk(db, worker_of(city), [("09:00", "10:00")])
    db.commit()
    path = f"/v1/workers/{worker_of(city)}/days/{DAY}"
    found = client.http.get(path, headers=client.as_("station_lead")).json()
    assert [each["why"]["en"] for each in found["check_ins"]] == [
        "Valid: it fills its window",
        "The position was not precise enough",
    ]
    assert found["intervals"] == [
        {"start": "2026-03-18T01:00:00Z", "end": "2026-03-18T02:00:00Z", "seconds": 3600.0}
    ]
    assert found["batches"][0]["fixes"] == 61
    assert {each["disposition"]: each["fixes"] for each in found["dispositions"]}["used"] == 61
    assert "max_gap_s" in {each["name"] for each in found["parameters"]}


def test_a_track_is_geojson_and_every_look_leaves_a_trace(
    client: SignedIn, db: Session, city: City
) -> None:
    fixes = columns(at("09:00"), at("09:10"), middle(0))
    fixes.mocked[3] = True
    fixes.accuracy_m[4] = float("nan")
    store_batch(db, worker_of(city), fixes)
    store_batch(db, worker_of(city), columns(at("11:00"), at("11:00"), middle(0)))
    db.commit()
    path = f"/v1/workers/{worker_of(city)}/days/{DAY}/track"
    found = client.http.get(path, headers=client.as_("station_lead")).json()
    assert found["type"] == "FeatureCollection"
    kinds = {feature["geometry"]["type"]: feature for feature in found["features"]}
    line, point = kinds["LineString"], kinds["Point"]
    assert line["geometry"]["coordinates"][0] == pytest.approx(list(middle(0)), abs=1e-6)
    assert point["geometry"]["coordinates"] == pytest.approx(list(middle(0)), abs=1e-6)
    properties = line["properties"]
    assert properties["t"][:2] == [1773795600000, 1773795660000]
    assert properties["disposition"][2:6] == ["used", "mocked", "imprecise", "used"]
    assert properties["accuracy"][4] is None
    looks = select(OutboxEvent).where(OutboxEvent.name == "track.looked_at")
    seen = db.scalars(looks).one()
    assert (seen.subject_id, seen.facts["day"]) == (str(worker_of(city)), f"{DAY}")


def test_a_look_at_a_track_that_is_refused_leaves_no_trace(
    client: SignedIn, db: Session, city: City
) -> None:
    path = f"/v1/workers/{city.workers['510185001002001']}/days/{DAY}/track"
    assert client.http.get(path, headers=client.as_("station_lead")).status_code == 404
    looks = select(OutboxEvent).where(OutboxEvent.name == "track.looked_at")
    assert db.scalars(looks).all() == []
    administrator = client.as_("information_administrator")
    path = f"/v1/workers/{worker_of(city)}/days/{DAY}/track"
    assert client.http.get(path, headers=administrator).status_code == 403
