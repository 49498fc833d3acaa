"""APR-1: a month's score from what was owed, pass or fail, and when a month is over (五1)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.appraisal import (
    Indicator,
    Measured,
    Result,
    half_up,
    judge_month,
    result_in_force,
    score,
    settles_at,
    shared_out,
    weights,
)
from app.rules.parameters import Supersession, Values, values_on

MONTH = date(2026, 10, 1)
DEFAULTS = Values.defaults()
VISITS = Indicator.VISITS


def values(**set_by_the_city: float) -> Values:
    """In force on the month's first date."""
    return values_on(
        MONTH, [Supersession(name, value, MONTH) for name, value in set_by_the_city.items()]
    )


def of(**measured: tuple[int, int]) -> dict[Indicator, Measured]:
    return {Indicator(name): Measured(*found) for name, found in measured.items()}


def test_apr_1_default_weights_are_the_rulebooks() -> None:
    assert {indicator.value: int(weight) for indicator, weight in weights(DEFAULTS).items()} == {
        "attendance": 20,
        "field_time": 20,
        "visits": 20,
        "information": 15,
        "events": 15,
        "services": 5,
        "meetings": 5,
    }


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        ({}, None),
        ({"visits": (0, 0)}, None),
        ({"visits": (0, 9)}, "0.00"),
        ({"visits": (9, 9)}, "100.00"),
        ({"visits": (1, 3)}, "33.33"),
        ({"visits": (2, 3)}, "66.67"),
        # 20 : 5 gives 80 : 20 per cent.
        ({"attendance": (1, 2), "services": (5, 5), "events": (0, 0)}, "60.00"),
        ({"attendance": (1, 8), "services": (0, 5)}, "10.00"),
        ({name.value: (3, 4) for name in Indicator}, "75.00"),
        ({name.value: (599, 1000) for name in Indicator}, "59.90"),
    ],
    ids=str,
)
def test_apr_1_score(measured: dict[str, tuple[int, int]], expected: str | None) -> None:
    reached = score(of(**measured), DEFAULTS).score
    assert (None if reached is None else str(reached)) == expected


@pytest.mark.parametrize(
    ("exact", "expected"),
    [
        (Fraction(0), "0.00"),
        (Fraction(59995, 1000), "60.00"),
        (Fraction(599949999, 10_000_000), "59.99"),
        (Fraction(1, 200), "0.01"),
        (Fraction(1, 201), "0.00"),
        (Fraction(100), "100.00"),
    ],
)
def test_apr_1_rounded_half_up_to_two_decimals(exact: Fraction, expected: str) -> None:
    assert str(half_up(exact)) == expected


@pytest.mark.parametrize(
    ("reached", "pass_mark", "expected"),
    [
        (None, 60, Result.PASS),
        ("59.99", 60, Result.FAIL),
        ("60.00", 60, Result.PASS),
        ("60.49", 60.5, Result.FAIL),
        ("60.50", 60.5, Result.PASS),
        ("0.00", 0, Result.PASS),
        ("99.99", 100, Result.FAIL),
    ],
)
def test_apr_1_pass_compares_the_rounded_score(
    reached: str | None, pass_mark: float, expected: Result
) -> None:
    finding = judge_month(
        None if reached is None else Decimal(reached), values(appraisal_pass_mark=pass_mark)
    )
    assert finding.verdict is expected
    assert finding.because == {"score": reached, "pass_mark": f"{Decimal(str(pass_mark))}"}
    assert (finding.rule, finding.clause) == ("APR-1", "五1")


def test_apr_1_an_indicator_without_a_weight_counts_nothing() -> None:
    dated = values(appraisal_weight_visits=0, appraisal_weight_attendance=0.3)
    found = score(of(visits=(0, 9), attendance=(1, 1)), dated)
    assert (found.score, found.shares[VISITS].points) == (Decimal(100), Fraction(0))
    assert score(of(visits=(9, 9)), dated).score is None


def test_apr_1_weights_are_those_of_the_first_date() -> None:
    history = [Supersession("appraisal_weight_visits", 80, date(2026, 10, 2))]
    assert weights(values_on(MONTH, history))[VISITS] == 20
    assert weights(values_on(date(2026, 11, 1), history))[VISITS] == 80


SHARES = st.integers(0, 200).flatmap(
    lambda owed: st.integers(0, owed).map(lambda done: Measured(done, owed))
)
MEASURED = st.dictionaries(st.sampled_from(Indicator), SHARES)


@given(MEASURED)
def test_apr_1_property_all_weight_is_given_out_and_in_proportion(
    measured: dict[Indicator, Measured],
) -> None:
    given_out = shared_out(weights(DEFAULTS), measured)
    owed = [one for one in measured if measured[one].denominator]
    assert sum(given_out.values()) == (100 if owed else 0)
    for one in owed:
        for other in owed:
            assert given_out[one] * weights(DEFAULTS)[other] == (
                given_out[other] * weights(DEFAULTS)[one]
            )


@given(MEASURED, st.sampled_from(Indicator))
def test_apr_1_property_doing_more_is_never_worse(
    measured: dict[Indicator, Measured], more: Indicator
) -> None:
    before = score(measured, DEFAULTS)
    found = measured.get(more, Measured(0, 0))
    if found.numerator < found.denominator:
        done = Measured(found.numerator + 1, found.denominator)
        after = score({**measured, more: done}, DEFAULTS)
        assert before.score is not None
        assert after.score is not None
        assert before.score <= after.score
        assert after.shares[more].points > before.shares[more].points


@pytest.mark.parametrize(
    ("month", "late_sync_hours", "visits_close_after_h", "expected"),
    [
        (date(2026, 10, 1), 72, 72, datetime(2026, 11, 3, 16, tzinfo=UTC)),
        (date(2026, 10, 31), 72, 72, datetime(2026, 11, 3, 16, tzinfo=UTC)),
        (date(2026, 12, 1), 24, 0, datetime(2027, 1, 1, 16, tzinfo=UTC)),
        (date(2028, 2, 1), 1, 48, datetime(2028, 3, 2, 16, tzinfo=UTC)),
    ],
)
def test_apr_1_a_month_settles_when_nothing_more_is_expected(
    month: date, late_sync_hours: float, visits_close_after_h: float, expected: datetime
) -> None:
    dated = values(late_sync_hours=late_sync_hours, visits_close_after_h=visits_close_after_h)
    assert settles_at(month, dated) == expected


P, X = Result.PASS, Result.FAIL


@pytest.mark.parametrize(
    ("decided", "revision", "demerit", "expected"),
    [
        (None, None, False, None),
        (None, None, True, X),
        (P, None, False, P),
        (X, None, False, X),
        (P, None, True, X),
        (P, X, False, X),
        (X, P, False, P),
        (X, P, True, X),
    ],
)
def test_apr_1_con_1_the_result_in_force(
    decided: Result | None, revision: Result | None, demerit: bool, expected: Result | None
) -> None:
    assert result_in_force(decided, revision, demerit) is expected
