"""The body of an event as it is: thin, exact bytes, the same over all retries."""

import json
from typing import Any

from app.db.models import WebhookEvent
from app.kit.clock import SHANGHAI

BYTES_AT_MOST = 20_000
"""Standard Webhooks' own recommendation."""


def body_of(event: WebhookEvent) -> bytes:
    """`type`, `timestamp` of the event, and `data`: its subject, its number there, its fields."""
    said = {
        "type": event.type,
        "timestamp": event.occurred_at.astimezone(SHANGHAI).isoformat(),
        "data": data_of(event),
    }
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    assert len(body) < BYTES_AT_MOST, event.type
    return body


def data_of(event: WebhookEvent) -> dict[str, Any]:
    """What is said: a receiver drops what has a lower `number` than it saw of the subject."""
    return {
        **event.data,
        "subject": event.subject_kind,
        "id": event.subject_id,
        "number": event.number,
    }
