"""How contracts and resignations are spoken (HIRE-3, CON-4)."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.kit.schema import LAST_DAY, Day, In, Line, MadeId, Out, Paragraph
from app.rules.hiring import ApplicationState, ContractEnd, ContractOrigin, RetirementPost

Example = dict[str, Any]
ID = "0199d2f0-0000-7000-8000-0000000000c1"
WORKER = "0199d2f0-0000-7000-8000-000000000002"
CASE = "0199d2f0-0000-7000-8000-0000000000c3"
RESIGNATION_ID = "0199d2f0-0000-7000-8000-0000000000c4"

BirthDate = Annotated[date, Field(ge=date(1930, 1, 1), le=LAST_DAY)]
PastDay = Annotated[date, Field(ge=date(2000, 1, 1), le=LAST_DAY)]
"""Contracts and diplomas are older than the regulation."""
TermMonths = Annotated[
    int | None, Field(ge=1, le=240, description="Months of a fixed term; none: until retirement")
]

CONTRACT: Example = {
    "id": ID,
    "worker_id": WORKER,
    "worker_name": "王网格",
    "community_code": "510185001001",
    "origin": "earlier",
    "application_id": None,
    "renews": None,
    "signed_on": "2024-02-26",
    "first_day": "2024-03-01",
    "term_ends_on": "2027-02-28",
    "retirement_post": "women_50",
    "retires_on": "2046-07-12",
    "ends_on": "2027-02-28",
    "last_day": None,
    "end_cause": None,
    "end_reason": None,
    "end_case_id": None,
    "ended_at": None,
    "rule": "HIRE-3",
    "clause": "一(二)4",
}
RESIGNATION: Example = {
    "id": RESIGNATION_ID,
    "worker_id": WORKER,
    "worker_name": "王网格",
    "community_code": "510185001001",
    "said": "因家庭原因申请辞职",
    "last_day": "2026-04-30",
    "asked_at": "2026-03-18T02:10:00Z",
    "received_at": "2026-03-18T02:10:04Z",
    "state": "open",
    "case_id": CASE,
    "rule": "CON-4",
    "clause": "四(三)",
}


AGREED: Example = {
    "signed_on": "2024-02-26",
    "first_day": "2024-03-01",
    "term_ends_on": "2027-02-28",
    "born": "1991-07-12",
    "retirement_post": "women_50",
}


class AgreedIn(In):
    """What a contract says."""

    signed_on: PastDay
    first_day: PastDay
    term_ends_on: PastDay | None = Field(default=None, description="None: until retirement")
    born: BirthDate
    retirement_post: RetirementPost

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.term_ends_on is not None and self.term_ends_on < self.first_day:
            raise ValueError("must not end before it begins")
        if self.born >= self.first_day:
            raise ValueError("must not begin before birth")
        return self


class EarlierContractIn(AgreedIn):
    """A contract that was signed before this system kept them, and is in force."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": ID, "worker_id": WORKER, **AGREED}]}
    )

    id: MadeId
    worker_id: UUID


class ContractCorrectionIn(AgreedIn):
    """What the paper really says, all of it, and how the record came to say something else."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [AGREED | {"reason": "录入时出生日期有误，以身份证为准"}]}
    )

    reason: Paragraph


class RenewalIn(In):
    """A fixed term goes on where the former one ends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": ID, "term_months": 24}]})

    id: MadeId
    term_months: TermMonths = None


class ContractEndIn(In):
    """A contract ends by agreement or by death; other causes have procedures of their own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"last_day": "2026-03-31", "cause": "agreement", "reason": "双方协商一致"}]
        }
    )

    last_day: Day
    cause: Literal[ContractEnd.AGREEMENT, ContractEnd.DEATH]
    reason: Paragraph


class ContractOut(Out):
    """A contract, when it ends at the latest, and why where that is decided."""

    model_config = ConfigDict(json_schema_extra={"examples": [CONTRACT]})

    id: UUID
    worker_id: UUID
    worker_name: str
    community_code: str
    origin: ContractOrigin
    application_id: UUID | None
    renews: UUID | None = Field(description="The contract that this one goes on from")
    signed_on: date
    first_day: date
    term_ends_on: date | None
    retirement_post: RetirementPost
    retires_on: date = Field(description="By the table in force (HIRE-3)")
    ends_on: date = Field(description="The earliest of term, retirement and decided end")
    last_day: date | None
    end_cause: ContractEnd | None
    end_reason: str | None
    end_case_id: UUID | None = Field(description="The procedure that ended it")
    ended_at: datetime | None
    rule: str
    clause: str


class ContractPage(Out):
    """Some contracts, those that end first first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [CONTRACT], "next_cursor": None}]}
    )

    items: list[ContractOut]
    next_cursor: str | None


class ResignationIn(In):
    """A worker resigns, in writing and in advance (CON-4)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"said": "因家庭原因申请辞职", "last_day": "2026-04-30"}]}
    )

    said: Paragraph
    last_day: Day = Field(description="The last date of service")


class ResignationWithdrawnIn(In):
    """Why a resignation is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "家里的困难已解决"}]})

    reason: Line


class ResignationOut(Out):
    """A resignation and where it stands; who decided it is in its case."""

    model_config = ConfigDict(json_schema_extra={"examples": [RESIGNATION]})

    id: UUID
    worker_id: UUID
    worker_name: str
    community_code: str
    said: str
    last_day: date
    asked_at: datetime
    received_at: datetime
    state: ApplicationState
    case_id: UUID | None
    rule: str
    clause: str


class ResignationPage(Out):
    """Some resignations, latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [RESIGNATION], "next_cursor": None}]}
    )

    items: list[ResignationOut]
    next_cursor: str | None


class MyResignationOut(Out):
    """One's own resignation, in short."""

    id: UUID
    last_day: date
    state: ApplicationState


class MyContractOut(Out):
    """A contract as the worker's handset holds it."""

    id: UUID
    community_code: str
    origin: ContractOrigin
    signed_on: date
    first_day: date
    term_ends_on: date | None
    retirement_post: RetirementPost
    retires_on: date
    ends_on: date
    last_day: date | None
    end_cause: ContractEnd | None
    resignation: MyResignationOut | None = Field(description="The latest within this contract")
    rule: str
    clause: str


class MyContractsOut(Out):
    """One's own contracts, the latest first; and every resignation with what was written."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            key: value
                            for key, value in CONTRACT.items()
                            if key
                            not in {
                                "worker_id",
                                "worker_name",
                                "application_id",
                                "renews",
                                "end_reason",
                                "end_case_id",
                                "ended_at",
                            }
                        }
                        | {
                            "resignation": {
                                "id": RESIGNATION_ID,
                                "last_day": "2026-04-30",
                                "state": "open",
                            }
                        }
                    ],
                    "resignations": [RESIGNATION],
                }
            ]
        }
    )

    items: list[MyContractOut]
    resignations: list[ResignationOut]
