"""CON-A, CON-B: what is a ground, by the data or in an office's words (四(一), 四(二)).

Nothing here penalises: a ground is proposed with its evidence, and a person decides.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.rules.accuracy import ACCURACY_PERCENT, wilson
from app.rules.activity import month_of
from app.rules.cite import Cite, cites
from app.rules.conduct import CLAUSES, Ground
from app.rules.dated import IN_FORCE, Dated, Since
from app.rules.finding import Finding
from app.rules.parameters import Label, Values, number
from app.rules.quota import quota_owed

OPEN_TO_READING = frozenset(
    {Ground.A3, Ground.A5, Ground.B1, Ground.B2, Ground.B3, Ground.B4, Ground.B5, Ground.B6}
)
CITES: Mapping[Ground, Cite] = {
    ground: Cite(f"CON-{ground.value}", clause, reading=ground in OPEN_TO_READING)
    for ground, clause in CLAUSES.items()
}
"""The rule and the clause of each ground; of those that the system measures it is a reading."""

FAILED_MONTHS = Dated(Since(IN_FORCE, 2, CITES[Ground.A5]))
ACTIVE_DAYS = Dated(Since(IN_FORCE, 22, CITES[Ground.B3]))
DISMISSED_BELOW_PERCENT = Dated(Since(IN_FORCE, 60, CITES[Ground.A3]))
AWARE_PERCENT = Dated(Since(IN_FORCE, 90, CITES[Ground.B6]))

SURVEY_MIN_ASKED = number(
    "survey_min_asked",
    30,
    "persons",
    "CON-B6",
    (1, 10_000),
    Label("知晓率调查最少人数", "Persons a survey must have asked"),
)
ACCURACY_MIN_CHECKED = number(
    "accuracy_min_checked",
    20,
    "records",
    "CON-B5",
    (1, 10_000),
    Label("准确率核查最少条数", "Records that must have been checked"),
)
"""With fewer than twenty a single mistake would be below 95 %."""

FOUND_BY_THE_SYSTEM = frozenset(
    {Ground.A3, Ground.A5, Ground.B1, Ground.B2, Ground.B3, Ground.B4, Ground.B5, Ground.B6}
)
"""Detected in the system's own data."""

RECORDED_BY_AN_OFFICE = frozenset(set(Ground) - FOUND_BY_THE_SYSTEM | {Ground.B2})
"""Findings in words; of B2 that records were false."""

NAMES: Mapping[Ground, tuple[str, str]] = {
    Ground.A1: ("在工作时间内兼职第二职业", "A second job in working time"),
    Ground.A2: (
        "应录未录、应访未访，并引发治安隐患事件",
        "Not recorded or not visited, and an incident followed",
    ),
    Ground.A3: ("群众知晓率未达到60%", "Awareness below 60 %"),
    Ground.A4: ("不能胜任工作或工作差错产生重大影响", "Unfit, or a grave error at work"),
    Ground.A5: (
        "年度内两个月考核不合格或年度考核不合格",
        "Two failed months of a year, or a failed year",
    ),
    Ground.A6: ("违法违纪、触犯刑律，受到处罚", "Unlawful acts, criminal punishment"),
    Ground.A7: ("传播不良信息，造成重大负面影响", "Spreading false or harmful content"),
    Ground.A8: ("违反社会道德，造成重大负面影响", "Grave breach of social ethics"),
    Ground.B1: ("工作期间不按规定着装", "Not in work clothes"),
    Ground.B2: (
        "每月完不成事件上报量，或者录入、记录虚假信息",
        "Monthly event quota missed, or false records",
    ),
    Ground.B3: ("账号登录活跃度每月无故少于22天", "Fewer than 22 active days without cause"),
    Ground.B4: ("网格事件在本层级出现黄牌或亮红灯", "A yellow or red card that could be avoided"),
    Ground.B5: (
        "信息录入超期、准确率低于95%、掌握率不足100%或变化3个月内未更新",
        "Information late, wrong, lacking or old",
    ),
    Ground.B6: ("群众知晓率低于90%", "Awareness below 90 %"),
}
"""In Chinese and in English."""


