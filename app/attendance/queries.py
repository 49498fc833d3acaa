"""What is on record for a worker's date: sign-ins, corrections, leave (ATT-1 to ATT-5)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import Session

from app.db.models import CheckIn, CheckInReview, Correction, Leave
from app.rules.attendance import Verdict
from app.rules.duty import Half
from app.rules.leave import LeaveSpan, halves_covered
from app.rules.procedures import CorrectionKind, RequestState


def one_at_a_time(session: Session, worker_id: UUID, day: date) -> None:
    """Let only one transaction at a time judge what fills the windows of a worker's date."""
    key = func.hashtextextended(lock_name(worker_id, day), 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def lock_name(worker_id: UUID, day: date) -> str:
    """What whoever judges a worker's date locks."""
    return f"attendance {worker_id} {day}"


def valid_check_ins(session: Session, worker_id: UUID, day: date) -> Mapping[int, UUID]:
    """The sign-in that fills each window: valid at arrival, or valid by the station's review."""
    at_arrival = select(CheckIn.window, CheckIn.id).where(
        CheckIn.worker_id == worker_id, CheckIn.day == day, CheckIn.verdict == Verdict.VALID
    )
    by_review = select(CheckInReview.window, CheckInReview.check_in_id).where(
        CheckInReview.worker_id == worker_id,
        CheckInReview.day == day,
        CheckInReview.verdict == Verdict.VALID,
    )
    rows = session.execute(union_all(at_arrival, by_review))
    return {window: key for window, key in rows if window is not None}


def check_ins_of(
    session: Session, worker_id: UUID, day: date
) -> Sequence[tuple[CheckIn, CheckInReview | None]]:
    """Every sign-in of a worker's date in the order of capture, with the station's review."""
    rows = session.execute(
        select(CheckIn, CheckInReview)
        .outerjoin(CheckInReview, CheckInReview.check_in_id == CheckIn.id)
        .where(CheckIn.worker_id == worker_id, CheckIn.day == day)
        .order_by(CheckIn.corrected_at, CheckIn.id)
    )
    return [(check_in, review) for check_in, review in rows]


def made_good(session: Session, worker_id: UUID, day: date) -> Mapping[int, UUID]:
    """The approved correction request that makes each window good (ATT-5)."""
    rows = session.execute(
        select(Correction.window, Correction.id).where(
            *_approved(worker_id, day), Correction.kind == CorrectionKind.SIGN_IN
        )
    )
    return {window: key for window, key in rows if window is not None}


def approved_cutoff(session: Session, worker_id: UUID, day: date) -> datetime | None:
    """Until when records had to arrive to count by approved late field time (FLD-4)."""
    figures = session.scalars(
        select(Correction.figures).where(
            *_approved(worker_id, day), Correction.kind == CorrectionKind.FIELD_TIME
        )
    )
    cutoffs = [datetime.fromisoformat(found["received_until"]) for found in figures if found]
    return max(cutoffs, default=None)


def _approved(worker_id: UUID, day: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Correction.worker_id == worker_id,
        Correction.day == day,
        Correction.state == RequestState.APPROVED,
    )


def leave_halves(session: Session, worker_id: UUID, day: date) -> Mapping[Half, UUID]:
    """The approved leave that covers each half of a worker's date."""
    leaves = leaves_between(session, worker_id, day, day, {RequestState.APPROVED})
    return {half: leave.id for leave in leaves for half in halves_covered(span_of(leave), day)}


def leaves_between(
    session: Session, worker_id: UUID, first: date, last: date, states: Collection[RequestState]
) -> Sequence[Leave]:
    """A worker's leaves in some states that touch a span of dates."""
    return session.scalars(
        select(Leave).where(
            Leave.worker_id == worker_id,
            Leave.last_day >= first,
            Leave.first_day <= last,
            Leave.state.in_(states),
        )
    ).all()


def span_of(leave: Leave) -> LeaveSpan:
    """From which half to which half."""
    return LeaveSpan(leave.first_day, leave.first_half, leave.last_day, leave.last_half)
