"""Leave and its decisions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.attendance_queries import MineAsked, RequestsAsked
from app.api.deps import Db, DecisionsReader, DecisionsWriter, Me, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.attendance import leave, lists
from app.attendance.refusals import (
    AlreadyDecided,
    IdReused,
    LeaveNotApproved,
    LeaveNotShortened,
    LeaveOverlaps,
    OwnCase,
    ReasonNeeded,
)
from app.attendance.request_schemas import LeaveEndIn, LeaveIn, LeaveOut, LeavePage
from app.attendance.schemas import RequestDecisionIn
from app.db.models import Leave
from app.kit.errors import BadCursor, NotFound
from app.people.posts import NoPost

router = APIRouter(prefix="/v1", tags=["attendance"])
CONSTRAINTS["ex_leave_approved"] = LeaveOverlaps
CONSTRAINTS["pk_leave"] = IdReused
LEAVE_COLUMNS: Columns = {
    "worker_name": ("姓名", "Worker"),
    "kind": ("类别", "Kind"),
    "first_day": ("开始日期", "First date"),
    "first_half": ("开始半天", "First half"),
    "last_day": ("结束日期", "Last date"),
    "last_half": ("结束半天", "Last half"),
    "reason": ("理由", "Reason"),
    "requested_at": ("申请时间", "Requested at"),
    "state": ("状态", "State"),
    "decision_reason": ("审批意见", "Decision"),
    "decided_at": ("审批时间", "Decided at"),
    "community_code": ("社区编码", "Community"),
    "id": ("编号", "Key"),
}


@router.post(
    "/leaves",
    status_code=201,
    response_model=LeaveOut,
    responses=refusals(NoPost, LeaveOverlaps, IdReused),
)
def request_leave(db: Db, asker: Me, now: Now, body: LeaveIn) -> Leave:
    """Ask for leave by halves of dates; the same request again is the first (ATT-5)."""
    return leave.request_leave(db, asker, body, now)


@router.get("/me/leaves", responses=refusals(BadCursor))
def list_my_leaves(db: Db, asker: Me, asked: Annotated[MineAsked, Query()]) -> LeavePage:
    """One's own leaves, latest request first."""
    return lists.leaves_where(db, lists.of_worker(Leave, asker.as_worker()), asked.page)


@router.get(
    "/leaves", responses={**refusals(BadCursor, NotFound), **FILES}, response_model=LeavePage
)
def list_leaves(
    db: Db, asker: DecisionsReader, reads: Reads, asked: Annotated[RequestsAsked, Query()]
) -> LeavePage | Response:
    """The leaves of a unit, latest request first."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = lists.leaves_where(db, lists.of_unit(Leave, unit, asked.state), asked.page)
    return as_asked(page, LEAVE_COLUMNS, asked.format, "leaves", reads)


@router.get("/leaves/{id}", response_model=LeaveOut, responses=refusals(NotFound))
def read_leave(db: Db, asker: DecisionsReader, id: UUID) -> Leave:
    """One leave."""
    return lists.leave_of(db, asker, id)


@router.post(
    "/leaves/{id}/decision",
    response_model=LeaveOut,
    responses=refusals(NotFound, AlreadyDecided, OwnCase, ReasonNeeded, LeaveOverlaps),
)
def decide_leave(
    db: Db, asker: DecisionsWriter, now: Now, id: UUID, body: RequestDecisionIn
) -> Leave:
    """Approve or refuse leave, once; a refusal needs a reason (ATT-5)."""
    return leave.decide_leave(db, asker, id, body, now)


@router.post(
    "/leaves/{id}/end",
    response_model=LeaveOut,
    responses=refusals(NotFound, OwnCase, LeaveNotApproved, LeaveNotShortened),
)
def end_leave(db: Db, asker: DecisionsWriter, now: Now, id: UUID, body: LeaveEndIn) -> Leave:
    """Approved leave ends earlier: the worker came back, and what follows is owed again."""
    return leave.end_leave(db, asker, id, body, now)


@router.delete(
    "/leaves/{id}", response_model=LeaveOut, responses=refusals(NotFound, AlreadyDecided)
)
def withdraw_leave(db: Db, asker: Me, now: Now, id: UUID) -> Leave:
    """Withdraw one's own request for leave while it waits; it stays on record as withdrawn."""
    return leave.withdraw_leave(db, asker, id, now)
