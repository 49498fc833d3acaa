"""How an event is told to an endpoint: thin, and to a platform in its own language (INT-1)."""

from app.db.models import WebhookEndpoint, WebhookEvent
from app.platforms.adapters import ADAPTERS
from app.platforms.language import Language
from app.webhooks.plain import body_of


def dress(event: WebhookEvent, endpoint: WebhookEndpoint) -> bytes:
    """The body for an endpoint."""
    if endpoint.platform is None:
        return body_of(event)
    return dressed(ADAPTERS[endpoint.platform], event)


def dressed(language: Language, event: WebhookEvent) -> bytes:
    """An event with its key, subject and number, by which what is stale can be dropped.

    Of its data only what the platform's tables list; a type they don't have is told as it is.
    """
    tables = language.tables
    form = tables.out.get(event.type)
    envelope = {
        "id": str(event.id),
        "type": event.type if form is None else form.type,
        "subject_kind": tables.word_for("subject", event.subject_kind),
        "subject": event.subject_id,
        "number": event.number,
        "occurred_at": language.write_instant(event.occurred_at),
    }
    content = dict(event.data) if form is None else language.written(form, event.data)
    return language.wrapped(envelope, content)
