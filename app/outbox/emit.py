"""Says what happened, in the transaction in which it happens."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.models import Change, OutboxEvent, StaleDay, StaleVisits


def emit(
    session: Session,
    name: str,
    *,
    by: UUID | None,
    unit_code: str | None,
    subject: tuple[str, object],
    **facts: Any,
) -> None:
    """Record an act in the caller's transaction: the audit row, and what webhooks will deliver.

    `subject` is the kind of thing and its key; `facts` must be JSON as they are.
    """
    kind, key = subject
    session.add(
        OutboxEvent(
            name=name,
            account_id=by,
            unit_code=unit_code,
            subject_kind=kind,
            subject_id=str(key),
            facts=facts,
        )
    )


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
