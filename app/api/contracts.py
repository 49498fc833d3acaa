"""Contracts, their notices and their ends; resignations (HIRE-3, CON-4)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.attendance_queries import OfUnit
from app.api.deps import Db, HiringReader, HiringWriter, Me, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.api.transfers import CheckOnly, ImportedOut, Spreadsheet
from app.contracts import correcting, importing, keeping, lists, resigning
from app.contracts.refusals import (
    ContractIdReused,
    ContractOver,
    ContractOverlaps,
    DeathInTheFuture,
    EndOutOfContract,
    NoFixedTerm,
    NotFullTime,
    NotRenewable,
    PastRetirement,
    ResignationClosed,
    ResignationIdReused,
    ResignationOpen,
    SignedInTheFuture,
)
from app.contracts.schemas import (
    ContractCorrectionIn,
    ContractEndIn,
    ContractOut,
    ContractPage,
    EarlierContractIn,
    MyContractsOut,
    RenewalIn,
    ResignationOut,
    ResignationPage,
    ResignationWithdrawnIn,
)
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound, TooLarge
from app.kit.schema import Day
from app.people.city_refusals import EffectiveInThePast
from app.people.importing.lists import ImportRefused, ListTooLong
from app.people.workers import look_at_standing
from app.rules.hiring import ApplicationState

router = APIRouter(prefix="/v1", tags=["hiring"])
CONSTRAINTS["ex_contract_worker_id_span"] = ContractOverlaps
CONSTRAINTS["pk_contract"] = ContractIdReused
CONSTRAINTS["pk_resignation"] = ResignationIdReused
CONSTRAINTS["uq_resignation_open"] = ResignationOpen
CONTRACT_COLUMNS: Columns = {
    "worker_name": ("姓名", "Worker"),
    "community_code": ("社区编码", "Community"),
    "signed_on": ("签订日期", "Signed on"),
    "first_day": ("开始日期", "First date"),
    "term_ends_on": ("固定期限到期", "Term ends on"),
    "retirement_post": ("退休岗位", "Retirement post"),
    "retires_on": ("法定退休日期", "Retires on"),
    "ends_on": ("合同到期", "Ends on"),
    "last_day": ("最后工作日", "Last date"),
    "end_cause": ("解除原因", "Cause"),
    "end_reason": ("说明", "Reason"),
    "origin": ("来源", "Origin"),
    "clause": ("条款", "Clause"),
    "worker_id": ("网格员编号", "Worker's key"),
    "id": ("编号", "Key"),
}
RESIGNATION_COLUMNS: Columns = {
    "worker_name": ("姓名", "Worker"),
    "community_code": ("社区编码", "Community"),
    "asked_at": ("提出时间", "Asked at"),
    "last_day": ("最后工作日", "Last date"),
    "said": ("理由", "Said"),
    "state": ("状态", "State"),
    "clause": ("条款", "Clause"),
    "case_id": ("审批编号", "Case"),
    "id": ("编号", "Key"),
}


class ContractsAsked(OfUnit):
    """Which contracts; `ending`: within the days of notice, 90 unless the city set others."""

    standing: lists.ContractStanding | None = None
    worker: UUID | None = None
    on: Day | None = Field(default=None, description="A civil date; today without it")


class ResignationsAsked(OfUnit):
    """Which resignations."""

    state: ApplicationState | None = None


@router.get(
    "/contracts", response_model=ContractPage, responses={**refusals(BadCursor, NotFound), **FILES}
)
def list_contracts(
    db: Db, asker: HiringReader, now: Now, reads: Reads, asked: Annotated[ContractsAsked, Query()]
) -> ContractPage | Response:
    """The contracts of a unit, those that end first first (HIRE-3)."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    on = asked.on or civil_day(now)
    which = lists.Asked(unit, asked.standing, asked.worker, on)
    page = lists.contracts_where(db, which, asked.page)
    return as_asked(page, CONTRACT_COLUMNS, asked.format, "contracts", reads)


@router.post(
    "/contracts",
    status_code=201,
    response_model=ContractOut,
    responses=refusals(
        NotFound,
        NotFullTime,
        SignedInTheFuture,
        ContractOver,
        PastRetirement,
        ContractOverlaps,
        ContractIdReused,
    ),
)
def record_contract(db: Db, asker: HiringWriter, now: Now, body: EarlierContractIn) -> ContractOut:
    """Record a contract in force that was signed before; the same again is the first (HIRE-3)."""
    return lists.named(db, keeping.record_earlier(db, asker, body, now))


