"""How cases, their steps and stand-ins are spoken (HIRE-1, CON-5)."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from app.kit.schema import Day, In, MadeId, Out, Paragraph, Sha256
from app.rules.approvals import CaseState, Procedure, StepAct, StepOutcome
from app.rules.tiers import Tier

Example = dict[str, Any]
LONGEST_DELEGATION = timedelta(days=366)
CASE = "0199d2f0-0000-7000-8000-000000000051"
SUBJECT = "0199d2f0-0000-7000-8000-000000000052"
WORKER = "0199d2f0-0000-7000-8000-000000000002"
LEAD = "0199d2f0-0000-7000-8000-000000000003"
TOWNSHIP = "0199d2f0-0000-7000-8000-000000000004"
DELEGATION_ID = "0199d2f0-0000-7000-8000-000000000053"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PROPOSED: Example = {
    "number": 1,
    "act": "propose",
    "tier": "community",
    "unit_code": "510185001001",
    "unit_name": "建设路社区",
    "rule": "CON-1",
    "clause": "四(二)",
    "may_refuse": False,
    "waits_since": "2026-04-02T02:00:00Z",
    "due_on": None,
    "taken_at": "2026-04-02T02:00:00Z",
    "taken_by": LEAD,
    "taken_by_name": "李站长",
    "stood_in_for": None,
    "stood_in_for_name": None,
    "outcome": "passed",
    "reason": None,
    "facts": {"digest": DIGEST},
}
DECIDES: Example = {
    **PROPOSED,
    "number": 2,
    "act": "decide",
    "tier": "township",
    "unit_code": "510185001",
    "unit_name": "射洪坝街道",
    "may_refuse": True,
    "due_on": "2026-04-10",
    "taken_at": None,
    "taken_by": None,
    "taken_by_name": None,
    "outcome": None,
    "facts": {},
}
ROW: Example = {
    "id": CASE,
    "procedure": "penalty",
    "subject_id": SUBJECT,
    "about": {"ground": "B1", "rung": "warning", "occurred_on": "2026-03-18"},
    "unit_code": "510185001001",
    "unit_name": "建设路社区",
    "worker_id": WORKER,
    "worker_name": "王网格",
    "state": "open",
    "opened_at": "2026-04-02T02:00:00Z",
    "closed_at": None,
    "step": 2,
    "step_count": 2,
    "next": {
        "act": "decide",
        "tier": "township",
        "unit_code": "510185001",
        "unit_name": "射洪坝街道",
        "waits_since": "2026-04-02T02:00:00Z",
        "due_on": "2026-04-10",
        "overdue": False,
    },
}


class EvidenceSeenIn(In):
    """What the taker had before the eyes."""

    digest: Sha256


class ApprovalStepIn(In):
    """A word on the step that is next."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"step": 2, "outcome": "passed", "reason": None, "seen": {"digest": DIGEST}},
                {"step": 2, "outcome": "refused", "reason": "证据不足", "seen": None},
            ]
        }
    )

    step: Annotated[int, Field(ge=1, le=20, description="The number of the step that was seen")]
    outcome: StepOutcome
    reason: Paragraph | None = Field(default=None, description="Needed where it refuses")
    seen: EvidenceSeenIn | None = Field(
        default=None, description="Where evidence is decided on: the digest of what was seen"
    )


class ApprovalStepOut(Out):
    """A step: whose it is, by which clause, and how it was taken."""

    model_config = ConfigDict(json_schema_extra={"examples": [PROPOSED]})

    number: int
    act: StepAct
    tier: Tier
    unit_code: str
    unit_name: str
    rule: str
    clause: str
    may_refuse: bool
    waits_since: datetime | None = Field(description="When its turn came")
    due_on: date | None = Field(description="A reminder; nothing lapses")
    taken_at: datetime | None
    taken_by: UUID | None = Field(description="None of a step taken: the system itself asked")
    taken_by_name: str | None
    stood_in_for: UUID | None
    stood_in_for_name: str | None
    outcome: StepOutcome | None
    reason: str | None
    facts: dict[str, Any] = Field(description="What was seen; the delegation of a stand-in")


class NextStepOut(Out):
    """The step that is next."""

    act: StepAct
    tier: Tier
    unit_code: str
    unit_name: str
    waits_since: datetime
    due_on: date | None
    overdue: bool


