"""Errands for residents over several dates, step by step (SVC-1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from mobile_contract.handset.chance import Chance, key_at, numbers_of
from mobile_contract.handset.plans import AS_SENT, Body, Record, between
from mobile_contract.handset.visits import Round
from mobile_contract.handset.walks import points_within

STEPS = ("accepted", "papers_collected", "handled", "delivered", "rated")
ACCEPTS, GOES_ON, WITHOUT_PAPERS, SAME_DATE = 0.3, 0.75, 0.3, 0.6
MATTERS = ("城乡居民社保认证", "老年证代办", "高龄补贴申请")
AFTER_OTHERS = AS_SENT | {"held"}


@dataclass
class Errand:
    """One that is under way, and the step that is next."""

    id: UUID
    step: int = 1


def errands(walk: Round, under_way: list[Errand]) -> Iterator[Record]:
    """The next steps of those that are under way, and now and then a new one."""
    for errand in list(under_way):
        chance = walk.chance("errand", errand.id)
        if chance.random() < GOES_ON:
            yield _next(walk, errand, chance, (time(10, 0), time(11, 0)))
        if errand.step == len(STEPS):
            under_way.remove(errand)
    chance = walk.chance("errands")
    if chance.random() < ACCEPTS:
        yield from _accepted(walk, under_way, chance)


def _accepted(walk: Round, under_way: list[Errand], chance: Chance) -> Iterator[Record]:
    """A new one; sometimes its next step is taken on the same date."""
    at = between(walk.day, time(9, 10), time(11, 20), chance)
    errand = Errand(key_at(at, chance))
    under_way.append(errand)
    ((lon, lat),) = points_within(walk.post.area, numbers_of(chance), 1).tolist()
    number = f"{chance.randrange(10**6):06d}"
    body: Body = {
        "errand_id": str(errand.id),
        "step": "accepted",
        "matter": chance.choice(MATTERS),
        "resident": {"name": f"模拟居民{number}", "phone": f"13700{number}"},
        "lon": round(lon, 7),
        "lat": round(lat, 7),
    }
    yield Record(key_at(at, chance), at, "errand", body)
    if chance.random() < SAME_DATE:
        yield _next(walk, errand, chance, (time(14, 40), time(16, 30)))


def _next(walk: Round, errand: Errand, chance: Chance, when: tuple[time, time]) -> Record:
    """The next step; papers are not always needed."""
    if STEPS[errand.step] == "papers_collected" and chance.random() < WITHOUT_PAPERS:
        errand.step += 1
    step = STEPS[errand.step]
    errand.step += 1
    at = between(walk.day, *when, chance)
    body: Body = {"errand_id": str(errand.id), "step": step}
    if step == "papers_collected":
        body["papers"] = ["身份证复印件"]
    if step == "handled":
        body["office"] = "社区便民服务站"
    if step == "rated":
        body["rating"] = chance.randint(3, 5)
    return Record(key_at(at, chance), at, "errand", body, expects=AFTER_OTHERS)
