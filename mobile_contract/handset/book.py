"""The events that the simulation made, every act on them, and what became of each act."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mobile_contract.handset.moves import Said, Stand, after, begun, fits
from mobile_contract.handset.outbox import Captured

TAKEN = frozenset({"created", "duplicate"})
GRID = "grid"


@dataclass(frozen=True)
class Answered:
    """An act, and the server's answer to it: its number among the event's acts, or the refusal."""

    id: str
    said: Said
    at: datetime
    number: int | None
    code: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Event:
    """An event as the simulation knows it."""

    report: Captured
    phone: str
    """Whose event it is."""
    acts: list[Captured] = field(default_factory=list)
    """Of its worker."""
    of_offices: list[Answered] = field(default_factory=list)
    believed: Stand | None = None
    """Where its worker thinks that it stands."""

    @property
    def id(self) -> str:
        """Its key."""
        return str(self.report.record.id)

    @property
    def grid(self) -> str | None:
        """The grid that the server put it in, once the server has it."""
        first = self.report.first
        taken = first is not None and first["status"] in TAKEN
        return str(first["facts"]["grid_code"]) if first and taken else None

    @property
    def first(self) -> Stand:
        """Where it stood when it was reported."""
        return begun(self.report.record.body)

    @property
    def answered(self) -> list[Answered]:
        """Every act that the server has answered for."""
        return [*map(_answered, (act for act in self.acts if act.first)), *self.of_offices]

    @property
    def done(self) -> list[Answered]:
        """The acts that were taken, by their numbers."""
        taken = ((each.number, each) for each in self.answered if each.number is not None)
        return [each for _, each in sorted(taken, key=lambda pair: pair[0])]

    @property
    def stand(self) -> Stand:
        """Where it stands by all that was answered."""
        *_, last = self.stands()
        return last

    def stands(self) -> Iterator[Stand]:
        """Where it stood after each act, the report first; what did not fit changes nothing."""
        stand = self.first
        yield stand
        for each in self.done:
            stand = after(stand, each.said) if fits(stand, each.said) else stand
            yield stand

    @property
    def unsent(self) -> bool:
        """Whether something of its worker still waits for an answer."""
        return not self.report.settled or any(not act.settled for act in self.acts)


def said_of(tier: str, body: Mapping[str, Any]) -> Said:
    """What of an act decides."""
    return Said(tier, body["act"], body.get("to"), body.get("score"))


def _answered(act: Captured) -> Answered:
    first = act.first or {}
    facts = first.get("facts") or {}
    taken = first["status"] in TAKEN
    return Answered(
        id=str(act.record.id),
        said=said_of(GRID, act.record.body),
        at=act.record.at,
        number=int(facts["number"]) if taken else None,
        code=None if taken else first.get("code"),
        facts=facts,
    )


@dataclass
class Book:
    """All of them, in the order in which they were planned."""

    events: dict[str, Event] = field(default_factory=dict)

    def note(self, item: Captured, phone: str) -> None:
        """A report begins an event; an act is one more on it."""
        if item.record.kind == "incident":
            self.events[str(item.record.id)] = Event(item, phone)
        if item.record.kind == "incident_action":
            self.events[item.record.body["incident_id"]].acts.append(item)

    def of(self, phone: str) -> list[Event]:
        """A worker's own."""
        return [event for event in self.events.values() if event.phone == phone]

    def known(self) -> Iterator[Event]:
        """Those that the server has, by key."""
        for _, event in sorted(self.events.items()):
            if event.grid is not None:
                yield event
