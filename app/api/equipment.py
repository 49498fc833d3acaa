"""Checks of work clothes and equipment, and exemptions (EQP-1)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.attendance_queries import OfUnit
from app.api.city_queries import Paged
from app.api.deps import (
    Db,
    EquipmentReader,
    EquipmentWriter,
    ExemptionsWriter,
    Me,
    Now,
    Reads,
)
from app.api.export import FILES, Columns, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.equipment import checks, exemptions, lists
from app.equipment.refusals import (
    CheckWithdrawn,
    DayNotOpen,
    ExemptionNotShortened,
    IdReused,
    NotAStationCheck,
    OwnCheck,
)
from app.equipment.schemas import (
    EquipmentAnswerIn,
    EquipmentCheckIn,
    EquipmentCheckOut,
    EquipmentCheckPage,
    EquipmentWithdrawalIn,
    ExemptionEndIn,
    ExemptionIn,
    ExemptionOut,
    ExemptionPage,
)
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import Day
from app.people.posts import NoPost
from app.rules.equipment import EquipmentVerdict

router = APIRouter(prefix="/v1", tags=["equipment"])
CONSTRAINTS["pk_equipment_check"] = IdReused
CONSTRAINTS["pk_equipment_exemption"] = IdReused
CONSTRAINTS["pk_equipment_withdrawal"] = CheckWithdrawn
CONSTRAINTS["fk_equipment_exemption_unit_code"] = NotFound
CHECK_COLUMNS: Columns = {
    "day": ("日期", "Day"),
    "worker_name": ("网格员", "Worker"),
    "community_code": ("社区代码", "Community"),
    "by_station": ("站点检查", "By the station"),
    "work_clothes": ("工作装", "Work clothes"),
    "because.missing": ("缺少装备", "Missing items"),
    "verdict": ("结论", "Verdict"),
    "clause": ("条款", "Clause"),
    "note": ("备注", "Note"),
    "withdrawn.reason": ("撤回原因", "Withdrawn because"),
    "at": ("检查时间", "Checked at"),
    "id": ("编号", "Key"),
}


class ChecksAsked(OfUnit):
    """Which checks."""

    from_: Day | None = Field(default=None, alias="from", description="On or after")
    to: Day | None = Field(default=None, description="On or before")
    worker_id: UUID | None = None
    verdict: EquipmentVerdict | None = Field(
        default=None, description="By the exemptions known now; without those withdrawn"
    )

    @property
    def which(self) -> lists.Asked:
        """As conditions."""
        return lists.Asked(self.from_, self.to, self.worker_id, self.verdict)


class MyChecksAsked(Paged):
    """Which of one's own checks."""

    from_: Day | None = Field(default=None, alias="from", description="On or after")
    to: Day | None = Field(default=None, description="On or before")


class ExemptionsAsked(OfUnit):
    """Which exemptions."""

    on: Day | None = Field(default=None, description="In force on this date")


@router.post(
    "/equipment-checks",
    status_code=201,
    responses=refusals(NoPost, DayNotOpen, OwnCheck, IdReused),
)
def check_equipment(
    db: Db, asker: EquipmentWriter, now: Now, body: EquipmentCheckIn
) -> EquipmentCheckOut:
    """The station checks one of its workers: today, or some days after (EQP-1)."""
    return checks.check(db, asker, body, now)


@router.get(
    "/equipment-checks",
    response_model=EquipmentCheckPage,
    responses=refusals(BadCursor, NotFound) | FILES,
)
def list_equipment_checks(
    db: Db, asker: EquipmentReader, reads: Reads, asked: Annotated[ChecksAsked, Query()]
) -> EquipmentCheckPage | Response:
    """The checks of a unit's workers, latest first; verdicts by the exemptions known now."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = lists.checks_of_unit(db, unit, asked.which, asked.page)
    return as_asked(page, CHECK_COLUMNS, asked.format, "equipment-checks", reads)


@router.get("/equipment-checks/{id}", responses=refusals(NotFound))
def read_equipment_check(db: Db, asker: EquipmentReader, id: UUID) -> EquipmentCheckOut:
    """One check with the worker's answers."""
    return lists.check_of(db, asker, id)


@router.post(
    "/equipment-checks/{id}/withdrawal",
    responses=refusals(NotFound, NotAStationCheck, CheckWithdrawn),
)
def withdraw_equipment_check(
    db: Db, asker: EquipmentWriter, now: Now, id: UUID, body: EquipmentWithdrawalIn
) -> EquipmentCheckOut:
    """Take a check of the station back; it stays on record as withdrawn."""
    return checks.withdraw_check(db, asker, id, body, now)


@router.get("/me/equipment-checks", responses=refusals(BadCursor))
def my_equipment_checks(
    db: Db, asker: Me, asked: Annotated[MyChecksAsked, Query()]
) -> EquipmentCheckPage:
    """The checks of oneself and one's own records, latest first."""
    which = lists.Asked(asked.from_, asked.to)
    return lists.checks_of_worker(db, asker.as_worker(), which, asked.page)


@router.post("/me/equipment-checks/{id}/answer", responses=refusals(NotFound, NotAStationCheck))
def answer_equipment_check(
    db: Db, asker: Me, now: Now, id: UUID, body: EquipmentAnswerIn
) -> EquipmentCheckOut:
    """Answer a check of oneself; the station sees it."""
    return checks.answer_check(db, asker, id, body, now)


@router.post(
    "/equipment-exemptions",
    status_code=201,
    responses=refusals(NotFound, NoPost, IdReused),
)
def exempt(db: Db, asker: ExemptionsWriter, now: Now, body: ExemptionIn) -> ExemptionOut:
    """Exempt a unit or a worker from work clothes over dates, past ones included (三(二)1)."""
    return exemptions.exemption_out(exemptions.exempt(db, asker, body, now))


@router.get("/equipment-exemptions", responses=refusals(BadCursor, NotFound))
def list_exemptions(
    db: Db, asker: EquipmentReader, asked: Annotated[ExemptionsAsked, Query()]
) -> ExemptionPage:
    """The exemptions of a unit, of what lies below it, and those from above that reach it."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    return exemptions.exemptions_of(db, unit, asked.on, asked.page)


@router.post("/equipment-exemptions/{id}/end", responses=refusals(NotFound, ExemptionNotShortened))
def end_exemption(
    db: Db, asker: ExemptionsWriter, now: Now, id: UUID, body: ExemptionEndIn
) -> ExemptionOut:
    """End an exemption earlier, from the next day on."""
    return exemptions.exemption_out(exemptions.end_exemption(db, asker, id, body, now))
