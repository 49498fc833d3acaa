"""A worker opens what is held against oneself, down to each record (CON)."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.api.own_evidence import PATHS, own_evidence
from app.conduct.detail_schemas import ConductEvidenceOut
from tests.api.station import GRID, StationDay
from tests.attendance.facts import at
from tests.conduct.matters import FIRST, Matters
from tests.conftest import SignedIn

KEY = "019d0063-4900-7edf-9124-9d15eb6b3771"
LOGINS = f"/v1/platform-logins?worker={KEY}&from=2026-03-01&to=2026-03-31"


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    found = StationDay(api, client, db)
    found.at(at("09:00", FIRST + timedelta(days=1)))
    return found


def test_con_b1_each_record_opens_to_the_worker(station: StationDay) -> None:
    matters = Matters(station.db, station.client.city)
    key = matters.detected().id
    station.db.commit()
    [check] = station.get("station_lead", f"/conduct-proposals/{key}").json()["versions"][0][
        "records"
    ]
    assert check["at"] == f"/v1/equipment-checks/{check['id']}"
    [own] = station.get(GRID, f"/me/proposals/{key}").json()["versions"][0]["records"]
    assert {**own, "at": check["at"]} == check, "all else is the same"
    opened = station.get(GRID, own["at"].removeprefix("/v1"))
    assert opened.status_code == 200, opened.text
    assert check["id"] in [one["id"] for one in opened.json()["items"]]
    page = station.get(GRID, f"/me/proposals/{key}/page").text
    assert "/v1/me/equipment-checks" in page
    assert "/v1/equipment-checks" not in page
    assert (
        "/v1/equipment-checks" in station.get("station_lead", f"/conduct-proposals/{key}/page").text
    )


def test_con_b1_what_was_decided_upon_too(station: StationDay) -> None:
    matters = Matters(station.db, station.client.city)
    penalty = matters.penalised(FIRST)
    station.db.commit()
    station.at(at("10:00", FIRST + timedelta(days=15)))
    shown = station.get(GRID, f"/me/penalties/{penalty.id}").json()
    [record] = shown["decided_upon"]["records"]
    assert record["at"] == f"/v1/me/equipment-checks?from={FIRST}&to={FIRST}"
    page = station.get(GRID, f"/me/proposals/{penalty.proposal_id}/page").text
    assert "/v1/equipment-checks" not in page


@pytest.mark.parametrize("kind", sorted(PATHS))
def test_every_path_is_one_of_the_workers(operations: FastAPI, kind: str) -> None:
    record = {"kind": kind, "id": KEY, "at": LOGINS, "month": "2026-03", "year": 2026}
    [own] = evidence(record).records
    path = own["at"].partition("?")[0]
    patterns = [re.sub(r"{[^}]+}", "[^/]+", known) for known in operations.openapi()["paths"]]
    assert path.startswith("/v1/me/")
    assert any(re.fullmatch(pattern, path) for pattern in patterns), path


def test_what_only_offices_open_has_no_path() -> None:
    survey = {"kind": "awareness_survey", "id": KEY, "at": "/v1/awareness-surveys/x", "asked": 80}
    [own] = evidence(survey).records
    assert own == {"kind": "awareness_survey", "id": KEY, "asked": 80}
    [logins] = evidence({"kind": "platform_logins", "id": KEY, "at": LOGINS}).records
    assert logins["at"] == "/v1/me/platform-logins?from=2026-03-01&to=2026-03-31"


def evidence(record: dict[str, object]) -> ConductEvidenceOut:
    """Evidence of one record, as its worker sees it."""
    found = ConductEvidenceOut(
        number=1,
        digest="0" * 64,
        stands=True,
        because={},
        records=[record],
        said=None,
        rules_version="1",
        found_at=datetime(2026, 4, 1, tzinfo=UTC),
    )
    return own_evidence(found, date(2026, 3, 18))
