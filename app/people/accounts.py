"""Opening, changing and closing accounts: what the system administrator does."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Account, Unit, Worker
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.outbox.emit import emit
from app.people.account_refusals import (
    OwnAccount,
    RolesConflict,
    RoleTier,
    UnknownUnit,
    WorkerMismatch,
)
from app.people.account_schemas import AccountChangeIn, AccountIn
from app.people.logins import revoke_logins
from app.people.passwords import hash_password, one_time_password
from app.people.posts import latest_posting
from app.people.principal import Principal
from app.people.roles import ADMINISTRATIONS, TIERS_OF_ROLES
from app.people.standing import HANDSET_ROLE
from app.rules.divisions import tier_of

LEVEL_THAT_SIGNS_IN = 1


def open_account(
    session: Session, asker: Principal, body: AccountIn, now: datetime
) -> tuple[Account, str]:
    """A new account and its one-time password."""
    _check_roles(session, asker, body.unit_code, body.roles)
    _check_worker(session, body)
    password = one_time_password()
    account = Account(
        id=uuid7(now),
        phone=body.phone,
        name=body.name,
        unit_code=body.unit_code,
        roles=sorted(set(body.roles)),
        worker_id=body.worker_id,
        password_hash=hash_password(password),
        must_change_password=True,
        created_at=now,
    )
    session.add(account)
    session.flush()
    note(session, asker, account, "account.opened", roles=account.roles)
    return account, password


def change_account(
    session: Session, asker: Principal, account_id: UUID, body: AccountChangeIn, now: datetime
) -> Account:
    """Rename, move, grant, withdraw, close or open again; anything but a name ends its logins."""
    account = another(session, asker, account_id)
    unit_code = body.unit_code or account.unit_code
    roles = sorted(set(body.roles or account.roles))
    changes = {
        "name": body.name or account.name,
        "unit_code": unit_code,
        "roles": roles,
        "disabled_at": _disabled_at(account, body.disabled, now),
    }
    if (unit_code, roles) != (account.unit_code, account.roles):
        _check_roles(session, asker, unit_code, roles)
        _check_still_fits(session, account, unit_code, roles)
    changed = [name for name, value in changes.items() if getattr(account, name) != value]
    for name in changed:
        setattr(account, name, changes[name])
    if set(changed) - {"name"}:
        revoke_logins(session, account.id, "account changed", now)
    note(session, asker, account, "account.changed", changed=changed, roles=account.roles)
    return account


def reset_password(
    session: Session, asker: Principal, account_id: UUID, now: datetime
) -> tuple[Account, str]:
    """A new one-time password; every login ends."""
    account = another(session, asker, account_id)
    password = one_time_password()
    account.password_hash, account.must_change_password = hash_password(password), True
    account.failed_attempts, account.locked_until = 0, None
    revoke_logins(session, account.id, "password reset", now)
    note(session, asker, account, "account.password_reset")
    return account, password


def unlock(session: Session, asker: Principal, account_id: UUID) -> None:
    """Forget the failed attempts."""
    account = visible(session, asker, account_id)
    account.failed_attempts, account.locked_until = 0, None
    note(session, asker, account, "account.unlocked")


def end_logins(session: Session, asker: Principal, account_id: UUID, now: datetime) -> None:
    """End every login of an account."""
    account = visible(session, asker, account_id)
    revoke_logins(session, account.id, "revoked by security", now)
    note(session, asker, account, "account.logins_revoked")


def reset_second_factor(
    session: Session, asker: Principal, account_id: UUID, now: datetime
) -> None:
    """Take the second factor away, for a lost phone; every login ends."""
    account = another(session, asker, account_id)
    account.totp_secret = account.totp_confirmed_at = account.totp_last_step = None
    revoke_logins(session, account.id, "second factor reset", now)
    note(session, asker, account, "account.second_factor_reset")


def follow_post(session: Session, asker: Principal, worker_id: UUID, community_code: str) -> None:
    """Move a worker's account with the worker's post; the handset stays signed in."""
    account = session.scalar(select(Account).where(Account.worker_id == worker_id))
    if account and account.unit_code != community_code:
        account.unit_code = community_code
        note(session, asker, account, "account.changed", changed=["unit_code"])


def visible(session: Session, asker: Principal, account_id: UUID) -> Account:
    """An account of one's unit, its row locked; raises NotFound."""
    account = session.get(Account, account_id, with_for_update=True)
    if account is None:
        raise NotFound
    asker.look(account.unit_code)
    return account


def another(session: Session, asker: Principal, account_id: UUID) -> Account:
    """An account of one's unit that is not one's own."""
    if account_id == asker.account_id:
        raise OwnAccount
    return visible(session, asker, account_id)


def note(
    session: Session, asker: Principal, account: Account, name: str, **facts: Sequence[str]
) -> None:
    """The audit row of an act upon an account."""
    emit(
        session,
        name,
        by=asker.account_id,
        unit_code=account.unit_code,
        subject=("account", account.id),
        **facts,
    )


def _disabled_at(account: Account, disabled: bool | None, now: datetime) -> datetime | None:
    if disabled is None:
        return account.disabled_at
    return (account.disabled_at or now) if disabled else None


def _check_roles(session: Session, asker: Principal, unit_code: str, roles: Sequence[str]) -> None:
    """Nobody grants beyond the own unit, at the wrong tier, or what may not be combined."""
    asker.act(unit_code)
    if session.get(Unit, unit_code) is None:
        raise UnknownUnit(unit=unit_code)
    misplaced = [role for role in roles if tier_of(unit_code) not in TIERS_OF_ROLES[role]]
    if misplaced:
        raise RoleTier(unit=unit_code, roles=misplaced)
    held = set(roles)
    if len(held & ADMINISTRATIONS) > 1 or (HANDSET_ROLE in held and len(held) > 1):
        raise RolesConflict(roles=roles)


def _check_worker(session: Session, body: AccountIn) -> None:
    """ORG-3: only level 1 workers sign in, each at the community of his or her post."""
    if HANDSET_ROLE not in body.roles and body.worker_id is None:
        return
    worker = session.get(Worker, body.worker_id) if body.worker_id else None
    post = latest_posting(session, worker.id) if worker else None
    if HANDSET_ROLE not in body.roles or worker is None or post is None:
        raise WorkerMismatch
    if worker.level != LEVEL_THAT_SIGNS_IN or post.community_code != body.unit_code:
        raise WorkerMismatch(level=worker.level, posted_at=post.community_code)


def _check_still_fits(
    session: Session, account: Account, unit_code: str, roles: Sequence[str]
) -> None:
    if (HANDSET_ROLE in roles) != (account.worker_id is not None):
        raise WorkerMismatch
    post = latest_posting(session, account.worker_id) if account.worker_id else None
    if post and post.community_code != unit_code:
        raise WorkerMismatch(posted_at=post.community_code)
