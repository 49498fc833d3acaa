"""MTG-1, TRN-1: meetings recorded with their lists, corrected, taken back."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.models import Change, Meeting, OutboxEvent, PhotoLink, Posting
from app.kit.errors import Forbidden, NotFound, Refusal
from app.meetings.lists import meeting_of
from app.meetings.recording import correct_attendance, record_meeting, withdraw_meeting
from app.meetings.refusals import (
    CorrectionOver,
    HeldAlready,
    HeldTooLongAgo,
    MeetingIdReused,
    MeetingWithdrawn,
    NotHeldYet,
    NotItsKind,
    NotPostedThere,
)
from app.meetings.schemas import AttendanceIn, MeetingIn, MeetingOut
from app.people.principal import Principal
from app.rules.duty import Employment, Half
from app.rules.meetings import MeetingKind
from app.rules.procedures import RequestState
from tests.attendance.facts import WEDNESDAY, acting, at
from tests.attendance.test_at_once import at_once
from tests.city import City
from tests.meetings.facts import (
    COMMUNITY,
    ELSEWHERE,
    FAR,
    FIRST,
    NOW,
    SECOND,
    THIRD,
    listed,
    meeting,
    on_leave,
)

AM, PM = Half.MORNING, Half.AFTERNOON
KINDS = MeetingKind


def seen(db: Session, asker: Principal, found: Meeting) -> dict[UUID, tuple[str, UUID | None]]:
    """How each worker counts."""
    out = meeting_of(db, asker, found.id)
    return {line.worker_id: (line.presence.value, line.leave_id) for line in out.attendance}


def presences(db: Session, city: City, asker: Principal, found: Meeting) -> dict[str, str]:
    """The same by grid, without the leave."""
    by_worker = {worker: grid for grid, worker in city.workers.items()}
    return {by_worker[key]: said for key, (said, _) in seen(db, asker, found).items()}


def test_mtg_1_posted_and_not_listed_is_absent(db: Session, city: City, lead: Principal) -> None:
    found = record_meeting(db, lead, meeting(city, {FIRST: "present", SECOND: "excused"}), NOW)
    assert presences(db, city, lead, found) == {
        FIRST: "present",
        SECOND: "excused",
        THIRD: "absent",
    }
    assert found.unit_code == COMMUNITY


@pytest.mark.parametrize(
    ("halves", "clock", "expected"),
    [
        ((AM, AM), "08:40", "excused"),
        ((PM, PM), "08:40", "absent"),
        ((PM, PM), "14:30", "excused"),
        ((AM, PM), "14:30", "excused"),
        ((AM, AM), "12:00", "absent"),
    ],
)
def test_att_5_approved_leave_of_the_half_excuses(
    db: Session, city: City, lead: Principal, halves: tuple[Half, Half], clock: str, expected: str
) -> None:
    leave = on_leave(db, city, FIRST, halves)
    found = record_meeting(db, lead, meeting(city, {}, clock=clock), NOW)
    worker = city.workers[FIRST]
    assert seen(db, lead, found)[worker] == (expected, leave if expected == "excused" else None)


def test_att_5_leave_approved_afterwards_excuses_too(
    db: Session, city: City, lead: Principal
) -> None:
    found = record_meeting(db, lead, meeting(city, {FIRST: "absent"}), NOW)
    on_leave(db, city, SECOND, state=RequestState.WAITING)
    assert set(presences(db, city, lead, found).values()) == {"absent"}
    on_leave(db, city, FIRST)
    assert presences(db, city, lead, found)[FIRST] == "excused"


def test_org_4_a_rural_part_time_worker_is_never_absent_by_silence(
    db: Session, city: City, lead: Principal
) -> None:
    mine = Posting.worker_id == city.workers[THIRD]
    db.execute(update(Posting).where(mine).values(employment=Employment.RURAL_PART_TIME))
    quiet = record_meeting(db, lead, meeting(city, {}), NOW)
    assert set(presences(db, city, lead, quiet)) == {FIRST, SECOND}
    named = meeting(city, {THIRD: "present"}, KINDS.WEEKLY)
    assert presences(db, city, lead, record_meeting(db, lead, named, NOW))[THIRD] == "present"


def test_trn_1_training_of_the_city_takes_turns(
    db: Session, city: City, centre: Principal, lead: Principal
) -> None:
    body = meeting(city, {FIRST: "present", FAR: "absent"}, KINDS.CITY_TRAINING)
    found = record_meeting(db, centre, body, NOW)
    assert presences(db, city, centre, found) == {FIRST: "present", FAR: "absent"}
    assert presences(db, city, lead, found) == {FIRST: "present"}


def test_trn_1_training_of_the_township_calls_everybody(
    db: Session, city: City, township: Principal
) -> None:
    body = meeting(city, {ELSEWHERE: "present"}, KINDS.TOWNSHIP_TRAINING)
    found = presences(db, city, township, record_meeting(db, township, body, NOW))
    assert (len(found), found[ELSEWHERE], found[FIRST]) == (5, "present", "absent")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("who", "kinds"),
    [
        ("station_lead", {KINDS.MORNING, KINDS.WEEKLY, KINDS.COMMUNITY_TRAINING}),
        ("township", {KINDS.TOWNSHIP_TRAINING}),
        ("command_centre", {KINDS.CITY_TRAINING}),
    ],
)
def test_mtg_1_trn_1_each_tier_holds_its_own(
    db: Session, city: City, who: str, kinds: set[MeetingKind], kind: MeetingKind
) -> None:
    host, body = acting(db, city, who), meeting(city, {}, kind)
    if kind in kinds:
        assert record_meeting(db, host, body, NOW).kind is kind
        return
    with pytest.raises(NotItsKind) as refused:
        record_meeting(db, host, body, NOW)
    assert refused.value.facts["held_by"] != refused.value.facts["tier"]


def test_the_same_again_is_the_first(db: Session, city: City, lead: Principal) -> None:
    body = meeting(city, {FIRST: "present"}, key=uuid4())
    first, again = record_meeting(db, lead, body, NOW), record_meeting(db, lead, body, NOW)
    assert first is again
    assert db.scalar(select(func.count()).select_from(Meeting)) == 1
    other = body.model_copy(update={"subject": "别的"})
    with pytest.raises(MeetingIdReused):
        record_meeting(db, lead, other, NOW)
    with pytest.raises(MeetingIdReused):
        record_meeting(db, lead, body.model_copy(update={"attendance": []}), NOW)
    correction = AttendanceIn(attendance=listed(city, {SECOND: "present"}), reason="记错")
    correct_attendance(db, lead, first.id, correction, NOW + timedelta(minutes=1))
    assert record_meeting(db, lead, body, NOW) is first


def test_mtg_1_one_of_a_kind_on_a_date(db: Session, city: City, lead: Principal) -> None:
    first = record_meeting(db, lead, meeting(city, {}), NOW)
    with pytest.raises(HeldAlready) as refused:
        record_meeting(db, lead, meeting(city, {}, clock="09:10"), NOW)
    assert refused.value.facts == {"id": first.id}
    record_meeting(db, lead, meeting(city, {}, KINDS.WEEKLY), NOW)
    training = meeting(city, {}, KINDS.COMMUNITY_TRAINING)
    assert record_meeting(db, lead, training, NOW) is not record_meeting(db, lead, training, NOW)
    withdraw_meeting(db, lead, first.id, "误登记", NOW)
    record_meeting(db, lead, meeting(city, {}), NOW)


def test_the_second_wall_is_the_database(db: Session, city: City, lead: Principal) -> None:
    first = record_meeting(db, lead, meeting(city, {}), NOW)
    values = {column.name: getattr(first, column.name) for column in Meeting.__table__.c}
    db.add(Meeting(**values | {"id": uuid4()}))
    with pytest.raises(IntegrityError, match="uq_meeting_unit_code_kind_held_on"):
        db.flush()


@pytest.mark.parametrize(("back", "refused"), [(31, False), (32, True)])
def test_mtg_1_recorded_within_31_days(
    db: Session, city: City, lead: Principal, back: int, refused: bool
) -> None:
    body = meeting(city, {}, day=WEDNESDAY - timedelta(days=back))
    if refused:
        with pytest.raises(HeldTooLongAgo):
            record_meeting(db, lead, body, NOW)
    else:
        assert record_meeting(db, lead, body, NOW).held_on == body.held_on


@pytest.mark.parametrize(("clock", "refused"), [("18:00", False), ("18:01", True)])
def test_mtg_1_nothing_that_has_not_begun(
    db: Session, city: City, lead: Principal, clock: str, refused: bool
) -> None:
    body = meeting(city, {}, clock=clock)
    if refused:
        with pytest.raises(NotHeldYet):
            record_meeting(db, lead, body, NOW)
    else:
        assert record_meeting(db, lead, body, NOW).starts_at == body.starts_at


@pytest.mark.parametrize("stranger", [ELSEWHERE, FAR])
def test_only_who_was_posted_there_is_listed(
    db: Session, city: City, lead: Principal, stranger: str
) -> None:
    with pytest.raises(NotPostedThere) as refused:
        record_meeting(db, lead, meeting(city, {FIRST: "present", stranger: "present"}), NOW)
    assert refused.value.facts["workers"] == [str(city.workers[stranger])]


def test_posted_means_on_the_date(db: Session, city: City, lead: Principal) -> None:
    mine = Posting.worker_id == city.workers[FIRST]
    db.execute(update(Posting).where(mine).values(valid=Range(date(2026, 1, 1), WEDNESDAY)))
    with pytest.raises(NotPostedThere):
        record_meeting(db, lead, meeting(city, {FIRST: "present"}), NOW)
    day_before = meeting(city, {FIRST: "present"}, day=WEDNESDAY - timedelta(days=1))
    found = record_meeting(db, lead, day_before, NOW)
    assert presences(db, city, lead, found)[FIRST] == "present"


def test_handsets_are_told_and_the_trace_names_nobody(
    db: Session, city: City, lead: Principal
) -> None:
    photo = "a" * 64
    body = meeting(city, {FIRST: "present"}).model_copy(update={"photos": [photo]})
    found = record_meeting(db, lead, body, NOW)
    told = {change.worker_id: change for change in db.scalars(select(Change))}
    assert set(told) == {city.workers[grid] for grid in (FIRST, SECOND, THIRD)}
    bodies = {worker: change.body or {} for worker, change in told.items()}
    assert bodies[city.workers[FIRST]]["presence"] == "present"
    assert bodies[city.workers[SECOND]]["presence"] == "absent"
    [event] = db.scalars(select(OutboxEvent))
    assert (event.name, event.account_id, event.unit_code) == (
        "meeting.recorded",
        lead.account_id,
        COMMUNITY,
    )
    assert event.facts == {
        "kind": "morning",
        "held_on": "2026-03-18",
        "present": 1,
        "absent": 2,
        "excused": 0,
    }
    assert [link.sha256 for link in db.scalars(select(PhotoLink))] == [photo]
    assert meeting_of(db, lead, found.id).missing_photos == [photo]


def test_a_correction_keeps_what_was_in_the_trace(db: Session, city: City, lead: Principal) -> None:
    found = record_meeting(db, lead, meeting(city, {FIRST: "present"}), NOW)
    lines = listed(city, {FIRST: "present", SECOND: "present"})
    correct_attendance(db, lead, found.id, AttendanceIn(attendance=lines, reason="漏记"), NOW)
    assert presences(db, city, lead, found) == {
        FIRST: "present",
        SECOND: "present",
        THIRD: "absent",
    }
    event = db.scalars(select(OutboxEvent).order_by(OutboxEvent.id.desc()).limit(1)).one()
    assert event.name == "meeting.attendance_corrected"
    assert event.facts["reason"] == "漏记"
    assert event.facts["changes"] == [
        {
            "worker": str(city.workers[SECOND]),
            "was": {"presence": "absent", "reason": None},
            "becomes": {"presence": "present", "reason": None},
        }
    ]


def test_a_correction_that_changes_nothing_leaves_no_trace(
    db: Session, city: City, lead: Principal
) -> None:
    found = record_meeting(db, lead, meeting(city, {FIRST: "present"}), NOW)
    same = AttendanceIn(attendance=listed(city, {FIRST: "present"}), reason="再看")
    correct_attendance(db, lead, found.id, same, NOW)
    assert db.scalar(select(func.count()).select_from(OutboxEvent)) == 1


def test_trn_1_who_is_taken_off_the_city_s_list_is_told(
    db: Session, city: City, centre: Principal
) -> None:
    body = meeting(city, {FIRST: "present", FAR: "present"}, KINDS.CITY_TRAINING)
    found = record_meeting(db, centre, body, NOW)
    only = AttendanceIn(attendance=listed(city, {FIRST: "present"}), reason="另一批")
    correct_attendance(db, centre, found.id, only, NOW)
    assert presences(db, city, centre, found) == {FIRST: "present"}
    gone = db.scalars(select(Change).where(Change.gone.is_not(None))).all()
    assert [change.worker_id for change in gone] == [city.workers[FAR]]


@pytest.mark.parametrize(("after", "refused"), [(5, False), (6, True)])
def test_mtg_1_corrected_and_withdrawn_within_5_days(
    db: Session, city: City, lead: Principal, after: int, refused: bool
) -> None:
    found = record_meeting(db, lead, meeting(city, {}), NOW)
    later = NOW + timedelta(days=after)
    body = AttendanceIn(attendance=listed(city, {FIRST: "present"}), reason="漏记")
    if refused:
        with pytest.raises(CorrectionOver):
            correct_attendance(db, lead, found.id, body, later)
        with pytest.raises(CorrectionOver):
            withdraw_meeting(db, lead, found.id, "误登记", later)
    else:
        correct_attendance(db, lead, found.id, body, later)
        assert withdraw_meeting(db, lead, found.id, "误登记", later).withdrawn_at == later


def test_what_was_withdrawn_stays_to_be_seen_and_is_not_touched_again(
    db: Session, city: City, lead: Principal
) -> None:
    found = record_meeting(db, lead, meeting(city, {}), NOW)
    withdraw_meeting(db, lead, found.id, "误登记", NOW)
    shown = meeting_of(db, lead, found.id)
    assert (shown.withdrawn_at, shown.withdraw_reason) == (NOW, "误登记")
    assert {change.gone for change in db.scalars(select(Change))} == {None, "deleted"}
    for act in (
        partial(withdraw_meeting, reason="再次"),
        partial(correct_attendance, body=AttendanceIn(attendance=[], reason="再次")),
    ):
        with pytest.raises(MeetingWithdrawn):
            act(db, lead, found.id, now=NOW)


def test_a_list_is_its_host_s(
    db: Session, city: City, lead: Principal, township: Principal, centre: Principal
) -> None:
    mine = record_meeting(db, lead, meeting(city, {}), NOW)
    theirs = record_meeting(db, township, meeting(city, {}, KINDS.TOWNSHIP_TRAINING), NOW)
    body = AttendanceIn(attendance=[], reason="改")
    for asker, key in ((township, mine.id), (centre, mine.id), (lead, theirs.id)):
        with pytest.raises(Forbidden):
            correct_attendance(db, asker, key, body, NOW)
        with pytest.raises(Forbidden):
            withdraw_meeting(db, asker, key, "改", NOW)
    with pytest.raises(NotFound):
        withdraw_meeting(db, lead, uuid4(), "改", NOW)


def test_the_station_sees_of_the_township_s_training_its_own(
    db: Session, city: City, lead: Principal, township: Principal
) -> None:
    found = record_meeting(db, township, meeting(city, {}, KINDS.TOWNSHIP_TRAINING), NOW)
    shown = meeting_of(db, lead, found.id)
    assert {line.community_code for line in shown.attendance} == {COMMUNITY}
    assert (shown.absent, meeting_of(db, township, found.id).absent) == (3, 5)


def outcomes(api: FastAPI, lead: Principal, bodies: Sequence[MeetingIn]) -> list[UUID | Refusal]:
    """What becomes of some meetings recorded at once."""

    def record(body: MeetingIn, session: Session) -> UUID:
        return record_meeting(session, lead, body, NOW).id

    return at_once(api.state.sessions, [partial(record, body) for body in bodies])


def test_of_two_morning_meetings_at_once_one_is_recorded(
    api: FastAPI, city: City, lead: Principal
) -> None:
    bodies = [meeting(city, {FIRST: "present"}) for _ in range(4)]
    found = outcomes(api, lead, bodies)
    assert sum(isinstance(outcome, HeldAlready) for outcome in found) == 3


def test_the_same_meeting_twice_at_once_is_one(api: FastAPI, city: City, lead: Principal) -> None:
    body = meeting(city, {FIRST: "present"}, key=uuid4())
    assert outcomes(api, lead, [body] * 4) == [body.id] * 4


def shown_fields(out: MeetingOut) -> tuple[str, str]:
    return out.rule, out.clause


@pytest.mark.parametrize(
    ("kind", "cite"),
    [(KINDS.MORNING, ("MTG-1", "三(二)3")), (KINDS.COMMUNITY_TRAINING, ("TRN-1", "三(二)4"))],
)
def test_a_meeting_names_its_clause(
    db: Session, city: City, lead: Principal, kind: MeetingKind, cite: tuple[str, str]
) -> None:
    found = record_meeting(db, lead, meeting(city, {}, kind), at("19:00"))
    assert shown_fields(meeting_of(db, lead, found.id)) == cite
