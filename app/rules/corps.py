"""The three-level corps: who is of level 2 and of level 3 (ORG-3, 一(一))."""

from collections.abc import Mapping
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.dated import IN_FORCE, Dated, Since
from app.rules.finding import Finding

ORG_3 = Cite("ORG-3", "一(一), 二9(1)")
GRID_WORKERS = 1
"""The level of those who sign in and are appraised."""


class RosterCategory(StrEnum):
    """Members of levels 2 and 3; they don't sign in and are not appraised."""

    INTERNAL_SECURITY = "internal_security"
    GATEKEEPER = "gatekeeper"
    COURTYARD_COMMITTEE = "courtyard_committee"
    BUILDING_LEAD = "building_lead"
    SHOP_JOINT_DEFENCE = "shop_joint_defence"
    VOLUNTEER = "volunteer"
    PATROL_TEAM = "patrol_team"
    URBAN_MANAGEMENT = "urban_management"
    LAW_ENFORCEMENT = "law_enforcement"
    MILITIA = "militia"
    PUBLIC_WELFARE_POST = "public_welfare_post"


ROSTER: Dated[Mapping[int, tuple[RosterCategory, ...]]] = Dated(
    Since(
        IN_FORCE,
        {
            2: (
                RosterCategory.INTERNAL_SECURITY,
                RosterCategory.GATEKEEPER,
                RosterCategory.COURTYARD_COMMITTEE,
                RosterCategory.BUILDING_LEAD,
                RosterCategory.SHOP_JOINT_DEFENCE,
                RosterCategory.VOLUNTEER,
            ),
            3: (
                RosterCategory.PATROL_TEAM,
                RosterCategory.URBAN_MANAGEMENT,
                RosterCategory.LAW_ENFORCEMENT,
                RosterCategory.MILITIA,
                RosterCategory.PUBLIC_WELFARE_POST,
            ),
        },
        ORG_3,
    )
)


class CorpsVerdict(StrEnum):
    """Whether a member's category is one of the member's level."""

    FIT = "fit"
    CATEGORY_OF_GRID_WORKER = "category_of_grid_worker"
    CATEGORY_MISSING = "category_missing"
    OTHER_LEVEL = "other_level"


@cites(ORG_3)
def judge_member(
    level: int, category: RosterCategory | None, roster: Mapping[int, tuple[RosterCategory, ...]]
) -> Finding[CorpsVerdict]:
    """Level 1 has no roster category; levels 2 and 3 have one of their own."""
    if level == GRID_WORKERS:
        fits = category is None
        verdict = CorpsVerdict.FIT if fits else CorpsVerdict.CATEGORY_OF_GRID_WORKER
    elif category is None:
        verdict = CorpsVerdict.CATEGORY_MISSING
    else:
        fits = category in roster[level]
        verdict = CorpsVerdict.FIT if fits else CorpsVerdict.OTHER_LEVEL
    because = {"level": level, "category": category.value if category else None}
    return Finding(verdict=verdict, cite=ORG_3, because=because)


@cites(ORG_3)
def owes_duties(level: int) -> bool:
    """Levels 2 and 3 are a roster: they don't sign in, owe no visits and are not appraised."""
    return level == GRID_WORKERS
