"""One platform's language by its tables: how values and envelopes are written (INT-1)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.platforms.mapping import Field, Form, Tables
from app.platforms.sayings import Known, NotUnderstood
from app.rules.exchange import MessageKind, Unclear
from app.rules.tasks import Platform

WHOLE_AT_MOST = 2**31 - 1
LINE_AT_MOST, TEXT_AT_MOST = 200, 4000
"""Characters; what an index holds is a line."""
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
Json = dict[str, Any]


@dataclass(frozen=True)
class Language:
    """A platform's tables, and how it writes instants."""

    platform: Platform
    tables: Tables
    write_instant: Callable[[datetime], str | int]
    read_instant: Callable[[object], datetime]
    """Raises ValueError, TypeError or OverflowError."""

    def form_of(self, whole: Json) -> tuple[MessageKind, Form]:
        """What kind of message this is, by its type; raises NotUnderstood."""
        name = self.tables.envelope["type"]
        said = whole.get(name)
        if said is None:
            raise NotUnderstood(Unclear.MISSING_FIELD, field=name)
        found = self.tables.into.get(str(said)) if isinstance(said, str | int) else None
        if found is None:
            raise NotUnderstood(Unclear.UNKNOWN_TYPE, type=shown(said))
        return found

    def wrapped(self, envelope: Mapping[str, Any], content: Json) -> bytes:
        """A whole message."""
        names = self.tables.envelope
        whole = {names[name]: value for name, value in envelope.items()}
        inside = names.get("content")
        whole |= {inside: content} if inside else content
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()

    def content_of(self, whole: Json) -> Json:
        """The part of a message that its type has its fields in."""
        inside = self.tables.envelope.get("content")
        found = whole.get(inside, {}) if inside else whole
        return found if isinstance(found, dict) else {}

    def written(self, form: Form, values: Mapping[str, Any]) -> Json:
        """The fields that the form has and that are said."""
        return {
            field.name: self.write(field, values[name])
            for name, field in form.fields.items()
            if values.get(name) is not None
        }

    def write(self, field: Field, value: Any) -> Any:
        """A value of ours as the platform writes it."""
        match field.kind:
            case "instant":
                at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
                return self.write_instant(at)
            case "unit":
                return self.tables.unit_there(str(value))
            case "key":
                return str(value)
            case "line" | "text" | "whole":
                return value
            case kind:
                ours = str(value).lower() if isinstance(value, bool) else str(value)
                return (
                    value.theirs if isinstance(value, Known) else self.tables.word_for(kind, ours)
                )

    def envelope_value(self, whole: Json, name: str, kind: str) -> Any:
        """A value of what surrounds every message; raises NotUnderstood."""
        return self.read(whole, Field(self.tables.envelope[name], kind))

    def read(self, content: Json, field: Field) -> Any:
        """A value of the platform as we have it; raises NotUnderstood."""
        value = content.get(field.name)
        if value is None or value == "":
            raise NotUnderstood(Unclear.MISSING_FIELD, field=field.name)
        try:
            return self._ours(field, value)
        except (ValueError, TypeError, OverflowError):
            raise NotUnderstood(Unclear.BAD_VALUE, field=field.name) from None

    def _ours(self, field: Field, value: Any) -> Any:
        match field.kind:
            case "instant":
                return _of_our_century(self.read_instant(value))
            case "whole":
                return _whole(value)
            case "text":
                return _text(value, TEXT_AT_MOST)
            case "line" | "key" | "unit":
                return self._line(field.kind, _text(value, LINE_AT_MOST))
            case kind:
                return self._known(kind, value, field.name)

    def _line(self, kind: str, text: str) -> str | UUID:
        if kind == "key":
            return UUID(text)
        return self.tables.unit_here(text) if kind == "unit" else text

    def _known(self, kind: str, value: Any, name: str) -> Known:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise TypeError(name)
        found = self.tables.known(kind, value)
        if found is None:
            raise NotUnderstood(Unclear.UNKNOWN_WORD, field=name, word=shown(value))
        return found


def object_in(body: bytes) -> Json:
    """A JSON object; raises NotUnderstood, also for one nested too deeply to read."""
    try:
        whole = json.loads(body.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise NotUnderstood(Unclear.NOT_JSON) from None
    if not isinstance(whole, dict):
        raise NotUnderstood(Unclear.NOT_JSON)
    return whole


def shown(value: object) -> str:
    """A word of theirs as we can keep and show it: short, and without what no column takes."""
    text = str(value).replace("\x00", "�")[:100]
    return text.encode("utf-8", "replace").decode()


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(value)
    if not 0 <= value <= WHOLE_AT_MOST:
        raise ValueError(value)
    return value


def _text(value: Any, at_most: int) -> str:
    """A text that a column takes: no NUL, no half of a surrogate pair."""
    if not isinstance(value, str):
        raise TypeError(value)
    text = value.strip()
    if not text or len(text) > at_most or "\x00" in text:
        raise ValueError(text[:20])
    text.encode()
    return text


def _of_our_century(at: datetime) -> datetime:
    if not EARLIEST <= at < LATEST:
        raise ValueError(at)
    return at
