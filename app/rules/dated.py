"""A number of the regulation: every value it has had, since when, and by which clause."""

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from app.rules.cite import Cite, cites

T = TypeVar("T")

SINCE = Cite("0", "九")

IN_FORCE = date(2017, 9, 1)
"""《简阳市网格员管理办法（试行）》九: 从即日起开始试行."""


@dataclass(frozen=True)
class Since(Generic[T]):
    start: date
    value: T
    cite: Cite


class Dated(Generic[T]):
    def __init__(self, *history: Since[T]) -> None:
        starts = [entry.start for entry in history]
        if not starts or starts != sorted(set(starts)):
            raise ValueError("a dated value needs entries in strictly rising order")
        self.history = history

    @cites(SINCE)
    def on(self, day: date) -> T:
        """The value in force on `day`; before the first there is none to judge by."""
        in_force = [entry.value for entry in self.history if entry.start <= day]
        if not in_force:
            raise LookupError(
                f"no value in force on {day}; the first starts {self.history[0].start}"
            )
        return in_force[-1]
