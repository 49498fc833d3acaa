"""HIRE-1, CON-5, APR-2: the procedures are those of the regulation, and no step is skipped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import catalogue
from app.rules.approvals import (
    HIRE_1,
    PROCEDURES,
    CaseState,
    Procedure,
    Step,
    StepAct,
    StepOutcome,
)
from app.rules.steps import Hand, Said, Taking, Turn, judge_taking, state_after, steps_of
from app.rules.tiers import LINE, Tier

TIERS_AS_WRITTEN = {
    "社区": Tier.COMMUNITY,
    "乡镇（街道）": Tier.TOWNSHIP,
    "市网格化服务管理指挥中心": Tier.CENTRE,
    "市网格化服务管理工作领导小组办公室": Tier.OFFICE,
}
ACTS_AS_WRITTEN = {
    "提出": StepAct.PROPOSE,
    "提出考核意见": StepAct.PROPOSE,
    "申请": StepAct.APPLY,
    "审核": StepAct.REVIEW,
    "审批": StepAct.APPROVE,
    "备案": StepAct.FILE,
}
PASSED, REFUSED = StepOutcome.PASSED, StepOutcome.REFUSED
MINE = Hand(in_its_place=True, concerned=False)


def written(clause: str) -> list[tuple[Tier, StepAct]]:
    """The steps in a clause's sentence: what stands between its arrows."""
    sentence = catalogue.index()["clauses"][clause]["text"]
    steps = sentence.rstrip("。").rpartition("：")[2].split("→")
    found = []
    for step in steps:
        [tier] = [name for name in TIERS_AS_WRITTEN if step.startswith(name)]
        found.append((TIERS_AS_WRITTEN[tier], ACTS_AS_WRITTEN[step.removeprefix(tier)]))
    return found


def in_code(procedure: Procedure) -> list[tuple[Tier | None, StepAct]]:
    return [(step.tier, step.act) for step in PROCEDURES[procedure]]


def test_con_5_the_steps_of_dismissal_are_those_of_the_clause() -> None:
    assert in_code(Procedure.DISMISSAL) == written("四(四)")


def test_hire_1_the_steps_of_recruitment_are_those_of_the_clause_and_then_the_contract() -> None:
    assert in_code(Procedure.RECRUITMENT) == [
        *written("一(二)2"),
        (Tier.COMMUNITY, StepAct.SIGN),
    ]
    assert "由社区与网格员签订合同" in catalogue.index()["clauses"]["一(二)1"]["text"]


def test_apr_2_the_steps_of_a_years_appraisal_are_those_of_the_clause() -> None:
    assert in_code(Procedure.ANNUAL_APPRAISAL) == written("五2")
    assert not PROCEDURES[Procedure.ANNUAL_APPRAISAL][-1].may_refuse, "filing decides nothing"


@pytest.mark.parametrize("procedure", Procedure)
def test_every_procedure_has_more_hands_than_one_and_clauses_of_the_index(
    procedure: Procedure,
) -> None:
    steps = PROCEDURES[procedure]
    assert len(steps) > 1
    assert not steps[0].may_refuse, "whoever begins asks"
    for step in steps:
        entry = catalogue.index()["rules"][step.cite.rule]
        assert set(step.cite.clause.split(", ")) <= set(entry["clauses"])


def test_evt_3_a_case_says_the_tiers_that_its_procedure_leaves_open() -> None:
    tiers = {1: Tier.TOWNSHIP, 2: Tier.CENTRE}
    found = steps_of(Procedure.EXTENSION, tiers)
    assert [tier for _, tier in found] == [Tier.TOWNSHIP, Tier.CENTRE]
    with pytest.raises(KeyError):
        steps_of(Procedure.EXTENSION, {1: Tier.TOWNSHIP})


def turn(
    state: CaseState = CaseState.OPEN,
    number: int = 2,
    tier: Tier = Tier.CENTRE,
    may_refuse: bool = True,
) -> Turn:
    return Turn(state, number, tier, may_refuse, HIRE_1)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (CaseState.OPEN, Taking.FITS),
        (CaseState.APPROVED, Taking.CASE_CLOSED),
        (CaseState.REFUSED, Taking.CASE_CLOSED),
        (CaseState.WITHDRAWN, Taking.CASE_CLOSED),
    ],
)
def test_hire_1_only_an_open_case_goes_on(state: CaseState, expected: Taking) -> None:
    assert judge_taking(turn(state), MINE, Said(PASSED)).verdict is expected


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (None, Taking.FITS),
        (1, Taking.STEP_TAKEN),
        (2, Taking.FITS),
        (3, Taking.NOT_YOUR_STEP),
    ],
)
def test_hire_1_no_step_is_taken_twice_or_skipped(seen: int | None, expected: Taking) -> None:
    assert judge_taking(turn(), MINE, Said(PASSED, step=seen)).verdict is expected


