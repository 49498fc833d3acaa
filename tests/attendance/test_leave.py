"""ATT-5: leave excuses by halves of dates, once the station has approved it."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from pydantic import ValidationError
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.attendance.leave import decide_leave, end_leave, request_leave, withdraw_leave
from app.attendance.queries import leave_halves
from app.attendance.refusals import (
    AlreadyDecided,
    IdReused,
    LeaveNotApproved,
    LeaveNotShortened,
    LeaveOverlaps,
    OwnCase,
    ReasonNeeded,
)
from app.attendance.request_schemas import LeaveEndIn, LeaveIn
from app.attendance.schemas import RequestDecisionIn
from app.db.models import Leave, OutboxEvent, Posting, StaleDay
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.people.posts import NoPost
from app.people.principal import Principal
from app.rules.duty import Employment, Half
from app.rules.procedures import LeaveKind, RequestState
from tests.attendance.facts import Handset, at, events, last_change, stale_days

AM, PM = Half.MORNING, Half.AFTERNOON
NOW = at("12:00", date(2026, 3, 19))
YES = RequestDecisionIn(approved=True)
NO = RequestDecisionIn(approved=False, reason="人手不足")


def march(day: int) -> date:
    return date(2026, 3, day)


def asked(
    first: tuple[int, Half] = (18, PM), last: tuple[int, Half] = (20, AM), key: UUID | None = None
) -> LeaveIn:
    return LeaveIn(
        id=key or uuid7(NOW),
        kind=LeaveKind.SICK,
        first_day=march(first[0]),
        first_half=first[1],
        last_day=march(last[0]),
        last_half=last[1],
        reason="发烧",
    )


def approved(db: Session, worker: Principal, lead: Principal, body: LeaveIn) -> Leave:
    request_leave(db, worker, body, NOW)
    return decide_leave(db, lead, body.id, YES, NOW)


def test_att_5_only_approved_leave_covers_its_halves(
    db: Session, worker: Principal, lead: Principal
) -> None:
    key = request_leave(db, worker, asked(), NOW).id
    assert leave_halves(db, worker.as_worker(), march(19)) == {}
    decide_leave(db, lead, key, YES, NOW)
    covered = {day: set(leave_halves(db, worker.as_worker(), march(day))) for day in range(17, 22)}
    assert covered == {17: set(), 18: {PM}, 19: {AM, PM}, 20: {AM}, 21: set()}
    assert leave_halves(db, worker.as_worker(), march(18)) == {PM: key}


def test_approval_marks_the_covered_dates_up_to_today(
    db: Session, worker: Principal, lead: Principal
) -> None:
    approved(db, worker, lead, asked())
    assert stale_days(db) == [march(18), march(19)]
    assert events(db) == [
        ("leave.requested", worker.account_id),
        ("leave.decided", lead.account_id),
    ]
    change = last_change(db)
    assert change.body is not None
    assert (change.kind, change.body["state"]) == ("leave", "approved")


def test_a_transfer_within_leave_marks_each_station_for_its_dates(
    handset: Handset, worker: Principal, lead: Principal
) -> None:
    db = handset.db
    mine = Posting.worker_id == handset.worker_id
    db.execute(update(Posting).where(mine).values(valid=Range(date(2026, 1, 1), march(19))))
    db.add(
        Posting(
            id=uuid7(NOW),
            worker_id=handset.worker_id,
            community_code="510185001002",
            employment=Employment.FULL_TIME,
            valid=Range(march(19), None),
        )
    )
    approved(db, worker, lead, asked())
    db.flush()
    marks = {(mark.day, mark.community_code) for mark in db.query(StaleDay)}
    assert marks == {(march(18), "510185001001"), (march(19), "510185001002")}


def test_a_refusal_needs_a_reason_and_excuses_nothing(
    db: Session, worker: Principal, lead: Principal
) -> None:
    key = request_leave(db, worker, asked(), NOW).id
    with pytest.raises(ReasonNeeded):
        decide_leave(db, lead, key, RequestDecisionIn(approved=False), NOW)
    refused = decide_leave(db, lead, key, NO, NOW)
    assert (refused.state, refused.decision_reason) == (RequestState.REFUSED, "人手不足")
    assert leave_halves(db, worker.as_worker(), march(19)) == {}
    assert stale_days(db) == []


@pytest.mark.parametrize(
    ("first", "last", "overlaps"),
    [((17, AM), (18, AM), False), ((18, AM), (18, PM), True), ((20, PM), (21, PM), False)],
)
def test_leave_may_touch_but_not_overlap(
    db: Session,
    worker: Principal,
    lead: Principal,
    first: tuple[int, Half],
    last: tuple[int, Half],
    overlaps: bool,
) -> None:
    approved(db, worker, lead, asked())
    if overlaps:
        with pytest.raises(LeaveOverlaps):
            request_leave(db, worker, asked(first, last), NOW)
    else:
        assert approved(db, worker, lead, asked(first, last)).state is RequestState.APPROVED


def test_the_database_refuses_overlapping_approved_leave(
    db: Session, worker: Principal, lead: Principal
) -> None:
    leave = approved(db, worker, lead, asked())
    values = {column.name: getattr(leave, column.name) for column in Leave.__table__.c}
    touching = {"id": uuid7(NOW), "first_day": march(20), "first_half": PM, "last_day": march(21)}
    db.add(Leave(**{**values, **touching}))
    db.flush()
    db.add(Leave(**{**values, "id": uuid7(NOW)}))
    with pytest.raises(IntegrityError, match="ex_leave_approved"):
        db.flush()


def test_what_was_withdrawn_or_refused_is_in_nobodys_way(
    db: Session, worker: Principal, lead: Principal
) -> None:
    first = request_leave(db, worker, asked(), NOW)
    with pytest.raises(LeaveOverlaps):
        request_leave(db, worker, asked(), NOW)
    withdraw_leave(db, worker, first.id, NOW)
    second = request_leave(db, worker, asked(), NOW)
    decide_leave(db, lead, second.id, NO, NOW)
    assert approved(db, worker, lead, asked()).state is RequestState.APPROVED


def test_the_same_request_again_changes_nothing(
    db: Session, worker: Principal, lead: Principal
) -> None:
    body = asked()
    assert request_leave(db, worker, body, NOW) is request_leave(db, worker, body, NOW)
    with pytest.raises(IdReused):
        request_leave(db, worker, asked(last=(19, AM), key=body.id), NOW)
    decide_leave(db, lead, body.id, YES, NOW)
    end_leave(db, lead, body.id, LeaveEndIn(last_day=march(19), last_half=AM), NOW)
    assert request_leave(db, worker, body, NOW).last_day == march(19)
    assert [name for name, _ in events(db)].count("leave.requested") == 1


def test_decided_once_and_never_about_oneself(
    db: Session, worker: Principal, lead: Principal
) -> None:
    key = request_leave(db, worker, asked(), NOW).id
    with pytest.raises(OwnCase):
        decide_leave(db, replace(lead, worker_id=worker.worker_id), key, YES, NOW)
    decide_leave(db, lead, key, YES, NOW)
    with pytest.raises(AlreadyDecided) as refused:
        decide_leave(db, lead, key, NO, NOW)
    assert refused.value.facts["state"] == "approved"
    with pytest.raises(AlreadyDecided):
        withdraw_leave(db, worker, key, NOW)
    with pytest.raises(NotFound):
        decide_leave(db, lead, uuid7(NOW), YES, NOW)


def test_leave_ends_early_and_what_follows_is_owed_again(
    db: Session, worker: Principal, lead: Principal
) -> None:
    key = approved(db, worker, lead, asked()).id
    db.flush()
    db.execute(delete(StaleDay))
    end_leave(db, lead, key, LeaveEndIn(last_day=march(18), last_half=PM), NOW)
    assert leave_halves(db, worker.as_worker(), march(18)) == {PM: key}
    assert leave_halves(db, worker.as_worker(), march(19)) == {}
    assert stale_days(db) == [march(18), march(19)]
    trace = db.query(OutboxEvent).order_by(OutboxEvent.id.desc()).first()
    assert trace is not None
    assert (trace.name, trace.facts["former_last"]) == ("leave.ended", "2026-03-20 morning")


@pytest.mark.parametrize("last", [(18, AM), (20, AM), (20, PM)])
def test_leave_ends_only_earlier_and_not_before_it_begins(
    db: Session, worker: Principal, lead: Principal, last: tuple[int, Half]
) -> None:
    key = approved(db, worker, lead, asked()).id
    with pytest.raises(LeaveNotShortened):
        end_leave(db, lead, key, LeaveEndIn(last_day=march(last[0]), last_half=last[1]), NOW)


@pytest.mark.parametrize(("hour", "ends"), [("23:59", True), ("00:00", False)])
def test_leave_ends_in_arrears_by_one_day_at_most(
    db: Session, worker: Principal, lead: Principal, hour: str, ends: bool
) -> None:
    key = approved(db, worker, lead, asked()).id
    early = LeaveEndIn(last_day=march(18), last_half=PM)
    now = at(hour, march(19 if ends else 20))
    if ends:
        assert end_leave(db, lead, key, early, now).last_day == march(18)
    else:
        with pytest.raises(LeaveNotShortened):
            end_leave(db, lead, key, early, now)


def test_only_approved_leave_ends_early(db: Session, worker: Principal, lead: Principal) -> None:
    key = request_leave(db, worker, asked(), NOW).id
    with pytest.raises(LeaveNotApproved):
        end_leave(db, lead, key, LeaveEndIn(last_day=march(18), last_half=PM), NOW)


def test_org_4_a_part_timer_asks_for_leave_too(
    handset: Handset, worker: Principal, lead: Principal
) -> None:
    part_time = Posting.worker_id == handset.worker_id
    values = {"employment": Employment.RURAL_PART_TIME}
    handset.db.execute(update(Posting).where(part_time).values(values))
    assert approved(handset.db, worker, lead, asked()).state is RequestState.APPROVED


def test_without_a_post_there_is_no_leave(db: Session, worker: Principal) -> None:
    before = asked().model_copy(update={"first_day": date(2025, 12, 31)})
    with pytest.raises(NoPost):
        request_leave(db, worker, before, NOW)


@pytest.mark.parametrize(("days", "accepted"), [(366, True), (367, False), (-1, False)])
def test_leave_has_a_length(days: int, accepted: bool) -> None:
    body = {**asked((18, AM), (18, PM)).model_dump(), "last_day": march(18) + timedelta(days=days)}
    if accepted:
        assert LeaveIn(**body).last_day == march(18) + timedelta(days=days)
    else:
        with pytest.raises(ValidationError):
            LeaveIn(**body)


def test_leave_does_not_end_in_the_half_before_it_begins() -> None:
    assert asked((18, PM), (18, PM)).last_half is PM
    with pytest.raises(ValidationError):
        asked((18, PM), (18, AM))
