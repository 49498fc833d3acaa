"""Everyday work of the simulated year, date by date, drawn by a seed: facts, and no verdicts."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from app.rules.conduct import Ground
from app.rules.procedures import LeaveKind
from app.rules.tasks import Platform
from tests.year.duty import duty_dates, last_of, months
from tests.year.people import Person, people
from tests.year.script import ABSENCES, OFFENCES, QUOTA_SHORT, SLACK, SO_SO

SEED = 20250101
WEEK = timedelta(days=6)


@dataclass(frozen=True)
class Shares:
    """How much of what is owed a worker does."""

    windows: float = 0.97
    field: float = 0.97
    visits: float = 0.98
    meetings: float = 0.98


USUAL = Shares()
SLACK_SHARES = Shares(0.1, 0.1, 0.15, 0.5)
SO_SO_SHARES = Shares(0.45, 0.2, 0.65, 0.9)


@dataclass(frozen=True)
class WorkedDay:
    """A duty date of a worker."""

    who: str
    day: date
    grid: str
    absence: LeaveKind | None
    windows: tuple[bool, bool, bool]
    met: bool
    """Whether six hours were worked in the grid."""
    guard_visited: bool
    at_meeting: bool
    logins: frozenset[Platform]


@dataclass(frozen=True)
class WorkedWeek:
    """A week of a worker who was posted in one grid for all of it."""

    who: str
    grid: str
    monday: date
    rental_visited: bool

    @property
    def day(self) -> date:
        """Its last date, a Sunday: of the month it counts in."""
        return self.monday + WEEK


@dataclass(frozen=True)
class Filed:
    """An event that a worker reported at 08:30 of a duty date, due at 17:30."""

    who: str
    day: date
    grid: str
    in_time: bool


@dataclass(frozen=True)
class Served:
    """An errand that was done and rated within a date."""

    who: str
    day: date
    grid: str
    rating: int


@dataclass(frozen=True)
class Collected:
    """A record that was collected on a date and entered on another."""

    who: str
    day: date
    grid: str
    entered_on: date


Fact = WorkedDay | WorkedWeek | Filed | Served | Collected


@dataclass
class Work:
    """All that was done in a year."""

    days: list[WorkedDay] = field(default_factory=list)
    weeks: list[WorkedWeek] = field(default_factory=list)
    filed: list[Filed] = field(default_factory=list)
    served: list[Served] = field(default_factory=list)
    collected: list[Collected] = field(default_factory=list)

    def of(self, who: Collection[str]) -> "Work":
        """Some workers' part."""
        return self._where(lambda fact: fact.who in who)

    def between(self, first: date, last: date) -> "Work":
        """What counts in a span: a week by its last date."""
        return self._where(lambda fact: first <= fact.day <= last)

    def _where(self, wanted: Callable[[Fact], bool]) -> "Work":
        return Work(
            list(filter(wanted, self.days)),
            list(filter(wanted, self.weeks)),
            list(filter(wanted, self.filed)),
            list(filter(wanted, self.served)),
            list(filter(wanted, self.collected)),
        )


def year_of_work() -> Work:
    """Everybody's, month by month."""
    work = Work()
    for person in people().values():
        for month in months():
            if person.posts_in(month, last_of(month)):
                _month(work, person, month, Random(f"{SEED} {person.key} {month}"))
    return work


def _month(work: Work, person: Person, month: date, chance: Random) -> None:
    shares = shares_of(person, month)
    days = [_day(person, day, shares, chance) for day in _posted(person, month)]
    work.days += days
    work.weeks += _weeks(person, month, shares, chance)
    if not person.full_time:
        return
    present = [fact for fact in days if fact.absence is None]
    work.filed += _filed(person, month, present)
    work.served += [_served(fact, chance) for fact in present[5:6]]
    work.collected += _collected(person, month, present)


def shares_of(person: Person, month: date) -> Shares:
    """How much a worker does in a month."""
    if not person.full_time or (person.key, month) in SLACK:
        return SLACK_SHARES
    return SO_SO_SHARES if (person.key, month) in SO_SO else USUAL


def absence_on(who: str, day: date) -> LeaveKind | None:
    """The leave that covers a date."""
    found = (
        leave.kind for leave in ABSENCES if leave.who == who and leave.first <= day <= leave.last
    )
    return next(found, None)


def _posted(person: Person, month: date) -> list[date]:
    return [day for day in duty_dates(month, last_of(month)) if person.post_on(day) is not None]


def _day(person: Person, day: date, shares: Shares, chance: Random) -> WorkedDay:
    post, absence = person.post_on(day), absence_on(person.key, day)
    assert post is not None
    drawn = [chance.random() for _ in range(6)]
    windows = [absence is None and share < shares.windows for share in drawn[:3]]
    return WorkedDay(
        who=person.key,
        day=day,
        grid=post.grid,
        absence=absence,
        windows=(windows[0], windows[1], windows[2]),
        met=absence is None and drawn[3] < shares.field,
        guard_visited=absence is None and drawn[4] < shares.visits,
        at_meeting=absence is None and drawn[5] < shares.meetings,
        logins=frozenset() if absence else _logins(person.key, day),
    )


def _logins(who: str, day: date) -> frozenset[Platform]:
    """On both platforms, but for those whom B3 is found of: not on one of them for six dates."""
    short = any(
        (found.who, found.ground, found.occurred_on) == (who, Ground.B3, last_of(day))
        for found in OFFENCES
    )
    return frozenset({Platform.CHENGDU} if short and day.day <= 10 else Platform)


def _weeks(person: Person, month: date, shares: Shares, chance: Random) -> Iterator[WorkedWeek]:
    """Those that end in the month."""
    day = month
    while day <= last_of(month):
        monday = day - WEEK
        post = person.post_on(day)
        whole = post is not None and post.first <= monday
        if day.isoweekday() == 7 and post is not None and whole and _worked(person.key, monday):
            visited = chance.random() < shares.visits
            yield WorkedWeek(person.key, post.grid, monday, visited)
        day += timedelta(days=1)


def _worked(who: str, monday: date) -> bool:
    """Whether any duty date of a week is not on leave."""
    week = duty_dates(monday, monday + WEEK)
    return any(absence_on(who, day) is None for day in week)


def _filed(person: Person, month: date, present: list[WorkedDay]) -> Iterator[Filed]:
    """Two on the first date of a month, and one on the date of each card."""
    many = 1 if (person.key, month) in QUOTA_SHORT else 2
    cards = [
        found.occurred_on
        for found in OFFENCES
        if (found.who, found.ground) == (person.key, Ground.B4) and found.occurred_on >= month
    ]
    for place, fact in enumerate(present):
        if fact.day in cards:
            yield Filed(person.key, fact.day, fact.grid, in_time=False)
        if place == 0:
            yield from [Filed(person.key, fact.day, fact.grid, in_time=True)] * many


def _served(fact: WorkedDay, chance: Random) -> Served:
    return Served(fact.who, fact.day, fact.grid, chance.choice([4, 5, 5]))


def _collected(person: Person, month: date, present: list[WorkedDay]) -> Iterator[Collected]:
    """Two a month; of whom B5 is found, they were entered after eleven days instead of one."""
    late = any(
        (found.who, found.ground, found.occurred_on) == (person.key, Ground.B5, last_of(month))
        for found in OFFENCES
    )
    for fact in present[:2]:
        entered = fact.day + timedelta(days=11 if late else 1)
        yield Collected(person.key, fact.day, fact.grid, entered)
