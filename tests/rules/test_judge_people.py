"""Cases of HIRE, CON and PAY as somebody else may write them, and what they lead to."""

import json
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.conduct import Ground
from app.rules.judge import JudgedCase, judge_file

W, M, X, N = "warning", "demerit", "dismissal", "none"
MARCH_18 = "2026-03-18"


def judged(judge: str, case: object, **shared: object) -> JudgedCase:
    [found] = judge_file({"judge": judge, "cases": [case], **shared}, None, lambda _: True)
    return found


def penalties(**case: Any) -> Any:
    found = judged("conduct", {**case, "expect": []})
    assert found.error is None
    return found.obtained["penalties"]


def failure(judge: str, case: object) -> str:
    found = judged(judge, case)
    assert not found.agrees
    return str(found.error)


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        *[([(f"A{number}", MARCH_18)], [X]) for number in range(1, 9)],
        *[([(f"B{number}", MARCH_18)], [W]) for number in range(1, 7)],
        *[
            ([(ground, "2026-03-01"), (ground, "2026-03-31"), (ground, "2026-04-01")], [W, N, M])
            for ground in ("B2", "B3", "B5", "B6")
        ],
        *[
            ([(ground, MARCH_18), (ground, MARCH_18), (ground, "2026-03-19")], [W, N, M])
            for ground in ("B1", "B4")
        ],
        ([("B1", MARCH_18), ("B4", MARCH_18), ("B5", MARCH_18)], [W, M, X]),
        ([(f"B{number}", "2026-03-31") for number in range(1, 7)], [W, M, X, X, X, X]),
        ([("B1", MARCH_18), ("A7", "2026-03-20")], [W, X]),
        ([("B1", "2025-12-31"), ("B1", "2026-01-01")], [W, W]),
        ([("B1", "2025-12-30"), ("B4", "2025-12-31"), ("B4", "2026-01-01")], [W, M, W]),
        ([("B5", "2026-03-10"), ("B5", "2026-03-28"), ("B3", "2026-03-31")], [W, N, M]),
        ([("B5", "2026-04-30"), ("B1", MARCH_18)], [M, W]),
        ([("B1", "2026-01-01"), ("B4", "2026-02-01")], [W, M]),
        ([("B1", "2026-12-31"), ("B4", "2026-12-31")], [W, M]),
        ([("B1", "2028-02-29"), ("B1", "2028-03-01")], [W, M]),
        ([("B3", "2026-03"), ("B3", "2026-03-31"), ("B3", "2026-04")], [W, N, M]),
    ],
    ids=str,
)
def test_con_1_con_2_the_ladder_over_a_year(
    findings: list[tuple[str, str]], expected: list[str]
) -> None:
    assert penalties(findings=[list(one) for one in findings]) == expected
    as_objects = [{"ground": ground, "on": on} for ground, on in findings]
    assert penalties(findings=as_objects) == expected


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([["B1", MARCH_18, "overturned"], ["B5", "2026-04-30"]], [W, W]),
        ([["B5", MARCH_18, "overturned"], ["B5", "2026-03-31"]], [W, W]),
        ([["B1", MARCH_18], ["B4", "2026-03-19", "overturned"], ["B4", "2026-03-20"]], [W, M, M]),
        ([{"ground": "B1", "date": MARCH_18, "overturned": True}, ["B1", MARCH_18]], [W, W]),
        ([{"ground": "B1", "date": MARCH_18, "overturned": False}, ["B1", MARCH_18]], [W, N]),
    ],
)
def test_con_2_what_was_overturned_never_counted(findings: list[Any], expected: list[str]) -> None:
    assert penalties(findings=findings) == expected


