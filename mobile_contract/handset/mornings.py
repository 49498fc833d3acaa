"""What a handset does each morning: it hears of what is due, and its worker sets out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from mobile_contract.handset.acts import acts
from mobile_contract.handset.civil import civil_day, instant
from mobile_contract.handset.collecting import Shelf, collections
from mobile_contract.handset.door import Refused, Unreachable
from mobile_contract.handset.duties import duties, key_periods
from mobile_contract.handset.errands import Errand, errands
from mobile_contract.handset.logins import Login
from mobile_contract.handset.own_words import Held, held_against, own_words
from mobile_contract.handset.places import Place, disorder, held, tasks
from mobile_contract.handset.plans import Plan, Post, Record, mocked, stands_at, unregistered
from mobile_contract.handset.tally import Tally
from mobile_contract.handset.visits import Round, former_visits, own_visits, taken_over

BEGINS = time(7, 0)
OLD_NEWS = frozenset({"created", "duplicate", "out_of_scope"})
"""Who goes by what was heard on an earlier date may come to a place that has moved."""


def begins(day: date) -> datetime:
    """When a date's work is thought of."""
    return instant(day, BEGINS)


@dataclass
class Heard:
    """What a handset knows of a date's work."""

    listed: list[Place] = field(default_factory=list)
    periods: list[dict[str, Any]] = field(default_factory=list)
    standing: Held | None = None


@dataclass
class Mornings:
    """One worker's work from date to date."""

    login: Login
    tally: Tally
    seed: int
    shelf: Shelf = field(default_factory=Shelf)
    known: dict[str, Place] = field(default_factory=dict)
    former: dict[str, Place] = field(default_factory=dict)
    """Places that it held once: they, or the worker, have gone to another grid since."""
    heard_on: date | None = None
    under_way: list[Errand] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    """On what one had a word of one's own, or thought of one."""

    @property
    def phone(self) -> str:
        """Whose it is."""
        return self.login.credentials.phone

    async def records(self, plan: Plan, post: Post, *, network: bool) -> list[Record]:
        """What is recorded on a date beside what was planned; without network, from memory."""
        walk = Round(plan.day, self.phone, self.seed, post)
        heard = await self._hear(walk) if network else Heard()
        found = [*self._visits(walk, heard.listed), *collections(walk, self.shelf)]
        found += [*errands(walk, self.under_way), *duties(walk, heard.periods)]
        found += own_words(walk, heard.standing, self.said) if heard.standing else []
        found += acts(walk, self.shelf.book.of(self.phone), heard=network)
        return [mocked(each, plan.day) for each in found] if plan.faults.mocked else found

    async def _hear(self, walk: Round) -> Heard:
        """Places, tasks, key periods and one's standing as the server tells them."""
        try:
            self._hold(await held(self.login, walk.post.grids))
            listed = await tasks(self.login, walk.day, stands_at(walk.post))
            periods = await key_periods(self.login, walk, self.read)
            standing = await held_against(self.login)
        except Unreachable:
            return Heard()
        except Refused as refused:
            self.tally.surprise(f"{self.phone} {walk.day}: {refused}")
            return Heard()
        self.heard_on = walk.day
        today = civil_day(self.login.times.now()) == walk.day
        for what in disorder(listed, self.known if today else None, walk.post.grids):
            self.tally.surprise(f"{self.phone} {walk.day}: {what}")
        return Heard([task.place for task in listed], periods, standing)

    def _hold(self, places: dict[str, Place]) -> None:
        self.former |= self.known
        self.known = places
        self.former = {key: place for key, place in self.former.items() if key not in places}

    def _visits(self, walk: Round, listed: Sequence[Place]) -> list[Record]:
        if not self.known and not listed:
            return list(unregistered(walk.day, walk.post, walk.chance("unregistered")))
        found = [*own_visits(walk, list(self.known.values())), *taken_over(walk, listed)]
        sure = found if self.heard_on == walk.day else []
        doubtful = found if self.heard_on != walk.day else []
        doubtful = [*doubtful, *former_visits(walk, list(self.former.values()))]
        return [*sure, *(replace(each, expects=OLD_NEWS, worth=None) for each in doubtful)]


def pause_after(moment: datetime, pause: timedelta) -> datetime:
    """The next turn at or after a moment, for a handset that makes one every so often."""
    begin = instant(civil_day(moment), time.min)
    turns = -((begin - moment) // pause)
    return begin + turns * pause
