"""Objections to appraisals, and the township's answers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.attendance_queries import OfUnit
from app.api.deps import AppraisalsReader, AppraisalsWriter, Db, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import refusals
from app.appraisal import lists
from app.appraisal.answering import decide_objection
from app.appraisal.forms import ObjectionDecisionIn
from app.appraisal.refusals import (
    NothingFollows,
    NotTheTownship,
    ObjectionDecided,
    OwnAppraisal,
    SameResult,
    ShareImpossible,
)
from app.appraisal.schemas import AppraisalObjectionOut, AppraisalObjectionPage
from app.appraisal.shown import objection_out
from app.kit.errors import BadCursor, NotFound

router = APIRouter(prefix="/v1", tags=["appraisal"])
OBJECTION_COLUMNS: Columns = {
    "received_at": ("收到时间", "Received at"),
    "worker_id": ("网格员编号", "Worker's key"),
    "month": ("月份", "Month"),
    "year": ("年度", "Year"),
    "said": ("异议内容", "Objection"),
    "upheld": ("是否成立", "Upheld"),
    "reason": ("答复", "Answer"),
    "decided_at": ("答复时间", "Answered at"),
    "community_code": ("社区编码", "Community"),
    "id": ("编号", "Key"),
}


class ObjectionsAsked(OfUnit):
    """Which objections."""

    waiting: bool | None = Field(default=None, description="Not answered yet")


@router.get(
    "/appraisal-objections",
    response_model=AppraisalObjectionPage,
    responses=refusals(BadCursor, NotFound) | FILES,
)
def list_appraisal_objections(
    db: Db, asker: AppraisalsReader, reads: Reads, asked: Annotated[ObjectionsAsked, Query()]
) -> AppraisalObjectionPage | Response:
    """The objections of a unit's workers, the latest first."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = lists.objections_page(db, unit, asked.waiting, asked.page)
    return as_asked(page, OBJECTION_COLUMNS, asked.format, "appraisal-objections", reads)


@router.get("/appraisal-objections/{id}", responses=refusals(NotFound))
def read_appraisal_objection(db: Db, asker: AppraisalsReader, id: UUID) -> AppraisalObjectionOut:
    """One objection."""
    return objection_out(lists.objection_in(db, asker, id))


@router.post(
    "/appraisal-objections/{id}/decision",
    responses=refusals(
        NotFound,
        NotTheTownship,
        OwnAppraisal,
        ObjectionDecided,
        NothingFollows,
        ShareImpossible,
        SameResult,
    ),
)
def decide_appraisal_objection(
    db: Db, asker: AppraisalsWriter, now: Now, id: UUID, body: ObjectionDecisionIn
) -> AppraisalObjectionOut:
    """The township's answer, with a reason; upheld, what changes: figures or the result.

    Upheld against a year, its procedure ends: the community proposes another grade.
    """
    return objection_out(decide_objection(db, asker, id, body, now))