@pytest.mark.parametrize(
    ("aware", "asked", "expected"),
    [
        (0, 100, [X]),
        (59, 100, [X]),
        (599, 1000, [X]),
        (53, 89, [X]),
        (60, 100, [W]),
        (54, 90, [W]),
        (899, 1000, [W]),
        (80, 89, [W]),
        (900, 1000, []),
        (81, 90, []),
        (100, 100, []),
        (17, 20, [W]),
        (5, 10, [X]),
        (9, 10, []),
        (0, 0, []),
        (0, 1, [X]),
        (1, 1, []),
        ("85", 100.0, [W]),
    ],
)
def test_con_a3_con_b6_a_survey_by_itself(
    aware: object, asked: object, expected: list[str]
) -> None:
    assert penalties(awareness=[["2026-03-31", aware, asked]]) == expected
    assert penalties(awareness=[{"on": "2026-03-31", "aware": aware, "asked": asked}]) == expected


@pytest.mark.parametrize(
    ("surveys", "findings", "expected"),
    [
        ([("2026-03-10", 85), ("2026-03-20", 88)], [], [W, N]),
        ([("2026-03-10", 98), ("2026-03-20", 85)], [], [W]),
        ([("2026-03-10", 85), ("2026-03-20", 59)], [], [W, X]),
        ([("2026-03-31", 85), ("2026-04-30", 70), ("2026-05-31", 60)], [], [W, M, X]),
        ([("2025-12-31", 85), ("2026-01-31", 85)], [], [W, W]),
        ([("2026-03-10", 85)], [["B1", "2026-03-25"]], [M, W]),
        ([("2026-03-31", 85)], [["B6", "2026-03-10"]], [W, N]),
    ],
)
def test_con_b6_surveys_count_as_other_findings_do(
    surveys: list[tuple[str, int]], findings: list[Any], expected: list[str]
) -> None:
    awareness = [[day, aware, 100] for day, aware in surveys]
    assert penalties(awareness=awareness, findings=findings) == expected


def test_con_b6_how_many_must_be_asked_is_at_issue_where_a_case_says_so() -> None:
    least = {"survey_min_asked": 30}
    assert penalties(awareness=[["2026-03-31", 0, 29]], parameters=least) == []
    assert penalties(awareness=[["2026-03-31", 0, 30]], parameters=least) == [X]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({"failed_months": ["2026-02"]}, []),
        ({"failed_months": ["2026-02", "2026-02"]}, []),
        ({"failed_months": ["2026-12", "2027-01"]}, []),
        ({"failed_months": ["2026-01", "2026-12"]}, [X]),
        ({"failed_months": ["2026-02-28", "2026-05-01"]}, [X]),
        ({"failed_months": ["2026-01", "2026-02", "2026-03"]}, [X]),
        ({"failed_months": ["2025-01", "2025-02", "2026-01", "2026-02"]}, [X, X]),
        ({"failed_years": [2025]}, [X]),
        ({"failed_years": ["2025"]}, [X]),
        ({"failed_years": [2026], "failed_months": ["2026-02", "2026-03"]}, [X]),
        ({"failed_years": [2026], "findings": [["B1", MARCH_18]]}, [W, X]),
        ({"failed_months": ["2026-02"], "findings": [["B1", "2026-02-02"]]}, [W]),
    ],
)
def test_con_a5_failed_months_and_years(case: dict[str, Any], expected: list[str]) -> None:
    assert penalties(**case) == expected


TWICE = [["B1", MARCH_18], ["B5", "2026-04-30"]]


@pytest.mark.parametrize(
    ("failed", "findings", "expected"),
    [
        ("2026-02", TWICE, [W, M, X]),
        ("2026-12", TWICE, [W, M, X]),
        ("2026-04", TWICE, [W, M]),
        ("2025-12", TWICE, [W, M]),
        ("2026-02", [TWICE[0], [*TWICE[1], "overturned"]], [W, M]),
    ],
)
def test_con_1_con_a5_a_demerit_fails_its_month(
    failed: str, findings: list[Any], expected: list[str]
) -> None:
    assert penalties(failed_months=[failed], findings=findings) == expected


FINDINGS = st.lists(
    st.tuples(
        st.sampled_from([ground.value for ground in Ground if ground.value[0] == "B"]),
        st.dates(date(2025, 11, 1), date(2026, 2, 28)).map(date.isoformat),
    ),
    max_size=8,
)


