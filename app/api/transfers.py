"""Visit places and records from spreadsheets: every line is judged, all are written or none."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import ConfigDict, Field

from app.api.deps import Db, Now, RecordsWriter, VisitsWriter
from app.api.problems import refusals
from app.kit.errors import TooLarge
from app.kit.schema import Out
from app.people.importing.lists import ImportRefused, ListTooLong
from app.registry.importing import import_records
from app.rules.information import RecordKind
from app.visits.importing import import_places

router = APIRouter(prefix="/v1", tags=["import and export"])

Spreadsheet = Annotated[
    bytes,
    Body(
        media_type="application/octet-stream",
        description="CSV (UTF-8 or GB18030) or XLSX, at most 1 MiB; told apart by its content",
    ),
]
CheckOnly = Annotated[bool, Query(alias="check", description="Only say what is wrong")]


class ImportedOut(Out):
    """What an import wrote; of a check, what it would write."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"written": 128, "unchanged": 3, "checked_only": False}]}
    )

    written: int = Field(description="Lines that were new")
    unchanged: int = Field(description="Lines that were there already")
    checked_only: bool


@router.post("/visit-places/import", responses=refusals(ImportRefused, ListTooLong, TooLarge))
def import_visit_places(
    db: Db, asker: VisitsWriter, now: Now, content: Spreadsheet, check: CheckOnly = False
) -> ImportedOut:
    """Register the places of a list, all or none; a refusal names every line that is wrong.

    Headings are Chinese or English: 地点, 走访类别 (several with 、), 经度, 纬度, and if wanted
    坐标系, 网格编码, 起始日期. What GET /v1/visit-places?format=xlsx writes can be read back.
    """
    done = import_places(db, asker, content, now, keep=not check)
    return ImportedOut(written=done.written, unchanged=done.unchanged, checked_only=check)


@router.post("/records/import", responses=refusals(ImportRefused, ListTooLong, TooLarge))
def import_the_records(
    db: Db,
    asker: RecordsWriter,
    now: Now,
    kind: RecordKind,
    content: Spreadsheet,
    check: CheckOnly = False,
) -> ImportedOut:
    """Enter the records of a list, all or none; a refusal names every line that is wrong (INF-1).

    Headings are the names or labels of the form's fields (`GET /v1/record-forms`), and 网格编码,
    采集日期, and if wanted 采集人电话, 经度, 纬度. They are marked as imported.
    """
    done = import_records(db, asker, kind, content, now, keep=not check)
    return ImportedOut(written=done.written, unchanged=done.unchanged, checked_only=check)
