"""Sensitive fields revealed for a purpose; a person's file exported, corrected, erased."""

from uuid import UUID

from fastapi import APIRouter

from app.api.deps import Cursor, Db, Limit, Me, Now, RecordsRevealer, RightsKeeper
from app.api.problems import refusals
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound
from app.registry import erasing, revealing
from app.registry.refusals import FieldUnknown, RecordErased, RecordMerged, StillNeeded
from app.registry.rights_schemas import (
    ErasureIn,
    FileIn,
    FileOut,
    LookPage,
    RevealedOut,
    RevealIn,
)
from app.registry.schemas import RecordOut
from app.registry.shown import record_out
from app.registry.versions import record_in_unit

router = APIRouter(prefix="/v1", tags=["records"])


@router.post("/records/{id}/reveal", responses=refusals(NotFound, RecordErased, FieldUnknown))
def reveal_record(db: Db, asker: RecordsRevealer, id: UUID, body: RevealIn) -> RevealedOut:
    """Fields of a record in plain, for a purpose; the look is logged."""
    return revealing.reveal(db, asker, record_in_unit(db, asker, id), body)


@router.post("/me/records/{id}/reveal", responses=refusals(NotFound, RecordErased, FieldUnknown))
def reveal_my_record(db: Db, asker: Me, now: Now, id: UUID, body: RevealIn) -> RevealedOut:
    """Fields of a record of one's own grids in plain, for a purpose; the look is logged."""
    record = revealing.own_record(db, asker, id, civil_day(now))
    return revealing.reveal(db, asker, record, body)


@router.get("/records/{id}/reveals", responses=refusals(BadCursor, NotFound))
def list_reveals(
    db: Db, asker: RightsKeeper, id: UUID, limit: Limit = 100, cursor: Cursor = None
) -> LookPage:
    """Who looked at a record in plain, when, at which fields and for what; latest first."""
    record = record_in_unit(db, asker, id)
    return revealing.looks_at(db, [record.id], cursor, limit)


@router.post("/records/{id}/file", responses=refusals(NotFound, RecordMerged, RecordErased))
def export_file(db: Db, asker: RightsKeeper, now: Now, id: UUID, body: FileIn) -> FileOut:
    """All that is kept of a person, and who looked at it, for the person; this is logged."""
    return erasing.file_of(db, asker, id, body, now)


@router.post(
    "/records/{id}/erasure", responses=refusals(NotFound, RecordMerged, RecordErased, StillNeeded)
)
def erase_record(db: Db, asker: RightsKeeper, now: Now, id: UUID, body: ErasureIn) -> RecordOut:
    """Nothing that was said stays; that there was a record, its states and its dates do."""
    return record_out(db, erasing.erase_record(db, asker, id, body, now), civil_day(now))
