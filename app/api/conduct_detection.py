"""Searching a month for grounds, what offices find by themselves, and what speaks for A2 (CON)."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.attendance_queries import OfUnit
from app.api.deps import ConductReader, ConductRecorder, Db, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import refusals
from app.approvals.refusals import OwnMatter
from app.conduct import detecting, findings, searched
from app.conduct.detection_refusals import (
    AlreadyProposed,
    FindingInTheFuture,
    FindingNamesNothing,
    FindingNotBound,
    FindingRecordUnknown,
    MonthNotSettled,
)
from app.conduct.lacking import lacking
from app.conduct.schemas import ProposalOut
from app.conduct.shown import evidence_of, proposal_out
from app.conduct.survey_schemas import (
    DetectedOut,
    DetectionIn,
    DetectionPage,
    FindingIn,
    LackingOut,
    MonthCode,
)
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import Day, GridCode

router = APIRouter(prefix="/v1", tags=["conduct"])
DETECTION_COLUMNS: Columns = {
    "community_code": ("社区代码", "Community"),
    "month": ("月份", "Month"),
    "settles_at": ("可查找时间", "Settles at"),
    "detected_at": ("查找时间", "Searched at"),
    "found": ("事由数", "Grounds found"),
}


class DetectionsAsked(OfUnit):
    """Which communities, of which month."""

    month: MonthCode = Field(examples=["2026-03"])


@router.post("/conduct-detections", responses=refusals(NotFound, MonthNotSettled))
def detect_month(db: Db, asker: ConductRecorder, now: Now, body: DetectionIn) -> DetectedOut:
    """Search a community's month for grounds and propose each once; nothing else follows.

    It happens by itself in the night after the month has settled. Run again it finds what came
    meanwhile, and proposals whose ground is gone lapse.
    """
    asker.act(body.community_code)
    searched.community_of(db, asker, body.community_code)
    month = date.fromisoformat(f"{body.month}-01")
    proposed = detecting.detect(db, body.community_code, month, now)
    return searched.detected_out(db, body.community_code, month, proposed)


@router.get(
    "/conduct-detections",
    response_model=DetectionPage,
    responses=refusals(BadCursor, NotFound) | FILES,
)
def list_detections(
    db: Db, asker: ConductReader, reads: Reads, asked: Annotated[DetectionsAsked, Query()]
) -> DetectionPage | Response:
    """Which communities of a unit were searched for a month, and which were not yet."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    month = date.fromisoformat(f"{asked.month}-01")
    page = searched.detections_under(db, unit, month, asked.page)
    return as_asked(page, DETECTION_COLUMNS, asked.format, f"detections-{asked.month}", reads)


@router.get("/conduct-detections/lacking", responses=refusals(NotFound))
def read_lacking(
    db: Db,
    asker: ConductReader,
    grid: Annotated[GridCode, Query(examples=["510185001001001"])],
    on: Annotated[Day, Query(description="A civil date", examples=["2026-03-18"])],
) -> LackingOut:
    """What the system holds that speaks for A2 in a grid, as it stood before a date."""
    return lacking(db, asker, grid, on)


@router.post(
    "/conduct-findings",
    status_code=201,
    responses=refusals(
        NotFound,
        FindingInTheFuture,
        FindingNotBound,
        OwnMatter,
        FindingNamesNothing,
        FindingRecordUnknown,
        AlreadyProposed,
    ),
)
def record_finding(db: Db, asker: ConductRecorder, now: Now, body: FindingIn) -> ProposalOut:
    """Record what an office found by itself; it is proposed with these words, and the worker sees
    them at once. Nothing else follows before the procedure is through."""
    proposal = findings.record_finding(db, asker, body, now)
    return proposal_out(proposal, evidence_of(db, proposal), 0)
