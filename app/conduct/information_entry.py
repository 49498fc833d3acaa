"""Records whose term of entry ended in a month, and whether the worker handed them in (INF-2)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conduct.basis import Plain, record
from app.conduct.full_time import FullTime
from app.db.models import Record
from app.kit.clock import civil_day, day_end, day_start
from app.people.months import MonthOfWorker
from app.people.values import supersessions
from app.rules.activity import month_of
from app.rules.information import ENTRY_DAYS, RecordState, judge_entry
from app.rules.parameters import values_on

LONGEST = timedelta(days=ENTRY_DAYS.maximum)


def entries_due(
    session: Session, months: Sequence[MonthOfWorker]
) -> Sequence[tuple[UUID, bool, Plain]]:
    """Of whoever collected each record, full-time then and on the date on which it was due.

    What lay with the station when it was due is not held against the worker [reading].
    """
    workers = [one.worker_id for one in months]
    first, last = month_of(months[0].month)
    rows = session.execute(
        select(
            Record.id,
            Record.worker_id,
            Record.state,
            Record.collected_at,
            Record.submitted_at,
            Record.entered_at,
        )
        .where(
            Record.worker_id.in_(workers),
            Record.collected_at >= day_start(first - LONGEST),
            Record.collected_at < day_end(last),
            Record.merged_into.is_(None),
        )
        .order_by(Record.id)
    ).all()
    due = _due(session, rows)
    full_time = FullTime(session, workers)
    return [
        (row.worker_id, _met(row, due_on), _shown(row, due_on))
        for row, due_on in due
        if first <= due_on <= last
        and full_time.on(row.worker_id, due_on)
        and full_time.on(row.worker_id, civil_day(row.collected_at))
    ]


def _due(session: Session, rows: Sequence[Any]) -> Iterator[tuple[Any, date]]:
    """By the values in force on the day of collection."""
    history = supersessions(session)
    days: dict[date, date] = {}
    for row in rows:
        day = civil_day(row.collected_at)
        if day not in days:
            finding = judge_entry(day, None, day, values_on(day, history))
            days[day] = date.fromisoformat(str(finding.because["due_on"]))
        yield row, days[day]


def _met(row: Any, due_on: date) -> bool:
    entered = row.entered_at is not None and civil_day(row.entered_at) <= due_on
    return entered or _handed_in(row, due_on)


def _handed_in(row: Any, due_on: date) -> bool:
    """Whether it lay with the station when it was due; what was handed in again after it had been
    entered had been handed in before."""
    if row.submitted_at is None or row.state is RecordState.RETURNED:
        return False
    again = row.entered_at is not None and row.submitted_at > row.entered_at
    return again or civil_day(row.submitted_at) <= due_on


def _shown(row: Any, due_on: date) -> Plain:
    """What was missed on the date on which it was due; that it is made up for later is no other
    fact, and opens with the record."""
    return record(
        "record",
        row.id,
        f"/v1/records/{row.id}",
        part="entry",
        collected_on=civil_day(row.collected_at).isoformat(),
        due_on=due_on.isoformat(),
    )