@router.post("/contracts/import", responses=refusals(ImportRefused, ListTooLong, TooLarge))
def import_contracts(
    db: Db, asker: HiringWriter, now: Now, content: Spreadsheet, check: CheckOnly = False
) -> ImportedOut:
    """Record earlier contracts of a list, all or none; a refusal names every line that is wrong.

    Headings: 姓名, 电话, 出生日期, 退休岗位 (男, 女干部, 女工人), 签订日期, 开始日期 and, of a
    fixed term, 到期日期. The same line again changes nothing.
    """
    done = importing.import_contracts(db, asker, content, now, keep=not check)
    return ImportedOut(written=done.written, unchanged=done.unchanged, checked_only=check)


@router.get("/contracts/{id}", responses=refusals(NotFound))
def read_contract(db: Db, asker: HiringReader, now: Now, id: UUID) -> ContractOut:
    """One contract."""
    found = keeping.contract_of(db, asker, id)
    if not asker.sees(found.community_code):
        # A station that the worker left has no part in what was signed since.
        look_at_standing(db, asker, found.worker_id, civil_day(now))
    return lists.named(db, found)


@router.post(
    "/contracts/{id}/renewal",
    status_code=201,
    responses=refusals(
        NotFound,
        ContractOver,
        NoFixedTerm,
        NotRenewable,
        NotFullTime,
        PastRetirement,
        ContractOverlaps,
        ContractIdReused,
    ),
)
def renew_contract(db: Db, asker: HiringWriter, now: Now, id: UUID, body: RenewalIn) -> ContractOut:
    """A fixed term goes on from the day after it, unless the last grade bars it (APR-3)."""
    return lists.named(db, keeping.renew(db, asker, id, body, now))


@router.post(
    "/contracts/{id}/correction",
    responses=refusals(NotFound, ContractOver, SignedInTheFuture, PastRetirement, ContractOverlaps),
)
def correct_contract(
    db: Db, asker: HiringWriter, now: Now, id: UUID, body: ContractCorrectionIn
) -> ContractOut:
    """Put right what was written down wrong of a contract that runs (HIRE-3)."""
    return lists.named(db, correcting.correct(db, asker, id, body, now))


@router.post(
    "/contracts/{id}/end",
    responses=refusals(
        NotFound, ContractOver, EndOutOfContract, EffectiveInThePast, DeathInTheFuture
    ),
)
def end_contract(
    db: Db, asker: HiringWriter, now: Now, id: UUID, body: ContractEndIn
) -> ContractOut:
    """End a contract by agreement or by death, with the posts, grids and group after it."""
    return lists.named(db, keeping.end_by_hand(db, asker, id, body, now))


@router.get(
    "/resignations",
    response_model=ResignationPage,
    responses={**refusals(BadCursor, NotFound), **FILES},
)
def list_resignations(
    db: Db, asker: HiringReader, reads: Reads, asked: Annotated[ResignationsAsked, Query()]
) -> ResignationPage | Response:
    """The resignations of a unit, latest first (CON-4)."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = lists.resignations_under(db, unit, asked.state, asked.page)
    return as_asked(page, RESIGNATION_COLUMNS, asked.format, "resignations", reads)


@router.get("/resignations/{id}", responses=refusals(NotFound))
def read_resignation(db: Db, asker: HiringReader, id: UUID) -> ResignationOut:
    """One resignation; its steps are in its case."""
    return lists.resignation_of(db, asker, id)


@router.get("/me/contract", responses=refusals())
def read_my_contract(db: Db, asker: Me) -> MyContractsOut:
    """One's own contracts, the latest first, and one's resignations."""
    return lists.my_contracts(db, asker.as_worker())


@router.post("/me/resignations/{id}/withdrawal", responses=refusals(NotFound, ResignationClosed))
def withdraw_my_resignation(
    db: Db, asker: Me, now: Now, id: UUID, body: ResignationWithdrawnIn
) -> MyContractsOut:
    """Take back one's own resignation while it is being decided."""
    resigning.withdraw_resignation(db, asker, id, body.reason, now)
    return lists.my_contracts(db, asker.as_worker())
