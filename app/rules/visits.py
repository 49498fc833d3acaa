"""VIS: five kinds of visits, what each owes in a period, and what pays it (三(一)1 “5”)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.civil import civil_day
from app.rules.dated import IN_FORCE, Dated, Since
from app.rules.finding import Finding
from app.rules.parameters import Label, Parameter, Values, number

VIS_1 = Cite("VIS-1", "三(一)1 “5”一")
VIS_2 = Cite("VIS-2", "三(一)1 “5”二")
VIS_3 = Cite("VIS-3", "三(一)1 “5”三")
VIS_4 = Cite("VIS-4", "三(一)1 “5”四")
VIS_5 = Cite("VIS-5", "三(一)1 “5”五")
VIS_6 = Cite("VIS-6", "三(一)1 “5”", reading=True)
VIS_7 = Cite("VIS-7", "三(一)1 “5”", reading=True)
VIS_8 = Cite("VIS-8", "三(一)1 “5”", reading=True)

IsDutyDate = Callable[[date], bool]


class VisitKind(StrEnum):
    """Whom a visit is owed to."""

    PROPERTY_GUARD = "property_guard"
    RENTAL = "rental"
    SPECIAL_GROUP = "special_group"
    CARE = "care"
    RESIDENT = "resident"


class Cadence(StrEnum):
    """How often a visit is owed."""

    DUTY_DATE = "duty_date"
    WEEK = "week"
    QUARTER = "quarter"


@dataclass(frozen=True)
class Owing:
    """How often a kind is owed, and by which rule."""

    cadence: Cadence
    cite: Cite


OWING = Dated(
    Since(
        IN_FORCE,
        {
            VisitKind.PROPERTY_GUARD: Owing(Cadence.DUTY_DATE, VIS_1),
            VisitKind.RENTAL: Owing(Cadence.WEEK, VIS_2),
            VisitKind.SPECIAL_GROUP: Owing(Cadence.WEEK, VIS_3),
            VisitKind.CARE: Owing(Cadence.WEEK, VIS_4),
            VisitKind.RESIDENT: Owing(Cadence.QUARTER, VIS_5),
        },
        Cite("VIS-1", "三(一)1 “5”"),
    )
)


class VisitOutcome(StrEnum):
    """What came of standing at the door."""

    MET = "met"
    NOBODY_HOME = "nobody_home"
    REFUSED = "refused"
    MOVED_AWAY = "moved_away"


class VisitManner(StrEnum):
    """Where the visit was held; what is not on site carries a reason (VIS-7)."""

    ON_SITE = "on_site"
    MET_ELSEWHERE = "met_elsewhere"
    BY_PHONE = "by_phone"


class EndReason(StrEnum):
    """Why nobody is to be visited there any more."""

    MOVED_AWAY = "moved_away"
    DECEASED = "deceased"
    NO_LONGER_OF_THE_KIND = "no_longer_of_the_kind"
    CLOSED = "closed"
    BY_MISTAKE = "by_mistake"
    OTHER = "other"


class VisitVerdict(StrEnum):
    """What a visit is worth; only `counts` and, three times in a quarter, `nobody_home` pay."""

    COUNTS = "counts"
    NOBODY_HOME = "nobody_home"
    TOO_FAR = "too_far"
    MOCKED = "mocked"
    BY_PHONE = "by_phone"
    OUT_OF_SCOPE = "out_of_scope"
    UNREGISTERED = "unregistered"


def _least(cadence: str, default: float, most: float, zh: str, en: str) -> Parameter[float]:
    return number(f"min_days_alive_{cadence}", default, "d", "VIS-6", (1, most), Label(zh, en))


MIN_DAYS_ALIVE = {
    Cadence.DUTY_DATE: _least(
        "duty_date", 1, 1, "工作日走访对象最少存续天数", "Least days alive for a duty date"
    ),
    Cadence.WEEK: _least("week", 4, 7, "每周走访对象最少存续天数", "Least days alive for a week"),
    Cadence.QUARTER: _least(
        "quarter", 45, 90, "每季走访对象最少存续天数", "Least days alive for a quarter"
    ),
}
VISIT_RADIUS_M = number(
    "visit_radius_m", 150, "m", "VIS-7", (10, 2000), Label("走访半径", "Visit radius")
)
NOBODY_HOME_VISITS = number(
    "nobody_home_visits",
    3,
    "visits",
    "VIS-7",
    (2, 10),
    Label("无人在家抵一次走访的次数", "Visits with nobody home that pay a quarter"),
)


@dataclass(frozen=True, order=True)
class Period:
    """What one visit pays: civil dates, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Life:
    """Since when and until when there is somebody to visit; both dates included."""

    first: date
    last: date | None = None

    def days_within(self, period: Period) -> int:
        """How many dates of a period it lives through."""
        last = period.last if self.last is None else min(self.last, period.last)
        return max(0, (last - max(self.first, period.first)).days + 1)


def cadence_of(kind: VisitKind, day: date) -> Cadence:
    """How often a kind is owed on a date."""
    return OWING.on(day)[kind].cadence


def cite_of(kind: VisitKind, day: date) -> Cite:
    """The rule and clause by which a kind is owed."""
    return OWING.on(day)[kind].cite


@cites(VIS_1, VIS_2, VIS_3, VIS_4, VIS_5)
def period_of(kind: VisitKind, day: date) -> Period:
    """The date itself, its week from Monday to Sunday, or its calendar quarter."""
    match cadence_of(kind, day):
        case Cadence.DUTY_DATE:
            return Period(day, day)
        case Cadence.WEEK:
            monday = day - timedelta(days=day.weekday())
            return Period(monday, monday + timedelta(days=6))
        case Cadence.QUARTER:
            first = date(day.year, day.month - (day.month - 1) % 3, 1)
            after = (first + timedelta(days=92)).replace(day=1)
            return Period(first, after - timedelta(days=1))


