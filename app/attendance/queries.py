"""What is on record for a worker's date: sign-ins, corrections, leave (ATT-1 to ATT-5)."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from app.db.models import CheckIn, CheckInReview
from app.rules.attendance import Verdict


def one_at_a_time(session: Session, worker_id: UUID, day: date) -> None:
    """Let only one transaction at a time judge what fills the windows of a worker's date."""
    key = func.hashtextextended(f"attendance {worker_id} {day}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))


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
