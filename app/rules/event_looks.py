"""EVT-1, EVT-4, part 8: which events may be one, what they wait for, who reads what was written."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.field_records import Severity
from app.rules.geodesy import Position, distance_m
from app.rules.incidents import EVT_4, NOT_COUNTED, OPEN, Reporter, State
from app.rules.parameters import Label, Values, number
from app.rules.tiers import Tier, rank

EVT_1_READING = Cite("EVT-1", "二3, 二4, 二7", reading=True)
EVT_4_READING = Cite("EVT-4", "二1", reading=True)

EVENT_ERASED_AFTER_DAYS = number(
    "event_erased_after_days",
    365,
    "d",
    "EVT-1",
    (30, 3650),
    Label("事件文字和联系人保留", "What was written of an event, and whom to ask, kept for"),
)


class EventLookPurpose(StrEnum):
    """What whoever told the worker can be looked at for; each look is logged."""

    HANDLING = "handling"
    FOLLOW_UP = "follow_up"
    COMPLAINT = "complaint"


class Waiting(StrEnum):
    """What an event waits for from the workers of its grid."""

    HANDLING = "handling"
    """The grid holds it."""
    FOLLOW_UP = "follow_up"
    """It is closed, and whoever told the worker was not asked yet."""
    VERIFICATION = "verification"
    """It is closed, and nobody is left to be asked."""


@cites(EVT_4)
def waiting_for(state: State, reporter: Reporter, *, grid_holds: bool) -> Waiting | None:
    """What an event waits for from its grid."""
    if state in OPEN:
        return Waiting.HANDLING if grid_holds else None
    if state is State.CLOSED and reporter is not Reporter.WORKER:
        return Waiting.FOLLOW_UP
    return Waiting.VERIFICATION if state in {State.CLOSED, State.FOLLOWED_UP} else None


@dataclass(frozen=True)
class Sighting:
    """Where and when an event was found, and what became of it."""

    at: datetime
    position: Position
    state: State = State.HELD


@dataclass(frozen=True)
class Nearness:
    """Of a category: how near and how soon two events are offered as one; 0 offers none."""

    radius_m: int
    within_h: int


@cites(EVT_1_READING)
def may_be_one(new: Sighting, old: Sighting, within: Nearness) -> bool:
    """Whether an event is offered as the one that is about to be filed; nothing merges by itself.

    One that was withdrawn, false or linked already is not offered.
    """
    if old.state in NOT_COUNTED or not (within.radius_m and within.within_h):
        return False
    apart = abs(new.at - old.at)
    near = distance_m(new.position, old.position) <= within.radius_m
    return near and apart <= timedelta(hours=within.within_h)


@cites(EVT_1_READING)
def may_read(tier: Tier, severity: Severity, reached: Collection[Tier]) -> bool:
    """Whether what was written of an event, which may name residents, is for a tier.

    The grid's worker and the station read it; the township, the centre and the office once the
    event `reached` the tier (the office: the centre), or is major.
    """
    if rank(tier) <= rank(Tier.COMMUNITY) or severity is Severity.MAJOR:
        return True
    return (Tier.CENTRE if tier is Tier.OFFICE else tier) in reached


@cites(EVT_4_READING)
def event_erased_before(today: date, values: Values) -> date:
    """Of events that ended before this date nobody needs to know what was written any more."""
    return today - timedelta(days=int(values[EVENT_ERASED_AFTER_DAYS]))
