"""Who stands in for whom, over which dates."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.attendance_queries import OfUnit
from app.api.deps import ApprovalsReader, Db, DelegationsWriter, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.approvals import delegating
from app.approvals.refusals import (
    DelegationIdReused,
    DelegationInArrears,
    DelegationOver,
    DelegationOverlaps,
    DelegationTierUnclear,
    DelegationUnfit,
)
from app.approvals.schemas import DelegationIn, DelegationOut, DelegationPage, StandInOut
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import Day

router = APIRouter(prefix="/v1", tags=["approvals"])
CONSTRAINTS["pk_delegation"] = DelegationIdReused
CONSTRAINTS["ck_delegation_another"] = DelegationUnfit
DELEGATION_COLUMNS: Columns = {
    "from_name": ("委托人", "For"),
    "to_name": ("代办人", "Stand-in"),
    "unit_name": ("单位", "Unit"),
    "unit_code": ("单位代码", "Unit code"),
    "tier": ("层级", "Tier"),
    "first_day": ("开始日期", "First date"),
    "last_day": ("结束日期", "Last date"),
    "reason": ("理由", "Reason"),
    "made_at": ("委托时间", "Made at"),
    "revoked_at": ("撤销时间", "Revoked at"),
    "id": ("编号", "Key"),
}


class DelegationsAsked(OfUnit):
    """Which delegations."""

    on: Day | None = Field(default=None, description="Only those in force on a date")


@router.post(
    "/delegations",
    status_code=201,
    responses=refusals(
        NotFound,
        DelegationIdReused,
        DelegationInArrears,
        DelegationOverlaps,
        DelegationTierUnclear,
        DelegationUnfit,
    ),
)
def make_delegation(
    db: Db, asker: DelegationsWriter, now: Now, body: DelegationIn
) -> DelegationOut:
    """Let an office of the same unit or above stand in for one's own steps (HIRE-1, CON-5)."""
    return delegating.delegate(db, asker, body, now)


@router.get(
    "/delegations",
    response_model=DelegationPage,
    responses=refusals(BadCursor, NotFound) | FILES,
)
def list_delegations(
    db: Db,
    asker: ApprovalsReader,
    now: Now,
    reads: Reads,
    asked: Annotated[DelegationsAsked, Query()],
) -> DelegationPage | Response:
    """Who stands in within a unit, and for or in the place of oneself; the latest first."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = delegating.delegations_of(db, asker, unit, asked.on, asked.page, now)
    return as_asked(page, DELEGATION_COLUMNS, asked.format, "delegations", reads)


@router.get("/delegations/stand-ins", responses=refusals())
def list_stand_ins(db: Db, asker: DelegationsWriter) -> list[StandInOut]:
    """The accounts that could stand in for oneself."""
    return delegating.stand_ins(db, asker)


@router.post("/delegations/{id}/revocation", responses=refusals(NotFound, DelegationOver))
def revoke_delegation(db: Db, asker: DelegationsWriter, now: Now, id: UUID) -> DelegationOut:
    """End a delegation at once; steps that were taken under it stay."""
    return delegating.revoke(db, asker, id, now)
