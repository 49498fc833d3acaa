"""A scripted month in the small city: who is to be visited, and what changes on which date."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import shapely
from chinese_calendar import is_workday
from shapely import box

from app.kit.ids import uuid7
from mobile_contract.handset.chance import chance_of, key_at
from mobile_contract.handset.logins import Credentials, Login
from tests import city as small_city
from tests.city import HEIGHT, SOUTH, WEST, WIDTH, City

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 31)
REGISTERED = datetime(2026, 3, 1, 1, tzinfo=UTC)
GRIDS = [grid for grids in small_city.COMMUNITIES.values() for grid in grids]
"""By their place in the row of squares."""
SECOND_LEAD = "station_lead_2"
REDRAWN, STRIP = date(2026, 3, 18), 0.001
"""From that date on a strip of the third grid's west belongs to the second."""
SWAPPED = date(2026, 3, 17)
"""From that date on the workers of the second and third grid work in each other's."""
LEAVES = {
    GRIDS[0]: (date(2026, 3, 9), date(2026, 3, 13)),
    GRIDS[4]: (date(2026, 3, 24), date(2026, 3, 25)),
}
"""Whole days; the first one's group takes over, the second one is in no group."""
GROUP = (GRIDS[0], GRIDS[1])
RESPONSE = (date(2026, 3, 27), date(2026, 3, 28))
"""A key period of the first township: its Saturday is a duty date there."""
EARLIER = date(2026, 2, 1)
Life = tuple[date, date | None]
Point = tuple[float, float]


@dataclass
class Door:
    """A household or guard post, its kinds with their lives, and where it is from which dates."""

    label: str
    kinds: dict[str, Life]
    stays: list[tuple[date, Point]]
    id: str = ""

    def point(self, day: date) -> Point:
        """Where it is on a date."""
        return [point for since, point in self.stays if since <= day][-1]


def point(column: int, number: int) -> Point:
    """One of a hundred points of a square, away from its edges."""
    across, up = 0.3 + number % 10 * 0.06, 0.1 + number // 10 * 0.08
    return round(WEST + (column + across) * WIDTH, 7), round(SOUTH + up * HEIGHT, 7)


def doors() -> list[Door]:
    """The same in each of five grids; then those with a life or a move of their own."""
    found = [
        Door(f"{column}号网格{kind}{number}", {kind: (EARLIER, None)}, [(EARLIER, at)])
        for column in range(5)
        for number, (kind, at) in enumerate(
            (kind, point(column, place)) for place, kind in enumerate(EVERYWHERE)
        )
    ]
    return [*found, *_special()]


EVERYWHERE = (
    ["property_guard"] + ["rental"] * 2 + ["special_group"] * 2 + ["care"] + ["resident"] * 5
)


def _special() -> list[Door]:
    """Both sides of every edge of VIS-6, two kinds in one home, moves, and a redrawn boundary."""
    one: list[tuple[str, dict[str, Life], list[tuple[date, Point]]]] = [
        ("两类", {"care": (EARLIER, None), "resident": (EARLIER, None)}, _at(0, 20)),
        ("三月十二日起", {"rental": (date(2026, 3, 12), None)}, _at(0, 21)),
        ("三月十三日起", {"care": (date(2026, 3, 13), None)}, _at(1, 22)),
        ("至三月十七日", {"special_group": (EARLIER, date(2026, 3, 17))}, _at(1, 23)),
        ("至三月十九日", {"rental": (EARLIER, date(2026, 3, 19))}, _at(2, 24)),
        ("门岗至二十日", {"property_guard": (EARLIER, date(2026, 3, 20))}, _at(3, 25)),
        ("门岗十日起", {"property_guard": (date(2026, 3, 10), None)}, _at(4, 26)),
        ("五十天", {"resident": (date(2026, 2, 10), None)}, _at(3, 27)),
        ("四十五天", {"resident": (date(2026, 2, 15), None)}, _at(3, 28)),
        ("四十四天", {"resident": (date(2026, 2, 16), None)}, _at(4, 29)),
        ("提前结束", {"resident": (EARLIER, date(2026, 3, 10))}, _at(4, 30)),
        (
            "搬家",
            {"rental": (EARLIER, None), "resident": (EARLIER, None)},
            [*_at(0, 31), (date(2026, 3, 18), point(1, 32))],
        ),
        (
            "界线",
            {"care": (EARLIER, None), "property_guard": (EARLIER, None)},
            [(EARLIER, (round(WEST + 2 * WIDTH + STRIP / 2, 7), round(SOUTH + 0.0018, 7)))],
        ),
    ]
    return [Door(*each) for each in one]


def _at(column: int, number: int) -> list[tuple[date, Point]]:
    return [(EARLIER, point(column, number))]


def grid_at(where: Point, day: date) -> str:
    """The grid that holds a point on a date."""
    lon = where[0]
    edges = [WEST + column * WIDTH for column in range(len(GRIDS))]
    if day >= REDRAWN:
        edges[2] += STRIP
    return GRIDS[sum(lon >= edge for edge in edges) - 1]


def keeper_of(grid: str, day: date) -> str:
    """Whose worker answers for a grid on a date, named by the grid that was his or hers first."""
    if day >= SWAPPED and grid in (GRIDS[1], GRIDS[2]):
        return GRIDS[2] if grid == GRIDS[1] else GRIDS[1]
    return grid


