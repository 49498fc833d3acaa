"""PAY-1 to PAY-4, CON-3, CON-4: a month's wage to the fen (五3 to 五5, 四(三))."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.appraisal import Result
from app.rules.conduct import PenaltyKind
from app.rules.parameters import Supersession, Values, values_on
from app.rules.pay import (
    CON_3,
    NOTHING,
    PAY_1,
    PAY_2,
    Difference,
    LineKind,
    Movement,
    Part,
    PayrollState,
    Portion,
    Standing,
    WageFacts,
    bears_on,
    is_passed_over,
    looks_back_to,
    movement,
    paid_dates,
    performance_line,
    pro_rata,
    settle,
    to_be_closed_first,
    wage_of,
)

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
IN_MARCH = date(2026, 3, 18)
WARNING, DEMERIT, DISMISSAL = PenaltyKind
COMPUTED, APPROVED, CLOSED = PayrollState


def facts(
    *penalties: PenaltyKind,
    employed: int = 22,
    result: Result | None = Result.PASS,
    standard: str = "1200.00",
) -> WageFacts:
    return WageFacts(
        22,
        (Portion(Decimal("2200.00"), employed),),
        (Portion(Decimal(standard), employed),),
        result,
        tuple(Standing(kind, IN_MARCH, str(place)) for place, kind in enumerate(penalties)),
    )


@pytest.mark.parametrize(
    ("portions", "duty", "expected"),
    [
        ([("2200", 22)], 22, "2200.00"),
        ([("2200", 10), ("2420", 12)], 22, "2320.00"),
        ([("2200", 10)], 22, "1000.00"),
        ([("2200", 0)], 22, "0.00"),
        ([], 22, "0.00"),
        ([("0.10", 1)], 22, "0.00"),
        ([("0.11", 1)], 22, "0.01"),
        ([("0.109", 1)], 22, "0.00"),
        ([("1000", 7), ("1000", 14)], 21, "1000.00"),
        ([("1000.01", 1), ("1000.02", 20)], 21, "1000.02"),
    ],
)
def test_pay_3_each_date_is_paid_by_what_was_in_force_on_it_and_rounded_once(
    portions: list[tuple[str, int]], duty: int, expected: str
) -> None:
    found = pro_rata((Portion(Decimal(amount), dates) for amount, dates in portions), duty)
    assert f"{found:f}" == expected


def test_pay_3_a_month_without_duty_dates_is_divided_by_its_dates() -> None:
    dates = [MARCH, IN_MARCH]
    assert paid_dates(dates, [IN_MARCH]) == [IN_MARCH]
    assert paid_dates(dates, []) == dates


@pytest.mark.parametrize(
    ("result", "expected", "times"),
    [(Result.PASS, "1200.00", 1), (Result.FAIL, "0.00", 0), (None, "1200.00", 1)],
)
def test_pay_2_con_4_a_pass_once_a_fail_nothing(
    result: Result | None, expected: str, times: int
) -> None:
    found = performance_line(facts(result=result))
    assert (f"{found.amount:f}", found.because["times"], found.cite) == (expected, times, PAY_2)


@pytest.mark.parametrize(
    ("penalties", "employed", "result", "lines"),
    [
        ((), 22, Result.PASS, ["1200.00"]),
        ((WARNING,), 22, Result.PASS, ["1200.00", "-100.00"]),
        ((WARNING, WARNING), 22, Result.PASS, ["1200.00", "-100.00", "-100.00"]),
        ((WARNING,), 1, Result.PASS, ["54.55", "-54.55"]),
        ((WARNING,), 22, Result.FAIL, ["0.00", "0.00"]),
        ((DEMERIT,), 22, Result.PASS, ["1200.00", "-1200.00"]),
        ((WARNING, DEMERIT), 22, Result.PASS, ["1200.00", "-100.00", "-1100.00"]),
        ((DEMERIT, WARNING), 22, Result.PASS, ["1200.00", "-1200.00", "0.00"]),
        ((DISMISSAL,), 10, Result.PASS, ["545.45", "-545.45"]),
    ],
)
def test_con_3_penalties_take_what_is_there_and_never_more(
    penalties: tuple[PenaltyKind, ...], employed: int, result: Result, lines: list[str]
) -> None:
    wage = wage_of(facts(*penalties, employed=employed, result=result))
    assert [f"{line.amount:.2f}" for line in wage.lines[1:]] == lines
    assert {line.cite for line in wage.lines[2:]} <= {CON_3}
    assert wage.performance >= 0
    assert wage.base == pro_rata((Portion(Decimal(2200), employed),), 22)


@pytest.mark.parametrize("just", ["99.99", "100.00", "100.01"])
def test_con_3_a_warning_takes_a_hundred_where_there_is_a_hundred(just: str) -> None:
    wage = wage_of(facts(WARNING, standard=just))
    assert wage.performance == max(Decimal(just) - 100, NOTHING)


@pytest.mark.parametrize(
    ("kind", "decided_on", "paid_before", "expected"),
    [
        (WARNING, date(2026, 3, 31), False, True),
        (WARNING, date(2026, 4, 1), False, False),
        (DEMERIT, date(2026, 3, 1), False, True),
        (DEMERIT, date(2026, 2, 28), False, False),
        (DISMISSAL, date(2026, 3, 31), False, True),
        (DISMISSAL, date(2026, 5, 4), False, True),
        (DISMISSAL, date(2026, 5, 4), True, False),
        (DISMISSAL, date(2026, 2, 28), False, False),
    ],
)
def test_con_3_a_dismissal_reaches_back_to_what_was_not_paid(
    kind: PenaltyKind, decided_on: date, paid_before: bool, expected: bool
) -> None:
    assert bears_on(MARCH, kind, decided_on, paid_before=paid_before) is expected


def owed(month: date, amount: str, part: Part = Part.PERFORMANCE) -> Difference:
    return Difference(month, part, Decimal(amount), NOTHING, NOTHING)


@pytest.mark.parametrize(
    ("differences", "room", "taken", "waiting"),
    [
        ([owed(MARCH, "-100.00")], "100.00", ["-100.00"], []),
        ([owed(MARCH, "-100.01")], "100.00", ["-100.00"], ["-0.01"]),
        ([owed(MARCH, "-100.00")], "0.00", [], ["-100.00"]),
        ([owed(MARCH, "50.00")], "0.00", ["50.00"], []),
        ([owed(MARCH, "-80.00"), owed(APRIL, "50.00")], "0.00", ["50.00", "-50.00"], ["-30.00"]),
        ([owed(APRIL, "-80.00"), owed(MARCH, "-50.00")], "60.00", ["-50.00", "-10.00"], ["-70.00"]),
        ([], "60.00", [], []),
    ],
)
def test_pay_4_corrections_never_take_more_than_there_is(
    differences: list[Difference], room: str, taken: list[str], waiting: list[str]
) -> None:
    found = settle(differences, Decimal(room))
    assert [f"{amount:.2f}" for _, amount in found.taken] == taken
    assert [f"{amount:.2f}" for _, amount in found.waiting] == waiting


@pytest.mark.parametrize(
    ("states", "first", "passed"),
    [
        ({}, None, False),
        ({MARCH: CLOSED}, None, False),
        ({APRIL: COMPUTED}, None, False),
        ({MARCH: COMPUTED, APRIL: COMPUTED}, MARCH, False),
        ({MARCH: APPROVED, APRIL: APPROVED}, MARCH, False),
        ({date(2026, 2, 1): CLOSED, APRIL: APPROVED}, MARCH, False),
        ({MARCH: CLOSED, APRIL: CLOSED}, None, False),
        ({APRIL: APPROVED, MAY: COMPUTED}, None, False),
        ({APRIL: APPROVED, MAY: CLOSED}, None, True),
    ],
)
def test_pay_4_months_are_closed_in_their_order(
    states: dict[date, PayrollState], first: date | None, passed: bool
) -> None:
    assert to_be_closed_first(APRIL, states) == first
    assert is_passed_over(APRIL, states) is passed


@pytest.mark.parametrize(
    ("months", "first"),
    [(12, date(2025, 3, 1)), (1, date(2026, 2, 1)), (3, date(2025, 12, 1))],
)
def test_pay_4_corrections_look_back_so_many_months(months: int, first: date) -> None:
    values = values_on(MARCH, [Supersession("pay_correction_months", months, MARCH)])
    assert looks_back_to(MARCH, values) == first
    assert looks_back_to(MARCH, Values.defaults()) == date(2025, 3, 1)


@pytest.mark.parametrize(
    ("first", "last", "absent", "expected"),
    [
        (date(2026, 3, 1), date.max, 0, [Movement.JOINED]),
        (date(2026, 2, 28), date.max, 0, []),
        (date(2026, 2, 28), date(2026, 3, 31), 0, [Movement.LEFT]),
        (date(2026, 2, 28), date(2026, 4, 1), 0, []),
        (date(2026, 3, 2), date(2026, 3, 20), 1, [*Movement]),
        (date.min, date.max, 3, [Movement.ABSENT]),
    ],
)
def test_pay_3_who_came_went_or_was_away(
    first: date, last: date, absent: int, expected: list[Movement]
) -> None:
    assert movement((first, last), (MARCH, date(2026, 3, 31)), absent) == expected


AMOUNTS = st.decimals(0, 99999, places=2)


@given(
    AMOUNTS,
    AMOUNTS,
    st.integers(1, 31),
    st.data(),
    st.sampled_from([*Result, None]),
    st.lists(st.sampled_from(PenaltyKind), max_size=4),
)
def test_pay_lines_add_up_and_nothing_goes_below_zero(
    base: Decimal,
    standard: Decimal,
    duty: int,
    data: st.DataObject,
    result: Result | None,
    penalties: list[PenaltyKind],
) -> None:
    employed = data.draw(st.integers(0, duty))
    split = data.draw(st.integers(0, employed))
    standing = tuple(Standing(kind, IN_MARCH, str(place)) for place, kind in enumerate(penalties))
    wages = (Portion(base, split), Portion(base, employed - split))
    wage = wage_of(WageFacts(duty, wages, (Portion(standard, employed),), result, standing))
    assert sum(line.amount for line in wage.lines) == wage.total == wage.base + wage.performance
    assert 0 <= wage.base <= base
    assert 0 <= wage.performance <= standard
    assert (wage.lines[0].kind, wage.lines[0].cite) == (LineKind.BASE, PAY_1)
    if employed == duty:
        assert wage.base == base


@given(
    st.lists(
        st.tuples(
            st.sampled_from([MARCH, APRIL]),
            st.sampled_from(Part),
            st.decimals(-9999, 9999, places=2),
        ),
        max_size=6,
    ),
    AMOUNTS,
)
def test_pay_4_what_is_taken_and_what_waits_is_all_and_the_total_stays_above_zero(
    drawn: list[tuple[date, Part, Decimal]], room: Decimal
) -> None:
    differences = [Difference(*each, NOTHING, NOTHING) for each in drawn]
    found = settle(differences, room)
    taken, waiting = (sum(amount for _, amount in each) for each in (found.taken, found.waiting))
    assert taken + waiting == sum(each.amount for each in differences)
    assert room + taken >= 0
    assert all(amount < 0 for _, amount in found.waiting)
    assert not found.waiting or room + taken == 0
