"""What happens in the simulated year beside everyday work: who erred, who decided what and when.

Dates are given as facts. What they lead to (which rung, which result, how much money) is not said
here: the service and the independent calculation each find it out by themselves.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from app.rules.appraisal import Result
from app.rules.conduct import Ground
from app.rules.duty import Employment
from app.rules.procedures import LeaveKind
from tests.year.duty import appraised_on, closed_on, duty_after, last_of


class Ending(StrEnum):
    """What became of a proposal."""

    PENALISED = "penalised"
    DROPPED = "dropped"
    """The community found a reason."""
    REFUSED = "refused"
    """A tier above refused, with a reason."""
    LAPSED = "lapsed"
    """The record behind it was taken back before anybody decided."""


@dataclass(frozen=True)
class Appeal:
    """A worker appeals to the tier above."""

    made_on: date
    decided_on: date
    upheld: bool


@dataclass(frozen=True)
class Offence:
    """A ground that a worker gave, and what people made of it."""

    who: str
    ground: Ground
    occurred_on: date
    found_on: date
    ends: Ending = Ending.PENALISED
    decided_on: date | None = None
    answered_on: date | None = None
    appeal: Appeal | None = None


def month(number: int) -> date:
    """The first date of a month of the year."""
    return date(2025, number, 1)


def daily(who: str, ground: Ground, day: date, waits: int = 6, **more: object) -> Offence:
    """Of one date: found the night after, decided when the answer's term is over."""
    found = day + timedelta(days=1)
    return Offence(who, ground, day, found, decided_on=duty_after(found, waits), **more)  # type: ignore[arg-type]


def monthly(who: str, ground: Ground, number: int, waits: int = 6, **more: object) -> Offence:
    """Of a month: found when it is closed."""
    found = closed_on(month(number))
    occurred = last_of(month(number))
    return Offence(who, ground, occurred, found, decided_on=duty_after(found, waits), **more)  # type: ignore[arg-type]


def recorded(who: str, ground: Ground, day: date, decided_on: date, **more: object) -> Offence:
    """Recorded by an office in its own words on the date itself."""
    return Offence(who, ground, day, day, decided_on=decided_on, **more)  # type: ignore[arg-type]


B1, B2, B3, B4, B5, B6 = Ground.B1, Ground.B2, Ground.B3, Ground.B4, Ground.B5, Ground.B6
A1, A3, A5 = Ground.A1, Ground.A3, Ground.A5

OFFENCES = (
    daily("w18", B1, date(2025, 1, 15)),
    daily("w12", B4, date(2025, 2, 18)),
    daily("w03", B1, date(2025, 3, 12)),
    daily("w14", B1, date(2025, 3, 18), ends=Ending.LAPSED),
    daily("w10", B1, date(2025, 3, 20), ends=Ending.DROPPED, answered_on=date(2025, 3, 24)),
    monthly("w18", B3, 3),
    monthly("w07", B3, 4),
    monthly(
        "w12", B5, 5, appeal=Appeal(date(2025, 6, 20), date(2025, 7, 21), upheld=True)
    ),
    daily("w18", B4, date(2025, 7, 21), waits=11),
    monthly("w29", A5, 6, ends=Ending.REFUSED),
    monthly("w44", B2, 8),
    daily("w07", B1, date(2025, 9, 10), answered_on=date(2025, 9, 12)),
    daily(
        "w21", B1, date(2025, 9, 16), appeal=Appeal(date(2025, 9, 26), date(2025, 10, 15), False)
    ),
    recorded("w23", A1, date(2025, 10, 10), date(2025, 10, 22), answered_on=date(2025, 10, 13)),
    monthly("w45", B6, 10),
    monthly("w33", A3, 10, ends=Ending.REFUSED),
    daily("w44", B1, date(2025, 12, 3)),
)  # fmt: skip
"""In order of what they are about."""
SURVEYS = {"w45": (date(2025, 10, 28), 100, 85), "w33": (date(2025, 10, 29), 100, 59)}
"""Date, asked and aware, by the first responsible worker of the grid."""
QUOTA = (date(2025, 7, 1), 2)
"""From which date on the centre asks for so many events a month."""
PASS_MARK = (date(2025, 11, 14), 65)
"""Set in mid-month: it counts for the months that begin after it."""
QUOTA_SHORT = {("w44", month(8))}
SLACK = {
    ("w29", month(3)), ("w29", month(6)), ("w39", month(10)), ("w40", month(11)),
    ("w26", month(5)),
}  # fmt: skip
"""Who hardly worked in which month."""
SO_SO = {("w16", month(11)), ("w16", month(12))}
"""Between the old pass mark and the new one."""

