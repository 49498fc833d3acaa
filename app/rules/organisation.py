"""ORG-2, ORG-6: who answers for a grid, and how grids are numbered (一(一))."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.finding import Finding

ORG_2 = Cite("ORG-2", "一(一)")
ORG_6 = Cite("ORG-6", "一(一)", reading=True)

COMMUNITY_DIGITS = 12
GRID_DIGITS = 15


class Responsibility(StrEnum):
    HELD = "held"
    VACANT = "vacant"
    CONTESTED = "contested"


@dataclass(frozen=True)
class Assignment:
    """A worker of a grid, from the first date up to but not including the last."""

    worker: object
    first_responsible: bool
    starts: date
    ends: date | None = None

    def is_in_force(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or day < self.ends)


@cites(ORG_2)
def judge_responsibility(assignments: Iterable[Assignment], day: date) -> Finding[Responsibility]:
    """Every grid has exactly one first responsible worker; without one it is reported vacant."""
    first = {
        str(assignment.worker)
        for assignment in assignments
        if assignment.first_responsible and assignment.is_in_force(day)
    }
    verdicts = {0: Responsibility.VACANT, 1: Responsibility.HELD}
    return Finding(
        verdict=verdicts.get(len(first), Responsibility.CONTESTED),
        cite=ORG_2,
        because={"day": day.isoformat(), "first_responsible": sorted(first)},
    )


@cites(ORG_6)
def is_grid_code(code: str, community: str) -> bool:
    """The community's twelve digits and a serial from 001 to 999."""
    serial = code.removeprefix(community)
    return (
        len(community) == COMMUNITY_DIGITS
        and len(code) == GRID_DIGITS
        and code.startswith(community)
        and code.isascii()
        and code.isdigit()
        and serial != "000"
    )


@cites(ORG_6)
def next_grid_code(community: str, ever_used: Collection[str]) -> str:
    """The serial after the highest ever used: a code is never used again."""
    serials = [int(code[COMMUNITY_DIGITS:]) for code in ever_used if is_grid_code(code, community)]
    following = max(serials, default=0) + 1
    if following > 999:
        raise ValueError(f"community {community} has used all its grid codes")
    return f"{community}{following:03d}"
