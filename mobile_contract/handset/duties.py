"""The smaller records of a date: notes, equipment, training, key periods."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from mobile_contract.handset.chance import key_at
from mobile_contract.handset.civil import civil_day
from mobile_contract.handset.logins import Login
from mobile_contract.handset.plans import Body, Record, between
from mobile_contract.handset.visits import Round

NOTES, TRAINED, REPORTS, PHOTOGRAPHED = 0.3, 0.05, 0.5, 0.1
MONDAY = 0
ITEMS = ("work_card", "handset", "work_bag", "log_book", "contact_cards", "torch", "whistle")


def duties(walk: Round, periods: Sequence[dict[str, Any]]) -> Iterator[Record]:
    """All of them, each when its turn comes."""
    yield from _notes(walk)
    yield from _equipment(walk)
    yield from _training(walk)
    for period in periods:
        yield from _key_period(walk, period)


def _notes(walk: Round) -> Iterator[Record]:
    chance = walk.chance("notes")
    if chance.random() < NOTES:
        at = between(walk.day, time(16, 30), time(17, 20), chance)
        photographed = chance.random() < PHOTOGRAPHED
        body: Body = {"said": "模拟：上午协助社区搬运防汛物资。"}
        yield Record(key_at(at, chance), at, "daily_note", body, photographed=photographed)


def _equipment(walk: Round) -> Iterator[Record]:
    """On Mondays, of one's own."""
    if walk.day.weekday() == MONDAY:
        chance = walk.chance("equipment")
        at = between(walk.day, time(8, 32), time(8, 55), chance)
        items = {item: chance.random() < 0.97 for item in ITEMS}
        body: Body = {"work_clothes": chance.random() < 0.95, "items": items, "note": ""}
        yield Record(key_at(at, chance), at, "equipment", body)


def _training(walk: Round) -> Iterator[Record]:
    chance = walk.chance("training")
    if chance.random() < TRAINED:
        at = between(walk.day, time(15, 30), time(16, 40), chance)
        body: Body = {"kind": "community_training", "held_on": walk.day.isoformat()}
        body |= {"subject": "模拟：消防安全知识培训"}
        yield Record(key_at(at, chance), at, "training", body)


def _key_period(walk: Round, period: dict[str, Any]) -> Iterator[Record]:
    """Acknowledged on the first duty date that it is read on, reported on while it lasts."""
    chance = walk.chance("key period", period["id"])
    at = between(walk.day, time(9, 0), time(9, 30), chance)
    body: Body = {"key_period_id": period["id"]}
    if period["unread"]:
        yield Record(key_at(at, chance), at, "acknowledgement", body)
    if chance.random() < REPORTS:
        then = at + timedelta(hours=2)
        said: Body = body | {"all_well": True, "said": ""}
        yield Record(key_at(then, chance), then, "key_period_report", said)


async def key_periods(login: Login, walk: Round, read: set[str]) -> list[dict[str, Any]]:
    """Those that concern one on a date; each is read once."""
    answer = await login.ask("GET", "/v1/me/key-periods", params={"limit": 100})
    found = []
    for told in answer["items"]:
        first = civil_day(datetime.fromisoformat(told["starts_at"]))
        last = civil_day(datetime.fromisoformat(told["ended_at"] or told["ends_at"]))
        if first <= walk.day <= last:
            found.append({"id": told["id"], "unread": told["id"] not in read})
            read.add(told["id"])
    return found
