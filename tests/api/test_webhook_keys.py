"""Keys of endpoints over HTTP (INT-2)."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.kit.ids import uuid7
from tests.api.station import EVENING, StationDay, refused
from tests.api.webhook_desk import ADMIN, SECRET, key_of, opened
from tests.conftest import SignedIn


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


def test_int_2_a_key_is_rotated_with_an_overlap_and_expired(station: StationDay) -> None:
    made = opened(station)
    path = f"/webhook-endpoints/{key_of(made)}/secrets"
    station.at(EVENING + timedelta(minutes=1))
    first = station.post(ADMIN, path, {"overlap_hours": 48})
    assert first.status_code == 201
    assert (first.json()["expires_at"], first.json()["use"]) == (None, "outbound")
    station.at(EVENING + timedelta(minutes=2))
    given = station.post(ADMIN, path, {"secret": SECRET}).json()
    assert given["secret"] is None
    keys = station.get("command_centre", path).json()["items"]
    assert [key["id"] for key in keys][:2] == [given["id"], first.json()["id"]]
    assert len(keys) == 3
    day = (station.clock.now + timedelta(hours=24)).isoformat().replace("+00:00", "Z")
    assert [key["expires_at"] for key in keys] == [None, day, day]
    ended = station.post(ADMIN, f"{path}/{first.json()['id']}/expire", {}).json()
    assert ended["valid"] is False
    last = station.post(ADMIN, f"{path}/{given['id']}/expire", {})
    assert last.status_code == 200
    oldest = station.post(ADMIN, f"{path}/{keys[2]['id']}/expire", {})
    assert refused(oldest) == (409, "webhook.last_key")
    missing = station.post(ADMIN, f"{path}/{uuid7(station.clock.now)}/expire", {})
    assert refused(missing)[0] == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"overlap_hours": -1}, "request.malformed"),
        ({"overlap_hours": 169}, "request.malformed"),
        ({"overlap_hours": 1.5}, "request.malformed"),
        ({"use": "sideways"}, "request.malformed"),
        ({"secret": "whsec_%%%"}, "webhook.not_a_key"),
        ({"use": "inbound"}, "webhook.no_keys"),
    ],
    ids=range(6),
)
def test_rotations_that_are_refused(station: StationDay, body: dict[str, Any], code: str) -> None:
    path = f"/webhook-endpoints/{key_of(opened(station))}/secrets"
    assert refused(station.post(ADMIN, path, body))[1] == code


def test_at_most_ten_old_keys(station: StationDay) -> None:
    path = f"/webhook-endpoints/{key_of(opened(station))}/secrets"
    answers = [station.post(ADMIN, path, {"overlap_hours": 168}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [201] * 10 + [409]
    assert refused(answers[-1])[1] == "webhook.too_many_keys"
