"""What the boards and the evidence say when the dust has settled."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mobile_contract.handset.handset import Handset
from mobile_contract.handset.people import Person
from mobile_contract.handset.plans import Post
from mobile_contract.handset.simulation import Cast


@dataclass(frozen=True, eq=False)
class WorkerDate:
    """A worker's date as the server tells it, beside what was sent."""

    person: Person
    handset: Handset
    post: Post
    on: date
    day: dict[str, Any]
    """The verdicts."""
    counts_until: datetime
    parameters: dict[str, Any]
    """The values in force."""


@dataclass(frozen=True)
class Station:
    """The board of a station on a date."""

    board: dict[str, Any]
    waiting: Counter[str]
    """Sign-ins to review and corrections that the station has yet to decide."""


async def worker_dates(cast: Cast) -> list[WorkerDate]:
    """The evidence of every worker and date that took part."""
    asked = [
        _worker_date(cast, person, handset, place)
        for person, handset in cast.actors
        for place in range(len(handset.plans))
    ]
    return list(await asyncio.gather(*asked))


async def _worker_date(cast: Cast, person: Person, handset: Handset, place: int) -> WorkerDate:
    on = handset.plans[place].day
    evidence = await cast.office.ask("GET", f"/v1/workers/{person.id}/days/{on}")
    return WorkerDate(
        person=person,
        handset=handset,
        post=handset.posts[place],
        on=on,
        day=evidence["day"],
        counts_until=datetime.fromisoformat(evidence["counts_until"]),
        parameters={each["name"]: each["value"] for each in evidence["parameters"]},
    )


async def stations(cast: Cast) -> list[Station]:
    """The boards of all stations that took part, by code and date."""
    places = {
        (post.community, plan.day)
        for handset in cast.handsets
        for plan, post in zip(handset.plans, handset.posts, strict=True)
    }
    asked = [_station(cast, code, day) for code, day in sorted(places)]
    return list(await asyncio.gather(*asked))


async def _station(cast: Cast, code: str, day: date) -> Station:
    board = await cast.office.ask("GET", f"/v1/boards/{code}/{day}")
    waiting = [each async for each in _waiting(cast, code) if each["day"] == day.isoformat()]
    return Station(board, Counter(each["kind"] for each in waiting))


async def _waiting(cast: Cast, code: str) -> AsyncIterator[dict[str, Any]]:
    """What waits for the station's decision."""
    asked: dict[str, Any] = {"unit": code, "limit": 500}
    while True:
        page = await cast.office.ask("GET", "/v1/decisions", params=asked)
        for each in page["items"]:
            yield each
        if page["next_cursor"] is None:
            return
        asked["cursor"] = page["next_cursor"]


def contradictions(dates: Sequence[WorkerDate], boards: Sequence[Station]) -> Iterator[str]:
    """Where a board tells a worker's date otherwise than its evidence."""
    shown = {
        (row["worker_id"], row["day"]): row for station in boards for row in station.board["items"]
    }
    for each in dates:
        row = shown.get((each.person.id, each.on.isoformat()))
        told = None if row is None else {name: row[name] for name in TOLD}
        if told != {name: each.day[name] for name in TOLD}:
            yield f"{each.person.phone} {each.on}: the board says {told}, the evidence {each.day}"


TOLD = ("on_duty", "windows", "field_time", "data_quality", "standing")
