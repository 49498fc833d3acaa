"""Ties each rule function to the rule's id and to the clause it encodes."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Rule = TypeVar("Rule", bound=Callable[..., Any])


@dataclass(frozen=True)
class Cite:
    """A rule of the rulebook and the clause of the regulation that it reads."""

    rule: str
    clause: str
    reading: bool = False
    """The text leaves it open: the rulebook's reading, with parameters of the city."""


RULES: dict[Cite, list[Callable[..., Any]]] = defaultdict(list)


def cites(*cited: Cite) -> Callable[[Rule], Rule]:
    """Record that the decorated function encodes these rules."""

    def record(rule: Rule) -> Rule:
        for cite in cited:
            RULES[cite].append(rule)
        return rule

    return record
