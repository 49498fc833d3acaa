"""Who was a full-time worker in a month, where, and on which dates (ORG-3, ORG-4, PAY-3)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Posting, Worker
from app.rules.activity import month_of
from app.rules.corps import GRID_WORKERS
from app.rules.duty import Employment


@dataclass(frozen=True)
class PostedSpan:
    """A full-time post within a month, both dates included."""

    community_code: str
    first: date
    last: date


@dataclass(frozen=True)
class MonthOfWorker:
    """A worker's full-time posts of a month, in order; there is at least one."""

    worker_id: UUID
    month: date
    """Its first date."""
    spans: tuple[PostedSpan, ...]

    @property
    def community_code(self) -> str:
        """Of the last post: its station answers for the whole month."""
        return self.spans[-1].community_code

    def community_on(self, day: date) -> str | None:
        """Where the worker was posted on a date."""
        for span in self.spans:
            if span.first <= day <= span.last:
                return span.community_code
        return None

    def dates(self) -> list[tuple[date, str]]:
        """Every date of the month with a post, and where."""
        return [
            (span.first + timedelta(days=passed), span.community_code)
            for span in self.spans
            for passed in range((span.last - span.first).days + 1)
        ]


def workers_of_month(
    session: Session, unit_code: str, month: date, only: Collection[UUID] | None = None
) -> Sequence[MonthOfWorker]:
    """Everyone whose last full-time post of a month lay in a unit, in order of their keys."""
    first, last = month_of(month)
    query = (
        select(Posting.worker_id, Posting.community_code, Posting.valid)
        .join(Worker, Worker.id == Posting.worker_id)
        .where(
            Worker.level == GRID_WORKERS,
            Posting.employment == Employment.FULL_TIME,
            Posting.valid.overlaps(Range(first, last, bounds="[]")),
        )
        .order_by(Posting.worker_id, Posting.valid)
    )
    if only is not None:
        query = query.where(Posting.worker_id.in_(only))
    elif len(unit_code) > len("510185"):
        here = select(Posting.worker_id).where(
            Posting.community_code.startswith(unit_code),
            Posting.valid.overlaps(Range(first, last, bounds="[]")),
        )
        query = query.where(Posting.worker_id.in_(here))
    found: dict[UUID, list[PostedSpan]] = defaultdict(list)
    for worker_id, community_code, valid in session.execute(query):
        found[worker_id].append(_within(community_code, valid, first, last))
    months = (MonthOfWorker(key, first, tuple(spans)) for key, spans in found.items())
    return [one for one in months if one.community_code.startswith(unit_code)]


def _within(community_code: str, valid: Range[date], first: date, last: date) -> PostedSpan:
    begins = max(first, valid.lower) if valid.lower else first
    ends = min(last, valid.upper - timedelta(days=1)) if valid.upper else last
    return PostedSpan(community_code, begins, ends)
