"""ATT-6 duty dates, and the tiers, grids and groups of part ORG."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.dated import IN_FORCE
from app.rules.duty import (
    DutyChange,
    DutyDecision,
    Employment,
    is_bound,
    is_duty_date,
    judge_duty_date,
)
from app.rules.groups import GROUP_SIZE, GroupVerdict, MemberGrid, judge_group
from app.rules.organisation import (
    Assignment,
    Responsibility,
    is_grid_code,
    judge_responsibility,
    next_grid_code,
)
from app.rules.parameters import Values
from app.rules.tiers import Tier, above, below, lies_within
from tests.rules.facts import WEDNESDAY, square

COMMUNITY = "510185001001"


def decided(change: DutyChange, hour: int, day: date = WEDNESDAY) -> DutyDecision:
    return DutyDecision(day, change, datetime(2026, 3, 1, hour, tzinfo=UTC))


DECLARED, EXEMPTED = decided(DutyChange.DECLARED, 8), decided(DutyChange.EXEMPTED, 9)


@pytest.mark.parametrize(
    ("national", "decisions", "expected"),
    [
        (True, [], True),
        (False, [], False),
        (False, [DECLARED], True),
        (True, [EXEMPTED], False),
        (True, [DECLARED, EXEMPTED], False),
        (True, [EXEMPTED, DECLARED], False),
        (False, [EXEMPTED, decided(DutyChange.DECLARED, 10)], True),
        (True, [decided(DutyChange.EXEMPTED, 9, date(2026, 3, 19))], True),
    ],
)
def test_att_6_the_latest_decision_on_the_date_wins(
    national: bool, decisions: list[DutyDecision], expected: bool
) -> None:
    assert is_duty_date(WEDNESDAY, national, decisions) is expected


def test_att_6_says_who_decided() -> None:
    assert judge_duty_date(WEDNESDAY, True, []).because == {"by": "national_calendar"}
    assert judge_duty_date(WEDNESDAY, True, [EXEMPTED]).because == {"by": "exempted"}


def test_org_1_five_tiers_in_one_line() -> None:
    line: list[Tier] = [Tier.GRID]
    while upper := above(line[-1]):
        assert below(upper) is line[-1]
        line.append(upper)
    assert line == [Tier.GRID, Tier.COMMUNITY, Tier.TOWNSHIP, Tier.CENTRE, Tier.OFFICE]
    assert below(Tier.GRID) is None


@pytest.mark.parametrize(
    ("unit", "expected"), [(COMMUNITY, True), ("510185001002", False), ("510185001", False)]
)
def test_org_1_a_subtree_is_a_prefix(unit: str, expected: bool) -> None:
    assert lies_within(unit, COMMUNITY) is expected


@pytest.mark.parametrize(
    ("assignments", "verdict"),
    [
        ([], "vacant"),
        ([Assignment("a", False, IN_FORCE)], "vacant"),
        ([Assignment("a", True, IN_FORCE, WEDNESDAY)], "vacant"),
        ([Assignment("a", True, WEDNESDAY)], "held"),
        ([Assignment("a", True, IN_FORCE), Assignment("b", False, IN_FORCE)], "held"),
        ([Assignment("a", True, IN_FORCE, WEDNESDAY), Assignment("b", True, WEDNESDAY)], "held"),
        ([Assignment("a", True, IN_FORCE), Assignment("b", True, IN_FORCE)], "contested"),
    ],
)
def test_org_2_one_first_responsible_worker(assignments: list[Assignment], verdict: str) -> None:
    assert judge_responsibility(assignments, WEDNESDAY).verdict.value == verdict


@st.composite
def posts(draw: st.DrawFn) -> Assignment:
    starts = WEDNESDAY + timedelta(days=draw(st.integers(-5, 5)))
    length = draw(st.one_of(st.none(), st.integers(1, 5)))
    ends = None if length is None else starts + timedelta(days=length)
    return Assignment(draw(st.sampled_from("abc")), draw(st.booleans()), starts, ends)


@given(st.lists(posts(), max_size=5), posts())
def test_org_2_whoever_is_not_first_responsible_that_day_changes_nothing(
    assignments: list[Assignment], other: Assignment
) -> None:
    before = judge_responsibility(assignments, WEDNESDAY).verdict
    after = judge_responsibility([other, *assignments], WEDNESDAY).verdict
    if not (other.first_responsible and other.is_in_force(WEDNESDAY)):
        assert after is before
    else:
        assert after is not Responsibility.VACANT
        assert after in {Responsibility.CONTESTED, before} or before is Responsibility.VACANT


def test_org_4_rural_part_time_workers_are_not_bound() -> None:
    assert is_bound(Employment.FULL_TIME)
    assert not is_bound(Employment.RURAL_PART_TIME)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (f"{COMMUNITY}001", True),
        (f"{COMMUNITY}999", True),
        (f"{COMMUNITY}000", False),
        (f"{COMMUNITY}01", False),
        (f"{COMMUNITY}0001", False),
        ("510185001002001", False),
        (f"{COMMUNITY}０01", False),
    ],
)
def test_org_6_grid_code(code: str, expected: bool) -> None:
    assert is_grid_code(code, COMMUNITY) is expected


def test_org_6_a_code_is_never_used_again() -> None:
    assert next_grid_code(COMMUNITY, []) == f"{COMMUNITY}001"
    assert next_grid_code(COMMUNITY, [f"{COMMUNITY}007", f"{COMMUNITY}002"]) == f"{COMMUNITY}008"
    with pytest.raises(ValueError, match="all its grid codes"):
        next_grid_code(COMMUNITY, [f"{COMMUNITY}999"])


def members(*east_m: float, community: str = COMMUNITY) -> list[MemberGrid]:
    return [
        MemberGrid(f"{community}{number:03d}", square(east))
        for number, east in enumerate(east_m, 1)
    ]


@pytest.mark.parametrize(
    ("grids", "verdict"),
    [
        (members(0), "wrong_size"),
        (members(0, 400), "fit"),
        (members(0, 449), "fit"),
        (members(0, 451), "not_adjacent"),
        (members(0, 440, 880), "fit"),
        (members(0, 400, 800, 1200, 1600), "fit"),
        (members(0, 400, 800, 1200, 1600, 2000), "wrong_size"),
        (members(0) + members(400, community="510185001002"), "two_communities"),
    ],
)
def test_org_5_mutual_aid_groups(grids: list[MemberGrid], verdict: str) -> None:
    size = GROUP_SIZE.on(WEDNESDAY)
    assert judge_group(grids, size, Values.defaults()).verdict.value == verdict


@given(st.lists(st.sampled_from(range(0, 2400, 130)), min_size=2, max_size=5), st.randoms())
def test_org_5_the_order_of_members_does_not_matter(east_m: list[int], order: Random) -> None:
    grids, size = members(*east_m), GROUP_SIZE.on(WEDNESDAY)
    verdict = judge_group(grids, size, Values.defaults()).verdict
    mixed = list(grids)
    order.shuffle(mixed)
    assert judge_group(mixed, size, Values.defaults()).verdict is verdict
    line = sorted(east_m)
    hang_together = all(after - before <= 450 for before, after in pairwise(line))
    assert verdict is (GroupVerdict.FIT if hang_together else GroupVerdict.NOT_ADJACENT)
