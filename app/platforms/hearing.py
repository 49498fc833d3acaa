"""What a platform's message says, read with the platform's tables (INT-1)."""

from contextlib import suppress

from app.platforms.language import Language, object_in
from app.platforms.sayings import (
    NAMES_SUBJECT,
    SAYINGS,
    WHAT,
    Glance,
    Message,
    NotUnderstood,
    needed,
)


def heard(language: Language, body: bytes) -> Message:
    """A message, read whole; raises NotUnderstood."""
    whole = object_in(body)
    kind, form = language.form_of(whole)
    content = language.content_of(whole)
    values = {
        name: language.read(content, field)
        for name, field in form.fields.items()
        if name in needed(kind) or content.get(field.name) not in (None, "")
    }
    return Message(
        kind=kind,
        number=language.envelope_value(whole, "number", "whole"),
        said_at=language.envelope_value(whole, "occurred_at", "instant"),
        said=SAYINGS[kind](**values),
    )


def glance(language: Language, body: bytes) -> Glance:
    """What can be made out at once, for the order in which messages are taken in."""
    try:
        whole = object_in(body)
        kind, form = language.form_of(whole)
    except NotUnderstood:
        return Glance()
    content = language.content_of(whole)
    number = subject = None
    with suppress(NotUnderstood):
        number = language.envelope_value(whole, "number", "whole")
    with suppress(NotUnderstood):
        parts = [language.read(content, form.fields[name]) for name in NAMES_SUBJECT[kind]]
        subject = ":".join([WHAT[kind], *map(str, parts)])
    return Glance(kind.value, subject, number)
