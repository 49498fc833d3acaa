"""A month's statements, worked out in memory: nothing is written here (PAY-4)."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.orm import Session

from app.pay.correcting import ClosedMonths, differences_of
from app.pay.gathering import GatheredMonth, Gatherer
from app.pay.months import written_month
from app.people.values import values_on
from app.rules.appraisal import Result
from app.rules.pay import (
    NOTHING,
    PAY_4,
    Difference,
    LineKind,
    Settled,
    Wage,
    looks_back_to,
    settle,
)

Progress: TypeAlias = Callable[[int, int], None]
"""Told after each month that was read: how many of how many."""


def quietly(done: int, of: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class FiguredLine:
    """A line as it is stored."""

    kind: LineKind
    amount: Decimal
    rule: str
    clause: str
    corrects: date | None
    because: Mapping[str, Any]


@dataclass(frozen=True)
class FiguredStatement:
    """A worker's statement as it is stored."""

    worker_id: UUID
    community_code: str
    duty: int
    employed: int
    result: Result | None
    base: Decimal
    performance: Decimal
    lines: tuple[FiguredLine, ...]
    because: Mapping[str, Any]

    @property
    def corrections(self) -> Decimal:
        """Of closed months."""
        found = (line.amount for line in self.lines if line.kind is LineKind.CORRECTION)
        return sum(found, NOTHING)

    @property
    def total(self) -> Decimal:
        """Of all lines."""
        return self.base + self.performance + self.corrections


def figure(
    session: Session, month: date, progress: Progress = quietly
) -> Sequence[FiguredStatement]:
    """Every statement of a month by all that is known now, in order of workers' keys."""
    first = looks_back_to(month, values_on(session, month))
    closed = ClosedMonths(session, first, month)
    gatherer = Gatherer(session, min([month, *closed.months]), month)
    steps = len(closed.months) + 1
    gathered = gatherer.month(month)
    progress(1, steps)
    differences: dict[UUID, list[Difference]] = {}
    places: dict[UUID, str] = {}
    for place, each in enumerate(closed.months, 2):
        due = gatherer.month(each)
        for worker_id, found in differences_of(closed, each, due).items():
            differences.setdefault(worker_id, []).extend(found)
            places[worker_id] = _place(closed, due, worker_id)
        progress(place, steps)
    statements = [_statement(one, differences.pop(key, [])) for key, one in gathered.items()]
    statements += _of_those_who_left(gatherer, month, differences, places)
    return sorted(statements, key=lambda statement: statement.worker_id)


def _statement(gathered: GatheredMonth, differences: Sequence[Difference]) -> FiguredStatement:
    wage = gathered.wage
    settled = settle(differences, wage.total)
    return FiguredStatement(
        worker_id=gathered.worker.worker_id,
        community_code=gathered.worker.community_code,
        duty=len(gathered.dates.duty),
        employed=len(gathered.dates.employed),
        result=gathered.result,
        base=wage.base,
        performance=wage.performance,
        lines=(*_lines(wage), *_corrections(settled)),
        because=gathered.because() | _waiting(settled),
    )


def _place(closed: ClosedMonths, due: Mapping[UUID, GatheredMonth], worker_id: UUID) -> str:
    """Of the last statement; of whoever was never paid, because the post was written down after
    the month was closed, that of the post."""
    code = closed.last_community(worker_id)
    return due[worker_id].worker.community_code if code is None else code


def _of_those_who_left(
    gatherer: Gatherer,
    month: date,
    differences: Mapping[UUID, Sequence[Difference]],
    places: Mapping[UUID, str],
) -> list[FiguredStatement]:
    """What is still owed to workers without a post in the month; of them nothing can be taken."""
    found = []
    for worker_id, owed in differences.items():
        settled = settle(owed, NOTHING)
        if not settled.taken:
            continue
        code = places[worker_id]
        found.append(
            FiguredStatement(
                worker_id=worker_id,
                community_code=code,
                duty=gatherer.duty_of(code, month),
                employed=0,
                result=None,
                base=NOTHING,
                performance=NOTHING,
                lines=_corrections(settled),
                because=_waiting(settled),
            )
        )
    return found


def _lines(wage: Wage) -> tuple[FiguredLine, ...]:
    return tuple(
        FiguredLine(
            line.kind, line.amount, line.cite.rule, line.cite.clause, None, dict(line.because)
        )
        for line in wage.lines
    )


def _corrections(settled: Settled) -> tuple[FiguredLine, ...]:
    return tuple(
        FiguredLine(
            LineKind.CORRECTION,
            amount,
            PAY_4.rule,
            PAY_4.clause,
            difference.month,
            {
                "part": difference.part.value,
                "due": f"{difference.due:.2f}",
                "paid": f"{difference.paid:.2f}",
                "difference": f"{difference.amount:.2f}",
                **difference.because,
            },
        )
        for difference, amount in settled.taken
    )


def _waiting(settled: Settled) -> dict[str, Any]:
    """What there was no room for."""
    return {
        "waiting": [
            {
                "month": written_month(difference.month),
                "part": difference.part.value,
                "amount": f"{amount:.2f}",
            }
            for difference, amount in settled.waiting
        ]
    }


def digest_of(statements: Sequence[FiguredStatement]) -> str:
    """Of all that was figured: equal figures from equal grounds have equal digests."""
    whole = hashlib.sha256()
    for statement in statements:
        whole.update(json.dumps(_plain(statement), ensure_ascii=False, sort_keys=True).encode())
    return whole.hexdigest()


def _plain(statement: FiguredStatement) -> list[Any]:
    lines = [
        [
            line.kind.value,
            f"{line.amount:.2f}",
            line.rule,
            line.corrects.isoformat() if line.corrects else None,
            line.because,
        ]
        for line in statement.lines
    ]
    return [
        str(statement.worker_id),
        statement.community_code,
        [statement.duty, statement.employed, statement.result],
        lines,
        statement.because,
    ]
