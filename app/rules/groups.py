"""ORG-5, mutual-aid groups of adjacent grids of one community (二9(2))."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import shapely
from shapely.geometry.base import BaseGeometry

from app.rules.area import widen
from app.rules.cite import Cite, cites
from app.rules.dated import IN_FORCE, Dated, Since
from app.rules.finding import Finding
from app.rules.organisation import COMMUNITY_DIGITS
from app.rules.parameters import Label, Values, number

ORG_5 = Cite("ORG-5", "二9(2)")

GROUP_ADJACENCY_M = number(
    "group_adjacency_m", 50, "m", "ORG-5", (0, 500), Label("相邻网格距离", "Adjacent grids within")
)


@dataclass(frozen=True)
class GroupSize:
    fewest: int
    most: int


GROUP_SIZE = Dated(Since(IN_FORCE, GroupSize(2, 5), ORG_5))


class GroupVerdict(StrEnum):
    FIT = "fit"
    WRONG_SIZE = "wrong_size"
    TWO_COMMUNITIES = "two_communities"
    NOT_ADJACENT = "not_adjacent"


@dataclass(frozen=True)
class MemberGrid:
    code: str
    boundary: BaseGeometry


@cites(ORG_5)
def judge_group(
    members: Sequence[MemberGrid], size: GroupSize, values: Values
) -> Finding[GroupVerdict]:
    """2 to 5 workers whose grids hang together, directly or through another member."""
    verdict = GroupVerdict.FIT
    if not size.fewest <= len(members) <= size.most:
        verdict = GroupVerdict.WRONG_SIZE
    elif len({member.code[:COMMUNITY_DIGITS] for member in members}) > 1:
        verdict = GroupVerdict.TWO_COMMUNITIES
    elif not hang_together([member.boundary for member in members], values):
        verdict = GroupVerdict.NOT_ADJACENT
    because = {"members": [member.code for member in members]}
    return Finding(verdict=verdict, cite=ORG_5, because=because)


def hang_together(boundaries: Sequence[BaseGeometry], values: Values) -> bool:
    """Each member's grids touch another's, or are no further away than `group_adjacency_m`,
    directly or through others; a member's own grids need not lie side by side."""
    halfway = values[GROUP_ADJACENCY_M] / 2
    apart = [widen(boundary, halfway) for boundary in boundaries]
    reached = apart[:1]
    while reached and apart:
        reached = [one for one in apart if shapely.intersects(one, reached).any()]
        apart = [one for one in apart if not any(one is found for found in reached)]
    return not apart
