"""The platform's half of the language: what it reads in ours and how it says its own (INT-1).

The stand-in platform and the tests speak with it; the service itself only dresses and hears.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from app.platforms.language import Language, object_in
from app.platforms.mapping import Field
from app.platforms.sayings import Message, Word


@dataclass(frozen=True)
class Told:
    """One of our messages as the platform reads it; `content` in its own words."""

    event_id: str
    type: Word
    subject: tuple[str, str]
    """Our kind of thing and its key."""
    number: int
    occurred_at: datetime
    state: Word | None
    content: Mapping[str, Any]


def undressed(language: Language, body: bytes) -> Told:
    """What the platform reads in a message of ours; raises NotUnderstood."""
    whole = object_in(body)
    content = language.content_of(whole)
    type_ = whole[language.tables.envelope["type"]]
    kind = language.envelope_value(whole, "subject_kind", "line")
    known = language.tables.known("subject", kind)
    return Told(
        event_id=language.envelope_value(whole, "id", "line"),
        type=type_,
        subject=(
            kind if known is None or known.ours is None else known.ours,
            language.envelope_value(whole, "subject", "line"),
        ),
        number=language.envelope_value(whole, "number", "whole"),
        occurred_at=language.envelope_value(whole, "occurred_at", "instant"),
        state=content.get(_state_field(language, type_)),
        content=content,
    )


def _state_field(language: Language, type_: Word) -> str:
    """Where a type says the state; nowhere: a name that no message has."""
    forms = (form for form in language.tables.out.values() if form.type == type_)
    form = next(forms, None)
    return form.fields.get("state", Field("")).name if form else ""


def spoken(language: Language, message: Message) -> bytes:
    """What the platform sends to say something; its key is in the headers."""
    form = language.tables.form_for(message.kind)
    said = {field.name: getattr(message.said, field.name) for field in fields(message.said)}
    envelope = {
        "type": form.type,
        "number": message.number,
        "occurred_at": language.write_instant(message.said_at),
    }
    return language.wrapped(envelope, language.written(form, said))
