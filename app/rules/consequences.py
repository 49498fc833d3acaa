"""CON-1, CON-3: what a penalty causes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.conduct import CON_1, CON_3, PenaltyKind
from app.rules.pay import WARNING_COSTS

HIRE_3 = Cite("HIRE-3", "一(二)4")


class Effect(StrEnum):
    """One of the things that a penalty causes."""

    PERFORMANCE_LESS = "performance_less"
    """An amount off the month's performance pay."""
    PERFORMANCE_NONE = "performance_none"
    """No performance pay for the month."""
    MONTH_FAILS = "month_fails"
    INTERVIEW = "interview"
    """The township talks it over with the worker (约谈)."""
    CONTRACT_ENDS = "contract_ends"
    UNPAID_PERFORMANCE_CANCELLED = "unpaid_performance_cancelled"
    """All performance pay of the post that is not paid yet."""


@dataclass(frozen=True)
class Consequence:
    """An effect with its clause, and its amount where it is one of money."""

    effect: Effect
    cite: Cite
    amount: Decimal | None = None


@cites(CON_1, CON_3)
def effects_of(kind: PenaltyKind, decided_on: date) -> Sequence[Consequence]:
    """What a penalty decided on a date causes, in the month of that date."""
    match kind:
        case PenaltyKind.WARNING:
            cost = Decimal(WARNING_COSTS.on(decided_on))
            return [Consequence(Effect.PERFORMANCE_LESS, CON_3, cost)]
        case PenaltyKind.DEMERIT:
            return [
                Consequence(Effect.MONTH_FAILS, CON_1),
                Consequence(Effect.PERFORMANCE_NONE, CON_3),
                Consequence(Effect.INTERVIEW, CON_1),
            ]
        case PenaltyKind.DISMISSAL:
            return [
                Consequence(Effect.CONTRACT_ENDS, HIRE_3),
                Consequence(Effect.UNPAID_PERFORMANCE_CANCELLED, CON_3),
            ]
