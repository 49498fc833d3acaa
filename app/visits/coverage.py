"""Coverage of units and workers over a range (VIS-8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.db.models import NOBODY, Posting, Unit, VisitTally, Worker
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.kit.paging import decode, encode
from app.people.posts import posting_on
from app.rules.divisions import UnitTier
from app.rules.duty import is_bound
from app.rules.visits import VisitKind
from app.visits.coverage_schemas import CoverageOut, CoverageRow, MyCoverageOut
from app.visits.figures import (
    ByKind,
    kinds_out,
    summed,
    total_by_kind,
    unit_key,
    whole,
    within,
    worker_key,
)
from app.visits.upkeep import bring_up_to_date


class By(StrEnum):
    """What coverage is listed by; `unit` is the tier below the one that is asked for."""

    UNIT = "unit"
    TOWNSHIP = "township"
    COMMUNITY = "community"
    GRID = "grid"
    WORKER = "worker"


DIGITS = {By.TOWNSHIP: 9, By.COMMUNITY: 12, By.GRID: 15}
BELOW = {UnitTier.CITY: 9, UnitTier.TOWNSHIP: 12, UnitTier.COMMUNITY: 15, UnitTier.GRID: 15}


@dataclass(frozen=True)
class Asked:
    """Whose coverage of which range, by what, of which kind."""

    unit: str
    first: date
    last: date
    by: By = By.UNIT
    kind: VisitKind | None = None
    cursor: str | None = None
    limit: int = 200


def coverage(session: Session, asked: Asked, now: datetime) -> CoverageOut:
    """One pass over the tallies; the communities that are behind are brought up to date first."""
    unit = session.get(Unit, asked.unit)
    if unit is None:
        raise NotFound(unit=asked.unit)
    stale = bring_up_to_date(session, asked.unit, now)
    found = summed(session, _key(unit, asked.by), _where(asked), now)
    keys = _page(sorted(found), asked)
    shown = keys[: asked.limit]
    more = len(keys) > asked.limit
    total = total_by_kind(found.values())
    return CoverageOut(
        unit=asked.unit,
        first=asked.first,
        last=asked.last,
        by=asked.by,
        total=whole(total),
        kinds=kinds_out(total, asked.last),
        stale=stale,
        items=_rows(session, {key: found[key] for key in shown}, asked),
        next_cursor=encode(shown[-1]) if more else None,
    )


def _key(unit: Unit, by: By) -> ColumnElement[str]:
    if by is By.WORKER:
        return worker_key()
    return unit_key(BELOW[unit.tier] if by is By.UNIT else max(DIGITS[by], len(unit.code)))


def _where(asked: Asked) -> tuple[ColumnElement[bool], ...]:
    where = within(asked.first, asked.last, asked.unit)
    return where if asked.kind is None else (*where, VisitTally.kind == asked.kind)


def _page(keys: Sequence[str], asked: Asked) -> Sequence[str]:
    """The keys after the cursor, one more than asked for; nobody is not listed as a worker."""
    after = str(decode(asked.cursor, str)[0]) if asked.cursor else ""
    listed = [key for key in keys if key > after and key != str(NOBODY)]
    return listed[: asked.limit + 1]


def _rows(session: Session, found: Mapping[str, ByKind], asked: Asked) -> list[CoverageRow]:
    of_workers = asked.by is By.WORKER
    names = _worker_names(session, found) if of_workers else _unit_names(session, found)
    posts = _last_posts(session, found, asked.last) if of_workers else {}
    return [
        CoverageRow(
            key=key,
            name=names.get(key, key),
            community=posts[key].community_code if key in posts else None,
            bound=_bound(posts.get(key)) if of_workers else None,
            kinds=kinds_out(by_kind, asked.last),
            **whole(by_kind).model_dump(),
        )
        for key, by_kind in found.items()
    ]


def _unit_names(session: Session, keys: Mapping[str, ByKind]) -> dict[str, str]:
    rows = session.execute(select(Unit.code, Unit.name).where(Unit.code.in_(keys)))
    return {code: name for code, name in rows}  # noqa: C416 - rows are not pairs to mypy


def _worker_names(session: Session, keys: Mapping[str, ByKind]) -> dict[str, str]:
    workers = Worker.id.in_([UUID(key) for key in keys])
    rows = session.execute(select(Worker.id, Worker.name).where(workers))
    return {str(key): name for key, name in rows}


def _last_posts(session: Session, keys: Mapping[str, ByKind], last: date) -> dict[str, Posting]:
    """Where each worker stood at the end of a range, or last before."""
    rows = session.scalars(
        select(Posting)
        .where(Posting.worker_id.in_([UUID(key) for key in keys]))
        .order_by(Posting.valid)
    )
    begun = (post for post in rows if post.valid.lower is None or post.valid.lower <= last)
    return {str(post.worker_id): post for post in begun}


def _bound(post: Posting | None) -> bool:
    return post is not None and post.employment is not None and is_bound(post.employment)


def my_coverage(
    session: Session, worker_id: UUID, first: date, last: date, now: datetime
) -> MyCoverageOut:
    """What a worker paid, and what is charged to him or her."""
    post = posting_on(session, worker_id, min(last, civil_day(now)))
    if post is not None:
        bring_up_to_date(session, post.community_code, now)
    mine = (VisitTally.worker_id == worker_id, VisitTally.last_day.between(first, last))
    by_kind = summed(session, worker_key(), mine, now).get(str(worker_id), {})
    return MyCoverageOut(
        first=first,
        last=last,
        bound=_bound(post),
        total=whole(by_kind),
        kinds=kinds_out(by_kind, last),
    )
