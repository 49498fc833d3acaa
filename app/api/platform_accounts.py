"""Which account at a platform is which worker (INT-1, TSK-3)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.attendance_queries import OfUnit
from app.api.deps import Db, Now, PlatformsWriter, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.db.models import PlatformAccount
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import Day
from app.people.posts import NoPost
from app.platforms import accounts
from app.platforms.refusals import AccountNotShortened, AccountRecordReused, AccountTaken
from app.platforms.schemas import (
    PlatformAccountEndIn,
    PlatformAccountIn,
    PlatformAccountOut,
    PlatformAccountPage,
)
from app.rules.tasks import Platform

router = APIRouter(prefix="/v1", tags=["platforms"])
CONSTRAINTS["ex_platform_account_account"] = AccountTaken
CONSTRAINTS["pk_platform_account"] = AccountRecordReused
ACCOUNT_COLUMNS: Columns = {
    "worker_name": ("姓名", "Worker"),
    "platform": ("平台", "Platform"),
    "account": ("账号", "Account"),
    "first_day": ("开始日期", "First date"),
    "last_day": ("截止日期", "Last date"),
    "recorded_at": ("登记时间", "Recorded at"),
    "worker_id": ("网格员编号", "Worker's key"),
    "id": ("编号", "Key"),
}


class PlatformAccountsAsked(OfUnit):
    """Which accounts."""

    platform: Platform | None = None
    worker: UUID | None = None
    on: Day | None = Field(default=None, description="In force on this date")

    @property
    def which(self) -> accounts.AccountsAsked:
        """As conditions."""
        return accounts.AccountsAsked(self.platform, self.worker, self.on)


@router.post(
    "/platform-accounts",
    status_code=201,
    responses=refusals(NotFound, NoPost, AccountTaken, AccountRecordReused),
)
def record_platform_account(
    db: Db, asker: PlatformsWriter, now: Now, body: PlatformAccountIn
) -> PlatformAccountOut:
    """Record a worker's account from a date on; logins that came before it are tried again."""
    return accounts.account_out(accounts.record_account(db, asker, body, now))


@router.get(
    "/platform-accounts",
    response_model=PlatformAccountPage,
    responses=refusals(BadCursor, NotFound) | FILES,
)
def list_platform_accounts(
    db: Db,
    asker: PlatformsWriter,
    reads: Reads,
    asked: Annotated[PlatformAccountsAsked, Query()],
) -> PlatformAccountPage | Response:
    """The accounts of a unit's workers, the last recorded first."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = accounts.accounts_under(db, unit, asked.which, asked.page)
    return as_asked(page, ACCOUNT_COLUMNS, asked.format, "platform-accounts", reads)


@router.post("/platform-accounts/{id}/end", responses=refusals(NotFound, AccountNotShortened))
def end_platform_account(
    db: Db, asker: PlatformsWriter, id: UUID, body: PlatformAccountEndIn
) -> PlatformAccountOut:
    """From the day after `last_day` the account is nobody's; it stays on record."""
    account: PlatformAccount = accounts.end_account(db, asker, id, body.last_day)
    return accounts.account_out(account)
