"""Information: entered in time, correct when checked, changes and focus recorded (INF-2 to 5)."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.appraisal.measuring_focus import focus
from app.appraisal.pieces import Piece, Pieces, Whose, gathered
from app.appraisal.responsible import Responsible
from app.db.models import KnownChange, Record, RecordVersion, SampleItem
from app.kit.clock import civil_day, day_start
from app.registry.known_changes import changes_under
from app.rules.accuracy import CHANGE_MONTHS, ChangeState
from app.rules.appraisal import Part
from app.rules.information import ENTRY_DAYS, CheckResult, EntryVerdict, judge_entry

ALL = 1_000_000


def information(session: Session, whose: Whose) -> Pieces:
    """Its four parts together."""
    answers_for = Responsible(session, whose)
    return gathered(
        [
            *_entries(session, whose),
            *_checks(session, whose),
            *_changes(session, whose, answers_for),
            *focus(session, whose, answers_for),
        ]
    )


def _entries(session: Session, whose: Whose) -> Iterator[tuple[UUID, Piece]]:
    """Records whose term to be entered ended in the month, by who collected them first."""
    longest = timedelta(days=ENTRY_DAYS.maximum)
    rows = session.execute(
        select(Record.worker_id, Record.id, Record.collected_at, Record.entered_at).where(
            Record.worker_id.in_(whose.keys),
            Record.collected_at >= day_start(whose.month - longest),
            Record.collected_at < whose.ends,
            Record.merged_into.is_(None),
        )
    )
    values = cache(whose.values_on)
    today = civil_day(whose.now)
    for worker_id, key, collected_at, entered_at in rows:
        collected = civil_day(collected_at)
        entered = civil_day(entered_at) if entered_at else None
        judged = judge_entry(collected, entered, today, values(collected))
        due_on = date.fromisoformat(str(judged.because["due_on"]))
        if worker_id is not None and whose.month <= due_on <= whose.last:
            in_time = judged.verdict is EntryVerdict.IN_TIME
            says = {"verdict": judged.verdict.value, **judged.because}
            yield (
                worker_id,
                Piece(Part.ENTRIES, "record", str(key), due_on, int(in_time), 1, says),
            )


def _checks(session: Session, whose: Whose) -> Iterator[tuple[UUID, Piece]]:
    """Checks of the month, by who wrote the version that was checked; what an office wrote is
    nobody's (CON-B5 counts alike)."""
    rows = session.execute(
        select(
            RecordVersion.worker_id,
            SampleItem.sample_id,
            SampleItem.place,
            SampleItem.result,
            SampleItem.checked_at,
            SampleItem.record_id,
        )
        .join(
            RecordVersion,
            (RecordVersion.record_id == SampleItem.record_id)
            & (RecordVersion.number == SampleItem.version),
        )
        .where(
            RecordVersion.worker_id.in_(whose.keys),
            SampleItem.result.is_not(None),
            SampleItem.checked_at >= whose.begins,
            SampleItem.checked_at < whose.ends,
        )
    )
    for worker_id, sample_id, place, result, checked_at, record_id in rows:
        if worker_id is None or result is None or checked_at is None:
            continue
        says = {"result": result.value, "record": str(record_id)}
        key, day = f"{sample_id}/{place}", civil_day(checked_at)
        correct = int(result is CheckResult.CORRECT)
        yield worker_id, Piece(Part.CHECKS, "sample_item", key, day, correct, 1, says)


def _changes(
    session: Session, whose: Whose, answers_for: Responsible
) -> Iterator[tuple[UUID, Piece]]:
    """Known changes whose term ended in the month, by who answered for the grid on that date."""
    for community in answers_for.communities:
        if not _any_change(session, whose, community):
            continue
        page = changes_under(session, community, None, (None, ALL), civil_day(whose.now))
        for change in page.items:
            worker_id = answers_for.on(change.grid_code, change.due_on)
            if worker_id is None or not whose.month <= change.due_on <= whose.last:
                continue
            in_time = change.state is ChangeState.IN_TIME
            says = {
                "record": str(change.record_id),
                "known_on": change.known_on.isoformat(),
                "due_on": change.due_on.isoformat(),
                "recorded_on": change.recorded_on.isoformat() if change.recorded_on else None,
                "state": change.state.value,
            }
            key = str(change.id)
            yield (
                worker_id,
                Piece(Part.CHANGES, "known_change", key, change.due_on, int(in_time), 1, says),
            )


def _any_change(session: Session, whose: Whose, community: str) -> bool:
    """Most communities' months have none: they are not read through."""
    months = CHANGE_MONTHS.on(whose.month) + 1
    earliest = whose.month - timedelta(days=31 * months)
    known = exists().where(
        KnownChange.community_code == community,
        KnownChange.known_on.between(earliest, whose.last),
    )
    return bool(session.scalar(select(known)))
