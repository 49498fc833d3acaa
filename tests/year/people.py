"""Who works in the simulated year: fifty full-time workers, one part-time, three stations.

A post that the service itself begins (a recruitment) or ends (a dismissal, a resignation) is
marked, and is left to the service.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from tests.year.duty import FIRST, LAST

COMMUNITIES = ("510185001001", "510185001002", "510185002001")
GRIDS_EACH = 17
HIRED_BEFORE = 46
"""So many workers are there on the first date."""


@dataclass(frozen=True)
class Post:
    """A worker's post in a grid; both dates included."""

    grid: str
    first: date
    last: date

    @property
    def community(self) -> str:
        """Whose station it is."""
        return self.grid[:12]


@dataclass(frozen=True)
class Person:
    """A worker, by a short name that is used throughout."""

    key: str
    posts: tuple[Post, ...]
    full_time: bool = True
    hired_by_service: bool = False
    ended_by_service: bool = False

    def post_on(self, day: date) -> Post | None:
        """Where the worker is posted on a date."""
        return next((post for post in self.posts if post.first <= day <= post.last), None)

    def posts_in(self, first: date, last: date) -> list[Post]:
        """The posts that touch a span, in order."""
        return [post for post in self.posts if post.first <= last and post.last >= first]


DISMISSED_LADDER, DISMISSED_SECOND_JOB = "w18", "w23"
RESIGNED = "w31"
LEFT = {
    DISMISSED_LADDER: date(2025, 8, 6),
    DISMISSED_SECOND_JOB: date(2025, 10, 22),
    RESIGNED: date(2025, 6, 20),
}
"""The last date of those whose contract the service ends."""
MOVED = {"w08": (date(2025, 4, 16), 48), "w36": (date(2025, 11, 10), 47)}
"""From which date on in which free grid: of another township both."""
JOINED = {"w46": (date(2025, 2, 10), 46), "w47": (date(2025, 5, 20), 49)}
RECRUITED = {"w48": (date(2025, 9, 9), 18), "w49": (date(2025, 12, 15), 23)}
"""Who takes the grids that the dismissed left vacant, once the service has hired them."""
PART_TIME = "rural"


def grid(number: int) -> str:
    """The n-th of the grids; neighbours lie in different communities."""
    community = COMMUNITIES[number % len(COMMUNITIES)]
    return f"{community}{number // len(COMMUNITIES) + 1:03d}"


@cache
def people() -> dict[str, Person]:
    """All by their keys."""
    return {person.key: person for person in [*_there_before(), *_joining(), _part_time()]}


def _there_before() -> Iterator[Person]:
    for number in range(HIRED_BEFORE):
        key = f"w{number:02d}"
        person = Person(key, (Post(grid(number), FIRST, LAST),))
        if key in LEFT:
            post = replace(person.posts[0], last=LEFT[key])
            person = replace(person, posts=(post,), ended_by_service=True)
        if key in MOVED:
            since, to = MOVED[key]
            before = replace(person.posts[0], last=since - timedelta(days=1))
            person = replace(person, posts=(before, Post(grid(to), since, LAST)))
        yield person


def _joining() -> Iterator[Person]:
    for key, (since, number) in JOINED.items():
        yield Person(key, (Post(grid(number), since, LAST),))
    for key, (since, number) in RECRUITED.items():
        yield Person(key, (Post(grid(number), since, LAST),), hired_by_service=True)


def _part_time() -> Person:
    """Posted in a grid of another's: everything is left undone, and nothing follows (ORG-4)."""
    return Person(PART_TIME, (Post(grid(0), FIRST, LAST),), full_time=False)
