"""A sign-in is judged by the registers as they are when it arrives (ATT-2, part 0, ORG-2)."""

from datetime import date
from typing import Any

from shapely import Point
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Account, ParameterValue, Posting, Station
from app.kit import clock
from app.kit.ids import uuid7
from tests.intake.handset import GRID, Handset, item

COMMUNITY, NEXT_COMMUNITY = GRID[:12], "510185001002"


def today() -> date:
    return clock.civil_day(clock.now())


def sign_in(handset: Handset, lon: float, lat: float) -> dict[str, Any]:
    """What a sign-in at a place is told."""
    body = {"lon": lon, "lat": lat, "accuracy_m": 12}
    answer = handset.alone("/v1/check-ins", item("check_in", body=body))
    assert answer.status_code in {200, 201}, answer.text
    found: dict[str, Any] = answer.json()["facts"]
    return found


def remembered(handset: Handset, lon: float, lat: float) -> None:
    """Several sign-ins, so that all that a process remembers is remembered."""
    for _ in range(3):
        assert sign_in(handset, lon, lat)["verdict"] != "off_site"


def test_part_0_a_value_superseded_from_today_judges_the_next(
    handset: Handset, db: Session
) -> None:
    lon, lat = handset.client.city.stations[COMMUNITY]
    remembered(handset, lon, lat + 0.001)
    by = db.scalars(select(Account.id).limit(1)).one()
    db.add(
        ParameterValue(
            name="station_radius_m",
            value=50,
            effective_from=today(),
            reason="试点",
            decided_by=by,
            decided_at=clock.now(),
        )
    )
    db.commit()
    assert sign_in(handset, lon, lat + 0.001)["verdict"] == "off_site"


def test_att_2_a_station_moved_today_is_where_the_next_is_measured_from(
    handset: Handset, db: Session
) -> None:
    lon, lat = handset.client.city.stations[COMMUNITY]
    remembered(handset, lon, lat)
    station = db.scalars(select(Station).where(Station.community_code == COMMUNITY)).one()
    db.delete(station)
    db.flush()
    moved = Point(lon, lat + 0.01)
    db.add(Station(community_code=COMMUNITY, name="新站", point=moved, valid=Range(today(), None)))
    db.commit()
    found = sign_in(handset, lon, lat)
    assert found["verdict"] == "off_site"
    assert 1000 < found["distance_m"] < 1200


def test_org_2_a_worker_transferred_today_signs_in_at_the_new_post(
    handset: Handset, db: Session
) -> None:
    lon, lat = handset.client.city.stations[COMMUNITY]
    remembered(handset, lon, lat)
    worker = handset.client.city.workers[GRID]
    before = db.scalars(select(Posting).where(Posting.worker_id == worker)).one()
    employment, lower = before.employment, before.valid.lower
    db.execute(update(Posting).where(Posting.id == before.id).values(valid=Range(lower, today())))
    db.add(
        Posting(
            id=uuid7(clock.now()),
            worker_id=worker,
            community_code=NEXT_COMMUNITY,
            employment=employment,
            valid=Range(today(), None),
        )
    )
    db.commit()
    there = handset.client.city.stations[NEXT_COMMUNITY]
    found = sign_in(handset, *there)
    assert found["community_code"] == NEXT_COMMUNITY
    assert found["verdict"] != "off_site"
