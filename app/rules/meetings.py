"""MTG-1 and TRN-1: meetings and training with their cadences (三(二)3, 三(二)4)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.civil import CIVIL_TIME
from app.rules.dated import IN_FORCE, Dated, Since
from app.rules.divisions import UnitTier
from app.rules.duty import Half
from app.rules.finding import Finding
from app.rules.parameters import Label, Values, number

MTG_1 = Cite("MTG-1", "三(二)3")
TRN_1 = Cite("TRN-1", "三(二)4")

NOON = 12
MONDAY = 1

MEETING_RECORD_DAYS = number(
    "meeting_record_days",
    31,
    "d",
    "MTG-1",
    (1, 92),
    Label("例会和培训补录期限", "Days to record a meeting"),
)
MEETING_CORRECTION_DAYS = number(
    "meeting_correction_days",
    5,
    "d",
    "MTG-1",
    (0, 31),
    Label("例会和培训记录更正期限", "Days to correct a meeting's record"),
)


class MeetingKind(StrEnum):
    """What is held, and by which tier."""

    MORNING = "morning"
    WEEKLY = "weekly"
    COMMUNITY_TRAINING = "community_training"
    TOWNSHIP_TRAINING = "township_training"
    CITY_TRAINING = "city_training"


class Presence(StrEnum):
    """Whether a worker was there."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"


class MeetingCadence(StrEnum):
    """How often one is owed."""

    DUTY_DATE = "duty_date"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class CadenceVerdict(StrEnum):
    """What became of what was owed in a period."""

    HELD = "held"
    MISSED = "missed"
    OPEN = "open"


@dataclass(frozen=True)
class Holding:
    """Which tier holds a kind, and how often."""

    tier: UnitTier
    cadence: MeetingCadence
    cite: Cite


HOLDINGS: Dated[Mapping[MeetingKind, Holding]] = Dated(
    Since(
        IN_FORCE,
        {
            MeetingKind.MORNING: Holding(UnitTier.COMMUNITY, MeetingCadence.DUTY_DATE, MTG_1),
            MeetingKind.WEEKLY: Holding(UnitTier.COMMUNITY, MeetingCadence.WEEK, MTG_1),
            MeetingKind.COMMUNITY_TRAINING: Holding(
                UnitTier.COMMUNITY, MeetingCadence.MONTH, TRN_1
            ),
            MeetingKind.TOWNSHIP_TRAINING: Holding(
                UnitTier.TOWNSHIP, MeetingCadence.QUARTER, TRN_1
            ),
            MeetingKind.CITY_TRAINING: Holding(UnitTier.CITY, MeetingCadence.YEAR, TRN_1),
        },
        MTG_1,
    )
)


@dataclass(frozen=True, order=True)
class MeetingPeriod:
    """In which one is owed; both dates included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> Iterator[date]:
        """Its dates in order."""
        return (
            self.first + timedelta(days=passed)
            for passed in range((self.last - self.first).days + 1)
        )


@dataclass(frozen=True)
class HeldMeeting:
    """A meeting that was held."""

    day: date
    record: object


@cites(MTG_1, TRN_1)
def may_hold(kind: MeetingKind, tier: UnitTier, day: date) -> Finding[bool]:
    """Morning and weekly meetings are the station's; training is of community, township, city."""
    holding = HOLDINGS.on(day)[kind]
    because = {"held_by": holding.tier.value, "tier": tier.value}
    return Finding(verdict=holding.tier is tier, cite=holding.cite, because=because)


@cites(MTG_1, TRN_1)
def meeting_period(kind: MeetingKind, day: date) -> MeetingPeriod:
    """The date, its week from Monday to Sunday, its calendar month, quarter or year."""
    match HOLDINGS.on(day)[kind].cadence:
        case MeetingCadence.DUTY_DATE:
            return MeetingPeriod(day, day)
        case MeetingCadence.WEEK:
            monday = day - timedelta(days=day.isoweekday() - MONDAY)
            return MeetingPeriod(monday, monday + timedelta(days=6))
        case MeetingCadence.MONTH:
            return _months(day.replace(day=1), 1)
        case MeetingCadence.QUARTER:
            return _months(date(day.year, day.month - (day.month - 1) % 3, 1), 3)
        case MeetingCadence.YEAR:
            return _months(date(day.year, 1, 1), 12)


