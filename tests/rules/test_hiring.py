"""HIRE-2, HIRE-3 and CON-4: who may be hired, when contracts end, how one resigns."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.contract_terms import (
    Resigning,
    account_closes_on,
    is_noticed,
    judge_resignation,
    resigned_from,
    term_ends_on,
)
from app.rules.eligibility import (
    CONDITIONS,
    Candidate,
    applicants_erased_before,
    judge_eligibility,
)
from app.rules.hiring import Attested, Bar, Education, Residence, RetirementPost
from app.rules.judge import JudgedCase, judge_file
from app.rules.parameters import Values
from app.rules.retirement import RETIREMENT_AGES, months_after, retires_on

GOLDEN = Path(__file__).with_name("golden")
TODAY = date(2026, 3, 18)
BORN = st.dates(date(1957, 10, 1), date(2007, 12, 31))
EVERY = frozenset(Attested)


def judged(file: str) -> list[JudgedCase]:
    return judge_file(GOLDEN / file, None, lambda day: day.weekday() < 5)


@pytest.mark.parametrize("case", judged("eligibility.json"), ids=lambda case: case.name)
def test_hire_2_golden(case: JudgedCase) -> None:
    assert case.agrees, case
    assert (case.rule, case.clause) == ("HIRE-2", "一(二)3")


@pytest.mark.parametrize("case", judged("retirement.json"), ids=lambda case: case.name)
def test_hire_3_golden(case: JudgedCase) -> None:
    assert case.agrees, case
    assert (case.rule, case.clause) == ("HIRE-3", "一(二)4")


def test_hire_golden_files_are_whole() -> None:
    assert (len(judged("eligibility.json")), len(judged("retirement.json"))) == (14, 16)


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({}, ()),
        ({"residence": []}, ("HIRE-2.1",)),
        ({"residence": [], "insurance_months": 23}, ("HIRE-2.1",)),
        ({"residence": [], "insurance_months": 24}, ()),
        ({"residence": [Residence.PROPERTY]}, ()),
        ({"attested": EVERY - {Attested.POLITICAL}}, ("HIRE-2.2",)),
        ({"attested": EVERY - {Attested.SKILLS}}, ("HIRE-2.3",)),
        ({"attested": EVERY - {Attested.HEALTH}}, ("HIRE-2.4",)),
        ({"born": date(1980, 3, 19)}, ()),
        ({"born": date(1980, 3, 18)}, ("HIRE-2.5",)),
        ({"education": None}, ("HIRE-2.6",)),
        ({"education": Education.PRIMARY}, ("HIRE-2.6",)),
        ({"education": Education.JUNIOR_HIGH}, ("HIRE-2.6",)),
        ({"education": Education.SENIOR_HIGH}, ()),
        ({"education": Education.SECONDARY_VOCATIONAL}, ()),
        ({"education": Education.DOCTORATE}, ()),
        *[({"bars": [bar]}, ("HIRE-2.7",)) for bar in Bar],
        ({"bars": list(Bar), "attested": ()}, tuple(f"HIRE-2.{n}" for n in (2, 3, 4, 7))),
        ({"born": date(2010, 3, 18)}, ()),
        ({"born": date(2010, 3, 19)}, ("HIRE-2.7",)),
    ],
)
def test_hire_2_each_condition_fails_by_its_own_code(
    changes: dict[str, object], failed: tuple[str, ...]
) -> None:
    facts = {
        "born": date(1990, 5, 1),
        "education": Education.BACHELOR,
        "residence": [Residence.HUKOU],
        "attested": EVERY,
    }
    candidate = Candidate(**{**facts, **changes})  # type: ignore[arg-type]
    assert judge_eligibility(candidate, TODAY).verdict == failed
    assert set(failed) <= set(CONDITIONS)


@pytest.mark.parametrize(
    ("born", "day", "fits"),
    [
        (date(1980, 2, 29), date(2026, 2, 27), True),
        (date(1980, 2, 29), date(2026, 2, 28), False),
        (date(1982, 2, 28), date(2028, 2, 27), True),
        (date(1982, 2, 28), date(2028, 2, 28), False),
    ],
)
def test_hire_2_5_who_was_born_on_29_february(born: date, day: date, fits: bool) -> None:
    candidate = Candidate(born, Education.MASTER, [Residence.HUKOU], 0, EVERY)
    assert (judge_eligibility(candidate, day).verdict == ()) is fits


@given(born=BORN, later=st.integers(1, 20_000))
def test_hire_2_5_nobody_becomes_young_enough_again(born: date, later: int) -> None:
    candidate = Candidate(born, Education.MASTER, [Residence.HUKOU], 0, EVERY)
    day = date(2026, 1, 1)
    if "HIRE-2.5" in judge_eligibility(candidate, day).verdict:
        assert "HIRE-2.5" in judge_eligibility(candidate, day + timedelta(days=later)).verdict


@pytest.mark.parametrize(
    ("post", "born", "date_"),
    [
        (RetirementPost.MEN, date(1964, 12, 31), date(2024, 12, 31)),
        (RetirementPost.MEN, date(1965, 1, 1), date(2025, 2, 1)),
        (RetirementPost.MEN, date(1965, 4, 30), date(2025, 5, 30)),
        (RetirementPost.MEN, date(1965, 5, 1), date(2025, 7, 1)),
        (RetirementPost.MEN, date(1950, 1, 1), date(2010, 1, 1)),
        (RetirementPost.WOMEN_55, date(1981, 8, 31), date(2039, 7, 31)),
        (RetirementPost.WOMEN_55, date(1981, 9, 1), date(2039, 9, 1)),
        (RetirementPost.WOMEN_50, date(1984, 10, 31), date(2039, 9, 30)),
        (RetirementPost.WOMEN_50, date(1984, 11, 1), date(2039, 11, 1)),
        (RetirementPost.MEN, date(1964, 2, 29), date(2024, 2, 29)),
        (RetirementPost.MEN, date(1968, 2, 29), date(2028, 12, 29)),
    ],
)
def test_hire_3_retirement_at_the_steps_of_the_table(
    post: RetirementPost, born: date, date_: date
) -> None:
    assert retires_on(post, born) == date_


def months_of_birth(year: int, count: int) -> list[tuple[int, int]]:
    return [(year + number // 12, number % 12 + 1) for number in range(count)]


@pytest.mark.parametrize(
    ("post", "first_year", "age", "months_of_birth_each", "most"),
    [
        (RetirementPost.MEN, 1965, 60, 4, 36),
        (RetirementPost.WOMEN_55, 1970, 55, 4, 36),
        (RetirementPost.WOMEN_50, 1975, 50, 2, 60),
    ],
)
def test_hire_3_every_month_of_the_national_table(
    post: RetirementPost, first_year: int, age: int, months_of_birth_each: int, most: int
) -> None:
    """As the annex has it: blocks of months of birth, each one month of age later."""
    blocks = months_of_birth(first_year, months_of_birth_each * most)
    for number, (year, month) in enumerate(blocks):
        later = number // months_of_birth_each + 1
        years, months = divmod(month - 1 + later, 12)
        assert retires_on(post, date(year, month, 15)) == date(year + age + years, months + 1, 15)
    for year, month in months_of_birth(first_year - 2, 24):
        assert retires_on(post, date(year, month, 15)) == date(year + age, month, 15)
    after = first_year + most * months_of_birth_each // 12
    for year, month in months_of_birth(after, 24):
        assert retires_on(post, date(year, month, 15)) == date(year + age + most // 12, month, 15)


def test_hire_3_the_raise_begins_at_the_former_age() -> None:
    former, raised = (entry.value for entry in RETIREMENT_AGES.history)
    assert {post: age.years for post, age in former.items()} == {
        post: age.years for post, age in raised.items()
    }
    for post, (lowest, highest) in CAPS.items():
        assert (raised[post].years, raised[post].most_months) == (lowest, (highest - lowest) * 12)


CAPS = {
    RetirementPost.MEN: (60, 63),
    RetirementPost.WOMEN_55: (55, 58),
    RetirementPost.WOMEN_50: (50, 55),
}


@given(post=st.sampled_from(RetirementPost), born=BORN, later=st.integers(0, 400))
def test_hire_3_born_later_never_retires_earlier_and_never_beyond_the_highest_age(
    post: RetirementPost, born: date, later: int
) -> None:
    found = retires_on(post, born)
    lowest, highest = CAPS[post]
    assert months_after(born, 12 * lowest) <= found <= months_after(born, 12 * highest)
    next_one = retires_on(post, born + timedelta(days=later))
    # Months differ in length: within one month the last of its days may fall together.
    assert next_one >= found or next_one.month == found.month


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 3, 1), 12, date(2027, 2, 28)),
        (date(2027, 3, 1), 12, date(2028, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 1, 1), 1, date(2026, 1, 31)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
    ],
)
def test_hire_3_fixed_terms_and_29_february(first: date, months: int, last: date) -> None:
    assert term_ends_on(first, months) == last


@given(first=st.dates(date(2017, 9, 1), date(2060, 12, 31)), months=st.integers(1, 119))
def test_hire_3_a_longer_term_never_ends_earlier(first: date, months: int) -> None:
    assert first < term_ends_on(first, months) < term_ends_on(first, months + 1)


@pytest.mark.parametrize(("days", "day"), [(365, date(2025, 3, 18)), (30, date(2026, 2, 16))])
def test_hire_2_what_closed_applications_said_is_erased(days: float, day: date) -> None:
    values = Values((("application_erased_after_days", float(days)),))
    assert applicants_erased_before(TODAY, values) == day
    assert applicants_erased_before(TODAY, Values.defaults()) == date(2025, 3, 18)


@pytest.mark.parametrize(("days", "noticed"), [(-1, False), (0, True), (90, True), (91, False)])
def test_hire_3_contracts_that_end_within_90_days_are_noticed(days: int, noticed: bool) -> None:
    assert is_noticed(TODAY + timedelta(days=days), TODAY, Values.defaults()) is noticed


@pytest.mark.parametrize(("kept", "closes"), [(0, date(2026, 4, 1)), (45, date(2026, 5, 16))])
def test_hire_3_the_account_outlives_the_contract(kept: float, closes: date) -> None:
    values = Values((("account_kept_days", float(kept)),))
    assert account_closes_on(date(2026, 3, 31), values) == closes


@pytest.mark.parametrize(
    ("last_day", "verdict"),
    [
        (date(2026, 3, 17), Resigning.TOO_LATE),
        (TODAY, Resigning.TOO_LATE),
        (date(2026, 3, 19), Resigning.IN_ADVANCE),
    ],
)
def test_con_4_one_resigns_in_advance(last_day: date, verdict: Resigning) -> None:
    found = judge_resignation(TODAY, last_day)
    assert (found.verdict, found.rule, found.clause) == (verdict, "CON-4", "四(三)")


@given(wanted=BORN, approved=BORN)
def test_con_4_nobody_has_left_before_it_was_approved(wanted: date, approved: date) -> None:
    assert resigned_from(wanted, approved) >= max(wanted, approved)
