"""Awareness of the grid service among residents (A3, B6)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.attendance_queries import OfUnit
from app.api.deps import ConductReader, Db, Now, Reads, SurveysWriter
from app.api.export import FILES, Columns, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.conduct import surveys
from app.conduct.detection_refusals import (
    SurveyInTheFuture,
    SurveyKnown,
    SurveyTooLongAgo,
    SurveyWithdrawn,
)
from app.conduct.survey_schemas import SurveyIn, SurveyOut, SurveyPage, SurveyWithdrawalIn
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import Day

router = APIRouter(prefix="/v1", tags=["conduct"])
CONSTRAINTS["pk_awareness_survey"] = SurveyKnown
SURVEY_COLUMNS: Columns = {
    "grid_code": ("网格代码", "Grid"),
    "conducted_on": ("调查日期", "Conducted on"),
    "asked": ("调查人数", "Asked"),
    "aware": ("知晓人数", "Aware"),
    "share": ("知晓率", "Share"),
    "low": ("置信区间下限", "Interval from"),
    "high": ("置信区间上限", "Interval to"),
    "enough": ("人数足够", "Enough asked"),
    "ground": ("事由", "Ground"),
    "method": ("调查方法", "Method"),
    "withdrawn_at": ("撤销时间", "Withdrawn at"),
    "clause": ("条款", "Clause"),
    "id": ("编号", "Key"),
}


class SurveysAsked(OfUnit):
    """Which surveys."""

    from_: Day | None = Field(default=None, alias="from", description="Conducted on or after")
    to: Day | None = Field(default=None, description="Conducted on or before")


@router.post(
    "/awareness-surveys",
    status_code=201,
    responses=refusals(NotFound, SurveyInTheFuture, SurveyTooLongAgo, SurveyKnown),
)
def record_survey(db: Db, asker: SurveysWriter, now: Now, body: SurveyIn) -> SurveyOut:
    """Record how many residents of a grid were asked, and how many knew of the grid service.

    What it comes to is proposed with its month; a survey that asked too few proposes nothing.
    """
    return surveys.survey_out(db, surveys.record_survey(db, asker, body, now))


@router.get(
    "/awareness-surveys", response_model=SurveyPage, responses=refusals(BadCursor, NotFound) | FILES
)
def list_surveys(
    db: Db, asker: ConductReader, reads: Reads, asked: Annotated[SurveysAsked, Query()]
) -> SurveyPage | Response:
    """The surveys of a unit's grids, the latest recorded first."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = surveys.surveys_under(db, unit, (asked.from_, asked.to), asked.page)
    return as_asked(page, SURVEY_COLUMNS, asked.format, "awareness-surveys", reads)


@router.get("/awareness-surveys/{id}", responses=refusals(NotFound))
def read_survey(db: Db, asker: ConductReader, id: UUID) -> SurveyOut:
    """One survey with its share and interval."""
    return surveys.survey_out(db, surveys.survey_of(db, asker, id))


@router.post("/awareness-surveys/{id}/withdrawal", responses=refusals(NotFound, SurveyWithdrawn))
def withdraw_survey(
    db: Db, asker: SurveysWriter, now: Now, id: UUID, body: SurveyWithdrawalIn
) -> SurveyOut:
    """A survey no longer counts; it stays on record with the reason."""
    return surveys.survey_out(db, surveys.withdraw_survey(db, asker, id, body.reason, now))
