"""Sign-in windows and field time of the month's duty dates (ATT-5, FLD-4)."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.appraisal.pieces import Piece, Pieces, Whose, gathered
from app.db.models import WorkerDay
from app.rules.appraisal import Part
from app.rules.field_time import FieldVerdict
from app.rules.windows import WindowState

WORKER_DAY = "worker_day"
FIELD = {FieldVerdict.MET: (1, 1), FieldVerdict.SHORT: (0, 1), FieldVerdict.EXCUSED: (0, 0)}


def attendance(session: Session, whose: Whose) -> Pieces:
    """Windows filled or made good, of those owed; what approved leave covers is not owed."""
    return gathered((row.worker_id, _windows(row)) for row in _days(session, whose))


def field_time(session: Session, whose: Whose) -> Pieces:
    """Dates on which the field time was met, of those that owed it."""
    return gathered(
        (row.worker_id, _field(row)) for row in _days(session, whose) if row.field_verdict in FIELD
    )


def _days(session: Session, whose: Whose) -> Iterator[Row[Any]]:
    """The verdicts of the duty dates that bound each worker."""
    rows = session.execute(
        select(
            WorkerDay.worker_id,
            WorkerDay.day,
            WorkerDay.windows,
            WorkerDay.windows_filled,
            WorkerDay.windows_excused,
            WorkerDay.field_verdict,
            WorkerDay.total_s,
            WorkerDay.short,
        ).where(
            WorkerDay.worker_id.in_(whose.keys),
            WorkerDay.day.between(whose.month, whose.last),
            WorkerDay.on_duty,
            WorkerDay.bound,
        )
    )
    return (row for row in rows if whose.full_time(row.worker_id, row.day))


def _windows(row: Row[Any]) -> Piece:
    worker_id: UUID = row.worker_id
    return Piece(
        part=Part.WINDOWS,
        kind=WORKER_DAY,
        key=f"{worker_id}/{row.day.isoformat()}",
        day=row.day,
        done=row.windows_filled,
        owed=len(row.windows) - row.windows_excused,
        says={"windows": [window["state"] or WindowState.MISSED for window in row.windows]},
    )


def _field(row: Row[Any]) -> Piece:
    done, owed = FIELD[row.field_verdict]
    return Piece(
        part=Part.FIELD_DATES,
        kind=WORKER_DAY,
        key=f"{row.worker_id}/{row.day.isoformat()}",
        day=row.day,
        done=done,
        owed=owed,
        says={"verdict": row.field_verdict.value, "total_s": row.total_s, "short_s": row.short},
    )
