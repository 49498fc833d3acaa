"""What a month is measured by, record by record: of each how much was owed and done (APR-1)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.clock import civil_day, day_end, day_start
from app.people.months import MonthOfWorker
from app.people.values import supersessions
from app.rules.activity import month_of
from app.rules.appraisal import Measured, Part
from app.rules.parameters import Supersession, Values, values_on

MISSED_KEPT = 60
"""Keys of what was missed that are stored with a part; all of them are in its records."""


@dataclass(frozen=True)
class Piece:
    """One record, or one thing owed, with what it gives to numerator and denominator."""

    part: Part
    kind: str
    """What `key` names."""
    key: str
    day: date
    done: int
    owed: int
    """0: it was set aside, `says` tells why."""
    says: Mapping[str, Any] = field(default_factory=dict)


Pieces: TypeAlias = Mapping[UUID, Sequence[Piece]]
"""By worker."""


@dataclass(frozen=True)
class Whose:
    """Whose month is measured, as of when, with the values in force."""

    month: date
    """Its first date."""
    workers: Mapping[UUID, MonthOfWorker]
    now: datetime
    history: Sequence[Supersession]
    detail: bool = False
    """Whether single visits and the like are read too: for a few workers."""

    @classmethod
    def of(
        cls,
        session: Session,
        month: date,
        workers: Iterable[MonthOfWorker],
        now: datetime,
        *,
        detail: bool = False,
    ) -> "Whose":
        """With the city's values as they were set."""
        by_worker = {one.worker_id: one for one in workers}
        return cls(month_of(month)[0], by_worker, now, supersessions(session), detail)

    @property
    def keys(self) -> list[UUID]:
        """The workers."""
        return list(self.workers)

    @property
    def last(self) -> date:
        """The last date that is measured: of a month that is not over, yesterday."""
        return min(month_of(self.month)[1], civil_day(self.now) - timedelta(days=1))

    @property
    def ends(self) -> datetime:
        """The first instant after it."""
        return day_end(self.last)

    @property
    def begins(self) -> datetime:
        """The month's first instant."""
        return day_start(self.month)

    @property
    def values(self) -> Values:
        """In force on the month's first date."""
        return self.values_on(self.month)

    def values_on(self, day: date) -> Values:
        """In force on a date."""
        return values_on(day, self.history)

    def full_time(self, worker_id: UUID, day: date) -> bool:
        """Whether the worker had a full-time post on a date of the month (ORG-4)."""
        return self.workers[worker_id].community_on(day) is not None


def gathered(found: Iterable[tuple[UUID, Piece]]) -> Pieces:
    """By worker, in order of their dates."""
    pieces: dict[UUID, list[Piece]] = defaultdict(list)
    for worker_id, piece in found:
        pieces[worker_id].append(piece)
    for ordered in pieces.values():
        ordered.sort(key=lambda piece: (piece.day, piece.part, piece.key))
    return pieces


def total(pieces: Iterable[Piece]) -> Measured:
    """What was done of what was owed, over all parts."""
    done = owed = 0
    for piece in pieces:
        done += piece.done
        owed += piece.owed
    return Measured(done, owed)


def parts_of(pieces: Sequence[Piece]) -> dict[str, Any]:
    """Part by part: the two numbers, how many records, which were missed or set aside."""
    by_part: dict[Part, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_part[piece.part].append(piece)
    return {part.value: _part(found) for part, found in sorted(by_part.items())}


def _part(pieces: Sequence[Piece]) -> dict[str, Any]:
    found = total(pieces)
    missed = [piece for piece in pieces if piece.done < piece.owed]
    return {
        "numerator": found.numerator,
        "denominator": found.denominator,
        "records": len(pieces),
        "missed": [{"kind": one.kind, "key": one.key} for one in missed[:MISSED_KEPT]],
        "set_aside": sum(piece.owed == 0 for piece in pieces),
    }
