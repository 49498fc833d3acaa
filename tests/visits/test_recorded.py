"""VIS-7: a visit is judged when it arrives, by what was so on the date of its capture."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Assignment, Change, OutboxEvent, ParameterValue, PhotoLink, VisitTarget
from app.kit.ids import uuid7
from app.people.capture import NotYet
from app.people.field_grid import NoGrid
from app.rules.visits import EndReason, VisitKind, VisitVerdict
from app.visits import places
from app.visits.paying import pays
from app.visits.schemas import VisitIn
from app.visits.targets import end_target, remove_target
from tests.attendance.facts import GRID, WEDNESDAY, at
from tests.city import SINCE
from tests.visits.facts import (
    ELSEWHERE,
    MONDAY,
    NEXT_DOOR,
    NOON,
    THIRD,
    Street,
    middle,
    north,
)

ONE_DAY = timedelta(days=1)
RESIDENT = VisitKind.RESIDENT
COUNTS, OUT = VisitVerdict.COUNTS, VisitVerdict.OUT_OF_SCOPE


def away(metres: float) -> dict[str, Any]:
    point = north(middle(), metres)
    return {"lon": point.lon, "lat": point.lat}


def test_vis_7_a_visit_at_the_door(street: Street, db: Session) -> None:
    key = street.door()
    made = street.visit(key, note="家里有人")
    assert (made.verdict, made.grid_code, made.distance_m) == (COUNTS, GRID, 0.0)
    assert made.because == {
        "rule": "VIS-7",
        "clause": "三(一)1 “5”",
        "distance_m": 0.0,
        "radius_m": 150,
        "with_reason": False,
        "mocked": False,
        "in_scope": True,
        "grid_code": GRID,
    }
    assert (GRID, WEDNESDAY, WEDNESDAY) in street.marks()
    event = db.scalars(select(OutboxEvent).where(OutboxEvent.name == "visit.recorded")).one()
    assert event.facts == {
        "place": str(key),
        "verdict": "counts",
        "day": "2026-03-18",
    }
    body = db.scalars(select(Change.body).where(Change.subject_id == str(made.id))).one()
    assert body is not None
    assert (body["verdict"], body["place_id"], body["place"]) == ("counts", str(key), None)


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (away(149), "counts"),
        (away(152), "too_far"),
        (away(152) | {"reason": "狗太凶，在楼下见的面"}, "counts"),
        (away(900) | {"manner": "met_elsewhere", "reason": "在社区遇见"}, "counts"),
        ({"lon": None, "lat": None}, "too_far"),
        ({"lon": None, "lat": None, "manner": "met_elsewhere", "reason": "在社区遇见"}, "counts"),
        ({"manner": "by_phone", "reason": "出差在外"}, "by_phone"),
        ({"mocked": True}, "mocked"),
        ({"outcome": "nobody_home"}, "nobody_home"),
        (away(152) | {"outcome": "nobody_home", "reason": "敲门无人"}, "too_far"),
        ({"outcome": "refused"}, "counts"),
        ({"outcome": "moved_away"}, "counts"),
    ],
)
def test_vis_7_verdicts(street: Street, body: dict[str, Any], verdict: str) -> None:
    made = street.visit(street.door(), **body)
    assert made.verdict.value == verdict
    assert ((GRID, WEDNESDAY, WEDNESDAY) in street.marks()) is (
        verdict in ("counts", "nobody_home")
    )


def test_vis_7_a_position_on_a_chinese_map_is_turned_back(street: Street) -> None:
    where = middle()
    shifted: dict[str, Any] = {"lon": where.lon + 0.0025, "lat": where.lat - 0.0023}
    assert street.visit(street.door(), **shifted).verdict is VisitVerdict.TOO_FAR
    made = street.visit(street.door(), **shifted, crs="gcj02")
    assert made.distance_m is not None
    assert made.distance_m < 150
    assert made.verdict is COUNTS


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "rental"},
        {"place": "和平路"},
        {"place_id": str(uuid7(NOON)), "manner": "met_elsewhere"},
        {"place_id": str(uuid7(NOON)), "manner": "by_phone"},
        {"place_id": str(uuid7(NOON)), "manner": "met_elsewhere", "reason": " "},
        {
            "place_id": str(uuid7(NOON)),
            "manner": "met_elsewhere",
            "reason": "在社区",
            "outcome": "nobody_home",
        },
        {"place_id": str(uuid7(NOON)), "lon": 104.5},
        {"place_id": str(uuid7(NOON)), "lon": 104.5, "lat": float("nan")},
        {"place_id": "door"},
        {"place_id": str(uuid7(NOON)), "photos": ["a" * 64] * 10},
        {"place_id": str(uuid7(NOON)), "photos": ["A" * 64]},
        {"place_id": str(uuid7(NOON)), "crs": "mars"},
        {"place_id": str(uuid7(NOON)), "note": "x\x00"},
        {"place_id": str(uuid7(NOON)), "verdict": "counts"},
    ],
)
def test_vis_7_a_body_that_is_not_whole(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        VisitIn.model_validate(body)


def test_a_visit_in_the_first_form_is_known_again_by_what_it_said() -> None:
    first = {"kind": "rental", "place": "和平路", "lon": None, "lat": None, "accuracy_m": None}
    body = VisitIn.model_validate({"kind": "rental", "place": "和平路"})
    assert body.model_dump(mode="json") == first | {"note": ""}
    again = VisitIn.model_validate(body.model_dump(mode="json"))
    assert again == body
    sent = VisitIn.model_validate({"place_id": str(uuid7(NOON)), "outcome": "refused"})
    assert sent.model_dump(mode="json")["outcome"] == "refused"
    assert VisitIn.model_validate(sent.model_dump(mode="json")) == sent


def test_vis_7_a_visit_without_a_registered_place(street: Street) -> None:
    made = street.visit(None, kind="property_guard", place="物业", note="")
    assert (made.verdict, made.grid_code, made.kind) == (
        VisitVerdict.UNREGISTERED,
        GRID,
        VisitKind.PROPERTY_GUARD,
    )
    assert made.words == {"place": "物业", "reason": None, "note": ""}
    assert street.marks() == set()


def test_a_worker_without_a_grid(street: Street, db: Session) -> None:
    key = street.door()
    for held in db.scalars(
        select(Assignment).where(Assignment.worker_id == street.city.workers[GRID])
    ):
        db.delete(held)
    db.flush()
    with pytest.raises(NoGrid):
        street.visit(None, kind="rental", place="和平路")
    assert street.visit(key).verdict is OUT


def test_a_place_that_has_not_arrived(street: Street) -> None:
    unknown = uuid7(NOON)
    with pytest.raises(NotYet) as raised:
        street.visit(unknown)
    assert raised.value.facts == {"waits_for": unknown}


def test_vis_7_another_worker_s_place_is_out_of_scope(street: Street) -> None:
    key = street.door()
    made = street.visit(key, grid=NEXT_DOOR)
    assert (made.verdict, made.grid_code) == (OUT, GRID)
    assert made.because["in_scope"] is False
    assert (GRID, WEDNESDAY, WEDNESDAY) not in street.marks()


def test_org_5_a_member_of_the_group_may_visit(street: Street) -> None:
    key = street.door()
    street.befriend(GRID, NEXT_DOOR)
    assert street.visit(key, grid=NEXT_DOOR).verdict is COUNTS
    assert street.visit(key, grid=THIRD).verdict is OUT


@pytest.mark.parametrize(
    ("since", "until", "verdict"),
    [
        (WEDNESDAY, None, COUNTS),
        (WEDNESDAY + ONE_DAY, None, OUT),
        (SINCE, WEDNESDAY + ONE_DAY, COUNTS),
        (SINCE, WEDNESDAY, OUT),
    ],
)
def test_org_5_only_while_the_group_lasts(
    street: Street, since: date, until: date | None, verdict: VisitVerdict
) -> None:
    street.befriend(GRID, NEXT_DOOR, since=since, until=until)
    assert street.visit(street.door(), grid=NEXT_DOOR).verdict is verdict


def test_vis_7_a_former_grid_counts_for_the_date_of_capture(street: Street, db: Session) -> None:
    """Handed over on Tuesday, the visit of Monday arrives on Wednesday."""
    key = street.door()
    held = db.scalars(
        select(Assignment).where(Assignment.worker_id == street.city.workers[GRID])
    ).one()
    held.valid = type(held.valid)(SINCE, MONDAY + ONE_DAY)
    db.flush()
    late = street.visit(key, at("10:00", MONDAY))
    assert (late.verdict, late.grid_code, late.day) == (COUNTS, GRID, MONDAY)
    assert street.visit(key, at("10:00", MONDAY + ONE_DAY)).verdict is OUT


def test_vis_7_a_moved_place_is_judged_where_it_was(street: Street, db: Session) -> None:
    key = street.door()
    places.move(db, key, places.Move(middle(NEXT_DOOR), NEXT_DOOR, WEDNESDAY), None, NOON)
    before = street.visit(key, at("10:00", MONDAY))
    assert (before.verdict, before.grid_code) == (COUNTS, GRID)
    there = middle(NEXT_DOOR)
    after = street.visit(key, grid=NEXT_DOOR, lon=there.lon, lat=there.lat)
    assert (after.verdict, after.grid_code) == (COUNTS, NEXT_DOOR)
    assert street.visit(key).verdict is OUT


def test_org_6_the_boundary_of_the_date_decides_whose_it_is(street: Street) -> None:
    key = street.door()
    street.redraw(GRID, 9, WEDNESDAY)
    street.redraw(NEXT_DOOR, 0, WEDNESDAY)
    assert street.visit(key, at("10:00", MONDAY)).verdict is COUNTS
    assert street.visit(key).verdict is OUT
    assert street.visit(key, grid=NEXT_DOOR).verdict is COUNTS


def test_vis_6_an_ended_target_s_place_is_visited_all_the_same(street: Street, db: Session) -> None:
    key = street.door()
    target = db.scalars(select(VisitTarget)).one()
    end_target(db, target, MONDAY, EndReason.MOVED_AWAY, None, NOON)
    made = street.visit(key)
    assert made.verdict is COUNTS
    assert pays(db, made) == []


def test_a_target_taken_out_while_the_visit_is_on_the_way(street: Street, db: Session) -> None:
    key = street.door()
    remove_target(db, db.scalars(select(VisitTarget)).one(), None, NOON)
    made = street.visit(key)
    assert (made.verdict, pays(db, made)) == (COUNTS, [])


def test_a_place_erased_while_the_visit_is_on_the_way(street: Street, db: Session) -> None:
    key = street.door()
    places.erase_place(db, key, None, NOON)
    made = street.visit(key, note="李某在家", photos=["a" * 64])
    assert made.verdict is VisitVerdict.UNREGISTERED
    assert (made.words, made.lon, made.lat, made.photos) == (None, None, None, [])
    assert db.scalar(select(func.count()).select_from(PhotoLink)) == 0


def test_a_visit_before_the_place_was_registered(street: Street) -> None:
    key = street.door(since=WEDNESDAY)
    assert street.visit(key, at("10:00", MONDAY)).verdict is COUNTS


def test_0_the_radius_of_the_date_of_capture(street: Street, db: Session) -> None:
    key = street.door()
    account = street.handset().account_id
    db.add(
        ParameterValue(
            name="visit_radius_m",
            value=50,
            effective_from=WEDNESDAY,
            decided_by=account,
            decided_at=NOON,
            reason="试行",
        )
    )
    db.flush()
    assert street.visit(key, at("10:00", MONDAY), **away(100)).verdict is COUNTS
    assert street.visit(key, **away(100)).verdict is VisitVerdict.TOO_FAR


def test_photos_are_linked_whether_they_have_arrived_or_not(street: Street, db: Session) -> None:
    made = street.visit(street.door(), photos=["b" * 64, "b" * 64])
    (link,) = db.scalars(select(PhotoLink))
    assert (link.subject_id, link.sensitive, link.worker_id) == (made.id, True, made.worker_id)
    guard = street.visit(None, kind="property_guard", place="物业", photos=["c" * 64])
    of_guard = db.scalars(select(PhotoLink).where(PhotoLink.subject_id == guard.id)).one()
    assert of_guard.sensitive is False


def told(db: Session, street: Street, key: UUID, **body: Any) -> list[dict[str, Any]]:
    found = pays(db, street.visit(key, **body))
    return [{name: part for name, part in each.items() if name != "target"} for each in found]


WEEK = {"kind": "rental", "first_day": "2026-03-16", "last_day": "2026-03-22"}
QUARTER = {"kind": "resident", "first_day": "2026-01-01", "last_day": "2026-03-31"}


def test_vis_6_one_visit_pays_both_kinds_and_says_so(street: Street, db: Session) -> None:
    key = street.door(VisitKind.RENTAL, RESIDENT, since=SINCE)
    nobody = {"nobody_home": {"days": 0, "needed": 3}}
    assert told(db, street, key) == [
        WEEK | {"paid": True, "by_this": True},
        QUARTER | {"paid": True, "by_this": True} | nobody,
    ]
    again = told(db, street, key, moment=at("15:00"))
    assert [(each["paid"], each["by_this"]) for each in again] == [(True, False)] * 2


def test_vis_7_nobody_home_says_how_often(street: Street, db: Session) -> None:
    key = street.door(RESIDENT, since=SINCE)
    said = []
    for moment in (at("10:00", MONDAY), at("18:00", MONDAY), at("10:00"), NOON + ONE_DAY):
        (found,) = told(db, street, key, moment=moment, outcome="nobody_home")
        said.append((found["nobody_home"]["days"], found["paid"], found["by_this"]))
    assert said == [(1, False, False), (1, False, False), (2, False, False), (3, True, True)]


def test_vis_1_a_guard_is_owed_on_duty_dates_only(street: Street, db: Session) -> None:
    key = street.door(VisitKind.PROPERTY_GUARD)
    (paid,) = told(db, street, key)
    assert (paid["first_day"], paid["by_this"]) == ("2026-03-18", True)
    assert told(db, street, key, moment=at("10:00", date(2026, 3, 21))) == []


def test_vis_7_what_does_not_pay_says_so(street: Street, db: Session) -> None:
    key = street.door()
    (found,) = told(db, street, key, **away(500))
    assert found == WEEK | {"paid": False, "by_this": False}
    assert told(db, street, street.door(grid=ELSEWHERE)) != []
