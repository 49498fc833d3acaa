"""Correction requests (补签), made by the worker or by late records, decided by the station."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.asking import account_of, ask, asked
from app.approvals.cases import Subject, withdraw_open
from app.approvals.taking import Reaction, Turn, take
from app.attendance import queries
from app.attendance.deciding import settle, still_waiting, to_decide, withdraw, word_of
from app.attendance.refusals import (
    CorrectionTooLate,
    CorrectionWaiting,
    IdReused,
    NothingToMakeGood,
    WindowNotOver,
)
from app.attendance.request_schemas import CorrectionIn, CorrectionOut
from app.attendance.schemas import RequestDecisionIn
from app.db.models import Correction
from app.kit.clock import civil_day
from app.kit.errors import Refusal
from app.kit.ids import uuid7
from app.outbox.emit import emit, mark_stale, publish
from app.people.calendar import is_duty_date
from app.people.posts import post_of
from app.people.principal import Principal
from app.people.values import values_on
from app.rules.approvals import Procedure, StepOutcome
from app.rules.procedures import CorrectionKind, RequestState
from app.rules.windows import (
    CORRECTION_DAYS,
    DayRecords,
    WindowState,
    judge_windows,
    may_request_correction,
)

REFUSED_FOR: Mapping[WindowState, type[Refusal]] = {
    WindowState.FILLED: NothingToMakeGood,
    WindowState.MADE_GOOD: NothingToMakeGood,
    WindowState.EXCUSED: NothingToMakeGood,
    WindowState.NOT_OWED: NothingToMakeGood,
    WindowState.OPEN: WindowNotOver,
    WindowState.UPCOMING: WindowNotOver,
}
"""Only a missed window can be made good."""

LATE_RECORDS = (
    "逾期上传的记录改变了该日的网格时间 / Records that arrived late change the field time"
)


def request_correction(
    session: Session, asker: Principal, body: CorrectionIn, now: datetime
) -> Correction:
    """Ask for a missed window of one's own to be made good (ATT-5); a repeat changes nothing."""
    worker_id = asker.as_worker()
    queries.one_at_a_time(session, worker_id, body.day)
    known = session.get(Correction, body.id)
    if known is not None:
        return _same(known, worker_id, body)
    post = post_of(session, worker_id, body.day)
    _in_time(session, body.day, now)
    _missed(session, worker_id, post.community_code, body, now)
    request = Correction(
        worker_id=worker_id,
        community_code=post.community_code,
        requested_at=now,
        state=RequestState.WAITING,
        **body.model_dump(),
    )
    session.add(request)
    session.flush()
    ask(session, _subject(request), asker.account_id, now)
    _tell(session, request, "correction.requested", asker.account_id)
    return request


def _subject(request: Correction) -> Subject:
    key, community = request.id, request.community_code
    return Subject(Procedure.CORRECTION, key, community, request.worker_id)


def _same(known: Correction, worker_id: UUID, body: CorrectionIn) -> Correction:
    asked = {name: getattr(known, name) for name in CorrectionIn.model_fields}
    if known.worker_id != worker_id or asked != body.model_dump():
        raise IdReused(id=body.id)
    return known


def _in_time(session: Session, day: date, now: datetime) -> None:
    today, values = civil_day(now), values_on(session, day)
    if day > today:
        raise WindowNotOver(day=day)
    if not may_request_correction(day, today, values):
        raise CorrectionTooLate(last_day=day + timedelta(days=values[CORRECTION_DAYS]))


def _missed(
    session: Session, worker_id: UUID, community_code: str, body: CorrectionIn, now: datetime
) -> None:
    """Raises unless the window was missed and no request for it waits."""
    records = DayRecords(
        on_duty=is_duty_date(session, community_code, body.day),
        valid=queries.valid_check_ins(session, worker_id, body.day),
        made_good=queries.made_good(session, worker_id, body.day),
        leave=frozenset(queries.leave_halves(session, worker_id, body.day)),
    )
    for found in judge_windows(body.day, records, now):
        if found.window.number == body.window and found.verdict in REFUSED_FOR:
            raise REFUSED_FOR[found.verdict](state=found.verdict.value, **found.because)
    waiting = select(Correction.id).where(
        Correction.worker_id == worker_id,
        Correction.day == body.day,
        Correction.window == body.window,
        Correction.state == RequestState.WAITING,
    )
    if session.scalar(waiting):
        raise CorrectionWaiting(day=body.day, window=body.window)


