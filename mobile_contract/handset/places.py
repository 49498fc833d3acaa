"""The places whom visits are owed to, as a handset holds them, and what is due there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from mobile_contract.handset.door import Refused
from mobile_contract.handset.fixes import METRES_PER_DEGREE
from mobile_contract.handset.logins import Login

PAGE = 500
DAILY = frozenset({"property_guard"})
QUARTERLY = frozenset({"resident"})
Lonlat = tuple[float, float]


@dataclass(frozen=True)
class Where:
    """Where a place is from a date on."""

    since: date
    grid: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Target:
    """A kind of visits owed to a place, and its life."""

    kind: str
    first: date
    last: date | None

    def alive(self, day: date) -> bool:
        """Whether there is somebody to visit on a date."""
        return self.first <= day and (self.last is None or day <= self.last)

    def deadline(self, day: date) -> date:
        """The last date on which a visit still pays the period of a date."""
        end = period_end(self.kind, day)
        return end if self.last is None else min(end, self.last)


@dataclass(frozen=True)
class Place:
    """A household or guard post."""

    id: str
    stays: tuple[Where, ...]
    targets: tuple[Target, ...]

    def where(self, day: date) -> Where:
        """Where it was last known to be by a date, else where it first is."""
        begun = [stay for stay in self.stays if stay.since <= day]
        return begun[-1] if begun else self.stays[0]

    def due(self, day: date) -> tuple[Target, ...]:
        """What lives there on a date, the most urgent first."""
        living = (target for target in self.targets if target.alive(day))
        return tuple(sorted(living, key=lambda one: (one.deadline(day), one.kind)))


def period_end(kind: str, day: date) -> date:
    """The date itself, its Sunday, or the last date of its calendar quarter (VIS-1 to VIS-5)."""
    if kind in DAILY:
        return day
    if kind in QUARTERLY:
        month = (day.month - 1) // 3 * 3 + 3
        return date(day.year, month, 31 if month in {3, 12} else 30)
    return day + timedelta(days=6 - day.weekday())


def metres(one: Lonlat, other: Lonlat) -> float:
    """How far two points are apart, near enough for a worker on foot."""
    flat = np.cos(np.radians((one[1] + other[1]) / 2))
    east, north = (one[0] - other[0]) * flat, one[1] - other[1]
    return float(np.hypot(east, north) * METRES_PER_DEGREE)


async def held(login: Login, grids: Sequence[str]) -> dict[str, Place]:
    """The places of some of one's grids, by key."""
    return {place.id: place for grid in grids for place in await _of_grid(login, grid)}


async def _of_grid(login: Login, grid: str) -> list[Place]:
    asked: dict[str, Any] = {"grid": grid, "limit": PAGE}
    found: list[Place] = []
    while True:
        try:
            page = await login.ask("GET", "/v1/me/visit-places", params=asked)
        except Refused as refused:
            if refused.status != 403:
                raise
            return []  # a grid that one held on a past date only
        found += map(_place, page["items"])
        if page["next_cursor"] is None:
            return found
        asked["cursor"] = page["next_cursor"]


def _place(told: dict[str, Any]) -> Place:
    return Place(
        told["id"],
        tuple(map(_where, (told, *told["moves"]))),
        tuple(_target(target) for target in told["targets"]),
    )


def _where(told: dict[str, Any]) -> Where:
    return Where(date.fromisoformat(told["first_day"]), told["grid_code"], told["lon"], told["lat"])


def _target(told: dict[str, Any]) -> Target:
    last = told["last_day"]
    return Target(
        told["kind"],
        date.fromisoformat(told["first_day"]),
        None if last is None else date.fromisoformat(last),
    )


@dataclass(frozen=True)
class Task:
    """A line of the worker's list for a date."""

    place: Place
    deadline: date
    distance_m: float


async def tasks(login: Login, day: date, at: Lonlat) -> list[Task]:
    """What the server says is to be visited on a date, as it orders it (VIS-8)."""
    asked = {"date": day.isoformat(), "lon": at[0], "lat": at[1]}
    answer = await login.ask("GET", "/v1/me/tasks", params=asked)
    return [
        Task(_listed(each), date.fromisoformat(each["deadline"]), each["distance_m"])
        for each in answer["items"]
    ]


def _listed(told: dict[str, Any]) -> Place:
    """A place as the list tells it: of a colleague's grid no more is known."""
    targets = tuple(
        Target(
            owed["kind"], date.fromisoformat(owed["first"]), date.fromisoformat(owed["deadline"])
        )
        for owed in told["owed"]
    )
    since = min(target.first for target in targets)
    return Place(told["place_id"], (Where(since, told["grid"], told["lon"], told["lat"]),), targets)


def disorder(
    found: Sequence[Task], known: dict[str, Place] | None, grids: Sequence[str]
) -> Iterator[str]:
    """What a list must never be: out of order, a place twice, one's own that was never sent."""
    order = [(task.deadline, task.distance_m) for task in found]
    if order != sorted(order):
        yield "tasks are not by deadline, then by distance"
    if len({task.place.id for task in found}) < len(found):
        yield "a place is listed twice"
    for task in found:
        own = task.place.stays[0].grid in grids
        if known is not None and own and task.place.id not in known:
            yield f"place {task.place.id} is due, but me/visit-places does not have it"
