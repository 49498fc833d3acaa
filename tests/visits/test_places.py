"""VIS-6: places and their targets over dates, and what handsets are told of them."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import (
    Change,
    PhotoLink,
    Quarantine,
    Submission,
    Visit,
    VisitPlace,
    VisitPlaceLocation,
    VisitTarget,
)
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.people.spans import starts
from app.rules.visits import EndReason, VisitKind
from app.visits import commands, places
from app.visits.placing import Stay, location_on, placed_on, stays
from app.visits.refusals import (
    EndsBeforeItBegins,
    MoveFollows,
    PlaceErased,
    PlaceIdReused,
    TargetEnded,
    TargetStands,
    TargetVisited,
)
from app.visits.targets import add_target, end_target, remove_target
from app.visits.telling import held_places
from tests.attendance.facts import GRID, WEDNESDAY, events
from tests.visits.facts import (
    ELSEWHERE,
    MONDAY,
    NEXT_DOOR,
    NOON,
    RENTAL,
    THIRD,
    Street,
    middle,
    north,
)

COMMUNITY = GRID[:12]
ONE_DAY = timedelta(days=1)
FRIDAY = WEDNESDAY + 2 * ONE_DAY
CARE = VisitKind.CARE


def target_of(db: Session, place: UUID, kind: VisitKind = RENTAL) -> VisitTarget:
    return db.scalars(
        select(VisitTarget).where(VisitTarget.place_id == place, VisitTarget.kind == kind)
    ).one()


def test_vis_6_a_place_is_told_marked_and_on_record(street: Street, db: Session) -> None:
    key = street.door(RENTAL, VisitKind.RESIDENT)
    ((gone, body),) = street.told(GRID, key)
    assert gone is None
    assert body is not None
    assert (body["grid_code"], body["label"], body["moves"]) == (GRID, "和平路 12 号", [])
    assert [target["kind"] for target in body["targets"]] == ["rental", "resident"]
    assert street.told(NEXT_DOOR, key) == []
    assert street.marks() == {(GRID, MONDAY, None)}
    assert events(db) == [("visit_place.added", None)]
    (there,) = placed_on(db, COMMUNITY, WEDNESDAY)
    assert (there.place_id, there.grid_code, there.label) == (key, GRID, "和平路 12 号")
    assert (there.lon, there.lat) == (middle().lon, middle().lat)
    assert placed_on(db, COMMUNITY, MONDAY - ONE_DAY) == []


def test_whereabouts_are_sealed(street: Street, db: Session) -> None:
    key = street.door()
    raw = db.connection().exec_driver_sql("select whereabouts from visit_place_location").scalar()
    assert raw
    assert "和平路" not in raw
    assert str(middle().lat) not in raw
    stored = location_on(db, key, WEDNESDAY)
    assert stored is not None
    assert stored.whereabouts["label"] == "和平路 12 号"


def test_an_id_stands_for_one_place(street: Street, db: Session) -> None:
    new = places.NewPlace(street.door(), "别处", middle(), GRID, [(RENTAL, MONDAY)])
    with pytest.raises(PlaceIdReused):
        places.add(db, new, None, NOON)


def test_a_place_without_targets_is_there_from_today(street: Street, db: Session) -> None:
    new = places.NewPlace(uuid7(NOON), "空房", middle(), GRID)
    places.add(db, new, None, NOON)
    (there,) = placed_on(db, COMMUNITY, WEDNESDAY)
    assert starts(there.valid) == WEDNESDAY
    assert held_places(db, [GRID], WEDNESDAY, UUID(int=0), 9) == []


def test_org_6_a_place_lies_in_the_grid_whose_boundary_holds_it(
    street: Street, db: Session
) -> None:
    key = street.door()
    street.redraw(GRID, 9, FRIDAY)
    street.redraw(NEXT_DOOR, 0, FRIDAY)
    assert [found.grid_code for found in placed_on(db, COMMUNITY, WEDNESDAY)] == [GRID]
    assert [found.grid_code for found in placed_on(db, COMMUNITY, FRIDAY)] == [NEXT_DOOR]
    assert stays(db, COMMUNITY, WEDNESDAY, FRIDAY + ONE_DAY) == [
        Stay(key, GRID, WEDNESDAY, FRIDAY - ONE_DAY),
        Stay(key, NEXT_DOOR, FRIDAY, FRIDAY + ONE_DAY),
    ]


def test_org_6_a_point_in_no_grid_stays_in_the_one_written_down(
    street: Street, db: Session
) -> None:
    key = street.door(point=north(middle(), 250))
    street.redraw(GRID, 9, FRIDAY)
    (whole,) = stays(db, COMMUNITY, MONDAY - ONE_DAY, FRIDAY)
    assert whole == Stay(key, GRID, MONDAY, FRIDAY)


def test_a_point_on_an_edge_lies_in_the_first_grid(street: Street, db: Session) -> None:
    edge = middle()
    street.door(point=type(edge)(104.547 + 0.0042, edge.lat))
    (there,) = placed_on(db, COMMUNITY, WEDNESDAY)
    assert there.grid_code == GRID


def test_vis_6_a_move_keeps_the_past(street: Street, db: Session) -> None:
    key = street.door()
    places.move(db, key, places.Move(middle(THIRD), THIRD, WEDNESDAY), None, NOON)
    assert [(each.grid_code, each.first, each.last) for each in stays(
        db, COMMUNITY, MONDAY, FRIDAY
    )] == [(GRID, MONDAY, MONDAY + ONE_DAY), (THIRD, WEDNESDAY, FRIDAY)]  # fmt: skip
    assert {(GRID, WEDNESDAY, None), (THIRD, WEDNESDAY, None)} <= street.marks()
    assert street.told(GRID, key)[-1] == ("out_of_scope", None)
    gone, body = street.told(THIRD, key)[-1]
    assert gone is None
    assert body is not None
    assert (body["grid_code"], body["first_day"]) == (THIRD, WEDNESDAY.isoformat())


def test_vis_6_a_move_to_come_is_told_to_both(street: Street, db: Session) -> None:
    key = street.door()
    places.move(db, key, places.Move(middle(THIRD), THIRD, FRIDAY), None, NOON)
    for grid in (GRID, THIRD):
        gone, body = street.told(grid, key)[-1]
        assert gone is None
        assert body is not None
        assert body["grid_code"] == GRID
        assert [step["grid_code"] for step in body["moves"]] == [THIRD]
        assert held_places(db, [grid], WEDNESDAY, UUID(int=0), 9) == [(key, body)]
    assert held_places(db, [NEXT_DOOR], WEDNESDAY, UUID(int=0), 9) == []
    assert held_places(db, [GRID], FRIDAY, UUID(int=0), 9) == []
    with pytest.raises(MoveFollows):
        places.move(db, key, places.Move(middle(), GRID, WEDNESDAY), None, NOON)


def test_vis_6_a_move_from_its_own_first_date_puts_it_right(street: Street, db: Session) -> None:
    key = street.door()
    near = north(middle(), 10)
    places.move(db, key, places.Move(near, GRID, MONDAY - ONE_DAY), None, NOON)
    (only,) = db.scalars(select(VisitPlaceLocation).where(VisitPlaceLocation.place_id == key))
    assert (starts(only.valid), only.whereabouts["lat"]) == (MONDAY - ONE_DAY, near.lat)


def test_a_move_to_another_community(street: Street, db: Session) -> None:
    key = street.door()
    places.move(db, key, places.Move(middle(ELSEWHERE), ELSEWHERE, WEDNESDAY), None, NOON)
    assert placed_on(db, COMMUNITY, WEDNESDAY) == []
    assert len(placed_on(db, ELSEWHERE[:12], WEDNESDAY)) == 1
    assert street.told(GRID, key)[-1] == ("out_of_scope", None)


def test_a_label_is_changed_on_all_dates(street: Street, db: Session) -> None:
    key = street.door()
    places.move(db, key, places.Move(middle(THIRD), THIRD, FRIDAY), None, NOON)
    places.relabel(db, key, "新名", None, NOON)
    assert {each.label for day in (MONDAY, FRIDAY) for each in placed_on(db, COMMUNITY, day)} == {
        "新名"
    }
    _, body = street.told(GRID, key)[-1]
    assert body is not None
    assert (body["label"], body["moves"][0]["label"]) == ("新名", "新名")


def test_vis_6_a_second_kind_and_its_end(street: Street, db: Session) -> None:
    key = street.door()
    add_target(db, key, CARE, WEDNESDAY, None, NOON)
    with pytest.raises(TargetStands):
        add_target(db, key, CARE, WEDNESDAY + 9 * ONE_DAY, None, NOON)
    care = target_of(db, key, CARE)
    end_target(db, care, FRIDAY, EndReason.MOVED_AWAY, None, NOON)
    assert (care.valid.upper, care.end_reason) == (FRIDAY + ONE_DAY, "moved_away")
    assert (GRID, FRIDAY + ONE_DAY, None) in street.marks()
    _, body = street.told(GRID, key)[-1]
    assert body is not None
    assert [(each["kind"], each["last_day"]) for each in body["targets"]] == [
        ("care", FRIDAY.isoformat()),
        ("rental", None),
    ]
    with pytest.raises(TargetEnded):
        end_target(db, care, FRIDAY, EndReason.OTHER, None, NOON)
    end_target(db, care, WEDNESDAY, EndReason.OTHER, None, NOON)
    assert care.valid.upper == WEDNESDAY + ONE_DAY
    assert add_target(db, key, CARE, FRIDAY, None, NOON).id != care.id


def test_vis_6_an_end_before_the_beginning(street: Street, db: Session) -> None:
    target = target_of(db, street.door())
    with pytest.raises(EndsBeforeItBegins):
        end_target(db, target, MONDAY - ONE_DAY, EndReason.OTHER, None, NOON)
    end_target(db, target, MONDAY, EndReason.OTHER, None, NOON)


def test_a_place_whose_targets_have_ended_leaves_the_handset(street: Street, db: Session) -> None:
    key = street.door()
    end_target(db, target_of(db, key), MONDAY, EndReason.CLOSED, None, NOON)
    assert street.told(GRID, key)[-1] == ("expired", None)
    assert held_places(db, [GRID], WEDNESDAY, UUID(int=0), 9) == []


def test_a_target_that_begins_before_its_place_takes_it_along(street: Street, db: Session) -> None:
    key = street.door()
    add_target(db, key, CARE, date(2026, 3, 2), None, NOON)
    assert [each.first for each in stays(db, COMMUNITY, date(2026, 2, 1), MONDAY)] == [
        date(2026, 3, 2)
    ]


def test_a_target_by_mistake_is_taken_out_unless_it_was_visited(
    street: Street, db: Session
) -> None:
    key = street.door()
    add_target(db, key, CARE, WEDNESDAY + ONE_DAY, None, NOON)
    street.visit(key)
    with pytest.raises(TargetVisited):
        remove_target(db, target_of(db, key), None, NOON)
    remove_target(db, target_of(db, key, CARE), None, NOON)
    assert db.scalars(select(VisitTarget.kind)).all() == [RENTAL]


def test_an_erased_place_leaves_no_word(street: Street, db: Session) -> None:
    key = street.door(RENTAL)
    add_target(db, key, CARE, WEDNESDAY, None, NOON)
    made = street.visit(key, note="李某不在", photos=["a" * 64])
    assert db.scalars(select(PhotoLink.sha256)).all() == ["a" * 64]
    places.erase_place(db, key, None, NOON)
    db.expire_all()
    assert db.get_one(VisitPlace, key).erased_at == NOON
    assert db.scalars(select(VisitPlaceLocation.whereabouts)).all() == [None]
    (target,) = db.scalars(select(VisitTarget))
    assert (target.kind, target.valid.upper) == (RENTAL, WEDNESDAY)
    kept = db.get_one(Visit, made.id)
    assert (kept.words, kept.lon, kept.lat, kept.photos) == (None, None, None, [])
    assert kept.verdict.value == "counts"
    assert db.scalars(select(PhotoLink.sha256)).all() == []
    bodies = db.scalars(select(Change.body).where(Change.kind == "visit_place")).all()
    assert set(bodies) == {None}
    assert street.told(GRID, key)[-1] == ("deleted", None)
    assert [each.grid_code for each in stays(db, COMMUNITY, MONDAY, WEDNESDAY)] == [GRID]
    assert placed_on(db, COMMUNITY, WEDNESDAY) == []


def test_part_8_what_was_written_at_a_door_is_erased_where_it_was_told_back(
    street: Street, db: Session
) -> None:
    """The change that the handset got, the answer kept for repeats, and what was set aside."""
    key = street.door()
    made = street.visit(key, place="李某家，三楼")
    db.add(
        Submission(
            id=made.id,
            account_id=street.captured().account_id,
            worker_id=made.worker_id,
            kind="visit",
            digest=b"",
            result={"status": "created", "code": None, "facts": commands.shown(made)},
            received_at=NOON,
        )
    )
    aside = {"received": {"body": {"place_id": str(key), "note": "李某"}}}
    other = {"received": {"body": {"place_id": str(uuid7(NOON))}}}
    db.add_all(
        Quarantine(
            account_id=street.captured().account_id,
            community_code=COMMUNITY,
            kind="visit",
            digest=str(number).encode(),
            content=content,
            code="x",
            message="x",
            received_at=NOON,
        )
        for number, content in enumerate([aside, other, {"received": "no form"}])
    )
    db.flush()
    places.erase_place(db, key, None, NOON)
    db.expire_all()
    assert db.get_one(Submission, made.id).result["facts"]["place"] is None
    told = db.scalars(select(Change.body).where(Change.subject_id == str(made.id))).all()
    assert [(body or {})["place"] for body in told] == [None]
    kept = [row.content for row in db.scalars(select(Quarantine).order_by(Quarantine.id))]
    assert kept == [other, {"received": "no form"}]


def test_part_8_what_handsets_are_told_and_answered_is_sealed(street: Street, db: Session) -> None:
    """A household's address and that it is of a special group stand in no plain column."""
    key = street.door(VisitKind.SPECIAL_GROUP)
    street.visit(key, place="李某家")
    db.flush()
    raw = db.connection().exec_driver_sql("select body::text from change").scalars().all()
    assert len(raw) == 2
    for body in raw:
        assert "和平路" not in body
        assert "李某" not in body
        assert "special_group" not in body
    ((_, told),) = street.told(GRID, key)
    assert told is not None
    assert told["targets"][0]["kind"] == "special_group"


