"""Whose place an account may take today: its own tier's, or that of somebody it stands in for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.approvals.tiers import ACTS_FOR, own_tiers
from app.db.models import Account, ApprovalCase, ApprovalStep, Delegation
from app.kit.clock import civil_day
from app.people.principal import Principal
from app.rules.tiers import Tier


@dataclass(frozen=True)
class PlaceTaken:
    """For whom a step is taken."""

    stood_in_for: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def place_of(
    session: Session, asker: Principal, case: ApprovalCase, step: ApprovalStep, now: datetime
) -> PlaceTaken | None:
    """One's own place, else a delegation in force on the date; none where it is not one's step.

    The grid's step is the person's concerned, wherever the post is by now; nobody stands in for
    the person concerned, whose own matter it is.
    """
    if step.tier is Tier.GRID:
        return PlaceTaken() if concerns(asker, case) else None
    if step.tier in own_tiers(asker) and step.unit_code == asker.unit_code:
        return PlaceTaken()
    found = session.execute(
        select(Delegation.id, Delegation.from_account)
        .join(Account, Account.id == Delegation.from_account)
        .where(
            in_force(asker.account_id, now),
            Delegation.unit_code == step.unit_code,
            Delegation.tier == step.tier,
            or_(Account.worker_id.is_(None), Account.worker_id != case.worker_id),
        )
        .order_by(Delegation.id)
        .limit(1)
    ).first()
    if found is None:
        return None
    return PlaceTaken(found.from_account, {"delegation": str(found.id)})


def in_force(account_id: UUID, now: datetime) -> ColumnElement[bool]:
    """The delegations by which an account stands in for somebody; joined with who is stood in
    for, who may still sign in and still holds the place."""
    holds = (
        and_(Delegation.tier == tier, Account.roles.contains([role]))
        for role, tier in ACTS_FOR.items()
    )
    return and_(
        Delegation.to_account == account_id,
        Delegation.valid.contains(civil_day(now)),
        Delegation.revoked_at.is_(None),
        Account.disabled_at.is_(None),
        Account.unit_code == Delegation.unit_code,
        or_(*holds),
    )


def concerns(asker: Principal, case: ApprovalCase) -> bool:
    """Whether a case is about whoever asks."""
    return case.worker_id is not None and asker.worker_id == case.worker_id
