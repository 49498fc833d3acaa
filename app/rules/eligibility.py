"""HIRE-2: who may be hired, each failed condition by its own code (一(二)3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.rules.cite import Cite, cites
from app.rules.dated import IN_FORCE, Dated, Since
from app.rules.finding import Finding
from app.rules.hiring import Attested, Bar, Education, Residence
from app.rules.parameters import Label, Values, number
from app.rules.retirement import months_after

HIRE_2 = Cite("HIRE-2", "一(二)3")
HIRE_2_READING = Cite("HIRE-2", "一(二)3", reading=True)

APPLICATION_ERASED_AFTER_DAYS = number(
    "application_erased_after_days",
    365,
    "d",
    "HIRE-2",
    (30, 3650),
    Label("应聘材料结案后保存天数", "Days that an applicant's facts are kept after the end"),
)

OLDEST_YEARS = Dated(Since(IN_FORCE, 45, HIRE_2))
"""年龄不超过45周岁: until the day before the 46th birthday."""
INSURED_MONTHS = Dated(Since(IN_FORCE, 24, HIRE_2))
"""购买社保或者医保2年以上."""
LEAST_EDUCATION = Dated(Since(IN_FORCE, Education.SENIOR_HIGH, HIRE_2))
"""高中或中专及以上: the secondary vocational school is the next of the list."""
YOUNGEST_YEARS = 16
"""The Labour Law's own age; below it other law bars (一(二)3(7)③)."""


@dataclass(frozen=True)
class Condition:
    """A condition, its item of the clause, and how it is said."""

    clause: str
    zh: str
    en: str


CONDITIONS: Mapping[str, Condition] = {
    "HIRE-2.1": Condition(
        "一(二)3(1)",
        "未满足常住简阳市的条件：户籍、房产或门市、社保或医保2年以上，三者居其一。",
        "Neither local hukou, nor a shop or home in the city, nor 24 months of local insurance.",
    ),
    "HIRE-2.2": Condition(
        "一(二)3(2)", "思想政治素质未经确认。", "Political quality is not attested."
    ),
    "HIRE-2.3": Condition(
        "一(二)3(3)",
        "语言表达、组织协调、操作手机和计算机的能力未经确认。",
        "Language, organisation, smartphone and computer skills are not attested.",
    ),
    "HIRE-2.4": Condition("一(二)3(4)", "身体条件未经确认。", "Health is not attested."),
    "HIRE-2.5": Condition("一(二)3(5)", "年龄超过45周岁。", "Older than 45."),
    "HIRE-2.6": Condition(
        "一(二)3(6)",
        "文化程度低于高中或中专。",
        "Education below senior high or secondary vocational school.",
    ),
    "HIRE-2.7": Condition(
        "一(二)3(7)", "有不得聘用的情形。", "One of the grounds that bar from being hired."
    ),
}


@dataclass(frozen=True)
class Candidate:
    """What the conditions look at."""

    born: date
    education: Education | None
    """None: nothing was shown."""
    residence: Collection[Residence] = ()
    insurance_months: int = 0
    attested: Collection[Attested] = ()
    bars: Collection[Bar] = ()


@cites(HIRE_2)
def judge_eligibility(candidate: Candidate, applied_on: date) -> Finding[tuple[str, ...]]:
    """The codes of all conditions that fail on the date of the application; none: eligible."""
    met = {
        "HIRE-2.1": _resides(candidate, applied_on),
        "HIRE-2.2": Attested.POLITICAL in candidate.attested,
        "HIRE-2.3": Attested.SKILLS in candidate.attested,
        "HIRE-2.4": Attested.HEALTH in candidate.attested,
        "HIRE-2.5": _young_enough(candidate, applied_on),
        "HIRE-2.6": _educated(candidate, applied_on),
        "HIRE-2.7": not candidate.bars and _of_age(candidate, applied_on),
    }
    failed = tuple(code for code in CONDITIONS if not met[code])
    because = {"applied_on": applied_on.isoformat(), "judged": list(met), "failed": list(failed)}
    return Finding(verdict=failed, cite=HIRE_2, because=because)


@cites(HIRE_2_READING)
def applicants_erased_before(today: date, values: Values) -> date:
    """What applications that were closed before this date said of people is needed no longer."""
    return today - timedelta(days=int(values[APPLICATION_ERASED_AFTER_DAYS]))


def _resides(candidate: Candidate, applied_on: date) -> bool:
    insured = candidate.insurance_months >= INSURED_MONTHS.on(applied_on)
    return bool(candidate.residence) or insured


def _young_enough(candidate: Candidate, applied_on: date) -> bool:
    too_old_from = months_after(candidate.born, 12 * (OLDEST_YEARS.on(applied_on) + 1))
    return applied_on < too_old_from


def _of_age(candidate: Candidate, applied_on: date) -> bool:
    return months_after(candidate.born, 12 * YOUNGEST_YEARS) <= applied_on


def _educated(candidate: Candidate, applied_on: date) -> bool:
    if candidate.education is None:
        return False
    ladder = list(Education)
    return ladder.index(candidate.education) >= ladder.index(LEAST_EDUCATION.on(applied_on))
