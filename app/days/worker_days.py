"""A worker's days over a range, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import Range as Span
from sqlalchemy.orm import Session

from app.days.boards import grids_held
from app.days.commands import recompute_all
from app.days.schemas import DayOut, DaysOut
from app.days.shown import Judged, day_out
from app.days.standards import Standards
from app.days.summaries import Range
from app.db.models import Posting, StaleDay, Worker, WorkerDay
from app.kit import paging
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound
from app.people.posts import under


@dataclass(frozen=True)
class Page:
    """Which dates, and how many of them at a time."""

    asked: Range
    limit: int
    cursor: str | None

    def before(self, last: date) -> date:
        """The newest date of the page; raises BadCursor."""
        if self.cursor is None:
            return last
        try:
            shown_last = date.fromisoformat(str(paging.decode(self.cursor, str)[0]))
            return min(last, shown_last - timedelta(days=1))
        except (ValueError, OverflowError):
            raise BadCursor from None


def visible_worker(session: Session, worker_id: UUID, unit_code: str) -> None:
    """Raises NotFound for a worker who never had a post in a unit."""
    had = exists().where(Posting.worker_id == worker_id, under(Posting.community_code, unit_code))
    if not session.scalar(select(had)):
        raise NotFound


def visible_day(session: Session, worker_id: UUID, day: date, unit_code: str) -> None:
    """Raises NotFound unless the worker's post of the date lies in a unit."""
    stood = exists().where(
        Posting.worker_id == worker_id,
        Posting.valid.contains(day),
        under(Posting.community_code, unit_code),
    )
    if not session.scalar(select(stood)):
        raise NotFound


def days_of(
    session: Session, worker_id: UUID, unit_code: str, page: Page, now: datetime
) -> DaysOut:
    """The worker's dates in a unit up to today; what is stale or missing is recomputed first."""
    asked = page.asked.until(civil_day(now))
    days: list[date] = []
    if asked is not None:
        newest = page.before(asked.last)
        days = _posted_days(session, worker_id, unit_code, asked.first, newest)
    shown, more = days[: page.limit], len(days) > page.limit
    return DaysOut(
        worker_id=worker_id,
        items=_shown(session, worker_id, shown, now) if shown else [],
        next_cursor=paging.encode(shown[-1].isoformat()) if shown and more else None,
    )


def _posted_days(
    session: Session, worker_id: UUID, unit_code: str, first: date, last: date
) -> list[date]:
    """The dates of a level-1 worker's posts in a unit, newest first."""
    if first > last:
        return []
    spans = session.scalars(
        select(Posting.valid).where(
            Posting.worker_id == worker_id,
            Posting.employment.is_not(None),
            under(Posting.community_code, unit_code),
            Posting.valid.overlaps(Span(first, last, bounds="[]")),
        )
    ).all()
    dates = [last - timedelta(days=back) for back in range((last - first).days + 1)]
    return [day for day in dates if any(span.contains(day) for span in spans)]


def _shown(session: Session, worker_id: UUID, days: Sequence[date], now: datetime) -> list[DayOut]:
    _bring_up_to_date(session, worker_id, days, now)
    rows = session.execute(
        select(WorkerDay, Worker.name, grids_held(Worker.id, WorkerDay.day).label("grids"))
        .join(Worker, Worker.id == WorkerDay.worker_id)
        .where(WorkerDay.worker_id == worker_id, WorkerDay.day.in_(days))
        .order_by(WorkerDay.day.desc())
    ).all()
    standards = Standards(session, days)
    return [
        day_out(Judged(row, name, grids, stale=False), standards.values(row.day), now)
        for row, name, grids in rows
    ]


def _bring_up_to_date(
    session: Session, worker_id: UUID, days: Sequence[date], now: datetime
) -> None:
    judged = select(WorkerDay.day).where(WorkerDay.worker_id == worker_id, WorkerDay.day.in_(days))
    stale = select(StaleDay.day).where(StaleDay.worker_id == worker_id, StaleDay.day.in_(days))
    behind = set(days) - set(session.scalars(judged)) | set(session.scalars(stale))
    recompute_all(session, [(worker_id, day) for day in behind], now)
