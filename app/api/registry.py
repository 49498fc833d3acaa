"""Information: collected, returned, entered, every version kept (INF-1, INF-2)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.asked import AskedManner, AskedRange
from app.api.deps import AccuracyReader, Db, Me, Now, RecordsReader, RecordsWriter, SignedIn
from app.api.export import FILES, Columns, table
from app.api.problems import CONSTRAINTS, refusals
from app.api.record_queries import MyRecordsAsked, RecordsAsked
from app.days.summaries import RangeTooLong
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import UnitCode
from app.registry import entering, lists
from app.registry.delays import DelaysOut, delays
from app.registry.form_schemas import FormsOut, forms_out
from app.registry.refusals import (
    ActNotNow,
    ChangedMeanwhile,
    CollectedLater,
    ConflictsOpen,
    EndsLater,
    FieldsRefused,
    FormUnknown,
    HomeUnknown,
    NothingSaid,
    NotOneOfOurs,
    OneKeyAtATime,
    RecordEnded,
    RecordErased,
    RecordExists,
    RecordMerged,
    UnknownBase,
)
from app.registry.schemas import (
    CorrectionOfRecordIn,
    PaperIn,
    RecordEndIn,
    RecordOut,
    RecordPage,
    RecordReasonIn,
    VersionPage,
)
from app.registry.shown import page_of, record_out, versions_out
from app.registry.versions import record_in_unit

router = APIRouter(prefix="/v1", tags=["records"])
CONSTRAINTS["pk_record"] = RecordExists
NOT_LIVING = (NotFound, RecordMerged, RecordErased, RecordEnded, ActNotNow)
DELAY_COLUMNS: Columns = {
    "grid_code": ("网格编码", "Grid"),
    "in_time": ("按时录入", "In time"),
    "late": ("逾期录入", "Late"),
    "open": ("期限内未录入", "Open"),
    "overdue": ("逾期未录入", "Overdue"),
}


@router.get("/record-forms", responses=refusals())
def list_forms(asker: SignedIn) -> FormsOut:
    """The forms of every kind in every version; records are stored in the present one."""
    del asker
    return forms_out()


@router.get("/records", responses=refusals(BadCursor, NotFound, OneKeyAtATime))
def list_records(
    db: Db, asker: RecordsReader, now: Now, asked: Annotated[RecordsAsked, Query()]
) -> RecordPage:
    """The records of a unit, masked; found again by the exact value of an identifying field."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    where = [*lists.of_unit(unit, asked.kind, asked.state), *lists.with_key(asked.keys)]
    return page_of(db, where, asked.page, civil_day(now))


@router.get(
    "/records/entry-delays",
    response_model=DelaysOut,
    responses={**refusals(NotFound, RangeTooLong), **FILES},
)
def list_entry_delays(
    db: Db,
    asker: AccuracyReader,
    asked: AskedRange,
    manner: AskedManner,
    unit: Annotated[UnitCode | None, Query(description="One's own without it")] = None,
) -> DelaysOut | Response:
    """What was collected in a range: entered in time, late, or not yet, by grid (INF-2)."""
    asker.look(unit or asker.unit_code)
    found = delays(db, unit or asker.unit_code, asked.first, asked.last, manner.now)
    if manner.format_ == "json":
        return found
    return table(found.items, DELAY_COLUMNS, manner.format_, "entry-delays", manner.language)


@router.post(
    "/records",
    status_code=201,
    responses=refusals(
        FormUnknown, FieldsRefused, RecordExists, NotOneOfOurs, CollectedLater, HomeUnknown
    ),
)
def enter_paper(db: Db, asker: RecordsWriter, now: Now, body: PaperIn) -> RecordOut:
    """Type in a paper form: it is entered with that, and marked as paper (INF-1)."""
    return record_out(db, entering.enter_paper(db, asker, body, now), civil_day(now))


@router.get("/records/{id}", responses=refusals(NotFound))
def read_record(db: Db, asker: RecordsReader, now: Now, id: UUID) -> RecordOut:
    """One record, masked."""
    return record_out(db, record_in_unit(db, asker, id), civil_day(now))


@router.get("/records/{id}/versions", responses=refusals(NotFound))
def list_versions(db: Db, asker: RecordsReader, id: UUID) -> VersionPage:
    """Every version of a record: who, when, why, and which fields, without their values."""
    return versions_out(db, record_in_unit(db, asker, id))


@router.patch(
    "/records/{id}",
    responses=refusals(
        *NOT_LIVING,
        FormUnknown,
        FieldsRefused,
        UnknownBase,
        ChangedMeanwhile,
        NothingSaid,
        HomeUnknown,
    ),
)
def correct_record(
    db: Db, asker: RecordsWriter, now: Now, id: UUID, body: CorrectionOfRecordIn
) -> RecordOut:
    """Put a submitted or entered record right, as a version of its own."""
    return record_out(db, entering.correct_record(db, asker, id, body, now), civil_day(now))


@router.post("/records/{id}/return", responses=refusals(*NOT_LIVING))
def return_record(
    db: Db, asker: RecordsWriter, now: Now, id: UUID, body: RecordReasonIn
) -> RecordOut:
    """Back to the worker, with what is missing (INF-1)."""
    return record_out(db, entering.return_record(db, asker, id, body, now), civil_day(now))


@router.post("/records/{id}/entry", responses=refusals(*NOT_LIVING, ConflictsOpen, FieldsRefused))
def enter_record(db: Db, asker: RecordsWriter, now: Now, id: UUID) -> RecordOut:
    """Checked and entered: visits are owed by what it says from today (INF-1)."""
    return record_out(db, entering.enter_record(db, asker, id, now), civil_day(now))


@router.post("/records/{id}/end", responses=refusals(*NOT_LIVING, EndsLater))
def end_record(db: Db, asker: RecordsWriter, now: Now, id: UUID, body: RecordEndIn) -> RecordOut:
    """It is no longer true: nothing is owed by it, and it is erased after its term."""
    return record_out(db, entering.end_record(db, asker, id, body, now), civil_day(now))


@router.get("/me/records", responses=refusals(BadCursor))
def list_my_records(
    db: Db, asker: Me, now: Now, asked: Annotated[MyRecordsAsked, Query()]
) -> RecordPage:
    """The records of one's own grids, masked; those returned carry the reason."""
    return lists.mine(db, asker.as_worker(), asked.state, asked.page, civil_day(now))