class FindingKind(StrEnum):
    """What an office records by itself."""

    SECOND_JOB = "second_job"
    LACKING_AND_INCIDENT = "lacking_and_incident"
    UNFIT_OR_GRAVE_ERROR = "unfit_or_grave_error"
    UNLAWFUL_ACTS = "unlawful_acts"
    HARMFUL_CONTENT = "harmful_content"
    BREACH_OF_ETHICS = "breach_of_ethics"
    FALSE_RECORDS = "false_records"


GROUND_OF: Mapping[FindingKind, Ground] = {
    FindingKind.SECOND_JOB: Ground.A1,
    FindingKind.LACKING_AND_INCIDENT: Ground.A2,
    FindingKind.UNFIT_OR_GRAVE_ERROR: Ground.A4,
    FindingKind.UNLAWFUL_ACTS: Ground.A6,
    FindingKind.HARMFUL_CONTENT: Ground.A7,
    FindingKind.BREACH_OF_ETHICS: Ground.A8,
    FindingKind.FALSE_RECORDS: Ground.B2,
}


@cites(*(CITES[ground] for ground in sorted(RECORDED_BY_AN_OFFICE)))
def judge_recorded(kind: FindingKind, records: Collection[str]) -> Finding[bool]:
    """An office's finding in its own words is a ground as recorded; of A2 and of false records it
    has to name what it is about."""
    ground = GROUND_OF[kind]
    named = bool(records) or ground not in {Ground.A2, Ground.B2}
    because = {"kind": kind.value, "records": len(records)}
    return Finding(verdict=named, cite=CITES[ground], because=because)


@cites(CITES[Ground.B1])
def judge_clothes(day: date, checks: int) -> Finding[bool]:
    """Any check of the station that stands found no work clothes, and nothing exempted."""
    because = {"day": day.isoformat(), "checks": checks}
    return Finding(verdict=checks > 0, cite=CITES[Ground.B1], because=because)


@dataclass(frozen=True)
class DutyOfMonth:
    """A worker's share in a month's duty dates."""

    dates: int
    """Duty dates of the month."""
    employed: int
    """Of these, those with a full-time post."""
    on_leave: int
    """Of those, the ones wholly on approved leave."""

    @property
    def owed(self) -> int:
        """Dates on which work was owed."""
        return self.employed - self.on_leave

    def as_json(self) -> dict[str, int]:
        """For a finding's facts."""
        return {
            "duty_dates": self.dates,
            "employed": self.employed,
            "on_leave": self.on_leave,
        }


@cites(CITES[Ground.B2])
def judge_events_filed(counted: int, quota: int, duty: DutyOfMonth) -> Finding[bool]:
    """The month's quota is owed for the whole month; of a part of it, or with leave, in proportion
    to the duty dates, rounded down [reading]. Without a quota nothing is owed."""
    owed = quota_owed(quota, duty.owed, duty.dates)
    because = {"quota": quota, "owed": owed, "counted": counted, **duty.as_json()}
    return Finding(verdict=counted < owed, cite=CITES[Ground.B2], because=because)


@cites(CITES[Ground.B3])
def judge_activity(active: Mapping[str, int], duty: DutyOfMonth, month: date) -> Finding[bool]:
    """At least 22 active days of each account, never more than the month's duty dates, less those
    wholly on approved leave. An account whose platform told nothing of anybody is not in `active`:
    no data is no evidence."""
    owed = max(0, min(ACTIVE_DAYS.on(month), duty.employed) - duty.on_leave)
    short = sorted(name for name, days in active.items() if days < owed)
    because = {"owed": owed, "active": dict(active), "short": short, **duty.as_json()}
    return Finding(verdict=bool(short), cite=CITES[Ground.B3], because=because)


