"""ORG-1: five tiers in one line, from the leading-group office to the grid (一(二), 三, 四, 五)."""

from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.divisions import UnitTier

ORG_1 = Cite("ORG-1", "一(二), 三, 四, 五")


class Tier(StrEnum):
    """Who acts: the office and the centre both act for the city."""

    GRID = "grid"
    COMMUNITY = "community"
    TOWNSHIP = "township"
    CENTRE = "centre"
    OFFICE = "office"


LINE = tuple(Tier)
"""From the lowest to the highest."""
TIER_OF_UNIT = {
    UnitTier.GRID: Tier.GRID,
    UnitTier.COMMUNITY: Tier.COMMUNITY,
    UnitTier.TOWNSHIP: Tier.TOWNSHIP,
    UnitTier.CITY: Tier.CENTRE,
}
DIGITS = {Tier.GRID: 15, Tier.COMMUNITY: 12, Tier.TOWNSHIP: 9, Tier.CENTRE: 6, Tier.OFFICE: 6}


def rank(tier: Tier) -> int:
    """The grid is 0, the office 4."""
    return LINE.index(tier)


@cites(ORG_1)
def above(tier: Tier) -> Tier | None:
    """The next tier up; none above the office."""
    return LINE[rank(tier) + 1] if tier is not LINE[-1] else None


@cites(ORG_1)
def below(tier: Tier) -> Tier | None:
    """The next tier down; none below the grid."""
    return LINE[rank(tier) - 1] if tier is not LINE[0] else None


def unit_at(tier: Tier, code: str) -> str:
    """The unit of a tier that a unit further down lies in."""
    return code[: DIGITS[tier]]


@cites(ORG_1)
def lies_within(unit: str, subtree: str) -> bool:
    """A unit lies in the subtree of every unit whose code begins its own."""
    return unit.startswith(subtree)
