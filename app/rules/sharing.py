"""ORG-5, sharing out: what an absent member owes is taken over by the group (二9(2)).

Day by day: whoever answers for a grid holds its open visits while present. In an absence a member
of the group holds them: who held a visit the day before keeps it, the others are shared out one
by one, each to whoever has the fewest open visits at that moment. After it they are given back.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TypeAlias
from uuid import UUID

from app.rules.cite import cites
from app.rules.groups import ORG_5
from app.rules.visits import VisitKind

Key: TypeAlias = tuple[UUID, date]
"""A visit that is owed: its target, and the first day of its period."""


@dataclass(frozen=True)
class OpenVisit:
    """A visit that is owed and not paid; `home` answers for the grid."""

    target: UUID
    first: date
    deadline: date
    kind: VisitKind
    place: UUID
    home: UUID | None

    @cached_property
    def key(self) -> Key:
        return self.target, self.first

    @cached_property
    def order(self) -> tuple[date, str, str, str]:
        """In which order visits are shared out: nothing in it depends on who asks."""
        return self.deadline, self.kind.value, str(self.place), str(self.target)


@dataclass(frozen=True)
class Crew:
    """Who is away on a date, by which leave, and who of the group can stand in."""

    leave: Mapping[UUID, UUID] = field(default_factory=dict)
    """The approved leave of each worker who is away for the whole day."""
    members: Mapping[UUID, Sequence[UUID]] = field(default_factory=dict)
    """The present full-time members of the group of each worker who is away."""


@dataclass(frozen=True)
class TakenOver:
    """From whom, because of which leave, and since when."""

    worker: UUID
    leave: UUID
    since: date


@dataclass(frozen=True)
class Held:
    """Who holds an open visit on a date; nobody where nobody who could is present."""

    worker: UUID | None
    taken_over: TakenOver | None = None


Holding: TypeAlias = Mapping[Key, Held]


@cites(ORG_5)
def share_out(
    day: date, open_visits: Iterable[OpenVisit], before: Holding, crew: Crew
) -> dict[Key, Held]:
    """Who holds each open visit on a date, after who held it the day before."""
    held: dict[Key, Held] = {}
    waiting: list[OpenVisit] = []
    for visit in open_visits:
        kept = _kept(visit, before.get(visit.key), crew)
        if kept is None:
            waiting.append(visit)
        else:
            held[visit.key] = kept
    loads = Counter(found.worker for found in held.values())
    for visit in sorted(waiting, key=lambda found: found.order):
        found = _given(day, visit, crew, loads)
        loads[found.worker] += 1
        held[visit.key] = found
    return held


def _kept(visit: OpenVisit, before: Held | None, crew: Crew) -> Held | None:
    """Whoever is at home holds it, else the member who held it; None: it is to be given."""
    leave = crew.leave.get(visit.home) if visit.home else None
    if visit.home is None or leave is None:
        return Held(visit.home)
    if before is None or before.taken_over is None or before.taken_over.worker != visit.home:
        return None
    if before.worker not in crew.members.get(visit.home, ()):
        return None
    return Held(before.worker, TakenOver(visit.home, leave, before.taken_over.since))


def _given(day: date, visit: OpenVisit, crew: Crew, loads: Counter[UUID | None]) -> Held:
    assert visit.home is not None
    taken_over = TakenOver(visit.home, crew.leave[visit.home], day)
    members = crew.members.get(visit.home, ())
    return Held(min(members, key=lambda one: (loads[one], str(one)), default=None), taken_over)
