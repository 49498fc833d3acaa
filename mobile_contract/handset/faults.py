"""What goes wrong with handsets: who is struck is drawn by the seed, in stated shares."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from mobile_contract.handset.chance import chance_of, chosen


@dataclass(frozen=True)
class Shares:
    """How many handsets, of one, each fault strikes."""

    offline: float = 0.15
    wrong_clock: float = 0.1
    mocked: float = 0.05
    drifting: float = 0.1
    duplicates: float = 0.15
    resends: float = 0.15


@dataclass(frozen=True)
class Faults:
    """What is wrong with one handset on one date."""

    offline: bool = False
    """Without network for hours: everything waits and comes later, in any order."""
    wrong_clock: bool = False
    """The wall clock is minutes off, or nothing proves the time."""
    mocked: bool = False
    """An app invents the positions."""
    drifting: bool = False
    """Now and then the position is kilometres off."""
    duplicates: bool = False
    """The same items twice in one push, the same fixes in two batches."""
    resends: bool = False
    """Answers get lost, so the same requests are sent again."""


def strike(shares: Shares, phones: Sequence[str], seed: int, day: object) -> dict[str, Faults]:
    """Who is struck by what on a date."""
    struck = {
        fault.name: chosen(
            getattr(shares, fault.name), phones, chance_of(seed, "faults", fault.name, day)
        )
        for fault in fields(Shares)
    }
    return {
        phone: Faults(**{name: phone in those for name, those in struck.items()})
        for phone in phones
    }
