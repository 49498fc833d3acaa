"""INF-1: two edits of one record from the same version, joined field by field; nothing is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.rules.cite import cites
from app.rules.information import INF_1

Content = Mapping[str, Any]
"""Values by field; a field that is absent or None says nothing."""


@dataclass(frozen=True)
class FieldConflict:
    """A field that two edits changed differently."""

    field: str
    base: Any
    standing: Any
    proposed: Any


@dataclass(frozen=True)
class Joined:
    """The content of both edits; of a field in conflict what stands, until it is decided."""

    content: dict[str, Any]
    conflicts: tuple[FieldConflict, ...]
    others: frozenset[str]
    """The fields that another edit changed meanwhile."""


@cites(INF_1)
def join(base: Content, standing: Content, proposed: Content) -> Joined:
    """A field that one side changed is taken from that side; one that both changed to the same
    value has it; one that they changed differently keeps what stands and is in conflict."""
    content: dict[str, Any] = {}
    conflicts: list[FieldConflict] = []
    others: set[str] = set()
    for field in sorted({*base, *standing, *proposed}):
        was, stands, wanted = base.get(field), standing.get(field), proposed.get(field)
        if stands != was:
            others.add(field)
        if was not in (stands, wanted) and stands != wanted:
            conflicts.append(FieldConflict(field, was, stands, wanted))
        chosen = wanted if stands == was else stands
        if chosen is not None:
            content[field] = chosen
    return Joined(content, tuple(conflicts), frozenset(others))
