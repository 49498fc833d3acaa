"""Responses of key periods: opened, acknowledged, reported (EMR-1)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.attendance_queries import MineAsked, OfUnit
from app.api.city_queries import Listed
from app.api.deps import Db, KeyPeriodsReader, KeyPeriodsWriter, Me, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.key_periods import commands, lists
from app.key_periods.refusals import (
    KeyPeriodClosed,
    KeyPeriodIdReused,
    KeyPeriodInThePast,
    KeyPeriodTooLong,
)
from app.key_periods.schemas import (
    AcknowledgementPage,
    KeyPeriodEndIn,
    KeyPeriodIn,
    KeyPeriodOut,
    KeyPeriodPage,
    KeyPeriodReportPage,
    MyKeyPeriods,
)
from app.kit.errors import BadCursor, Forbidden, NotFound
from app.people.units import unit_of

router = APIRouter(prefix="/v1", tags=["key periods"])
CONSTRAINTS["pk_key_period"] = KeyPeriodIdReused

ACKNOWLEDGEMENT_COLUMNS: Columns = {
    "worker_name": ("姓名", "Worker"),
    "community_code": ("社区代码", "Community"),
    "concerned": ("在响应范围内", "In the area"),
    "state": ("状态", "State"),
    "acknowledged_at": ("确认时间", "Acknowledged at"),
    "delay_minutes": ("用时（分钟）", "Delay in minutes"),
    "reports": ("报告数", "Reports"),
    "worker_id": ("编号", "Key"),
}
REPORT_COLUMNS: Columns = {
    "corrected_at": ("时间", "At"),
    "worker_name": ("姓名", "Worker"),
    "community_code": ("社区代码", "Community"),
    "concerned": ("在响应范围内", "In the area"),
    "all_well": ("平安", "All well"),
    "said": ("情况", "Said"),
    "lon": ("经度", "Longitude"),
    "lat": ("纬度", "Latitude"),
    "id": ("编号", "Key"),
}


class KeyPeriodsAsked(OfUnit):
    """Which responses."""

    open: bool = Field(default=False, description="Only those that run or are to come")


@router.post(
    "/key-periods",
    status_code=201,
    responses=refusals(NotFound, KeyPeriodInThePast, KeyPeriodTooLong, KeyPeriodIdReused),
)
def open_key_period(db: Db, asker: KeyPeriodsWriter, now: Now, body: KeyPeriodIn) -> KeyPeriodOut:
    """Open a response: its dates become duty dates, and the workers of its area are told.

    A date whose first window has opened can't be declared any more: `not_declared` names it.
    """
    period = commands.open_key_period(db, asker, body, now)
    return lists.key_period_of(db, asker, period.id, now)


@router.post("/key-periods/{id}/end", responses=refusals(NotFound, KeyPeriodClosed))
def end_key_period(
    db: Db, asker: KeyPeriodsWriter, now: Now, id: UUID, body: KeyPeriodEndIn
) -> KeyPeriodOut:
    """End a response before its time; dates after today that it declared are given back, unless
    another one needs them or the centre has decided otherwise since."""
    period = commands.end_key_period(db, asker, id, body.reason, now)
    return lists.key_period_of(db, asker, period.id, now)


@router.get(
    "/key-periods",
    response_model=KeyPeriodPage,
    responses={**refusals(BadCursor, NotFound)},
)
def list_key_periods(
    db: Db, asker: KeyPeriodsReader, now: Now, asked: Annotated[KeyPeriodsAsked, Query()]
) -> KeyPeriodPage:
    """The responses whose area touches a unit, latest first."""
    unit = unit_of(db, asker, asked.unit or asker.unit_code)
    return lists.key_periods_of(db, unit.code, asked.open, now, asked.page)


@router.get("/key-periods/{id}", responses=refusals(NotFound))
def read_key_period(db: Db, asker: KeyPeriodsReader, now: Now, id: UUID) -> KeyPeriodOut:
    """One response with its duty dates, and how many of one's own unit have read it."""
    return lists.key_period_of(db, asker, id, now)


@router.get(
    "/key-periods/{id}/acknowledgements",
    response_model=AcknowledgementPage,
    responses={**refusals(BadCursor, NotFound), **FILES},
)
def list_acknowledgements(
    db: Db,
    asker: KeyPeriodsReader,
    now: Now,
    reads: Reads,
    id: UUID,
    asked: Annotated[Listed, Query()],
) -> AcknowledgementPage | Response:
    """Of each worker of one's own unit whether and when he or she has read it."""
    page = lists.acknowledgements_of(db, asker, id, now, asked.page)
    return as_asked(page, ACKNOWLEDGEMENT_COLUMNS, asked.format, f"acknowledgements-{id}", reads)


@router.get(
    "/key-periods/{id}/reports",
    response_model=KeyPeriodReportPage,
    responses={**refusals(BadCursor, NotFound), **FILES},
)
def list_reports(
    db: Db,
    asker: KeyPeriodsReader,
    reads: Reads,
    id: UUID,
    asked: Annotated[Listed, Query()],
) -> KeyPeriodReportPage | Response:
    """What the workers of one's own unit report, latest first."""
    page = lists.reports_of(db, asker, id, asked.page)
    return as_asked(page, REPORT_COLUMNS, asked.format, f"reports-{id}", reads)


@router.get("/me/key-periods", responses=refusals(BadCursor, Forbidden))
def list_my_key_periods(
    db: Db, asker: Me, now: Now, asked: Annotated[MineAsked, Query()]
) -> MyKeyPeriods:
    """The responses that concern oneself, and whether one has acknowledged them."""
    return lists.my_key_periods(db, asker.as_worker(), now, asked.page)
