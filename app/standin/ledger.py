"""What the stand-in platform was told, and how well the telling kept its promises (INT-2)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.kit.clock import civil_day
from app.platforms.sayings import Word
from app.platforms.speaking import Told


class Flaw(StrEnum):
    """What is counted against the sender."""

    DUPLICATE = "duplicate"
    """The same message id again: allowed, and taken once."""
    OUT_OF_ORDER = "out_of_order"
    """A number that is not above the last one of its subject: never allowed."""
    BAD_SIGNATURE = "bad_signature"
    NOT_UNDERSTOOD = "not_understood"


@dataclass
class Held:
    """What the platform has of one subject."""

    number: int
    state: Word | None
    days: set[date] = field(default_factory=set)


@dataclass
class Arrival:
    """A message with the instant at which it came, and what was wrong with it."""

    at: datetime
    message_id: str
    told: Told
    flaw: Flaw | None


@dataclass
class Ledger:
    """In memory, from the start on or from `clear`."""

    held: dict[tuple[str, str], Held] = field(default_factory=dict)
    arrivals: list[Arrival] = field(default_factory=list)
    flaws: Counter[Flaw] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)

    def take(self, message_id: str, told: Told, at: datetime) -> None:
        """Take a message in once; of a subject the highest number stays."""
        flaw = self._flaw(message_id, told)
        self.arrivals.append(Arrival(at, message_id, told, flaw))
        if flaw is not None:
            self.flaws[flaw] += 1
        if flaw is Flaw.DUPLICATE:
            return
        self.known.add(message_id)
        held = self.held.setdefault(told.subject, Held(0, None))
        held.days.add(civil_day(told.occurred_at))
        if told.number > held.number:
            held.number = told.number
            held.state = held.state if told.state is None else told.state

    def _flaw(self, message_id: str, told: Told) -> Flaw | None:
        if message_id in self.known:
            return Flaw.DUPLICATE
        held = self.held.get(told.subject)
        behind = held is not None and told.number <= held.number
        return Flaw.OUT_OF_ORDER if behind else None

    def of_day(self, day: date) -> Sequence[tuple[tuple[str, str], Held]]:
        """The subjects to which something happened on a date, in order of their keys."""
        return sorted(
            ((subject, held) for subject, held in self.held.items() if day in held.days),
            key=lambda row: row[0],
        )

    def lose(self, subject: tuple[str, str], above: int) -> int:
        """Forget what was told of a subject above a number, as if it had never come; how much."""
        told = [each for each in self.arrivals if each.told.subject == subject]
        lost = {each.message_id for each in told if each.told.number > above} & self.known
        kept = [each for each in told if each.message_id not in lost]
        self.known -= {each.message_id for each in told}
        self.arrivals = [each for each in self.arrivals if each.told.subject != subject]
        self.held.pop(subject, None)
        for each in kept:
            if each.flaw is not Flaw.DUPLICATE:
                self.take(each.message_id, each.told, each.at)
        return len(lost)
