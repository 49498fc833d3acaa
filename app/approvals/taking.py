"""Taking a step: by its own tier, in its turn, once, and never about oneself (HIRE-1, CON-5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.cases import wait_for
from app.approvals.refusals import (
    ActedForAnotherTier,
    CaseClosed,
    MayNotRefuse,
    NotYourStep,
    OwnMatter,
    RefusalNeedsReason,
    StepTaken,
)
from app.approvals.standing_in import place_of
from app.db.models import ApprovalCase, ApprovalStep
from app.kit.errors import NotFound
from app.outbox.emit import emit
from app.people.principal import Principal
from app.rules.approvals import CaseState, StepOutcome
from app.rules.tiers import Tier


@dataclass(frozen=True)
class Word:
    """What whoever takes a step says."""

    outcome: StepOutcome = StepOutcome.PASSED
    reason: str | None = None
    step: int | None = None
    """The number of the step that the taker has before the eyes."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What was seen: digests and versions of evidence."""


@dataclass(frozen=True)
class Turn:
    """A step that is about to be, or was just, taken."""

    case: ApprovalCase
    step: ApprovalStep
    asker: Principal
    word: Word
    now: datetime


React: TypeAlias = Callable[[Session, Turn], None]


def nothing(session: Session, turn: Turn) -> None:
    """No further condition, no further effect."""


@dataclass(frozen=True)
class Reaction:
    """What a procedure does beyond the engine."""

    check: React = nothing
    """Before the step is written; raises its own refusals (stale evidence, an open term)."""
    taken: React = nothing
    """After it was written, also when it refused: `turn.case.state` says how the case stands."""


def case_of(session: Session, asker: Principal, case_id: UUID) -> ApprovalCase:
    """A case in one's unit, locked; raises NotFound."""
    case = session.get(ApprovalCase, case_id, with_for_update=True)
    if case is None or not (asker.sees(case.unit_code) or _is_concerned(asker, case)):
        raise NotFound(approval=case_id)
    return case


def _is_concerned(asker: Principal, case: ApprovalCase) -> bool:
    return case.worker_id is not None and asker.worker_id == case.worker_id


def take(
    session: Session,
    asker: Principal,
    case: ApprovalCase,
    word: Word,
    now: datetime,
    reaction: Reaction | None = None,
) -> ApprovalStep:
    """Take the next step of a locked case for one's own tier, or for somebody one stands in for."""
    reaction = reaction or Reaction()
    step = _next(session, case, word)
    place = place_of(session, asker, step, now)
    if place is None:
        raise NotYourStep(act=step.act.value, tier=step.tier.value, unit=step.unit_code)
    _check_person(session, asker, case, step)
    _check_word(step, word)
    turn = Turn(case, step, asker, word, now)
    reaction.check(session, turn)
    step.taken_at, step.taken_by, step.stood_in_for = now, asker.account_id, place.stood_in_for
    step.outcome, step.reason = word.outcome, word.reason
    step.facts = {**word.facts, **place.facts}
    session.flush()
    _go_on(session, case, word, now)
    session.flush()
    emit(
        session,
        "approval.step_taken",
        by=asker.account_id,
        unit_code=step.unit_code,
        subject=("approval", case.id),
        procedure=case.procedure.value,
        step=step.number,
        act=step.act.value,
        tier=step.tier.value,
        outcome=word.outcome.value,
        state=case.state.value,
    )
    reaction.taken(session, turn)
    return step


def _next(session: Session, case: ApprovalCase, word: Word) -> ApprovalStep:
    """The step whose turn it is; raises CaseClosed and StepTaken."""
    if case.state is not CaseState.OPEN:
        closed = case.closed_at.isoformat() if case.closed_at else None
        raise CaseClosed(state=case.state.value, closed_at=closed)
    if word.step is not None and word.step != case.step:
        raise StepTaken(step=word.step, next=case.step)
    return session.get_one(ApprovalStep, (case.id, case.step))


def _check_person(
    session: Session, asker: Principal, case: ApprovalCase, step: ApprovalStep
) -> None:
    if step.tier is Tier.GRID:
        if not _is_concerned(asker, case):
            raise NotYourStep(act=step.act.value, tier=step.tier.value, unit=step.unit_code)
        return
    if _is_concerned(asker, case):
        raise OwnMatter
    earlier = select(ApprovalStep.number).where(
        ApprovalStep.case_id == case.id,
        ApprovalStep.taken_by == asker.account_id,
        ApprovalStep.tier != step.tier,
    )
    found = session.scalars(earlier).first()
    if found is not None:
        raise ActedForAnotherTier(step=found)


def _check_word(step: ApprovalStep, word: Word) -> None:
    if word.outcome is StepOutcome.PASSED:
        return
    if not step.may_refuse:
        raise MayNotRefuse(act=step.act.value)
    if not word.reason:
        raise RefusalNeedsReason


def _go_on(session: Session, case: ApprovalCase, word: Word, now: datetime) -> None:
    if word.outcome is StepOutcome.REFUSED:
        case.state, case.closed_at = CaseState.REFUSED, now
        return
    case.step += 1
    wait_for(session, case, now)
