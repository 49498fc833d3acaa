"""APR: the month's score from what was measured, pass or fail; the year's grade (五)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.rules.activity import month_of
from app.rules.cite import Cite, cites
from app.rules.civil import instant_of
from app.rules.closing import VISITS_CLOSE_AFTER_H
from app.rules.finding import Finding
from app.rules.parameters import Label, Parameter, Values, number
from app.rules.trusted_time import LATE_SYNC_HOURS

APR_1 = Cite("APR-1", "五1", reading=True)


class Indicator(StrEnum):
    """What a month is measured by (APR-1)."""

    ATTENDANCE = "attendance"
    FIELD_TIME = "field_time"
    VISITS = "visits"
    INFORMATION = "information"
    EVENTS = "events"
    SERVICES = "services"
    MEETINGS = "meetings"


class Part(StrEnum):
    """Of what an indicator is made; each [reading]."""

    WINDOWS = "windows"
    """Sign-in windows filled or made good, of those owed and not excused."""
    FIELD_DATES = "field_dates"
    """Dates on which the field time was met, of those that owed it."""
    VISITS_OWED = "visits_owed"
    """Visits paid, of those owed in periods that end in the month."""
    ENTRIES = "entries"
    """Records entered in time, of those whose term ended in the month."""
    CHECKS = "checks"
    """Sampled checks of one's own records that found them correct."""
    CHANGES = "changes"
    """Known changes recorded in time, of those whose term ended in the month."""
    FOCUS = "focus"
    """Of those of whom all must be known: how many are entered at the month's end."""
    HOLDS = "holds"
    """Holds of the grid tier that fell due in the month without a card that stands."""
    QUOTA = "quota"
    """Events that count, up to the month's quota, where one is set."""
    RATINGS = "ratings"
    """Points that residents gave, of five for each errand they rated."""
    PRESENCES = "presences"
    """Meetings and training attended, of those owed and not excused."""


class Result(StrEnum):
    """Of a month."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"


class Grade(StrEnum):
    """Of a year (五1)."""

    EXCELLENT = "excellent"
    QUALIFIED = "qualified"
    UNQUALIFIED = "unqualified"


class MonthState(StrEnum):
    """Of a community's appraisal of a month."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    """The station gave its word on every worker."""
    CLOSED = "closed"


class RevisionGround(StrEnum):
    """Why a result changed after its month was closed."""

    OBJECTION = "objection"
    DATA = "data"
    """Records changed, and a person decided that the result changes with them."""


def _weight(indicator: Indicator, default: float, label: Label) -> Parameter[float]:
    return number(
        f"appraisal_weight_{indicator.value}", default, "points", "APR-1", (0, 100), label
    )


WEIGHTS: Mapping[Indicator, Parameter[float]] = {
    Indicator.ATTENDANCE: _weight(
        Indicator.ATTENDANCE, 20, Label("考核权重：签到", "Appraisal weight: attendance")
    ),
    Indicator.FIELD_TIME: _weight(
        Indicator.FIELD_TIME, 20, Label("考核权重：在格时间", "Appraisal weight: field time")
    ),
    Indicator.VISITS: _weight(
        Indicator.VISITS, 20, Label("考核权重：走访", "Appraisal weight: visits")
    ),
    Indicator.INFORMATION: _weight(
        Indicator.INFORMATION, 15, Label("考核权重：信息采集", "Appraisal weight: information")
    ),
    Indicator.EVENTS: _weight(
        Indicator.EVENTS, 15, Label("考核权重：事件流转", "Appraisal weight: events")
    ),
    Indicator.SERVICES: _weight(
        Indicator.SERVICES, 5, Label("考核权重：代办服务", "Appraisal weight: services")
    ),
    Indicator.MEETINGS: _weight(
        Indicator.MEETINGS, 5, Label("考核权重：例会与培训", "Appraisal weight: meetings, training")
    ),
}
PASS_MARK = number(
    "appraisal_pass_mark",
    60,
    "points",
    "APR-1",
    (0, 100),
    Label("平时考核合格线", "Pass mark of a month"),
)