@dataclass(frozen=True)
class InformationOfMonth:
    """What a worker's information came to in a month; each number is of what fell due in it."""

    collected: int = 0
    """Records whose term of entry ended in the month."""
    late: int = 0
    """Of these, neither entered nor handed in when it ended."""
    checked: int = 0
    correct: int = 0
    known: int = 0
    """Of those of whom all must be known: whom the worker had to record by the month's end."""
    recorded: int = 0
    changes: int = 0
    """Known changes whose three months ended in the month."""
    stale: int = 0
    """Of these, not recorded when they ended."""


@cites(CITES[Ground.B5])
def judge_information(found: InformationOfMonth, month: date, values: Values) -> Finding[bool]:
    """Any of four: entry late, accuracy below 95 % of enough checks, coverage below 100 %, a known
    change older than three months. Each is shown by itself."""
    asked = ACCURACY_PERCENT.on(month)
    enough = found.checked >= values[ACCURACY_MIN_CHECKED]
    interval = wilson(found.correct, found.checked)
    parts = {
        "entry": found.late > 0,
        "accuracy": enough and found.correct * 100 < found.checked * asked,
        "coverage": found.recorded < found.known,
        "changes": found.stale > 0,
    }
    because = {
        "parts": sorted(part for part, short in parts.items() if short),
        "entry": {"owed": found.collected, "late": found.late},
        "accuracy": {
            "checked": found.checked,
            "correct": found.correct,
            "asked_percent": asked,
            "enough": enough,
            "low": round(interval.low, 6),
            "high": round(interval.high, 6),
        },
        "coverage": {"known": found.known, "recorded": found.recorded},
        "changes": {"owed": found.changes, "stale": found.stale},
    }
    return Finding(verdict=any(parts.values()), cite=CITES[Ground.B5], because=because)


@dataclass(frozen=True)
class Surveyed:
    """How many of a grid's residents were asked, and how many of them knew of the service."""

    asked: int
    aware: int


@cites(CITES[Ground.A3], CITES[Ground.B6])
def judge_awareness(
    surveys: Sequence[Surveyed], day: date, values: Values
) -> Finding[Ground | None]:
    """All that were asked together, by the point estimate; below 60 % it is A3, below 90 % B6.

    A survey that asked fewer than `survey_min_asked` persons is on record and proposes nothing.
    """
    counted = [one for one in surveys if one.asked >= values[SURVEY_MIN_ASKED]]
    asked, aware = sum(one.asked for one in counted), sum(one.aware for one in counted)
    interval = wilson(aware, asked)
    lowest, wanted = DISMISSED_BELOW_PERCENT.on(day), AWARE_PERCENT.on(day)
    ground = _of_awareness(aware * 100, asked * lowest, asked * wanted)
    because = {
        "surveys": len(counted),
        "too_small": len(surveys) - len(counted),
        "asked": asked,
        "aware": aware,
        "asked_percent": wanted,
        "dismissed_below_percent": lowest,
        "low": round(interval.low, 6),
        "high": round(interval.high, 6),
    }
    return Finding(verdict=ground, cite=CITES[ground or Ground.B6], because=because)


def _of_awareness(found: int, lowest: int, wanted: int) -> Ground | None:
    """In whole numbers, so that 60 of 100 is not a matter of rounding."""
    if found < lowest:
        return Ground.A3
    return Ground.B6 if found < wanted else None


@cites(CITES[Ground.A5])
def judge_failures(failed: Collection[date], failed_year: bool, year: int) -> Finding[date | None]:
    """When it occurred: the last date of the month that made it two failed months of a calendar
    year, else January 1 of a failed year."""
    months = sorted({month.replace(day=1) for month in failed if month.year == year})
    wanted = FAILED_MONTHS.on(date(year, 12, 31))
    because = {
        "year": year,
        "failed_months": [f"{month:%Y-%m}" for month in months],
        "failed_year": failed_year,
    }
    made = month_of(months[wanted - 1])[1] if len(months) >= wanted else None
    if made is None and failed_year:
        made = date(year, 1, 1)
    return Finding(verdict=made, cite=CITES[Ground.A5], because=because)
