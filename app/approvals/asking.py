"""Requests that are a procedure's first step: whoever asks takes it by asking."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.cases import Subject, open_case, open_case_of
from app.approvals.taking import Signed, Word, acted_for, check, next_step, sign, write
from app.db.models import Account, ApprovalCase, ApprovalStep
from app.rules.steps import Hand
from app.rules.tiers import Tier


def ask(
    session: Session,
    subject: Subject,
    by: UUID | None,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> ApprovalCase:
    """Open a case and take its first step with it, for an account or for the system itself.

    For what a handset sends, too: `by` is the capture's account and the worker is the subject's.
    """
    case = open_case(session, subject, by, now)
    step = next_step(session, case)
    sign(session, case, step, Signed(by), Word(facts=facts or {}), now)
    return case


def asked(
    session: Session, subject: Subject, asked_by: UUID | None, asked_at: datetime
) -> ApprovalCase:
    """The open case of a request, locked; what was asked for before there were cases gets one."""
    found = open_case_of(session, subject.procedure, subject.id)
    if found is None:
        return ask(session, subject, asked_by, asked_at)
    session.refresh(found, with_for_update=True)
    return found


def account_of(session: Session, worker_id: UUID | None) -> UUID | None:
    """The account by which a worker asks."""
    return session.scalar(select(Account.id).where(Account.worker_id == worker_id))


@dataclass(frozen=True)
class Acting:
    """An account that acts for a tier and a unit, as the caller knows."""

    account_id: UUID | None
    tier: Tier
    unit_code: str


def take_for(
    session: Session, case: ApprovalCase, acting: Acting, word: Word, now: datetime
) -> ApprovalStep:
    """Take the next step of a locked case where no person asks here; raises as `take` does."""
    step = next_step(session, case)
    in_place = (step.tier, step.unit_code) == (acting.tier, acting.unit_code)
    earlier = acted_for(session, case, [acting.account_id]) if acting.account_id else frozenset()
    hand = Hand(in_place, False, earlier)
    check(case, step, hand, word)
    write(session, case, step, Signed(acting.account_id), word, now)
    return step
