"""ATT-5: a missed window made good, and FLD-4: field time from late records."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.attendance.corrections import (
    decide_correction,
    propose_field_time,
    request_correction,
    withdraw_correction,
)
from app.attendance.leave import decide_leave, request_leave
from app.attendance.queries import approved_cutoff, made_good
from app.attendance.refusals import (
    AlreadyDecided,
    CorrectionTooLate,
    CorrectionWaiting,
    IdReused,
    NothingToMakeGood,
    OwnCase,
    ReasonNeeded,
    WindowNotOver,
)
from app.attendance.request_schemas import CorrectionIn, LeaveIn
from app.attendance.schemas import RequestDecisionIn
from app.db.models import Correction, ParameterValue
from app.kit.errors import Forbidden, NotFound, Refusal
from app.kit.ids import uuid7
from app.people.posts import NoPost
from app.people.principal import Principal
from app.rules.attendance import Verdict
from app.rules.duty import Half
from app.rules.procedures import CorrectionKind, LeaveKind, RequestState
from tests.attendance.facts import SUNDAY, WEDNESDAY, Handset, at, events, last_change, stale_days

EVENING = at("18:00")
YES = RequestDecisionIn(approved=True)
NO = RequestDecisionIn(approved=False, reason="监控未见本人")


def asked(window: int = 1, day: date = WEDNESDAY, key: UUID | None = None) -> CorrectionIn:
    return CorrectionIn(
        id=key or uuid7(EVENING),
        kind=CorrectionKind.SIGN_IN,
        day=day,
        window=window,
        reason="手机没电",
        evidence=["晨会签到表"],
    )


@pytest.mark.parametrize(
    ("now", "refusal"),
    [
        (at("08:29:59"), WindowNotOver),
        (at("09:00"), WindowNotOver),
        (at("09:00:01"), None),
        (at("23:59:59", date(2026, 3, 23)), None),
        (at("00:00", date(2026, 3, 24)), CorrectionTooLate),
        (at("23:59", date(2026, 3, 17)), WindowNotOver),
    ],
)
def test_att_5_from_the_end_of_the_window_to_five_days_after(
    db: Session, worker: Principal, now: datetime, refusal: type[Refusal] | None
) -> None:
    if refusal is None:
        assert request_correction(db, worker, asked(), now).state is RequestState.WAITING
    else:
        with pytest.raises(refusal):
            request_correction(db, worker, asked(), now)


@pytest.mark.parametrize(("passed", "refusal"), [(2, None), (3, CorrectionTooLate)])
def test_att_5_days_in_force_on_the_date(
    db: Session, worker: Principal, lead: Principal, passed: int, refusal: type[Refusal] | None
) -> None:
    db.add(
        ParameterValue(
            name="correction_days",
            value=2,
            effective_from=date(2026, 3, 18),
            reason="试行",
            decided_by=lead.account_id,
            decided_at=at("08:00", date(2026, 3, 1)),
        )
    )
    now = at("12:00", WEDNESDAY + timedelta(days=passed))
    if refusal is None:
        assert request_correction(db, worker, asked(), now).window == 1
    else:
        with pytest.raises(refusal):
            request_correction(db, worker, asked(), now)


def test_att_5_only_a_missed_window(handset: Handset, worker: Principal) -> None:
    handset.sign_in(handset.captured(at("08:40")))
    with pytest.raises(NothingToMakeGood) as refused:
        request_correction(handset.db, worker, asked(1), EVENING)
    assert refused.value.facts["state"] == "filled"
    assert request_correction(handset.db, worker, asked(2), EVENING).window == 2
    with pytest.raises(NothingToMakeGood) as refused:
        request_correction(handset.db, worker, asked(1, SUNDAY), at("18:00", SUNDAY))
    assert refused.value.facts["state"] == "not_owed"


def test_att_5_what_is_excused_or_made_good_needs_no_correction(
    db: Session, worker: Principal, lead: Principal
) -> None:
    leave = LeaveIn(
        id=uuid7(EVENING),
        kind=LeaveKind.SICK,
        first_day=WEDNESDAY,
        first_half=Half.MORNING,
        last_day=WEDNESDAY,
        last_half=Half.MORNING,
        reason="发烧",
    )
    request_leave(db, worker, leave, EVENING)
    decide_leave(db, lead, leave.id, YES, EVENING)
    request = request_correction(db, worker, asked(2), EVENING)
    decide_correction(db, lead, request.id, YES, EVENING)
    for window, state in [(1, "excused"), (2, "made_good")]:
        with pytest.raises(NothingToMakeGood) as refused:
            request_correction(db, worker, asked(window), EVENING)
        assert refused.value.facts["state"] == state


def test_one_waits_per_window(db: Session, worker: Principal) -> None:
    first = request_correction(db, worker, asked(1), EVENING)
    with pytest.raises(CorrectionWaiting):
        request_correction(db, worker, asked(1), EVENING)
    assert request_correction(db, worker, asked(2), EVENING).state is RequestState.WAITING
    withdraw_correction(db, worker, first.id, EVENING)
    assert request_correction(db, worker, asked(1), EVENING).state is RequestState.WAITING


def test_the_database_holds_one_waiting_per_window(db: Session, worker: Principal) -> None:
    request = request_correction(db, worker, asked(1), EVENING)
    values = {column.name: getattr(request, column.name) for column in Correction.__table__.c}
    db.add(Correction(**{**values, "id": uuid7(EVENING)}))
    with pytest.raises(IntegrityError, match="uq_correction_waiting"):
        db.flush()


def test_the_same_request_again_changes_nothing(db: Session, worker: Principal) -> None:
    body = asked()
    assert request_correction(db, worker, body, EVENING) is request_correction(
        db, worker, body, EVENING + timedelta(days=30)
    )
    assert db.scalar(select(func.count()).select_from(Correction)) == 1
    assert [name for name, _ in events(db)] == ["correction.requested"]
    with pytest.raises(IdReused):
        request_correction(db, worker, asked(2, key=body.id), EVENING)


def test_who_had_no_post_on_the_date_asks_for_nothing(db: Session, worker: Principal) -> None:
    with pytest.raises(NoPost):
        request_correction(db, worker, asked(1, date(2025, 12, 31)), at("18:00", date(2026, 1, 1)))


def test_att_5_approved_it_makes_the_window_good(
    db: Session, worker: Principal, lead: Principal
) -> None:
    request = request_correction(db, worker, asked(3), EVENING)
    assert made_good(db, request.worker_id, WEDNESDAY) == {}
    decide_correction(db, lead, request.id, YES, EVENING)
    assert made_good(db, request.worker_id, WEDNESDAY) == {3: request.id}
    assert (request.decided_by, request.decided_at) == (lead.account_id, EVENING)
    assert stale_days(db) == [WEDNESDAY]
    assert events(db) == [
        ("correction.requested", worker.account_id),
        ("correction.decided", lead.account_id),
    ]
    change = last_change(db)
    assert change.body is not None
    assert (change.kind, change.body["state"]) == ("correction", "approved")


def test_att_5_refused_it_makes_nothing_good_and_the_worker_may_ask_again(
    db: Session, worker: Principal, lead: Principal
) -> None:
    request = request_correction(db, worker, asked(), EVENING)
    with pytest.raises(ReasonNeeded):
        decide_correction(db, lead, request.id, RequestDecisionIn(approved=False), EVENING)
    decide_correction(db, lead, request.id, NO, EVENING)
    assert made_good(db, request.worker_id, WEDNESDAY) == {}
    assert request_correction(db, worker, asked(), EVENING).state is RequestState.WAITING


def test_a_decision_is_once(db: Session, worker: Principal, lead: Principal) -> None:
    request = request_correction(db, worker, asked(), EVENING)
    decide_correction(db, lead, request.id, NO, EVENING)
    with pytest.raises(AlreadyDecided) as refused:
        decide_correction(db, lead, request.id, YES, EVENING)
    assert refused.value.facts["state"] == "refused"
    assert refused.value.facts["decided_by"] == lead.account_id
    with pytest.raises(AlreadyDecided):
        withdraw_correction(db, worker, request.id, EVENING)


def test_who_may_decide_and_withdraw(handset: Handset, worker: Principal, lead: Principal) -> None:
    db = handset.db
    request = request_correction(db, worker, asked(), EVENING)
    with pytest.raises(OwnCase):
        decide_correction(db, replace(lead, worker_id=worker.worker_id), request.id, YES, EVENING)
    with pytest.raises(Forbidden):
        decide_correction(db, replace(lead, unit_code="510185001002"), request.id, YES, EVENING)
    other = replace(worker, worker_id=handset.city.workers["510185001001002"])
    with pytest.raises(NotFound):
        withdraw_correction(db, other, request.id, EVENING)
    with pytest.raises(Forbidden):
        withdraw_correction(db, lead, request.id, EVENING)


def test_a_true_sign_in_that_arrives_later_comes_before_a_correction(
    handset: Handset, worker: Principal, lead: Principal
) -> None:
    waiting = request_correction(handset.db, worker, asked(1), EVENING)
    approved = request_correction(handset.db, worker, asked(2), EVENING)
    decide_correction(handset.db, lead, approved.id, YES, EVENING)
    for moment in ("08:40", "14:40"):
        late = handset.captured(at(moment), after=timedelta(hours=20))
        assert handset.sign_in(late).verdict is Verdict.VALID
    with pytest.raises(NothingToMakeGood):
        decide_correction(handset.db, lead, waiting.id, YES, EVENING)
    assert decide_correction(handset.db, lead, waiting.id, NO, EVENING).decided_at == EVENING


def figures(minutes: int, until: str) -> dict[str, Any]:
    return {
        "stands": {"total": 300},
        "proposed": {"total": minutes},
        "received_until": at(until, date(2026, 3, 20)).isoformat(),
    }


def propose(db: Session, worker: Principal, found: dict[str, Any]) -> Correction | None:
    return propose_field_time(
        db, worker.as_worker(), "510185001001", WEDNESDAY, found, at("13:00", date(2026, 3, 20))
    )


def test_fld_4_late_records_ask_once_and_again_only_with_other_figures(
    db: Session, worker: Principal
) -> None:
    first = propose(db, worker, figures(360, "09:00"))
    assert first is not None
    assert (first.kind, first.window) == (CorrectionKind.FIELD_TIME, None)
    assert propose(db, worker, figures(360, "10:00")) is None
    assert propose(db, worker, figures(370, "11:00")) is first
    assert first.figures == figures(370, "11:00")
    assert events(db) == [("correction.proposed", None)] * 2


def test_fld_4_approved_it_moves_the_cut_off(
    db: Session, worker: Principal, lead: Principal
) -> None:
    first = propose(db, worker, figures(360, "09:00"))
    assert first is not None
    assert approved_cutoff(db, worker.as_worker(), WEDNESDAY) is None
    decide_correction(db, lead, first.id, YES, EVENING)
    assert approved_cutoff(db, worker.as_worker(), WEDNESDAY) == at("09:00", date(2026, 3, 20))
    assert stale_days(db) == [WEDNESDAY]
    assert made_good(db, worker.as_worker(), WEDNESDAY) == {}
    second = propose(db, worker, figures(365, "15:00"))
    assert second is not None
    assert second.id != first.id
    decide_correction(db, lead, second.id, YES, EVENING)
    assert approved_cutoff(db, worker.as_worker(), WEDNESDAY) == at("15:00", date(2026, 3, 20))


def test_fld_4_what_was_refused_is_not_asked_again(
    db: Session, worker: Principal, lead: Principal
) -> None:
    first = propose(db, worker, figures(360, "09:00"))
    assert first is not None
    decide_correction(db, lead, first.id, NO, EVENING)
    assert propose(db, worker, figures(360, "12:00")) is None
    assert approved_cutoff(db, worker.as_worker(), WEDNESDAY) is None
