"""Whose place an account may take today: its own tier's, or that of somebody it stands in for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.tiers import own_tiers
from app.db.models import Account, ApprovalStep, Delegation
from app.kit.clock import civil_day
from app.people.principal import Principal


@dataclass(frozen=True)
class PlaceTaken:
    """For whom a step is taken."""

    stood_in_for: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def place_of(
    session: Session, asker: Principal, step: ApprovalStep, now: datetime
) -> PlaceTaken | None:
    """One's own place, else a delegation in force on the date; none where it is not one's step."""
    if step.tier in own_tiers(asker) and step.unit_code == asker.unit_code:
        return PlaceTaken()
    found = session.execute(
        select(Delegation.id, Delegation.from_account)
        .join(Account, Account.id == Delegation.from_account)
        .where(
            Delegation.to_account == asker.account_id,
            Delegation.unit_code == step.unit_code,
            Delegation.tier == step.tier,
            Delegation.valid.contains(civil_day(now)),
            Delegation.revoked_at.is_(None),
            Account.disabled_at.is_(None),
        )
        .order_by(Delegation.id)
        .limit(1)
    ).first()
    if found is None:
        return None
    return PlaceTaken(found.from_account, {"delegation": str(found.id)})
