"""The station accepts or refuses a sign-in whose time or place nobody could show (ATT-4)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.attendance import queries
from app.attendance.commands import post_for
from app.attendance.deciding import may_decide
from app.attendance.refusals import AlreadyDecided, NoReviewNeeded
from app.attendance.schemas import CheckInOut, ReviewIn, check_in_out
from app.db.models import CheckIn, CheckInReview
from app.kit.errors import NotFound
from app.outbox.emit import emit, mark_stale, publish
from app.people.principal import Principal
from app.people.values import values_on
from app.rules import attendance as rules
from app.rules.geodesy import Position
from app.rules.trusted_time import Captured


def review_check_in(
    session: Session, asker: Principal, key: UUID, body: ReviewIn, now: datetime
) -> CheckInOut:
    """Decide a sign-in that needs review: accepted it is judged again, refused it stays uncounted.

    An accepted one may still turn out early, late, a duplicate or of a date without duty.
    """
    check_in = session.get(CheckIn, key)
    if check_in is None:
        raise NotFound
    may_decide(asker, check_in.community_code, check_in.worker_id)
    if check_in.verdict is not rules.Verdict.NEEDS_REVIEW:
        raise NoReviewNeeded(verdict=check_in.verdict.value)
    queries.one_at_a_time(session, check_in.worker_id, check_in.day)
    _not_yet(session.get(CheckInReview, key))
    window, verdict = _second_verdict(session, check_in, accepted=body.accepted)
    review = CheckInReview(
        check_in_id=key,
        worker_id=check_in.worker_id,
        day=check_in.day,
        window=window,
        accepted=body.accepted,
        reason=body.reason,
        verdict=verdict,
        decided_by=asker.account_id,
        decided_at=now,
    )
    session.add(review)
    session.flush()
    return _tell(session, check_in, review)


def _not_yet(known: CheckInReview | None) -> None:
    if known is not None:
        raise AlreadyDecided(
            accepted=known.accepted,
            verdict=known.verdict.value,
            reason=known.reason,
            decided_by=known.decided_by,
            decided_at=known.decided_at.isoformat(),
        )


def _second_verdict(
    session: Session, check_in: CheckIn, *, accepted: bool
) -> tuple[int | None, rules.Verdict]:
    """By the values of the day of the sign-in, with the windows as they are filled now."""
    if not accepted:
        return check_in.window, check_in.verdict
    found = rules.judge_accepted(
        _as_captured(check_in), post_for(session, check_in), values_on(session, check_in.day)
    )
    return found.window, found.verdict


def _as_captured(check_in: CheckIn) -> rules.CheckIn:
    return rules.CheckIn(
        captured=Captured(check_in.corrected_at, check_in.time_proven, check_in.offset_s),
        received_at=check_in.received_at,
        position=Position(check_in.lon, check_in.lat),
        accuracy_m=check_in.accuracy_m,
        mocked=check_in.mocked,
    )


def _tell(session: Session, check_in: CheckIn, review: CheckInReview) -> CheckInOut:
    shown = check_in_out(check_in, review)
    mark_stale(session, check_in.worker_id, check_in.community_code, check_in.day)
    publish(session, check_in.worker_id, "check_in", check_in.id, shown.model_dump(mode="json"))
    emit(
        session,
        "check_in.reviewed",
        by=review.decided_by,
        unit_code=check_in.community_code,
        subject=("check_in", check_in.id),
        accepted=review.accepted,
        verdict=review.verdict.value,
        reason=review.reason,
    )
    return shown
