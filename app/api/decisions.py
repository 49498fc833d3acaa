"""What waits for a decision."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.api.attendance_queries import DecisionsAsked
from app.api.deps import Db, DecisionsReader, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import refusals
from app.attendance.schemas import WaitingPage
from app.attendance.waiting import waiting_under
from app.kit.errors import BadCursor, NotFound

router = APIRouter(prefix="/v1", tags=["supervision"])
WAITING_COLUMNS: Columns = {
    "kind": ("类别", "Kind"),
    "worker_name": ("姓名", "Worker"),
    "day": ("日期", "Date"),
    "last_day": ("至", "Until"),
    "window": ("时段", "Window"),
    "about": ("事由", "About"),
    "reason": ("理由", "Reason"),
    "since": ("提交时间", "Since"),
    "community_code": ("社区编码", "Community"),
    "id": ("编号", "Key"),
}


@router.get(
    "/decisions", responses={**refusals(BadCursor, NotFound), **FILES}, response_model=WaitingPage
)
def list_decisions(
    db: Db, asker: DecisionsReader, reads: Reads, asked: Annotated[DecisionsAsked, Query()]
) -> WaitingPage | Response:
    """Sign-ins to review, corrections and leave that wait in a unit, oldest first, and how many."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = waiting_under(db, unit, asked.kind, asked.page)
    return as_asked(page, WAITING_COLUMNS, asked.format, "decisions", reads)
