"""INF-3 to INF-5: sampled accuracy, coverage of the focus kinds, known changes (四(二)5)."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from math import sqrt
from uuid import UUID

from app.rules.cite import Cite, cites
from app.rules.dated import IN_FORCE, Dated, Since
from app.rules.finding import Finding

INF_3 = Cite("INF-3", "四(二)5", reading=True)
INF_4 = Cite("INF-4", "四(二)5", reading=True)
INF_5 = Cite("INF-5", "四(二)5", reading=True)

ACCURACY_PERCENT = Dated(Since(IN_FORCE, 95, INF_3))
FOCUS_PERCENT = Dated(Since(IN_FORCE, 100, INF_4))
CHANGE_MONTHS = Dated(Since(IN_FORCE, 3, INF_5))

NORMAL_95 = 1.959_963_984_540_054
"""Of the normal distribution, what leaves 2.5 % on either side."""


class Reached(StrEnum):
    """Where a share stands to the regulation's line."""

    MET = "met"
    BELOW = "below"
    NOTHING = "nothing"
    """There is nothing to take a share of."""


class ChangeState(StrEnum):
    """What became of a known change."""

    IN_TIME = "in_time"
    LATE = "late"
    OPEN = "open"
    OVERDUE = "overdue"


@dataclass(frozen=True, order=True)
class Drawable:
    """A record that can be drawn, with the version that a check would compare with."""

    key: UUID
    version: int

    @property
    def line(self) -> str:
        """As the population is written down."""
        return f"{self.key},{self.version}\n"


def written_population(population: Iterable[Drawable]) -> bytes:
    """The population as a file, in order of the keys: what its digest is taken over."""
    return "".join(one.line for one in sorted(population)).encode("ascii")


def digest_of(population: Iterable[Drawable]) -> str:
    """SHA-256 of the population as a file, in hexadecimal."""
    return sha256(written_population(population)).hexdigest()


@cites(INF_3)
def draw(keys: Iterable[UUID], seed: str, size: int) -> tuple[UUID, ...]:
    """Drawn by the system, at random and reproducibly, without replacement.

    Keys are put in the order of SHA-256 over `seed:key`; the first `size` are drawn.
    """
    return tuple(sorted(set(keys), key=lambda key: _lot(seed, key))[:size])


def _lot(seed: str, key: UUID) -> tuple[bytes, UUID]:
    return sha256(f"{seed}:{key}".encode()).digest(), key


@dataclass(frozen=True)
class Interval:
    """From where to where the share of all lies, in 95 of 100 draws."""

    low: float
    high: float


def wilson(correct: int, checked: int) -> Interval:
    """The score interval of a share at 95 %; everything where nothing was checked."""
    if not checked:
        return Interval(0.0, 1.0)
    share, squared = correct / checked, NORMAL_95**2
    widened = 1 + squared / checked
    middle = (share + squared / (2 * checked)) / widened
    spread = sqrt(share * (1 - share) / checked + squared / (4 * checked**2))
    reach = NORMAL_95 * spread / widened
    low = 0.0 if correct == 0 else middle - reach
    high = 1.0 if correct == checked else middle + reach
    return Interval(max(0.0, low), min(1.0, high))


@cites(INF_3)
def judge_accuracy(correct: int, checked: int, day: date) -> Finding[Reached]:
    """Correct of checked, by the point estimate; the interval stands beside it."""
    asked = ACCURACY_PERCENT.on(day)
    interval = wilson(correct, checked)
    because: dict[str, object] = {
        "correct": correct,
        "checked": checked,
        "asked_percent": asked,
        "low": interval.low,
        "high": interval.high,
    }
    return Finding(verdict=_reached(correct, checked, asked), cite=INF_3, because=because)


@cites(INF_4)
def judge_focus_coverage(recorded: int, known: int, day: date) -> Finding[Reached]:
    """Recorded of all those known from records, checks or a higher tier's list."""
    asked = FOCUS_PERCENT.on(day)
    because: dict[str, object] = {"recorded": recorded, "known": known, "asked_percent": asked}
    return Finding(verdict=_reached(recorded, known, asked), cite=INF_4, because=because)


def _reached(part: int, whole: int, percent: int) -> Reached:
    """In whole numbers, so that 95 of 100 is not a matter of rounding."""
    if whole == 0:
        return Reached.NOTHING
    return Reached.MET if part * 100 >= whole * percent else Reached.BELOW


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@cites(INF_5)
def judge_change(known_on: date, recorded_on: date | None, today: date) -> Finding[ChangeState]:
    """A known change is recorded within three calendar months; the last day still counts."""
    due = months_later(known_on, CHANGE_MONTHS.on(known_on))
    if recorded_on is None:
        state = ChangeState.OPEN if today <= due else ChangeState.OVERDUE
    else:
        state = ChangeState.IN_TIME if recorded_on <= due else ChangeState.LATE
    because: dict[str, object] = {
        "known_on": known_on.isoformat(),
        "due_on": due.isoformat(),
        "recorded_on": recorded_on.isoformat() if recorded_on else None,
    }
    return Finding(verdict=state, cite=INF_5, because=because)
