"""EVT-1, EVT-2: an event is reported, and somebody holds it from then on, with a clock."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import (
    Assignment,
    Change,
    Incident,
    IncidentCase,
    IncidentCategoryRow,
    IncidentHop,
    OutboxEvent,
    PhotoLink,
    WebhookEvent,
)
from app.incidents.commands import adopt_events, record_incident
from app.incidents.refusals import CategoryUnknown
from app.incidents.schemas import IncidentIn
from app.people.field_grid import NoGrid
from app.rules.field_records import IncidentCategory, Severity
from app.rules.incidents import Act, Reporter, State
from app.rules.tiers import Tier
from tests.attendance.facts import Handset
from tests.incidents.facts import ELSEWHERE, GRID, PHOTO, WEDNESDAY, Street, at, report

MAJOR: dict[str, Any] = {"severity": "major", "category": "emergency"}
HOUR = timedelta(hours=1)


def test_evt_1_the_grid_holds_a_general_event_from_when_it_was_found(street: Street) -> None:
    key = street.reported(at("09:00"), after=2 * HOUR)
    case = street.case(key)
    assert (case.state, case.acts, case.category) == (State.HELD, 1, "public_safety")
    assert (case.reported_at, case.changed_at) == (at("09:00"), at("11:00"))
    assert (case.worker_id, case.day) == (street.city.workers[GRID], WEDNESDAY)
    [hop] = street.hops(key)
    assert (hop.tier, hop.unit_code, hop.arrived_at) == (Tier.GRID, GRID, at("09:00"))
    assert (hop.worker_id, hop.came_from) == (street.city.workers[GRID], None)
    assert hop.due_at > hop.arrived_at
    [clock] = street.clocks(key)
    assert (clock.due_at, clock.yellow_at, clock.red_at) == (hop.due_at, hop.yellow_at, hop.red_at)


def test_evt_1_the_report_is_the_first_act(street: Street) -> None:
    key = street.reported()
    [act] = street.acts(key)
    assert (act.number, act.act, act.tier, act.was) == (1, Act.REPORT, Tier.GRID, None)
    assert (act.unit_code, act.worker_id) == (GRID, street.city.workers[GRID])
    assert act.effective_at == at("09:00")


@pytest.mark.parametrize(
    ("proven", "late", "expected"),
    [
        (True, timedelta(hours=30), "09:00"),
        (False, timedelta(seconds=300), "09:00"),
        (False, timedelta(seconds=301), "09:05:01"),
    ],
)
def test_att_4_found_when_it_is_proven_or_arrived_soon_else_at_receipt(
    street: Street, proven: bool, late: timedelta, expected: str
) -> None:
    key = street.reported(at("09:00"), after=late, proven=proven)
    assert street.holds(key)[Tier.GRID].arrived_at == at(expected)


@pytest.mark.parametrize(
    ("straight", "expected"),
    [
        (False, {Tier.COMMUNITY: GRID[:12], Tier.TOWNSHIP: GRID[:9]}),
        (True, {Tier.COMMUNITY: GRID[:12], Tier.TOWNSHIP: GRID[:9], Tier.CENTRE: GRID[:6]}),
    ],
)
def test_evt_2_a_major_event_is_with_community_and_township_at_once(
    street: Street, straight: bool, expected: dict[Tier, str]
) -> None:
    key = street.reported(at("09:00"), after=HOUR, straight_to_centre=straight, **MAJOR)
    holds = street.holds(key)
    assert {tier: hop.unit_code for tier, hop in holds.items()} == expected
    # Nobody up there could know of it before it was received.
    assert {hop.arrived_at for hop in holds.values()} == {at("10:00")}
    assert len({hop.due_at for hop in holds.values()}) == len(expected)
    assert len(street.clocks(key)) == len(expected)
    assert all(hop.worker_id is None for hop in holds.values())


def test_evt_1_who_told_of_it_and_what_is_sealed(street: Street, db: Session) -> None:
    contact = {"name": "李秀英", "phone": "13800000001"}
    key = street.reported(reporter="resident", contact=contact, photos=[PHOTO])
    incident = street.incident(key)
    assert (incident.reporter, incident.contact) == (Reporter.RESIDENT, contact)
    link = db.scalars(select(PhotoLink)).one()
    assert (link.subject_kind, link.subject_id, link.sha256) == ("incident", key, PHOTO)
    stored = db.execute(text("select incident::text, description from incident")).one()
    assert "李秀英" not in stored[0]
    assert "13800000001" not in stored[0]
    assert "杂物" not in stored[0]


def test_evt_1_the_report_is_told_without_its_words(street: Street, db: Session) -> None:
    key = street.reported(reporter="resident", contact={"name": "李秀英"}, **MAJOR)
    event = db.scalars(select(OutboxEvent).where(OutboxEvent.name == "incident.acted")).one()
    assert (event.unit_code, event.subject_id) == (GRID, str(key))
    assert event.facts["act"] == "report"
    assert event.facts["due_at"] == street.holds(key)[Tier.COMMUNITY].due_at.isoformat()
    told = db.scalars(select(WebhookEvent)).one()
    assert (told.type, told.number) == ("incident.acted", 1)
    assert "李秀英" not in f"{event.facts}{told.data}"
    change = db.scalars(select(Change)).one()
    assert (change.kind, change.worker_id) == ("incident", street.city.workers[GRID])
    assert change.body is not None
    assert (change.body["state"], change.body["held_by"]) == ("held", ["community", "township"])
    assert change.body["allowed"] == ["withdraw"]


@pytest.mark.parametrize("code", ["never_heard_of", "public_safety.fire", "public_safety.gone"])
def test_evt_1_a_category_must_be_there_on_the_day(street: Street, db: Session, code: str) -> None:
    gone = Range(date(2026, 1, 1), WEDNESDAY)
    names = {"zh": "燃气", "en": "Gas", "radius_m": 50, "within_h": 24}
    db.add(IncidentCategoryRow(code="public_safety.gone", parent_code="public_safety",
                               valid=gone, **names))  # fmt: skip
    db.flush()
    with pytest.raises(CategoryUnknown):
        street.reported(category=code)


def test_evt_1_a_second_level_ends_with_its_first(street: Street, db: Session) -> None:
    names = {"zh": "消防", "en": "Fire", "radius_m": 50, "within_h": 24}
    fire = IncidentCategoryRow(
        code="public_safety.fire",
        parent_code="public_safety",
        valid=Range(date(2026, 1, 1), None),
        **names,
    )
    db.add(fire)
    db.flush()
    assert street.case(street.reported(category=fire.code)).category == fire.code
    above = db.get_one(IncidentCategoryRow, "public_safety")
    above.valid = Range(date(2017, 9, 1), WEDNESDAY)
    db.flush()
    with pytest.raises(CategoryUnknown):
        street.reported(category=fire.code)


def test_evt_1_every_category_of_the_first_level_is_there(street: Street) -> None:
    for minute, category in enumerate(IncidentCategory):
        key = street.reported(at(f"09:{minute:02}"), category=category.value)
        assert street.case(key).category == category.value


def test_org_2_without_a_grid_nothing_is_reported(street: Street, db: Session) -> None:
    grid = db.scalars(select(Assignment).where(Assignment.grid_code == GRID)).one()
    grid.valid = Range(date(2026, 1, 1), WEDNESDAY)
    with pytest.raises(NoGrid):
        street.reported()


def test_evt_1_a_report_that_arrives_after_the_grid_was_lost_goes_to_who_has_it_now(
    street: Street, db: Session
) -> None:
    """The cards of a hold are the worker's who can do something about it."""
    grid = db.scalars(select(Assignment).where(Assignment.grid_code == GRID)).one()
    grid.valid = Range(date(2026, 1, 1), date(2026, 3, 19))
    key = street.reported(at("09:00"), after=timedelta(hours=24))
    assert set(street.holds(key)) == {Tier.COMMUNITY}
    other = street.city.workers[ELSEWHERE]
    taken_over = Range(date(2026, 3, 19), None)
    db.add(Assignment(id=key, worker_id=other, level=1, grid_code=GRID, first_responsible=True,
                      valid=taken_over))  # fmt: skip
    db.flush()
    again = street.reported(at("09:01"), after=timedelta(hours=24))
    assert street.holds(again)[Tier.GRID].worker_id == other
    # No card of the day before falls on a successor who could not know of it.
    assert street.holds(again)[Tier.GRID].arrived_at == at("09:01") + timedelta(hours=24)


