"""Sign-ins and their reviews."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.attendance_queries import CheckInsAsked, MyCheckInsAsked
from app.api.deps import BoardsReader, Db, DecisionsWriter, Me, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.attendance import lists
from app.attendance.refusals import AlreadyDecided, NoReviewNeeded, OwnCase
from app.attendance.reviews import review_check_in
from app.attendance.schemas import CheckInOut, CheckInPage, ReviewIn
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound
from app.people.capture import AfterReceipt

router = APIRouter(prefix="/v1", tags=["attendance"])
CONSTRAINTS["pk_check_in_review"] = AlreadyDecided
CONSTRAINTS["ck_check_in_not_from_the_future"] = AfterReceipt
CHECK_IN_COLUMNS: Columns = {
    "day": ("日期", "Date"),
    "window": ("时段", "Window"),
    "verdict": ("结论", "Verdict"),
    "counts": ("计为有效", "Counts"),
    "worker_id": ("网格员编号", "Worker"),
    "community_code": ("社区编码", "Community"),
    "corrected_at": ("签到时间", "Signed in at"),
    "received_at": ("接收时间", "Received at"),
    "distance_m": ("距站点（米）", "Distance (m)"),
    "accuracy_m": ("精度（米）", "Accuracy (m)"),
    "because.rule": ("规则", "Rule"),
    "because.clause": ("依据条款", "Clause"),
    "review.reason": ("复核意见", "Review"),
    "id": ("编号", "Key"),
}


@router.get(
    "/check-ins", responses={**refusals(BadCursor, NotFound), **FILES}, response_model=CheckInPage
)
def list_check_ins(
    db: Db, asker: BoardsReader, now: Now, reads: Reads, asked: Annotated[CheckInsAsked, Query()]
) -> CheckInPage | Response:
    """The sign-ins of a unit's workers on a date, in the order of capture."""
    unit, day = asked.unit or asker.unit_code, asked.day or civil_day(now)
    asker.look(unit)
    page = lists.check_ins_under(db, unit, day, asked.verdict, asked.page)
    return as_asked(page, CHECK_IN_COLUMNS, asked.format, "check-ins", reads)


@router.get("/check-ins/{id}", responses=refusals(NotFound))
def read_check_in(db: Db, asker: BoardsReader, id: UUID) -> CheckInOut:
    """One sign-in with its verdict, why, and the station's review."""
    return lists.check_in_of(db, asker, id)


@router.get("/me/check-ins", responses=refusals(BadCursor))
def list_my_check_ins(
    db: Db, asker: Me, now: Now, asked: Annotated[MyCheckInsAsked, Query()]
) -> CheckInPage:
    """One's own sign-ins of a date."""
    day = asked.day or civil_day(now)
    return lists.check_ins_by(db, asker.as_worker(), day, asked.page)


@router.post(
    "/check-ins/{id}/review",
    status_code=201,
    responses=refusals(NotFound, NoReviewNeeded, AlreadyDecided, OwnCase),
)
def review(db: Db, asker: DecisionsWriter, now: Now, id: UUID, body: ReviewIn) -> CheckInOut:
    """The station accepts or refuses a sign-in that needs review, once, with a reason (ATT-4)."""
    return review_check_in(db, asker, id, body, now)
