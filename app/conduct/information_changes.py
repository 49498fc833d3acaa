"""Known changes whose three months ended in a month, and whether they were recorded (INF-5)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, literal, select
from sqlalchemy.orm import Session, aliased

from app.conduct.basis import Plain, record
from app.conduct.grids_held import GridsHeld
from app.db.models import KnownChange, Record, RecordConflict, RecordVersion
from app.people.months import MonthOfWorker
from app.rules.accuracy import ChangeState, judge_change, months_later
from app.rules.activity import month_of
from app.rules.information import RecordSource

LONGEST_MONTHS = 4
"""The term is three; a month more, so that no end of a month is missed."""


def changes_due(
    session: Session, months: Sequence[MonthOfWorker]
) -> Sequence[tuple[UUID, bool, Plain]]:
    """Of whoever had the record's grid since the change was known, up to the date it was due."""
    first, last = month_of(months[0].month)
    held = GridsHeld(session, months)
    known_from = months_later(first, -LONGEST_MONTHS)
    rows = session.execute(
        select(KnownChange.id, KnownChange.record_id, KnownChange.known_on, Record.grid_code)
        .join(Record, Record.id == KnownChange.record_id)
        .where(
            KnownChange.community_code.in_({grid[:12] for grid in held.grids}),
            KnownChange.known_on.between(known_from, last),
        )
        .order_by(KnownChange.id)
    ).all()
    recorded = _recorded(session, [row.id for row in rows])
    found = []
    for row in rows:
        shown, due_on, met = _judged(row, recorded.get(row.id))
        holder = held.holder(row.grid_code, row.known_on, due_on)
        if first <= due_on <= last and holder is not None:
            found.append((holder, met, shown))
    return found


def _judged(row: Any, recorded_on: date | None) -> tuple[Plain, date, bool]:
    """As of the day after it was due: what is recorded later does not undo that it was late."""
    unjudged = judge_change(row.known_on, None, row.known_on)
    due_on = date.fromisoformat(str(unjudged.because["due_on"]))
    finding = judge_change(row.known_on, recorded_on, due_on + timedelta(days=1))
    at = f"/v1/records/{row.record_id}"
    shown = record("known_change", row.id, at, part="changes", **finding.because)
    return shown, due_on, finding.verdict is ChangeState.IN_TIME


def _recorded(session: Session, changes: Sequence[UUID]) -> Mapping[UUID, date]:
    """When the first version was captured, since the change was known, that was entered; of the
    record or of what it was merged into."""
    start = select(KnownChange.id.label("change_id"), KnownChange.record_id.label("at_id")).where(
        KnownChange.id.in_(changes)
    )
    chain = start.cte("chain", recursive=True)
    step = aliased(Record)
    chain = chain.union_all(
        select(chain.c.change_id, step.merged_into)
        .join(step, step.id == chain.c.at_id)
        .where(step.merged_into.is_not(None))
    )
    proposed = select(literal(1)).where(
        RecordConflict.record_id == RecordVersion.record_id,
        RecordConflict.proposed_version == RecordVersion.number,
    )
    joins_records = and_(RecordVersion.source == RecordSource.MERGE, RecordVersion.base.is_(None))
    query: Any = (
        select(KnownChange.id, func.min(RecordVersion.day))
        .join(chain, chain.c.change_id == KnownChange.id)
        .join(Record, Record.id == chain.c.at_id)
        .join(RecordVersion, RecordVersion.record_id == Record.id)
        .where(
            RecordVersion.day >= KnownChange.known_on,
            RecordVersion.number <= Record.entered_version,
            ~proposed.exists(),
            ~joins_records,
        )
        .group_by(KnownChange.id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
