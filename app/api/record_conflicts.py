"""Two edits of one field: laid before the administrator with both values (INF-1)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.api.deps import Cursor, Db, Limit, Now, RecordsReader, RecordsRevealer, RecordsWriter
from app.api.problems import refusals
from app.api.record_queries import ConflictsAsked
from app.kit.errors import BadCursor, NotFound
from app.registry import deciding_conflicts as deciding
from app.registry import revealing
from app.registry.conflict_schemas import ConflictDecisionIn, ConflictOut, ConflictPage
from app.registry.refusals import (
    ConflictDecided,
    FieldsRefused,
    RecordEnded,
    RecordErased,
    RecordMerged,
    ValueNeeded,
)
from app.registry.rights_schemas import ConflictRevealedOut, ConflictRevealIn
from app.registry.versions import record_in_unit

router = APIRouter(prefix="/v1", tags=["records"])


@router.get("/record-conflicts", responses=refusals(BadCursor, NotFound))
def list_conflicts(
    db: Db, asker: RecordsReader, asked: Annotated[ConflictsAsked, Query()]
) -> ConflictPage:
    """What waits for the administrator in a unit, oldest first; values masked."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    return deciding.conflicts_under(db, unit, None, asked.page)


@router.get("/records/{id}/conflicts", responses=refusals(BadCursor, NotFound))
def list_conflicts_of_record(
    db: Db, asker: RecordsReader, id: UUID, limit: Limit = 100, cursor: Cursor = None
) -> ConflictPage:
    """The conflicts of a record, decided ones too; values masked."""
    record = record_in_unit(db, asker, id)
    return deciding.conflicts_under(db, asker.unit_code, record.id, (cursor, limit))


@router.post(
    "/record-conflicts/{id}/decision",
    responses=refusals(
        NotFound,
        ConflictDecided,
        ValueNeeded,
        FieldsRefused,
        RecordMerged,
        RecordErased,
        RecordEnded,
    ),
)
def decide_conflict(
    db: Db, asker: RecordsWriter, now: Now, id: UUID, body: ConflictDecisionIn
) -> ConflictOut:
    """What stands stays, or the proposed or another value becomes a version of its own."""
    return deciding.decide_conflict(db, asker, id, body, now)


@router.post("/record-conflicts/{id}/reveal", responses=refusals(NotFound, RecordErased))
def reveal_conflict(
    db: Db, asker: RecordsRevealer, id: UUID, body: ConflictRevealIn
) -> ConflictRevealedOut:
    """The values of a conflict in plain, for a purpose; the look is logged."""
    return revealing.reveal_conflict(db, asker, id, body)
