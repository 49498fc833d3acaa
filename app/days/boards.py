"""The board of a unit and date, and the tag by which a poll sees that nothing changed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select, text, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from app.days.facts import Post
from app.days.schemas import BoardOut, BoardTotals, Minutes, UnitOut, WindowTotals
from app.days.shown import Judged, day_out
from app.days.standards import Standards
from app.days.upkeep import blank, bring_up_to_date
from app.db.models import (
    Assignment,
    Posting,
    StaleDay,
    Unit,
    Worker,
    WorkerDay,
)
from app.kit import paging
from app.kit.errors import BadCursor, NotFound
from app.people.posts import under
from app.rules.attendance import WINDOWS
from app.rules.civil import instant_of
from app.rules.divisions import UnitTier
from app.rules.duty import Employment, is_bound
from app.rules.field_time import FINAL_AT, FieldVerdict, final_instant, standing
from app.rules.parameters import Values, read_value

BROUGHT_UP_TO_DATE = 50
"""Worker-days that a reader of a board waits for; a larger arrear is shown as stale."""


def unit_out(session: Session, code: str) -> UnitOut:
    """A unit; raises NotFound."""
    unit = session.get(Unit, code)
    if unit is None or unit.tier is UnitTier.GRID:
        raise NotFound
    return UnitOut.model_validate(unit)


POLLED = text("""
select
    (select version from board_version where unit_code = :unit and day = :day),
    exists (select from stale_day
            where day = :day and community_code ~>=~ :unit and community_code ~<~ :beyond),
    (select value from parameter_value
     where name = :final_at and effective_from <= :day
     order by effective_from desc, id desc limit 1)
""")
"""All that a poll asks of the database: one row, and two looks into indexes that find none."""


def beyond(unit_code: str) -> str:
    """The first text, byte by byte, that sorts after every code of a unit's subtree."""
    return unit_code[:-1] + chr(ord(unit_code[-1]) + 1)


def tag(session: Session, unit_code: str, day: date, now: datetime, *asked: object) -> str | None:
    """The entity tag of a board; None where stale facts wait, so that it must be looked at."""
    probe = {"unit": unit_code, "beyond": beyond(unit_code), "day": day, "final_at": FINAL_AT.name}
    version, stale, final_at = session.execute(POLLED, probe).one()
    if stale:
        return None
    values = (
        Values(((FINAL_AT.name, read_value(FINAL_AT.name, final_at)),)) if final_at else Values()
    )
    parts = (unit_code, day, version or 0, phase(day, now, values), *asked)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def phase(day: date, now: datetime, values: Values) -> int:
    """How many of the instants have passed at which a board changes by the clock alone."""
    instants = [final_instant(day, values) + timedelta(microseconds=1)]
    for window in WINDOWS.on(day):
        opens, closes = instant_of(day, window.opens), instant_of(day, window.closes)
        instants += [opens, closes + timedelta(seconds=1)]
    return sum(at <= now for at in instants)


def bring_board_up_to_date(session: Session, unit: UnitOut, day: date, now: datetime) -> None:
    """A reader recomputes what is stale, where it is little."""
    bring_up_to_date(session, unit.code, day, day, now, BROUGHT_UP_TO_DATE)


@dataclass(frozen=True)
class Place:
    """Which page of a board."""

    limit: int
    cursor: str | None = None


def board(session: Session, unit: UnitOut, day: date, now: datetime, place: Place) -> BoardOut:
    """The workers of a unit on a date, by community and grid, and what they come to."""
    standards = Standards(session, [day])
    values = standards.values(day)
    rows = _rows(session, unit.code, day, place)
    shown, more = rows[: place.limit], len(rows) > place.limit
    last = shown[-1] if shown else None
    judged = [_judged(row, day, standards, now) for row in shown]
    judged.sort(key=lambda found: (found.row.community_code, found.grid_codes, found.worker_name))
    return BoardOut(
        unit=unit,
        day=day,
        standing=standing(day, now, values),
        totals=totals(session, unit.code, day, now),
        items=[day_out(found, values, now) for found in judged],
        next_cursor=paging.encode(last.community_code, str(last.id)) if last and more else None,
    )


def grids_held(worker_id: Any, day: Any) -> ColumnElement[list[str]]:
    """The codes of a worker's grids of a date."""
    return (
        select(
            func.coalesce(
                func.array_agg(aggregate_order_by(Assignment.grid_code, Assignment.grid_code)), []
            )
        )
        .where(Assignment.worker_id == worker_id, Assignment.valid.contains(day))
        .scalar_subquery()
    )