@given(FINDINGS)
def test_con_2_each_years_ladder_is_climbed_one_rung_at_a_time(
    findings: list[tuple[str, str]],
) -> None:
    found = sorted(findings, key=lambda one: one[1])
    given_out = penalties(findings=[list(one) for one in found])
    for year in ("2025", "2026"):
        own = [
            penalty
            for (_, on), penalty in zip(found, given_out, strict=True)
            if on.startswith(year) and penalty != N
        ]
        assert own == [W, M, *[X] * len(own)][: len(own)]
    once_each = {(ground, on if ground in {"B1", "B4"} else on[:7]) for ground, on in found}
    assert sum(penalty != N for penalty in given_out) == len(once_each)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({"findings": [["B7", MARCH_18]]}, "'B7' is not a valid Ground"),
        ({"findings": [["B1", "18.03.2026"]]}, "'18.03.2026' is not a date"),
        ({"findings": [["B1", None]]}, "None is not a date"),
        ({"findings": [["B1", MARCH_18, "twice"]]}, "is not a ground and its date"),
        ({"findings": [{"ground": "B1"}]}, "'on' is missing"),
        ({"awareness": [["2026-03-31", 0.85, 1]]}, "0.85 is not a whole number"),
        ({"awareness": [["2026-03-31", -1, 1]]}, "-1 is not a whole number"),
        ({"awareness": [["2026-03-31", 101, 100]]}, "101 of 100 is no survey"),
        ({"awareness": [["2026-03-31", True, 1]]}, "True is not a number"),
        ({"failed_years": ["last"]}, "'last' is not a number"),
        ({"failed_months": ["2026-13"]}, "'2026-13-01' is not a date"),
        ({"parameters": {"least": 1}}, "unknown parameters: least"),
    ],
)
def test_con_what_cannot_be_judged_is_said(case: dict[str, Any], said: str) -> None:
    assert said in failure("conduct", {**case, "expect": []})


@pytest.mark.parametrize(
    ("decided_on", "ends_on"),
    [
        ("2026-01-28", "2026-02-28"),
        ("2026-01-29", "2026-02-28"),
        ("2026-01-30", "2026-02-28"),
        ("2028-01-30", "2028-02-29"),
        ("2026-02-28", "2026-03-28"),
        ("2028-02-29", "2028-03-29"),
        ("2026-03-31", "2026-04-30"),
        ("2026-07-31", "2026-08-31"),
        ("2026-12-31", "2027-01-31"),
        ("2026-03-18T23:59:59+08:00", "2026-04-18"),
        ("2026-03-18T16:00:00Z", "2026-04-19"),
    ],
)
def test_con_3_the_term_of_a_penalty(decided_on: str, ends_on: str) -> None:
    for expect in (ends_on, {"ends_on": ends_on}):
        case = judged("penalty_term", {"decided_on": decided_on, "expect": expect})
        assert (case.agrees, case.error) == (True, None)


APPLICANT: dict[str, Any] = {
    "applied_on": MARCH_18,
    "born": "1990-05-01",
    "residence": ["hukou"],
    "insurance_months": 0,
    "education": "senior_high",
    "attested": ["political", "skills", "health"],
    "bars": [],
}


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({"note": "more"}, []),
        ({"residence": "property"}, []),
        ({"residence": None}, [1]),
        ({"residence": None, "insurance_months": "24"}, []),
        ({"residence": [], "insurance_months": 23.9}, [1]),
        ({"residence": [], "insurance_months": 24.0}, []),
        ({"residence": {"hukou": False, "property": True}}, []),
        ({"attested": {"political": True, "skills": False, "health": True}}, [3]),
        ({"attested": None}, [2, 3, 4]),
        ({"attested": "health"}, [2, 3]),
        ({"bars": {"expelled": False}}, []),
        ({"bars": {"expelled": True}}, [7]),
        ({"bars": None, "insurance_months": None}, []),
        ({"education": None}, [6]),
        ({"applied_on": "2026-03-18T09:00:00+08:00", "born": "1980-03-19"}, []),
        ({"applied_on": "2026-12-31", "born": "1980-12-31"}, [5]),
        ({"applied_on": "2026-12-31", "born": "1981-01-01"}, []),
        ({"applied_on": "2027-01-01", "born": "1981-01-01"}, [5]),
    ],
    ids=str,
)
def test_hire_2_however_an_applicant_is_written(changes: dict[str, Any], failed: list[int]) -> None:
    told = {**APPLICANT, **changes}
    expect = [f"HIRE-2.{number}" for number in failed]
    for case in ({"applicant": told}, told):
        found = judged("eligibility", {**case, "expect": {"failed": expect}})
        assert (found.obtained.get("failed"), found.error) == (expect, None)


