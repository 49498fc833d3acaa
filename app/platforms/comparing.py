"""What we told a platform of a date beside what it has, and what follows (INT-2).

A subject is judged on the date of the last that was told of it: what it lacked on an earlier date
it has been told since, or is told with that later one. What still waits to be delivered is no
difference: it comes by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.platforms.sayings import Word

Subject = tuple[str, str]
"""A kind of thing and its key."""


class DifferenceKind(StrEnum):
    """How what a platform has differs from what we told it."""

    MISSING_THERE = "missing_there"
    STATE_DIFFERS = "state_differs"
    """It lags behind, or has the last event with another state."""
    MISSING_HERE = "missing_here"
    """It has, or said, something that we know nothing of."""


class Remedy(StrEnum):
    """What was done about a difference."""

    SENT_AGAIN = "sent_again"
    TAKEN_IN = "taken_in"
    NONE = "none"
    """A person has to look at it."""


@dataclass(frozen=True)
class Standing:
    """The last number of a subject, and its state in the platform's word."""

    number: int
    state: Word | None

    def shown(self) -> dict[str, Any]:
        """As it is kept."""
        return {"number": self.number, "state": self.state}


@dataclass(frozen=True)
class OurEvent:
    """Something that we told, or have yet to tell."""

    id: UUID
    number: int
    of_the_day: bool
    waits: bool
    """Its delivery is not finished."""


@dataclass(frozen=True)
class Ours:
    """A subject as we told of it."""

    events: Sequence[OurEvent]
    """In order."""
    state: Word | None

    @property
    def standing(self) -> Standing:
        """The last that was told."""
        return Standing(self.events[-1].number, self.state)


@dataclass(frozen=True)
class Difference:
    """One difference, with the events that are told again because of it."""

    kind: DifferenceKind
    subject: Subject
    ours: Standing | None
    theirs: Standing | None
    again: Sequence[UUID] = ()

    def shown(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "kind": self.kind.value,
            "subject_kind": self.subject[0],
            "subject_id": self.subject[1],
            "message_id": None,
            "ours": self.ours and self.ours.shown(),
            "theirs": self.theirs and self.theirs.shown(),
            "remedy": (Remedy.SENT_AGAIN if self.again else Remedy.NONE).value,
            "why": None,
        }


def compare(
    ours: Mapping[Subject, Ours], theirs: Mapping[Subject, Standing]
) -> Sequence[Difference]:
    """The differences about what we told, in order of their subjects."""
    found = (_difference(subject, told, theirs.get(subject)) for subject, told in ours.items())
    return sorted(
        (difference for difference in found if difference is not None),
        key=lambda difference: difference.subject,
    )


def unknown(theirs: Mapping[Subject, Standing], known: Iterable[Subject]) -> Sequence[Difference]:
    """What the platform has and we never told anybody of."""
    return [
        Difference(DifferenceKind.MISSING_HERE, subject, None, theirs[subject])
        for subject in sorted(set(theirs) - set(known))
    ]


def _difference(subject: Subject, ours: Ours, theirs: Standing | None) -> Difference | None:
    if any(event.waits for event in ours.events):
        return None
    told = ours.standing
    if theirs is None:
        if not ours.events[-1].of_the_day:
            return None
        again = [event.id for event in ours.events]
        return Difference(DifferenceKind.MISSING_THERE, subject, told, None, again)
    if theirs.number > told.number or theirs == told:
        return None
    again = [event.id for event in ours.events if event.number > theirs.number]
    last = [ours.events[-1].id]
    return Difference(DifferenceKind.STATE_DIFFERS, subject, told, theirs, again or last)
