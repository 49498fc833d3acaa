"""EQP-1: work clothes unless exempted, and the seven items (三(二)1)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.duty import Employment
from app.rules.equipment import (
    EquipmentItem,
    EquipmentVerdict,
    Seen,
    earliest_check,
    judge_check,
)
from app.rules.parameters import Supersession, Values, values_on
from tests.rules.facts import WEDNESDAY

ALL = frozenset(EquipmentItem)
FULL_TIME, PART_TIME = Employment.FULL_TIME, Employment.RURAL_PART_TIME
ITEMS = st.frozensets(st.sampled_from(list(EquipmentItem)))


def test_eqp_1_there_are_seven_items() -> None:
    assert len(ALL) == 7


@pytest.mark.parametrize(
    ("clothes", "missing", "exempted", "expected"),
    [
        (True, [], False, EquipmentVerdict.FIT),
        (True, [], True, EquipmentVerdict.FIT),
        (True, ["whistle"], False, EquipmentVerdict.ITEMS_MISSING),
        (True, ["whistle"], True, EquipmentVerdict.ITEMS_MISSING),
        (False, [], False, EquipmentVerdict.NO_WORK_CLOTHES),
        (False, [], True, EquipmentVerdict.EXEMPTED),
        (False, ["torch"], False, EquipmentVerdict.NO_WORK_CLOTHES),
        (False, ["torch"], True, EquipmentVerdict.ITEMS_MISSING),
    ],
)
def test_eqp_1_the_first_verdict_that_applies(
    clothes: bool, missing: list[str], exempted: bool, expected: EquipmentVerdict
) -> None:
    seen = Seen(clothes, ALL - {EquipmentItem(name) for name in missing})
    found = judge_check(seen, exempted, FULL_TIME)
    assert (found.verdict, found.rule, found.clause) == (expected, "EQP-1", "三(二)1")
    assert found.because["missing"] == missing


@pytest.mark.parametrize(
    ("employment", "bound"), [(FULL_TIME, True), (PART_TIME, False), (None, False)]
)
def test_eqp_1_org_4_a_part_timer_is_shown_and_not_bound(
    employment: Employment | None, bound: bool
) -> None:
    found = judge_check(Seen(False, ALL), exempted=False, employment=employment)
    assert found.verdict is EquipmentVerdict.NO_WORK_CLOTHES
    assert found.because["bound"] is bound


@given(st.booleans(), ITEMS)
def test_eqp_1_an_exemption_never_makes_it_worse_and_frees_from_clothes_alone(
    clothes: bool, present: frozenset[EquipmentItem]
) -> None:
    order = list(EquipmentVerdict)
    seen = Seen(clothes, present)
    without = judge_check(seen, exempted=False, employment=FULL_TIME).verdict
    exempted = judge_check(seen, exempted=True, employment=FULL_TIME).verdict
    assert order.index(exempted) >= order.index(without)
    assert (exempted is EquipmentVerdict.ITEMS_MISSING) is (present != ALL)


@given(st.booleans(), ITEMS, st.booleans())
def test_eqp_1_wearing_more_is_never_worse(
    exempted: bool, present: frozenset[EquipmentItem], clothes: bool
) -> None:
    fit = judge_check(Seen(True, ALL), exempted, FULL_TIME).verdict
    assert fit is EquipmentVerdict.FIT
    found = judge_check(Seen(clothes, present), exempted, FULL_TIME).verdict
    if found is EquipmentVerdict.FIT:
        assert clothes
        assert present == ALL


@pytest.mark.parametrize(
    ("days", "expected"), [(None, date(2026, 3, 13)), (0, WEDNESDAY), (31, date(2026, 2, 15))]
)
def test_eqp_1_a_check_is_recorded_within_some_days(days: int | None, expected: date) -> None:
    row = [] if days is None else [Supersession("equipment_check_days", days, date(2026, 1, 1))]
    values: Values = values_on(WEDNESDAY, row)
    assert earliest_check(WEDNESDAY, values) == expected
