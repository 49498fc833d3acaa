"""Logins to the two platforms as the station records them, and the day's notes (TSK-1 to TSK-3)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.attendance_queries import OfUnit
from app.api.deps import BoardsReader, Db, Me, Now, PlatformLoginsWriter, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import refusals
from app.days.summaries import Range, RangeTooLong
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, Forbidden, NotFound
from app.kit.schema import Day, In, Line
from app.people.units import unit_of
from app.rules.tasks import Platform
from app.tasks import active_days, logins, notes
from app.tasks.login_refusals import (
    LoginFromPlatform,
    LoginNotYet,
    LoginTooLongAgo,
    WorkerNotPostedHere,
)
from app.tasks.login_schemas import (
    ActiveDaysPage,
    MyPlatformLogins,
    PlatformLoginsIn,
    RecordedLogins,
)

router = APIRouter(prefix="/v1", tags=["tasks"])

ACTIVE_COLUMNS: Columns = {
    "worker_name": ("姓名", "Worker"),
    "community_code": ("社区代码", "Community"),
    "chengdu.active_days": ("大联动·微治理活跃天数", "Active days, Chengdu"),
    "chengdu.by_platform": ("平台上报", "By the platform, Chengdu"),
    "chengdu.by_station": ("站点登记", "By the station, Chengdu"),
    "sichuan.active_days": ("网格化服务管理活跃天数", "Active days, Sichuan"),
    "sichuan.by_platform": ("平台上报", "By the platform, Sichuan"),
    "sichuan.by_station": ("站点登记", "By the station, Sichuan"),
    "clause": ("条款", "Clause"),
    "worker_id": ("编号", "Key"),
}


class ActiveDaysAsked(OfUnit):
    """Whose accounts, over which dates."""

    since: Day = Field(alias="from", description="The first date", examples=["2026-03-01"])
    until: Day = Field(
        alias="to", description="The last date, at most 400 in all", examples=["2026-03-31"]
    )
    worker: UUID | None = None

    @property
    def span(self) -> active_days.Span:
        """Raises RangeTooLong."""
        found = Range(self.since, self.until)
        return active_days.Span(found.first, found.last)


class MyLoginsAsked(In):
    """Over which dates."""

    since: Day = Field(alias="from", description="The first date", examples=["2026-03-01"])
    until: Day = Field(
        alias="to", description="The last date, at most 400 in all", examples=["2026-03-31"]
    )


@router.put(
    "/platform-logins",
    responses=refusals(LoginNotYet, LoginTooLongAgo, WorkerNotPostedHere),
)
def record_logins(
    db: Db, asker: PlatformLoginsWriter, now: Now, body: PlatformLoginsIn
) -> RecordedLogins:
    """Record whose accounts of a platform logged in on a date, with the source.

    The same again changes nothing; what the platform itself reported is never overwritten.
    """
    return logins.record_logins(db, asker, body, now)


@router.delete(
    "/platform-logins/{worker_id}/{platform}/{day}",
    status_code=204,
    responses=refusals(NotFound, LoginFromPlatform),
)
def withdraw_login(
    db: Db,
    asker: PlatformLoginsWriter,
    worker_id: UUID,
    platform: Platform,
    day: Day,
    reason: Annotated[Line, Query(description="Why", examples=["登记有误"])],
) -> None:
    """Take back a login that the station recorded; the trace keeps it."""
    logins.withdraw_login(db, asker, (worker_id, platform, day), reason)


@router.get(
    "/platform-logins",
    response_model=ActiveDaysPage,
    responses={**refusals(BadCursor, NotFound, RangeTooLong), **FILES},
)
def list_active_days(
    db: Db, asker: BoardsReader, reads: Reads, asked: Annotated[ActiveDaysAsked, Query()]
) -> ActiveDaysPage | Response:
    """The dates on which each worker's two accounts were active; each account by itself (TSK-3)."""
    code = unit_of(db, asker, asked.unit or asker.unit_code).code
    span = asked.span
    page = active_days.active_days_page(db, code, span, asked.worker, asked.page)
    name = f"active-days-{code}-{span.first}-{span.last}"
    return as_asked(page, ACTIVE_COLUMNS, asked.format, name, reads)


@router.get("/me/platform-logins", responses=refusals(RangeTooLong, Forbidden))
def my_logins(db: Db, asker: Me, asked: Annotated[MyLoginsAsked, Query()]) -> MyPlatformLogins:
    """One's own logins over a span, how each is known, and on how many dates one was active."""
    found = Range(asked.since, asked.until)
    return active_days.my_logins(db, asker.as_worker(), active_days.Span(found.first, found.last))


@router.get("/me/daily-notes", responses=refusals(Forbidden))
def my_notes(
    db: Db,
    asker: Me,
    now: Now,
    day: Annotated[Day | None, Query(alias="date", description="Today if absent")] = None,
) -> notes.DailyNotes:
    """One's own notes of a date, as they stand on the day's sheet."""
    return notes.notes_of(db, asker.as_worker(), day or civil_day(now))
