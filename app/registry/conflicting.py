"""Conflicts: what two edits say differently is kept until the administrator decides (INF-1)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Record, RecordConflict
from app.kit.ids import uuid7
from app.registry.fields import Secrecy
from app.registry.forms import present
from app.rules.information import RecordKind
from app.rules.merging import FieldConflict

CONCEALED = "concealed"
"""In place of the name of a field whose being there says something already."""


def raise_conflicts(
    session: Session,
    record: Record,
    proposed_version: int,
    conflicts: Sequence[FieldConflict],
    now: datetime,
) -> None:
    """Lay the values before the administrator, field by field."""
    session.add_all(
        RecordConflict(
            id=uuid7(now),
            record_id=record.id,
            community_code=record.community_code,
            field=shown_name(record.kind, conflict.field),
            sealed={
                "field": conflict.field,
                "base": conflict.base,
                "standing": conflict.standing,
                "proposed": conflict.proposed,
            },
            standing_version=record.version,
            proposed_version=proposed_version,
            raised_at=now,
        )
        for conflict in conflicts
    )
    session.flush()


def shown_name(kind: RecordKind, field: str) -> str:
    """The name of a field as it may be kept in plain."""
    found = present(kind).field(field)
    return CONCEALED if found is None or found.secrecy is Secrecy.SPECIAL else field


def open_conflicts(session: Session, record_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Of some records, the conflicts that wait."""
    rows = session.execute(
        select(RecordConflict.record_id, RecordConflict.id)
        .where(RecordConflict.record_id.in_(record_ids), RecordConflict.decided_at.is_(None))
        .order_by(RecordConflict.id)
    )
    found: dict[UUID, list[UUID]] = {}
    for record_id, key in rows:
        found.setdefault(record_id, []).append(key)
    return found
