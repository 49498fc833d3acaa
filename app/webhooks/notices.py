"""Offices are told, beside the deliveries themselves, that an endpoint fails (INT-2)."""

from uuid import UUID

from sqlalchemy import Exists, exists, select
from sqlalchemy.orm import Session

from app.db.models import OutboxEvent, WebhookEndpoint
from app.outbox.emit import emit
from app.rules.delivery import Answer

SUBJECT = "webhook_endpoint"
FAILING, DISABLED = "webhook.endpoint_failing", "webhook.endpoint_disabled"


def tell_failing(
    session: Session, endpoint: WebhookEndpoint, event_id: UUID, answer: Answer
) -> None:
    """It fails again and again; once for as long as it keeps failing."""
    since = None if endpoint.failing_since is None else endpoint.failing_since.isoformat()
    if session.scalar(select(_was_told(endpoint.id, since))):
        return
    emit(
        session,
        FAILING,
        by=None,
        unit_code=endpoint.unit_code,
        subject=(SUBJECT, endpoint.id),
        failing_since=since,
        event_id=str(event_id),
        **answer.said(),
    )


def _was_told(endpoint_id: UUID, since: str | None) -> Exists:
    return exists().where(
        OutboxEvent.subject_kind == SUBJECT,
        OutboxEvent.subject_id == str(endpoint_id),
        OutboxEvent.name == FAILING,
        OutboxEvent.facts["failing_since"].astext == since,
    )


def tell_disabled(session: Session, endpoint: WebhookEndpoint, answer: Answer) -> None:
    """Nothing is sent to it any more until somebody resumes it."""
    since = endpoint.failing_since
    emit(
        session,
        DISABLED,
        by=None,
        unit_code=endpoint.unit_code,
        subject=(SUBJECT, endpoint.id),
        why=endpoint.why_disabled,
        failing_since=None if since is None else since.isoformat(),
        **answer.said(),
    )