@pytest.mark.parametrize(
    ("missing", "said"),
    [(name, f"'{name}' is missing") for name in ("born", "applied_on", "education")],
)
def test_hire_2_what_is_missing_is_said(missing: str, said: str) -> None:
    told = {name: value for name, value in APPLICANT.items() if name != missing}
    assert failure("eligibility", {"applicant": told, "expect": {"failed": []}}) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"born": None}, "None is not a date"),
        ({"education": "college"}, "'college' is not a valid Education"),
        ({"residence": ["tent"]}, "'tent' is not a valid Residence"),
        ({"insurance_months": "two years"}, "'two years' is not a number"),
        ({"applied_on": "2016-01-01"}, "the first starts 2017-09-01"),
    ],
)
def test_hire_2_what_cannot_be_judged_is_said(changes: dict[str, Any], said: str) -> None:
    case = {"applicant": {**APPLICANT, **changes}, "expect": {"failed": []}}
    assert said in failure("eligibility", case)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({"post": "men"}, "'born' is missing"),
        ({"born": "1965-01-10"}, "'post' is missing"),
        ({"post": "women", "born": "1965-01-10"}, "'women' is not a valid RetirementPost"),
        ({"post": "men", "born": "1965-02-29"}, "'1965-02-29' is not a date"),
        ({"post": "men", "born": "9990-01-01"}, "out of range"),
    ],
)
def test_hire_3_what_cannot_be_judged_is_said(case: dict[str, Any], said: str) -> None:
    assert said in failure("retirement", {**case, "expect": {"retires_on": "2025-02-10"}})


MONTH: dict[str, Any] = {
    "duty": 22,
    "employed": 7,
    "result": "pass",
    "penalties": [],
    "base": "2200.00",
    "standard": "1200.00",
}
EXPECTED = {"base": "700.00", "performance": "381.82", "total": "1081.82"}


