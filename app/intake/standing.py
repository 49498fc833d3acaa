"""Where workers stand and what values are in force, known for half a minute by each process."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from anyio.to_thread import run_sync
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import Posting
from app.people.values import supersessions
from app.rules.dated import IN_FORCE
from app.rules.parameters import Supersession, Values, values_on

FRESH = timedelta(seconds=30)
REMEMBERED = 20_000


@dataclass(frozen=True)
class Post:
    """A post at a community over dates, the last one excluded."""

    community_code: str
    first: date
    end: date


@dataclass(frozen=True)
class WorkerStanding:
    """A worker's posts, and the city's values."""

    posts: Sequence[Post]
    history: Sequence[Supersession]
    asked_at: datetime

    def community_on(self, day: date) -> str | None:
        """Where the worker is posted on a date that the regulation binds."""
        if day < IN_FORCE:
            return None
        held = (post.community_code for post in self.posts if post.first <= day < post.end)
        return next(held, None)

    def values_on(self, day: date) -> Values:
        """The values in force on a date."""
        return values_on(day, self.history)


class Standings:
    """What is known of workers; forgotten oldest first."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions
        self.known: OrderedDict[UUID, WorkerStanding] = OrderedDict()

    async def of(self, worker_id: UUID, now: datetime) -> WorkerStanding:
        """A worker's standing, at most half a minute old."""
        found = self.known.get(worker_id)
        if found is None or not abs(now - found.asked_at) < FRESH:
            found = await run_sync(self._ask, worker_id, now)
            self.known[worker_id] = found
            self.known.move_to_end(worker_id)
            while len(self.known) > REMEMBERED:
                self.known.popitem(last=False)
        return found

    def _ask(self, worker_id: UUID, now: datetime) -> WorkerStanding:
        with self.sessions() as session:
            return WorkerStanding(_posts(session, worker_id), supersessions(session), now)


def _posts(session: Session, worker_id: UUID) -> Sequence[Post]:
    rows = session.execute(
        select(
            Posting.community_code,
            func.coalesce(func.lower(Posting.valid), date.min),
            func.coalesce(func.upper(Posting.valid), date.max),
        ).where(Posting.worker_id == worker_id)
    )
    return [Post(*row) for row in rows]