class ApprovalOut(Out):
    """A case and where it stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [ROW]})

    id: UUID
    procedure: Procedure
    subject_id: UUID = Field(description="The key of what is decided")
    about: dict[str, Any] = Field(description="What is decided, in a few plain facts")
    unit_code: str
    unit_name: str
    worker_id: UUID | None = Field(description="The person concerned")
    worker_name: str | None
    state: CaseState
    opened_at: datetime
    closed_at: datetime | None
    step: int = Field(description="The number of the step that is next, or was the last")
    step_count: int
    next: NextStepOut | None


class ApprovalPage(Out):
    """Some cases."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [ROW], "next_cursor": None}]}
    )

    items: list[ApprovalOut]
    next_cursor: str | None


class ApprovalDetailOut(ApprovalOut):
    """A case with all its steps, taken and to come."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **ROW,
                    "steps": [PROPOSED, DECIDES],
                    "withdraw_reason": None,
                    "obstacle": "approvals.not_your_step",
                }
            ]
        }
    )

    steps: list[ApprovalStepOut] = Field(description="In order")
    withdraw_reason: str | None
    obstacle: str | None = Field(
        description="The code with which one's own word on the next step would be refused, or none"
    )


class WaitingApprovalsOut(Out):
    """How many cases of a procedure wait for oneself."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"procedure": "penalty", "waiting": 3, "overdue": 1}]}
    )

    procedure: Procedure
    waiting: int
    overdue: int


class ProcedureStepOut(Out):
    """One step of a procedure."""

    number: int
    act: StepAct
    tier: Tier | None = Field(description="None: each case says which")
    rule: str
    clause: str
    reading: bool
    term: int | None = Field(description="Duty dates")
    may_refuse: bool


class ProcedureOut(Out):
    """A procedure as it is in force: its steps in order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "procedure": "penalty",
                    "steps": [
                        {
                            "number": 1,
                            "act": "propose",
                            "tier": "community",
                            "rule": "CON-1",
                            "clause": "四(二)",
                            "reading": True,
                            "term": None,
                            "may_refuse": False,
                        }
                    ],
                }
            ]
        }
    )

    procedure: Procedure
    steps: list[ProcedureStepOut]


DELEGATION_ASKED: Example = {
    "id": DELEGATION_ID,
    "to_account": TOWNSHIP,
    "first_day": "2026-04-01",
    "last_day": "2026-04-10",
    "reason": "外出培训",
}
DELEGATION: Example = {
    **DELEGATION_ASKED,
    "from_account": LEAD,
    "from_name": "李站长",
    "to_name": "张主任",
    "unit_code": "510185001001",
    "unit_name": "建设路社区",
    "tier": "community",
    "made_by": LEAD,
    "made_at": "2026-03-30T02:00:00Z",
    "revoked_at": None,
    "revoked_by": None,
    "in_force": True,
}


class DelegationIn(In):
    """Another account stands in over a span of dates, both included."""

    model_config = ConfigDict(json_schema_extra={"examples": [DELEGATION_ASKED]})

    id: MadeId
    from_account: UUID | None = Field(
        default=None,
        description="Whose place; one's own without it. That of an absent one of a lower tier is"
        " given by the tier above",
    )
    to_account: UUID
    tier: Tier | None = Field(default=None, description="Needed where the account acts for several")
    first_day: Day
    last_day: Day
    reason: Paragraph

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError("must not end before it begins")
        if self.last_day - self.first_day > LONGEST_DELEGATION:
            raise ValueError(f"must not be longer than {LONGEST_DELEGATION.days} days")
        return self


class DelegationOut(Out):
    """Who stands in for whom, at which unit and tier, over which dates."""

    model_config = ConfigDict(json_schema_extra={"examples": [DELEGATION]})

    id: UUID
    from_account: UUID
    from_name: str
    to_account: UUID
    to_name: str
    unit_code: str
    unit_name: str
    tier: Tier
    first_day: date
    last_day: date
    reason: str
    made_by: UUID
    made_at: datetime
    revoked_at: datetime | None
    revoked_by: UUID | None
    in_force: bool = Field(description="Today")


class DelegationPage(Out):
    """Some delegations, latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [DELEGATION], "next_cursor": None}]}
    )

    items: list[DelegationOut]
    next_cursor: str | None


class StandInOut(Out):
    """An account that could stand in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "account_id": TOWNSHIP,
                    "name": "张主任",
                    "unit_code": "510185001",
                    "unit_name": "射洪坝街道",
                    "tiers": ["township"],
                }
            ]
        }
    )

    account_id: UUID
    name: str
    unit_code: str
    unit_name: str
    tiers: list[Tier]
