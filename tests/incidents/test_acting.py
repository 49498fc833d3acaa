"""EVT-1, EVT-2, EVT-4: what each act does to an event, and what none of them may do."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.models import Assignment, Change, IncidentHop, OutboxEvent, PhotoLink, WebhookEvent
from app.incidents import doers
from app.incidents.act_schemas import ActIn, OfficeActIn
from app.incidents.acting import EFFECTS
from app.incidents.needs import NEEDS
from app.incidents.platform_words import PlatformWord, record_platform_word
from app.incidents.refusals import (
    ActFieldsWrong,
    ActIdReused,
    ActNotAllowed,
    CategoryUnknown,
    DuplicateUnfit,
    EscalatedTooFar,
    EventOfOthers,
    GridVacant,
    RegradeChangesNothing,
)
from app.incidents.situations import situations
from app.kit.errors import Forbidden, NotFound
from app.kit.ids import uuid7
from app.outbox.emit import mark_clocks
from app.people.capture import NotYet
from app.rules.cards import ClockReason
from app.rules.incidents import MOVES, Act, HopOutcome, Score, State
from app.rules.tasks import Platform
from app.rules.tiers import Tier
from tests.attendance.facts import Handset, acting
from tests.errands.facts import make_group
from tests.incidents.facts import ELSEWHERE, FAR, GRID, NEIGHBOUR, PHOTO, Street, at, said

GRID_, COMMUNITY, TOWNSHIP, CENTRE = Tier.GRID, Tier.COMMUNITY, Tier.TOWNSHIP, Tier.CENTRE
ONLY_GRID = frozenset({GRID_})
MAJOR: dict[str, Any] = {"severity": "major"}
OFFICE_OF = {COMMUNITY: "station_lead", TOWNSHIP: "township", CENTRE: "command_centre"}


def at_tier(street: Street, tier: Tier) -> UUID:
    """A general event that was escalated up to a tier."""
    key = street.reported(at("09:00"))
    if tier is not GRID_:
        street.worker(key, Act.ESCALATE, at("09:05"))
    if tier in (TOWNSHIP, CENTRE):
        street.office("station_lead", key, Act.ESCALATE, at("09:10"))
    if tier is CENTRE:
        street.office("township", key, Act.ESCALATE, at("09:15"))
    return key


def outcomes(street: Street, key: UUID) -> list[tuple[Tier, HopOutcome | None]]:
    return [(hop.tier, hop.outcome) for hop in street.hops(key)]


def test_every_act_that_is_in_the_table_needs_and_does_something() -> None:
    in_table = {act for _, act, _ in MOVES}
    assert set(EFFECTS) == in_table
    assert set(NEEDS) == in_table


def test_evt_1_from_the_grid_to_the_centre_tier_by_tier(street: Street) -> None:
    key = at_tier(street, CENTRE)
    assert outcomes(street, key) == [
        (GRID_, HopOutcome.ESCALATED),
        (COMMUNITY, HopOutcome.ESCALATED),
        (TOWNSHIP, HopOutcome.ESCALATED),
        (CENTRE, None),
    ]
    hops = street.hops(key)
    assert [hop.unit_code for hop in hops] == [GRID, GRID[:12], GRID[:9], GRID[:6]]
    assert [hop.came_from for hop in hops] == [None, GRID_, COMMUNITY, TOWNSHIP]
    for left, begun in pairwise(hops):
        assert (left.ended_at, left.next_card_at, left.ended_by) == (
            begun.arrived_at,
            None,
            begun.begun_by,
        )
    assert [act.number for act in street.acts(key)] == [1, 2, 3, 4]
    assert [act.to_tier for act in street.acts(key)] == [None, COMMUNITY, TOWNSHIP, CENTRE]
    assert len(street.clocks(key)) == 4


def test_evt_1_taken_up_and_closed_by_the_grid(street: Street) -> None:
    key = street.reported(at("09:00"))
    street.worker(key, Act.TAKE_UP, at("09:10"))
    assert street.case(key).state is State.HANDLING
    assert street.holds(key)[GRID_].taken_up_at == at("09:10")
    act = street.worker(key, Act.CLOSE, at("10:00"), photos=[PHOTO], lon=104.5, lat=30.4)
    assert (act.was, act.became, act.words) == (
        State.HANDLING,
        State.CLOSED,
        {"result": "已处置完毕"},
    )
    case = street.case(key)
    assert (case.state, case.closed_at, case.closed_by) == (State.CLOSED, at("10:00"), GRID_)
    assert (case.acts, case.changed_at) == (3, at("10:00"))
    assert outcomes(street, key) == [(GRID_, HopOutcome.CLOSED)]
    link = street.db.scalars(select(PhotoLink)).one()
    assert (link.subject_kind, link.subject_id) == ("incident_act", act.id)


def test_evt_1_handed_down_and_given_back(street: Street) -> None:
    key = at_tier(street, TOWNSHIP)
    street.office("township", key, Act.HAND_DOWN, at("09:30"))
    assert set(street.holds(key)) == {COMMUNITY}
    street.office("station_lead", key, Act.HAND_DOWN, at("09:40"))
    hop = street.holds(key)[GRID_]
    assert (hop.came_from, hop.worker_id) == (COMMUNITY, street.city.workers[GRID])
    street.worker(key, Act.RETURN, at("09:50"))
    assert outcomes(street, key)[-2:] == [(GRID_, HopOutcome.RETURNED), (COMMUNITY, None)]
    assert street.acts(key)[-1].to_tier is COMMUNITY


def test_evt_1_what_was_reported_to_a_tier_goes_back_to_nobody(street: Street) -> None:
    key = street.reported()
    with pytest.raises(ActNotAllowed):
        street.worker(key, Act.RETURN, at("09:10"))


def test_org_2_nothing_is_handed_down_to_a_vacant_grid(street: Street, db: Session) -> None:
    key = at_tier(street, COMMUNITY)
    grid = db.scalars(select(Assignment).where(Assignment.grid_code == GRID)).one()
    grid.valid = Range(date(2026, 1, 1), date(2026, 3, 18))
    db.flush()
    for act in (Act.HAND_DOWN, Act.RETURN):
        with pytest.raises(GridVacant):
            street.office("station_lead", key, act, at("09:30"))
    assert street.case(key).acts == 2


def test_evt_2_a_major_event_may_go_straight_to_the_centre(street: Street) -> None:
    key = street.reported(**MAJOR)
    street.office("station_lead", key, Act.ESCALATE, at("09:10"), to="centre")
    assert set(street.holds(key)) == {TOWNSHIP, CENTRE}
    street.office("township", key, Act.ESCALATE, at("09:20"))
    assert set(street.holds(key)) == {CENTRE}


@pytest.mark.parametrize(
    ("severity", "to"), [("general", "centre"), ("general", "community"), ("major", "office")]
)
def test_evt_2_a_general_event_goes_up_tier_by_tier(street: Street, severity: str, to: str) -> None:
    key = street.reported(severity=severity)
    if severity == "general":
        street.worker(key, Act.ESCALATE, at("09:05"))
    with pytest.raises(EscalatedTooFar):
        street.office("station_lead", key, Act.ESCALATE, at("09:10"), to=to)


def test_evt_2_escalating_to_a_tier_that_holds_it_keeps_its_clock(street: Street) -> None:
    key = street.reported(**MAJOR)
    before = street.holds(key)[TOWNSHIP].id
    street.office("township", key, Act.TAKE_UP, at("09:05"))
    street.office("station_lead", key, Act.ESCALATE, at("09:10"))
    holds = street.holds(key)
    assert (set(holds), holds[TOWNSHIP].id) == ({TOWNSHIP}, before)
    assert street.case(key).state is State.HANDLING
    assert len(street.clocks(key)) == 2


def test_evt_1_handling_ends_with_the_hold_of_whoever_handled_it(street: Street) -> None:
    key = street.reported()
    street.worker(key, Act.TAKE_UP, at("09:05"))
    street.worker(key, Act.ESCALATE, at("09:10"))
    assert street.case(key).state is State.HELD


def test_evt_1_help_is_asked_for_and_given_and_the_holder_stays(street: Street) -> None:
    key = street.reported()
    asked = street.worker(key, Act.ASK_HELP, at("09:05"))
    given = street.office("township", key, Act.GIVE_HELP, at("09:20"))
    assert (asked.to_tier, given.words) == (COMMUNITY, {"result": "已联系物业"})
    assert (street.case(key).state, set(street.holds(key))) == (State.HELD, {GRID_})


def test_evt_2_found_to_be_major_it_goes_to_community_and_township_at_once(
    street: Street,
) -> None:
    key = street.reported()
    street.worker(key, Act.TAKE_UP, at("09:05"))
    act = street.worker(key, Act.REGRADE, at("09:10"), category="emergency")
    case = street.case(key)
    assert (case.severity.value, case.category, case.state) == ("major", "emergency", State.HELD)
    assert act.facts == {
        "category": {"was": "public_safety", "became": "emergency"},
        "severity": {"was": "general", "became": "major"},
    }
    assert outcomes(street, key) == [
        (GRID_, HopOutcome.ESCALATED), (COMMUNITY, None), (TOWNSHIP, None),
    ]  # fmt: skip
    # The report keeps saying what was reported.
    assert street.incident(key).severity.value == "general"


def test_evt_2_the_grid_s_hold_ends_by_the_clock_it_had(street: Street, db: Session) -> None:
    key = street.reported(at("09:00"))
    due_at = street.holds(key)[GRID_].due_at
    mark_clocks(db, "510185", ClockReason.CALENDAR)
    street.worker(key, Act.REGRADE, at("11:00"))
    assert street.hops(key)[0].due_at == due_at


def test_evt_2_raised_by_the_community_its_own_clock_is_computed_anew(street: Street) -> None:
    key = at_tier(street, COMMUNITY)
    former = street.holds(key)[COMMUNITY].due_at
    street.office("station_lead", key, Act.REGRADE, at("09:30"))
    holds = street.holds(key)
    assert set(holds) == {COMMUNITY, TOWNSHIP}
    assert holds[COMMUNITY].due_at < former
    assert [clock.why for clock in street.clocks(key)][-2:] == [
        ClockReason.REGRADE, ClockReason.ARRIVAL,
    ]  # fmt: skip


def test_evt_2_lowered_its_holders_stay_and_have_more_time(street: Street) -> None:
    key = street.reported(**MAJOR)
    former = {tier: hop.due_at for tier, hop in street.holds(key).items()}
    street.office("station_lead", key, Act.REGRADE, at("09:10"), severity="general")
    holds = street.holds(key)
    assert set(holds) == {COMMUNITY, TOWNSHIP}
    assert all(holds[tier].due_at > former[tier] for tier in holds)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"severity": "general"}, RegradeChangesNothing),
        ({"severity": None, "category": "public_safety"}, RegradeChangesNothing),
        ({"severity": "general", "category": "public_safety"}, RegradeChangesNothing),
        ({"severity": None, "category": "never_heard_of"}, CategoryUnknown),
        ({"severity": None}, ActFieldsWrong),
    ],
)
def test_evt_1_a_regrade_that_changes_nothing_or_has_no_category(
    street: Street, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    key = street.reported()
    with pytest.raises(refusal):
        street.worker(key, Act.REGRADE, at("09:10"), **changes)
    street.worker(key, Act.REGRADE, at("09:11"), severity=None, category="dispute")
    assert street.case(key).category == "dispute"


def closed_by(street: Street, tier: Tier, **changes: Any) -> UUID:
    """An event that a tier closed at ten."""
    key = street.reported(at("09:00"), **changes)
    if tier is GRID_:
        street.worker(key, Act.CLOSE, at("10:00"))
        return key
    street.worker(key, Act.ESCALATE, at("09:05"))
    if tier is TOWNSHIP:
        street.office("station_lead", key, Act.ESCALATE, at("09:10"))
    street.office(OFFICE_OF[tier], key, Act.CLOSE, at("10:00"))
    return key


def test_evt_4_told_by_a_resident_it_is_talked_over_before_it_is_verified(
    street: Street,
) -> None:
    key = closed_by(street, COMMUNITY, reporter="resident")
    with pytest.raises(ActNotAllowed) as refused:
        street.worker(key, Act.VERIFY, at("10:30"))
    assert refused.value.facts == {"state": "closed", "held_by": [], "allowed": ["follow_up"]}
    street.worker(key, Act.FOLLOW_UP, at("11:00"))
    assert street.case(key).state is State.FOLLOWED_UP
    act = street.worker(key, Act.VERIFY, at("11:10"), score="mostly", reason="尚有异味")
    case = street.case(key)
    assert (case.state, case.score, case.verified_at) == (
        State.VERIFIED, Score.MOSTLY, at("11:10"),
    )  # fmt: skip
    assert (case.verified_day, case.verified_by) == (act.day, street.city.workers[GRID])
    assert act.facts == {"score": "mostly"}


def test_evt_4_found_by_the_worker_nobody_is_left_to_be_asked(street: Street) -> None:
    key = closed_by(street, GRID_)
    with pytest.raises(ActNotAllowed):
        street.office("station_lead", key, Act.FOLLOW_UP, at("10:30"))
    street.worker(key, Act.VERIFY, at("10:40"))
    assert street.case(key).state is State.VERIFIED


def test_evt_4_a_failed_verification_reopens_it_once_where_it_was_closed(
    street: Street,
) -> None:
    key = closed_by(street, TOWNSHIP)
    failed: dict[str, Any] = {"score": "not", "reason": "垃圾仍在"}
    act = street.worker(key, Act.VERIFY, at("11:00"), **failed)
    case = street.case(key)
    assert (act.became, act.to_tier, case.reopened) == (State.HELD, TOWNSHIP, True)
    assert (case.closed_at, case.closed_by, case.verified_at) == (None, None, None)
    hop = street.holds(key)[TOWNSHIP]
    assert (hop.arrived_at, len(street.clocks(key))) == (at("11:00"), 4)
    street.office("township", key, Act.CLOSE, at("12:00"))
    street.worker(key, Act.VERIFY, at("14:00"), **failed)
    case = street.case(key)
    assert (case.state, case.score, case.closed_by) == (State.VERIFIED, Score.NOT, TOWNSHIP)


def test_evt_4_reopened_for_a_grid_that_is_vacant_it_is_with_the_community(
    street: Street, db: Session
) -> None:
    key = closed_by(street, GRID_)
    grid = db.scalars(select(Assignment).where(Assignment.grid_code == GRID)).one()
    grid.valid = Range(date(2026, 1, 1), date(2026, 3, 18))
    db.flush()
    act = street.worker(key, Act.VERIFY, at("11:00"), score="not", reason="未解决")
    assert (act.to_tier, set(street.holds(key))) == (COMMUNITY, {COMMUNITY})


def test_evt_5_withdrawn_found_false(street: Street) -> None:
    withdrawn = street.reported(at("09:00"), **MAJOR)
    street.worker(withdrawn, Act.WITHDRAW, at("09:05"))
    assert outcomes(street, withdrawn) == [
        (COMMUNITY, HopOutcome.WITHDRAWN), (TOWNSHIP, HopOutcome.WITHDRAWN),
    ]  # fmt: skip
    false = at_tier(street, COMMUNITY)
    street.office("station_lead", false, Act.FIND_FALSE, at("09:30"))
    assert street.case(false).state is State.FALSE
    assert outcomes(street, false)[-1] == (COMMUNITY, HopOutcome.FALSE)


def test_evt_1_only_the_reporter_withdraws(street: Street, db: Session) -> None:
    make_group(db, street.city, GRID, NEIGHBOUR)
    key = street.reported()
    with pytest.raises(ActNotAllowed):
        street.worker(key, Act.WITHDRAW, at("09:05"), grid=NEIGHBOUR)


def test_evt_1_a_duplicate_is_linked_never_merged_and_can_be_unlinked(street: Street) -> None:
    first = street.reported(at("09:00"))
    again = street.reported(at("09:30"))
    act = street.worker(again, Act.LINK_DUPLICATE, at("09:40"), duplicate_of=str(first))
    case = street.case(again)
    assert (case.state, case.duplicate_of, case.linked_by) == (State.DUPLICATE, first, GRID_)
    assert act.facts == {"duplicate_of": str(first)}
    assert (street.case(first).state, street.case(first).acts) == (State.HELD, 1)
    with pytest.raises(DuplicateUnfit) as refused:
        street.worker(first, Act.LINK_DUPLICATE, at("09:45"), duplicate_of=str(again))
    assert refused.value.facts["why"] == "duplicate"
    street.office("township", again, Act.UNLINK, at("10:00"))
    case = street.case(again)
    assert (case.state, case.duplicate_of, case.linked_by) == (State.HELD, None, None)
    assert street.holds(again)[GRID_].arrived_at == at("10:00")


def test_evt_1_whom_an_event_can_not_be_linked_to(street: Street) -> None:
    key = street.reported(at("09:00"))
    others: dict[str, UUID] = {"itself": key, "unknown": uuid7(at("09:00"))}
    others["withdrawn"] = street.reported(at("09:10"))
    street.worker(others["withdrawn"], Act.WITHDRAW, at("09:11"))
    others["false"] = street.reported(at("09:12"), **MAJOR)
    street.office("station_lead", others["false"], Act.FIND_FALSE, at("09:13"))
    for why, other in others.items():
        with pytest.raises(DuplicateUnfit) as refused:
            street.worker(key, Act.LINK_DUPLICATE, at("09:20"), duplicate_of=str(other))
        assert refused.value.facts["why"] == why
    closed = street.reported(at("09:14"))
    street.worker(closed, Act.CLOSE, at("09:15"))
    street.worker(key, Act.LINK_DUPLICATE, at("09:30"), duplicate_of=str(closed))
    assert street.case(key).duplicate_of == closed


@pytest.mark.parametrize(
    ("act", "changes", "missing", "superfluous"),
    [
        (Act.CLOSE, {"result": None}, ["result"], []),
        (Act.ESCALATE, {"reason": None}, ["reason"], []),
        (Act.ESCALATE, {"score": "not"}, ["reason"], ["score"]),
        (Act.TAKE_UP, {"hours": 3, "granted": True}, [], ["granted", "hours"]),
        (Act.VERIFY, {"score": None}, ["score"], []),
        (Act.VERIFY, {"score": "not"}, ["reason"], []),
        (Act.FOLLOW_UP, {"result": None}, ["result"], []),
        (Act.WITHDRAW, {"reason": None}, ["reason"], []),
        (Act.LINK_DUPLICATE, {}, ["duplicate_of"], []),
        (Act.ASK_EXTENSION, {"hours": None}, ["hours"], []),
        (Act.REGRADE, {"severity": None}, ["category", "severity"], []),
        (Act.ASK_HELP, {"result": "x", "to": "centre"}, [], ["result", "to"]),
    ],
)
def test_evt_1_each_act_says_what_it_needs_and_no_more(
    street: Street, act: Act, changes: dict[str, Any], missing: list[str], superfluous: list[str]
) -> None:
    key = street.reported()
    if act is Act.ESCALATE and "score" in changes:
        changes = {**changes, "reason": None}
    with pytest.raises(ActFieldsWrong) as refused:
        street.worker(key, act, at("09:10"), **changes)
    assert refused.value.facts == {
        "act": act.value, "missing": missing, "superfluous": superfluous,
    }  # fmt: skip


@pytest.mark.parametrize("act", [Act.REPORT, Act.PLATFORM_WORD])
def test_evt_1_nobody_reports_twice_or_speaks_for_a_platform(street: Street, act: Act) -> None:
    key = street.reported()
    with pytest.raises(ActNotAllowed) as refused:
        street.worker(key, act, at("09:10"))
    assert refused.value.facts["held_by"] == ["grid"]
    assert "take_up" in str(refused.value.facts["allowed"])


def test_evt_1_a_tier_that_does_not_hold_it_does_not_close_it(street: Street) -> None:
    key = street.reported()
    with pytest.raises(ActNotAllowed) as refused:
        street.office("township", key, Act.CLOSE, at("09:10"))
    assert refused.value.facts == {
        "state": "held", "held_by": ["grid"], "allowed": ["give_help"],
    }  # fmt: skip
    assert street.case(key).acts == 1


def test_org_1_offices_act_within_their_unit(street: Street) -> None:
    key = street.reported(grid=ELSEWHERE, lon=0, lat=0, **MAJOR)
    with pytest.raises(Forbidden):
        street.office("station_lead", key, Act.TAKE_UP, at("09:10"))
    street.office("township", key, Act.TAKE_UP, at("09:10"))
    assert street.case(key).state is State.HANDLING
    far = street.reported(grid=FAR, lon=0, lat=0, **MAJOR)
    with pytest.raises(Forbidden):
        street.office("township", far, Act.TAKE_UP, at("09:10"))
    with pytest.raises(NotFound):
        street.office("township", uuid7(at("09:00")), Act.TAKE_UP, at("09:10"))


def test_org_2_workers_act_in_their_grid_as_reporters_and_in_their_group(
    street: Street, db: Session
) -> None:
    key = street.reported()
    with pytest.raises(EventOfOthers):
        street.worker(key, Act.TAKE_UP, at("09:10"), grid=NEIGHBOUR)
    make_group(db, street.city, GRID, NEIGHBOUR)
    act = street.worker(key, Act.TAKE_UP, at("09:10"), grid=NEIGHBOUR)
    assert (act.tier, act.worker_id) == (GRID_, street.city.workers[NEIGHBOUR])
    grid = db.scalars(select(Assignment).where(Assignment.grid_code == GRID)).one()
    grid.valid = Range(date(2026, 1, 1), date(2026, 3, 18))
    db.flush()
    street.worker(key, Act.CLOSE, at("09:20"))
    assert street.case(key).closed_by is GRID_


def test_an_act_on_an_event_that_has_not_arrived_waits_for_it(street: Street) -> None:
    key = uuid7(at("09:00"))
    with pytest.raises(NotYet) as waits:
        street.worker(key, Act.CLOSE, at("09:10"))
    assert waits.value.facts == {"waits_for": key}


def test_the_same_act_again_is_the_first(street: Street) -> None:
    key = at_tier(street, COMMUNITY)
    whole = {"id": str(uuid7(at("09:30"))), **said(Act.ESCALATE)}
    lead = acting(street.db, street.city, "station_lead")
    body = OfficeActIn.model_validate(whole)
    first = doers.act_for_office(street.db, lead, key, body, at("09:30"))
    again = doers.act_for_office(street.db, lead, key, body, at("09:45"))
    assert (again is first, street.case(key).acts) == (True, 3)
    other = OfficeActIn.model_validate({**whole, "reason": "另有说明"})
    with pytest.raises(ActIdReused):
        doers.act_for_office(street.db, lead, key, other, at("09:50"))
    township = acting(street.db, street.city, "township")
    with pytest.raises(ActIdReused):
        doers.act_for_office(street.db, township, key, body, at("09:50"))
    elsewhere = street.reported(at("09:01"))
    with pytest.raises(ActIdReused):
        doers.act_for_office(street.db, lead, elsewhere, body, at("09:50"))


def test_the_same_act_from_a_handset_again_is_the_first(street: Street) -> None:
    key = street.reported()
    capture = Handset(street.db, street.city).captured(at("09:10"))
    body = ActIn.model_validate({"incident_id": key, **said(Act.CLOSE)})
    first = doers.record_action(street.db, capture, body)
    assert doers.record_action(street.db, capture, body) is first
    assert street.case(key).acts == 2


def test_int_1_acts_are_told_without_their_words(street: Street, db: Session) -> None:
    key = street.reported()
    street.worker(key, Act.ESCALATE, at("09:10"), reason="住户李秀英反映")
    event = db.scalars(select(OutboxEvent).order_by(OutboxEvent.id.desc()).limit(1)).one()
    assert event.name == "incident.acted"
    hop = street.holds(key)[COMMUNITY]
    expected = {
        "act": "escalate", "number": 2, "state": "held", "tier": "grid", "to_tier": "community",
        "category": "public_safety", "severity": "general", "grid_code": GRID,
        "effective_at": at("09:10").isoformat(), "due_at": hop.due_at.isoformat(),
    }  # fmt: skip
    assert expected.items() <= event.facts.items()
    numbers = db.scalars(select(WebhookEvent.number).order_by(WebhookEvent.number)).all()
    assert numbers == [1, 2]
    stored = db.execute(text("select words from incident_act where number = 2")).scalar_one()
    assert "李秀英" not in f"{event.facts}{stored}"


def test_the_handsets_of_the_grid_hold_how_it_stands(street: Street, db: Session) -> None:
    key = street.reported()
    street.worker(key, Act.TAKE_UP, at("09:10"))
    change = db.scalars(select(Change).order_by(Change.id.desc()).limit(1)).one()
    assert (change.kind, change.subject_id) == ("incident", str(key))
    assert change.worker_id == street.city.workers[GRID]
    body = change.body or {}
    assert (body["state"], body["acts"], body["held_by"]) == ("handling", 2, ["grid"])
    assert body["due_at"] == street.holds(key)[GRID_].due_at.isoformat()
    assert {"close", "escalate", "withdraw"} <= set(body["allowed"])
    assert "take_up" not in body["allowed"]
    assert (body["escalate_to"], body["cards"]) == (["community"], [])


def test_int_1_a_platform_s_word_stands_beside_ours(street: Street, db: Session) -> None:
    key = street.reported()
    word = PlatformWord(Platform.CHENGDU, key, "closed", "已办结：李秀英", at("09:20"), "m-1")
    act = record_platform_word(db, word, at("09:21"))
    case = street.case(key)
    assert (case.state, case.acts, set(street.holds(key))) == (State.HELD, 2, {GRID_})
    assert (act.act, act.tier, act.number) == (Act.PLATFORM_WORD, CENTRE, 2)
    assert act.words == {"state": "closed", "result": "已办结：李秀英"}
    assert db.scalars(select(WebhookEvent.number)).all() == [1]
    stored = db.execute(text("select words, facts from incident_act where number = 2")).one()
    assert "李秀英" not in str(stored)
    unknown = PlatformWord(Platform.CHENGDU, act.id, "closed", None, at("09:20"), "m-2")
    with pytest.raises(NotFound):
        record_platform_word(db, unknown, at("09:21"))


def test_evt_3_an_extension_is_asked_for_below_and_decided_above(street: Street) -> None:
    key = street.reported()
    due_at = street.holds(key)[GRID_].due_at
    street.worker(key, Act.ASK_EXTENSION, at("09:10"))
    [stand] = situations(street.db, [street.case(key)]).values()
    assert (stand.extension_asked_by, stand.extension_open_of) == (ONLY_GRID, ONLY_GRID)
    street.office("station_lead", key, Act.DECIDE_EXTENSION, at("09:20"))
    assert street.holds(key)[GRID_].due_at > due_at
    [stand] = situations(street.db, [street.case(key)]).values()
    assert (stand.extension_asked_by, stand.extension_open_of) == (ONLY_GRID, frozenset())
    with pytest.raises(ActNotAllowed):
        street.worker(key, Act.ASK_EXTENSION, at("09:30"))


def test_evt_3_the_office_decides_what_the_centre_asked_for(street: Street) -> None:
    key = at_tier(street, CENTRE)
    street.office("command_centre", key, Act.ASK_EXTENSION, at("09:30"))
    act = street.office("leading_group_office", key, Act.DECIDE_EXTENSION, at("09:40"))
    assert (act.tier, act.unit_code) == (Tier.OFFICE, GRID[:6])


def test_an_event_has_at_most_one_open_hold_a_tier(street: Street, db: Session) -> None:
    """The database's own wall."""
    key = street.reported()
    [hop] = street.hops(key)
    values = {column.name: getattr(hop, column.name) for column in IncidentHop.__table__.c}
    second = IncidentHop(**{**values, "id": uuid7(at("09:30") + timedelta(seconds=1))})
    db.add(second)
    with pytest.raises(IntegrityError, match="uq_incident_hop_open"):
        db.flush()
