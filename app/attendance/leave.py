"""Leave: asked for by the worker, decided by the station, by halves of dates (ATT-5)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.approvals.asking import account_of, ask, asked
from app.approvals.cases import Subject, withdraw_open
from app.approvals.taking import Reaction, Turn, take
from app.attendance import queries
from app.attendance.deciding import (
    may_decide,
    settle,
    still_waiting,
    to_decide,
    withdraw,
    word_of,
)
from app.attendance.refusals import IdReused, LeaveNotApproved, LeaveNotShortened, LeaveOverlaps
from app.attendance.request_schemas import LeaveEndIn, LeaveIn, LeaveOut
from app.attendance.schemas import RequestDecisionIn
from app.db.models import Leave, Posting
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.outbox.emit import emit, mark_stale, mark_visits, publish
from app.people.posts import post_of
from app.people.principal import Principal
from app.rules.approvals import Procedure, StepOutcome
from app.rules.leave import LeaveSpan, overlaps
from app.rules.procedures import RequestState

STANDING = {RequestState.WAITING, RequestState.APPROVED}


def request_leave(session: Session, asker: Principal, body: LeaveIn, now: datetime) -> Leave:
    """Ask for leave; a repeat of the same request changes nothing."""
    worker_id = asker.as_worker()
    _one_at_a_time(session, worker_id)
    known = session.get(Leave, body.id)
    if known is not None:
        return _same(known, worker_id, body)
    post = post_of(session, worker_id, body.first_day)
    _apart(session, worker_id, body.span(), STANDING)
    leave = Leave(
        worker_id=worker_id,
        community_code=post.community_code,
        requested_at=now,
        state=RequestState.WAITING,
        **body.model_dump(),
    )
    session.add(leave)
    session.flush()
    ask(session, _subject(leave), asker.account_id, now)
    _tell(session, leave, "leave.requested", asker.account_id)
    return leave


def _subject(leave: Leave) -> Subject:
    return Subject(Procedure.LEAVE, leave.id, leave.community_code, leave.worker_id)


def _one_at_a_time(session: Session, worker_id: UUID) -> None:
    """Let only one transaction at a time ask whether a worker's leaves overlap."""
    key = func.hashtextextended(f"leave {worker_id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def _same(known: Leave, worker_id: UUID, body: LeaveIn) -> Leave:
    """The first of two with the same id; leave that ended early is still what was asked for."""
    asked = body.model_dump(exclude={"last_day", "last_half"})
    alike = asked == {name: getattr(known, name) for name in asked}
    standing, again = queries.span_of(known), body.span()
    shortened = known.state is RequestState.APPROVED and standing.ends < again.ends
    if known.worker_id != worker_id or not alike or not (standing == again or shortened):
        raise IdReused(id=body.id)
    return known


def _apart(session: Session, worker_id: UUID, span: LeaveSpan, states: set[RequestState]) -> None:
    """Raises LeaveOverlaps for another leave in one of the states that shares a half."""
    near = queries.leaves_between(session, worker_id, span.first_day, span.last_day, states)
    for other in near:
        if overlaps(span, queries.span_of(other)):
            raise LeaveOverlaps(id=other.id, state=other.state.value)


def decide_leave(
    session: Session, asker: Principal, key: UUID, body: RequestDecisionIn, now: datetime
) -> Leave:
    """Approve or refuse leave; once approved its halves are excused, past ones included."""
    leave = to_decide(asker, session.get(Leave, key, with_for_update=True), body)
    by = account_of(session, leave.worker_id)
    case = asked(session, _subject(leave), by, leave.requested_at)
    take(session, asker, case, word_of(body), now, LEAVE)
    return leave


def _lock(session: Session, key: UUID) -> None:
    session.get(Leave, key, with_for_update=True)


def _check(session: Session, turn: Turn) -> None:
    """It still waits, and its halves are still free."""
    leave = still_waiting(session.get_one(Leave, turn.case.subject_id))
    if turn.word.outcome is StepOutcome.PASSED:
        _one_at_a_time(session, leave.worker_id)
        _apart(session, leave.worker_id, queries.span_of(leave), {RequestState.APPROVED})


def _decided(session: Session, turn: Turn) -> None:
    leave = session.get_one(Leave, turn.case.subject_id)
    if turn.word.outcome is StepOutcome.PASSED:
        _mark_stale(session, leave, queries.span_of(leave), turn.now)
    settle(leave, turn)
    _tell(session, leave, "leave.decided", turn.asker.account_id)


LEAVE = Reaction(check=_check, taken=_decided, lock=_lock)


def withdraw_leave(session: Session, asker: Principal, key: UUID, now: datetime) -> Leave:
    """Take back one's own request while it waits."""
    leave = withdraw(asker, session.get(Leave, key, with_for_update=True))
    withdraw_open(session, asker, Procedure.LEAVE, key, now)
    _tell(session, leave, "leave.withdrawn", asker.account_id)
    return leave


def end_leave(
    session: Session, asker: Principal, key: UUID, body: LeaveEndIn, now: datetime
) -> Leave:
    """A worker came back early: what follows is owed again. The trace keeps the former end.

    It can be said on the day itself or the day after, so that nobody is made absent in arrears.
    """
    leave = session.get(Leave, key, with_for_update=True)
    if leave is None:
        raise NotFound
    may_decide(asker, leave.community_code, leave.worker_id)
    if leave.state is not RequestState.APPROVED:
        raise LeaveNotApproved(state=leave.state.value)
    former = queries.span_of(leave)
    shorter = LeaveSpan(leave.first_day, leave.first_half, body.last_day, body.last_half)
    not_before = civil_day(now) - timedelta(days=1)
    if body.last_day < not_before or not former.starts <= shorter.ends < former.ends:
        raise LeaveNotShortened(last_day=former.last_day, last_half=former.last_half.value)
    leave.last_day, leave.last_half = body.last_day, body.last_half
    _mark_stale(session, leave, former, now)
    _tell(session, leave, "leave.ended", asker.account_id, former)
    return leave


def _mark_stale(session: Session, leave: Leave, span: LeaveSpan, now: datetime) -> None:
    """The dates of the span up to today, each where the worker stood on it; and the visits
    that the group takes over meanwhile."""
    posts = session.scalars(
        select(Posting).where(
            Posting.worker_id == leave.worker_id,
            Posting.valid.overlaps(Range(span.first_day, span.last_day, bounds="[]")),
        )
    ).all()
    until = civil_day(now)
    for post in posts:
        stood = [day for day in span.days(until) if day in post.valid]
        mark_stale(session, leave.worker_id, post.community_code, *stood)
        mark_visits(session, post.community_code, span.first_day, span.last_day)


def _tell(
    session: Session, leave: Leave, event: str, by: UUID, former: LeaveSpan | None = None
) -> None:
    session.flush()
    shown = LeaveOut.model_validate(leave).model_dump(mode="json")
    publish(session, leave.worker_id, "leave", leave.id, shown)
    emit(
        session,
        event,
        by=by,
        unit_code=leave.community_code,
        subject=("leave", leave.id),
        kind=leave.kind.value,
        first=_half_of(leave.first_day, leave.first_half.value),
        last=_half_of(leave.last_day, leave.last_half.value),
        former_last=_half_of(former.last_day, former.last_half.value) if former else None,
        state=leave.state.value,
        reason=leave.decision_reason,
    )


def _half_of(day: date, half: str) -> str:
    return f"{day.isoformat()} {half}"
