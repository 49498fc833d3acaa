"""Opening a case: its steps are written down at once, so that they can't change on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.refusals import CaseOpenAlready
from app.db.models import ApprovalCase, ApprovalStep
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.outbox.emit import emit
from app.people.principal import Principal
from app.people.terms import duty_dates_later
from app.rules.approvals import PROCEDURES, CaseState, Procedure, Step
from app.rules.steps import steps_of
from app.rules.tiers import Tier, unit_at

WITHDRAWN = "申请已撤回或已无必要 / Taken back, or no longer needed"


@dataclass(frozen=True)
class Subject:
    """What goes through a procedure."""

    procedure: Procedure
    id: UUID
    unit_code: str
    """A grid, a community or above: the units of the steps follow from it."""
    worker_id: UUID | None = None
    """The person concerned."""
    tiers: Mapping[int, Tier] = field(default_factory=dict)
    """By number, of the steps whose tier the procedure leaves to the case."""


def open_case(
    session: Session, subject: Subject, opened_by: UUID | None, now: datetime
) -> ApprovalCase:
    """A case with all its steps, of which the first waits; raises CaseOpenAlready."""
    if open_case_of(session, subject.procedure, subject.id) is not None:
        raise CaseOpenAlready(subject=subject.id)
    case = ApprovalCase(
        id=uuid7(now),
        procedure=subject.procedure,
        subject_id=subject.id,
        unit_code=subject.unit_code,
        worker_id=subject.worker_id,
        state=CaseState.OPEN,
        step=1,
        opened_at=now,
        opened_by=opened_by,
    )
    session.add(case)
    session.flush()
    for number, (step, tier) in enumerate(steps_of(subject.procedure, subject.tiers), 1):
        session.add(_step(case, number, step, tier))
    session.flush()
    wait_for(session, case, now)
    emit(
        session,
        "approval.opened",
        by=opened_by,
        unit_code=case.unit_code,
        subject=("approval", case.id),
        procedure=case.procedure.value,
        matter=str(case.subject_id),
    )
    return case


def open_case_of(session: Session, procedure: Procedure, subject_id: UUID) -> ApprovalCase | None:
    """The open case of a subject."""
    return session.scalar(
        select(ApprovalCase).where(
            ApprovalCase.procedure == procedure,
            ApprovalCase.subject_id == subject_id,
            ApprovalCase.state == CaseState.OPEN,
        )
    )


def _step(case: ApprovalCase, number: int, step: Step, tier: Tier) -> ApprovalStep:
    return ApprovalStep(
        case_id=case.id,
        number=number,
        act=step.act,
        tier=tier,
        unit_code=unit_of(tier, case.unit_code),
        rule=step.cite.rule,
        clause=step.cite.clause,
        may_refuse=step.may_refuse,
        facts={},
    )


def unit_of(tier: Tier, code: str) -> str:
    """The unit at which a step is taken: a worker acts from the community's station."""
    return unit_at(Tier.COMMUNITY if tier is Tier.GRID else tier, code)


def wait_for(session: Session, case: ApprovalCase, now: datetime) -> None:
    """The next step's turn has come; its term runs from today."""
    step = session.get_one(ApprovalStep, (case.id, case.step))
    step.waits_since = now
    term = PROCEDURES[case.procedure][case.step - 1].term
    if term is not None:
        step.due_on = duty_dates_later(session, step.unit_code, civil_day(now), term)


def withdraw_case(
    session: Session, asker: Principal | None, case: ApprovalCase, reason: str, now: datetime
) -> None:
    """Whoever began it, or the system's own doubt (no asker), ends it undecided."""
    case.state, case.closed_at, case.withdraw_reason = CaseState.WITHDRAWN, now, reason
    emit(
        session,
        "approval.withdrawn",
        by=asker.account_id if asker else None,
        unit_code=case.unit_code,
        subject=("approval", case.id),
        procedure=case.procedure.value,
    )


def withdraw_open(
    session: Session, asker: Principal | None, procedure: Procedure, key: UUID, now: datetime
) -> None:
    """End the open case of a subject, if there is one, that is taken back or came to nothing."""
    case = open_case_of(session, procedure, key)
    if case is not None:
        session.refresh(case, with_for_update=True)
        withdraw_case(session, asker, case, WITHDRAWN, now)
