"""What a platform has of a date beside what it was told, and what was done about it (INT-2)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from app.api.city_queries import Listed
from app.api.deps import Db, Now, PlatformsReader, PlatformsWriter, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import refusals
from app.db.engine import Sessions
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import Day
from app.platforms import reconciliations
from app.platforms.reconciliation_schemas import (
    ReconciliationIn,
    ReconciliationOut,
    ReconciliationPage,
)
from app.platforms.refusals import DayToCome, NothingToReconcile
from app.rules.tasks import Platform

router = APIRouter(prefix="/v1", tags=["platforms"])
COLUMNS: Columns = {
    "platform": ("平台", "Platform"),
    "day": ("日期", "Date"),
    "ran_at": ("对账时间", "Ran at"),
    "ours": ("我方条数", "Ours"),
    "theirs": ("对方条数", "Theirs"),
    "differing": ("差异", "Differences"),
    "sent_again": ("重新推送", "Sent again"),
    "taken_in": ("补收", "Taken in"),
    "error": ("未能对账的原因", "Why not"),
    "id": ("编号", "Key"),
}


async def sessions(request: Request) -> Sessions:
    """Transactions of its own: none is open while a platform answers."""
    found: Sessions = request.app.state.sessions
    return found


class ReconciliationsAsked(Listed):
    """Which reconciliations."""

    platform: Platform | None = None
    from_: Day | None = Field(default=None, alias="from", description="About this date or later")
    to: Day | None = Field(default=None, description="About this date or earlier")
    differing: bool | None = Field(default=None, description="With differences, or without")
    failed: bool | None = Field(default=None, description="The platform could not be asked")

    @property
    def which(self) -> reconciliations.Which:
        """As conditions."""
        return reconciliations.Which(
            self.platform, self.from_, self.to, self.differing, self.failed
        )


@router.post(
    "/platform-reconciliations",
    status_code=201,
    responses=refusals(NothingToReconcile, DayToCome),
)
def reconcile_platform(
    transactions: Annotated[Sessions, Depends(sessions)],
    asker: PlatformsWriter,
    now: Now,
    body: ReconciliationIn,
) -> ReconciliationOut:
    """Ask a platform what it has of a date, tell it again what it lacks, take in what never came.

    Each night does the same for yesterday, and for each of the last seven dates that the platform
    has not answered for. A platform that can't be asked is an answer too: see `error`.
    """
    return reconciliations.ask_for(transactions, asker, body, now)


@router.get(
    "/platform-reconciliations",
    response_model=ReconciliationPage,
    responses=refusals(BadCursor) | FILES,
)
def list_reconciliations(
    db: Db, asker: PlatformsReader, reads: Reads, asked: Annotated[ReconciliationsAsked, Query()]
) -> ReconciliationPage | Response:
    """Reconciliations, the latest first."""
    del asker
    page = reconciliations.listed(db, asked.which, asked.page)
    return as_asked(page, COLUMNS, asked.format, "reconciliations", reads)


@router.get("/platform-reconciliations/{id}", responses=refusals(NotFound))
def read_reconciliation(db: Db, asker: PlatformsReader, id: UUID) -> ReconciliationOut:
    """One reconciliation with its differences."""
    del asker
    return reconciliations.one(db, id)