def propose_field_time(
    session: Session,
    worker_id: UUID,
    community_code: str,
    day: date,
    figures: dict[str, Any],
    now: datetime,
) -> Correction | None:
    """Records that arrived after the date was final ask for its field time to be raised (FLD-4).

    `figures["received_until"]` is until when records have to have arrived to count, if approved.
    The same figures never ask twice; changed ones replace those that wait. Called under the lock
    of the worker's date.
    """
    latest = session.scalar(
        select(Correction)
        .where(
            Correction.worker_id == worker_id,
            Correction.day == day,
            Correction.kind == CorrectionKind.FIELD_TIME,
        )
        .order_by(Correction.requested_at.desc(), Correction.id.desc())
        .limit(1)
        .with_for_update()
    )
    if latest is not None and _compared(latest.figures) == _compared(figures):
        return None
    if latest is None or latest.state is not RequestState.WAITING:
        latest = Correction(
            id=uuid7(now),
            worker_id=worker_id,
            community_code=community_code,
            kind=CorrectionKind.FIELD_TIME,
            day=day,
            window=None,
            reason=LATE_RECORDS,
            evidence=[],
            requested_at=now,
            state=RequestState.WAITING,
        )
        session.add(latest)
        session.flush()
        ask(session, _subject(latest), None, now)
    latest.figures = figures
    _tell(session, latest, "correction.proposed", None)
    return latest


def _compared(figures: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (figures or {}).items() if name != "received_until"}


def decide_correction(
    session: Session, asker: Principal, key: UUID, body: RequestDecisionIn, now: datetime
) -> Correction:
    """Approve or refuse a correction request; what is approved counts when the day is judged."""
    request = to_decide(asker, session.get(Correction, key, with_for_update=True), body)
    own = request.kind is CorrectionKind.SIGN_IN
    by = account_of(session, request.worker_id) if own else None
    case = asked(session, _subject(request), by, request.requested_at)
    take(session, asker, case, word_of(body), now, CORRECTION)
    return request


def _lock(session: Session, key: UUID) -> None:
    session.get(Correction, key, with_for_update=True)


def _check(session: Session, turn: Turn) -> None:
    request = still_waiting(session.get_one(Correction, turn.case.subject_id))
    if turn.word.outcome is StepOutcome.PASSED and request.window is not None:
        _still_unfilled(session, request, request.window)


def _decided(session: Session, turn: Turn) -> None:
    request = session.get_one(Correction, turn.case.subject_id)
    settle(request, turn)
    mark_stale(session, request.worker_id, request.community_code, request.day)
    _tell(session, request, "correction.decided", turn.asker.account_id)


CORRECTION = Reaction(check=_check, taken=_decided, lock=_lock)


def _still_unfilled(session: Session, request: Correction, window: int) -> None:
    """A late sign-in or a review may have filled the window since."""
    queries.one_at_a_time(session, request.worker_id, request.day)
    filled = queries.valid_check_ins(session, request.worker_id, request.day)
    if window in filled:
        raise NothingToMakeGood(state=WindowState.FILLED.value, record=filled[window])


def withdraw_correction(session: Session, asker: Principal, key: UUID, now: datetime) -> Correction:
    """Take back one's own request while it waits."""
    request = withdraw(asker, session.get(Correction, key, with_for_update=True))
    withdraw_open(session, asker, Procedure.CORRECTION, key, now)
    _tell(session, request, "correction.withdrawn", asker.account_id)
    return request


def _tell(session: Session, request: Correction, event: str, by: UUID | None) -> None:
    session.flush()
    shown = CorrectionOut.model_validate(request).model_dump(mode="json")
    publish(session, request.worker_id, "correction", request.id, shown)
    emit(
        session,
        event,
        by=by,
        unit_code=request.community_code,
        subject=("correction", request.id),
        kind=request.kind.value,
        day=request.day.isoformat(),
        window=request.window,
        state=request.state.value,
        reason=request.decision_reason,
    )