@cites(VIS_6)
def owes(
    kind: VisitKind, life: Life, period: Period, is_duty_date: IsDutyDate, values: Values
) -> Finding[bool]:
    """Alive for the whole period or for long enough of it; a duty date only if it is one."""
    cadence = cadence_of(kind, period.last)
    alive = life.days_within(period)
    least = values[MIN_DAYS_ALIVE[cadence]]
    on_duty = cadence is not Cadence.DUTY_DATE or is_duty_date(period.first)
    return Finding(
        verdict=on_duty and alive > 0 and (alive >= least or alive == period.days),
        cite=cite_of(kind, period.last),
        because={"days_alive": alive, "least": least, "on_duty": on_duty},
    )


def periods_ending(kind: VisitKind, first: date, last: date) -> Iterator[Period]:
    """The periods of a kind whose last day lies in a span, in order."""
    day = first
    while day <= last:
        period = period_of(kind, day)
        if period.last <= last:
            yield period
        day = period.last + timedelta(days=1)


@dataclass(frozen=True)
class VisitMade:
    """A visit as captured.

    `distance_m` from the place to where it was made, None where either is not known. `registered`:
    to a place that visits are owed to. `in_scope`: the place lay in a grid of the worker's, or of
    the worker's mutual-aid group, on the date of capture.
    """

    manner: VisitManner
    outcome: VisitOutcome
    distance_m: float | None
    with_reason: bool = False
    mocked: bool = False
    registered: bool = True
    in_scope: bool = True


@cites(VIS_7)
def judge_visit(made: VisitMade, values: Values) -> Finding[VisitVerdict]:
    """Within the radius or with a reason; a phone call pays nothing; nobody home not by itself."""
    distance, radius = made.distance_m, values[VISIT_RADIUS_M]
    because = {
        "distance_m": None if distance is None else round(distance, 1),
        "radius_m": radius,
        "with_reason": made.with_reason,
        "mocked": made.mocked,
        "in_scope": made.in_scope,
    }
    return Finding(verdict=_verdict(made, radius), cite=VIS_7, because=because)


def _verdict(made: VisitMade, radius: float) -> VisitVerdict:
    in_this_order = (
        (not made.registered, VisitVerdict.UNREGISTERED),
        (not made.in_scope, VisitVerdict.OUT_OF_SCOPE),
        (made.manner is VisitManner.BY_PHONE, VisitVerdict.BY_PHONE),
        (made.mocked, VisitVerdict.MOCKED),
        (_is_away(made, radius), VisitVerdict.TOO_FAR),
        (made.outcome is VisitOutcome.NOBODY_HOME, VisitVerdict.NOBODY_HOME),
    )
    return next((verdict for holds, verdict in in_this_order if holds), VisitVerdict.COUNTS)


def _is_away(made: VisitMade, radius: float) -> bool:
    """A reason makes good for the distance, except where nobody was met: who was not at the door
    can't tell that nobody is home [reading]."""
    near = made.distance_m is not None and made.distance_m <= radius
    return not near and (not made.with_reason or made.outcome is VisitOutcome.NOBODY_HOME)


@dataclass(frozen=True)
class PaidVisit:
    """A visit that can pay: its moment, what it is worth, and its record."""

    at: datetime
    verdict: VisitVerdict
    record: object


@cites(VIS_7)
def payment(
    kind: VisitKind, period: Period, visits: Iterable[PaidVisit], values: Values
) -> tuple[PaidVisit, ...]:
    """The records that pay a period once: the first visit that counts, else for a quarter the
    visits on different days with nobody home, if they are enough [reading]; else none."""
    within = sorted(
        (visit for visit in visits if civil_day(visit.at) in period),
        key=lambda visit: (visit.at, str(visit.record)),
    )
    for visit in within:
        if visit.verdict is VisitVerdict.COUNTS:
            return (visit,)
    if cadence_of(kind, period.last) is not Cadence.QUARTER:
        return ()
    nobody = days_nobody_home(period, within)
    needed = int(values[NOBODY_HOME_VISITS])
    return nobody[:needed] if len(nobody) >= needed else ()


def days_nobody_home(period: Period, visits: Iterable[PaidVisit]) -> tuple[PaidVisit, ...]:
    """The visits of a period with nobody home, one for each day, in the order given."""
    by_day: dict[date, PaidVisit] = {}
    for visit in visits:
        day = civil_day(visit.at)
        if visit.verdict is VisitVerdict.NOBODY_HOME and day in period:
            by_day.setdefault(day, visit)
    return tuple(by_day.values())


@dataclass(frozen=True)
class Count:
    """Owed and paid."""

    owed: int
    paid: int

    def __add__(self, other: "Count") -> "Count":
        return Count(self.owed + other.owed, self.paid + other.paid)

    @property
    def share(self) -> float | None:
        """Coverage (VIS-8); None where nothing was owed."""
        return self.paid / self.owed if self.owed else None


@cites(VIS_8)
def count(
    kind: VisitKind,
    life: Life,
    periods: Iterable[Period],
    visits: Sequence[PaidVisit],
    is_duty_date: IsDutyDate,
    values_on: Callable[[date], Values],
) -> Count:
    """Of one target: the periods it owes, and those that are paid."""
    total = Count(0, 0)
    for period in periods:
        values = values_on(period.last)
        if owes(kind, life, period, is_duty_date, values).verdict:
            total += Count(1, int(bool(payment(kind, period, visits, values))))
    return total
