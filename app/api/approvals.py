"""Cases that go through a procedure: what waits, who took which step (HIRE-1, CON-5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from sqlalchemy.orm import Session

from app.api.attendance_queries import OfUnit
from app.api.city_queries import Paged
from app.api.deps import ApprovalsActor, ApprovalsReader, Db, Me, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.outcomes import settle
from app.api.problems import CONSTRAINTS, refusals
from app.appraisal.annual_reacting import ANNUAL
from app.appraisal.annual_refusals import YearFactsChanged
from app.appraisal.reacting import MONTHLY
from app.appraisal.refusals import AppraisalChanged, OwnAppraisal
from app.approvals import lists
from app.approvals.detail import detail
from app.approvals.lists import WaitsFor, Wanted
from app.approvals.procedures import procedures
from app.approvals.refusals import (
    ActedForAnotherTier,
    CaseClosed,
    CaseOpenAlready,
    DecidedWithEvent,
    MayNotRefuse,
    NotYourStep,
    OwnMatter,
    RefusalNeedsReason,
    StepTaken,
)
from app.approvals.schemas import (
    ApprovalDetailOut,
    ApprovalPage,
    ApprovalStepIn,
    ProcedureOut,
    WaitingApprovalsOut,
)
from app.approvals.taking import Reaction, Word, take_by_key
from app.attendance.corrections import CORRECTION
from app.attendance.leave import LEAVE
from app.attendance.refusals import AlreadyDecided, LeaveOverlaps, NothingToMakeGood
from app.conduct.reacting import APPEAL, DISMISSAL, PENALTY
from app.conduct.refusals import (
    AnswerPending,
    EvidenceChanged,
    EvidenceNotSeen,
    PenaltyOverturned,
    RungChanged,
    SamePerson,
    WorkerLeft,
)
from app.contracts.reacting import RESIGNATION
from app.incidents.extensions import EXTENSION
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import Day
from app.pay.reacting import PAYROLL
from app.pay.refusals import PayrollDigestDiffers, PayrollStale
from app.people.principal import Principal
from app.recruitment.reacting import RECRUITMENT
from app.recruitment.refusals import SignWithContract
from app.rules.approvals import CaseState, Procedure

router = APIRouter(prefix="/v1", tags=["approvals"])
CONSTRAINTS["uq_approval_case_open"] = CaseOpenAlready
REACTIONS: Mapping[Procedure, Reaction] = {
    Procedure.RECRUITMENT: RECRUITMENT,
    Procedure.DISMISSAL: DISMISSAL,
    Procedure.PENALTY: PENALTY,
    Procedure.APPEAL: APPEAL,
    Procedure.MONTHLY_APPRAISAL: MONTHLY,
    Procedure.ANNUAL_APPRAISAL: ANNUAL,
    Procedure.CORRECTION: CORRECTION,
    Procedure.LEAVE: LEAVE,
    Procedure.EXTENSION: EXTENSION,
    Procedure.RESIGNATION: RESIGNATION,
    Procedure.PAYROLL: PAYROLL,
}
"""What each procedure does beyond the engine, all on one page."""
OF_ENGINE = (
    CaseClosed,
    StepTaken,
    NotYourStep,
    OwnMatter,
    ActedForAnotherTier,
    MayNotRefuse,
    RefusalNeedsReason,
)
OF_PROCEDURES = (
    DecidedWithEvent,
    AlreadyDecided,
    LeaveOverlaps,
    NothingToMakeGood,
    EvidenceNotSeen,
    EvidenceChanged,
    RungChanged,
    AnswerPending,
    PenaltyOverturned,
    SamePerson,
    WorkerLeft,
    YearFactsChanged,
    AppraisalChanged,
    OwnAppraisal,
    SignWithContract,
    PayrollDigestDiffers,
    PayrollStale,
)
APPROVAL_COLUMNS: Columns = {
    "procedure": ("事项", "Procedure"),
    "unit_name": ("单位", "Unit"),
    "unit_code": ("单位代码", "Unit code"),
    "worker_name": ("当事人", "Person concerned"),
    "state": ("状态", "State"),
    "opened_at": ("提出时间", "Opened at"),
    "closed_at": ("办结时间", "Closed at"),
    "step": ("步骤", "Step"),
    "step_count": ("步骤总数", "Steps"),
    "next.act": ("下一步", "Next act"),
    "next.tier": ("办理层级", "Next tier"),
    "next.unit_name": ("办理单位", "Next unit"),
    "next.waits_since": ("待办起始", "Waits since"),
    "next.due_on": ("应办日期", "Due on"),
    "subject_id": ("事项编号", "Matter"),
    "id": ("编号", "Key"),
}


class ApprovalsAsked(OfUnit):
    """Which cases."""

    procedure: Procedure | None = None
    state: CaseState | None = None
    worker: UUID | None = Field(default=None, description="The person concerned")
    subject: UUID | None = Field(default=None, description="The key of what is decided")
    waits_for: WaitsFor | None = Field(
        default=None, description="Open ones, the earliest first: for oneself, or for the unit"
    )
    overdue: bool | None = Field(default=None, description="The term of the next step is over")
    from_: Day | None = Field(default=None, alias="from", description="Opened on or after")
    to: Day | None = Field(default=None, description="Opened on or before")

    @property
    def wanted(self) -> Wanted:
        """As conditions."""
        return Wanted(
            procedure=self.procedure,
            state=self.state,
            worker_id=self.worker,
            subject_id=self.subject,
            first=self.from_,
            last=self.to,
            waits_for=self.waits_for,
            overdue=self.overdue,
        )


@router.get("/procedures", responses=refusals())
def list_procedures(asker: ApprovalsReader) -> list[ProcedureOut]:
    """All procedures: whose step each is, by which clause, within how many duty dates."""
    return procedures()


@router.get(
    "/approvals", response_model=ApprovalPage, responses=refusals(BadCursor, NotFound) | FILES
)
def list_approvals(
    db: Db,
    asker: ApprovalsReader,
    now: Now,
    reads: Reads,
    asked: Annotated[ApprovalsAsked, Query()],
) -> ApprovalPage | Response:
    """The cases of a unit, the latest first; what waits, the earliest first."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    page = lists.cases_of_unit(db, lists.Looking(asker, unit, now), asked.wanted, asked.page)
    return as_asked(page, APPROVAL_COLUMNS, asked.format, "approvals", reads)