@pytest.mark.parametrize(
    "changes",
    [
        {"contact": {"name": "李秀英"}},
        {"straight_to_centre": True},
        {"category": "Public Safety"},
        {"category": "a.b.c"},
        {"category": 5},
        {"reporter": "resident", "contact": {"name": "李\x00"}},
        {"reporter": "resident", "contact": {"phone": "13800000001"}},
        {"reporter": "resident", "contact": {"name": "李", "phone": "绝密"}},
        {"photos": ["x"]},
        {"reporter": "nobody"},
    ],
)
def test_what_has_not_the_form_of_a_report(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        IncidentIn.model_validate(report(**changes))


def test_a_report_of_the_earlier_release_is_known_again_when_it_is_sent_again() -> None:
    """Its content is what its digest is made of."""
    as_before = {"severity": "general", **report()}
    assert IncidentIn.model_validate(as_before).model_dump(mode="json") == as_before
    more = {**as_before, "reporter": "resident", "contact": {"name": "李秀英", "phone": None}}
    assert IncidentIn.model_validate(more).model_dump(mode="json") == more


def test_evt_1_a_report_is_never_edited_or_deleted(street: Street, db: Session) -> None:
    key = street.reported()
    with pytest.raises(DBAPIError, match="append-only"), db.begin_nested():
        db.execute(text("update incident set severity = 'major'"))
    with pytest.raises(DBAPIError, match="append-only"), db.begin_nested():
        db.execute(text("update incident_act set number = 2"))
    with pytest.raises(DBAPIError, match="append-only"), db.begin_nested():
        db.execute(text("delete from incident_act"))
    street.incident(key).description = None
    db.flush()


def by_the_earlier_release(street: Street, severity: Severity, clock_time: str) -> Incident:
    """An event without a case."""
    capture = Handset(street.db, street.city).captured(at(clock_time))
    incident = Incident(
        **capture.columns(),
        grid_code=GRID,
        category="dispute",
        severity=severity,
        lon=104.549,
        lat=30.412,
        description="邻里纠纷",
        reporter=Reporter.WORKER,
        straight_to_centre=False,
        photos=[],
    )
    street.db.add(incident)
    street.db.flush()
    return incident


def test_evt_3_events_of_the_earlier_release_are_held_from_now_on(
    street: Street, db: Session, sessions: Sessions
) -> None:
    general = by_the_earlier_release(street, Severity.GENERAL, "09:00")
    major = by_the_earlier_release(street, Severity.MAJOR, "09:30")
    now = at("10:00", date(2026, 3, 25))
    db.commit()
    assert adopt_events(sessions, now) == 2
    assert adopt_events(sessions, now) == 0
    assert set(street.holds(general.id)) == {Tier.GRID}
    assert set(street.holds(major.id)) == {Tier.COMMUNITY, Tier.TOWNSHIP}
    hops = db.scalars(select(IncidentHop)).all()
    assert {hop.arrived_at for hop in hops} == {now}
    assert [act.number for act in street.acts(general.id)] == [1]
    assert street.case(general.id).reported_at == at("09:00")


def test_evt_1_whoever_acts_first_opens_an_event_of_the_earlier_release(
    street: Street, db: Session
) -> None:
    old = by_the_earlier_release(street, Severity.GENERAL, "09:00")
    act = street.worker(old.id, Act.CLOSE, at("10:00"))
    assert (act.number, street.case(old.id).state) == (2, State.CLOSED)
    assert db.scalars(select(IncidentCase)).one().closed_by is Tier.GRID


def test_evt_1_the_same_report_through_the_command_belongs_to_the_grid_where_it_was_found(
    street: Street,
) -> None:
    capture = Handset(street.db, street.city).captured(at("09:00"))
    body = IncidentIn.model_validate(report(lon=0, lat=0))
    assert record_incident(street.db, capture, body).grid_code == GRID
