"""On which dates workers were bound by parts three to five: those of a full-time post (ORG-4)."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Posting
from app.rules.duty import Employment


class FullTime:
    """The full-time posts of some workers in all months, loaded once."""

    def __init__(self, session: Session, workers: Collection[UUID]) -> None:
        rows = session.execute(
            select(Posting.worker_id, Posting.valid).where(
                Posting.worker_id.in_(workers), Posting.employment == Employment.FULL_TIME
            )
        )
        self.posts: dict[UUID, list[Range[date]]] = defaultdict(list)
        for worker_id, valid in rows:
            self.posts[worker_id].append(valid)

    def on(self, worker_id: UUID, day: date) -> bool:
        """Whether a date is one of them: what was done or left as a part-timer is no ground."""
        return any(day in valid for valid in self.posts.get(worker_id, ()))
