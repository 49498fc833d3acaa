"""Errands for residents (SVC-1)."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.attendance_queries import OfUnit
from app.api.city_queries import Paged
from app.api.deps import BoardsReader, Db, ErrandsReader, Me, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.errands import figures, lists
from app.errands.figures import ErrandFiguresPage, FiguresBy
from app.errands.refusals import ErrandRangeTooLong, ResidentErased, StepRepeated
from app.errands.schemas import ErrandDetailOut, ErrandPage, ErrandRevealedOut, ErrandRevealIn
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import Day
from app.rules.errands import ErrandStep

router = APIRouter(prefix="/v1", tags=["errands"])
CONSTRAINTS["pk_errand"] = StepRepeated
CONSTRAINTS["uq_errand_act_errand_id_step"] = StepRepeated
A_MONTH = timedelta(days=30)
ERRAND_COLUMNS: Columns = {
    "accepted_at": ("受理时间", "Accepted at"),
    "matter": ("代办事项", "Matter"),
    "resident.name": ("居民", "Resident"),
    "resident.phone": ("电话", "Phone"),
    "step": ("步骤", "Step"),
    "changed_at": ("最近办理", "Last step at"),
    "closed_day": ("办结日期", "Delivered on"),
    "hours": ("办理时长（小时）", "Hours to delivery"),
    "rating": ("评分", "Rating"),
    "worker_name": ("受理人", "Worker"),
    "grid_code": ("网格代码", "Grid"),
    "id": ("编号", "Key"),
}
FIGURE_COLUMNS: Columns = {
    "key": ("代码", "Key"),
    "name": ("名称", "Name"),
    "accepted": ("受理", "Accepted"),
    "delivered": ("办结", "Delivered"),
    "rated": ("已评价", "Rated"),
    "mean_rating": ("平均评分", "Mean rating"),
    "median_hours": ("时长中位数（小时）", "Median hours"),
    "p90_hours": ("九成在此时长内（小时）", "Nine of ten within"),
}


class ErrandsAsked(OfUnit):
    """Which errands."""

    step: ErrandStep | None = Field(default=None, description="How far they are")
    open: bool | None = Field(default=None, description="Not delivered yet")
    from_: Day | None = Field(default=None, alias="from", description="Accepted on or after")
    to: Day | None = Field(default=None, description="Accepted on or before")

    @property
    def which(self) -> lists.Asked:
        """As conditions."""
        return lists.Asked(self.step, self.open, self.from_, self.to)


class MyErrandsAsked(Paged):
    """Which of one's own errands."""

    open: bool | None = Field(default=None, description="Not delivered yet")


class FiguresAsked(OfUnit):
    """Figures of which unit, over which dates of acceptance, told apart by what."""

    from_: Day | None = Field(default=None, alias="from", description="30 days before `to`")
    to: Day | None = Field(default=None, description="Today without it")
    by: FiguresBy = FiguresBy.UNIT


@router.get("/errands", response_model=ErrandPage, responses=refusals(BadCursor, NotFound) | FILES)
def list_errands(
    db: Db, asker: ErrandsReader, reads: Reads, asked: Annotated[ErrandsAsked, Query()]
) -> ErrandPage | Response:
    """The errands of a unit, the latest accepted first; residents masked."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = lists.errands_of_unit(db, unit, asked.which, asked.page)
    return as_asked(page, ERRAND_COLUMNS, asked.format, "errands", reads)


@router.get(
    "/errands/figures",
    response_model=ErrandFiguresPage,
    responses=refusals(BadCursor, NotFound, ErrandRangeTooLong) | FILES,
)
def errand_figures(
    db: Db, asker: BoardsReader, now: Now, reads: Reads, asked: Annotated[FiguresAsked, Query()]
) -> ErrandFiguresPage | Response:
    """Of the errands accepted over a span: how many, how well rated, how fast (hours)."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    last = asked.to or civil_day(now)
    span = (asked.from_ or last - A_MONTH, last)
    page = figures.figures(db, unit, span, asked.by, asked.page)
    return as_asked(page, FIGURE_COLUMNS, asked.format, f"errands-by-{asked.by.value}", reads)


@router.get("/errands/{id}", responses=refusals(NotFound))
def read_errand(db: Db, asker: ErrandsReader, id: UUID) -> ErrandDetailOut:
    """One errand with its steps, how long each waited, and the photos that are missing."""
    return lists.detail(db, lists.errand_of(db, asker, id))


@router.post("/errands/{id}/reveal", responses=refusals(NotFound, ResidentErased))
def reveal_errand(
    db: Db, asker: ErrandsReader, id: UUID, body: ErrandRevealIn
) -> ErrandRevealedOut:
    """For whom an errand is, to its station, for a purpose; each look is logged."""
    return lists.reveal(db, asker, id, body.purpose)


@router.get("/me/errands", responses=refusals(BadCursor))
def my_errands(
    db: Db, asker: Me, now: Now, asked: Annotated[MyErrandsAsked, Query()]
) -> ErrandPage:
    """Those one accepted and those of one's grids; residents in full in one's grids of today."""
    which = lists.Asked(None, asked.open, None, None)
    return lists.errands_of_worker(db, asker.as_worker(), which, asked.page, civil_day(now))
