"""What a worker does about events on a date: by what was last heard of them, right or wrong."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from mobile_contract.handset.book import GRID, Event, said_of
from mobile_contract.handset.chance import Chance, key_at
from mobile_contract.handset.moves import Stand, after, fits
from mobile_contract.handset.plans import AS_SENT, Body, Record, between
from mobile_contract.handset.visits import Round

KIND = "incident_action"
PERHAPS = AS_SENT | {"held", "rejected"}
"""It may come before what it refers to, or after somebody else has acted."""
WRONG, PHOTOGRAPHED, PLACED = 0.06, 0.15, 0.5
STEPS_A_DATE = 3
NOTHING = "nothing"
FRESH = {"take_up": 72, "close": 8, "escalate": 8, "withdraw": 5, NOTHING: 7}
TAKEN_UP = {
    "close": 58,
    "escalate": 18,
    "ask_extension": 8,
    "ask_help": 4,
    "return": 4,
    NOTHING: 8,
}
AFTERWARDS = {"follow_up": 85, "verify": 85, NOTHING: 15}
SCORES = {"satisfied": 70, "mostly": 18, "not": 12}
MISTAKES = ("take_up", "close", "verify", "escalate", "return")
SAYS: dict[str, Body] = {
    "take_up": {},
    "close": {"result": "模拟：已现场处理，隐患消除"},
    "escalate": {"reason": "模拟：超出网格处置能力"},
    "hand_down": {"reason": "模拟：由网格就近处理"},
    "return": {"reason": "模拟：情况不明，请补充"},
    "ask_extension": {"reason": "模拟：配件未到", "hours": 4},
    "ask_help": {"reason": "模拟：请协调物业"},
    "withdraw": {"reason": "模拟：误报"},
    "follow_up": {"result": "模拟：已电话回访，居民认可"},
    "verify": {},
    "find_false": {"reason": "模拟：现场核实无此情况"},
    "link_duplicate": {},
}
"""What each act needs to say beside what chance decides."""


def acts(walk: Round, own: list[Event], *, heard: bool) -> Iterator[Record]:
    """Of one's own events what one does today; without network by what one believes."""
    for event in own:
        if event.report.plan.day > walk.day:
            continue
        if event.believed is None or (heard and not event.unsent):
            event.believed = event.stand
        yield from _today(walk, event, event.believed)


def _today(walk: Round, event: Event, stand: Stand) -> Iterator[Record]:
    """Step by step, until there is nothing for the grid to do, or the worker has done enough."""
    chance = walk.chance("event", event.id)
    at = _begins(walk, event, chance)
    for _ in range(STEPS_A_DATE):
        wrong = chance.random() < WRONG
        act = _mistake(stand, chance) if wrong else _chosen(stand, chance)
        if act == NOTHING:
            return
        body = {"incident_id": event.id, **spoken(act, chance), **_where(event, chance)}
        photographed = act == "close" and chance.random() < PHOTOGRAPHED
        key = key_at(at, chance)
        yield Record(key, at, KIND, body, expects=PERHAPS, photographed=photographed)
        said = said_of(GRID, body)
        if fits(stand, said):
            stand = event.believed = after(stand, said)
        at += timedelta(minutes=chance.randint(4, 25))


def _begins(walk: Round, event: Event, chance: Chance) -> datetime:
    if event.report.plan.day == walk.day:
        return event.report.record.at + timedelta(minutes=chance.randint(3, 15))
    return between(walk.day, time(9, 5), time(11, 0), chance)


def _chosen(stand: Stand, chance: Chance) -> str:
    """Something that fits, as far as one knows."""
    dealt_with = TAKEN_UP if GRID in stand.taken_up else FRESH
    among = dealt_with if stand.is_open else AFTERWARDS
    fitting = {act: share for act, share in among.items() if act == NOTHING or _may(stand, act)}
    return chance.choices(list(fitting), list(fitting.values()))[0]


def _may(stand: Stand, act: str) -> bool:
    return fits(stand, said_of(GRID, {"act": act}))


def _mistake(stand: Stand, chance: Chance) -> str:
    """Something that does not fit."""
    wrong = [act for act in MISTAKES if not _may(stand, act)]
    return chance.choice(wrong or [NOTHING])


def spoken(act: str, chance: Chance) -> Body:
    """An act with what it needs to say."""
    body: Body = {"act": act, **SAYS[act]}
    if act == "verify":
        body["score"] = chance.choices(list(SCORES), list(SCORES.values()))[0]
    if body.get("score") == "not":
        body["reason"] = "模拟：问题反复，居民不认可"
    return body


def _where(event: Event, chance: Chance) -> Mapping[str, Any]:
    """Where one stands, if the phone knows."""
    said = event.report.record.body
    if chance.random() < PLACED:
        return {"lon": said["lon"], "lat": said["lat"], "accuracy_m": 12.0}
    return {}
