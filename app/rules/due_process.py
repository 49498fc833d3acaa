"""CON-1: who is heard before a penalty is decided, who looks at it again, and until when [reading].

The text names the steps of a dismissal (四(四)) and that the township holds the interview; it is
silent on being heard. Here the worker answers before anybody decides, and may appeal once.
"""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

from app.rules.approvals import CON_1, Procedure
from app.rules.cite import cites
from app.rules.conduct import LADDER, Ground, PenaltyKind
from app.rules.finding import Finding
from app.rules.tiers import Tier, above, rank

ANSWER_DUTY_DATES = 5
"""A worker answers a proposal until the fifth duty date after it was told [reading]."""
APPEAL_DUTY_DATES = 10
"""A worker appeals until the tenth duty date after the decision [reading]."""
LOOKED_AT_AGAIN = timedelta(days=366)
"""For how long after it happened the data behind a decided penalty is followed [reading]; what is
older is erased or thinned out for other reasons, and says nothing of the ground."""


class ReviewOutcome(StrEnum):
    """What becomes of a penalty that is looked at again."""

    KEEP = "keep"
    LOWER = "lower"
    OVERTURN = "overturn"


@cites(CON_1)
def may_be_decided(answered: bool, today: date, answer_until: date) -> Finding[bool]:
    """Once the worker answered what is held against him or her, or the term to answer is over."""
    because = {"answered": answered, "answer_until": answer_until.isoformat()}
    return Finding(verdict=answered or today > answer_until, cite=CON_1, because=because)


@cites(CON_1)
def said_in_time(said_on: date, until: date) -> bool:
    """An answer or appeal counts up to and on the last date of its term."""
    return said_on <= until


@cites(CON_1)
def procedure_of(rung: PenaltyKind) -> Procedure:
    """The township decides a warning or a demerit; a dismissal goes up to the office (CON-5)."""
    return Procedure.DISMISSAL if rung is PenaltyKind.DISMISSAL else Procedure.PENALTY


@cites(CON_1)
def appeal_tier(decided: Tier) -> Tier:
    """The tier above the one that decided; above the office there is none, so another person of
    it."""
    return above(decided) or decided


@cites(CON_1)
def may_look_again(decided: Tier, asker: Collection[Tier]) -> bool:
    """The tier that decided, or one above it."""
    return any(rank(tier) >= rank(decided) for tier in asker)


@cites(CON_1)
def lower_than(standing: PenaltyKind) -> tuple[PenaltyKind, ...]:
    """To what a penalty can be lowered."""
    return LADDER[: LADDER.index(standing)]


@cites(CON_1)
def calls_for_interview(kind: PenaltyKind) -> bool:
    """A demerit is talked over with the township (约谈)."""
    return kind is PenaltyKind.DEMERIT


@cites(CON_1)
def rule_of(ground: Ground) -> str:
    """The rule of a ground, as the rulebook's index has it."""
    return f"CON-{ground.value}"


@cites(CON_1)
def is_followed(decided: bool, ground: Ground, occurred_on: date, today: date) -> bool:
    """Whether what changes in the data still bears on a proposal, or on a decided penalty.

    A failed year is graded after its end, though it counts from January 1 on.
    """
    over = date(occurred_on.year, 12, 31) if ground is Ground.A5 else occurred_on
    return not decided or today - over <= LOOKED_AT_AGAIN
