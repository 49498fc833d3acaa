"""What a new worker needs, by evidence that the system holds and never by a tick box (HIRE-1)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contracts.queries import contracts_of, ends_on
from app.db.models import Account, Device, EquipmentCheck
from app.people.posts import grids_on, latest_posting
from app.people.spans import starts
from app.recruitment.schemas import OnboardingOut, OnboardingStepOut
from app.rules.hiring import OnboardingItem

Shown = tuple[datetime | date | None, Sequence[object]]
"""When, and the keys of what shows it; none: not done."""


def onboarding_of(session: Session, worker_id: UUID, today: date) -> OnboardingOut:
    """Contract, grid, account, handset, equipment: which are there."""
    post = latest_posting(session, worker_id)
    day = max(today, starts(post.valid)) if post else today
    items = [_step(item, look(session, worker_id, day)) for item, look in LOOKS.items()]
    return OnboardingOut(
        worker_id=worker_id, complete=all(step.done for step in items), items=items
    )


def _step(item: OnboardingItem, shown: Shown) -> OnboardingStepOut:
    at, evidence = shown
    return OnboardingStepOut(
        item=item, done=bool(evidence), at=at, evidence=[str(key) for key in evidence]
    )


def _contract(session: Session, worker_id: UUID, day: date) -> Shown:
    for contract in contracts_of(session, worker_id):
        if ends_on(contract) >= day:
            return contract.signed_on, [contract.id]
    return None, []


def _grids(session: Session, worker_id: UUID, day: date) -> Shown:
    return None, grids_on(session, worker_id, day)


def _account(session: Session, worker_id: UUID, day: date) -> Shown:
    """One that is open."""
    del day
    found = session.scalar(
        select(Account).where(Account.worker_id == worker_id, Account.disabled_at.is_(None))
    )
    return (found.created_at, [found.id]) if found else (None, [])


def _device(session: Session, worker_id: UUID, day: date) -> Shown:
    """One that is bound and was not taken off again."""
    del day
    found = session.scalar(
        select(Device)
        .join(Account, Account.id == Device.account_id)
        .where(Account.worker_id == worker_id, Device.revoked_at.is_(None))
    )
    return (found.registered_at, [found.id]) if found else (None, [])


def _equipment(session: Session, worker_id: UUID, day: date) -> Shown:
    """A check that found work clothes and all seven items since the post began (EQP-1)."""
    del day
    post = latest_posting(session, worker_id)
    checks = session.scalars(
        select(EquipmentCheck)
        .where(EquipmentCheck.worker_id == worker_id, EquipmentCheck.work_clothes)
        .order_by(EquipmentCheck.at)
    )
    for check in checks:
        since = post is not None and check.day >= starts(post.valid)
        if since and all(check.items.values()):
            return check.at, [check.id]
    return None, []


LOOKS: Mapping[OnboardingItem, Callable[[Session, UUID, date], Shown]] = {
    OnboardingItem.CONTRACT: _contract,
    OnboardingItem.ASSIGNMENT: _grids,
    OnboardingItem.ACCOUNT: _account,
    OnboardingItem.DEVICE: _device,
    OnboardingItem.EQUIPMENT: _equipment,
}
