"""Many handsets over some dates, all through the API."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from rich.progress import Progress, TaskID

from mobile_contract.handset.chance import chance_of
from mobile_contract.handset.civil import SHANGHAI, civil_day, instant
from mobile_contract.handset.collecting import Shelf
from mobile_contract.handset.door import Door, Refused, Unreachable
from mobile_contract.handset.faults import Faults, Shares, strike
from mobile_contract.handset.handset import EVERY_MINUTE, Handset
from mobile_contract.handset.logins import Credentials, Login
from mobile_contract.handset.offices import Office, Offices, offices_above
from mobile_contract.handset.people import (
    NobodyThere,
    Person,
    duty_dates,
    last_duty_date,
    own_unit,
    people,
    post_of,
)
from mobile_contract.handset.plans import Plan, Post, plan
from mobile_contract.handset.recorded import Recording, recordings
from mobile_contract.handset.times import Times

MINUTE = timedelta(minutes=1)
EVERY_HOUR = timedelta(hours=1)
NIGHT = timedelta(hours=15)
"""Before 09:00 a day has not begun."""
FINAL = time(12, 1)
"""A minute after verdicts of the day before have become final (FLD-4)."""


@dataclass(frozen=True)
class Wish:
    """What to simulate."""

    office: Credentials
    password: str
    unit: str | None
    workers: int
    first: date | None
    last: date | None
    seed: int
    shares: Shares
    tracks: Path | None
    administrator: Credentials | None = None
    """Who lists the offices' accounts; without, no office acts on events."""
    walks: bool = True
    """Whether handsets record where they go; without, they also send only once an hour."""


@dataclass(frozen=True)
class Cast:
    """Who takes part, and when."""

    office: Login
    unit: str
    days: Sequence[date]
    actors: Sequence[tuple[Person, Handset]]
    offices: Offices
    """Those that act on events."""

    @property
    def handsets(self) -> Sequence[Handset]:
        """Every phone."""
        return [handset for _, handset in self.actors]


@dataclass
class Stage:
    """Where a simulation plays."""

    door: Door
    times: Times
    told: bool
    """Whether the server is told what time it is."""
    progress: Progress
    shelf: Shelf = field(default_factory=Shelf)
    """The records that all handsets of it have made."""


async def cast_of(wish: Wish, stage: Stage) -> Cast:
    """Ask who works where; a told server is asked from the first midnight on."""
    office = Login(wish.office, stage.door, stage.times)
    unit = wish.unit or await own_unit(office)
    days = await _days(wish, stage, office, unit)
    persons = await people(office, unit, days[0], wish.workers)
    await stage.times.reach(instant(days[0], time.min))
    phones = [person.phone for person in persons]
    struck = {day: strike(wish.shares, phones, wish.seed, day) for day in days}
    tracks = recordings(wish.tracks) if wish.tracks else []
    task = stage.progress.add_task("signing in", total=len(persons))
    handsets = await asyncio.gather(
        *(
            _handset(
                wish,
                stage,
                person,
                {day: struck[day][person.phone] for day in days},
                tracks[number % len(tracks)] if tracks else None,
                task,
            )
            for number, person in enumerate(persons)
        )
    )
    actors = [
        (person, handset)
        for person, handset in zip(persons, handsets, strict=True)
        if handset is not None and handset.plans
    ]
    if not actors:
        raise NobodyThere("; ".join(stage.door.tally.surprises) or f"nobody works in {unit}")
    offices = Offices(stage.shelf.book, stage.door.tally, wish.seed, days)
    offices.offices = await _above(wish, stage, office, [handset for _, handset in actors])
    return Cast(office, unit, days, actors, offices)


async def _above(
    wish: Wish, stage: Stage, office: Login, handsets: Sequence[Handset]
) -> Sequence[Office]:
    """The stations and townships of some handsets, and the centre; none without their accounts."""
    if wish.administrator is None:
        return []
    communities = sorted({post.community for handset in handsets for post in handset.posts})
    administrator = Login(wish.administrator, stage.door, stage.times)
    centre = Office("centre", await own_unit(office), office)
    return await offices_above(communities, administrator, centre, wish.office)


async def _days(wish: Wish, stage: Stage, office: Login, unit: str) -> Sequence[date]:
    """One date as asked; of a span its duty dates; else the last duty date."""
    if wish.first is None:
        # A server with its own clock also takes what is left of a day that has begun.
        begun = stage.times.now() + (timedelta(0) if stage.told else NIGHT)
        return [await last_duty_date(office, unit, civil_day(begun))]
    if wish.last is None or wish.last == wish.first:
        return [wish.first]
    found = await duty_dates(office, unit, wish.first, wish.last)
    if not found:
        raise NobodyThere(f"no duty date from {wish.first} to {wish.last}")
    return found


async def _handset(
    wish: Wish,
    stage: Stage,
    person: Person,
    faults: dict[date, Faults],
    track: Recording | None,
    task: TaskID,
) -> Handset | None:
    """A worker's handset, signed in and told where the worker works."""
    login = Login(Credentials(person.phone, wish.password), stage.door, stage.times)
    plans: list[Plan] = []
    posts: list[Post] = []
    try:
        for day, struck in faults.items():
            post = await post_of(login, day)
            if post is not None and not post.away:
                chance = chance_of(wish.seed, "day", person.phone, day)
                plans.append(plan(day, post, struck, chance, track, walks=wish.walks))
                posts.append(post)
    except (Refused, Unreachable) as problem:
        stage.door.tally.surprise(f"{person.phone}: {problem}")
        return None
    stage.progress.advance(task)
    pause = EVERY_MINUTE if wish.walks else EVERY_HOUR
    return Handset(login, stage.door.tally, plans, posts, wish.seed, shelf=stage.shelf, pause=pause)


async def play(cast: Cast, stage: Stage) -> None:
    """Minute by minute: whoever has network and something to send does so, all at once."""
    moment = instant(cast.days[0], time.min)
    if not stage.told:
        for handset in cast.handsets:
            handset.forget_after(stage.times.now() - MINUTE)
    counts = {handset: (handset.made, handset.left) for handset in cast.handsets}
    task = stage.progress.add_task("uploading", total=None)
    wakes = {handset: handset.next_contact(moment) for handset in cast.handsets}
    while due := [wake for wake in wakes.values() if wake is not None]:
        moment = min(due)
        await _offices_until(cast.offices, moment, stage)
        await stage.times.reach(moment)
        awake = [handset for handset, wake in wakes.items() if wake == moment]
        await asyncio.gather(*(handset.contact(moment) for handset in awake))
        wakes |= {handset: handset.next_contact(moment + MINUTE) for handset in awake}
        counts |= {handset: (handset.made, handset.left) for handset in awake}
        made, left = (sum(each) for each in zip(*counts.values(), strict=True))
        shown = f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        stage.progress.update(task, total=made, completed=made - left, description=shown)
    final = max(moment, instant(cast.days[-1] + timedelta(days=1), FINAL))
    await _offices_until(cast.offices, final, stage)
    await stage.times.reach(final)


async def _offices_until(offices: Offices, moment: datetime, stage: Stage) -> None:
    """The hours of offices before a moment; no handset is on the air meanwhile."""
    while (turn := offices.next_turn()) is not None and turn < moment:
        await stage.times.reach(turn)
        await offices.turn(turn)
