"""Summaries over a range: a unit's worker-days and those of each of its children, by prefix."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, func, literal, select
from sqlalchemy.orm import Session

from app.days.boards import SECONDS
from app.days.schemas import Minutes, SummaryOut, SummaryRow, UnitOut
from app.days.standards import Standards
from app.days.upkeep import bring_up_to_date
from app.db.models import Posting, StaleDay, Unit, Worker, WorkerDay
from app.kit.clock import civil_day
from app.kit.errors import Refusal
from app.people.posts import under
from app.rules.attendance import WINDOWS
from app.rules.civil import instant_of
from app.rules.divisions import UnitTier
from app.rules.field_time import FieldVerdict, Standing, standing

DAYS_AT_MOST = 400
BROUGHT_UP_TO_DATE = 100
"""Worker-days that a reader of a summary waits for; a larger arrear is counted as such."""
CHILD_DIGITS = {UnitTier.CITY: 9, UnitTier.TOWNSHIP: 12}


class RangeTooLong(Refusal):
    """A range has its first date before its last, and at most 400 dates."""

    code = "days.range_too_long"
    status = 422
    zh = "日期范围的起始日不得晚于截止日，且最多400天。"


@dataclass(frozen=True)
class Range:
    """Dates from the first to the last, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.last - self.first < timedelta(days=DAYS_AT_MOST):
            raise RangeTooLong(first=self.first, last=self.last, most=DAYS_AT_MOST)

    def until(self, today: date) -> "Range | None":
        """The part that is not in the future."""
        return Range(self.first, min(self.last, today)) if self.first <= today else None


def summary(session: Session, unit: UnitOut, asked: Range, now: datetime) -> SummaryOut:
    """The unit's totals, and one row per child unit, or per worker for a community."""
    past = asked.until(civil_day(now))
    found = _found(session, unit, past, now) if past else {}
    if past and 0 < sum(row["behind"] for row in found.values()) <= BROUGHT_UP_TO_DATE:
        bring_up_to_date(session, unit.code, past.first, past.last, now, BROUGHT_UP_TO_DATE)
        found = _found(session, unit, past, now)
    names = _names(session, unit, set(found))
    items = [
        _row(found.get(key, NOTHING), unit_key=key, name=name, of_worker=_is_worker(unit))
        for key, name in names.items()
    ]
    whole: dict[str, Any] = {name: sum(row[name] for row in found.values()) for name in NOTHING}
    total = _row(whole, unit_key=unit.code, name=unit.name, of_worker=False)
    return SummaryOut(unit=unit, first=asked.first, last=asked.last, total=total, items=items)


def _is_worker(unit: UnitOut) -> bool:
    return unit.tier is UnitTier.COMMUNITY


def _child(unit: UnitOut, community_code: Any, worker_id: Any) -> ColumnElement[str]:
    """What a worker-day is counted under."""
    if _is_worker(unit):
        return cast(worker_id, String)
    return func.left(community_code, CHILD_DIGITS[unit.tier])


def _found(
    session: Session, unit: UnitOut, asked: Range, now: datetime
) -> dict[str, dict[str, Any]]:
    """The figures of each child by its key; children without any post or verdict are absent."""
    figures = _figures(session, unit, asked, now)
    posted, stale = _posted_days(session, unit, asked), _stale_days(session, unit, asked)
    found: dict[str, dict[str, Any]] = {}
    for key in figures.keys() | posted.keys():
        row = {**NOTHING, **figures.get(key, {})}
        row["posted_days"] = max(posted.get(key, 0), row["computed_days"])
        row["stale_days"] = stale.get(key, 0)
        row["behind"] = row["posted_days"] - row["computed_days"] + row["stale_days"]
        found[key] = row
    return found


def _figures(
    session: Session, unit: UnitOut, asked: Range, now: datetime
) -> dict[str, dict[str, Any]]:
    """One pass over the range by the index on date and community."""
    child = _child(unit, WorkerDay.community_code, WorkerDay.worker_id).label("child")
    columns = [column.label(name) for name, column in _columns(session, asked, now).items()]
    rows = session.execute(
        select(child, *columns)
        .where(
            WorkerDay.day.between(asked.first, asked.last),
            under(WorkerDay.community_code, unit.code),
        )
        .group_by(child)
    )
    return {row.child: {name: getattr(row, name) for name in FIGURES} for row in rows}


FIGURES = (
    "computed_days",
    "provisional_days",
    "duty_days",
    "windows_filled",
    "windows_excused",
    "windows_waiting",
    "days_met",
    "days_short",
    "days_excused",
    "fixes",
    *SECONDS,
)
NOTHING: Mapping[str, Any] = dict.fromkeys((*FIGURES, "posted_days", "stale_days"), 0)


