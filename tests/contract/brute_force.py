"""What a scripted month owes and what paid it, by plain loops over dates, from the rulebook alone.

It knows what was registered and what the handsets did; of the server's code it uses nothing.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from math import cos, hypot, radians
from typing import Any

from tests.contract.scripted_month import (
    GROUP,
    Door,
    Point,
    grid_at,
    is_away,
    keeper_of,
    on_duty,
    reach,
)

SHANGHAI = timezone(timedelta(hours=8))
DAY = timedelta(days=1)
DAILY, QUARTERLY = {"property_guard"}, {"resident"}
LEAST = {"day": 1, "week": 4, "quarter": 45}
RADIUS_M = 150
METRES_A_DEGREE = 111_195


@dataclass(frozen=True)
class Done:
    """A visit as it was made: by whose worker, when, and what the handset wrote."""

    worker: str
    at: datetime
    body: dict[str, Any]

    @property
    def day(self) -> date:
        """The civil date."""
        return self.at.astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class Owed:
    """A visit that is owed, in whose grid, whose it is, and whether it is paid."""

    kind: str
    grid: str
    worker: str | None
    paid: bool
    by: tuple[Done, ...] = ()


def cadence(kind: str) -> str:
    return "day" if kind in DAILY else "quarter" if kind in QUARTERLY else "week"


def periods(kind: str, first: date, last: date) -> list[list[date]]:
    """The periods that end in a span, each as the list of its dates."""
    name: dict[str, Callable[[date], object]] = {
        "day": lambda day: day,
        "week": lambda day: day.isocalendar()[:2],
        "quarter": lambda day: (day.year, (day.month + 2) // 3),
    }
    together: dict[object, list[date]] = {}
    day = first - 100 * DAY
    while day <= last + 100 * DAY:
        together.setdefault(name[cadence(kind)](day), []).append(day)
        day += DAY
    return [days for days in list(together.values())[1:-1] if first <= days[-1] <= last]


def count(found: Sequence[Door], done: Sequence[Done], first: date, last: date) -> list[Owed]:
    """Every visit that is owed in the periods that end in a span."""
    owed = []
    for door in found:
        for kind in door.kinds:
            for days in periods(kind, first, last):
                one = judged(door, kind, days, done)
                if one is not None:
                    owed.append(one)
    return owed


def judged(door: Door, kind: str, days: Sequence[date], done: Sequence[Done]) -> Owed | None:
    """VIS-6, then VIS-7, then who answers for it."""
    begin, end = door.kinds[kind]
    alive = [day for day in days if begin <= day and (end is None or day <= end)]
    if len(alive) < len(days) and len(alive) < LEAST[cadence(kind)]:
        return None
    if kind in DAILY and not (alive and on_duty(days[0])):
        return None
    grid = grid_at(door.point(alive[-1]), alive[-1])
    paying = paid_by(door, kind, days, done)
    if paying:
        return Owed(kind, grid, paying[0].worker, paid=True, by=tuple(paying))
    return Owed(kind, grid, charged(door, alive), paid=False)


def paid_by(door: Door, kind: str, days: Sequence[date], done: Sequence[Done]) -> list[Done]:
    """The first visit that counts; of a household also three dates with nobody home."""
    nobody: dict[date, Done] = {}
    for visit in sorted(done, key=lambda each: each.at):
        if visit.body.get("place_id") != door.id or visit.day not in days:
            continue
        if counts(door, visit) and visit.body["outcome"] != "nobody_home":
            return [visit]
        if counts(door, visit):
            nobody.setdefault(visit.day, visit)
    enough = kind in QUARTERLY and len(nobody) >= 3
    return list(nobody.values())[:3] if enough else []


def counts(door: Door, visit: Done) -> bool:
    """VIS-7: in reach, not by phone, not an invented position, near or with a reason; nobody can
    be seen not to be home from afar."""
    body, where = visit.body, door.point(visit.day)
    if grid_at(where, visit.day) not in reach(visit.worker, visit.day):
        return False
    if body["manner"] == "by_phone" or body.get("mocked"):
        return False
    near = "lon" in body and metres((body["lon"], body["lat"]), where) <= RADIUS_M
    return near or ("reason" in body and body["outcome"] != "nobody_home")


def charged(door: Door, alive: Sequence[date]) -> str | None:
    """ORG-5: to whoever answered on the last duty date; in an absence to the group, or nobody."""
    day = ([day for day in alive if on_duty(day)] or alive)[-1]
    worker = keeper_of(grid_at(door.point(day), day), day)
    if not is_away(worker, day):
        return worker
    mates = [mate for mate in GROUP if mate != worker and not is_away(mate, day)]
    return mates[0] if worker in GROUP and mates else None


def metres(one: Point, other: Point) -> float:
    """Between two points that are near each other."""
    east = (one[0] - other[0]) * cos(radians(other[1]))
    return hypot(east, one[1] - other[1]) * METRES_A_DEGREE


def summed(owed: Sequence[Owed], by: Callable[[Owed], str | None]) -> dict[str, Counter[str]]:
    """Owed and paid by kind, under some key."""
    total: dict[str, Counter[str]] = {}
    for one in owed:
        key = by(one)
        if key is not None:
            together = total.setdefault(key, Counter())
            together[f"{one.kind} owed"] += 1
            together[f"{one.kind} paid"] += one.paid
    return total