@pytest.mark.parametrize(
    ("changes", "expect"),
    [
        ({}, EXPECTED),
        ({}, {"base": 700, "performance": 381.82, "total": "1081.820"}),
        ({"duty": "22", "employed": 7.0, "base": 2200, "standard": 1200.0}, EXPECTED),
        ({"result": None, "penalties": None, "note": "more"}, EXPECTED),
        ({"penalties": "warning"}, {"performance": "281.82"}),
        ({"penalties": [{"kind": "warning"}]}, {"performance": "281.82"}),
        ({"penalties": ["warning", "warning"]}, {"performance": "181.82", "total": "881.82"}),
        ({"penalties": ["warning", "demerit"]}, {"performance": "0.00", "total": "700.00"}),
        ({"employed": None}, {"base": "2200.00", "performance": "1200.00"}),
        ({"employed": 0, "penalties": ["warning"]}, {"total": "0.00"}),
        ({"employed": 22, "base": [["2200", 10], ["2420", 12]]}, {"base": "2320.00"}),
        ({"employed": 22, "standard": [[1000, 11], [1000.01, 11]]}, {"performance": "1000.01"}),
        ({"duty": 2, "employed": 1, "base": "2.01", "standard": 5.35},
         {"base": "1.01", "performance": "2.68", "total": "3.69"}),
    ],
    ids=str,
)  # fmt: skip
def test_pay_however_a_month_is_written(changes: dict[str, Any], expect: dict[str, Any]) -> None:
    found = judged("pay", {**MONTH, **changes, "expect": expect})
    assert (found.agrees, found.error) == (True, None), found.obtained


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"duty": 0, "employed": 0}, "0 of 0 duty dates is no share of a month"),
        ({"employed": 23}, "23 of 22 duty dates is no share of a month"),
        ({"employed": -1}, "-1 is not a whole number"),
        ({"employed": 6.5}, "6.5 is not a whole number"),
        ({"base": "NaN"}, "'NaN' is not a number"),
        ({"base": "1e999999999"}, "'1e999999999' is not a number"),
        ({"base": "2,200.00"}, "'2,200.00' is not a number"),
        ({"base": None}, "None is not a number"),
        ({"base": [["2200", 6]]}, "is not about 7 duty dates"),
        ({"result": "good"}, "'good' is not a valid Result"),
        ({"penalties": ["fine"]}, "'fine' is not a valid PenaltyKind"),
    ],
)
def test_pay_what_cannot_be_judged_is_said(changes: dict[str, Any], said: str) -> None:
    assert said in failure("pay", {**MONTH, **changes, "expect": EXPECTED})


@pytest.mark.parametrize("missing", ["duty", "base", "standard", "expect"])
def test_pay_what_is_missing_is_said(missing: str) -> None:
    case = {name: value for name, value in {**MONTH, "expect": EXPECTED}.items() if name != missing}
    assert failure("pay", case) == f"'{missing}' is missing"


@pytest.mark.parametrize(
    ("expect", "agrees"),
    [
        ({"base": 700.01}, False),
        ({"base": "699.99"}, False),
        ({"base": True}, False),
        ({"base": None}, False),
        ({"base": "700.00 yuan"}, False),
        ({"wage": 700}, False),
    ],
)
def test_pay_another_amount_is_noticed(expect: dict[str, Any], agrees: bool) -> None:
    found = judged("pay", {**MONTH, "expect": expect})
    assert (found.agrees, found.error) == (agrees, None)


CASES: dict[str, dict[str, Any]] = {
    "conduct": {
        "year_before": [["B1", "2025-11-30"]],
        "findings": [["B1", MARCH_18], ["B5", "2026-04-30"]],
        "awareness": [["2026-03-31", 85, 100]],
        "failed_months": ["2026-02", "2026-05"],
        "expect": [W],
    },
    "penalty_term": {"decided_on": MARCH_18, "expect": {"ends_on": "2026-04-18"}},
    "eligibility": {"applicant": APPLICANT, "expect": {"failed": []}},
    "retirement": {"post": "men", "born": "1965-01-10", "expect": {"retires_on": "2025-02-10"}},
    "pay": {**MONTH, "expect": EXPECTED},
}
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.dates().map(date.isoformat),
    st.sampled_from(["1e999999999", "9999-12-31", "0001-01-01", "2026-03"]),
    st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=3)), max_size=4),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def places(written: Any) -> list[tuple[Any, Any]]:
    """Every container with a key or place in it."""
    inner: list[Any] = list(written) if isinstance(written, dict) else []
    inner = list(range(len(written))) if isinstance(written, list) else inner
    return [(written, key) for key in inner] + [
        place for key in inner for place in places(written[key])
    ]


@given(st.sampled_from(sorted(CASES)), st.data())
def test_whatever_stands_in_a_case_it_is_answered_with_a_row(
    judge: str, data: st.DataObject
) -> None:
    case = deepcopy(CASES[judge])
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from([*places(case), ({}, "note")]))
        if isinstance(container, dict) and data.draw(st.booleans()):
            container.pop(key, None)
        else:
            container[key] = data.draw(ANYTHING)
    found = judged(judge, case)
    assert found.error or found.clause
    json.dumps(found.obtained)
