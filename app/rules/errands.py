"""SVC-1: errands done for residents (代办), in five steps (三(一)3, 二1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from app.rules.cite import Cite, cites
from app.rules.civil import civil_day
from app.rules.dated import IN_FORCE, Dated, Since
from app.rules.finding import Finding
from app.rules.parameters import Label, Values, number

SVC_1 = Cite("SVC-1", "三(一)3, 二1")
SVC_1_READING = Cite("SVC-1", "三(一)3", reading=True)

ERRAND_ERASED_AFTER_DAYS = number(
    "errand_erased_after_days",
    180,
    "d",
    "SVC-1",
    (30, 1095),
    Label("代办事项居民信息保留", "Residents' data of errands kept for"),
)


class ErrandStep(StrEnum):
    """The five steps, in order."""

    ACCEPTED = "accepted"
    PAPERS_COLLECTED = "papers_collected"
    HANDLED = "handled"
    DELIVERED = "delivered"
    RATED = "rated"


STEPS = tuple(ErrandStep)
CLOSING = ErrandStep.DELIVERED
"""The resident has the result; a rating may follow."""

FOLLOWS = Dated(
    Since(
        IN_FORCE,
        {
            ErrandStep.ACCEPTED: (ErrandStep.PAPERS_COLLECTED, ErrandStep.HANDLED),
            ErrandStep.PAPERS_COLLECTED: (ErrandStep.HANDLED,),
            ErrandStep.HANDLED: (ErrandStep.DELIVERED,),
            ErrandStep.DELIVERED: (ErrandStep.RATED,),
            ErrandStep.RATED: (),
        },
        SVC_1_READING,
    ),
)
"""What may follow a step. Papers may be skipped where none are needed [reading]."""


@dataclass(frozen=True)
class StepTaken:
    """A step, and when it was taken."""

    step: ErrandStep
    at: datetime


class ActVerdict(StrEnum):
    """What becomes of a step that is reported."""

    FITS = "fits"
    WAITS = "waits"
    """A step before it has not arrived."""
    REPEATED = "repeated"
    OUT_OF_ORDER = "out_of_order"
    """By its time it contradicts the steps that are known."""


def in_order(acts: Iterable[StepTaken]) -> list[StepTaken]:
    """By time; at the same moment in the order of the steps."""
    return sorted(acts, key=lambda act: (act.at, STEPS.index(act.step)))


@cites(SVC_1, SVC_1_READING)
def judge_act(known: Sequence[StepTaken], act: StepTaken) -> Finding[ActVerdict]:
    """Whether a step fits those that are known, whichever of them arrived first."""
    steps = {taken.step for taken in known}
    missing = missing_before(steps, act.step)
    if act.step in steps:
        verdict = ActVerdict.REPEATED
    elif missing:
        verdict = ActVerdict.WAITS
    elif _hangs_together([taken.step for taken in in_order([*known, act])], civil_day(act.at)):
        verdict = ActVerdict.FITS
    else:
        verdict = ActVerdict.OUT_OF_ORDER
    because = {
        "step": act.step.value,
        "at": act.at.isoformat(),
        "known": [[taken.step.value, taken.at.isoformat()] for taken in in_order(known)],
        "missing": [step.value for step in missing],
    }
    return Finding(verdict=verdict, cite=SVC_1_READING, because=because)


def missing_before(known: set[ErrandStep], step: ErrandStep) -> list[ErrandStep]:
    """The steps that must come before a step and are not known; papers need not."""
    before = STEPS[: STEPS.index(step)]
    needed = [each for each in before if each is not ErrandStep.PAPERS_COLLECTED]
    return [each for each in needed if each not in known]


def _hangs_together(steps: Sequence[ErrandStep], day: date) -> bool:
    follows = FOLLOWS.on(day)
    pairs = pairwise(steps)
    return steps[0] is ErrandStep.ACCEPTED and all(then in follows[step] for step, then in pairs)


class Papers(StrEnum):
    """Whether papers were collected."""

    COLLECTED = "collected"
    NOT_NEEDED = "not_needed"
    """It was handled without: none were needed [reading]."""
    OPEN = "open"


@cites(SVC_1_READING)
def judge_papers(steps: Iterable[ErrandStep]) -> Finding[Papers]:
    """Papers were collected, or the errand was handled without any, or that is still open."""
    known = set(steps)
    verdict = Papers.OPEN
    if ErrandStep.PAPERS_COLLECTED in known:
        verdict = Papers.COLLECTED
    elif ErrandStep.HANDLED in known:
        verdict = Papers.NOT_NEEDED
    because = {"steps": [step.value for step in STEPS if step in known]}
    return Finding(verdict=verdict, cite=SVC_1_READING, because=because)


@dataclass(frozen=True)
class Wait:
    """How long a step waited for the next, in hours of the clock."""

    after: ErrandStep
    until: ErrandStep
    hours: float


@cites(SVC_1)
def waits(acts: Iterable[StepTaken]) -> tuple[Wait, ...]:
    """Between each step and the next."""
    ordered = in_order(acts)
    return tuple(
        Wait(first.step, then.step, hours_between(first.at, then.at))
        for first, then in pairwise(ordered)
    )


def hours_between(first: datetime, then: datetime) -> float:
    """Hours of the clock, to the hundredth."""
    return round((then - first) / timedelta(hours=1), 2)


@cites(SVC_1_READING)
def erased_before(today: date, values: Values) -> date:
    """Residents' data of errands that ended before this date are no longer needed."""
    return today - timedelta(days=int(values[ERRAND_ERASED_AFTER_DAYS]))


class RevealPurpose(StrEnum):
    """What a resident's data can be looked at for; each look is logged."""

    HANDLING = "handling"
    FOLLOW_UP = "follow_up"
    COMPLAINT = "complaint"
    RESIDENT_ASKED = "resident_asked"
