"""Says what happened, in the transaction in which it happens."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.bulk import insert_rows
from app.db.models import Change, OutboxEvent, StaleClocks, StaleDay, StaleVisits
from app.kit import clock
from app.outbox.catalogue import TYPES, told_of
from app.outbox.fanout import Told, tell
from app.rules.cards import ClockReason


@dataclass(frozen=True)
class Happened:
    """An act, or what the system itself did: for `emit_all`."""

    name: str
    unit_code: str | None
    subject: tuple[str, object]
    by: UUID | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def emit(
    session: Session,
    name: str,
    *,
    by: UUID | None,
    unit_code: str | None,
    subject: tuple[str, object],
    **facts: Any,
) -> None:
    """Record an act in the caller's transaction: the audit row, and what webhooks deliver.

    `subject` is the kind of thing and its key; `facts` must be JSON as they are. What of them is
    told outside the catalogue decides.
    """
    emit_all(session, [Happened(name, unit_code, subject, by, facts)])


def emit_all(session: Session, happened: Sequence[Happened]) -> None:
    """`emit` for many at once, in three statements however many there are."""
    if not happened:
        return
    session.flush()
    insert_rows(session, OutboxEvent, [_audit_row(each) for each in happened])
    outside = [each for each in happened if each.name in TYPES and each.unit_code is not None]
    if outside:
        now = clock.now()
        tell(session, [_told(each, now) for each in outside])


def _audit_row(each: Happened) -> dict[str, Any]:
    kind, key = each.subject
    return {
        "name": each.name,
        "account_id": each.by,
        "unit_code": each.unit_code,
        "subject_kind": kind,
        "subject_id": str(key),
        "facts": each.facts,
    }


def _told(each: Happened, at: datetime) -> Told:
    kind, key = each.subject
    assert each.unit_code is not None
    return Told(each.name, (kind, str(key)), each.unit_code, at, told_of(each.name, each.facts))


def publish(
    session: Session, worker_id: UUID, kind: str, key: object, body: dict[str, Any]
) -> None:
    """Tell a worker's handsets what a thing looks like now; they get it with their next pull."""
    session.add(Change(worker_id=worker_id, kind=kind, subject_id=str(key), gone=None, body=body))


def withdraw(session: Session, worker_id: UUID, kind: str, key: object, why: str) -> None:
    """Tell a worker's handsets that a thing is gone: deleted, out_of_scope or expired."""
    session.add(Change(worker_id=worker_id, kind=kind, subject_id=str(key), gone=why, body=None))


def mark_stale(session: Session, worker_id: UUID, community_code: str, *days: date) -> None:
    """Mark worker-days whose facts change here; whoever reads them recomputes first."""
    session.add_all(
        StaleDay(worker_id=worker_id, community_code=community_code, day=day) for day in days
    )


def mark_visits(session: Session, unit_code: str, first: date, last: date | None = None) -> None:
    """Mark that what a unit's visit places owe, or who paid it, changed over a span of dates.

    `last` None: and on all dates that follow.
    """
    session.add(StaleVisits(unit_code=unit_code, first_day=first, last_day=last))


def mark_clocks(session: Session, unit_code: str, why: ClockReason) -> None:
    """Mark that what the clocks of a unit's open events rest on changed (EVT-3)."""
    session.add(StaleClocks(unit_code=unit_code, why=why))
