"""Coverage of visits: owed and paid (VIS-8)."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.api.asked import AskedRange
from app.api.boards import NOT_MODIFIED
from app.api.city_queries import Listed
from app.api.deps import BoardsReader, Db, Me, Now, Reads, VisitsReader
from app.api.etags import tagged
from app.api.export import FILES, Columns, as_asked
from app.api.problems import refusals
from app.days.summaries import Range, RangeTooLong
from app.kit.errors import BadCursor, Forbidden, NotFound
from app.kit.schema import Day, GridCode, UnitCode
from app.rules.visits import VisitKind
from app.visits import coverage as counted
from app.visits.coverage import By
from app.visits.coverage_schemas import CoverageOut, DetailsOut, MyCoverageOut
from app.visits.details import details

router = APIRouter(prefix="/v1", tags=["visits"])
COVERAGE_COLUMNS: Columns = {
    "key": ("代码", "Key"),
    "name": ("名称", "Name"),
    "community": ("社区代码", "Community"),
    "bound": ("专职", "Bound"),
    "owed": ("应走访", "Owed"),
    "paid": ("已走访", "Paid"),
    "share": ("覆盖率", "Coverage"),
    "open": ("待走访", "Open"),
    "missed": ("未走访", "Missed"),
    "charged_to_nobody": ("无人承担", "Charged to nobody"),
}


class CoverageAsked(Listed):
    """Whose coverage of which periods."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    first: Day = Field(alias="from", description="The first date", examples=["2026-03-02"])
    last: Day = Field(
        alias="to", description="The last date, at most 400 dates in all", examples=["2026-03-31"]
    )
    by: By = Field(default=By.UNIT, description="`unit` is the tier below")
    kind: VisitKind | None = None


@router.get(
    "/coverage",
    response_model=CoverageOut,
    responses=refusals(NotFound, BadCursor, RangeTooLong) | FILES | NOT_MODIFIED,
)
def coverage(
    db: Db,
    asker: BoardsReader,
    now: Now,
    reads: Reads,
    request: Request,
    asked: Annotated[CoverageAsked, Query()],
) -> CoverageOut | Response:
    """Owed and paid of the periods that end within a range, of a unit and of what is below it.

    Up to 20 communities whose facts changed are recomputed first; a larger arrear is in `stale`.
    Poll with If-None-Match: unchanged figures are a 304.
    """
    within = Range(asked.first, asked.last)
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    wanted = counted.Asked(unit, within.first, within.last, asked.by, asked.kind, *asked.page)
    found = counted.coverage(db, wanted, now)
    if asked.format == "json":
        return tagged(request, None, reads, found)
    name = f"coverage-{unit}-{within.first}-{within.last}"
    return as_asked(found, COVERAGE_COLUMNS, asked.format, name, reads)


@router.get("/coverage/details", responses=refusals(NotFound))
def coverage_details(
    db: Db,
    asker: VisitsReader,
    now: Now,
    grid: Annotated[GridCode, Query(description="A grid", examples=["510185001001001"])],
    kind: VisitKind,
    first: Annotated[Day, Query(description="The first date of the period")],
) -> DetailsOut:
    """Place by place what a grid owes in a period, why, what paid it, or who is charged."""
    asker.look(grid)
    return details(db, asker, (grid, kind, first), now)


@router.get("/me/coverage", responses=refusals(RangeTooLong, Forbidden))
def my_coverage(db: Db, asker: Me, now: Now, asked: AskedRange) -> MyCoverageOut:
    """What one has paid and what is charged to oneself, in the periods that end in a range."""
    return counted.my_coverage(db, asker.as_worker(), asked.first, asked.last, now)
