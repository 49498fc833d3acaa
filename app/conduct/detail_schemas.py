"""A proposal and a penalty with all that belongs to them, and their lists (CON)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.approvals.schemas import PROPOSED, ApprovalStepOut
from app.conduct.schemas import (
    ACCOUNT_ID,
    CASE_ID,
    DIGEST,
    PENALTY,
    PENALTY_ID,
    PROPOSAL,
    SAID,
    PenaltyOut,
    ProposalOut,
)
from app.kit.money import Yuan
from app.kit.schema import Out
from app.rules.conduct import PenaltyAct, PenaltyKind
from app.rules.consequences import Effect
from app.rules.tiers import Tier

EVIDENCE: dict[str, Any] = {
    "number": 1,
    "digest": DIGEST,
    "stands": True,
    "because": {"owed": 17, "active": 15},
    "records": [{"kind": "day", "id": "2026-10-12", "at": "/v1/workers/…/days/2026-10-12"}],
    "said": None,
    "rules_version": "1+0123456789ab",
    "found_at": "2026-11-04T01:00:00Z",
}
ANSWER: dict[str, Any] = {
    "id": CASE_ID,
    "said": SAID,
    "photos": [DIGEST],
    "missing_photos": [],
    "answered_at": "2026-11-05T02:00:00Z",
    "received_at": "2026-11-05T02:00:03Z",
}
EFFECT: dict[str, Any] = {
    "effect": "performance_less",
    "amount": "100.00",
    "rule": "CON-3",
    "clause": "四(三)",
}
APPEAL: dict[str, Any] = {
    "id": CASE_ID,
    "penalty_id": PENALTY_ID,
    "said": SAID,
    "photos": [],
    "missing_photos": [],
    "appealed_at": "2026-11-20T02:00:00Z",
    "received_at": "2026-11-20T02:00:03Z",
    "tier": "centre",
    "case_id": CASE_ID,
    "decided_at": None,
    "upheld": None,
}
INTERVIEW: dict[str, Any] = {
    "id": CASE_ID,
    "penalty_id": PENALTY_ID,
    "held_on": "2026-11-16",
    "said": "已说明原因并提出改进。",
    "recorded_by": ACCOUNT_ID,
    "recorded_at": "2026-11-16T08:00:00Z",
}
ACT: dict[str, Any] = {
    "number": 1,
    "act": "decided",
    "at": "2026-11-12T02:00:00Z",
    "by": ACCOUNT_ID,
    "by_name": "李主任",
    "tier": "township",
    "standing": "warning",
    "reason": None,
    "facts": {},
}
NAMED = {"worker_name": "王网格"}


class ConductEvidenceOut(Out):
    """What a proposal rested on at a time."""

    number: int
    digest: str
    stands: bool = Field(description="Whether this is a ground at all")
    because: dict[str, Any]
    records: list[dict[str, Any]] = Field(
        description="Of each its `kind`, its `id`, and `at`, the path at which it can be opened"
    )
    said: str | None
    rules_version: str
    found_at: datetime


class ConductAnswerOut(Out):
    """What the worker said to it."""

    id: UUID
    said: str
    photos: list[str]
    missing_photos: list[str]
    answered_at: datetime
    received_at: datetime


class EffectOut(Out):
    """One of the things that a penalty causes."""

    effect: Effect
    amount: Yuan | None
    rule: str
    clause: str


class ProposalRow(ProposalOut):
    """A proposal in a list, with the worker's name."""

    worker_name: str


class ProposalPage(Out):
    """Some proposals, the latest found first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [PROPOSAL | NAMED], "next_cursor": None}]}
    )

    items: list[ProposalRow]
    next_cursor: str | None


class ProposalDetailOut(ProposalRow):
    """A proposal with every version of its evidence, the answers, and what it would cause."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **PROPOSAL,
                    **NAMED,
                    "versions": [EVIDENCE],
                    "said_to_it": [ANSWER],
                    "counted": 0,
                    "effects": [EFFECT],
                    "steps": [PROPOSED],
                    "penalty_id": None,
                }
            ]
        }
    )

    versions: list[ConductEvidenceOut] = Field(description="The last one stands")
    said_to_it: list[ConductAnswerOut]
    counted: int = Field(description="Penalties of the calendar year that stand before it (CON-2)")
    effects: list[EffectOut] = Field(description="What it would cause, or caused")
    steps: list[ApprovalStepOut] = Field(description="Of the procedure, once it is put forward")
    penalty_id: UUID | None


class PenaltyActOut(Out):
    """An act on a penalty."""

    number: int
    act: PenaltyAct
    at: datetime
    by: UUID | None
    by_name: str | None
    tier: Tier | None
    standing: PenaltyKind | None = Field(description="From here on")
    reason: str | None
    facts: dict[str, Any]


class AppealOut(Out):
    """An appeal and what became of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [APPEAL]})

    id: UUID
    penalty_id: UUID
    said: str
    photos: list[str]
    missing_photos: list[str]
    appealed_at: datetime
    received_at: datetime
    tier: Tier = Field(description="Which tier decides it")
    case_id: UUID
    decided_at: datetime | None
    upheld: bool | None = Field(description="Whether the worker was right")


class InterviewOut(Out):
    """An interview as it was recorded."""

    model_config = ConfigDict(json_schema_extra={"examples": [INTERVIEW]})

    id: UUID
    penalty_id: UUID
    held_on: date
    said: str
    recorded_by: UUID
    recorded_at: datetime


class PenaltyRow(PenaltyOut):
    """A penalty in a list, with the worker's name."""

    worker_name: str


class PenaltyPage(Out):
    """Some penalties, the latest decided first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [PENALTY | NAMED], "next_cursor": None}]}
    )

    items: list[PenaltyRow]
    next_cursor: str | None


class PenaltyDetailOut(PenaltyRow):
    """A penalty with the evidence it was decided on, and every act since."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **PENALTY,
                    **NAMED,
                    "decided_upon": EVIDENCE,
                    "history": [ACT],
                    "appealed": [APPEAL],
                    "interviews": [INTERVIEW],
                    "effects": [EFFECT],
                    "steps": [PROPOSED],
                }
            ]
        }
    )

    decided_upon: ConductEvidenceOut
    history: list[PenaltyActOut]
    appealed: list[AppealOut]
    interviews: list[InterviewOut]
    effects: list[EffectOut] = Field(description="As it stands")
    steps: list[ApprovalStepOut] = Field(description="Of the procedure that decided it")
