"""The types of events that may be told outside, and all that each may say (INT-1).

Thin by construction: of an act's facts only the fields listed here are ever copied, and none of
them names a person, a number, an address or a photo.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class EventType:
    """A type, what it tells in both languages, and its fields with an example of each."""

    name: str
    zh: str
    en: str
    subject: str
    example: Mapping[str, Any]
    """Field by field; what an act has under these names is told, nothing else."""


def _by_name(*types: EventType) -> Mapping[str, EventType]:
    return {found.name: found for found in types}


TYPES: Mapping[str, EventType] = _by_name(
    EventType(
        "incident.acted",
        "事件有新的办理动作",
        "An act on an event: reported, taken up, handed on, closed, verified …",
        "incident",
        {
            "act": "escalate",
            "number": 3,
            "state": "held",
            "tier": "grid",
            "to_tier": "community",
            "category": "public_safety",
            "severity": "general",
            "grid_code": "510185001001001",
            "effective_at": "2026-03-18T09:30:00+08:00",
            "due_at": "2026-03-19T17:00:00+08:00",
        },
    ),
    EventType(
        "incident.card_drawn",
        "事件被亮牌",
        "A yellow or red card fell",
        "incident",
        {
            "card_id": "0199d2f0-0000-7000-8000-000000000001",
            "colour": "yellow",
            "tier": "grid",
            "fell_at": "2026-03-18T15:30:00+08:00",
        },
    ),
)


def told_of(name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What of an act's facts is told outside."""
    return {field: facts[field] for field in TYPES[name].example if field in facts}
