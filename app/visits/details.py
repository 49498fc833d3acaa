"""What a grid owes of a kind in a period, place by place, with what paid it (VIS-6, VIS-7)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import NOBODY, VisitPlaceLocation, VisitTally, VisitTarget, Worker
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.people.principal import Principal
from app.people.spans import starts
from app.rules.groups import ORG_5
from app.rules.visits import Period, VisitKind, cite_of, owes, payment
from app.visits.coverage_schemas import DetailOut, DetailsOut, TakenOverOut
from app.visits.figures import Figures, figures_out
from app.visits.judging import Judged
from app.visits.on_record import Made, life_of, visits_made
from app.visits.place_lists import seen_by
from app.visits.rulings import Rulings
from app.visits.tally_rows import judged_of
from app.visits.upkeep import bring_up_to_date


def details(
    session: Session, asker: Principal, which: tuple[str, VisitKind, date], now: datetime
) -> DetailsOut:
    """The tallies of a grid, a kind and a period, visit by visit; raises NotFound without any.

    Whoever looks at places leaves a trace.
    """
    grid, kind, first = which
    bring_up_to_date(session, grid, now)
    rows = session.scalars(
        select(VisitTally).where(
            VisitTally.grid_code == grid, VisitTally.kind == kind, VisitTally.first_day == first
        )
    ).all()
    if not rows:
        raise NotFound(grid=grid, kind=kind, first=first)
    period = Period(first, rows[0].last_day)
    items = _items(session, rows, period, civil_day(now))
    seen_by(session, asker, sorted({str(item.place_id) for item in items if item.place_id}))
    cite = cite_of(kind, period.last)
    return DetailsOut(
        grid=grid,
        kind=kind,
        first=first,
        last=period.last,
        closed=rows[0].closed,
        rule=cite.rule,
        clause=cite.clause,
        rules_version=max(row.rules_version for row in rows),
        computed_at=max(row.computed_at for row in rows),
        figures=figures_out(_figures(rows)),
        items=items,
    )


def _figures(rows: Sequence[VisitTally]) -> Figures:
    unpaid = [(row, row.owed - row.paid) for row in rows]
    return Figures(
        owed=sum(row.owed for row in rows),
        paid=sum(row.paid for row in rows),
        open=sum(count for row, count in unpaid if not row.closed),
        charged_to_nobody=sum(count for row, count in unpaid if row.worker_id == NOBODY),
    )


def _items(
    session: Session, rows: Sequence[VisitTally], period: Period, today: date
) -> list[DetailOut]:
    judged = [one for row in rows for one in judged_of(row)]
    targets = targets_of(session, [one.target_id for one in judged])
    places = {target.place_id for target in targets.values()}
    labels = {
        key: (found.whereabouts or {}).get("label")
        for key, found in locations_on(session, places, min(period.last, today)).items()
    }
    rulings = Rulings(session, rows[0].grid_code[:12], period.first, period.last)
    made = visits_made(session, places, period.first, period.last)
    names = names_of(session, judged)
    items = []
    for one in judged:
        target = targets.get(one.target_id)
        place = target.place_id if target else None
        items.append(
            DetailOut(
                target_id=one.target_id,
                place_id=place,
                label=labels.get(place) if place else None,
                worker_id=None if one.worker_id == NOBODY else one.worker_id,
                worker_name=names.get(one.worker_id),
                paid=one.visit_id is not None,
                visits=_paying(one, made.get(place, ()) if place else (), rulings),
                because=_because(one, target, rulings) if target else {},
                taken_over=taken_over_out(one.taken_over, names),
            )
        )
    return sorted(items, key=lambda item: (item.paid, item.label or "", str(item.target_id)))


def _because(one: Judged, target: VisitTarget, rulings: Rulings) -> dict[str, Any]:
    values = rulings.values(one.period.last)
    finding = owes(one.kind, life_of(target.valid), one.period, rulings.is_duty_date, values)
    return dict(finding.because)


def _paying(one: Judged, made: Iterable[Made], rulings: Rulings) -> list[UUID]:
    """All the visits that paid it together, where the first of them is the one on record."""
    if one.visit_id is None:
        return []
    values = rulings.values(one.period.last)
    found = payment(one.kind, one.period, (each.paid for each in made), values)
    keys = [UUID(str(visit.record)) for visit in found]
    return keys if keys[:1] == [one.visit_id] else [one.visit_id]


def targets_of(session: Session, keys: Collection[UUID]) -> dict[UUID, VisitTarget]:
    """Some targets by key."""
    rows = session.scalars(select(VisitTarget).where(VisitTarget.id.in_(keys)))
    return {target.id: target for target in rows}


def locations_on(
    session: Session, places: Collection[UUID], day: date
) -> dict[UUID, VisitPlaceLocation]:
    """Where some places are on a date, or last were before."""
    rows = session.scalars(
        select(VisitPlaceLocation)
        .where(VisitPlaceLocation.place_id.in_(places))
        .order_by(VisitPlaceLocation.valid)
    )
    return {found.place_id: found for found in rows if starts(found.valid) <= day}


def names_of(session: Session, judged: Collection[Judged]) -> Mapping[UUID, str]:
    """The names of all workers that some judged visits name."""
    keys = {one.worker_id for one in judged}
    keys |= {UUID(one.taken_over["from"]) for one in judged if one.taken_over}
    rows = session.execute(select(Worker.id, Worker.name).where(Worker.id.in_(keys)))
    return {key: name for key, name in rows}  # noqa: C416 - rows are not pairs to mypy


def taken_over_out(
    found: Mapping[str, Any] | None, names: Mapping[UUID, str]
) -> TakenOverOut | None:
    """From whom, by which leave, since when, and who holds it instead."""
    if found is None:
        return None
    worker = UUID(found["from"])
    return TakenOverOut(
        worker_id=worker,
        worker_name=names.get(worker, ""),
        by=UUID(found["by"]) if found["by"] else None,
        leave=UUID(found["leave"]),
        since=date.fromisoformat(found["since"]),
        rule=ORG_5.rule,
        clause=ORG_5.clause,
    )