OBJECTION_DUTY_DATES = 10
"""APR-1, 五1 [reading]: from the date a month is closed, or a year graded, to the last on which its
worker may object; before that at any time."""
FEWEST_COMPARED = 3
"""Workers in an aggregate that a sibling unit may see [reading]: of fewer it would tell of one."""
WHOLE = Fraction(100)
CENTS = 100


@dataclass(frozen=True)
class Measured:
    """What was done of what was owed; 0 of 0 where nothing was."""

    numerator: int
    denominator: int


@dataclass(frozen=True)
class Share:
    """An indicator's part of the score, exact."""

    weight: Fraction
    """After the weights of what was not owed were shared out; all together are 100 or nothing."""
    points: Fraction


@dataclass(frozen=True)
class Scored:
    """A month's score and what each indicator gave to it."""

    score: Decimal | None
    """None where nothing that has a weight was owed."""
    shares: Mapping[Indicator, Share]


@cites(APR_1)
def weights(values: Values) -> Mapping[Indicator, Fraction]:
    """As the centre set them, by the values in force on the month's first date."""
    return {indicator: Fraction(str(values[parameter])) for indicator, parameter in WEIGHTS.items()}


@cites(APR_1)
def shared_out(
    set_weights: Mapping[Indicator, Fraction], measured: Mapping[Indicator, Measured]
) -> Mapping[Indicator, Fraction]:
    """An indicator without anything owed gives its weight to the others, in proportion.

    What the weights add up to does not matter: the score is always out of 100.
    """
    owed = {
        indicator: weight
        for indicator, weight in set_weights.items()
        if indicator in measured and measured[indicator].denominator > 0
    }
    whole = sum(owed.values(), Fraction(0))
    nothing = Fraction(0)
    return {
        indicator: WHOLE * owed.get(indicator, nothing) / whole if whole else nothing
        for indicator in set_weights
    }


@cites(APR_1)
def score(measured: Mapping[Indicator, Measured], values: Values) -> Scored:
    """The sum of weight times share, exact, rounded half up once to two decimals."""
    shares = {}
    for indicator, weight in shared_out(weights(values), measured).items():
        found = measured.get(indicator, Measured(0, 0))
        part = Fraction(found.numerator, found.denominator) if weight else Fraction(0)
        shares[indicator] = Share(weight, weight * part)
    if not any(share.weight for share in shares.values()):
        return Scored(None, shares)
    return Scored(half_up(sum((one.points for one in shares.values()), Fraction(0))), shares)


def half_up(exact: Fraction) -> Decimal:
    """A number that is not negative, to two decimals."""
    return Decimal((exact * CENTS + Fraction(1, 2)) // 1).scaleb(-2)


@cites(APR_1)
def judge_month(reached: Decimal | None, values: Values) -> Finding[Result]:
    """The rounded score against the pass mark; who owed nothing failed nothing [reading]."""
    asked = Decimal(str(values[PASS_MARK]))
    passed = reached is None or reached >= asked
    because: dict[str, object] = {
        "score": None if reached is None else str(reached),
        "pass_mark": f"{asked.normalize():f}",
    }
    return Finding(verdict=Result.PASS if passed else Result.FAIL, cite=APR_1, because=because)


@cites(APR_1)
def settles_at(month: date, values: Values) -> datetime:
    """When nothing more is expected of a month: late uploads are in, its visits are closed.

    Until then it is not confirmed, closed or searched for grounds. `values` are those in force on
    the month's first date.
    """
    next_month = month_of(month)[1] + timedelta(days=1)
    hours = max(values[LATE_SYNC_HOURS], values[VISITS_CLOSE_AFTER_H])
    return instant_of(next_month, time.min) + timedelta(hours=hours)


@cites(APR_1)
def result_in_force(
    decided: Result | None, revision: Result | None, demerit: bool
) -> Result | None:
    """What a month came to: a demerit that stands fails it (CON-1), else the last word counts.

    `demerit`: a penalty decided in the month stands as a demerit. `revision`: the latest of the
    month's. None while the station has not given its word.
    """
    if demerit:
        return Result.FAIL
    return decided if revision is None else revision
