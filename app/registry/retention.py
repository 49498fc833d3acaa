"""What ended is erased after its term: records, special groups, drafts (rulebook part 8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.db.models import Quarantine, Record, RecordFocus, RecordVersion
from app.kit.clock import civil_day, day_start
from app.people.values import values_on
from app.registry.erasing import erase, erase_special_group
from app.registry.rights_schemas import ErasureGround
from app.registry.versions import FORMER_SPECIAL_GROUP, content_of, standing
from app.rules.information import FocusKind, RecordState
from app.rules.keeping import TERMS, Ending, is_over
from app.rules.parameters import Values

AT_ONCE = 200
OF_RESIDENTS = ("collection", "errand", "visit")
"""What the door calls records about residents."""
STANDS = (Record.erased_at.is_(None), Record.merged_into.is_(None))


@dataclass(frozen=True)
class Kept:
    """What a run did."""

    records: int
    special_groups: int
    drafts: int
    set_aside: int


def erase_what_is_over(session: Session, now: datetime) -> Kept:
    """One run, in the caller's transaction; some records at a time, so run it often."""
    today = civil_day(now)
    values = values_on(session, today)
    ended = _ended(session, today, values)
    drafts = _drafts(session, today, values)
    for record in [*ended, *drafts]:
        erase(session, record, None, ErasureGround.TERM_OVER, now)
    special = [
        record
        for record in _of_special_groups(session)
        if is_over(Ending.SPECIAL_GROUP, ground_ended_on(session, record), today, values).verdict
    ]
    for record in special:
        erase_special_group(session, record, now)
    return Kept(len(ended), len(special), len(drafts), _forget_set_aside(session, today, values))


def _forget_set_aside(session: Session, today: date, values: Values) -> int:
    """What handsets sent of residents and could not be taken is kept as long as a draft."""
    before = day_start(_until(Ending.DRAFT, today, values) + timedelta(days=1))
    over = delete(Quarantine).where(
        Quarantine.kind.in_(OF_RESIDENTS), Quarantine.received_at < before
    )
    return len(session.scalars(over.returning(Quarantine.id)).all())


def _until(ending: Ending, today: date, values: Values) -> date:
    """What ended on this date or earlier is over."""
    return today - timedelta(days=values[TERMS[ending]])


def _ended(session: Session, today: date, values: Values) -> Sequence[Record]:
    until = _until(Ending.RECORD, today, values)
    return session.scalars(
        select(Record)
        .where(*STANDS, Record.ended_on <= until)
        .order_by(Record.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()


def _drafts(session: Session, today: date, values: Values) -> Sequence[Record]:
    """Never submitted, and not written to for the term."""
    before = day_start(_until(Ending.DRAFT, today, values) + timedelta(days=1))
    written = (
        select(func.max(RecordVersion.received_at))
        .where(RecordVersion.record_id == Record.id)
        .scalar_subquery()
    )
    return session.scalars(
        select(Record)
        .where(
            *STANDS,
            Record.state == RecordState.DRAFT,
            Record.submitted_at.is_(None),
            Record.entered_version.is_(None),
            Record.collected_at < before,
            written < before,
        )
        .order_by(Record.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()


def _of_special_groups(session: Session) -> Sequence[Record]:
    """Whose special group ended, or who ended, while versions still say so."""
    former = select(RecordFocus.record_id).where(RecordFocus.digest == FORMER_SPECIAL_GROUP)
    present = select(RecordFocus.record_id).where(
        RecordFocus.digest == FocusKind.SPECIAL_GROUP.value
    )
    over = Record.id.in_(former) | (Record.id.in_(present) & Record.ended_on.is_not(None))
    return session.scalars(
        select(Record).where(*STANDS, over).order_by(Record.id).with_for_update(skip_locked=True)
    ).all()


def ground_ended_on(session: Session, record: Record) -> date:
    """The date that the record names, the day of the version that no longer says so, or the day
    on which the record ended: the earliest of them."""
    said = standing(session, record).get("special_group_ended_on")
    dates = [date.fromisoformat(said)] if said else []
    if record.ended_on is not None:
        dates.append(record.ended_on)
    return min(dates or [_dropped_on(session, record)])


def _dropped_on(session: Session, record: Record) -> date:
    rows = session.scalars(
        select(RecordVersion)
        .where(RecordVersion.record_id == record.id)
        .order_by(RecordVersion.number.desc())
    )
    dropped: RecordVersion | None = None
    for version in rows:
        if content_of(version).get("special_group"):
            break
        dropped = version
    return civil_day(dropped.received_at if dropped else record.collected_at)
