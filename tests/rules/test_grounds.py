"""CON-A and CON-B: what is a ground and what is none, on both sides of every edge."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.conduct import Ground
from app.rules.grounds import (
    CITES,
    FOUND_BY_THE_SYSTEM,
    GROUND_OF,
    NAMES,
    RECORDED_BY_AN_OFFICE,
    DutyOfMonth,
    FindingKind,
    InformationOfMonth,
    Surveyed,
    judge_activity,
    judge_awareness,
    judge_clothes,
    judge_events_filed,
    judge_failures,
    judge_information,
    judge_recorded,
)
from app.rules.parameters import Supersession, Values, values_on

MARCH = date(2026, 3, 1)
END = date(2026, 3, 31)
WHOLE = DutyOfMonth(dates=22, employed=22, on_leave=0)
DEFAULTS = Values.defaults()


def month(number: int, year: int = 2026) -> date:
    return date(year, number, 1)


@pytest.mark.parametrize(("checks", "expected"), [(0, False), (1, True), (2, True)])
def test_con_b1_any_check_that_stands(checks: int, expected: bool) -> None:
    found = judge_clothes(END, checks)
    assert (found.verdict, found.rule, found.clause) == (expected, "CON-B1", "四(二)1")


@pytest.mark.parametrize(
    ("counted", "duty", "expected"),
    [
        (9, WHOLE, True),
        (10, WHOLE, False),
        (5, DutyOfMonth(22, 11, 0), False),
        (4, DutyOfMonth(22, 11, 0), True),
        (9, DutyOfMonth(22, 22, 1), False),
        (8, DutyOfMonth(22, 22, 1), True),
        (0, DutyOfMonth(22, 22, 22), False),
        (0, DutyOfMonth(0, 0, 0), False),
    ],
)
def test_con_b2_the_quota_by_duty_dates(counted: int, duty: DutyOfMonth, expected: bool) -> None:
    found = judge_events_filed(counted, 10, duty)
    assert (found.verdict, found.rule, found.clause) == (expected, "CON-B2", "四(二)2")


def test_con_b2_without_a_quota_nothing_is_owed() -> None:
    assert not judge_events_filed(0, 0, WHOLE).verdict


@pytest.mark.parametrize(
    ("duty", "active", "expected"),
    [
        (DutyOfMonth(23, 23, 0), 22, False),
        (DutyOfMonth(23, 23, 0), 21, True),
        (DutyOfMonth(20, 20, 0), 20, False),
        (DutyOfMonth(20, 20, 0), 19, True),
        (DutyOfMonth(23, 23, 3), 19, False),
        (DutyOfMonth(23, 23, 3), 18, True),
        (DutyOfMonth(22, 7, 0), 7, False),
        (DutyOfMonth(22, 7, 0), 6, True),
        (DutyOfMonth(25, 25, 25), 0, False),
    ],
)
def test_con_b3_22_days_less_leave_and_never_more_than_duty_dates(
    duty: DutyOfMonth, active: int, expected: bool
) -> None:
    found = judge_activity({"chengdu": active, "sichuan": 31}, duty, MARCH)
    assert (found.verdict, found.rule, found.clause) == (expected, "CON-B3", "四(二)3")
    assert found.because["short"] == (["chengdu"] if expected else [])


def test_con_b3_a_platform_that_told_nothing_is_not_judged() -> None:
    assert not judge_activity({"sichuan": 22}, WHOLE, MARCH).verdict
    assert not judge_activity({}, WHOLE, MARCH).verdict


@pytest.mark.parametrize(
    ("found", "parts"),
    [
        (InformationOfMonth(), []),
        (InformationOfMonth(collected=9, late=0), []),
        (InformationOfMonth(collected=9, late=1), ["entry"]),
        (InformationOfMonth(checked=20, correct=19), []),
        (InformationOfMonth(checked=20, correct=18), ["accuracy"]),
        (InformationOfMonth(checked=100, correct=95), []),
        (InformationOfMonth(checked=100, correct=94), ["accuracy"]),
        (InformationOfMonth(checked=1000, correct=950), []),
        (InformationOfMonth(checked=1000, correct=949), ["accuracy"]),
        (InformationOfMonth(checked=19, correct=0), []),
        (InformationOfMonth(known=30, recorded=30), []),
        (InformationOfMonth(known=30, recorded=29), ["coverage"]),
        (InformationOfMonth(changes=3, stale=0), []),
        (InformationOfMonth(changes=3, stale=1), ["changes"]),
        (
            InformationOfMonth(1, 1, 40, 30, 2, 1, 1, 1),
            ["accuracy", "changes", "coverage", "entry"],
        ),
    ],
)
def test_con_b5_any_of_four_parts(found: InformationOfMonth, parts: list[str]) -> None:
    judged = judge_information(found, MARCH, DEFAULTS)
    assert (judged.because["parts"], judged.verdict) == (parts, bool(parts))
    assert (judged.rule, judged.clause) == ("CON-B5", "四(二)5")


def test_con_b5_of_a_month_without_records_nothing_is_said() -> None:
    because = judge_information(InformationOfMonth(), MARCH, DEFAULTS).because
    assert because["entry"] == {"owed": 0, "late": 0}
    assert because["coverage"] == {"known": 0, "recorded": 0}
    assert because["changes"] == {"owed": 0, "stale": 0}


def test_con_b5_how_many_checks_are_enough_is_the_citys_to_set() -> None:
    values = values_on(MARCH, [Supersession("accuracy_min_checked", 5, MARCH)])
    assert judge_information(InformationOfMonth(checked=5, correct=4), MARCH, values).verdict
    assert not judge_information(InformationOfMonth(checked=4, correct=0), MARCH, values).verdict


@pytest.mark.parametrize(
    ("surveys", "expected"),
    [
        ([(100, 90)], None),
        ([(100, 89)], Ground.B6),
        ([(100, 60)], Ground.B6),
        ([(100, 59)], Ground.A3),
        ([(1000, 899)], Ground.B6),
        ([(1000, 599)], Ground.A3),
        ([(30, 0)], Ground.A3),
        ([(29, 0)], None),
        ([(29, 0), (30, 27)], None),
        ([(100, 50), (100, 100)], Ground.B6),
        ([(50, 45), (50, 45)], None),
        ([], None),
    ],
)
def test_con_a3_and_b6_by_the_share_of_all_that_were_asked(
    surveys: list[tuple[int, int]], expected: Ground | None
) -> None:
    found = judge_awareness([Surveyed(*one) for one in surveys], END, DEFAULTS)
    assert found.verdict is expected
    cited = ("CON-A3", "四(一)3") if expected is Ground.A3 else ("CON-B6", "四(二)6")
    assert (found.rule, found.clause) == cited


def test_con_b6_a_survey_that_is_too_small_is_told_apart() -> None:
    surveys = [Surveyed(29, 0), Surveyed(30, 27), Surveyed(40, 20)]
    because = judge_awareness(surveys, END, DEFAULTS).because
    assert (because["surveys"], because["too_small"]) == (2, 1)
    assert (because["asked"], because["aware"]) == (70, 47)


def test_con_what_the_system_measures_is_a_reading_and_what_is_recorded_is_the_text() -> None:
    for ground, cite in CITES.items():
        assert cite.reading is (ground in FOUND_BY_THE_SYSTEM)


@given(st.integers(30, 500), st.data())
def test_con_b6_more_who_know_is_never_worse(asked: int, data: st.DataObject) -> None:
    order = [Ground.A3, Ground.B6, None]
    aware = data.draw(st.integers(0, asked - 1))
    less = judge_awareness([Surveyed(asked, aware)], END, DEFAULTS).verdict
    more = judge_awareness([Surveyed(asked, aware + 1)], END, DEFAULTS).verdict
    assert order.index(more) >= order.index(less)


@st.composite
def duties(draw: st.DrawFn) -> DutyOfMonth:
    dates = draw(st.integers(0, 31))
    employed = draw(st.integers(0, dates))
    return DutyOfMonth(dates, employed, draw(st.integers(0, employed)))


@given(duties(), st.integers(0, 40), st.integers(0, 40))
def test_con_b2_another_event_is_never_worse_and_a_whole_month_owes_the_quota(
    duty: DutyOfMonth, counted: int, quota: int
) -> None:
    if not judge_events_filed(counted, quota, duty).verdict:
        assert not judge_events_filed(counted + 1, quota, duty).verdict
    whole = DutyOfMonth(22, 22, 0)
    assert judge_events_filed(counted, quota, whole).verdict is (counted < quota)


@given(duties(), st.integers(0, 31))
def test_con_b3_nobody_owes_more_than_the_dates_of_work_and_another_day_is_never_worse(
    duty: DutyOfMonth, days: int
) -> None:
    assert not judge_activity({"chengdu": duty.owed}, duty, MARCH).verdict
    if not judge_activity({"chengdu": days}, duty, MARCH).verdict:
        assert not judge_activity({"chengdu": days + 1}, duty, MARCH).verdict
    assert not judge_activity({"chengdu": 22}, duty, MARCH).verdict


@given(st.integers(1, 400), st.data())
def test_con_b5_another_correct_check_is_never_worse(checked: int, data: st.DataObject) -> None:
    correct = data.draw(st.integers(0, checked - 1))
    one, other = (
        judge_information(InformationOfMonth(checked=checked, correct=number), MARCH, DEFAULTS)
        for number in (correct, correct + 1)
    )
    assert one.verdict or not other.verdict
    assert other.verdict is (checked >= 20 and (correct + 1) / checked < 0.95)


@given(
    st.frozensets(st.builds(month, st.integers(1, 12), st.sampled_from([2025, 2026, 2027]))),
    st.booleans(),
)
def test_con_a5_only_the_years_own_months_make_it_and_the_second_of_them(
    failed: frozenset[date], year_failed: bool
) -> None:
    own = sorted(one.month for one in failed if one.year == 2026)
    made = judge_failures(failed, year_failed, 2026).verdict
    if len(own) >= 2:
        assert made is not None
        assert (made.year, made.month) == (2026, own[1])
    else:
        assert made == (date(2026, 1, 1) if year_failed else None)


@pytest.mark.parametrize(
    ("failed", "year_failed", "expected"),
    [
        ([], False, None),
        ([month(2)], False, None),
        ([month(2), month(5)], False, date(2026, 5, 31)),
        ([month(5), month(2), month(9)], False, date(2026, 5, 31)),
        ([month(12, 2025), month(1)], False, None),
        ([], True, date(2026, 1, 1)),
        ([month(2)], True, date(2026, 1, 1)),
        ([month(2), month(12)], True, date(2026, 12, 31)),
    ],
)
def test_con_a5_two_failed_months_of_a_year_or_a_failed_year(
    failed: list[date], year_failed: bool, expected: date | None
) -> None:
    found = judge_failures(failed, year_failed, 2026)
    assert (found.verdict, found.rule, found.clause) == (expected, "CON-A5", "四(一)5")


@pytest.mark.parametrize(
    ("kind", "records", "expected", "rule"),
    [
        (FindingKind.SECOND_JOB, [], True, "CON-A1"),
        (FindingKind.LACKING_AND_INCIDENT, [], False, "CON-A2"),
        (FindingKind.LACKING_AND_INCIDENT, ["one"], True, "CON-A2"),
        (FindingKind.UNFIT_OR_GRAVE_ERROR, [], True, "CON-A4"),
        (FindingKind.UNLAWFUL_ACTS, [], True, "CON-A6"),
        (FindingKind.HARMFUL_CONTENT, [], True, "CON-A7"),
        (FindingKind.BREACH_OF_ETHICS, [], True, "CON-A8"),
        (FindingKind.FALSE_RECORDS, [], False, "CON-B2"),
        (FindingKind.FALSE_RECORDS, ["one"], True, "CON-B2"),
    ],
)
def test_con_a_what_an_office_records(
    kind: FindingKind, records: list[str], expected: bool, rule: str
) -> None:
    found = judge_recorded(kind, records)
    assert (found.verdict, found.rule) == (expected, rule)


def test_con_every_ground_is_found_or_recorded_and_named_in_both_languages() -> None:
    assert set(Ground) == FOUND_BY_THE_SYSTEM | RECORDED_BY_AN_OFFICE
    assert {GROUND_OF[kind] for kind in FindingKind} == RECORDED_BY_AN_OFFICE
    assert set(NAMES) == set(Ground)
    assert all(zh and en.isascii() for zh, en in NAMES.values())
