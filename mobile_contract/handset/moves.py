"""How an event travels by the rulebook (EVT-1, EVT-2, EVT-4): the count that handsets keep.

Written a second time, and differently from the service's: it is what the service is held against.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

TIERS = ("grid", "community", "township", "centre")
OPEN = frozenset({"held", "handling"})
ENDS = {
    "close": "closed",
    "withdraw": "withdrawn",
    "find_false": "false",
    "link_duplicate": "duplicate",
}
NOT_TOP = frozenset(TIERS[:-1])
NOT_GRID = frozenset(TIERS[1:])
HOLDS = {
    "take_up": frozenset(TIERS),
    "escalate": NOT_TOP,
    "hand_down": NOT_GRID,
    "return": frozenset(TIERS),
    "ask_help": NOT_TOP,
    "ask_extension": frozenset(TIERS),
    "close": frozenset(TIERS),
    "find_false": NOT_GRID,
    "link_duplicate": frozenset(TIERS),
}
"""What only a tier does that holds the event while it is open, and which tiers."""


@dataclass(frozen=True)
class Said:
    """An act as it is said: by which tier, and the fields that decide what it does."""

    tier: str
    act: str
    to: str | None = None
    score: str | None = None


@dataclass(frozen=True)
class Stand:
    """Where an event stands."""

    state: str
    major: bool
    asked_afterwards: bool
    """Somebody told the worker, and can be asked whether it is well now."""
    held: frozenset[str]
    came_from: Mapping[str, str | None] = field(default_factory=dict)
    taken_up: frozenset[str] = frozenset()
    extended: frozenset[str] = frozenset()
    """Tiers whose present hold had its one extension asked for."""
    waits: frozenset[str] = frozenset()
    """Tiers whose request nobody decided yet."""
    closed_by: str | None = None
    reopened: bool = False
    score: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody holds it."""
        return self.state in OPEN


def begun(body: Mapping[str, Any]) -> Stand:
    """A report: with the grid, or where it is major with community and township at once."""
    major = body["severity"] == "major"
    asked = body.get("reporter", "worker") != "worker"
    direct = {"centre"} if body.get("straight_to_centre") else set()
    held = {"community", "township"} | direct if major else {"grid"}
    return Stand("held", major, asked, frozenset(held))


def fits(stand: Stand, said: Said) -> bool:
    """Whether an act may be done; withdrawals are always the reporter's own here."""
    tier, act = said.tier, said.act
    if act in HOLDS:
        holds = stand.is_open and tier in stand.held and tier in HOLDS[act]
        return holds and _beside(stand, said)
    match act:
        case "decide_extension":
            return stand.is_open and tier != "grid" and below(tier) in stand.waits
        case "withdraw":
            alone = stand.state == "held" or stand.held == {"grid"}
            return tier == "grid" and stand.is_open and alone
        case "follow_up":
            low = tier in {"grid", "community"}
            return low and stand.state == "closed" and stand.asked_afterwards
        case "verify":
            ready = "followed_up" if stand.asked_afterwards else "closed"
            return tier == "grid" and stand.state in {ready, "followed_up"}
        case _:
            return False


def _beside(stand: Stand, said: Said) -> bool:
    """What an act of a holder needs beside the hold."""
    match said.act:
        case "take_up":
            return said.tier not in stand.taken_up
        case "return":
            return stand.came_from.get(said.tier) is not None
        case "ask_extension":
            return said.tier not in stand.extended
        case _:
            return True


def after(stand: Stand, said: Said) -> Stand:
    """Where the event stands once an act that fits was done."""
    return EFFECTS.get(said.act, _as_it_was)(stand, said)


def _as_it_was(stand: Stand, said: Said) -> Stand:
    """Words alone: help was asked for."""
    del said
    return stand


def _taken_up(stand: Stand, said: Said) -> Stand:
    return replace(stand, state="handling", taken_up=stand.taken_up | {said.tier})


def _escalated(stand: Stand, said: Said) -> Stand:
    """The tiers below are released too."""
    leaving = [held for held in stand.held if rank(held) <= rank(said.tier)]
    return _moved(stand, leaving, said.to or above(said.tier), said.tier)


def _handed_down(stand: Stand, said: Said) -> Stand:
    return _moved(stand, [said.tier], below(said.tier), said.tier)


def _returned(stand: Stand, said: Said) -> Stand:
    return _moved(stand, [said.tier], str(stand.came_from[said.tier]), said.tier)


def _extension_asked(stand: Stand, said: Said) -> Stand:
    asked, waits = stand.extended | {said.tier}, stand.waits | {said.tier}
    return replace(stand, extended=asked, waits=waits)


def _extension_decided(stand: Stand, said: Said) -> Stand:
    return replace(stand, waits=stand.waits - {below(said.tier)})


def _ended(stand: Stand, said: Said) -> Stand:
    closed_by = said.tier if said.act == "close" else stand.closed_by
    return _left(replace(stand, state=ENDS[said.act], closed_by=closed_by), stand.held)


def _followed_up(stand: Stand, said: Said) -> Stand:
    del said
    return replace(stand, state="followed_up")


def _verified(stand: Stand, said: Said) -> Stand:
    """A failed verification reopens it at the tier that closed it, once."""
    if said.score != "not" or stand.reopened:
        return replace(stand, state="verified", score=said.score)
    again = replace(stand, state="held", reopened=True, score=said.score, closed_by=None)
    return _arrived(again, str(stand.closed_by), None)


def _moved(stand: Stand, leaving: Iterable[str], to: str, sent_by: str) -> Stand:
    """From some tiers to another; it is being handled as long as one that took it up holds it."""
    there = _arrived(_left(stand, leaving), to, sent_by)
    return replace(there, state="handling" if there.taken_up else "held")


def _arrived(stand: Stand, tier: str, sent_by: str | None) -> Stand:
    """A tier that holds it already goes on as before."""
    if tier in stand.held:
        return stand
    sent = {**stand.came_from, tier: sent_by}
    return replace(stand, held=stand.held | {tier}, came_from=sent)


def _left(stand: Stand, tiers: Iterable[str]) -> Stand:
    """Some tiers hold it no longer."""
    gone = frozenset(tiers)
    return replace(
        stand,
        held=stand.held - gone,
        taken_up=stand.taken_up - gone,
        extended=stand.extended - gone,
        waits=stand.waits - gone,
    )


EFFECTS: Mapping[str, Callable[[Stand, Said], Stand]] = {
    "take_up": _taken_up,
    "escalate": _escalated,
    "hand_down": _handed_down,
    "return": _returned,
    "ask_extension": _extension_asked,
    "decide_extension": _extension_decided,
    "follow_up": _followed_up,
    "verify": _verified,
    **dict.fromkeys(ENDS, _ended),
}


def rank(tier: str) -> int:
    """The grid is 0, the centre 3."""
    return TIERS.index(tier)


def above(tier: str) -> str:
    """The next tier up."""
    return TIERS[rank(tier) + 1]


def below(tier: str) -> str:
    """The next tier down."""
    return TIERS[rank(tier) - 1]
