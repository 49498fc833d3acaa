"""Judged visits as the rows of tallies, and back (VIS-8)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.models import VisitTally
from app.rules.version import RULES_VERSION
from app.rules.visits import Period, VisitKind
from app.visits.judging import Judged

Place = tuple[str, VisitKind, date, UUID]
"""What a row is known by: grid, kind, first day, worker."""


def judged_of(row: VisitTally) -> list[Judged]:
    """The visits of a row, one by one."""
    period = Period(row.first_day, row.last_day)
    return [
        Judged(
            grid_code=row.grid_code,
            kind=row.kind,
            period=period,
            target_id=target,
            worker_id=row.worker_id,
            visit_id=visit,
            taken_over=row.shared.get(str(target)),
        )
        for target, visit in zip(row.targets, row.visits, strict=True)
    ]


def columns(judged: Iterable[Judged]) -> dict[Place, dict[str, Any]]:
    """The figures of each row, by what it is known by."""
    together: dict[Place, list[Judged]] = defaultdict(list)
    for one in judged:
        together[one.grid_code, one.kind, one.period.first, one.worker_id].append(one)
    return {place: _columns(found) for place, found in together.items()}


def _columns(found: list[Judged]) -> dict[str, Any]:
    found.sort(key=lambda one: one.target_id)
    visits = [one.visit_id for one in found]
    return {
        "last_day": found[0].period.last,
        "owed": len(found),
        "paid": sum(visit is not None for visit in visits),
        "targets": [one.target_id for one in found],
        "visits": visits,
        "shared": {str(one.target_id): dict(one.taken_over) for one in found if one.taken_over},
    }


def write(
    session: Session,
    stored: Sequence[VisitTally],
    judged: Iterable[Judged],
    closed_until: date,
    now: datetime,
) -> None:
    """Make the stored rows what was judged; a row that comes to the same is not touched."""
    wanted = columns(judged)
    for row in stored:
        found = wanted.pop((row.grid_code, row.kind, row.first_day, row.worker_id), None)
        if found is None:
            session.delete(row)
        else:
            _set(row, found, closed_until, now)
    for place, found in wanted.items():
        grid_code, kind, first_day, worker_id = place
        row = VisitTally(grid_code=grid_code, kind=kind, first_day=first_day, worker_id=worker_id)
        _set(row, found, closed_until, now)
        session.add(row)
    session.flush()


def _set(row: VisitTally, found: Mapping[str, Any], closed_until: date, now: datetime) -> None:
    wanted = {
        **found,
        "closed": found["last_day"] <= closed_until,
        "rules_version": RULES_VERSION,
    }
    changed = {name for name, value in wanted.items() if getattr(row, name, None) != value}
    for name in changed:
        setattr(row, name, wanted[name])
    if changed:
        row.computed_at = now
