"""Taking a step: by its own tier, in its turn, once, and never about oneself (HIRE-1, CON-5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import func, or_, select
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
from app.approvals.standing_in import PlaceTaken, concerns, place_of
from app.db.models import ApprovalCase, ApprovalStep
from app.kit.errors import NotFound, Refusal
from app.outbox.emit import emit
from app.people.principal import Principal
from app.rules.approvals import CaseState, Procedure, StepOutcome
from app.rules.cite import Cite
from app.rules.steps import Hand, Said, Taking, judge_taking, state_after
from app.rules.steps import Turn as TurnOf
from app.rules.tiers import Tier

REFUSED_FOR: Mapping[Taking, type[Refusal]] = {
    Taking.CASE_CLOSED: CaseClosed,
    Taking.STEP_TAKEN: StepTaken,
    Taking.NOT_YOUR_STEP: NotYourStep,
    Taking.OWN_MATTER: OwnMatter,
    Taking.ACTED_FOR_ANOTHER_TIER: ActedForAnotherTier,
    Taking.MAY_NOT_REFUSE: MayNotRefuse,
    Taking.REASON_NEEDED: RefusalNeedsReason,
}


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
Lock: TypeAlias = Callable[[Session, UUID], None]


def nothing(session: Session, turn: Turn) -> None:
    """No further condition, no further effect."""


def no_lock(session: Session, subject_id: UUID) -> None:
    """The case's own lock is enough."""


@dataclass(frozen=True)
class Reaction:
    """What a procedure does beyond the engine."""

    check: React = nothing
    """Before the step is written; raises its own refusals (stale evidence, an open term)."""
    taken: React = nothing
    """After it was written, also when it refused: `turn.case.state` says how the case stands."""
    lock: Lock = no_lock
    """What the procedure's own commands lock before the case, so that no two wait for each other;
    called with the key of the subject."""


def case_of(session: Session, asker: Principal, case_id: UUID) -> ApprovalCase:
    """A case in one's unit, locked; raises NotFound."""
    case = session.get(ApprovalCase, case_id, with_for_update=True, populate_existing=True)
    if case is None or not (asker.sees(case.unit_code) or concerns(asker, case)):
        raise NotFound(approval=case_id)
    return case


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
    step, place = may_take(session, asker, case, word, now)
    turn = Turn(case, step, asker, word, now)
    reaction.check(session, turn)
    write(session, case, step, Signed.by(asker.account_id, place), word, now)
    reaction.taken(session, turn)
    return step


def take_by_key(
    session: Session,
    asker: Principal,
    case_id: UUID,
    word: Word,
    now: datetime,
    reactions: Mapping[Procedure, Reaction],
) -> ApprovalStep:
    """Take the next step of a case of one's unit, with all that its procedure does beyond."""
    found = session.get(ApprovalCase, case_id)
    if found is None or not asker.sees(found.unit_code):
        raise NotFound(approval=case_id)
    reaction = reactions[found.procedure]
    reaction.lock(session, found.subject_id)
    return take(session, asker, case_of(session, asker, case_id), word, now, reaction)


def may_take(
    session: Session, asker: Principal, case: ApprovalCase, word: Word, now: datetime
) -> tuple[ApprovalStep, PlaceTaken | None]:
    """The next step and in whose place one would take it; raises as `take` does."""
    step = next_step(session, case)
    place = place_of(session, asker, case, step, now)
    acted = _acted_for(session, case, asker.account_id, place)
    check(case, step, Hand(place is not None, concerns(asker, case), acted), word)
    return step, place


def next_step(session: Session, case: ApprovalCase) -> ApprovalStep:
    """The step whose turn it is; of a case that is closed its last one."""
    numbers = select(func.max(ApprovalStep.number)).where(ApprovalStep.case_id == case.id)
    number = min(case.step, session.execute(numbers).scalar_one())
    return session.get_one(ApprovalStep, (case.id, number))


def check(case: ApprovalCase, step: ApprovalStep, hand: Hand, word: Word) -> None:
    """Raises what stands in REFUSED_FOR, with the step and its clause."""
    cite = Cite(step.rule, step.clause)
    turn = TurnOf(case.state, step.number, step.tier, step.may_refuse, cite)
    found = judge_taking(turn, hand, Said(word.outcome, bool(word.reason), word.step))
    if found.verdict is Taking.FITS:
        return
    raise REFUSED_FOR[found.verdict](
        **found.because,
        act=step.act.value,
        unit=step.unit_code,
        state=case.state.value,
        closed_at=case.closed_at.isoformat() if case.closed_at else None,
        by_rule=found.rule,
        by_clause=found.clause,
    )


def _acted_for(
    session: Session, case: ApprovalCase, account_id: UUID, place: PlaceTaken | None
) -> frozenset[Tier]:
    """For which tiers one, or whoever is stood in for, took earlier steps, or had them taken."""
    hands = [account_id]
    if place is not None and place.stood_in_for is not None:
        hands.append(place.stood_in_for)
    return acted_for(session, case, hands)


def acted_for(session: Session, case: ApprovalCase, accounts: list[UUID]) -> frozenset[Tier]:
    """For which tiers some accounts took earlier steps of a case, or had them taken."""
    earlier = select(ApprovalStep.tier).where(
        ApprovalStep.case_id == case.id,
        or_(ApprovalStep.taken_by.in_(accounts), ApprovalStep.stood_in_for.in_(accounts)),
    )
    return frozenset(session.scalars(earlier))


@dataclass(frozen=True)
class Signed:
    """By whom a step is taken; nobody for the system's own request."""

    account_id: UUID | None
    stood_in_for: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def by(account_id: UUID, place: PlaceTaken | None) -> "Signed":
        """In one's own place or in that of another."""
        place = place or PlaceTaken()
        return Signed(account_id, place.stood_in_for, place.facts)


def write(
    session: Session,
    case: ApprovalCase,
    step: ApprovalStep,
    signed: Signed,
    word: Word,
    now: datetime,
) -> None:
    """A step is taken and told; whoever calls judged before that it may be."""
    sign(session, case, step, signed, word, now)
    emit(
        session,
        "approval.step_taken",
        by=signed.account_id,
        unit_code=step.unit_code,
        subject=("approval", case.id),
        procedure=case.procedure.value,
        step=step.number,
        act=step.act.value,
        tier=step.tier.value,
        outcome=word.outcome.value,
        state=case.state.value,
        stood_in_for=str(signed.stood_in_for) if signed.stood_in_for else None,
    )


def sign(
    session: Session,
    case: ApprovalCase,
    step: ApprovalStep,
    signed: Signed,
    word: Word,
    now: datetime,
) -> None:
    """The step is taken, and the next one waits."""
    step.taken_at, step.taken_by = now, signed.account_id
    step.stood_in_for = signed.stood_in_for
    step.outcome, step.reason = word.outcome, word.reason
    step.facts = {**word.facts, **signed.facts}
    session.flush()
    _go_on(session, case, word, now)
    session.flush()


def _go_on(session: Session, case: ApprovalCase, word: Word, now: datetime) -> None:
    steps = session.execute(
        select(func.count()).select_from(ApprovalStep).where(ApprovalStep.case_id == case.id)
    ).scalar_one()
    case.state = state_after(case.step, steps, word.outcome)
    if word.outcome is StepOutcome.PASSED:
        case.step += 1
    if case.state is CaseState.OPEN:
        wait_for(session, case, now)
    else:
        case.closed_at = now
