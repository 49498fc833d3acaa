"""EVT-3: until when a tier may hold an event, and when cards fall (四(二)4).

The office's working hours are the two halves of a duty date, morning and afternoon, as FLD-3 has
them: each date is judged with the values in force on it. A major event counts every hour.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from app.rules.cards import Colour, Span, WorkingSpans
from app.rules.cite import Cite, cites
from app.rules.civil import CIVIL_TIME, civil_day, instant_of
from app.rules.dated import IN_FORCE, Dated, Since
from app.rules.field_records import Severity
from app.rules.field_time import AFTERNOON_FROM, AFTERNOON_TO, MORNING_FROM, MORNING_TO
from app.rules.finding import Finding
from app.rules.parameters import Label, Values, number
from app.rules.tiers import Tier

EVT_3 = Cite("EVT-3", "四(二)4", reading=True)

RED_AFTER_H = number(
    "red_after_h", 24, "h", "EVT-3", (1, 240), Label("黄牌后多久亮红牌", "Red after yellow by")
)
"""Plain hours; of an event the value in force on the civil date of its arrival counts."""

OF_CLOCKS = frozenset(
    used.name for used in (RED_AFTER_H, MORNING_FROM, MORNING_TO, AFTERNOON_FROM, AFTERNOON_TO)
)
"""The parameters that clocks rest on."""
LONGEST_IDLE = 400
"""Dates in a row without working hours, after which every hour counts [reading]."""

HOURS = Dated(
    Since(
        IN_FORCE,
        {
            Severity.GENERAL: {
                Tier.GRID: 6.5, Tier.COMMUNITY: 13.0, Tier.TOWNSHIP: 32.5, Tier.CENTRE: 65.0,
            },
            Severity.MAJOR: {
                Tier.GRID: 0.5, Tier.COMMUNITY: 1.0, Tier.TOWNSHIP: 2.0, Tier.CENTRE: 4.0,
            },
        },
        EVT_3,
    )
)  # fmt: skip


@dataclass(frozen=True)
class Policy:
    """Hours that the centre set for a tier, from a date on; for every category if it names none."""

    key: int
    category: str | None
    severity: Severity
    tier: Tier
    hours: Decimal
    effective_from: date
    decided_at: datetime


@dataclass(frozen=True)
class Deadline:
    """The hours a hold may last, and whose word that is; without a policy it is the default."""

    severity: Severity
    hours: Decimal
    policy: Policy | None = None


@dataclass(frozen=True)
class Hold:
    """A tier's hold: since when, how long it may last, and how much longer by an extension."""

    arrived: datetime
    deadline: Deadline
    extended: Decimal = Decimal(0)


@dataclass(frozen=True)
class Clock:
    """When a hold is due and its cards fall, and what that was computed from."""

    due: datetime
    yellow: datetime
    red: datetime
    inputs: Mapping[str, object]


def categories_from(category: str | None) -> tuple[str | None, ...]:
    """A category, the one above it, and every category: the most specific first."""
    if category is None:
        return (None,)
    first_level = category.partition(".")[0]
    return tuple(dict.fromkeys((category, first_level, None)))


@cites(EVT_3)
def policy_in_force(
    policies: Iterable[Policy], category: str, severity: Severity, tier: Tier, day: date
) -> Policy | None:
    """Of the most specific category with hours of its own on the date: the last to take effect,
    and of several from one date the last decided."""
    fitting = [
        found
        for found in policies
        if found.severity is severity and found.tier is tier and found.effective_from <= day
    ]
    for level in categories_from(category):
        own = [found for found in fitting if found.category == level]
        if own:
            return max(own, key=lambda found: (found.effective_from, found.decided_at, found.key))
    return None


@cites(EVT_3)
def deadline_of(
    policies: Iterable[Policy], category: str, severity: Severity, tier: Tier, day: date
) -> Deadline:
    """The centre's hours for an event that arrives on a date, else those of the default table."""
    policy = policy_in_force(policies, category, severity, tier, day)
    if policy is not None:
        return Deadline(severity, policy.hours, policy)
    return Deadline(severity, Decimal(str(HOURS.on(day)[severity][tier])))


@cites(EVT_3)
def working_spans(day: date, values: Values, *, on_duty: bool) -> tuple[Span, ...]:
    """Morning and afternoon of a duty date (FLD-3), with the values of that date."""
    if not on_duty:
        return ()
    halves = ((MORNING_FROM, MORNING_TO), (AFTERNOON_FROM, AFTERNOON_TO))
    return tuple(
        (instant_of(day, values[opens]), instant_of(day, values[closes]))
        for opens, closes in halves
    )


@cites(EVT_3)
def judge_clock(hold: Hold, red_after_h: float, spans: WorkingSpans) -> Clock:
    """Due once the hours are used up, at the end of a half rather than the start of the next;
    yellow then, and red so many plain hours later."""
    allowed = length_of(hold.deadline.hours + hold.extended)
    working = hold.deadline.severity is Severity.GENERAL
    counted = list(_working_parts(hold, allowed, spans) if working else _clock_part(hold, allowed))
    due = counted[-1][1]
    red = due + timedelta(hours=red_after_h)
    return Clock(due, due, red, _inputs(hold, red_after_h, counted, working=working))


