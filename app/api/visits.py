"""Visits made, with their verdicts and the track's corroboration (VIS-7)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.deps import Db, Me, Reads, VisitsReader
from app.api.export import FILES, Columns, as_asked
from app.api.problems import refusals
from app.api.visit_queries import MyVisitsAsked, VisitsAsked
from app.days.presence import presence_at
from app.days.records import VisitEvidenceOut
from app.kit.errors import BadCursor, NotFound
from app.visits import lists
from app.visits.refusals import VisitRangeTooLong
from app.visits.schemas import VisitPage

router = APIRouter(prefix="/v1", tags=["visits"])
VISIT_COLUMNS: Columns = {
    "day": ("日期", "Date"),
    "corrected_at": ("时间", "At"),
    "worker_name": ("姓名", "Worker"),
    "place": ("地点", "Place"),
    "manner": ("方式", "Manner"),
    "outcome": ("结果", "Outcome"),
    "verdict": ("认定", "Verdict"),
    "distance_m": ("距离（米）", "Distance in metres"),
    "reason": ("理由", "Reason"),
    "note": ("备注", "Note"),
    "missing_photos": ("未到照片", "Photos missing"),
    "grid_code": ("网格编码", "Grid"),
    "place_id": ("走访地点编号", "Key of the place"),
    "id": ("编号", "Key"),
}


@router.get(
    "/visits",
    response_model=VisitPage,
    responses={**refusals(BadCursor, NotFound, VisitRangeTooLong), **FILES},
)
def list_visits(
    db: Db, asker: VisitsReader, reads: Reads, asked: Annotated[VisitsAsked, Query()]
) -> VisitPage | Response:
    """The visits of a unit, latest first; looks at special groups are logged."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    sought = lists.Sought(asked.first, asked.last, asked.worker, asked.place, asked.verdict)
    page = lists.visits_under(db, unit, sought, asked.page)
    lists.looked_at(db, asker, page.items)
    return as_asked(page, VISIT_COLUMNS, asked.format, "visits", reads)


@router.get("/visits/{id}", responses=refusals(NotFound))
def read_visit(db: Db, asker: VisitsReader, id: UUID) -> VisitEvidenceOut:
    """One visit, and how long the worker's track was near the place around it."""
    visit, row = lists.visit_of(db, asker, id)
    lists.looked_at(db, asker, [row])
    return VisitEvidenceOut(**row.model_dump(), presence_s=presence_at(db, visit))


@router.get("/me/visits", responses=refusals(BadCursor, VisitRangeTooLong))
def my_visits(db: Db, asker: Me, asked: Annotated[MyVisitsAsked, Query()]) -> VisitPage:
    """One's own visits, latest first."""
    sought = lists.Sought(asked.first, asked.last)
    return lists.visits_by(db, asker.as_worker(), sought, asked.page)
