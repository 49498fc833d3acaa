"""From a vacancy to a signed contract, and what a new worker needs (HIRE-1, HIRE-2)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.attendance_queries import OfUnit
from app.api.deps import Db, HiringReader, HiringWriter, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.problems import CONSTRAINTS, refusals
from app.approvals.refusals import ActedForAnotherTier, NotYourStep, OwnMatter
from app.contracts.lists import named as contract_named
from app.contracts.refusals import ContractIdReused, ContractOverlaps, PastRetirement
from app.contracts.schemas import ContractOut
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound
from app.kit.schema import GridCode
from app.people.city_refusals import (
    EffectiveInThePast,
    FirstResponsibleTaken,
    GridElsewhere,
    GridHasEnded,
    TwoPosts,
)
from app.people.workers import look_at_standing
from app.recruitment import applying, lists, onboarding, signing
from app.recruitment.refusals import (
    ApplicantErased,
    ApplicationClosed,
    ApplicationIdReused,
    ApplicationOpen,
    HeldInTheFuture,
    NotApproved,
    NotEligible,
    NotVacant,
    StillPosted,
)
from app.recruitment.schemas import (
    ApplicantOut,
    ApplicantRevealIn,
    ApplicationWithdrawnIn,
    OnboardingOut,
    RecruitmentApplicationIn,
    RecruitmentApplicationOut,
    RecruitmentApplicationPage,
    SigningIn,
)
from app.rules.hiring import ApplicationState

router = APIRouter(prefix="/v1", tags=["hiring"])
CONSTRAINTS["pk_recruitment_application"] = ApplicationIdReused
CONSTRAINTS["uq_recruitment_application_open"] = ApplicationOpen
APPLICATION_COLUMNS: Columns = {
    "name": ("应聘人", "Applicant"),
    "phone": ("电话", "Phone"),
    "grid_code": ("网格编码", "Grid"),
    "form": ("聘用形式", "Form"),
    "applied_on": ("申请日期", "Applied on"),
    "state": ("状态", "State"),
    "closed_at": ("办结时间", "Closed at"),
    "clause": ("条款", "Clause"),
    "case_id": ("审批编号", "Case"),
    "id": ("编号", "Key"),
}


class ApplicationsAsked(OfUnit):
    """Which applications."""

    state: ApplicationState | None = None
    grid: GridCode | None = None


@router.post(
    "/recruitment-applications",
    status_code=201,
    response_model=RecruitmentApplicationOut,
    responses=refusals(
        NotYourStep, HeldInTheFuture, NotVacant, NotEligible, ApplicationOpen, ApplicationIdReused
    ),
)
def apply_to_recruit(
    db: Db, asker: HiringWriter, now: Now, body: RecruitmentApplicationIn
) -> RecruitmentApplicationOut:
    """A township applies to hire somebody for a vacant grid; every failed condition is named."""
    return lists.named(db, applying.apply(db, asker, body, now))


@router.get(
    "/recruitment-applications",
    response_model=RecruitmentApplicationPage,
    responses={**refusals(BadCursor, NotFound), **FILES},
)
def list_applications(
    db: Db, asker: HiringReader, reads: Reads, asked: Annotated[ApplicationsAsked, Query()]
) -> RecruitmentApplicationPage | Response:
    """The applications of a unit, latest first; applicants are masked."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    which = lists.Asked(unit, asked.state, asked.grid)
    page = lists.applications_under(db, which, asked.page)
    return as_asked(page, APPLICATION_COLUMNS, asked.format, "recruitment-applications", reads)


@router.get("/recruitment-applications/{id}", responses=refusals(NotFound))
def read_application(db: Db, asker: HiringReader, id: UUID) -> RecruitmentApplicationOut:
    """One application, its applicant masked."""
    return lists.named(db, applying.application_of(db, asker, id))


@router.post("/recruitment-applications/{id}/reveal", responses=refusals(NotFound, ApplicantErased))
def reveal_applicant(
    db: Db, asker: HiringReader, id: UUID, body: ApplicantRevealIn
) -> ApplicantOut:
    """An applicant's facts for a purpose, to those who decide; each look is logged."""
    return lists.reveal(db, asker, id, body.purpose)


@router.post(
    "/recruitment-applications/{id}/withdrawal",
    responses=refusals(NotFound, NotYourStep, ApplicationClosed),
)
def withdraw_application(
    db: Db, asker: HiringWriter, now: Now, id: UUID, body: ApplicationWithdrawnIn
) -> RecruitmentApplicationOut:
    """The township takes its application back before the contract is signed."""
    return lists.named(db, applying.withdraw(db, asker, id, body.reason, now))


@router.post(
    "/recruitment-applications/{id}/contract",
    status_code=201,
    response_model=ContractOut,
    responses=refusals(
        NotFound,
        NotApproved,
        NotYourStep,
        OwnMatter,
        ActedForAnotherTier,
        ApplicantErased,
        StillPosted,
        TwoPosts,
        EffectiveInThePast,
        FirstResponsibleTaken,
        GridElsewhere,
        GridHasEnded,
        PastRetirement,
        ContractOverlaps,
        ContractIdReused,
        ApplicationIdReused,
    ),
)
def sign_contract(db: Db, asker: HiringWriter, now: Now, id: UUID, body: SigningIn) -> ContractOut:
    """The community signs: worker, post, first responsibility and contract at once (HIRE-1)."""
    return contract_named(db, signing.sign(db, asker, id, body, now))


@router.get("/workers/{id}/onboarding", responses=refusals(NotFound))
def read_onboarding(db: Db, asker: HiringReader, now: Now, id: UUID) -> OnboardingOut:
    """What a new worker has of contract, grid, account, handset and equipment, by evidence."""
    today = civil_day(now)
    look_at_standing(db, asker, id, today)
    return onboarding.onboarding_of(db, id, today)
