"""How vacancies, applications and onboarding are spoken (HIRE-1, HIRE-2, ORG-2)."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.contracts.schemas import BirthDate, TermMonths
from app.kit.schema import Day, GridCode, In, Line, MadeId, Out, Paragraph, Phone
from app.rules.hiring import (
    ApplicantPurpose,
    ApplicationState,
    Attested,
    Bar,
    Education,
    OnboardingItem,
    RecruitmentForm,
    Residence,
    RetirementPost,
)

Example = dict[str, Any]
ID = "0199d2f0-0000-7000-8000-0000000000b1"
CASE = "0199d2f0-0000-7000-8000-0000000000b2"
CONTRACT = "0199d2f0-0000-7000-8000-0000000000c1"
WORKER = "0199d2f0-0000-7000-8000-000000000002"
RESULT: Example = {"held_on": "2026-03-10", "score": 86.5, "opinion": None}
APPLICANT: Example = {
    "name": "李应聘",
    "phone": "13800000009",
    "born": "1994-06-02",
    "residence": ["hukou"],
    "insurance_months": 0,
    "education": "junior_college",
    "attested": ["political", "skills", "health"],
    "bars": [],
}
APPLICATION: Example = {
    "id": ID,
    "grid_code": "510185001001003",
    "form": "examination",
    "name": "李**",
    "phone": "138****0009",
    "applied_on": "2026-03-18",
    "applied_at": "2026-03-18T02:10:00Z",
    "eligibility": {
        "applied_on": "2026-03-18",
        "judged": [f"HIRE-2.{number}" for number in range(1, 8)],
        "failed": [],
    },
    "state": "open",
    "case_id": CASE,
    "worker_id": None,
    "closed_at": None,
    "rule": "HIRE-2",
    "clause": "一(二)3",
}
VACANCY: Example = {
    "grid_code": "510185001001003",
    "grid_name": "东城社区第三网格",
    "vacant_from": "2026-03-01",
    "last_worker_id": WORKER,
    "applications": 1,
    "approved": 0,
    "rule": "ORG-2",
    "clause": "一(一)",
}


class ResultIn(In):
    """What the examination or the appraisal (考核) came to."""

    held_on: Day
    score: Annotated[float, Field(ge=0, le=100)] | None = None
    opinion: Paragraph | None = None


class ApplicantIn(In):
    """Who applies, and what the conditions look at (HIRE-2)."""

    name: Line
    phone: Phone
    born: BirthDate
    residence: Annotated[list[Residence], Field(max_length=2)]
    insurance_months: Annotated[int, Field(ge=0, le=720)]
    education: Education
    attested: Annotated[list[Attested], Field(max_length=3)]
    bars: Annotated[list[Bar], Field(max_length=4)]


class RecruitmentApplicationIn(In):
    """A township applies to hire somebody for a vacant grid (HIRE-1)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": ID,
                    "grid_code": "510185001001003",
                    "form": "examination",
                    "result": RESULT,
                    "applicant": APPLICANT,
                }
            ]
        }
    )

    id: MadeId
    grid_code: GridCode
    form: RecruitmentForm
    result: ResultIn = Field(description="Of an examination its score, of an appraisal an opinion")
    applicant: ApplicantIn

    @model_validator(mode="after")
    def _has_the_forms_result(self) -> Self:
        if self.form is RecruitmentForm.EXAMINATION and self.result.score is None:
            raise ValueError("an examination has a score")
        if self.form is RecruitmentForm.APPRAISAL and self.result.opinion is None:
            raise ValueError("an appraisal has an opinion")
        return self


class SigningIn(In):
    """The terms that the community signs."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "contract_id": CONTRACT,
                    "first_day": "2026-04-01",
                    "term_months": 36,
                    "retirement_post": "women_50",
                }
            ]
        }
    )

    contract_id: MadeId
    first_day: Day
    term_months: TermMonths = None
    retirement_post: RetirementPost


class ApplicationWithdrawnIn(In):
    """Why an application is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "应聘人放弃"}]})

    reason: Line


class ApplicantRevealIn(In):
    """For what an applicant's facts are looked at."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"purpose": "review"}]})

    purpose: ApplicantPurpose


class RecruitmentApplicationOut(Out):
    """An application, its applicant masked; who decided what is in its case."""

    model_config = ConfigDict(json_schema_extra={"examples": [APPLICATION]})

    id: UUID
    grid_code: str
    form: RecruitmentForm
    name: str | None = Field(description="Masked; null once erased")
    phone: str | None = Field(description="Masked; null once erased")
    applied_on: date
    applied_at: datetime
    eligibility: dict[str, Any] = Field(description="Which conditions were judged, which failed")
    state: ApplicationState
    case_id: UUID | None
    worker_id: UUID | None = Field(description="Once the contract was signed")
    closed_at: datetime | None
    rule: str
    clause: str


class RecruitmentApplicationPage(Out):
    """Some applications, latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [APPLICATION], "next_cursor": None}]}
    )

    items: list[RecruitmentApplicationOut]
    next_cursor: str | None


class ApplicantOut(Out):
    """An applicant's facts and the form's result; the look was logged."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**APPLICANT, "result": RESULT, "purpose": "review"}]}
    )

    name: str
    phone: str
    born: date
    residence: list[Residence]
    insurance_months: int
    education: Education
    attested: list[Attested]
    bars: list[Bar]
    result: dict[str, Any]
    purpose: ApplicantPurpose


class HiringVacancyOut(Out):
    """A grid without a first responsible worker, and whether somebody is being hired for it."""

    grid_code: str
    grid_name: str
    vacant_from: date | None = Field(description="Null where nobody ever was")
    last_worker_id: UUID | None = Field(description="Who was, or still is until then")
    applications: int = Field(description="Being decided")
    approved: int = Field(description="Approved and to be signed")
    rule: str
    clause: str


class HiringVacancyPage(Out):
    """Some vacancies in order of their grids."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [VACANCY], "next_cursor": None}]}
    )

    items: list[HiringVacancyOut]
    next_cursor: str | None


class OnboardingStepOut(Out):
    """One thing a new worker needs, by evidence that the system holds."""

    item: OnboardingItem
    done: bool
    at: datetime | date | None = Field(description="When, where that is known")
    evidence: list[str] = Field(description="Keys of what shows it")


class OnboardingOut(Out):
    """How far a worker is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "worker_id": WORKER,
                    "complete": False,
                    "items": [
                        {
                            "item": "contract",
                            "done": True,
                            "at": "2026-03-30",
                            "evidence": [CONTRACT],
                        },
                        {"item": "device", "done": False, "at": None, "evidence": []},
                    ],
                }
            ]
        }
    )

    worker_id: UUID
    complete: bool
    items: list[OnboardingStepOut]
