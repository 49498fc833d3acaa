"""How proposals, answers and penalties are spoken (CON)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.kit.schema import Day, In, MadeId, Out, Paragraph, Photos, Sha256
from app.rules.conduct import Ground, PenaltyKind, ProposalSource, ProposalState
from app.rules.due_process import ReviewOutcome
from app.rules.tiers import Tier

ID = "0199d2f0-0000-7000-8000-0000000000c1"
PENALTY_ID = "0199d2f0-0000-7000-8000-0000000000c2"
CASE_ID = "0199d2f0-0000-7000-8000-0000000000c3"
ACCOUNT_ID = "0199d2f0-0000-7000-8000-0000000000c4"
WORKER_ID = "0199d2f0-0000-7000-8000-0000000000c5"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

SAID = "10月12日至14日手机送修，已向站里报告，有修理单。"

PROPOSAL: dict[str, Any] = {
    "id": ID,
    "worker_id": WORKER_ID,
    "community_code": "510185001001",
    "ground": "B3",
    "rule": "CON-B3",
    "clause": "四(二)3",
    "occurred_on": "2026-10-31",
    "counted_for": "2026-10-01",
    "source": "detected",
    "state": "proposed",
    "rung": "warning",
    "evidence": 1,
    "digest": DIGEST,
    "because": {"owed": 17, "active": 15},
    "records": 15,
    "said": None,
    "answers": 0,
    "found_at": "2026-11-04T01:00:00Z",
    "told_at": "2026-11-04T01:00:00Z",
    "answer_until": "2026-11-11",
    "case_id": None,
    "closed_at": None,
    "close_reason": None,
}


class ProposalOut(Out):
    """A proposal: what is held against a worker, and what it would cause. Nothing has followed."""

    model_config = ConfigDict(json_schema_extra={"examples": [PROPOSAL]})

    id: UUID
    worker_id: UUID
    community_code: str
    ground: Ground
    rule: str
    clause: str
    occurred_on: date
    counted_for: date
    source: ProposalSource
    state: ProposalState
    rung: PenaltyKind | None = Field(description="What it would cause if it were decided now")
    evidence: int = Field(description="The number of the evidence that stands")
    digest: str = Field(description="Of that evidence: whoever decides names what was seen")
    because: dict[str, Any] = Field(description="What was owed, what was found, values in force")
    records: int = Field(description="How many records are behind it")
    said: str | None = Field(description="The words of the office that recorded it")
    answers: int = Field(description="How often the worker answered")
    found_at: datetime
    told_at: datetime
    answer_until: date = Field(description="The last date on which the worker can answer")
    case_id: UUID | None
    closed_at: datetime | None
    close_reason: str | None


PENALTY: dict[str, Any] = {
    "id": PENALTY_ID,
    "proposal_id": ID,
    "worker_id": WORKER_ID,
    "community_code": "510185001001",
    "ground": "B3",
    "rule": "CON-B3",
    "clause": "四(二)3",
    "occurred_on": "2026-10-31",
    "kind": "warning",
    "standing": "warning",
    "decided_on": "2026-11-12",
    "ends_on": "2026-12-12",
    "evidence": 1,
    "digest": DIGEST,
    "tier": "township",
    "reason": None,
    "decided_at": "2026-11-12T02:00:00Z",
    "review_because": None,
    "appeal_until": "2026-11-26",
    "appeals": 0,
}


class PenaltyOut(Out):
    """A decided penalty, and how it stands after appeal and review."""

    model_config = ConfigDict(json_schema_extra={"examples": [PENALTY]})

    id: UUID
    proposal_id: UUID
    worker_id: UUID
    community_code: str
    ground: Ground
    rule: str
    clause: str
    occurred_on: date
    kind: PenaltyKind = Field(description="As decided")
    standing: PenaltyKind | None = Field(
        description="As it stands; none once overturned: it never counted (CON-2)"
    )
    decided_on: date
    ends_on: date = Field(description="In force up to, not including, this date (CON-3)")
    evidence: int
    digest: str = Field(description="Of the evidence on which it was decided")
    tier: Tier = Field(description="Which tier decided")
    reason: str | None
    decided_at: datetime
    review_because: dict[str, Any] | None = Field(
        description="What changed behind it since, while nobody has looked at it again"
    )
    appeal_until: date = Field(description="The last date on which the worker can appeal")
    appeals: int = Field(description="How often it was appealed: once at most")


class ProposalAnswerIn(In):
    """What a worker says to a proposal."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"proposal_id": ID, "said": SAID, "photos": [DIGEST]}]}
    )

    proposal_id: UUID
    said: Paragraph
    photos: Photos = Field(default_factory=list)


class PenaltyAppealIn(In):
    """A worker appeals a penalty, once."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"penalty_id": PENALTY_ID, "said": SAID, "photos": []}]}
    )

    penalty_id: UUID
    said: Paragraph
    photos: Photos = Field(default_factory=list)


class OfficeAppealIn(In):
    """An appeal that a worker handed in on paper."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": CASE_ID, "handed_in_on": "2026-11-20", "said": SAID}]
        }
    )

    id: MadeId
    handed_in_on: Day
    said: Paragraph


class PutForwardIn(In):
    """The community puts a proposal forward, on the evidence that it saw."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"digest": DIGEST, "reason": "情况属实"}]}
    )

    digest: Sha256
    reason: Paragraph | None = None


class CloseIn(In):
    """Why nothing follows, or why it is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "当日已请假，系统未记"}]})

    reason: Paragraph


class PenaltyReviewIn(In):
    """What becomes of a penalty behind which something changed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"outcome": "lower", "to": "warning", "reason": "前一处罚已撤销"},
                {"outcome": "overturn", "reason": "迟到的记录已证明登录满足要求"},
            ]
        }
    )

    outcome: ReviewOutcome
    to: PenaltyKind | None = Field(default=None, description="With `lower`: to what")
    reason: Paragraph


class InterviewIn(In):
    """An interview of the township with a worker (约谈)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": CASE_ID, "held_on": "2026-11-16", "said": "已说明原因并提出改进。"}]
        }
    )

    id: MadeId
    held_on: Day
    said: Paragraph = Field(description="What was said by both")