MINIMUM_WAGE = ((date(2025, 1, 1), Decimal(2200)), (date(2025, 7, 16), Decimal(2330)))
PERFORMANCE = ((date(2025, 1, 1), Decimal(1200)), (date(2025, 10, 13), Decimal("1349.99")))
"""From which date on which amount: both change within a month."""

STANDARDS_SET_ON = {
    date(2025, 1, 1): date(2024, 12, 20),
    date(2025, 7, 16): date(2025, 7, 1),
    date(2025, 10, 13): date(2025, 9, 28),
}
"""When each was decided."""


@dataclass(frozen=True)
class Absence:
    """Whole dates of approved leave."""

    who: str
    kind: LeaveKind
    first: date
    last: date


ABSENCES = (
    Absence("w05", LeaveKind.SICK, date(2025, 2, 10), date(2025, 2, 14)),
    Absence("w22", LeaveKind.MARRIAGE, date(2025, 5, 12), date(2025, 5, 30)),
    Absence("w34", LeaveKind.UNPAID_ABSENCE, date(2025, 8, 4), date(2025, 9, 12)),
    Absence("w41", LeaveKind.UNPAID_ABSENCE, date(2025, 11, 1), date(2025, 11, 30)),
    Absence("w02", LeaveKind.MATERNITY, date(2025, 9, 22), date(2025, 12, 12)),
)


@dataclass(frozen=True)
class Objection:
    """A worker objects to a month's result; the township answers."""

    who: str
    month: date
    made_on: date
    answered_on: date
    upheld: bool


OBJECTIONS = (
    Objection("w26", month(5), appraised_on(month(5)), closed_on(month(5)), upheld=True),
    Objection(
        "w39", month(10), duty_after(closed_on(month(10)), 3), duty_after(closed_on(month(10)), 6),
        upheld=True,
    ),
    Objection(
        "w40", month(11), duty_after(closed_on(month(11)), 1), duty_after(closed_on(month(11)), 2),
        upheld=False,
    ),
)  # fmt: skip
"""One before its month was closed, two after."""


@dataclass(frozen=True)
class Hiring:
    """A vacant grid's new worker, from the township's application to the first date."""

    who: str
    applied_on: date
    reviewed_on: date
    approved_on: date
    signed_on: date


HIRINGS = (
    Hiring("w48", date(2025, 8, 11), date(2025, 8, 13), date(2025, 8, 15), date(2025, 9, 4)),
    Hiring("w49", date(2025, 11, 3), date(2025, 11, 6), date(2025, 11, 10), date(2025, 12, 10)),
)


@dataclass(frozen=True)
class Leaving:
    """A resignation: asked for in writing, reviewed and approved in advance."""

    who: str
    asked_on: date
    reviewed_on: date
    approved_on: date


LEAVING = Leaving("w31", date(2025, 5, 12), date(2025, 5, 14), date(2025, 5, 16))
WORDS = {("w20", month(4)): Result.FAIL}
"""Where the station's word differs from the proposal, with a reason."""
EMPLOYMENT = {True: Employment.FULL_TIME, False: Employment.RURAL_PART_TIME}
