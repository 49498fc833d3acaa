"""What must hold before a proposal goes a step on: seen evidence, the same rung, a hearing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.conduct.counting import rung_of
from app.conduct.proposing import refresh
from app.conduct.refusals import (
    AnswerPending,
    EvidenceChanged,
    EvidenceNotSeen,
    RungChanged,
    WorkerLeft,
)
from app.conduct.shown import evidence_of
from app.db.models import (
    ApprovalStep,
    ConductAnswer,
    ConductEvidence,
    ConductProposal,
    Posting,
)
from app.kit.clock import civil_day
from app.rules.due_process import may_be_decided


def seen_digest(facts: Mapping[str, Any]) -> str:
    """The digest in the word of whoever decides; raises EvidenceNotSeen."""
    seen = facts.get("digest")
    if not isinstance(seen, str):
        raise EvidenceNotSeen
    return seen


def weigh(session: Session, proposal: ConductProposal, seen: str, now: datetime) -> ConductEvidence:
    """The evidence as it is now, if it is what was seen; raises EvidenceChanged.

    It is never decided on what the worker was not told: what is found only now is told first.
    """
    changed = refresh(session, proposal, now)
    evidence = evidence_of(session, proposal)
    if changed or evidence.digest != seen:
        raise EvidenceChanged(
            seen=seen, now=evidence.digest, evidence=evidence.number, stands=evidence.stands
        )
    return evidence


def still_posted(session: Session, proposal: ConductProposal, now: datetime) -> None:
    """A resignation that was approved keeps its pay, and what is over is not ended again (CON-4);
    raises WorkerLeft."""
    posted = exists().where(
        Posting.worker_id == proposal.worker_id,
        Posting.valid.overlaps(Range(civil_day(now), None)),
    )
    if not session.scalar(select(posted)):
        raise WorkerLeft(worker=proposal.worker_id)


def same_rung(session: Session, proposal: ConductProposal) -> None:
    """It leads to what was put forward; raises RungChanged."""
    first = session.get_one(ApprovalStep, (proposal.case_id, 1))
    rung = rung_of(session, proposal.worker_id, proposal.ground, proposal.occurred_on)
    if first.facts.get("rung") != rung.value:
        raise RungChanged(put_forward=first.facts.get("rung"), now=rung.value)


def heard(
    session: Session, proposal: ConductProposal, evidence: ConductEvidence, now: datetime
) -> None:
    """The worker answered what stands, or could have; raises AnswerPending."""
    answered = session.scalar(
        select(
            exists().where(
                ConductAnswer.proposal_id == proposal.id,
                ConductAnswer.received_at >= evidence.found_at,
            )
        )
    )
    found = may_be_decided(bool(answered), civil_day(now), proposal.answer_until)
    if not found.verdict:
        raise AnswerPending(**found.because)
