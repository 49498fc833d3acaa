"""Lists that a station calls people about: windows missed, sign-ins that did not count."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import and_, exists, or_, select, tuple_
from sqlalchemy.orm import Session

from app.days import examples
from app.days.boards import Place, grids_held, posted
from app.days.reasons import cited, why
from app.days.records import Said
from app.days.standards import Standards
from app.db.models import CheckIn, CheckInReview, Posting, StaleDay, Worker, WorkerDay
from app.kit import paging
from app.kit.errors import BadCursor
from app.kit.schema import Out
from app.rules.attendance import WINDOWS, Verdict, Window
from app.rules.civil import instant_of
from app.rules.duty import Employment, is_bound
from app.rules.windows import ATT_5


class MissedOut(Out):
    """A window that ended unfilled and without excuse (ATT-5)."""

    window: int
    opens: time
    closes: time
    worker_id: UUID
    worker_name: str
    phone: str | None
    community_code: str
    grid_codes: list[str]
    rule: str
    clause: str


class MissedOfWindow(Out):
    """How many missed a window."""

    window: int
    missed: int


class MissingPage(Out):
    """Windows unfilled without excuse, by window."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.MISSING]})

    day: date
    by_window: list[MissedOfWindow] = Field(description="Of the whole unit")
    stale: int = Field(description="Worker-days that are not up to date: the list may be too long")
    items: list[MissedOut]
    next_cursor: str | None


class LateOut(Out):
    """A sign-in that fills no window, and why."""

    id: UUID
    worker_id: UUID
    worker_name: str
    community_code: str
    window: int | None
    corrected_at: datetime
    received_at: datetime
    distance_m: float | None
    accuracy_m: float
    verdict: Verdict
    why: Said
    rule: str
    clause: str


class LatePage(Out):
    """Sign-ins of a date that do not count, in the order of time."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.LATE]})

    day: date
    items: list[LateOut]
    next_cursor: str | None


def missing(
    session: Session, unit_code: str, day: date, now: datetime, place: Place
) -> MissingPage:
    """Every missed window of a unit's workers; of who was never judged nothing is on record."""
    closed = [
        window
        for window in WINDOWS.on(day)
        if now >= instant_of(day, window.closes) + timedelta(seconds=1)
    ]
    standards = Standards(session, [day])
    rows = [row for row in _workers(session, unit_code, day) if _owes(row, standards, day)]
    found = [_missed(row, window) for window in closed for row in rows if _misses(row, window)]
    key = _missed_after(place.cursor)
    rest = [missed for missed in found if _key(missed) > key]
    shown = rest[: place.limit]
    more = len(rest) > place.limit
    return MissingPage(
        day=day,
        by_window=[
            MissedOfWindow(
                window=window.number, missed=sum(row.window == window.number for row in found)
            )
            for window in closed
        ],
        stale=sum(row.WorkerDay is None or row.stale for row in rows),
        items=shown,
        next_cursor=paging.encode(*_key(shown[-1])) if more else None,
    )


def _workers(session: Session, unit_code: str, day: date) -> Sequence[Any]:
    stale = exists().where(StaleDay.worker_id == Posting.worker_id, StaleDay.day == day)
    return session.execute(
        select(
            Worker.id,
            Worker.name,
            Worker.phone,
            Posting.community_code,
            Posting.employment,
            grids_held(Worker.id, day).label("grids"),
            WorkerDay,
            stale.label("stale"),
        )
        .select_from(Posting)
        .join(Worker)
        .outerjoin(WorkerDay, and_(WorkerDay.worker_id == Posting.worker_id, WorkerDay.day == day))
        .where(*posted(unit_code, day))
        .order_by(Posting.community_code, Worker.id)
    ).all()


def _owes(row: Any, standards: Standards, day: date) -> bool:
    if row.WorkerDay is not None:
        return bool(row.WorkerDay.on_duty and row.WorkerDay.bound)
    bound = is_bound(Employment(row.employment))
    return bound and standards.is_duty_date(row.community_code, day)


def _misses(row: Any, window: Window) -> bool:
    if row.WorkerDay is None:
        return True
    return any(
        entry["number"] == window.number and entry["state"] is None
        for entry in row.WorkerDay.windows
    )


def _missed(row: Any, window: Window) -> MissedOut:
    return MissedOut(
        window=window.number,
        opens=window.opens,
        closes=window.closes,
        worker_id=row.id,
        worker_name=row.name,
        phone=row.phone,
        community_code=row.community_code,
        grid_codes=row.grids,
        rule=ATT_5.rule,
        clause=ATT_5.clause,
    )


MissedKey = tuple[int, str, str]


def _key(missed: MissedOut) -> MissedKey:
    return missed.window, missed.community_code, str(missed.worker_id)


def _missed_after(cursor: str | None) -> MissedKey:
    if cursor is None:
        return 0, "", ""
    window, community, worker = paging.decode(cursor, int, str, str)
    return int(window), str(community), str(worker)


NOT_COUNTED = tuple(verdict for verdict in Verdict if verdict is not Verdict.VALID)


def late(session: Session, unit_code: str, day: date, place: Place) -> LatePage:
    """Sign-ins of a unit's workers that fill no window, in the order of time."""
    query = (
        select(CheckIn, Worker.name, CheckInReview)
        .join(Worker, Worker.id == CheckIn.worker_id)
        .join(
            Posting,
            and_(Posting.worker_id == CheckIn.worker_id, Posting.valid.contains(day)),
        )
        .outerjoin(CheckInReview, CheckInReview.check_in_id == CheckIn.id)
        .where(
            *posted(unit_code, day),
            CheckIn.day == day,
            CheckIn.verdict.in_(NOT_COUNTED),
            or_(CheckInReview.verdict.is_(None), CheckInReview.verdict != Verdict.VALID),
        )
        .order_by(CheckIn.corrected_at, CheckIn.id)
        .limit(place.limit + 1)
    )
    if place.cursor is not None:
        at, key = _late_after(place.cursor)
        query = query.where(tuple_(CheckIn.corrected_at, CheckIn.id) > tuple_(at, key))
    rows = session.execute(query).all()
    shown = rows[: place.limit]
    more = len(rows) > place.limit
    last = shown[-1][0] if shown and more else None
    return LatePage(
        day=day,
        items=[_late_out(*row) for row in shown],
        next_cursor=paging.encode(last.corrected_at.isoformat(), str(last.id)) if last else None,
    )


def _late_after(cursor: str) -> tuple[datetime, UUID]:
    at, key = paging.decode(cursor, str, str)
    try:
        found = datetime.fromisoformat(str(at))
        return found if found.tzinfo else found.replace(tzinfo=UTC), UUID(str(key))
    except ValueError:
        raise BadCursor from None


def _late_out(check_in: CheckIn, name: str, review: CheckInReview | None) -> LateOut:
    rule, clause = cited(check_in, review)
    return LateOut(
        id=check_in.id,
        worker_id=check_in.worker_id,
        worker_name=name,
        community_code=check_in.community_code,
        window=check_in.window,
        corrected_at=check_in.corrected_at,
        received_at=check_in.received_at,
        distance_m=check_in.distance_m,
        accuracy_m=check_in.accuracy_m,
        verdict=review.verdict if review else check_in.verdict,
        why=why(check_in, review),
        rule=rule,
        clause=clause,
    )
