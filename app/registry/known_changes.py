"""Changes that came to be known: recorded when a later version of the record was entered (INF-5).

Nothing is written down of whether a change was recorded: it is read from the versions each time.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, and_, func, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from app.db.models import KnownChange, Record, RecordConflict, RecordVersion
from app.kit.clock import civil_day
from app.kit.errors import BadCursor
from app.kit.ids import uuid7
from app.kit.paging import decode, encode
from app.outbox.emit import emit
from app.people.posts import under
from app.people.principal import Principal
from app.registry.focus_refusals import KnownInTheFuture
from app.registry.focus_schemas import (
    KnownChangeIn,
    KnownChangeOut,
    KnownChangePage,
    StalenessOut,
    StalenessRow,
)
from app.registry.refusals import RecordErased, RecordMerged
from app.registry.samples import Asked
from app.registry.scopes import records_in
from app.registry.versions import record_in_unit
from app.rules.accuracy import INF_5, ChangeState, judge_change
from app.rules.information import RecordSource

CHUNK = 500


class StaleBy(StrEnum):
    """What figures are told apart by."""

    UNIT = "unit"
    COMMUNITY = "community"
    GRID = "grid"


def note_change(
    session: Session, asker: Principal, body: KnownChangeIn, now: datetime
) -> KnownChange:
    """Note that something of a record has changed, since when that is known, and from where."""
    record = record_in_unit(session, asker, body.record_id)
    if record.erased_at is not None:
        raise RecordErased
    if record.merged_into is not None:
        raise RecordMerged(into=record.merged_into)
    if body.known_on > civil_day(now):
        raise KnownInTheFuture(today=civil_day(now))
    change = KnownChange(
        id=uuid7(now),
        record_id=record.id,
        community_code=record.community_code,
        known_on=body.known_on,
        sealed={"what": body.what, "source": body.source},
        noted_by=asker.account_id,
        noted_at=now,
    )
    session.add(change)
    session.flush()
    emit(
        session,
        "change.noted",
        by=asker.account_id,
        unit_code=record.community_code,
        subject=("known_change", change.id),
        record=str(record.id),
        known_on=body.known_on.isoformat(),
    )
    return change


def change_out(session: Session, key: UUID, today: date) -> KnownChangeOut:
    """One known change as it stands."""
    return _out(session.execute(_judged().where(KnownChange.id == key)).one(), today)


def changes_under(
    session: Session, unit_code: str, state: ChangeState | None, asked: Asked, today: date
) -> KnownChangePage:
    """The known changes of a unit's records, longest known first, in one state or in any."""
    cursor, limit = asked
    after = _place_in(cursor) if cursor else None
    shown: list[KnownChangeOut] = []
    for found in _each(session, unit_code, after, today):
        if state is None or found.state is state:
            shown.append(found)
        if len(shown) > limit:
            break
    last = shown[limit - 1] if len(shown) > limit else None
    return KnownChangePage(
        items=shown[:limit],
        next_cursor=encode(last.known_on.isoformat(), str(last.id)) if last else None,
    )


def _place_in(cursor: str) -> tuple[date, UUID]:
    day, key = decode(cursor, str, str)
    try:
        return date.fromisoformat(str(day)), UUID(str(key))
    except ValueError:
        raise BadCursor from None


def _each(
    session: Session, unit_code: str, after: tuple[date, UUID] | None, today: date
) -> Iterator[KnownChangeOut]:
    """In order, some at a time: the state is judged here, not in the database."""
    order = (KnownChange.known_on, KnownChange.id)
    query = _judged().where(*_of_unit(unit_code)).order_by(*order).limit(CHUNK)
    while True:
        page = query if after is None else query.where(tuple_(*order) > after)
        rows = session.execute(page).all()
        for row in rows:
            yield _out(row, today)
        if len(rows) < CHUNK:
            return
        after = (rows[-1].KnownChange.known_on, rows[-1].KnownChange.id)


def _of_unit(unit_code: str) -> tuple[Any, ...]:
    return under(KnownChange.community_code, unit_code[:12]), records_in(unit_code)


def _judged() -> Any:
    """Known changes with where they are, what their record stands as, and what recorded them."""
    stands, first = _recorded_by()
    return (
        select(
            KnownChange,
            Record.grid_code,
            stands.c.stands_as,
            first.c.number.label("recorded_version"),
            first.c.day.label("recorded_on"),
        )
        .join(Record, Record.id == KnownChange.record_id)
        .join(stands, true())
        .outerjoin(first, true())
    )