def _rows(session: Session, unit_code: str, day: date, place: Place) -> Sequence[Any]:
    """One more than asked for tells whether there are more."""
    query = (
        select(
            Worker.id,
            Worker.name,
            Posting.community_code,
            Posting.employment,
            grids_held(Worker.id, day).label("grids"),
            WorkerDay,
            exists().where(StaleDay.worker_id == Worker.id, StaleDay.day == day).label("stale"),
        )
        .select_from(Posting)
        .join(Worker)
        .outerjoin(WorkerDay, and_(WorkerDay.worker_id == Posting.worker_id, WorkerDay.day == day))
        .where(*posted(unit_code, day))
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


def after(cursor: str) -> tuple[str, UUID]:
    """The community and worker that a cursor stands for; raises BadCursor."""
    community, worker_id = paging.decode(cursor, str, str)
    try:
        return str(community), UUID(str(worker_id))
    except ValueError:
        raise BadCursor from None


def posted(unit_code: str, day: date) -> tuple[ColumnElement[bool], ...]:
    """The posts of level-1 workers in a unit on a date."""
    return (
        under(Posting.community_code, unit_code),
        Posting.valid.contains(day),
        Posting.employment.is_not(None),
    )


def _judged(found: Any, day: date, standards: Standards, now: datetime) -> Judged:
    """The stored verdict, or that of a date without any record where none is stored yet."""
    row: WorkerDay | None = found.WorkerDay
    if row is not None:
        return Judged(row, found.name, found.grids, found.stale)
    post = Post(
        worker_id=found.id,
        day=day,
        community_code=found.community_code,
        bound=is_bound(Employment(found.employment)),
        on_duty=standards.is_duty_date(found.community_code, day),
        values=standards.values(day),
    )
    return Judged(blank(post, standards, now), found.name, found.grids, stale=True, stored=False)


def totals(session: Session, unit_code: str, day: date, now: datetime) -> BoardTotals:
    """What all of a unit's workers come to; what was never judged is in `stale` alone."""
    owes = and_(WorkerDay.on_duty, WorkerDay.bound)
    closed = [
        window.number
        for window in WINDOWS.on(day)
        if now >= instant_of(day, window.closes) + timedelta(seconds=1)
    ]
    missed = [_count(and_(owes, _unfilled(number))) for number in closed]
    stale = exists().where(StaleDay.worker_id == Posting.worker_id, StaleDay.day == day)
    found = session.execute(
        select(
            func.count().label("workers"),
            _count(owes).label("on_duty"),
            _sum(WorkerDay.windows_filled, owes).label("filled"),
            _sum(WorkerDay.windows_excused, owes).label("excused"),
            *(
                _count(WorkerDay.field_verdict == verdict).label(verdict)
                for verdict in FieldVerdict
            ),
            *(_sum(column, true()).label(name) for name, column in SECONDS.items()),
            _count(WorkerDay.worker_id.is_(None) | stale).label("stale"),
            sum(missed, func.coalesce(0)).label("missed"),
        )
        .select_from(Posting)
        .outerjoin(WorkerDay, and_(WorkerDay.worker_id == Posting.worker_id, WorkerDay.day == day))
        .where(*posted(unit_code, day))
    ).one()
    return _totals_out(found._mapping)  # noqa: SLF001 - the name of a public attribute


SECONDS = {
    "total": WorkerDay.total_s,
    "morning": WorkerDay.morning_s,
    "afternoon": WorkerDay.afternoon_s,
    "off_peak": WorkerDay.off_peak_s,
}


def _unfilled(number: int) -> ColumnElement[bool]:
    state: ColumnElement[str] = WorkerDay.windows[number - 1]["state"].astext
    return state.is_(None)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


def _sum(column: Any, condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(column).filter(condition), 0)


def _totals_out(found: Any) -> BoardTotals:
    owed = found["on_duty"] * 3
    filled, excused, missed = found["filled"], found["excused"], found["missed"]
    return BoardTotals(
        workers=found["workers"],
        on_duty=found["on_duty"],
        windows=WindowTotals(
            owed=owed,
            filled=filled,
            excused=excused,
            missed=missed,
            waiting=owed - filled - excused - missed,
        ),
        met=found[FieldVerdict.MET],
        short=found[FieldVerdict.SHORT],
        excused=found[FieldVerdict.EXCUSED],
        not_owed=found[FieldVerdict.NOT_OWED],
        minutes=Minutes(**{name: round(float(found[name]) / 60, 2) for name in SECONDS}),
        stale=found["stale"],
    )
