"""ORG-3: the three-level corps (一(一), 二9(1))."""

import pytest

from app.rules.corps import ROSTER, CorpsVerdict, RosterCategory, judge_member, owes_duties
from app.rules.dated import IN_FORCE

LEVELS = ROSTER.on(IN_FORCE)


@pytest.mark.parametrize(
    ("level", "category", "verdict"),
    [
        (1, None, "fit"),
        (1, "volunteer", "category_of_grid_worker"),
        (2, "volunteer", "fit"),
        (2, "gatekeeper", "fit"),
        (2, None, "category_missing"),
        (2, "militia", "other_level"),
        (3, "militia", "fit"),
        (3, "public_welfare_post", "fit"),
        (3, None, "category_missing"),
        (3, "building_lead", "other_level"),
    ],
)
def test_org_3_a_category_is_one_of_the_members_level(
    level: int, category: str | None, verdict: str
) -> None:
    found = judge_member(level, RosterCategory(category) if category else None, LEVELS)
    assert (found.verdict, found.rule) == (CorpsVerdict(verdict), "ORG-3")
    assert found.because == {"level": level, "category": category}


@pytest.mark.parametrize("category", list(RosterCategory))
def test_org_3_every_category_is_of_one_level(category: RosterCategory) -> None:
    fits = [judge_member(level, category, LEVELS).verdict for level in (1, 2, 3)]
    assert fits.count(CorpsVerdict.FIT) == 1


@pytest.mark.parametrize(("level", "owes"), [(1, True), (2, False), (3, False)])
def test_org_3_only_level_one_owes_duties(level: int, owes: bool) -> None:
    assert owes_duties(level) is owes
