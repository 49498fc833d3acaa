"""Whom a response concerns: those posted or holding a grid in its area on its dates (EMR-1)."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.dialects.postgresql import Range, distinct_on
from sqlalchemy.orm import Session

from app.db.models import Assignment, KeyPeriod, KeyPeriodUnit, Posting, Worker
from app.people.posts import under
from app.people.spans import starts
from app.rules.divisions import UnitTier, tier_of
from app.rules.key_periods import KeySpan, Stood, duty_dates, is_concerned


def span_of(period: KeyPeriod) -> KeySpan:
    """From when to when."""
    return KeySpan(period.starts_at, period.ends_at, period.ended_at)


def units_of(session: Session, key: UUID) -> list[str]:
    """The units of its area, in order."""
    return units_of_all(session, [key]).get(key, [])


def units_of_all(session: Session, keys: Collection[UUID]) -> dict[UUID, list[str]]:
    """The same of many."""
    found: dict[UUID, list[str]] = {}
    rows = session.execute(
        select(KeyPeriodUnit.key_period_id, KeyPeriodUnit.unit_code)
        .where(KeyPeriodUnit.key_period_id.in_(keys))
        .order_by(KeyPeriodUnit.unit_code)
    )
    for key, code in rows:
        found.setdefault(key, []).append(code)
    return found


def concerned(units: Collection[str], span: KeySpan, scope: str) -> Select[Worker, str]:
    """The workers concerned with the community of their post, as far as it lies in a unit."""
    dates = _range(span)
    grids = [unit for unit in units if tier_of(unit) is UnitTier.GRID]
    posted = [under(Posting.community_code, unit) for unit in units if unit not in grids]
    holds = exists().where(
        Assignment.worker_id == Worker.id,
        Assignment.level == 1,
        Assignment.grid_code.in_(grids),
        Assignment.valid.overlaps(dates),
    )
    reached = or_(*posted, holds if grids else false())
    return _posted(dates, scope).where(reached)


def posted_among(worker_ids: Collection[UUID], scope: str) -> Select[Worker, str]:
    """Some workers with the community of their last post in a unit."""
    return _posted(None, scope).where(Worker.id.in_(worker_ids))


def _range(span: KeySpan) -> Range[date]:
    dates = duty_dates(span)
    return Range(dates[0], dates[-1], bounds="[]")


def _posted(dates: Range[date] | None, scope: str) -> Select[Worker, str]:
    """One row a worker: the last post, of those that touch some dates."""
    within = true() if dates is None else Posting.valid.overlaps(dates)
    return (
        select(Worker, Posting.community_code)
        .join(Posting, and_(Posting.worker_id == Worker.id, within))
        .where(Worker.level == 1, under(Posting.community_code, scope))
        .ext(distinct_on(Worker.id))
        .order_by(Worker.id, Posting.valid.desc())
    )


def touches(unit_code: str, above: Collection[str]) -> ColumnElement[bool]:
    """Whether a response's area lies in a unit, or the unit in its area."""
    return exists().where(
        KeyPeriodUnit.key_period_id == KeyPeriod.id,
        or_(under(KeyPeriodUnit.unit_code, unit_code), KeyPeriodUnit.unit_code.in_(above)),
    )


def concerns(session: Session, units: Collection[str], span: KeySpan, worker_id: UUID) -> bool:
    """Whether it concerns one worker."""
    dates = duty_dates(span)
    return is_concerned(units, stood(session, worker_id, dates[0], dates[-1]), dates).verdict


def stood(session: Session, worker_id: UUID, first: date, last: date) -> list[Stood]:
    """Where a worker was posted and which grids he or she held over a span."""
    dates = Range(first, last, bounds="[]")
    posts = select(Posting.community_code, Posting.valid).where(
        Posting.worker_id == worker_id, Posting.valid.overlaps(dates)
    )
    grids = select(Assignment.grid_code, Assignment.valid).where(
        Assignment.worker_id == worker_id,
        Assignment.level == 1,
        Assignment.valid.overlaps(dates),
    )
    return [
        Stood(code, max(first, starts(valid)), _last(valid, last))
        for query in (posts, grids)
        for code, valid in session.execute(query)
    ]


def _last(valid: Range[date], last: date) -> date:
    """The last date of a span of rows, whose upper bound is not part of it."""
    upper = valid.upper
    return last if upper is None or upper > last else date.fromordinal(upper.toordinal() - 1)
