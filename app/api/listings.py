"""Whom all must be known, known changes, and what became of them (INF-4, INF-5)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.attendance_queries import OfUnit
from app.api.deps import AccuracyReader, Db, ListingsWriter, Now, Reads, RecordsReader
from app.api.export import FILES, Columns, Format, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import In, UnitCode
from app.registry import focus_coverage, known_changes, listings
from app.registry.focus_refusals import (
    AlreadyListed,
    KnownInTheFuture,
    ListedElsewhere,
    ListedInTheFuture,
    ListingWithdrawn,
)
from app.registry.focus_schemas import (
    FocusCoverageOut,
    KnownChangeIn,
    KnownChangeOut,
    KnownChangePage,
    ListingIn,
    ListingOut,
    ListingPage,
    StalenessOut,
    WithdrawIn,
)
from app.registry.refusals import RecordErased, RecordMerged
from app.rules.accuracy import ChangeState
from app.rules.information import FocusKind

router = APIRouter(prefix="/v1", tags=["accuracy"])
CONSTRAINTS["uq_focus_listing_standing"] = AlreadyListed
COVERAGE_COLUMNS: Columns = {
    "unit_code": ("单位编码", "Unit"),
    "focus": ("类别", "Kind"),
    "known": ("应掌握数", "Known"),
    "recorded": ("已录入数", "Recorded"),
    "missing": ("未录入数", "Missing"),
    "not_marked": ("已录入未标注数", "Recorded but not marked"),
    "share": ("掌握率", "Share"),
    "asked_percent": ("要求（%）", "Asked, in percent"),
    "verdict": ("结论", "Verdict"),
    "clause": ("条款", "Clause"),
}
STALENESS_COLUMNS: Columns = {
    "unit_code": ("单位编码", "Unit"),
    "known": ("已知变化", "Known"),
    "in_time": ("按期更新", "Recorded in time"),
    "late": ("逾期更新", "Recorded late"),
    "open": ("未到期", "Open"),
    "overdue": ("逾期未更新", "Overdue"),
    "clause": ("条款", "Clause"),
}


class ListingsAsked(In):
    """Which listings."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    focus: FocusKind | None = None
    unmatched: bool = Field(default=False, description="Only those that no entered record answers")
    cursor: str | None = Field(
        default=None, max_length=400, description="`next_cursor` of the page before"
    )
    limit: int = Field(default=100, ge=1, le=500, description="How many rows at most")


class FocusAsked(In):
    """Coverage of which unit and kind."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    focus: FocusKind | None = Field(default=None, description="All three without it")
    format: Format = Field(default="json", description="JSON, or a file that a spreadsheet opens")


class ChangesAsked(OfUnit):
    """Which known changes."""

    state: ChangeState | None = None


class StalenessAsked(In):
    """Figures of which unit, told apart by what."""

    unit: UnitCode | None = Field(default=None, description="One's own without it")
    by: known_changes.StaleBy = known_changes.StaleBy.UNIT
    format: Format = Field(default="json", description="JSON, or a file that a spreadsheet opens")


CHANGE_COLUMNS: Columns = {
    "known_on": ("获知日期", "Known on"),
    "due_on": ("期限", "Due on"),
    "recorded_on": ("更新日期", "Recorded on"),
    "state": ("状态", "State"),
    "grid_code": ("网格编码", "Grid"),
    "source": ("来源", "Source"),
    "what": ("变化内容", "What changed"),
    "record_id": ("记录编号", "Record"),
    "clause": ("条款", "Clause"),
}


@router.post(
    "/focus-listings",
    status_code=201,
    response_model=ListingOut,
    responses=refusals(NotFound, AlreadyListed, ListedElsewhere, ListedInTheFuture),
)
def add_listing(db: Db, asker: ListingsWriter, now: Now, body: ListingIn) -> ListingOut:
    """Put somebody or some place on the list of whom all must be known (INF-4)."""
    return listings.listing_out(db, asker, listings.add_listing(db, asker, body, now))


@router.get("/focus-listings", response_model=ListingPage, responses=refusals(BadCursor, NotFound))
def list_listings(
    db: Db, asker: ListingsWriter, asked: Annotated[ListingsAsked, Query()]
) -> ListingPage:
    """The lists of a unit, masked, with what answers to them; special groups are logged."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    which, page = (asked.focus, asked.unmatched), (asked.cursor, asked.limit)
    return listings.listings_under(db, asker, unit, which, page)


@router.post(
    "/focus-listings/{id}/withdraw",
    response_model=ListingOut,
    responses=refusals(NotFound, ListingWithdrawn),
)
def withdraw_listing(
    db: Db, asker: ListingsWriter, now: Now, id: UUID, body: WithdrawIn
) -> ListingOut:
    """A listing no longer holds; it stays on record as withdrawn, with the reason."""
    return listings.listing_out(db, asker, listings.withdraw_listing(db, asker, id, body, now))


@router.get(
    "/focus-coverage",
    response_model=FocusCoverageOut,
    responses={**refusals(NotFound), **FILES},
)
def read_focus_coverage(
    db: Db, asker: AccuracyReader, now: Now, reads: Reads, asked: Annotated[FocusAsked, Query()]
) -> FocusCoverageOut | Response:
    """Of those known of each kind, how many are recorded: all of them are asked for (INF-4)."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    focuses = list(FocusKind) if asked.focus is None else [asked.focus]
    found = focus_coverage.coverage(db, unit, focuses, civil_day(now))
    return as_asked(found, COVERAGE_COLUMNS, asked.format, "focus-coverage", reads)


@router.post(
    "/known-changes",
    status_code=201,
    response_model=KnownChangeOut,
    responses=refusals(NotFound, KnownInTheFuture, RecordErased, RecordMerged),
)
def note_change(db: Db, asker: ListingsWriter, now: Now, body: KnownChangeIn) -> KnownChangeOut:
    """Note a change that came to be known: it has to be recorded within three months (INF-5)."""
    change = known_changes.note_change(db, asker, body, now)
    return known_changes.change_out(db, change.id, civil_day(now))


@router.get(
    "/known-changes",
    response_model=KnownChangePage,
    responses={**refusals(BadCursor, NotFound), **FILES},
)
def list_changes(
    db: Db, asker: RecordsReader, now: Now, reads: Reads, asked: Annotated[ChangesAsked, Query()]
) -> KnownChangePage | Response:
    """The known changes of a unit, longest known first, and whether they were recorded (INF-5)."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = known_changes.changes_under(db, unit, asked.state, asked.page, civil_day(now))
    return as_asked(page, CHANGE_COLUMNS, asked.format, "known-changes", reads)


@router.get("/staleness", response_model=StalenessOut, responses={**refusals(NotFound), **FILES})
def read_staleness(
    db: Db,
    asker: AccuracyReader,
    now: Now,
    reads: Reads,
    asked: Annotated[StalenessAsked, Query()],
) -> StalenessOut | Response:
    """What became of a unit's known changes: recorded in time, late, open, overdue (INF-5)."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    found = known_changes.staleness(db, unit, asked.by, civil_day(now))
    return as_asked(found, STALENESS_COLUMNS, asked.format, "staleness", reads)
