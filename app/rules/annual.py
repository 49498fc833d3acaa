"""APR-2, APR-3: the year's grade as the rule proposes it, and what it decides (五1 to 五3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from app.rules.appraisal import Grade
from app.rules.cite import Cite, cites
from app.rules.finding import Finding
from app.rules.parameters import Label, Values, number

APR_2 = Cite("APR-2", "五1, 五2", reading=True)
APR_3 = Cite("APR-3", "五3")

YEAR_EXCELLENT_FROM = number(
    "year_excellent_from",
    90,
    "points",
    "APR-2",
    (0, 100),
    Label("年度考核优秀的平均分下限", "Mean score from which a year is excellent"),
)
YEAR_QUALIFIED_FROM = number(
    "year_qualified_from",
    60,
    "points",
    "APR-2",
    (0, 100),
    Label("年度考核合格的平均分下限", "Mean score from which a year is qualified"),
)
YEAR_FAILED_MONTHS = number(
    "year_failed_months",
    2,
    "months",
    "APR-2",
    (1, 12),
    Label("年度考核不合格的月度不合格次数", "Failed months with which a year is unqualified"),
)
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class YearFacts:
    """What a year's grade is proposed from."""

    scores: Sequence[Decimal]
    """Of the months in which anything was owed."""
    failed_months: int
    """As they stand after revisions and demerits."""
    penalties: int
    """Those that stand and count in the year (CON-2)."""


def values_from(year: int) -> date:
    """The date whose values a year is judged with: its first [reading]."""
    return date(year, 1, 1)


def mean_of(scores: Sequence[Decimal]) -> Decimal | None:
    """The mean of a year's scores, half up to two places as a month's own score."""
    if not scores:
        return None
    return (sum(scores, Decimal(0)) / len(scores)).quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


@cites(APR_2)
def propose_grade(facts: YearFacts, values: Values) -> Finding[Grade]:
    """Unqualified by failed months or a low mean; excellent without a flaw; else qualified.

    A year in which nothing was ever owed is neither: it is qualified.
    """
    mean = mean_of(facts.scores)
    because: dict[str, object] = {
        "mean": None if mean is None else f"{mean:f}",
        "months": len(facts.scores),
        "failed_months": facts.failed_months,
        "penalties": facts.penalties,
        "excellent_from": values[YEAR_EXCELLENT_FROM],
        "qualified_from": values[YEAR_QUALIFIED_FROM],
        "failed_months_at_most": values[YEAR_FAILED_MONTHS] - 1,
    }
    return Finding(verdict=_grade(facts, mean, values), cite=APR_2, because=because)


def _grade(facts: YearFacts, mean: Decimal | None, values: Values) -> Grade:
    if facts.failed_months >= values[YEAR_FAILED_MONTHS]:
        return Grade.UNQUALIFIED
    if mean is None:
        return Grade.QUALIFIED
    if mean < Decimal(str(values[YEAR_QUALIFIED_FROM])):
        return Grade.UNQUALIFIED
    flawless = not facts.failed_months and not facts.penalties
    if flawless and mean >= Decimal(str(values[YEAR_EXCELLENT_FROM])):
        return Grade.EXCELLENT
    return Grade.QUALIFIED


@cites(APR_3)
def may_renew(last: Grade | None) -> Finding[bool]:
    """Whether a contract may be renewed by the last year's grade; none yet is no bar [reading]."""
    because = {"last_grade": None if last is None else last.value}
    return Finding(verdict=last is not Grade.UNQUALIFIED, cite=APR_3, because=because)
