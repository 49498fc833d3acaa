"""Stations, townships and the centre act on what they hold, at some hours of each duty date."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from mobile_contract.handset.acts import NOTHING, spoken
from mobile_contract.handset.book import Answered, Book, Event, said_of
from mobile_contract.handset.chance import Chance, chance_of, key_at
from mobile_contract.handset.civil import instant
from mobile_contract.handset.door import Refused, Unreachable
from mobile_contract.handset.logins import Credentials, Login
from mobile_contract.handset.moves import Said, Stand, fits
from mobile_contract.handset.tally import Tally

TURNS = (time(9, 40), time(11, 30), time(15, 20), time(17, 10))
TIER_OF = {"station_lead": "community", "township": "township"}
DIGITS = {"community": 12, "township": 9, "centre": 6}
KIND = "office act"
TWICE, WRONG, GRANTED, ATTEMPTS, PAGE = 0.1, 0.05, 0.7, 3, 500
FRESH = {"take_up": 60, "close": 8, "escalate": 6, "return": 6, NOTHING: 20}
TAKEN_UP = {
    "close": 50,
    "escalate": 18,
    "hand_down": 12,
    "return": 5,
    "ask_help": 3,
    "find_false": 3,
    "link_duplicate": 3,
    NOTHING: 6,
}
MISTAKES = ("take_up", "close", "escalate", "return", "hand_down")
COUNTS_FOR_NOTHING = frozenset({"withdrawn", "false", "duplicate"})


@dataclass(frozen=True)
class Office:
    """Who acts for a tier in a unit."""

    tier: str
    unit: str
    login: Login


@dataclass
class Offices:
    """All offices above some workers, and the hours at which they act."""

    book: Book
    tally: Tally
    seed: int
    days: Sequence[date] = ()
    offices: Sequence[Office] = ()
    done: set[datetime] = field(default_factory=set)

    def next_turn(self) -> datetime | None:
        """The next hour at which they act."""
        if not self.offices:
            return None
        turns = (instant(day, at) for day in self.days for at in TURNS)
        return min((turn for turn in turns if turn not in self.done), default=None)

    async def turn(self, moment: datetime) -> None:
        """One office after the other, from the lowest: what one sends up the next one has."""
        self.done.add(moment)
        for office in self.offices:
            for event in list(self.book.known()):
                if (event.grid or "").startswith(office.unit):
                    await self._look(office, event, moment)

    async def _look(self, office: Office, event: Event, moment: datetime) -> None:
        chance = chance_of(self.seed, "office", office.unit, moment, event.id)
        stand = event.stand
        body = self._chosen(office, event, stand, chance)
        if body is None:
            return
        key = str(key_at(moment, chance))
        answer = await self._sent(office, event, {"id": key, **body}, moment)
        if answer is None:
            return
        event.of_offices.append(answer)
        if chance.random() < TWICE:
            again = await self._sent(office, event, {"id": key, **body}, moment)
            if again is not None and (again.number, again.code) != (answer.number, answer.code):
                self.tally.surprise(f"{event.id}: act {key} again is {again}, was {answer}")

    def _chosen(
        self, office: Office, event: Event, stand: Stand, chance: Chance
    ) -> dict[str, Any] | None:
        """What the office does: a decision that waits for it, or what it holds, or a mistake."""
        if fits(stand, Said(office.tier, "decide_extension")):
            granted = chance.random() < GRANTED
            decision: dict[str, Any] = {"act": "decide_extension", "granted": granted}
            return decision if granted else decision | {"reason": "模拟：期限充足"}
        if office.tier not in stand.held:
            if stand.is_open or chance.random() >= WRONG / len(TURNS):
                return None
            return spoken(chance.choice(MISTAKES), chance)
        among = TAKEN_UP if office.tier in stand.taken_up else FRESH
        fitting = {act: share for act, share in among.items() if _may(office, stand, act)}
        act = chance.choices(list(fitting), list(fitting.values()))[0]
        if act == NOTHING:
            return None
        return self._with_other(event, spoken(act, chance), chance)

    def _with_other(
        self, event: Event, body: dict[str, Any], chance: Chance
    ) -> dict[str, Any] | None:
        """A duplicate is linked to another event, which is none itself."""
        if body["act"] != "link_duplicate":
            return body
        others = [
            other.id
            for other in self.book.known()
            if other is not event and other.stand.state not in COUNTS_FOR_NOTHING
        ]
        return body | {"duplicate_of": chance.choice(others)} if others else None

    async def _sent(
        self, office: Office, event: Event, body: dict[str, Any], moment: datetime
    ) -> Answered | None:
        """An act as it was answered; None where no answer came."""
        decides = body["act"] == "decide_extension"
        path = f"/v1/incidents/{event.id}/{'decisions' if decides else 'acts'}"
        made = Answered(body["id"], said_of(office.tier, body), moment, None)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = await office.login.ask("POST", path, json=body)
            except Refused as refused:
                self.tally.outcome(KIND, "refused", refused.code)
                return replace(made, code=refused.code, facts=refused.facts)
            except Unreachable as unreachable:
                if attempt == ATTEMPTS:
                    self.tally.surprise(f"{event.id}: no answer to {body}: {unreachable}")
                await office.login.times.come_again(unreachable.again_after_s)
            else:
                self.tally.outcome(KIND, "done", body["act"])
                return replace(made, number=answer["number"], facts=answer)
        return None


def _may(office: Office, stand: Stand, act: str) -> bool:
    return act == NOTHING or fits(stand, Said(office.tier, act))


async def offices_above(
    communities: Sequence[str], administrator: Login, centre: Office, like: Credentials
) -> list[Office]:
    """The stations, townships and the centre above some communities, from the lowest tier.

    Whose accounts they are is asked of the system administrator, who alone may list them.
    """
    units = {"station_lead": set(communities), "township": {code[:9] for code in communities}}
    found = []
    for role, wanted in units.items():
        for unit, phone in sorted((await _phones(administrator, role)).items()):
            if unit in wanted:
                who = replace(like, phone=phone)
                login = Login(who, administrator.door, administrator.times)
                found.append(Office(TIER_OF[role], unit, login))
    return [*found, centre]


async def _phones(administrator: Login, role: str) -> dict[str, str]:
    """The first account of a role in each unit."""
    asked: dict[str, Any] = {"role": role, "limit": PAGE}
    found: dict[str, str] = {}
    while True:
        page = await administrator.ask("GET", "/v1/accounts", params=asked)
        for each in page["items"]:
            if each["disabled_at"] is None:
                found.setdefault(each["unit_code"], each["phone"])
        if page["next_cursor"] is None:
            return found
        asked["cursor"] = page["next_cursor"]