@pytest.mark.parametrize(
    ("tier", "hand", "expected"),
    [
        (Tier.CENTRE, MINE, Taking.FITS),
        (Tier.CENTRE, Hand(False, False), Taking.NOT_YOUR_STEP),
        (Tier.CENTRE, Hand(False, True), Taking.NOT_YOUR_STEP),
        (Tier.CENTRE, Hand(True, True), Taking.OWN_MATTER),
        (Tier.COMMUNITY, Hand(True, True), Taking.OWN_MATTER),
        (Tier.GRID, Hand(True, True), Taking.FITS),
        (Tier.GRID, Hand(True, False), Taking.NOT_YOUR_STEP),
        (Tier.CENTRE, Hand(True, False, frozenset({Tier.CENTRE})), Taking.FITS),
        (
            Tier.OFFICE,
            Hand(True, False, frozenset({Tier.CENTRE})),
            Taking.ACTED_FOR_ANOTHER_TIER,
        ),
        (
            Tier.CENTRE,
            Hand(True, False, frozenset({Tier.CENTRE, Tier.TOWNSHIP})),
            Taking.ACTED_FOR_ANOTHER_TIER,
        ),
    ],
)
def test_con_5_by_its_own_tier_never_by_the_person_concerned_nor_by_one_hand_for_two_tiers(
    tier: Tier, hand: Hand, expected: Taking
) -> None:
    found = judge_taking(turn(tier=tier), hand, Said(PASSED))
    assert (found.verdict, found.rule, found.clause) == (expected, "HIRE-1", "一(二)1, 一(二)2")


@pytest.mark.parametrize(
    ("may_refuse", "has_reason", "expected"),
    [
        (True, True, Taking.FITS),
        (True, False, Taking.REASON_NEEDED),
        (False, True, Taking.MAY_NOT_REFUSE),
        (False, False, Taking.MAY_NOT_REFUSE),
    ],
)
def test_hire_1_a_refusal_needs_a_reason_and_a_step_that_may_be_refused(
    may_refuse: bool, has_reason: bool, expected: Taking
) -> None:
    said = Said(REFUSED, has_reason)
    assert judge_taking(turn(may_refuse=may_refuse), MINE, said).verdict is expected
    assert judge_taking(turn(may_refuse=may_refuse), MINE, Said(PASSED)).verdict is Taking.FITS


@pytest.mark.parametrize(
    ("number", "outcome", "expected"),
    [
        (1, PASSED, CaseState.OPEN),
        (3, PASSED, CaseState.OPEN),
        (4, PASSED, CaseState.APPROVED),
        (1, REFUSED, CaseState.REFUSED),
        (4, REFUSED, CaseState.REFUSED),
    ],
)
def test_hire_1_a_refusal_ends_the_procedure_and_the_last_step_approves(
    number: int, outcome: StepOutcome, expected: CaseState
) -> None:
    assert state_after(number, 4, outcome) is expected


ATTEMPTS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(LINE),
        st.sampled_from(StepOutcome),
        st.one_of(st.none(), st.integers(1, 5)),
        st.booleans(),
    ),
    max_size=40,
)
"""Who of some persons (0 is the one concerned), for which tier, says what on which step."""


@given(procedure=st.sampled_from(Procedure), attempts=ATTEMPTS)
def test_hire_1_whatever_is_tried_steps_are_taken_in_order_by_their_tiers_and_once(
    procedure: Procedure, attempts: list[tuple[int, Tier, StepOutcome, int | None, bool]]
) -> None:
    steps = steps_of(procedure, {1: Tier.TOWNSHIP, 2: Tier.CENTRE})
    state, number = CaseState.OPEN, 1
    taken: list[tuple[Step, Tier, int]] = []
    for person, tier, outcome, seen, has_reason in attempts:
        step, its_tier = steps[min(number, len(steps)) - 1]
        acted_for = frozenset(of for _, of, hand in taken if hand == person)
        hand = Hand(tier is its_tier, person == 0, acted_for)
        found = judge_taking(
            Turn(state, number, its_tier, step.may_refuse, step.cite),
            hand,
            Said(outcome, has_reason, seen),
        )
        if found.verdict is not Taking.FITS:
            continue
        assert state is CaseState.OPEN
        assert seen in {None, number}
        taken.append((step, tier, person))
        state = state_after(number, len(steps), outcome)
        number += outcome is PASSED
    done = [(step, tier) for step, tier, _ in taken]
    assert done == list(steps[: len(done)]), "in order, none skipped, none twice"
    for _, tier, person in taken:
        assert (person == 0) is (tier is Tier.GRID), "the person concerned takes no other"
    of_persons = {(person, tier) for _, tier, person in taken}
    assert len({person for person, _ in of_persons}) == len(of_persons), "one hand, one tier"
    assert (state is CaseState.APPROVED) is (number > len(steps))
