"""What a worker says on what is held against one, and that one resigns."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from mobile_contract.handset.chance import key_at
from mobile_contract.handset.logins import Login
from mobile_contract.handset.plans import AS_SENT, Body, Record, between
from mobile_contract.handset.visits import Round

ANSWERS, APPEALS, OBJECTS, RESIGNS, PHOTOGRAPHED = 0.7, 0.35, 0.4, 0.001, 0.3
APPEALED_WITHIN = timedelta(days=10)
IN_ADVANCE = timedelta(days=40)
PERHAPS = AS_SENT | {"rejected"}
"""The term may be over by the time it arrives, or somebody has decided meanwhile."""

Held = dict[str, Any]


async def held_against(login: Login) -> Held:
    """How one stands now: open proposals, penalties, months."""
    found: Held = await login.ask("GET", "/v1/me/standing")
    return found


def own_words(walk: Round, held: Held, said: set[str]) -> Iterator[Record]:
    """On each thing a word at most; some say nothing."""
    for kind, share, about, body in _matters(walk, held):
        if about in said:
            continue
        said.add(about)
        chance = walk.chance("own word", about)
        if chance.random() < share:
            at = between(walk.day, time(12, 5), time(13, 30), chance)
            photographed = kind != "resignation" and chance.random() < PHOTOGRAPHED
            key = key_at(at, chance)
            yield Record(key, at, kind, body, expects=PERHAPS, photographed=photographed)


def _matters(walk: Round, held: Held) -> Iterator[tuple[str, float, str, Body]]:
    """Kind, the share of workers who say it, what it is about, and what is said."""
    today = walk.day.isoformat()
    for proposal in held["proposals"]:
        if proposal["answers"] == 0 and proposal["answer_until"] >= today:
            body: Body = {"proposal_id": proposal["id"], "said": "模拟：当天停电，有邻居可以证明"}
            yield "proposal_answer", ANSWERS, proposal["id"], body
    for penalty in held["penalties"]:
        if penalty["standing"] and _lately(penalty["decided_on"], walk.day):
            body = {"penalty_id": penalty["id"], "said": "模拟：对处罚依据的记录有异议"}
            yield "penalty_appeal", APPEALS, penalty["id"], body
    for month in held["months"]:
        if month["result"] == "fail" and month["state"] != "open":
            named = month["month"][:7]
            body = {"month": named, "said": "模拟：签到记录与实际不符"}
            yield "appraisal_objection", OBJECTS, named, body
    if held["resignation"] is None:
        last_day = (walk.day + IN_ADVANCE).isoformat()
        body = {"said": "模拟：因家庭原因申请辞职", "last_day": last_day}
        yield "resignation", RESIGNS, f"resignation {today}", body


def _lately(day: str, today: date) -> bool:
    return date.fromisoformat(day) > today - APPEALED_WITHIN
