"""Appraisals of years, in four steps (APR-2)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from app.api.attendance_queries import OfUnit
from app.api.deps import AppraisalsReader, AppraisalsWriter, Db, Me, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import refusals
from app.appraisal import annual, annual_lists, annual_proposing
from app.appraisal.annual_refusals import (
    GradeNeedsReason,
    GradeObjectedTo,
    YearFactsChanged,
    YearGradedAlready,
    YearMonthsOpen,
)
from app.appraisal.annual_schemas import (
    GradeIn,
    GradesIn,
    YearComputationIn,
    YearComputedOut,
    YearDetailOut,
    YearOut,
    YearPage,
    YearsOut,
    YearState,
)
from app.appraisal.annual_shown import own_years, shown
from app.approvals.refusals import CaseOpenAlready, NotYourStep, OwnMatter
from app.kit.errors import BadCursor, NotFound
from app.rules.appraisal import Grade

router = APIRouter(prefix="/v1", tags=["appraisal"])
PROPOSING = (
    NotFound,
    YearFactsChanged,
    YearGradedAlready,
    GradeNeedsReason,
    GradeObjectedTo,
    CaseOpenAlready,
    NotYourStep,
    OwnMatter,
)
YEAR_COLUMNS: Columns = {
    "worker_name": ("姓名", "Worker"),
    "year": ("年度", "Year"),
    "state": ("状态", "State"),
    "mean": ("平均分", "Mean score"),
    "failed_months": ("不合格月数", "Failed months"),
    "penalties": ("处罚次数", "Penalties"),
    "by_rule": ("按规则得出的等次", "Grade by rule"),
    "proposed": ("社区考核意见", "Grade proposed"),
    "proposed_reason": ("说明", "Reason"),
    "grade": ("考核等次", "Grade"),
    "graded_at": ("确定时间", "Graded at"),
    "community_code": ("社区编码", "Community"),
    "id": ("编号", "Key"),
}


class YearsQuery(OfUnit):
    """Which years."""

    year: Annotated[int, Field(ge=2017, le=2099)] | None = None
    state: YearState | None = None
    by_rule: Grade | None = None


@router.post(
    "/annual-appraisals/computations",
    status_code=201,
    responses=refusals(YearMonthsOpen),
)
def compute_years(
    db: Db, asker: AppraisalsWriter, now: Now, body: YearComputationIn
) -> YearComputedOut:
    """Compute the grades by rule once all months of the year are closed; nothing is decided."""
    return annual.compute_years(db, asker, body.unit or asker.unit_code, body.year, now)


@router.get(
    "/annual-appraisals",
    responses={**refusals(BadCursor, NotFound), **FILES},
    response_model=YearPage,
)
def list_years(
    db: Db, asker: AppraisalsReader, reads: Reads, asked: Annotated[YearsQuery, Query()]
) -> YearPage | Response:
    """The years of a unit's workers, the latest year first."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    wanted = annual_lists.YearsAsked(unit, asked.year, asked.state, asked.by_rule)
    page = annual_lists.years_of_unit(db, wanted, asked.page)
    return as_asked(page, YEAR_COLUMNS, asked.format, "annual-appraisals", reads)


@router.post("/annual-appraisals/proposals", status_code=201, responses=refusals(*PROPOSING))
def propose_years(db: Db, asker: AppraisalsWriter, now: Now, body: GradesIn) -> YearsOut:
    """The community proposes several workers' grades: all of them, or none (五2)."""
    rows = annual_proposing.propose_all(db, asker, body.items, now)
    return YearsOut(items=[shown(db, row) for row in rows])


@router.get("/annual-appraisals/{id}", responses=refusals(NotFound))
def read_year(db: Db, asker: AppraisalsReader, now: Now, id: UUID) -> YearDetailOut:
    """A worker's year, the months and penalties behind it, and what changed since."""
    return annual_lists.detail(db, annual_lists.year_of_office(db, asker, id), now)


@router.post("/annual-appraisals/{id}/proposal", status_code=201, responses=refusals(*PROPOSING))
def propose_year(db: Db, asker: AppraisalsWriter, now: Now, id: UUID, body: GradeIn) -> YearOut:
    """The community proposes a grade: the first of four steps; the others are `/approvals`."""
    return shown(db, annual_proposing.propose(db, asker, id, body, now))


@router.get("/me/annual-appraisals", responses=refusals())
def list_my_years(db: Db, asker: Me) -> YearsOut:
    """One's own years once they are proposed, the latest first."""
    return YearsOut(items=list(own_years(db, asker.as_worker())))


@router.get("/me/annual-appraisals/{year}", responses=refusals(NotFound))
def read_my_year(
    db: Db, asker: Me, now: Now, year: Annotated[int, Path(ge=2017, le=2099)]
) -> YearDetailOut:
    """One's own year, down to the months and penalties behind it."""
    row = annual_lists.own_year(db, asker.as_worker(), year)
    return annual_lists.detail(db, row, now)
