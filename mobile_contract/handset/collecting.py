"""Records collected at the door and changed later, also by two who don't know of each other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from mobile_contract.handset.book import Book
from mobile_contract.handset.chance import Chance, key_at, numbers_of
from mobile_contract.handset.outbox import Captured
from mobile_contract.handset.plans import AS_SENT, Body, Record, between
from mobile_contract.handset.visits import Round
from mobile_contract.handset.walks import points_within

COLLECTS, DRAFT, OLD_FORM = 0.7, 0.1, 0.25
GOES_ON, CHANGES, COLLEAGUE_CHANGES, SECOND_HANDSET = 0.3, 0.1, 0.25, 0.08
PHOTOGRAPHED = 0.05
AT_MOST_EDITS = 2
KINDS = {"person": 5, "place": 4, "thing": 2, "organisation": 1, "matter": 1}
FORM = {"person": 2, "place": 2}
"""The present versions of the forms; the others have one."""
GOING_ON = AS_SENT | {"held"}
BESIDE_OTHERS = AS_SENT | {"merged", "conflict"}
CHANGED: dict[str, tuple[str, tuple[Any, ...]]] = {
    "person": ("care", ("empty_nest", "hardship")),
    "place": ("households", (2, 3, 4)),
    "thing": ("condition", ("damaged", "missing")),
    "organisation": ("contact_name", ("周经理", "吴经理")),
    "matter": ("contact_phone", ("13800000071", "13800000072")),
}
OTHER: dict[str, tuple[str, tuple[Any, ...]]] = {
    "person": ("phone", ("13800000011", "13800000012")),
    "place": ("use", ("rented_home", "shop")),
    "thing": ("place", ("小区北门", "小区南门")),
    "organisation": ("contact_phone", ("13800000021", "13800000022")),
    "matter": ("summary", ("已回访，仍待处理",)),
}


@dataclass
class Kept:
    """A record that some handset made."""

    id: UUID
    kind: str
    grid: str
    phone: str
    made: UUID
    edits: int = 0


@dataclass
class Shelf:
    """The records of all simulated handsets, and every item that was made, by its key."""

    kept: list[Kept] = field(default_factory=list)
    items: dict[UUID, Captured] = field(default_factory=dict)
    book: Book = field(default_factory=Book)
    """The events, with the acts on them."""

    def note(self, item: Captured, phone: str) -> None:
        """An item waits on a handset from now on."""
        self.items[item.record.id] = item
        self.book.note(item, phone)

    def version(self, record: Kept) -> int | None:
        """The version of its first edit, once a server has answered for it."""
        first = self.items[record.made].first if record.made in self.items else None
        known = first is not None and "written" in first["facts"]
        return first["facts"]["written"] if first and known else None

    def grid(self, record: Kept) -> str:
        """The grid that the server put it in."""
        first = self.items[record.made].first
        return str(first["facts"]["grid_code"]) if first else record.grid


def collections(walk: Round, shelf: Shelf) -> Iterator[Record]:
    """What is collected on a date: changes of what is known, then something new."""
    for record in list(shelf.kept):
        yield from _changes(walk, shelf, record)
    chance = walk.chance("collects")
    if chance.random() < COLLECTS:
        yield from _new(walk, shelf, chance)


def _new(walk: Round, shelf: Shelf, chance: Chance) -> Iterator[Record]:
    """A new record; sometimes it is gone on with before anything has been answered."""
    at = between(walk.day, time(9, 10), time(16, 20), chance)
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    version = 1 if chance.random() < OLD_FORM else FORM.get(kind, 1)
    ((lon, lat),) = points_within(walk.post.area, numbers_of(chance), 1).tolist()
    point = {"lon": round(lon, 7), "lat": round(lat, 7)}
    key = key_at(at, chance)
    goes_on = chance.random() < GOES_ON
    body: Body = {
        "record_id": str(key),
        "kind": kind,
        "form_version": version,
        "fields": fields(kind, version, at, point, chance),
        "position": point,
        "submit": goes_on or chance.random() >= DRAFT,
        "reason": "入户采集",
    }
    photographed = chance.random() < PHOTOGRAPHED
    first = Record(key_at(at, chance), at, "collection", body, photographed=photographed)
    shelf.kept.append(Kept(key, kind, walk.post.grids[0], walk.phone, first.id))
    yield first
    if goes_on:
        then = at + timedelta(minutes=20)
        changed = _edit(shelf.kept[-1], OTHER, chance) | {"base_item": str(first.id)}
        shelf.kept[-1].edits += 1
        yield Record(key_at(then, chance), then, "collection", changed, expects=GOING_ON)


def _changes(walk: Round, shelf: Shelf, record: Kept) -> Iterator[Record]:
    """Changes by whoever has the first version before the eyes: also a colleague of the grid, or
    oneself on a second handset that has not heard of the first one's change."""
    version = shelf.version(record)
    if version is None or record.edits >= AT_MOST_EDITS:
        return
    if shelf.grid(record) not in walk.post.grids:
        return
    own = CHANGES if record.phone == walk.phone else COLLEAGUE_CHANGES
    chance = walk.chance("changes", record.id)
    for share, what in ((own, CHANGED), (SECOND_HANDSET, chance.choice((CHANGED, OTHER)))):
        if chance.random() < share:
            record.edits += 1
            at = between(walk.day, time(9, 10), time(16, 40), chance)
            body = _edit(record, what, chance) | {"base": version}
            yield Record(key_at(at, chance), at, "collection", body, expects=BESIDE_OTHERS)


def _edit(record: Kept, what: dict[str, tuple[str, tuple[Any, ...]]], chance: Chance) -> Body:
    name, values = what[record.kind]
    return {
        "record_id": str(record.id),
        "kind": record.kind,
        "form_version": FORM.get(record.kind, 1),
        "fields": {name: chance.choice(values)},
        "submit": True,
        "reason": "复核后更正",
    }


def fields(
    kind: str, version: int, at: datetime, point: dict[str, float], chance: Chance
) -> dict[str, Any]:
    """What a form of a kind is filled in with: nobody who exists."""
    number = f"{chance.randrange(10**6):06d}"
    address = f"模拟路{chance.randint(1, 99)}号{chance.randint(1, 9)}单元{number}"
    match kind:
        case "person":
            old = version == 1
            said: dict[str, Any] = {"name": f"模拟住户{number}", "address": address}
            said["tel" if old else "phone"] = f"13800{number}"
            return said | {"residence": "temporary" if old else "floating"}
        case "place":
            owner: dict[str, Any] = {
                "landlord_name": "模拟房主",
                "landlord_phone": f"13900{number}",
            }
            if version == 1:
                owner = {"landlord": f"模拟房主 13900{number}"}
            return {"address": address, "use": "home", "point": point, "households": 1, **owner}
        case "thing":
            said = {"category": "manhole", "number": f"M{number}", "place": "小区东门"}
            return said | {"point": point, "condition": "good"}
        case "organisation":
            said = {"name": f"模拟商行{number}", "category": "shop", "address": address}
            return said | {"point": point}
        case _:
            said = {"category": "hazard", "happened_on": at.date().isoformat(), "address": address}
            return said | {"summary": "楼道堆物", "point": point}
