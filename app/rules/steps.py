"""HIRE-1, CON-5: no step is skipped or taken by another tier, and a refusal needs a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.rules.approvals import (
    CON_5,
    HIRE_1,
    PROCEDURES,
    CaseState,
    Procedure,
    Step,
    StepOutcome,
)
from app.rules.cite import Cite, cites
from app.rules.finding import Finding
from app.rules.tiers import Tier


class Taking(StrEnum):
    """What becomes of an attempt to take a step."""

    FITS = "fits"
    CASE_CLOSED = "case_closed"
    STEP_TAKEN = "step_taken"
    NOT_YOUR_STEP = "not_your_step"
    OWN_MATTER = "own_matter"
    ACTED_FOR_ANOTHER_TIER = "acted_for_another_tier"
    MAY_NOT_REFUSE = "may_not_refuse"
    REASON_NEEDED = "reason_needed"


@dataclass(frozen=True)
class Turn:
    """Where a case stands, and the step that is next."""

    state: CaseState
    number: int
    tier: Tier
    may_refuse: bool
    cite: Cite


@dataclass(frozen=True)
class Hand:
    """Whoever would take it, as far as it matters."""

    in_its_place: bool
    """Acts for the tier and unit of the step, or stands in for somebody who does."""
    concerned: bool
    """Is the person that the case is about."""
    acted_for: frozenset[Tier] = frozenset()
    """The tiers for which earlier steps of the case were taken in person or in one's place."""


@dataclass(frozen=True)
class Said:
    """The word on a step."""

    outcome: StepOutcome
    has_reason: bool = False
    step: int | None = None
    """The number of the step that was seen; none where the next one is meant."""


@cites(HIRE_1, CON_5)
def steps_of(procedure: Procedure, tiers: Mapping[int, Tier]) -> tuple[tuple[Step, Tier], ...]:
    """The steps of a procedure, each with its tier; `tiers` says those that the case decides."""
    steps = enumerate(PROCEDURES[procedure], 1)
    return tuple((step, step.tier or tiers[number]) for number, step in steps)


@cites(HIRE_1, CON_5)
def judge_taking(turn: Turn, hand: Hand, said: Said) -> Finding[Taking]:
    """Whether a step may be taken so: in its turn, by its own tier, by another than the person
    concerned, by no one who acted for another tier before, and refused only with a reason."""
    because: dict[str, object] = {"step": turn.number, "tier": turn.tier.value}
    return Finding(verdict=_verdict(turn, hand, said), cite=turn.cite, because=because)


def _verdict(turn: Turn, hand: Hand, said: Said) -> Taking:
    if turn.state is not CaseState.OPEN:
        return Taking.CASE_CLOSED
    if said.step is not None and said.step != turn.number:
        return Taking.STEP_TAKEN if said.step < turn.number else Taking.NOT_YOUR_STEP
    return _person(turn, hand) or _word(turn, said) or Taking.FITS


def _person(turn: Turn, hand: Hand) -> Taking | None:
    """The person concerned takes the grid's own step and no other."""
    if not hand.in_its_place:
        return Taking.NOT_YOUR_STEP
    if turn.tier is Tier.GRID:
        return None if hand.concerned else Taking.NOT_YOUR_STEP
    if hand.concerned:
        return Taking.OWN_MATTER
    return Taking.ACTED_FOR_ANOTHER_TIER if hand.acted_for - {turn.tier} else None


def _word(turn: Turn, said: Said) -> Taking | None:
    if said.outcome is StepOutcome.PASSED:
        return None
    if not turn.may_refuse:
        return Taking.MAY_NOT_REFUSE
    return None if said.has_reason else Taking.REASON_NEEDED


@cites(HIRE_1, CON_5)
def state_after(number: int, steps: int, outcome: StepOutcome) -> CaseState:
    """A refusal ends the procedure; the last step that passes approves; else the next one waits."""
    if outcome is StepOutcome.REFUSED:
        return CaseState.REFUSED
    return CaseState.APPROVED if number >= steps else CaseState.OPEN
