"""The forms of what may be told outside: each admits keys, codes and instants, never free text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

MOST = 2**31 - 1
UUID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


class Form(StrEnum):
    """What kind of value a field has."""

    KEY = "key"
    CODE = "code"
    """Small letters, digits, underscores; full stops between levels."""
    UNIT = "unit"
    NUMBER = "number"
    INSTANT = "instant"
    DAY = "day"


PATTERNS: Mapping[Form, str] = {
    Form.KEY: UUID_PATTERN,
    Form.CODE: r"^[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39})?$",
    Form.UNIT: r"^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})$",
}
SCHEMAS: Mapping[Form, Mapping[str, Any]] = {
    **{form: {"type": "string", "pattern": pattern} for form, pattern in PATTERNS.items()},
    Form.NUMBER: {"type": "integer", "minimum": 0, "maximum": MOST},
    Form.INSTANT: {"type": "string", "format": "date-time"},
    Form.DAY: {"type": "string", "format": "date"},
}


@dataclass(frozen=True)
class EventField:
    """A field that may be told: its form, what it says in both languages, an example."""

    name: str
    form: Form
    zh: str
    en: str
    example: Any
    words: type[StrEnum] | None = None
    """All that a code can be, where that is known."""
    fact: str | None = None
    """What the fact is called in the act, where that differs."""

    @property
    def source(self) -> str:
        """The fact that is told under this name."""
        return self.fact or self.name

    def admits(self, value: Any) -> bool:
        """Whether a value has the field's form; one that has not is not told."""
        if self.words is not None:
            return isinstance(value, str) and value in set(self.words)
        match self.form:
            case Form.NUMBER:
                return type(value) is int and 0 <= value <= MOST
            case Form.INSTANT:
                return isinstance(value, str) and _is_instant(value)
            case Form.DAY:
                return isinstance(value, str) and _is_day(value)
            case Form.KEY | Form.CODE | Form.UNIT:
                return isinstance(value, str) and bool(re.fullmatch(PATTERNS[self.form], value))

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the field."""
        return {
            **SCHEMAS[self.form],
            **({} if self.words is None else {"enum": [word.value for word in self.words]}),
            "title": self.zh,
            "description": self.en,
        }


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None and "T" in text
    except ValueError:
        return False


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
