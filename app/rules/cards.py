"""EVT-3, CON-B4: cards of events that were neither handled nor escalated when due (四(二)4)."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.civil import civil_day
from app.rules.duty import Employment, Half, is_bound
from app.rules.finding import Finding
from app.rules.tiers import Tier

CON_B4 = Cite("CON-B4", "四(二)4", reading=True)

Span = tuple[datetime, datetime]
WorkingSpans = Callable[[date], Sequence[Span]]
"""The working hours of a date, morning and afternoon in order: none if it is no duty date."""


class Colour(StrEnum):
    """A card only rises."""

    YELLOW = "yellow"
    RED = "red"


class CardOrigin(StrEnum):
    """Whose clock drew a card: ours, or a platform's (INT-1)."""

    CLOCK = "clock"
    CHENGDU = "chengdu"
    SICHUAN = "sichuan"


class ClockReason(StrEnum):
    """Why a hop's instants were computed."""

    ARRIVAL = "arrival"
    CALENDAR = "calendar"
    POLICY = "policy"
    EXTENSION = "extension"
    REGRADE = "regrade"


class CardVerdict(StrEnum):
    """Whether a card is a ground that may be proposed against a worker."""

    AVOIDABLE = "avoidable"
    WITHDRAWN = "withdrawn"
    OTHER_TIER = "other_tier"
    """Nobody answers in person for a card of an office."""
    NOBODY = "nobody"
    """The grid was vacant when the card fell."""
    NOT_BOUND = "not_bound"
    """ORG-4: on a rural part-time worker nothing is enforced."""
    ON_LEAVE = "on_leave"


HalfOfDate = tuple[date, Half]


@dataclass(frozen=True)
class CardDrawn:
    """What decides whether a card could have been avoided by its worker."""

    colour: Colour
    tier: Tier
    day: date
    """The civil date on which it fell."""
    withdrawn: bool
    has_worker: bool
    employment: Employment | None
    """On that date."""
    held: Collection[HalfOfDate]
    """The halves of dates in which the worker could have acted, up to the card."""
    on_leave: Collection[HalfOfDate]
    """The halves that approved leave covers."""
    questioned: bool = False


@cites(CON_B4)
def judge_card(card: CardDrawn) -> Finding[CardVerdict]:
    """A card at the worker's own tier for an event that could have been handled or escalated in
    time [reading]: at least one half of the hold was not approved leave. It is only proposed."""
    because = {
        "colour": card.colour.value,
        "day": card.day.isoformat(),
        "halves_held": len(set(card.held)),
        "halves_on_leave": len(set(card.held) & set(card.on_leave)),
        "questioned": card.questioned,
    }
    return Finding(verdict=_verdict(card), cite=CON_B4, because=because)


def _verdict(card: CardDrawn) -> CardVerdict:
    if card.withdrawn:
        return CardVerdict.WITHDRAWN
    if card.tier is not Tier.GRID:
        return CardVerdict.OTHER_TIER
    if not card.has_worker:
        return CardVerdict.NOBODY
    if card.employment is None or not is_bound(card.employment):
        return CardVerdict.NOT_BOUND
    if set(card.held) <= set(card.on_leave):
        return CardVerdict.ON_LEAVE
    return CardVerdict.AVOIDABLE


@cites(CON_B4)
def halves_held(arrived: datetime, fell: datetime, spans: WorkingSpans) -> tuple[HalfOfDate, ...]:
    """The working halves that a hold touched up to its card; where it touched none (a major event
    at night), every half of its dates [reading]."""
    days = [
        civil_day(arrived) + timedelta(days=passed)
        for passed in range((civil_day(fell) - civil_day(arrived)).days + 1)
    ]
    working = [
        (day, half)
        for day in days
        for half, (opens, closes) in zip(Half, spans(day), strict=False)
        if max(opens, arrived) < min(closes, fell)
    ]
    return tuple(working or [(day, half) for day in days for half in Half])


@cites(CON_B4)
def grounds(findings: Iterable[Finding[CardVerdict]]) -> tuple[date, ...]:
    """The dates of one worker's cards that are grounds: a ground counts once a date (CON-2)."""
    days = {
        date.fromisoformat(str(found.because["day"]))
        for found in findings
        if found.verdict is CardVerdict.AVOIDABLE
    }
    return tuple(sorted(days))
