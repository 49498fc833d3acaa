"""One case with all its steps, and what stands in one's own way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.approvals.lists import case_shown
from app.approvals.schemas import ApprovalDetailOut, ApprovalStepOut
from app.approvals.standing_in import concerns
from app.approvals.taking import Word, may_take
from app.db.models import Account, ApprovalCase, ApprovalStep, Unit
from app.kit.clock import civil_day
from app.kit.errors import NotFound, Refusal
from app.people.principal import Principal


def detail(
    session: Session, asker: Principal, case_id: UUID, now: datetime, *, only_own: bool = False
) -> ApprovalDetailOut:
    """A case of one's unit, or only one about oneself; raises NotFound."""
    case = session.get(ApprovalCase, case_id)
    if case is None or not (concerns(asker, case) or (asker.sees(case.unit_code) and not only_own)):
        raise NotFound(approval=case_id)
    return ApprovalDetailOut(
        **case_shown(session, case_id, civil_day(now)).model_dump(),
        steps=steps_of_case(session, case_id),
        withdraw_reason=case.withdraw_reason,
        obstacle=_obstacle(session, asker, case, now),
    )


def steps_of_case(session: Session, case_id: UUID) -> list[ApprovalStepOut]:
    """All steps in order, with the names of units and persons."""
    stood_for = aliased(Account)
    rows = session.execute(
        select(ApprovalStep, Unit.name, Account.name, stood_for.name)
        .join(Unit, Unit.code == ApprovalStep.unit_code)
        .outerjoin(Account, Account.id == ApprovalStep.taken_by)
        .outerjoin(stood_for, stood_for.id == ApprovalStep.stood_in_for)
        .where(ApprovalStep.case_id == case_id)
        .order_by(ApprovalStep.number)
    )
    return [_step_out(*row) for row in rows]


def _step_out(
    step: ApprovalStep, unit_name: str, taken_by_name: str | None, stood_for_name: str | None
) -> ApprovalStepOut:
    return ApprovalStepOut(
        number=step.number,
        act=step.act,
        tier=step.tier,
        unit_code=step.unit_code,
        unit_name=unit_name,
        rule=step.rule,
        clause=step.clause,
        may_refuse=step.may_refuse,
        waits_since=step.waits_since,
        due_on=step.due_on,
        taken_at=step.taken_at,
        taken_by=step.taken_by,
        taken_by_name=taken_by_name,
        stood_in_for=step.stood_in_for,
        stood_in_for_name=stood_for_name,
        outcome=step.outcome,
        reason=step.reason,
        facts=step.facts,
    )


def _obstacle(session: Session, asker: Principal, case: ApprovalCase, now: datetime) -> str | None:
    try:
        may_take(session, asker, case, Word(), now)
    except Refusal as refusal:
        return refusal.code
    return None
