"""What each visit that is owed comes to: paid by whom, or charged to whom, in which grid."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.db.models import NOBODY
from app.kit.clock import civil_day
from app.rules.closing import charge_day
from app.rules.sharing import Held, TakenOver
from app.rules.visits import Period, VisitKind, payment
from app.visits.holding import Holdings
from app.visits.obligations import Obligation, made_in, obligations
from app.visits.on_record import OnRecord
from app.visits.rulings import Closings


@dataclass(frozen=True)
class Judged:
    """One visit that is owed: in whose grid, to whom it counts, and what paid it."""

    grid_code: str
    kind: VisitKind
    period: Period
    target_id: UUID
    worker_id: UUID
    visit_id: UUID | None
    taken_over: Mapping[str, Any] | None


Periods = Mapping[VisitKind, Sequence[Period]]


def judge(record: OnRecord, periods: Periods, today: date) -> Iterator[Judged]:
    """What is owed in some periods by those who lived by today, as it stands today."""
    held = _held_over(record, periods, today)
    for owed in obligations(record, periods, today):
        # While it runs, a period is owed by the grid in which the place stands today.
        grid = record.grid_on(owed.target.place_id, min(owed.last, today))
        if grid is not None:
            yield _judged(record, owed, grid, held, today)


def registered_in_time(
    record: OnRecord, judged: Iterable[Judged], closings: Closings, closed_until: date
) -> Iterator[Judged]:
    """Without what was registered only after its period had closed: that stays as it was."""
    registered = {target.id: target.registered for target in record.targets}
    for one in judged:
        closed = one.period.last <= closed_until
        if not closed or registered[one.target_id] < closings.closes_at(one.period.last):
            yield one


def _held_over(record: OnRecord, periods: Periods, today: date) -> Holdings:
    begun = [period for kind in periods.values() for period in kind]
    first = min((period.first for period in begun), default=today)
    return Holdings(record, first, today)


def _judged(
    record: OnRecord, owed: Obligation, grid: str, holdings: Holdings, today: date
) -> Judged:
    visits = [one.paid for one in made_in(record, owed)]
    values = record.rulings.values(owed.period.last)
    paying = payment(owed.target.kind, owed.period, visits, values)
    first_paying = paying[0] if paying else None
    day = civil_day(first_paying.at) if first_paying else _charged_on(record, owed, today)
    held = holdings.held(owed, day)
    worker = record.workers[first_paying.record] if first_paying else _charged(owed, held, day)
    return Judged(
        grid_code=grid,
        kind=owed.target.kind,
        period=owed.period,
        target_id=owed.target.id,
        worker_id=worker or NOBODY,
        visit_id=UUID(str(first_paying.record)) if first_paying else None,
        taken_over=shown(held),
    )


def _charged(owed: Obligation, held: Held, day: date) -> UUID | None:
    """Nobody is charged for a visit that could no longer be made when it was registered."""
    return held.worker if civil_day(owed.target.registered) <= day else None


def _charged_on(record: OnRecord, owed: Obligation, today: date) -> date:
    """Today while the visit can still be made; then the last duty date on which it could."""
    if today <= owed.last:
        return today
    first = max(owed.first, record.there_since(owed.target.place_id, owed.last))
    return charge_day(first, owed.last, record.rulings.is_duty_date)


def shown(held: Held) -> Mapping[str, Any] | None:
    """What a tally says of a visit that was taken over, or that nobody could take over."""
    taken: TakenOver | None = held.taken_over
    if taken is None:
        return None
    return {
        "from": str(taken.worker),
        "leave": str(taken.leave),
        "since": taken.since.isoformat(),
        "by": str(held.worker) if held.worker else None,
    }
