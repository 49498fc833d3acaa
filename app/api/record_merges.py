"""Likely duplicates, merged and taken apart again (INF-1)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.attendance_queries import OfUnit
from app.api.city_queries import Paged
from app.api.deps import Db, Now, Reads, RecordsReader, RecordsWriter
from app.api.export import FILES, Columns, as_asked
from app.api.problems import refusals
from app.db.models import NotDuplicate
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import UnitCode
from app.registry import duplicates, merging
from app.registry.merge_refusals import MergedOn, MergeUndone, SameRecord
from app.registry.merge_schemas import (
    DuplicatesOut,
    MergedOut,
    MergeIn,
    MergePage,
    NotDuplicatesIn,
    NotDuplicatesOut,
    PairPage,
    UndoIn,
    UnmergedOut,
)
from app.registry.refusals import (
    ActNotNow,
    ConflictsOpen,
    FieldsRefused,
    FieldUnknown,
    OtherKind,
    RecordEnded,
    RecordErased,
    RecordMerged,
)
from app.registry.versions import record_in_unit

router = APIRouter(prefix="/v1", tags=["records"])
MERGE_COLUMNS: Columns = {
    "merged_at": ("合并时间", "Merged at"),
    "kept_id": ("保留的记录", "Kept record"),
    "merged_id": ("并入的记录", "Merged record"),
    "reason": ("理由", "Reason"),
    "undone_at": ("撤销时间", "Undone at"),
    "undo_reason": ("撤销理由", "Reason of undoing"),
    "id": ("编号", "Key"),
}


class PairsAsked(Paged):
    """Pairs of which unit."""

    unit: UnitCode | None = None


@router.get(
    "/records/{id}/duplicates",
    response_model=DuplicatesOut,
    responses=refusals(NotFound, RecordErased, RecordMerged),
)
def list_duplicates(db: Db, asker: RecordsReader, now: Now, id: UUID) -> DuplicatesOut:
    """What is likely the same, masked, with the reasons; persons by identical keys only (INF-1)."""
    record = record_in_unit(db, asker, id)
    if record.erased_at is not None:
        raise RecordErased
    if record.merged_into is not None:
        raise RecordMerged(into=record.merged_into)
    return duplicates.duplicates_of(db, record, asker.unit_code, civil_day(now))


@router.get("/duplicates", response_model=PairPage, responses=refusals(BadCursor, NotFound))
def list_pairs(
    db: Db, asker: RecordsReader, now: Now, asked: Annotated[PairsAsked, Query()]
) -> PairPage:
    """The pairs of a unit that are likely the same; a person decides, nothing merges by itself."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    return duplicates.worklist(db, unit, asked.page, civil_day(now))


@router.get(
    "/record-merges",
    response_model=MergePage,
    responses={**refusals(BadCursor, NotFound), **FILES},
)
def list_merges(
    db: Db, asker: RecordsReader, reads: Reads, asked: Annotated[OfUnit, Query()]
) -> MergePage | Response:
    """The merges of a unit's records, latest first, undone ones too."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = merging.merges_under(db, unit, asked.page)
    return as_asked(page, MERGE_COLUMNS, asked.format, "record-merges", reads)


@router.post(
    "/record-merges",
    status_code=201,
    response_model=MergedOut,
    responses=refusals(
        NotFound,
        SameRecord,
        OtherKind,
        ActNotNow,
        ConflictsOpen,
        FieldUnknown,
        FieldsRefused,
        RecordEnded,
        RecordErased,
        RecordMerged,
    ),
)
def merge_records(db: Db, asker: RecordsWriter, now: Now, body: MergeIn) -> MergedOut:
    """Make one of two entered records, choosing field by field; it can be undone (INF-1)."""
    return merging.merge(db, asker, body, now)


@router.post(
    "/record-merges/not-duplicates",
    status_code=201,
    response_model=NotDuplicatesOut,
    responses=refusals(NotFound, SameRecord),
)
def keep_apart(db: Db, asker: RecordsWriter, now: Now, body: NotDuplicatesIn) -> NotDuplicate:
    """Two records that look alike are two: they are not offered again."""
    return merging.not_duplicates(db, asker, body, now)


@router.post(
    "/record-merges/{id}/undo",
    response_model=UnmergedOut,
    responses=refusals(NotFound, MergeUndone, MergedOn, RecordErased),
)
def undo_merge(db: Db, asker: RecordsWriter, now: Now, id: UUID, body: UndoIn) -> UnmergedOut:
    """The merged record stands again as it was; what was changed since stays and is named."""
    return merging.undo(db, asker, id, body, now)
