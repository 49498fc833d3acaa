"""A date's visits: whom one goes to, how, and what a visit there should be worth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from mobile_contract.handset.chance import Chance, chance_of, key_at
from mobile_contract.handset.civil import instant
from mobile_contract.handset.places import (
    DAILY,
    QUARTERLY,
    Lonlat,
    Place,
    Where,
    metres,
)
from mobile_contract.handset.plans import Post, Record, beside, stands_at

RADIUS_M = 150
"""VIS-7, by default: the places chosen here are never near that edge."""
GUARDS = 0.88
WEEKLY = 0.85
AGAIN = 0.1
HOUSEHOLD = 0.06
SELDOM_HOME, SELDOM = 0.15, 0.25
REPEATED, HABIT = 0.08, 0.03
MANNERS = {"on_site": 80, "met_elsewhere": 7, "by_phone": 5, "too_far": 5, "nowhere": 3}
OUTCOMES = {"met": 88, "nobody_home": 7, "refused": 4, "moved_away": 1}
REASONS = {
    "met_elsewhere": "在社区门口遇见，当面核对了信息",
    "by_phone": "住户外出，电话核对",
    "nowhere": "楼道内没有定位信号",
}
HALVES = ((time(9, 5), timedelta(minutes=140)), (time(14, 35), timedelta(minutes=125)))
PHOTOGRAPHED = 0.08


@dataclass(frozen=True)
class Round:
    """A worker's round of a date."""

    day: date
    phone: str
    seed: int
    post: Post

    def chance(self, *what: object) -> Chance:
        """Each thing has chance of its own: one place more on the list changes no other."""
        return chance_of(self.seed, "round", self.phone, self.day, *what)


def own_visits(walk: Round, places: Sequence[Place]) -> Iterator[Record]:
    """Of the places of one's grids those that one goes to, by deadline, then by distance."""
    here = [
        place
        for place in places
        if place.where(walk.day).grid in walk.post.grids and place.due(walk.day)
    ]
    wanted = [place for place in here if _wants(walk, place)]
    wanted.sort(key=lambda place: _order(walk, place))
    yield from _made(walk, wanted)


def taken_over(walk: Round, listed: Sequence[Place]) -> Iterator[Record]:
    """Of the places of an absent colleague those that one goes to."""
    theirs = [place for place in listed if place.where(walk.day).grid not in walk.post.grids]
    yield from _made(walk, [place for place in theirs if _wants(walk, place)])


def former_visits(walk: Round, places: Sequence[Place]) -> Iterator[Record]:
    """Out of habit, of the places that are somebody else's by now; which the station is shown."""
    wanted = [
        place
        for place in places
        if place.due(walk.day) and walk.chance("habit", place.id).random() < HABIT
    ]
    yield from _made(walk, wanted)


def _order(walk: Round, place: Place) -> tuple[date, float, str]:
    where = place.where(walk.day)
    far = metres(stands_at(walk.post), (where.lon, where.lat))
    return place.due(walk.day)[0].deadline(walk.day), far, place.id


def _wants(walk: Round, place: Place) -> bool:
    """Guards nearly every date, weekly ones once a week as a rule, households now and then."""
    chance = walk.chance("goes", place.id)
    return chance.random() < max(_share(walk, place, each.kind) for each in place.due(walk.day))


def _share(walk: Round, place: Place, kind: str) -> float:
    if kind in DAILY:
        return GUARDS
    if kind in QUARTERLY:
        return SELDOM if _seldom_home(walk, place) else HOUSEHOLD
    week = chance_of(walk.seed, "week", place.id, *walk.day.isocalendar()[:2])
    return WEEKLY if week.randrange(5) == walk.day.weekday() else AGAIN


def _seldom_home(walk: Round, place: Place) -> bool:
    return chance_of(walk.seed, "household", place.id).random() < SELDOM_HOME


def _made(walk: Round, wanted: Sequence[Place]) -> Iterator[Record]:
    """One after the other, the first half in the morning; now and then a second time."""
    for number, place in enumerate(wanted):
        chance = walk.chance("visit", place.id)
        at = _when(walk.day, number, len(wanted)) + timedelta(seconds=chance.randrange(60))
        yield _visit(walk, place, at, chance)
        if chance.random() < REPEATED:
            yield _visit(walk, place, at + timedelta(minutes=25), chance)


def _when(day: date, number: int, total: int) -> datetime:
    begins, length = HALVES[0] if number * 2 < total else HALVES[1]
    half = max(1, (total + 1) // 2)
    return instant(day, begins) + length * ((number % half) / half)


def _visit(walk: Round, place: Place, at: datetime, chance: Chance) -> Record:
    where = place.where(walk.day)
    manner = chance.choices(list(MANNERS), list(MANNERS.values()))[0]
    outcome = _outcome(walk, place, manner, chance)
    spoken = manner if manner in {"met_elsewhere", "by_phone"} else "on_site"
    body: dict[str, Any] = {"place_id": place.id, "manner": spoken, "outcome": outcome}
    if manner in REASONS:
        body["reason"] = REASONS[manner]
    if manner not in {"by_phone", "nowhere"}:
        far = manner != "on_site"
        away = chance.uniform(320, 1200) if far else chance.uniform(0, 90)
        body["lon"], body["lat"] = beside((where.lon, where.lat), away, chance)
        body["accuracy_m"] = round(chance.uniform(5, 25), 1)
    body["note"] = "模拟走访"
    photographed = chance.random() < PHOTOGRAPHED
    return Record(
        key_at(at, chance), at, "visit", body, photographed=photographed, worth=worth(body, where)
    )


def _outcome(walk: Round, place: Place, manner: str, chance: Chance) -> str:
    outcome = chance.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
    if chance.random() < 0.85 and _seldom_home(walk, place) and manner == "on_site":
        outcome = "nobody_home"
    if manner == "met_elsewhere" and outcome == "nobody_home":
        return "met"
    return outcome


def worth(body: dict[str, Any], where: Where) -> str:
    """The verdict that a visit deserves (VIS-7)."""
    if body["manner"] == "by_phone":
        return "by_phone"
    if body.get("mocked"):
        return "mocked"
    at: Lonlat | None = (body["lon"], body["lat"]) if "lon" in body else None
    near = at is not None and metres(at, (where.lon, where.lat)) <= RADIUS_M
    nobody = body["outcome"] == "nobody_home"
    if not near and (nobody or "reason" not in body):
        return "too_far"
    return "nobody_home" if nobody else "counts"
