"""The day's sheet (网格员每日任务清单表) as data and as a file (TSK-2)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from app.api.deps import Cursor, Db, Me, Now, Reads, SheetsReader
from app.api.export import XLSX
from app.api.problems import refusals
from app.api.sheet_workbook import workbook_of, workbook_of_unit
from app.days.boards import Place
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, Forbidden, NotFound
from app.kit.language import Language
from app.kit.schema import Day
from app.tasks import sheets
from app.tasks.schemas import SheetOut, SheetsOut
from app.tasks.sheets import Asked

router = APIRouter(prefix="/v1", tags=["tasks"])

SheetFormat = Literal["json", "xlsx"]
FILE: dict[int | str, dict[str, object]] = {
    200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}
}
WorkerKey = Annotated[UUID, Path(description="The worker")]
SheetUnit = Annotated[
    str | None,
    Query(
        alias="unit",
        pattern="^([0-9]{6}|[0-9]{9}|[0-9]{12})$",
        description="Division code of a city, township or community; one's own if absent",
        examples=["510185001001"],
    ),
]


@dataclass(frozen=True)
class Occasion:
    """Which date's sheet, when it is asked for, and in which language it is drawn."""

    day: date
    now: datetime
    language: Language


async def asked_occasion(
    now: Now,
    language: Reads,
    day: Annotated[Day | None, Query(alias="date", description="Today if absent")] = None,
) -> Occasion:
    """The date asked for."""
    return Occasion(day or civil_day(now), now, language)


async def asked_place(
    limit: Annotated[int, Query(ge=1, le=50, description="How many workers at most")] = 20,
    cursor: Cursor = None,
) -> Place:
    """Which page."""
    return Place(limit, cursor)


async def asked_format(
    format_: Annotated[
        SheetFormat,
        Query(alias="format", description="JSON, or a workbook laid out like the paper form"),
    ] = "json",
) -> SheetFormat:
    """As what."""
    return format_


AskedOccasion = Annotated[Occasion, Depends(asked_occasion)]
AskedPlace = Annotated[Place, Depends(asked_place)]
AskedFormat = Annotated[SheetFormat, Depends(asked_format)]


@router.get(
    "/me/daily-sheet", response_model=SheetOut, responses=refusals(NotFound, Forbidden) | FILE
)
def my_sheet(
    db: Db, asker: Me, occasion: AskedOccasion, format_: AskedFormat
) -> SheetOut | Response:
    """One's own sheet of a date."""
    sheet = sheets.own_sheet(db, asker.as_worker(), occasion.day, occasion.now)
    return as_asked(sheet, occasion, format_)


@router.get(
    "/workers/{worker_id}/daily-sheet", response_model=SheetOut, responses=refusals(NotFound) | FILE
)
def workers_sheet(
    db: Db,
    asker: SheetsReader,
    worker_id: WorkerKey,
    occasion: AskedOccasion,
    format_: AskedFormat,
) -> SheetOut | Response:
    """A worker's sheet of a date within one's unit; a look at places leaves a trace."""
    sheet = sheets.sheet_of(db, asker, worker_id, occasion.day, occasion.now)
    return as_asked(sheet, occasion, format_)


@router.get(
    "/daily-sheets", response_model=SheetsOut, responses=refusals(NotFound, BadCursor) | FILE
)
def units_sheets(
    db: Db,
    asker: SheetsReader,
    occasion: AskedOccasion,
    place: AskedPlace,
    format_: AskedFormat,
    unit: SheetUnit = None,
) -> SheetsOut | Response:
    """The sheets of a unit's workers on a date; the workbook has a summary and one each."""
    asked = Asked(unit or asker.unit_code, occasion.day, place)
    found = sheets.sheets_of(db, asker, asked, occasion.now)
    if format_ == "json":
        return found
    content = workbook_of_unit(found, occasion.language)
    answer = _file(content, f"daily-sheets-{found.unit.code}", occasion)
    if found.next_cursor:
        answer.headers["X-Next-Cursor"] = found.next_cursor
    return answer


def as_asked(sheet: SheetOut, occasion: Occasion, format_: SheetFormat) -> SheetOut | Response:
    """One sheet, or its workbook."""
    if format_ == "json":
        return sheet
    return _file(workbook_of(sheet, occasion.language), "daily-sheet", occasion)


def _file(content: bytes, name: str, occasion: Occasion) -> Response:
    return Response(
        content,
        media_type=XLSX,
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{occasion.day}.xlsx"',
            "Content-Language": occasion.language,
            "Cache-Control": "private, no-store",
        },
    )