def _months(first: date, count: int) -> MeetingPeriod:
    month = first.month - 1 + count
    after = date(first.year + month // 12, month % 12 + 1, 1)
    return MeetingPeriod(first, after - timedelta(days=1))


def periods_touching(kind: MeetingKind, first: date, last: date) -> Iterator[MeetingPeriod]:
    """The periods of a kind that share a date with a span, in order."""
    day = first
    while day <= last:
        period = meeting_period(kind, day)
        yield period
        day = period.last + timedelta(days=1)


@cites(MTG_1, TRN_1)
def is_owed(period: MeetingPeriod, is_duty_date: Callable[[date], bool]) -> bool:
    """One is owed in every period with a duty date; a week of holidays owes none."""
    return any(is_duty_date(day) for day in period.days)


@cites(MTG_1, TRN_1)
def judge_cadence(
    kind: MeetingKind, period: MeetingPeriod, held: Iterable[HeldMeeting], today: date
) -> Finding[CadenceVerdict]:
    """Held once in the period is enough; missed only once its last date is over.

    The weekly meeting is on Monday as a rule: on another day it is held too, and that is said.
    """
    within = sorted((one for one in held if one.day in period), key=lambda one: one.day)
    because: dict[str, object] = {"held": [str(one.record) for one in within]}
    verdict = CadenceVerdict.HELD
    if not within:
        verdict = CadenceVerdict.OPEN if today <= period.last else CadenceVerdict.MISSED
    elif kind is MeetingKind.WEEKLY:
        because["on_monday"] = any(one.day.isoweekday() == MONDAY for one in within)
    return Finding(verdict=verdict, cite=HOLDINGS.on(period.first)[kind].cite, because=because)


@cites(TRN_1)
def judge_rotation(
    owed: Collection[object], attended: Collection[object], period: MeetingPeriod, today: date
) -> Finding[CadenceVerdict]:
    """The city trains every worker once a year (轮训): held when all of them have attended."""
    missing = set(owed) - set(attended)
    verdict = CadenceVerdict.HELD
    if missing:
        verdict = CadenceVerdict.OPEN if today <= period.last else CadenceVerdict.MISSED
    because = {"owed": len(set(owed)), "attended": len(set(owed)) - len(missing)}
    return Finding(verdict=verdict, cite=TRN_1, because=because)


def half_of_meeting(starts_at: datetime) -> Half:
    """The half of the date in which a meeting begins."""
    before_noon = starts_at.astimezone(CIVIL_TIME).hour < NOON
    return Half.MORNING if before_noon else Half.AFTERNOON


@cites(MTG_1, TRN_1)
def judge_presence(
    said: Presence, starts_at: datetime, leave: Mapping[Half, object]
) -> Finding[Presence]:
    """As the host's list has it; whoever is absent on approved leave of that half is excused."""
    half = half_of_meeting(starts_at)
    if said is Presence.ABSENT and half in leave:
        because = {"leave": str(leave[half]), "half": half.value}
        return Finding(verdict=Presence.EXCUSED, cite=MTG_1, because=because)
    return Finding(verdict=said, cite=MTG_1, because={"said": said.value})


@dataclass(frozen=True)
class Attendance:
    """Owed and attended; who was excused owed nothing."""

    owed: int = 0
    attended: int = 0
    excused: int = 0

    def __add__(self, other: "Attendance") -> "Attendance":
        return Attendance(
            self.owed + other.owed,
            self.attended + other.attended,
            self.excused + other.excused,
        )


@cites(MTG_1, TRN_1)
def count_attendance(presences: Iterable[Presence]) -> Attendance:
    """Of the meetings held where a worker was posted: those not excused, and those attended."""
    found = list(presences)
    attended = found.count(Presence.PRESENT)
    excused = found.count(Presence.EXCUSED)
    return Attendance(len(found) - excused, attended, excused)


def may_record(held_on: date, today: date, values: Values) -> bool:
    """On the date itself and for `meeting_record_days` after it."""
    return held_on <= today <= held_on + timedelta(days=values[MEETING_RECORD_DAYS])


def may_correct(recorded_on: date, today: date, values: Values) -> bool:
    """From the date of recording to `meeting_correction_days` after it."""
    return today <= recorded_on + timedelta(days=values[MEETING_CORRECTION_DAYS])
