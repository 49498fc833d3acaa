"""EVT-1: events that may be one are offered, nearest first, and never merged (二3)."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.db.models import IncidentCase, IncidentCategoryRow
from app.incidents.likely import Looked, likely_duplicates, likely_of
from app.incidents.refusals import CategoryUnknown
from app.rules.geodesy import Position, metres_per_degree
from app.rules.incidents import State
from tests.city import SOUTH, WEST, City
from tests.incidents.written_events import HOUR, Events, at

COMMUNITY = "510185001001"
ELSEWHERE = "510185001002001"
HERE = (WEST + 0.001, SOUTH + 0.001)
WITHIN_H, RADIUS_M = 168, 50


@pytest.fixture
def events(db: Session, city: City) -> Events:
    return Events(db, city)


def away(metres: float) -> tuple[float, float]:
    east, _ = metres_per_degree(HERE[1])
    return HERE[0] + metres / east, HERE[1]


def offered(events: Events, category: str = "public_safety") -> list[object]:
    looked = Looked(category, at("09:00"), Position(*HERE), COMMUNITY)
    return [found.id for found in likely_duplicates(events.db, looked).items]


def test_evt_1_nearest_first_within_radius_and_hours(events: Events) -> None:
    far = events.held(at("08:00"), place=away(RADIUS_M - 0.5))
    near = events.held(at("08:00") - timedelta(days=5), place=away(-3))
    events.held(at("08:00"), place=away(RADIUS_M + 0.5))
    last = events.held(at("09:00") - WITHIN_H * HOUR, place=away(10))
    events.held(at("08:59:59") - WITHIN_H * HOUR, place=away(10))
    assert offered(events) == [near.id, last.id, far.id]


def test_evt_1_of_the_same_first_level_by_its_own_radius(events: Events) -> None:
    first = events.db.get_one(IncidentCategoryRow, "public_safety")
    for name, radius_m in (("fire", 20), ("road", 100)):
        events.db.add(
            IncidentCategoryRow(
                code=f"public_safety.{name}",
                parent_code="public_safety",
                zh=name,
                en=name,
                valid=first.valid,
                radius_m=radius_m,
                within_h=24,
            )
        )
    events.db.flush()
    near = events.held(at("08:00"), place=away(15), category="public_safety.road")
    far = events.held(at("08:00"), place=away(30))
    events.held(at("08:00"), place=away(5), category="dispute")
    assert offered(events, "public_safety.fire") == [near.id]
    assert offered(events, "public_safety.road") == [near.id, far.id]
    assert offered(events) == [near.id, far.id]


@pytest.mark.parametrize("state", list(State))
def test_evt_1_ended_without_counting_is_not_offered(events: Events, state: State) -> None:
    event = events.held(at("08:00"), place=away(5)).becomes(state)
    left_out = {State.WITHDRAWN, State.FALSE, State.DUPLICATE}
    assert offered(events) == ([] if state in left_out else [event.id])


def test_evt_1_an_event_is_no_duplicate_of_itself_and_beyond_one_s_unit_is_none(
    events: Events,
) -> None:
    event = events.held(at("09:00"), place=HERE)
    other = events.held(at("09:30"), ELSEWHERE, place=away(5))
    assert likely_of(events.db, event.case, COMMUNITY).items == []
    (found,) = likely_of(events.db, event.case, "510185001").items
    assert (found.id, found.distance_m, found.hours_apart) == (other.id, 5.0, 0.5)
    assert events.db.get_one(IncidentCase, event.id).duplicate_of is None


def test_evt_1_a_category_without_radius_or_hours_offers_none(events: Events) -> None:
    events.held(at("09:00"), place=HERE, category="special_group_service")
    assert offered(events, "special_group_service") == []
    row = IncidentCategoryRow
    events.db.execute(
        update(row).where(row.code == "special_group_service").values(radius_m=10, within_h=1)
    )
    events.db.expire_all()
    assert len(offered(events, "special_group_service")) == 1


def test_evt_1_an_unknown_category_is_refused(events: Events) -> None:
    with pytest.raises(CategoryUnknown):
        offered(events, "weather")