@router.get("/approvals/waiting", responses=refusals())
def count_waiting_approvals(db: Db, asker: ApprovalsReader, now: Now) -> list[WaitingApprovalsOut]:
    """How many cases wait for oneself, by procedure."""
    return lists.waiting_counts(db, asker, now)


@router.get("/approvals/{id}", responses=refusals(NotFound))
def read_approval(db: Db, asker: ApprovalsReader, now: Now, id: UUID) -> ApprovalDetailOut:
    """A case with all its steps, and what stands in the way of one's own word."""
    return detail(db, asker, id, now)


@router.post("/approvals/{id}/steps", responses=refusals(NotFound, *OF_ENGINE, *OF_PROCEDURES))
def take_approval_step(
    request: Request, asker: ApprovalsActor, now: Now, id: UUID, body: ApprovalStepIn
) -> ApprovalDetailOut:
    """Pass or refuse the next step, for one's own tier or for whom one stands in (HIRE-1).

    Where evidence is decided on and it changed meanwhile, what was found is kept although the
    step is refused.
    """
    facts = body.seen.model_dump() if body.seen else {}
    word = Word(body.outcome, body.reason, body.step, facts)
    return settle(request, lambda db: _taken(db, asker, id, word, now))


def _taken(
    db: Session, asker: Principal, id: UUID, word: Word, now: datetime
) -> ApprovalDetailOut | EvidenceChanged:
    try:
        take_by_key(db, asker, id, word, now, REACTIONS)
    except EvidenceChanged as refusal:
        return refusal
    return detail(db, asker, id, now)


@router.get("/me/approvals", responses=refusals(BadCursor))
def list_my_approvals(
    db: Db, asker: Me, now: Now, asked: Annotated[Paged, Query()]
) -> ApprovalPage:
    """The cases about oneself, the latest first."""
    return lists.cases_of_worker(db, asker.as_worker(), asked.page, now)


@router.get("/me/approvals/{id}", responses=refusals(NotFound))
def read_my_approval(db: Db, asker: Me, now: Now, id: UUID) -> ApprovalDetailOut:
    """A case about oneself, with who took which step."""
    return detail(db, asker, id, now, only_own=True)
