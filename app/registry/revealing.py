"""Plain values for a purpose: every look is a trace, with what was looked at but never a value."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Account, OutboxEvent, Record
from app.kit.errors import NotFound
from app.kit.paging import decode, encode
from app.people.posts import grids_on
from app.people.principal import Principal
from app.registry.conflicting import shown_name
from app.registry.deciding_conflicts import conflict_of
from app.registry.forms import present
from app.registry.refusals import FieldUnknown, RecordErased
from app.registry.rights_schemas import (
    ConflictRevealedOut,
    ConflictRevealIn,
    LookOut,
    LookPage,
    RevealedOut,
    RevealIn,
)
from app.registry.telling import trace
from app.registry.versions import content_of, version_of

REVEALED = "record.revealed"
LARGEST_ID = 2**63 - 1


def own_record(session: Session, asker: Principal, key: UUID, today: date) -> Record:
    """A record in one of the worker's grids, or collected by the worker; raises NotFound."""
    worker_id = asker.as_worker()
    found = session.get(Record, key)
    if found is None or found.grid_code not in grids_on(session, worker_id, today):
        raise NotFound
    return found


def reveal(session: Session, asker: Principal, record: Record, body: RevealIn) -> RevealedOut:
    """The plain values of some fields of a version; raises RecordErased or FieldUnknown."""
    if record.erased_at is not None:
        raise RecordErased
    form = present(record.kind)
    names = [field.name for field in form.fields]
    asked = body.fields or names
    unknown = sorted(set(asked) - set(names))
    if unknown:
        raise FieldUnknown(fields=unknown, known=names)
    version = version_of(session, record, body.version or record.version)
    content = content_of(version)
    trace(
        session,
        REVEALED,
        record,
        asker.account_id,
        looked_at=version.number,
        fields=sorted(set(asked)),
        purpose=body.purpose.value,
    )
    fields = {name: content.get(name) for name in names if name in asked}
    return RevealedOut(record_id=record.id, version=version.number, fields=fields)


def reveal_conflict(
    session: Session, asker: Principal, key: UUID, body: ConflictRevealIn
) -> ConflictRevealedOut:
    """The plain values of a conflict."""
    conflict, record = conflict_of(session, asker, key)
    if conflict.sealed is None:
        raise RecordErased
    trace(
        session,
        REVEALED,
        record,
        asker.account_id,
        conflict=str(conflict.id),
        fields=[shown_name(record.kind, conflict.sealed["field"])],
        purpose=body.purpose.value,
    )
    return ConflictRevealedOut(id=conflict.id, **conflict.sealed)


def looks_at(session: Session, keys: Sequence[UUID], cursor: str | None, limit: int) -> LookPage:
    """Who looked at some records in plain, latest first."""
    query = (
        select(OutboxEvent, Account.name)
        .outerjoin(Account, Account.id == OutboxEvent.account_id)
        .where(
            OutboxEvent.subject_kind == "record",
            OutboxEvent.subject_id.in_([str(key) for key in keys]),
            OutboxEvent.name == REVEALED,
        )
        .order_by(OutboxEvent.id.desc())
        .limit(limit + 1)
    )
    if cursor:
        query = query.where(OutboxEvent.id < min(int(decode(cursor, int)[0]), LARGEST_ID))
    rows = session.execute(query).all()
    shown = [_look(event, name) for event, name in rows[:limit]]
    last = rows[limit - 1][0].id if len(rows) > limit else None
    return LookPage(items=shown, next_cursor=encode(last) if last else None)


def _look(event: OutboxEvent, name: str | None) -> LookOut:
    return LookOut.model_validate(
        {
            "at": event.at,
            "account_id": event.account_id,
            "account_name": name,
            "fields": event.facts.get("fields", []),
            "purpose": event.facts.get("purpose"),
            "version": event.facts.get("looked_at"),
        }
    )