def test_part_8_the_audit_does_not_say_of_which_kind_a_place_is(
    street: Street, db: Session
) -> None:
    key = street.door(VisitKind.SPECIAL_GROUP)
    add_target(db, key, CARE, WEDNESDAY, None, NOON)
    end_target(
        db, target_of(db, key, VisitKind.SPECIAL_GROUP), WEDNESDAY, EndReason.OTHER, None, NOON
    )
    street.visit(None, kind="special_group", place="李某家")
    db.flush()
    facts = db.connection().exec_driver_sql("select facts::text from outbox_event").scalars().all()
    assert len(facts) == 4
    assert not any("special_group" in said or "care" in said for said in facts)


def test_nothing_is_changed_about_an_erased_or_unknown_place(street: Street, db: Session) -> None:
    key = street.door()
    places.erase_place(db, key, None, NOON)
    with pytest.raises(PlaceErased):
        places.relabel(db, key, "新名", None, NOON)
    with pytest.raises(PlaceErased):
        add_target(db, key, CARE, WEDNESDAY, None, NOON)
    with pytest.raises(PlaceErased):
        places.erase_place(db, key, None, NOON)
    with pytest.raises(NotFound):
        places.move(db, uuid7(NOON), places.Move(middle(), GRID, MONDAY), None, NOON)


def test_places_come_in_pages(street: Street, db: Session) -> None:
    keys = sorted(street.door() for _ in range(5))
    first = held_places(db, [GRID], WEDNESDAY, UUID(int=0), 2)
    rest = held_places(db, [GRID], WEDNESDAY, first[-1][0], 9)
    assert [key for key, _ in [*first, *rest]] == keys