def _columns(session: Session, asked: Range, now: datetime) -> Mapping[str, ColumnElement[Any]]:
    owes = and_(WorkerDay.on_duty, WorkerDay.bound)
    owed = func.count().filter
    return {
        "computed_days": func.count(),
        "provisional_days": owed(WorkerDay.day >= _first_provisional(session, asked, now)),
        "duty_days": owed(owes),
        "windows_filled": _total(WorkerDay.windows_filled, owes),
        "windows_excused": _total(WorkerDay.windows_excused, owes),
        "windows_waiting": _waiting(owes, now),
        "days_met": owed(WorkerDay.field_verdict == FieldVerdict.MET),
        "days_short": owed(WorkerDay.field_verdict == FieldVerdict.SHORT),
        "days_excused": owed(WorkerDay.field_verdict == FieldVerdict.EXCUSED),
        "fixes": _total(WorkerDay.fixes, literal(True)),
        **{name: _total(column, literal(True)) for name, column in SECONDS.items()},
    }


def _total(column: Any, condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(column).filter(condition), 0)


def _first_provisional(session: Session, asked: Range, now: datetime) -> date:
    """Only yesterday and today can be provisional: a date is final on the day after."""
    today = civil_day(now)
    days = [today - timedelta(days=1), today]
    standards = Standards(session, days)
    for day in days:
        if standing(day, now, standards.values(day)) is Standing.PROVISIONAL:
            return day
    return today + timedelta(days=1)


def _waiting(owes: ColumnElement[bool], now: datetime) -> ColumnElement[int]:
    """Windows of today that have not closed and that nothing fills or excuses yet."""
    today = civil_day(now)
    waiting: ColumnElement[int] = literal(0)
    for window in WINDOWS.on(today):
        if now < instant_of(today, window.closes) + timedelta(seconds=1):
            unfilled = WorkerDay.windows[window.number - 1]["state"].astext.is_(None)
            waiting = waiting + func.count().filter(and_(owes, WorkerDay.day == today, unfilled))
    return waiting


def _posted_days(session: Session, unit: UnitOut, asked: Range) -> Mapping[str, int]:
    """Worker-days with a post: the lengths of posts within the range."""
    span = func.daterange(asked.first, asked.last, "[]")
    within = Posting.valid.op("*")(span)
    child = _child(unit, Posting.community_code, Posting.worker_id).label("child")
    rows = session.execute(
        select(child, func.sum(func.upper(within) - func.lower(within)).label("days"))
        .where(
            under(Posting.community_code, unit.code),
            Posting.employment.is_not(None),
            Posting.valid.op("&&")(span),
        )
        .group_by(child)
    )
    return {row.child: int(row.days) for row in rows}


def _stale_days(session: Session, unit: UnitOut, asked: Range) -> Mapping[str, int]:
    """Worker-days that were judged and whose facts changed since."""
    child = _child(unit, StaleDay.community_code, StaleDay.worker_id).label("child")
    days = func.count(func.distinct(StaleDay.worker_id, StaleDay.day))
    rows = session.execute(
        select(child, days.label("days"))
        .join(
            WorkerDay,
            and_(WorkerDay.worker_id == StaleDay.worker_id, WorkerDay.day == StaleDay.day),
        )
        .where(
            StaleDay.day.between(asked.first, asked.last),
            under(StaleDay.community_code, unit.code),
        )
        .group_by(child)
    )
    return {row.child: row.days for row in rows}


def _names(session: Session, unit: UnitOut, keys: set[str]) -> Mapping[str, str]:
    if _is_worker(unit):
        chosen = Worker.id.in_([UUID(key) for key in keys])
        workers = select(Worker.id, Worker.name).where(chosen).order_by(Worker.name, Worker.id)
        return {str(worker_id): name for worker_id, name in session.execute(workers)}
    units = select(Unit.code, Unit.name).where(Unit.parent_code == unit.code).order_by(Unit.code)
    return {row.code: row.name for row in session.execute(units)}


def _row(found: Mapping[str, Any], *, unit_key: str, name: str, of_worker: bool) -> SummaryRow:
    owed = found["duty_days"] * 3
    settled = found["windows_filled"] + found["windows_excused"] + found["windows_waiting"]
    posted, computed, stale = found["posted_days"], found["computed_days"], found["stale_days"]
    return SummaryRow(
        code=None if of_worker else unit_key,
        worker_id=UUID(unit_key) if of_worker else None,
        name=name,
        posted_days=posted,
        computed_days=computed,
        uncomputed_days=posted - computed,
        stale_days=stale,
        provisional_days=found["provisional_days"],
        duty_days=found["duty_days"],
        windows_owed=owed,
        windows_filled=found["windows_filled"],
        windows_excused=found["windows_excused"],
        windows_missed=owed - settled,
        days_met=found["days_met"],
        days_short=found["days_short"],
        days_excused=found["days_excused"],
        minutes=Minutes(**{half: round(float(found[half]) / 60, 2) for half in SECONDS}),
        fixes=found["fixes"],
        coverage=round((computed - stale) / posted, 4) if posted else 0.0,
    )
