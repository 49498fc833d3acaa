"""“5” of the sheet: what is owed of each kind, and the visits of the date (VIS-1 to VIS-8)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from app.rules.visits import VIS_7, VisitKind, cadence_of, cite_of, period_of
from app.tasks.schemas import SheetVisitOut, VisitsOwedOut
from app.tasks.work_facts import PlaceFacts, WorkFacts

CODE_DIGITS = 6


def visits_owed(who: UUID, day: date, work: WorkFacts) -> list[VisitsOwedOut]:
    """The five kinds in the order of the regulation, also where nothing is owed."""
    tallies = {tally.kind: tally for tally in work.tallies.get(who, ())}
    made = Counter(
        kind for visit in work.visits.get(who, ()) for kind in kinds_of(visit, work.places)
    )
    return [_owed(kind, day, tallies.get(kind), made[kind]) for kind in VisitKind]


def _owed(kind: VisitKind, day: date, tally: Any | None, made: int) -> VisitsOwedOut:
    cite, period = cite_of(kind, day), period_of(kind, day)
    return VisitsOwedOut(
        kind=kind,
        cadence=cadence_of(kind, day),
        first_day=period.first,
        last_day=period.last,
        owed=int(tally.owed) if tally else 0,
        taken_over=int(tally.taken_over) if tally else 0,
        paid=int(tally.paid) if tally else 0,
        made=made,
        paid_on_date=int(tally.on_date) if tally else 0,
        rule=cite.rule,
        clause=cite.clause,
    )


def visits_made(who: UUID, work: WorkFacts) -> list[SheetVisitOut]:
    """The visits of the date in order of time."""
    return [_made(visit, work.places) for visit in work.visits.get(who, ())]


def _made(visit: Any, places: PlaceFacts) -> SheetVisitOut:
    kinds = kinds_of(visit, places)
    special = VisitKind.SPECIAL_GROUP in {*kinds, visit.kind}
    withheld: Literal["special_group"] | None = "special_group" if special else None
    return SheetVisitOut(
        id=visit.id,
        at=visit.corrected_at,
        kinds=list(kinds),
        place_id=visit.place_id,
        place_code=place_code(visit.place_id or visit.id),
        place=None if withheld else _label(visit, places),
        withheld=withheld,
        manner=visit.manner,
        outcome=visit.outcome,
        verdict=visit.verdict,
        rule=VIS_7.rule,
        clause=VIS_7.clause,
    )


def kinds_of(visit: Any, places: PlaceFacts) -> Sequence[VisitKind]:
    """Whom the place's visits are owed to on the date, or what the worker said it was."""
    known = places.kinds.get(visit.place_id, ())
    said = [visit.kind] if visit.kind is not None else []
    return sorted({*known} or {*said}, key=list(VisitKind).index)


def _label(visit: Any, places: PlaceFacts) -> str | None:
    """None once it was erased."""
    if visit.place_id is not None:
        return places.labels.get(visit.place_id)
    return visit.words["place"] if visit.words else None


def place_code(key: UUID) -> str:
    """By which the worker finds the place on the handset, and nobody else can."""
    return key.hex[-CODE_DIGITS:].upper()
