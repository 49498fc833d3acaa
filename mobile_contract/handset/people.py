"""Whose handsets they are and where they work: asked of the server, as a new handset does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import shapely
from shapely.geometry import shape

from mobile_contract.handset.door import Refused
from mobile_contract.handset.logins import Login
from mobile_contract.handset.plans import Post

LEVEL_1 = "1"
PAGE = 500
LOOK_BACK = timedelta(days=30)


@dataclass(frozen=True)
class Person:
    """A worker as the command centre's list shows one."""

    id: str
    name: str
    phone: str
    community: str


class NobodyThere(Exception):
    """There is nothing to simulate."""


async def own_unit(office: Login) -> str:
    """The unit that the office acts for."""
    account = await office.ask("GET", "/v1/me/account")
    return str(account["unit_code"])


async def people(office: Login, unit: str, on: date, size: int) -> list[Person]:
    """The first workers of level 1 of a unit who have a phone, by community."""
    found: list[Person] = []
    cursor: str | None = None
    while True:
        asked: dict[str, Any] = {"unit": unit, "on": on.isoformat(), "level": LEVEL_1}
        asked |= {"limit": PAGE} | ({"cursor": cursor} if cursor else {})
        page = await office.ask("GET", "/v1/workers", params=asked)
        found += [
            Person(each["id"], each["name"], each["phone"], each["community"])
            for each in page["items"]
            if each["phone"]
        ]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    if not found:
        raise NobodyThere(f"no workers of level 1 in {unit} on {on}")
    return sorted(found, key=lambda person: (person.community, person.phone))[:size]


async def duty_dates(office: Login, unit: str, first: date, last: date) -> list[date]:
    """The duty dates of a span, both ends included (ATT-6)."""
    asked = {"from": first.isoformat(), "to": last.isoformat(), "unit": unit}
    answer = await office.ask("GET", "/v1/calendar", params=asked)
    return [date.fromisoformat(each["day"]) for each in answer["items"] if each["on_duty"]]


async def last_duty_date(office: Login, unit: str, before: date) -> date:
    """The last duty date before a date."""
    found = await duty_dates(office, unit, before - LOOK_BACK, before - timedelta(days=1))
    if not found:
        raise NobodyThere(f"no duty date in the 30 days before {before}")
    return found[-1]


async def post_of(login: Login, day: date) -> Post | None:
    """Where one works on a date, as one's own handset is told; None without a post or a grid."""
    try:
        at_a_glance = await login.ask("GET", "/v1/me/day", params={"date": day.isoformat()})
    except Refused as refused:
        if refused.status == 404:
            return None
        raise
    own = at_a_glance["day"]
    shapes = await _grids(login, own["grid_codes"], day)
    if not shapes:
        return None
    return Post(
        community=own["community_code"],
        station=await _station(login, own["community_code"], day),
        grids=tuple(shapes),
        area=shapely.union_all([shape(drawn) for drawn in shapes.values()]),
        shapes=tuple(shapes.values()),
        away=bool(own["windows"])
        and all(window["filled_by"] == "leave" for window in own["windows"]),
    )


async def _grids(login: Login, codes: Sequence[str], day: date) -> dict[str, dict[str, Any]]:
    """One's grids as GeoJSON; one that is not drawn is left out."""
    found = {}
    for code in codes:
        drawn = await _found(login, f"/v1/units/{code}/boundary", day)
        if drawn is not None:
            found[code] = drawn["geometry"]
    return found


async def _station(login: Login, community: str, day: date) -> tuple[float, float] | None:
    station = await _found(login, f"/v1/units/{community}/station", day)
    return None if station is None else (station["lon"], station["lat"])


async def _found(login: Login, path: str, day: date) -> dict[str, Any] | None:
    try:
        answer: dict[str, Any] = await login.ask("GET", path, params={"on": day.isoformat()})
    except Refused as refused:
        if refused.status != 404:
            raise
        return None
    return answer
