"""The catalogue as receivers read it: every type with its schema, an example and its headers."""

from collections.abc import Sequence
from typing import Any

from pydantic import ConfigDict, Field

from app.kit.schema import Out
from app.outbox.catalogue import TYPES, EventType
from app.outbox.fields import UUID_PATTERN
from app.rules.delivery import Scheme
from app.webhooks import hmac_header, oauth, standard

EXAMPLE_KEY = "0199d2f0-0000-7000-8000-000000000000"
EXAMPLE_INSTANT = "2026-03-18T09:30:00+08:00"
ID, TIMESTAMP, SIGNED = (
    "The event's key: the same over all retries; what was seen before is dropped by it",
    "Unix seconds of this attempt; refused when more than five minutes off",
    "One signature for each valid key, with a space between; any match proves the message",
)
HEADERS: dict[Scheme, dict[str, str]] = {
    Scheme.STANDARD_WEBHOOKS: {
        standard.ID: ID,
        standard.TIMESTAMP: TIMESTAMP,
        standard.SIGNATURE: f"v1,<base64 of HMAC-SHA256 over id.timestamp.body>. {SIGNED}",
    },
    Scheme.HMAC_HEADER: {
        hmac_header.HEADERS["app_key"]: "The app key",
        hmac_header.HEADERS["timestamp"]: TIMESTAMP,
        hmac_header.HEADERS["message_id"]: ID,
        hmac_header.HEADERS["signature"]: (
            "HMAC-SHA256 in hexadecimal over app key, timestamp and message key, each followed by"
            f" a line feed, and the raw body. {SIGNED}"
        ),
    },
    Scheme.OAUTH: {
        oauth.ID: ID,
        oauth.TIMESTAMP: "Unix seconds of this attempt",
        oauth.AUTHORIZATION: "Bearer token of the client credentials grant",
    },
}


def example_of(told: EventType) -> dict[str, Any]:
    """A body as a receiver gets it."""
    return {
        "type": told.name,
        "timestamp": EXAMPLE_INSTANT,
        "data": {**told.example, "subject": told.subject, "id": EXAMPLE_KEY, "number": 3},
    }


def schema_of(told: EventType) -> dict[str, Any]:
    """JSON Schema of a body; fields may be added to a type, none is ever given another sense."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": told.zh,
        "description": told.en,
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": told.name},
            "timestamp": {
                "type": "string",
                "format": "date-time",
                "description": "When it happened, not when it is sent",
            },
            "data": _data_schema(told),
        },
    }


def _data_schema(told: EventType) -> dict[str, Any]:
    of_the_subject = {
        "subject": {"const": told.subject},
        "id": {
            "type": "string",
            "pattern": UUID_PATTERN,
            "description": "Of the subject: what it is now is fetched by it",
        },
        "number": {
            "type": "integer",
            "minimum": 1,
            "description": "Rises within the subject: what is lower than one seen is old",
        },
    }
    return {
        "type": "object",
        "required": list(of_the_subject),
        "properties": of_the_subject | {field.name: field.schema() for field in told.fields},
    }


def _shown(told: EventType) -> dict[str, Any]:
    return {
        "name": told.name,
        "zh": told.zh,
        "en": told.en,
        "subject": told.subject,
        "json_schema": schema_of(told),
        "example": example_of(told),
    }


class EventTypeOut(Out):
    """A type of events that may be told outside."""

    name: str
    zh: str
    en: str
    subject: str = Field(description="What it is about; numbers rise within one subject")
    json_schema: dict[str, Any] = Field(description="Of the body")
    example: dict[str, Any]


EXAMPLE: dict[str, Any] = {
    "items": [_shown(TYPES["incident.card_drawn"])],
    "headers": {scheme.value: names for scheme, names in HEADERS.items()},
}


class EventTypesOut(Out):
    """The catalogue, and the headers of each scheme."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    items: list[EventTypeOut]
    headers: dict[Scheme, dict[str, str]] = Field(description="What proves a message, by scheme")


def event_types() -> EventTypesOut:
    """Every type, in the order of the catalogue."""
    items: Sequence[dict[str, Any]] = [_shown(told) for told in TYPES.values()]
    return EventTypesOut.model_validate({"items": items, "headers": HEADERS})
