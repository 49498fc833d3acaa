"""Visits paid of those owed, by the periods that end in the month (VIS-6, VIS-8)."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.appraisal.pieces import Piece, Pieces, Whose, gathered
from app.db.models import Posting, VisitTally
from app.rules.appraisal import Part
from app.rules.duty import Employment


def visits(session: Session, whose: Whose) -> Pieces:
    """What each worker paid, and what was charged to him or her unpaid.

    A week that ends with the worker already gone counts; one that ends in a rural part-time post
    does not (ORG-4).
    """
    single = (VisitTally.targets, VisitTally.visits) if whose.detail else ()
    rows = session.execute(
        select(
            VisitTally.worker_id,
            VisitTally.grid_code,
            VisitTally.kind,
            VisitTally.first_day,
            VisitTally.last_day,
            VisitTally.owed,
            VisitTally.paid,
            *single,
        ).where(
            VisitTally.worker_id.in_(whose.keys),
            VisitTally.last_day.between(whose.month, whose.last),
            VisitTally.owed > 0,
        )
    ).all()
    rural = _rural(session, whose)
    return gathered(
        (row.worker_id, _piece(row, whose))
        for row in rows
        if not any(row.last_day in valid for valid in rural.get(row.worker_id, ()))
    )


def _rural(session: Session, whose: Whose) -> dict[Any, list[Range[Any]]]:
    found: dict[Any, list[Range[Any]]] = {}
    for worker_id, valid in session.execute(
        select(Posting.worker_id, Posting.valid).where(
            Posting.worker_id.in_(whose.keys),
            Posting.employment == Employment.RURAL_PART_TIME,
            Posting.valid.overlaps(Range(whose.month, whose.last, bounds="[]")),
        )
    ):
        found.setdefault(worker_id, []).append(valid)
    return found


def _piece(row: Row[Any], whose: Whose) -> Piece:
    says: dict[str, Any] = {
        "grid": row.grid_code,
        "visit_kind": row.kind.value,
        "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat(),
    }
    if whose.detail:
        pairs = list(zip(row.targets, row.visits, strict=False))
        says["visits"] = [str(visit) for _, visit in pairs if visit is not None]
        says["unpaid_targets"] = [str(target) for target, visit in pairs if visit is None]
    return Piece(
        part=Part.VISITS_OWED,
        kind="visit_tally",
        key=f"{row.grid_code}/{row.kind.value}/{row.first_day.isoformat()}",
        day=row.last_day,
        done=row.paid,
        owed=row.owed,
        says=says,
    )
