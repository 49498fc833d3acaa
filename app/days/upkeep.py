"""Who recomputes when: a reader what it looks at, the sweeper what is left, each night the rest."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import Date, Select, cast, exists, func, insert, literal, select, text
from sqlalchemy.orm import Session

from app.days.commands import Key, columns, recompute, recompute_all, try_lock
from app.days.facts import Facts, Post, facts_of, post_on
from app.days.standards import Standards
from app.days.verdicts import judge_field
from app.db.engine import Sessions
from app.db.models import Posting, StaleDay, WorkerDay
from app.kit.clock import civil_day
from app.people.posts import under

SWEPT_AT_ONCE = 500
log = structlog.get_logger()


def refresh(session: Session, worker_id: UUID, day: date, now: datetime) -> WorkerDay | None:
    """A worker's date, recomputed first where its facts changed; None without a post."""
    if day > civil_day(now):
        return preview(session, worker_id, day, now)
    row = session.get(WorkerDay, (worker_id, day))
    if row is None or is_stale(session, worker_id, day):
        return recompute(session, worker_id, day, now)
    return row


def is_stale(session: Session, worker_id: UUID, day: date) -> bool:
    """Whether facts changed since a worker's date was judged."""
    marked = exists().where(StaleDay.worker_id == worker_id, StaleDay.day == day)
    return bool(session.scalar(select(marked)))


def preview(session: Session, worker_id: UUID, day: date, now: datetime) -> WorkerDay | None:
    """A date to come as it would be judged by what is on record; not stored."""
    standards = Standards(session, [day])
    post = post_on(session, worker_id, day, standards)
    return unstored(post, facts_of(session, post), standards, now) if post else None


def blank(post: Post, standards: Standards, now: datetime) -> WorkerDay:
    """The verdict of a date without any record; not stored."""
    return unstored(post, Facts(), standards, now)


def unstored(post: Post, facts: Facts, standards: Standards, now: datetime) -> WorkerDay:
    """The verdict of some facts, without a row of its own."""
    judged = columns(post, facts, judge_field(post, facts), standards, now)
    return WorkerDay(worker_id=post.worker_id, day=post.day, **judged)


def stale_keys(unit_code: str, first: date, last: date) -> Select[UUID, date]:
    """The worker-days of a unit whose facts changed since they were judged."""
    return (
        select(StaleDay.worker_id, StaleDay.day)
        .where(StaleDay.day.between(first, last), under(StaleDay.community_code, unit_code))
        .distinct()
    )


def missing_keys(unit_code: str, first: date, last: date) -> Select[UUID, date]:
    """The worker-days of a unit that were never judged."""
    days = (
        func.generate_series(first, last, text("interval '1 day'"))
        .table_valued("at")
        .render_derived()
    )
    day = cast(days.c.at, Date)
    judged = exists().where(WorkerDay.worker_id == Posting.worker_id, WorkerDay.day == day)
    return (
        select(Posting.worker_id, day)
        .join(days, Posting.valid.contains(day))
        .where(under(Posting.community_code, unit_code), Posting.employment.is_not(None), ~judged)
    )


def bring_up_to_date(
    session: Session, unit_code: str, first: date, last: date, now: datetime, at_most: int
) -> bool:
    """Recompute what is stale or missing if it is little; whether all is up to date then."""
    last = min(last, civil_day(now))
    behind: set[Key] = set()
    for keys in (stale_keys, missing_keys):
        found = session.execute(keys(unit_code, first, last).limit(at_most + 1))
        behind |= {(worker_id, day) for worker_id, day in found}
        if len(behind) > at_most:
            return False
    recompute_all(session, behind, now)
    return True


def sweep(sessions: Sessions, now: datetime, at_most: int = SWEPT_AT_ONCE) -> int:
    """Recompute stale worker-days, oldest mark first, each in a transaction of its own.

    Dates to come keep their marks until they begin: what changes before then is not marked again.
    Several sweepers share the work: a worker-day that another one holds is passed over. A sweeper
    that is killed leaves the marks of what it had not committed.
    """
    with sessions() as session:
        keys = _marked_longest(session, civil_day(now), at_most)
    return sum(_swept(sessions, key, now) for key in keys)


def _marked_longest(session: Session, today: date, at_most: int) -> Sequence[Key]:
    rows = session.execute(
        select(StaleDay.worker_id, StaleDay.day)
        .where(StaleDay.day <= today)
        .group_by(StaleDay.worker_id, StaleDay.day)
        .order_by(func.min(StaleDay.id))
        .limit(at_most)
    )
    return [(worker_id, day) for worker_id, day in rows]


def _swept(sessions: Sessions, key: Key, now: datetime) -> bool:
    """One that fails keeps its marks and does not hold up the others."""
    try:
        with sessions.begin() as session:
            if not try_lock(session, key) or not is_stale(session, *key):
                return False
            recompute(session, *key, now)
    except Exception:
        log.exception("worker_day_not_recomputed", worker_id=str(key[0]), day=key[1].isoformat())
        return False
    return True


def materialise(session: Session, day: date) -> int:
    """Mark every posted worker's date that was never judged, so that none is absent."""
    never_judged = select(Posting.worker_id, literal(day, Date), Posting.community_code).where(
        Posting.valid.contains(day),
        Posting.employment.is_not(None),
        ~exists().where(WorkerDay.worker_id == Posting.worker_id, WorkerDay.day == day),
        ~exists().where(StaleDay.worker_id == Posting.worker_id, StaleDay.day == day),
    )
    marked = session.execute(
        insert(StaleDay)
        .from_select(["worker_id", "day", "community_code"], never_judged)
        .returning(StaleDay.id)
    )
    return len(marked.all())


GAPS_LOOKED_FOR = timedelta(days=31)


def days_of_gaps(session: Session, now: datetime) -> list[date]:
    """Dates that an outage may have passed over: since the first that was judged in a month."""
    today = civil_day(now)
    first = session.scalar(
        select(func.min(WorkerDay.day)).where(WorkerDay.day >= today - GAPS_LOOKED_FOR)
    )
    span = (today - first).days if first else 0
    return [today - timedelta(days=back) for back in range(2, span)]


def days_to_materialise(now: datetime) -> tuple[date, date]:
    """Yesterday and today."""
    today = civil_day(now)
    return today - timedelta(days=1), today