def on_duty(day: date) -> bool:
    """ATT-6, in the first township."""
    return is_workday(day) or day in RESPONSE


def is_away(worker: str, day: date) -> bool:
    """Whether a worker is on leave on a date."""
    return worker in LEAVES and LEAVES[worker][0] <= day <= LEAVES[worker][1]


@dataclass
class Offices:
    """Those who set the month up, each signed in to the server."""

    city: City
    logins: dict[str, Login] = field(default_factory=dict)

    def sign_in(self, like: Login, *names: str) -> None:
        """Accounts of offices and workers at the server of another login."""
        for name in names:
            handset = name in GRIDS
            who = Credentials(self.city.phones[name], small_city.PASSWORD, is_handset=handset)
            self.logins[name] = Login(who, like.door, like.times)

    async def ask(self, who: str, method: str, path: str, body: dict[str, Any]) -> Any:
        """A request that is granted."""
        return await self.logins[who].ask(method, f"/v1{path}", json=body)

    def lead(self, grid: str) -> str:
        """Who leads a grid's station."""
        return "station_lead" if grid[:12] == GRIDS[0][:12] else SECOND_LEAD


async def set_up(offices: Offices) -> list[Door]:
    """Everything that the month holds, told to the server before it begins."""
    found = doors()
    for door in found:
        await _register(offices, door)
    await _redraw(offices)
    await _swap(offices)
    for grid, span in LEAVES.items():
        await _leave(offices, grid, *span)
    await _respond(offices)
    workers = [str(offices.city.workers[grid]) for grid in GROUP]
    group = {"id": _key(), "community": GROUP[0][:12], "name": "第一互助组", "workers": workers}
    await offices.ask("station_lead", "POST", "/groups", group | {"from": FIRST.isoformat()})
    return found


async def _respond(offices: Offices) -> None:
    first, last = RESPONSE
    body = {
        "title": "汛期巡查",
        "instructions": "每日巡查低洼院落，发现险情立即上报。",
        "units": [GRIDS[0][:9]],
        "starts_at": f"{first}T08:00:00+08:00",
        "ends_at": f"{last}T20:00:00+08:00",
    }
    await offices.ask("command_centre", "POST", "/key-periods", body)


def _key() -> str:
    return str(uuid7(REGISTERED))


async def _register(offices: Offices, door: Door) -> None:
    (_, (lon, lat)), *moves = door.stays
    lead = offices.lead(grid_at((lon, lat), FIRST))
    targets = [{"kind": kind, "first_day": str(life[0])} for kind, life in door.kinds.items()]
    door.id = str(key_at(REGISTERED, chance_of(0, door.label)))
    body = {"id": door.id, "label": door.label, "lon": lon, "lat": lat, "targets": targets}
    made = await offices.ask(lead, "POST", "/visit-places", body)
    for target in made["targets"]:
        last = door.kinds[target["kind"]][1]
        if last is not None:
            end = {"last_day": str(last), "reason": "moved_away"}
            await offices.ask(lead, "POST", f"/visit-targets/{target['id']}/end", end)
    for since, (lon, lat) in moves:
        move = {"first_day": str(since), "lon": lon, "lat": lat}
        await offices.ask(lead, "POST", f"/visit-places/{door.id}/move", move)


async def _redraw(offices: Offices) -> None:
    """First the third grid gives the strip up, then the second takes it."""
    east = WEST + 2 * WIDTH + STRIP
    for grid, west, until in (
        (GRIDS[2], east, WEST + 3 * WIDTH),
        (GRIDS[1], WEST + WIDTH, east),
    ):
        drawn = shapely.geometry.mapping(box(west, SOUTH, until, SOUTH + HEIGHT))
        body = {"from": str(REDRAWN), "geometry": drawn}
        await offices.ask("command_centre", "PUT", f"/grids/{grid}/boundary", body)


async def _swap(offices: Offices) -> None:
    pair = (GRIDS[1], GRIDS[2])
    for grid in pair:
        worker = offices.city.workers[grid]
        history = await offices.ask("station_lead", "GET", f"/workers/{worker}", {})
        (held,) = history["assignments"]
        end = {"end": str(SWAPPED)}
        await offices.ask("station_lead", "PATCH", f"/assignments/{held['id']}", end)
    for grid, other in zip(pair, reversed(pair), strict=True):
        body = {"grid": other, "first_responsible": True, "from": str(SWAPPED)}
        path = f"/workers/{offices.city.workers[grid]}/assignments"
        await offices.ask("station_lead", "POST", path, body)


async def _leave(offices: Offices, grid: str, first: date, last: date) -> None:
    body = {
        "id": _key(),
        "kind": "annual",
        "first_day": str(first),
        "first_half": "morning",
        "last_day": str(last),
        "last_half": "afternoon",
        "reason": "探亲",
    }
    await offices.ask(grid, "POST", "/leaves", body)
    approve = f"/leaves/{body['id']}/decision"
    await offices.ask(offices.lead(grid), "POST", approve, {"approved": True})


def reach(worker: str, day: date) -> Sequence[str]:
    """The grids whose doors a worker may visit on a date: the own ones and the group's."""
    mates = GROUP if worker in GROUP else (worker,)
    return [grid for grid in GRIDS if keeper_of(grid, day) in mates]
