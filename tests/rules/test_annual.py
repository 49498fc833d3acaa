"""APR-2, APR-3: the year's grade by rule, and whether a contract may be renewed (五1 to 五3)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.annual import YearFacts, may_renew, mean_of, propose_grade, values_from
from app.rules.appraisal import Grade
from app.rules.parameters import Supersession, Values, values_on

EXCELLENT, QUALIFIED, UNQUALIFIED = Grade
DEFAULTS = Values.defaults()


def facts(scores: str, failed: int = 0, penalties: int = 0) -> YearFacts:
    return YearFacts([Decimal(score) for score in scores.split()], failed, penalties)


@pytest.mark.parametrize(
    ("year", "grade"),
    [
        (facts("90 90 90"), EXCELLENT),
        (facts("89.99"), QUALIFIED),
        (facts("89.99 90.00"), EXCELLENT),
        (facts("89.99 89.99 90.00"), QUALIFIED),
        (facts("100", penalties=1), QUALIFIED),
        (facts("100", failed=1), QUALIFIED),
        (facts("100", failed=2), UNQUALIFIED),
        (facts("100", failed=2, penalties=3), UNQUALIFIED),
        (facts("60"), QUALIFIED),
        (facts("59.99"), UNQUALIFIED),
        (facts("59.99 60.00"), QUALIFIED),
        (facts("59.99 59.99 60.00"), UNQUALIFIED),
        (facts(""), QUALIFIED),
        (facts("", failed=1), QUALIFIED),
        (facts("", failed=2), UNQUALIFIED),
    ],
)
def test_apr_2_grade_by_rule(year: YearFacts, grade: Grade) -> None:
    found = propose_grade(year, DEFAULTS)
    assert (found.verdict, found.rule, found.clause) == (grade, "APR-2", "五1, 五2")


@pytest.mark.parametrize(
    ("scores", "mean"),
    [("", None), ("80", "80.00"), ("80 81", "80.50"), ("80.00 80.01", "80.01"), ("1 1 2", "1.33")],
)
def test_apr_2_the_mean_is_rounded_half_up_once(scores: str, mean: str | None) -> None:
    found = mean_of(facts(scores).scores)
    assert found == (None if mean is None else Decimal(mean))


def test_apr_2_values_of_the_years_first_date() -> None:
    history = [
        Supersession("year_excellent_from", 85, date(2026, 1, 1)),
        Supersession("year_failed_months", 3, date(2026, 1, 2)),
    ]
    assert values_from(2026) == date(2026, 1, 1)
    year = facts("86")
    before, then = (values_on(day, history) for day in (date(2025, 1, 1), values_from(2026)))
    assert propose_grade(year, before).verdict is QUALIFIED
    assert propose_grade(year, then).verdict is EXCELLENT
    failed = facts("86", failed=2)
    assert propose_grade(failed, then).verdict is UNQUALIFIED
    assert propose_grade(failed, values_on(date(2027, 1, 1), history)).verdict is QUALIFIED


def test_apr_2_says_what_decided() -> None:
    assert propose_grade(facts("88.5 90", failed=1, penalties=1), DEFAULTS).because == {
        "mean": "89.25",
        "months": 2,
        "failed_months": 1,
        "penalties": 1,
        "excellent_from": 90,
        "qualified_from": 60,
        "failed_months_at_most": 1,
    }


SCORES = st.lists(st.decimals(0, 100, places=2), max_size=12)
ORDER = [UNQUALIFIED, QUALIFIED, EXCELLENT]


@given(SCORES, st.integers(0, 3), st.integers(0, 3), st.integers(0, 2), st.integers(0, 2))
def test_apr_2_another_failure_or_penalty_is_never_better(
    scores: list[Decimal], failed: int, penalties: int, more_failed: int, more_penalties: int
) -> None:
    one = propose_grade(YearFacts(scores, failed, penalties), DEFAULTS)
    other = propose_grade(
        YearFacts(scores, failed + more_failed, penalties + more_penalties), DEFAULTS
    )
    assert ORDER.index(other.verdict) <= ORDER.index(one.verdict)


@pytest.mark.parametrize(
    ("last", "may"), [(EXCELLENT, True), (QUALIFIED, True), (UNQUALIFIED, False), (None, True)]
)
def test_apr_3_renewal_by_the_last_grade(last: Grade | None, *, may: bool) -> None:
    found = may_renew(last)
    assert (found.verdict, found.rule, found.clause) == (may, "APR-3", "五3")
