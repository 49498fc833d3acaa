"""Grids that wait for a first responsible worker (ORG-2)."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.attendance_queries import OfUnit
from app.api.deps import Db, HiringReader, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import refusals
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import Day
from app.recruitment import vacancies
from app.recruitment.schemas import HiringVacancyPage

router = APIRouter(prefix="/v1", tags=["hiring"])
VACANT_COLUMNS: Columns = {
    "grid_code": ("网格编码", "Grid"),
    "grid_name": ("网格名称", "Name"),
    "vacant_from": ("空缺起始", "Vacant from"),
    "last_worker_id": ("原网格员编号", "Last worker's key"),
    "applications": ("审批中的申请", "Applications"),
    "approved": ("待签订合同", "To be signed"),
    "clause": ("条款", "Clause"),
}


class VacantAsked(OfUnit):
    """Vacancies of which unit and date, and of how many days after it."""

    on: Day | None = Field(default=None, description="A civil date; today without it")
    ahead: int = Field(
        default=0, ge=0, le=366, description="And those that fall vacant within so many days"
    )


@router.get(
    "/vacancies",
    response_model=HiringVacancyPage,
    responses={**refusals(BadCursor, NotFound), **FILES},
)
def list_vacant_grids(
    db: Db, asker: HiringReader, now: Now, reads: Reads, asked: Annotated[VacantAsked, Query()]
) -> HiringVacancyPage | Response:
    """Grids without a first responsible worker, since when, and who is being hired (ORG-2).

    Ahead: those whose worker's assignment or contract ends, and whom nobody follows.
    """
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    on = asked.on or civil_day(now)
    page = vacancies.vacancies(db, unit, on, timedelta(days=asked.ahead), asked.page)
    return as_asked(page, VACANT_COLUMNS, asked.format, "vacant-grids", reads)
