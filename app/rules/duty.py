"""ATT-6, duty dates, and ORG-4, whom the duties bind (三(二)2, 二8, 六)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.finding import Finding

ATT_6 = Cite("ATT-6", "三(二)2, 二8")
ORG_4 = Cite("ORG-4", "六")


class Half(StrEnum):
    """Of a date: what leave is counted in, and what field time is owed by."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


WHOLE_DAY = frozenset(Half)


class DutyChange(StrEnum):
    DECLARED = "declared"
    EXEMPTED = "exempted"


@dataclass(frozen=True)
class DutyDecision:
    """The centre makes a date a duty date (a key period), or frees it."""

    day: date
    change: DutyChange
    decided_at: datetime


class Employment(StrEnum):
    """The two kinds of level-1 workers."""

    FULL_TIME = "full_time"
    RURAL_PART_TIME = "rural_part_time"


@cites(ATT_6)
def judge_duty_date(day: date, national: bool, decisions: Iterable[DutyDecision]) -> Finding[bool]:
    """The centre's latest decision on the date, else the national calendar (with make-up days)."""
    on_the_day = sorted(
        (decision for decision in decisions if decision.day == day),
        key=lambda decision: decision.decided_at,
    )
    if not on_the_day:
        return Finding(verdict=national, cite=ATT_6, because={"by": "national_calendar"})
    change = on_the_day[-1].change
    return Finding(verdict=change is DutyChange.DECLARED, cite=ATT_6, because={"by": change.value})


def is_duty_date(day: date, national: bool, decisions: Iterable[DutyDecision]) -> bool:
    """`judge_duty_date` for those who need only the answer."""
    return judge_duty_date(day, national, decisions).verdict


@cites(ORG_4)
def is_bound(employment: Employment) -> bool:
    """Parts three to five bind full-time workers; a rural part-time worker only records."""
    return employment is Employment.FULL_TIME
