"""Whose sheets are asked for: workers with a post on a date, their verdicts up to date."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.days.boards import Place, after, grids_held, posted
from app.days.commands import recompute_all
from app.days.schemas import UnitOut
from app.days.standards import Standards
from app.days.upkeep import preview
from app.db.models import Posting, StaleDay, Unit, Worker, WorkerDay
from app.kit import paging
from app.kit.clock import civil_day
from app.rules.divisions import ancestors
from app.rules.duty import Employment

ANYWHERE = ""
"""One's own post, wherever it was."""


@dataclass(frozen=True)
class Member:
    """A worker on a date."""

    worker_id: UUID
    name: str
    employment: Employment
    community_code: str
    grid_codes: Sequence[str]
    day: WorkerDay


@dataclass(frozen=True)
class Roll:
    """The workers of a page on a date, and what their sheets have in common."""

    day: date
    now: datetime
    members: Sequence[Member]
    standards: Standards
    units: Mapping[str, UnitOut]
    next_cursor: str | None

    @property
    def worker_ids(self) -> list[UUID]:
        """Whose facts are to be read."""
        return [member.worker_id for member in self.members]

    @property
    def communities(self) -> list[str]:
        """Where they have their posts."""
        return sorted({member.community_code for member in self.members})


def roll_of_unit(session: Session, unit_code: str, day: date, now: datetime, place: Place) -> Roll:
    """The level-1 workers of a unit, by community."""
    rows = _posts(session, posted(unit_code, day), day, place)
    shown, more = rows[: place.limit], len(rows) > place.limit
    last = shown[-1] if shown else None
    cursor = paging.encode(last.community_code, str(last.id)) if last and more else None
    return _roll(session, shown, day, now, cursor)


def roll_of_worker(
    session: Session, worker_id: UUID, unit_code: str, day: date, now: datetime
) -> Roll:
    """One worker, if posted in a unit on the date; else nobody."""
    of_worker = (Posting.worker_id == worker_id, *posted(unit_code, day))
    return _roll(session, _posts(session, of_worker, day, Place(1)), day, now, None)


def _posts(
    session: Session, who: Collection[ColumnElement[bool]], day: date, place: Place
) -> Sequence[Any]:
    """One more than asked for tells whether there are more."""
    query = (
        select(
            Worker.id,
            Worker.name,
            Posting.community_code,
            Posting.employment,
            grids_held(Worker.id, day).label("grids"),
        )
        .select_from(Posting)
        .join(Worker)
        .where(*who)
        .order_by(Posting.community_code, Worker.id)
        .limit(place.limit + 1)
    )
    if place.cursor is not None:
        community, worker_id = after(place.cursor)
        query = query.where(
            (Posting.community_code > community)
            | ((Posting.community_code == community) & (Posting.worker_id > worker_id))
        )
    return session.execute(query).all()


def _roll(
    session: Session, posts: Sequence[Any], day: date, now: datetime, cursor: str | None
) -> Roll:
    verdicts = _verdicts(session, [post.id for post in posts], day, now)
    members = [
        Member(
            worker_id=post.id,
            name=post.name,
            employment=Employment(post.employment),
            community_code=post.community_code,
            grid_codes=post.grids,
            day=verdicts[post.id],
        )
        for post in posts
        if post.id in verdicts
    ]
    return Roll(day, now, members, Standards(session, [day]), _units(session, members), cursor)


def _verdicts(
    session: Session, worker_ids: Sequence[UUID], day: date, now: datetime
) -> Mapping[UUID, WorkerDay]:
    """Their worker-days, judged first where stale or missing; of a date to come a preview."""
    if day > civil_day(now):
        previews = {each: preview(session, each, day, now) for each in worker_ids}
        return {each: row for each, row in previews.items() if row is not None}
    stale = session.scalars(
        select(StaleDay.worker_id).where(StaleDay.worker_id.in_(worker_ids), StaleDay.day == day)
    )
    judged = _stored(session, worker_ids, day)
    behind = (set(worker_ids) - set(judged)) | set(stale)
    recompute_all(session, [(each, day) for each in behind], now)
    return _stored(session, worker_ids, day) if behind else judged


def _stored(session: Session, worker_ids: Sequence[UUID], day: date) -> Mapping[UUID, WorkerDay]:
    rows = session.scalars(
        select(WorkerDay).where(WorkerDay.worker_id.in_(worker_ids), WorkerDay.day == day)
    )
    return {row.worker_id: row for row in rows}


def _units(session: Session, members: Sequence[Member]) -> Mapping[str, UnitOut]:
    """The names of every tier above them, and of their grids."""
    codes = {code for member in members for code in ancestors(member.community_code)}
    codes |= {code for member in members for code in member.grid_codes}
    rows = session.scalars(select(Unit).where(Unit.code.in_(codes)))
    return {row.code: UnitOut.model_validate(row) for row in rows}
