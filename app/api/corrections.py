"""Correction requests (补签) and their decisions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.attendance_queries import MineAsked, RequestsAsked
from app.api.deps import Db, DecisionsReader, DecisionsWriter, Me, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.attendance import corrections, lists
from app.attendance.refusals import (
    AlreadyDecided,
    CorrectionTooLate,
    CorrectionWaiting,
    IdReused,
    NothingToMakeGood,
    OwnCase,
    ReasonNeeded,
    WindowNotOver,
)
from app.attendance.request_schemas import CorrectionIn, CorrectionOut, CorrectionPage
from app.attendance.schemas import RequestDecisionIn
from app.db.models import Correction
from app.kit.errors import BadCursor, NotFound
from app.people.posts import NoPost

router = APIRouter(prefix="/v1", tags=["attendance"])
CONSTRAINTS["uq_correction_waiting"] = CorrectionWaiting
CONSTRAINTS["pk_correction"] = IdReused
CORRECTION_COLUMNS: Columns = {
    "worker_name": ("姓名", "Worker"),
    "day": ("日期", "Date"),
    "kind": ("类别", "Kind"),
    "window": ("时段", "Window"),
    "reason": ("理由", "Reason"),
    "evidence": ("佐证", "Evidence"),
    "requested_at": ("申请时间", "Requested at"),
    "state": ("状态", "State"),
    "decision_reason": ("审批意见", "Decision"),
    "decided_at": ("审批时间", "Decided at"),
    "community_code": ("社区编码", "Community"),
    "id": ("编号", "Key"),
}


@router.post(
    "/corrections",
    status_code=201,
    response_model=CorrectionOut,
    responses=refusals(
        NoPost, CorrectionTooLate, CorrectionWaiting, NothingToMakeGood, WindowNotOver, IdReused
    ),
)
def request_correction(db: Db, asker: Me, now: Now, body: CorrectionIn) -> Correction:
    """Ask for a missed window to be made good; the same request again is the first (ATT-5)."""
    return corrections.request_correction(db, asker, body, now)


@router.get("/me/corrections", responses=refusals(BadCursor))
def list_my_corrections(db: Db, asker: Me, asked: Annotated[MineAsked, Query()]) -> CorrectionPage:
    """One's own correction requests, latest first."""
    mine = lists.of_worker(Correction, asker.as_worker())
    return lists.corrections_where(db, mine, asked.page)


@router.get(
    "/corrections",
    responses={**refusals(BadCursor, NotFound), **FILES},
    response_model=CorrectionPage,
)
def list_corrections(
    db: Db, asker: DecisionsReader, reads: Reads, asked: Annotated[RequestsAsked, Query()]
) -> CorrectionPage | Response:
    """The correction requests of a unit, latest first."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    of_unit = lists.of_unit(Correction, unit, asked.state)
    page = lists.corrections_where(db, of_unit, asked.page)
    return as_asked(page, CORRECTION_COLUMNS, asked.format, "corrections", reads)


@router.get("/corrections/{id}", response_model=CorrectionOut, responses=refusals(NotFound))
def read_correction(db: Db, asker: DecisionsReader, id: UUID) -> Correction:
    """One correction request."""
    return lists.correction_of(db, asker, id)


@router.post(
    "/corrections/{id}/decision",
    response_model=CorrectionOut,
    responses=refusals(NotFound, AlreadyDecided, OwnCase, ReasonNeeded, NothingToMakeGood),
)
def decide_correction(
    db: Db, asker: DecisionsWriter, now: Now, id: UUID, body: RequestDecisionIn
) -> Correction:
    """Approve or refuse a correction request, once; a refusal needs a reason (ATT-5, FLD-4)."""
    return corrections.decide_correction(db, asker, id, body, now)


@router.delete(
    "/corrections/{id}",
    response_model=CorrectionOut,
    responses=refusals(NotFound, AlreadyDecided),
)
def withdraw_correction(db: Db, asker: Me, now: Now, id: UUID) -> Correction:
    """Withdraw one's own correction request while it waits; it stays on record as withdrawn."""
    return corrections.withdraw_correction(db, asker, id, now)