def length_of(hours: Decimal) -> timedelta:
    """Hours as an exact length, to the microsecond."""
    return timedelta(microseconds=int((hours * 3_600_000_000).to_integral_value(ROUND_HALF_UP)))


def _clock_part(hold: Hold, allowed: timedelta) -> Iterator[Span]:
    yield hold.arrived, hold.arrived + allowed


def _working_parts(hold: Hold, allowed: timedelta, spans: WorkingSpans) -> Iterator[Span]:
    """The parts of working hours that are used up, the last up to the due time."""
    day, idle, left = civil_day(hold.arrived), 0, allowed
    while idle < LONGEST_IDLE:
        found = spans(day)
        for opens, closes in found:
            begins = max(opens, hold.arrived)
            if begins >= closes:
                continue
            ends = min(closes, begins + left)
            yield begins, ends
            left -= ends - begins
            if not left:
                return
        idle = 0 if found else idle + 1
        day += timedelta(days=1)
    # Every hold has a due time, even in a city that exempts itself for more than a year.
    begins = max(hold.arrived, datetime.combine(day, datetime.min.time(), CIVIL_TIME))
    yield begins, begins + left


def _inputs(
    hold: Hold, red_after_h: float, counted: Sequence[Span], *, working: bool
) -> Mapping[str, object]:
    policy = hold.deadline.policy
    return {
        "severity": hold.deadline.severity.value,
        "hours": float(hold.deadline.hours),
        "extended_h": float(hold.extended),
        "counted_in": "working_hours" if working else "hours_of_the_clock",
        "arrived_at": hold.arrived.astimezone(CIVIL_TIME).isoformat(),
        "red_after_h": red_after_h,
        "policy": None if policy is None else policy.key,
        "policy_category": None if policy is None else policy.category,
        "counted": [_written(span) for span in counted],
    }


def _written(span: Span) -> str:
    opens, closes = (instant.astimezone(CIVIL_TIME) for instant in span)
    same_day = opens.date() == closes.date()
    until = closes.time().isoformat() if same_day else closes.replace(tzinfo=None).isoformat(" ")
    return f"{opens.replace(tzinfo=None).isoformat(' ')}/{until}"


@cites(EVT_3)
def fallen(yellow: datetime, red: datetime, until: datetime) -> tuple[tuple[Colour, datetime], ...]:
    """The cards whose instant has passed: a hold that ended exactly then has none."""
    falls = ((Colour.YELLOW, yellow), (Colour.RED, red))
    return tuple((colour, at) for colour, at in falls if at < until)


@dataclass(frozen=True)
class Known:
    """The instants that the holder could know when something changed, and the change."""

    yellow: datetime
    red: datetime
    changed_at: datetime


@cites(EVT_3)
def not_before_known(clock: Clock, known: Known) -> Clock:
    """Nobody is charged for an instant that was not known [reading]: where a change moves a card
    back, it falls at the change, or where it was to fall before that."""
    yellow = max(clock.yellow, min(known.yellow, known.changed_at))
    after_yellow = yellow + (clock.red - clock.yellow)
    red = max(after_yellow, min(known.red, known.changed_at))
    return Clock(clock.due, yellow, red, clock.inputs)


@cites(EVT_3)
def counts_anew(clock: Clock, was_due: datetime, changed_at: datetime) -> bool:
    """Whether a change makes due what was not, before anybody could know: the new hours then
    count from the change [reading]."""
    return clock.due <= changed_at < was_due


class ExtensionVerdict(StrEnum):
    FITS = "fits"
    OVERDUE = "overdue"
    TOO_LONG = "too_long"


@cites(EVT_3)
def judge_extension(
    asked_at: datetime, due: datetime, hours: Decimal, own_hours: Decimal
) -> Finding[ExtensionVerdict]:
    """Asked for before the hold is due, and for at most its own hours once more [reading]."""
    if asked_at >= due:
        verdict = ExtensionVerdict.OVERDUE
    elif hours > own_hours:
        verdict = ExtensionVerdict.TOO_LONG
    else:
        verdict = ExtensionVerdict.FITS
    because = {"due_at": due.isoformat(), "own_hours": float(own_hours), "hours": float(hours)}
    return Finding(verdict=verdict, cite=EVT_3, because=because)


@dataclass(frozen=True)
class HoldEnded:
    """A hold as the share on time counts it; `ended` None: it is still open."""

    due: datetime
    ended: datetime | None


@cites(EVT_3)
def on_time_share(holds: Collection[HoldEnded], now: datetime) -> float | None:
    """On time / (closed + open and overdue), to four places; none where nothing counts yet.

    Ended exactly when due is on time; open and exactly due is not overdue.
    """
    closed = [hold for hold in holds if hold.ended is not None]
    overdue = [hold for hold in holds if hold.ended is None and hold.due < now]
    on_time = sum(1 for hold in closed if hold.ended is not None and hold.ended <= hold.due)
    return share_of(on_time, len(closed), len(overdue))


def share_of(on_time: int, closed: int, overdue: int) -> float | None:
    """The share from its three counts, half up at the fourth place."""
    counted = closed + overdue
    if not counted:
        return None
    return float((Decimal(on_time) / counted).quantize(Decimal("0.0001"), ROUND_HALF_UP))