def _recorded_by() -> tuple[Any, Any]:
    """What a change's record was merged into, if it was, and the first version of any of these
    that was captured since the change was known, stood, and was entered."""
    chain = _chain()
    end = aliased(Record)
    stands = (
        select(chain.c.at_id.label("stands_as"))
        .join(end, end.id == chain.c.at_id)
        .where(chain.c.record_id == KnownChange.record_id, end.merged_into.is_(None))
        .limit(1)
        .lateral()
    )
    held = aliased(Record)
    proposed = select(RecordConflict.id).where(
        RecordConflict.record_id == RecordVersion.record_id,
        RecordConflict.proposed_version == RecordVersion.number,
    )
    joins_records = and_(RecordVersion.source == RecordSource.MERGE, RecordVersion.base.is_(None))
    first = (
        select(RecordVersion.number, RecordVersion.day)
        .join(held, held.id == RecordVersion.record_id)
        .join(chain, chain.c.at_id == held.id)
        .where(
            chain.c.record_id == KnownChange.record_id,
            RecordVersion.day >= KnownChange.known_on,
            RecordVersion.number <= held.entered_version,
            ~proposed.exists(),
            ~joins_records,
        )
        .order_by(RecordVersion.day, RecordVersion.number)
        .limit(1)
        .lateral()
    )
    return stands, first


def _chain() -> CTE:
    """Each record of which a change is known, and all that it was merged into."""
    start = select(Record.id.label("record_id"), Record.id.label("at_id")).where(
        Record.id.in_(select(KnownChange.record_id))
    )
    chain = start.cte("chain", recursive=True)
    step = aliased(Record)
    return chain.union_all(
        select(chain.c.record_id, step.merged_into)
        .join(step, step.id == chain.c.at_id)
        .where(step.merged_into.is_not(None))
    )


def _out(row: Any, today: date) -> KnownChangeOut:
    change: KnownChange = row.KnownChange
    finding = judge_change(change.known_on, row.recorded_on, today)
    said = change.sealed or {}
    return KnownChangeOut(
        id=change.id,
        record_id=change.record_id,
        stands_as=row.stands_as,
        community_code=change.community_code,
        grid_code=row.grid_code,
        known_on=change.known_on,
        due_on=date.fromisoformat(str(finding.because["due_on"])),
        source=said.get("source"),
        what=said.get("what"),
        noted_by=change.noted_by,
        noted_at=change.noted_at,
        recorded_version=row.recorded_version,
        recorded_on=row.recorded_on,
        state=finding.verdict,
        rule=finding.rule,
        clause=finding.clause,
    )


def staleness(session: Session, unit_code: str, by: StaleBy, today: date) -> StalenessOut:
    """What became of a unit's known changes, as of a date."""
    _, first = _recorded_by()
    groups = (Record.grid_code, KnownChange.known_on, first.c.day)
    rows = session.execute(
        select(*groups, func.count())
        .select_from(KnownChange)
        .join(Record, Record.id == KnownChange.record_id)
        .outerjoin(first, true())
        .where(*_of_unit(unit_code))
        .group_by(*groups)
    )
    counts: dict[str, Counter[ChangeState]] = {}
    if by is StaleBy.UNIT:
        counts[unit_code] = Counter()
    for grid_code, known_on, recorded_on, number in rows:
        state = judge_change(known_on, recorded_on, today).verdict
        counts.setdefault(_group(unit_code, by, grid_code), Counter())[state] += number
    return StalenessOut(items=[_row(unit, states) for unit, states in sorted(counts.items())])


def _group(unit_code: str, by: StaleBy, grid_code: str) -> str:
    match by:
        case StaleBy.UNIT:
            return unit_code
        case StaleBy.COMMUNITY:
            return grid_code[:12]
        case StaleBy.GRID:
            return grid_code


def _row(unit_code: str, states: Counter[ChangeState]) -> StalenessRow:
    return StalenessRow(
        unit_code=unit_code,
        known=sum(states.values()),
        in_time=states[ChangeState.IN_TIME],
        late=states[ChangeState.LATE],
        open=states[ChangeState.OPEN],
        overdue=states[ChangeState.OVERDUE],
        rule=INF_5.rule,
        clause=INF_5.clause,
    )
