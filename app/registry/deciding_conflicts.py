"""The administrator decides which of two edits of a field is right (INF-1)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Record, RecordConflict
from app.kit.errors import BadCursor, NotFound
from app.kit.paging import decode, encode
from app.people.principal import Principal
from app.registry.conflict_schemas import ConflictDecisionIn, ConflictOut, ConflictPage
from app.registry.entering import living, put_right
from app.registry.forms import mask, present
from app.registry.reading_forms import complete, read
from app.registry.refusals import ConflictDecided, ValueNeeded
from app.registry.scopes import records_in
from app.registry.telling import trace
from app.registry.versions import Edit, office_of, record_in_unit, standing
from app.rules.information import ConflictChoice, RecordKind, RecordSource

THREE = ("base", "standing", "proposed")


def conflict_of(
    session: Session, asker: Principal, key: UUID, *, for_change: bool = False
) -> tuple[RecordConflict, Record]:
    """A conflict within one's unit, and its record; raises NotFound."""
    found = session.get(RecordConflict, key)
    if found is None:
        raise NotFound
    record = record_in_unit(session, asker, found.record_id, for_change=for_change)
    if for_change:
        session.refresh(found, with_for_update=True)
    return found, record


def conflicts_under(
    session: Session, unit_code: str, record_id: UUID | None, asked: tuple[str | None, int]
) -> ConflictPage:
    """The conflicts of a unit that wait, by key; of one record all, decided ones too."""
    cursor, limit = asked
    query = (
        select(RecordConflict, Record.kind)
        .join(Record, Record.id == RecordConflict.record_id)
        .where(records_in(unit_code))
    )
    if record_id is None:
        query = query.where(RecordConflict.decided_at.is_(None))
    else:
        query = query.where(RecordConflict.record_id == record_id)
    if cursor:
        query = query.where(RecordConflict.id > _key_in(cursor))
    rows: Sequence[Any] = session.execute(query.order_by(RecordConflict.id).limit(limit + 1)).all()
    shown = [conflict_out(conflict, kind) for conflict, kind in rows[:limit]]
    return ConflictPage(
        items=shown, next_cursor=encode(str(shown[-1].id)) if len(rows) > limit else None
    )


def _key_in(cursor: str) -> UUID:
    try:
        return UUID(str(decode(cursor, str)[0]))
    except ValueError:
        raise BadCursor from None


def conflict_out(conflict: RecordConflict, kind: RecordKind) -> ConflictOut:
    """A conflict, its values masked."""
    values = conflict.sealed or {}
    field = present(kind).field(values.get("field", ""))
    shown = {
        name: None if values.get(name) is None else mask(field, values[name]) for name in THREE
    }
    return ConflictOut(
        id=conflict.id,
        record_id=conflict.record_id,
        community_code=conflict.community_code,
        field=conflict.field,
        **shown,
        standing_version=conflict.standing_version,
        proposed_version=conflict.proposed_version,
        raised_at=conflict.raised_at,
        chosen=ConflictChoice(conflict.chosen) if conflict.chosen else None,
        decided_by=conflict.decided_by,
        decided_at=conflict.decided_at,
    )


def decide_conflict(
    session: Session, asker: Principal, key: UUID, body: ConflictDecisionIn, now: datetime
) -> ConflictOut:
    """What stands stays, or the chosen value becomes a version of its own."""
    conflict, record = conflict_of(session, asker, key, for_change=True)
    if conflict.decided_at is not None:
        raise ConflictDecided(chosen=conflict.chosen)
    living(record)
    if (body.chosen is ConflictChoice.OTHER) != ("value" in body.model_fields_set):
        raise ValueNeeded(chosen=body.chosen.value)
    field = conflict.sealed["field"]
    before = standing(session, record)
    value = _chosen(record.kind, field, conflict, body)
    conflict.chosen, conflict.decided_by, conflict.decided_at = body.chosen, asker.account_id, now
    if body.chosen is not ConflictChoice.STANDING and before.get(field) != value:
        content = {**before, field: value}
        complete(record.kind, {name: said for name, said in content.items() if said is not None})
        edit = Edit(content, RecordSource.CORRECTION, body.reason, conflict.proposed_version)
        put_right(session, record, edit, office_of(asker, now), before)
    trace(
        session,
        "record.conflict_decided",
        record,
        asker.account_id,
        conflict=str(conflict.id),
        chosen=body.chosen.value,
    )
    return conflict_out(conflict, record.kind)


def _chosen(
    kind: RecordKind, field: str, conflict: RecordConflict, body: ConflictDecisionIn
) -> Any:
    """The value that was chosen; raises FieldsRefused for another one that does not fit."""
    if body.chosen is ConflictChoice.OTHER:
        return read(kind, present(kind).version, {field: body.value}).values[field]
    return conflict.sealed[body.chosen.value]
