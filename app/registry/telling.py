"""Who is told of a record: the audit without a word of it, handsets with what is masked."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.models import Record
from app.outbox.emit import emit, publish, withdraw
from app.people.marks import holders
from app.registry.forms import masked
from app.registry.versions import standing

KIND = "record"


def handset_body(record: Record, content: dict[str, Any]) -> dict[str, Any]:
    """A record as handsets hold it: what is sensitive is masked."""
    return {
        "id": str(record.id),
        "kind": record.kind.value,
        "grid_code": record.grid_code,
        "state": record.state.value,
        "return_reason": record.return_reason,
        "version": record.version,
        "entered_version": record.entered_version,
        "fields": masked(record.kind, content),
        "collected_at": record.collected_at.isoformat(),
        "ended_on": record.ended_on.isoformat() if record.ended_on else None,
        "merged_into": str(record.merged_into) if record.merged_into else None,
    }


def told(session: Session, record: Record, today: date) -> set[UUID]:
    """Whose handsets hold a record: who has its grid on a date, and who collected it."""
    session.flush()
    return {*holders(session, record.grid_code, today), *_collector(record)}


def _collector(record: Record) -> list[UUID]:
    return [record.worker_id] if record.worker_id else []


def tell(session: Session, record: Record, today: date, before: Collection[UUID] = ()) -> None:
    """Handsets learn what a record looks like now; those that held it before, that it is gone."""
    now = told(session, record, today)
    if record.erased_at is not None:
        for worker_id in sorted(now.union(before)):
            withdraw(session, worker_id, KIND, record.id, "deleted")
        return
    body = handset_body(record, standing(session, record))
    for worker_id in sorted(now):
        publish(session, worker_id, KIND, record.id, body)
    for worker_id in sorted(set(before) - now):
        withdraw(session, worker_id, KIND, record.id, "out_of_scope")


def trace(session: Session, event: str, record: Record, by: UUID | None, **facts: Any) -> None:
    """The audit of an act: never a value of the record, nor a word that somebody wrote."""
    emit(
        session,
        event,
        by=by,
        unit_code=record.grid_code,
        subject=("record", record.id),
        kind=record.kind.value,
        state=record.state.value,
        version=record.version,
        grid_code=record.grid_code,
        **facts,
    )
