"""All that waits for a station's decision: reviews, corrections and leave in one list."""

from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    Text,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.attendance.lists import Asked, cursor_of, place_in, places
from app.attendance.schemas import WaitingCounts, WaitingOut, WaitingPage
from app.db.models import CheckIn, CheckInReview, Correction, Leave, Worker
from app.people.posts import under
from app.rules.attendance import Verdict
from app.rules.procedures import DecisionKind, RequestState

Waits = Select[*tuple[Any, ...]]


def waiting_under(
    session: Session, unit_code: str, kind: DecisionKind | None, asked: Asked
) -> WaitingPage:
    """What waits in a unit, oldest first, with how many wait of each kind."""
    cursor, limit = asked
    waits = union_all(_reviews(unit_code), _corrections(unit_code), _leaves(unit_code)).subquery()
    query = (
        select(waits, Worker.name.label("worker_name"))
        .join(Worker, Worker.id == waits.c.worker_id)
        .order_by(waits.c.since, waits.c.id)
        .limit(limit + 1)
    )
    if kind is not None:
        query = query.where(waits.c.kind == kind.value)
    if cursor:
        columns, place = places((waits.c.since, waits.c.id), place_in(cursor))
        query = query.where(columns > place)
    rows = [WaitingOut.model_validate(row) for row in session.execute(query)]
    counted = session.execute(select(waits.c.kind, func.count()).group_by(waits.c.kind))
    counts = dict.fromkeys(DecisionKind, 0) | {DecisionKind(of): number for of, number in counted}
    last = rows[limit - 1] if len(rows) > limit else None
    return WaitingPage(
        items=rows[:limit],
        counts=WaitingCounts(**counts),
        next_cursor=cursor_of((last.since, last.id)) if last else None,
    )


def _reviews(unit_code: str) -> Waits:
    reviewed = select(CheckInReview).where(CheckInReview.check_in_id == CheckIn.id).exists()
    return select(
        literal(DecisionKind.REVIEW.value, Text).label("kind"),
        CheckIn.id,
        CheckIn.worker_id,
        CheckIn.community_code,
        CheckIn.received_at.label("since"),
        CheckIn.day,
        CheckIn.day.label("last_day"),
        CheckIn.window,
        CheckIn.because["reason"].astext.label("about"),
        cast(null(), Text).label("reason"),
    ).where(
        under(CheckIn.community_code, unit_code),
        CheckIn.verdict == Verdict.NEEDS_REVIEW,
        ~reviewed,
    )


def _corrections(unit_code: str) -> Waits:
    return select(
        literal(DecisionKind.CORRECTION.value, Text).label("kind"),
        Correction.id,
        Correction.worker_id,
        Correction.community_code,
        Correction.requested_at.label("since"),
        Correction.day,
        Correction.day.label("last_day"),
        Correction.window,
        cast(Correction.kind, Text).label("about"),
        Correction.reason,
    ).where(under(Correction.community_code, unit_code), Correction.state == RequestState.WAITING)


def _leaves(unit_code: str) -> Waits:
    return select(
        literal(DecisionKind.LEAVE.value, Text).label("kind"),
        Leave.id,
        Leave.worker_id,
        Leave.community_code,
        Leave.requested_at.label("since"),
        Leave.first_day.label("day"),
        Leave.last_day,
        cast(null(), Integer).label("window"),
        cast(Leave.kind, Text).label("about"),
        Leave.reason,
    ).where(under(Leave.community_code, unit_code), Leave.state == RequestState.WAITING)
