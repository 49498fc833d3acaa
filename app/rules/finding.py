"""What a judgement returns: the verdict, its rule and clause, and the facts that decided it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from app.rules.cite import Cite

V = TypeVar("V")


@dataclass(frozen=True, kw_only=True)
class Finding(Generic[V]):
    verdict: V
    cite: Cite
    because: Mapping[str, object] = field(default_factory=dict)
    """Plain JSON values, so that a finding can be stored and shown as it is."""

    @property
    def rule(self) -> str:
        return self.cite.rule

    @property
    def clause(self) -> str:
        return self.cite.clause
