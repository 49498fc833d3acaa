"""A platform fetches events that it was told of, and each fetch is logged (INT-1)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.models import Account, OutboxEvent
from app.kit.ids import uuid7
from app.rules.incidents import Act
from app.rules.tasks import Platform
from tests.api.station import GRID, StationDay, refused
from tests.attendance.facts import at
from tests.city import City
from tests.conftest import SignedIn
from tests.incidents.facts import FAR, Street
from tests.platforms.partner import Partner

CONTACT = {"name": "李秀英", "phone": "13800000001"}
WORDS = "超出网格处置能力"


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


@pytest.fixture
def street(db: Session, city: City) -> Street:
    return Street(db, city)


def told(street: Street, **changes: Any) -> UUID:
    """An event that the Chengdu platform is told of."""
    Partner(street.db, street.city, Platform.CHENGDU).agree()
    key = street.reported(reporter="resident", contact=CONTACT, photos=["ab" * 32], **changes)
    street.db.commit()
    return key


def test_int_1_an_event_as_it_stands(station: StationDay, street: Street) -> None:
    key = told(street)
    street.worker(key, Act.ESCALATE, at("10:00"), reason=WORDS)
    street.db.commit()
    answer = station.get("platform", f"/platform/incidents/{key}")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["category"], found["severity"], found["state"], found["number"]) == (
        "public_safety",
        "general",
        "held",
        2,
    )
    assert (found["description"], found["grid_code"]) == ("楼道堆放杂物", GRID)
    assert [(hold["tier"], hold["unit_code"]) for hold in found["held_by"]] == [
        ("community", GRID[:12])
    ]
    assert [(act["number"], act["act"], act["to_tier"]) for act in found["acts"]] == [
        (1, "report", None),
        (2, "escalate", "community"),
    ]


def test_int_1_nothing_of_who_reported_it_no_words_and_no_photos(
    station: StationDay, street: Street
) -> None:
    key = told(street)
    street.worker(key, Act.ESCALATE, at("10:00"), reason=WORDS, photos=["cd" * 32])
    street.db.commit()
    text = station.get("platform", f"/platform/incidents/{key}").text
    for private in (*CONTACT.values(), WORDS, "ab" * 32, "cd" * 32, "photos", "worker"):
        assert private not in text
    assert "楼道" in text


def test_int_1_each_fetch_is_logged(station: StationDay, street: Street) -> None:
    key = told(street)
    for _ in range(2):
        station.get("platform", f"/platform/incidents/{key}")
    account = street.db.scalars(
        select(Account.id).where(Account.phone == street.city.phones["platform"])
    ).one()
    trace = street.db.scalars(
        select(OutboxEvent).where(OutboxEvent.name == "incident.fetched")
    ).all()
    assert [(row.account_id, row.subject_id, row.unit_code, row.facts) for row in trace] == [
        (account, str(key), GRID, {"number": 1})
    ] * 2


def test_int_1_what_no_platform_was_told_of_is_not_there(
    station: StationDay, street: Street
) -> None:
    before = street.reported()
    street.db.commit()
    told(street)
    assert refused(station.get("platform", f"/platform/incidents/{before}")) == (
        404,
        "request.not_found",
    )
    nobody = uuid7(at("09:00") - timedelta(days=1))
    assert refused(station.get("platform", f"/platform/incidents/{nobody}"))[0] == 404
    assert not street.db.scalars(
        select(OutboxEvent).where(OutboxEvent.name == "incident.fetched")
    ).all()


def test_events_beyond_the_account_s_unit_are_not_there(
    station: StationDay, street: Street
) -> None:
    key = told(street, grid=FAR, lon=104.547 + 0.0042 * 5.5)
    assert station.get("platform", f"/platform/incidents/{key}").status_code == 200
    street.db.execute(
        update(Account)
        .where(Account.phone == street.city.phones["platform"])
        .values(unit_code="510185001")
    )
    street.db.commit()
    station.at(at("18:30"))
    assert refused(station.get("platform", f"/platform/incidents/{key}"))[0] == 404


@pytest.mark.parametrize(
    "who", ["command_centre", "station_lead", "system_administrator", "auditor", GRID]
)
def test_nobody_else_fetches(station: StationDay, street: Street, who: str) -> None:
    key = told(street)
    assert refused(station.get(who, f"/platform/incidents/{key}")) == (403, "auth.forbidden")


@pytest.mark.parametrize("key", ["x", "1", "%00", "0" * 40])
def test_a_key_out_of_form_is_refused(station: StationDay, key: str) -> None:
    assert refused(station.get("platform", f"/platform/incidents/{key}"))[0] == 422


def test_an_erased_description_stays_away(station: StationDay, street: Street) -> None:
    key = told(street)
    street.db.connection().exec_driver_sql("set session_replication_role = replica")
    street.db.connection().exec_driver_sql("update incident set description = null")
    street.db.commit()
    assert station.get("platform", f"/platform/incidents/{key}").json()["description"] is None
