"""HIRE-3: the statutory retirement date, by the national table (一(二)4)."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.rules.cite import Cite, cites
from app.rules.dated import IN_FORCE, Dated, Since
from app.rules.hiring import RetirementPost

HIRE_3 = Cite("HIRE-3", "一(二)4")


@dataclass(frozen=True)
class RetirementAge:
    """The age of a kind of post, and how it is raised from the value's first date on."""

    years: int
    months_of_birth: int | None = None
    """So many months of birth make the age one month higher; none: it is not raised."""
    most_months: int = 0


RETIREMENT_AGES: Dated[Mapping[RetirementPost, RetirementAge]] = Dated(
    Since(
        IN_FORCE,
        {
            RetirementPost.MEN: RetirementAge(60),
            RetirementPost.WOMEN_55: RetirementAge(55),
            RetirementPost.WOMEN_50: RetirementAge(50),
        },
        HIRE_3,
    ),
    Since(
        date(2025, 1, 1),
        {
            RetirementPost.MEN: RetirementAge(60, 4, 36),
            RetirementPost.WOMEN_55: RetirementAge(55, 4, 36),
            RetirementPost.WOMEN_50: RetirementAge(50, 2, 60),
        },
        HIRE_3,
    ),
)
"""国家规定的退休年龄; since 2025-01-01 raised step by step (Decision of the National People's
Congress Standing Committee of 2024-09-13), to 63, 58 and 55."""


@cites(HIRE_3)
def retires_on(post: RetirementPost, born: date) -> date:
    """The date on which the age is reached; whom the former age met before the raise keeps it."""
    former = RETIREMENT_AGES.history[0].value[post].years * 12
    reached = months_after(born, former)
    since = [entry for entry in RETIREMENT_AGES.history if entry.start <= reached]
    step = since[-1] if since else RETIREMENT_AGES.history[0]
    return months_after(born, former + _raised(step.value[post], reached, step.start))


def _raised(age: RetirementAge, reached: date, start: date) -> int:
    if age.months_of_birth is None:
        return 0
    passed = (reached.year - start.year) * 12 + reached.month - start.month
    return min(age.most_months, passed // age.months_of_birth + 1)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or that month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
