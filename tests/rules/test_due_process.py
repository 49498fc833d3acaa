"""CON-1, CON-3: who is heard, who looks at it again, until when, and what a penalty causes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.approvals import PROCEDURES, Procedure
from app.rules.conduct import Ground, PenaltyKind
from app.rules.consequences import Effect, effects_of
from app.rules.due_process import (
    appeal_tier,
    calls_for_interview,
    is_followed,
    lower_than,
    may_be_decided,
    may_look_again,
    procedure_of,
    rule_of,
    said_in_time,
)
from app.rules.tiers import Tier, rank

UNTIL = date(2026, 3, 25)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("answered", "today", "expected"),
    [
        (False, UNTIL, False),
        (False, UNTIL + DAY, True),
        (True, UNTIL - 7 * DAY, True),
        (True, UNTIL + DAY, True),
    ],
)
def test_con_1_decided_after_the_answer_or_the_term(
    answered: bool, today: date, expected: bool
) -> None:
    found = may_be_decided(answered, today, UNTIL)
    assert (found.verdict, found.because["answer_until"]) == (expected, "2026-03-25")


@pytest.mark.parametrize(("said_on", "expected"), [(UNTIL, True), (UNTIL + DAY, False)])
def test_con_1_the_last_date_of_a_term_counts(said_on: date, expected: bool) -> None:
    assert said_in_time(said_on, UNTIL) is expected


@pytest.mark.parametrize(
    ("rung", "procedure", "last"),
    [
        (PenaltyKind.WARNING, Procedure.PENALTY, Tier.TOWNSHIP),
        (PenaltyKind.DEMERIT, Procedure.PENALTY, Tier.TOWNSHIP),
        (PenaltyKind.DISMISSAL, Procedure.DISMISSAL, Tier.OFFICE),
    ],
)
def test_con_1_con_5_who_decides_which_rung(
    rung: PenaltyKind, procedure: Procedure, last: Tier
) -> None:
    assert procedure_of(rung) is procedure
    assert PROCEDURES[procedure][-1].tier is last


@pytest.mark.parametrize(
    ("decided", "above"),
    [
        (Tier.COMMUNITY, Tier.TOWNSHIP),
        (Tier.TOWNSHIP, Tier.CENTRE),
        (Tier.CENTRE, Tier.OFFICE),
        (Tier.OFFICE, Tier.OFFICE),
    ],
)
def test_con_1_an_appeal_goes_to_the_tier_above(decided: Tier, above: Tier) -> None:
    assert appeal_tier(decided) is above


@given(st.sampled_from(Tier), st.frozensets(st.sampled_from(Tier)))
def test_con_1_no_tier_below_looks_again(decided: Tier, asker: frozenset[Tier]) -> None:
    highest = max((rank(tier) for tier in asker), default=-1)
    assert may_look_again(decided, asker) is (highest >= rank(decided))


@pytest.mark.parametrize(
    ("standing", "lower"),
    [
        (PenaltyKind.WARNING, ()),
        (PenaltyKind.DEMERIT, (PenaltyKind.WARNING,)),
        (PenaltyKind.DISMISSAL, (PenaltyKind.WARNING, PenaltyKind.DEMERIT)),
    ],
)
def test_con_1_to_what_a_penalty_is_lowered(
    standing: PenaltyKind, lower: tuple[PenaltyKind, ...]
) -> None:
    assert lower_than(standing) == lower
    assert calls_for_interview(standing) is (standing is PenaltyKind.DEMERIT)


@pytest.mark.parametrize(
    ("decided", "days", "expected"),
    [(True, 366, True), (True, 367, False), (False, 367, True)],
)
def test_con_1_a_year_behind_a_decided_penalty_is_followed(
    decided: bool, days: int, expected: bool
) -> None:
    assert is_followed(decided, Ground.B1, UNTIL, UNTIL + timedelta(days=days)) is expected


@pytest.mark.parametrize(
    ("today", "expected"), [(date(2027, 1, 1), True), (date(2027, 1, 2), False)]
)
def test_con_a5_a_failed_year_is_followed_from_its_end(today: date, expected: bool) -> None:
    assert is_followed(True, Ground.A5, date(2025, 1, 1), today) is expected


@pytest.mark.parametrize(
    ("kind", "effects"),
    [
        (PenaltyKind.WARNING, [(Effect.PERFORMANCE_LESS, "四(三)", Decimal(100))]),
        (
            PenaltyKind.DEMERIT,
            [
                (Effect.MONTH_FAILS, "四(二)", None),
                (Effect.PERFORMANCE_NONE, "四(三)", None),
                (Effect.INTERVIEW, "四(二)", None),
            ],
        ),
        (
            PenaltyKind.DISMISSAL,
            [
                (Effect.CONTRACT_ENDS, "一(二)4", None),
                (Effect.UNPAID_PERFORMANCE_CANCELLED, "四(三)", None),
            ],
        ),
    ],
)
def test_con_1_con_3_what_each_rung_causes(
    kind: PenaltyKind, effects: list[tuple[Effect, str, Decimal | None]]
) -> None:
    found = effects_of(kind, UNTIL)
    assert [(one.effect, one.cite.clause, one.amount) for one in found] == effects


def test_every_ground_has_its_rule() -> None:
    assert [rule_of(ground) for ground in (Ground.A1, Ground.B6)] == ["CON-A1", "CON-B6"]
