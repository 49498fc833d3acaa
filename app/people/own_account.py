"""What people do with their own account."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.models import Account
from app.kit.errors import NotFound, Refusal
from app.outbox.emit import emit
from app.people.logins import revoke_logins
from app.people.passwords import hash_password, is_strong, verify_password
from app.people.principal import Principal
from app.people.second_factor import confirm, enrol
from app.people.sign_in import fail, refuse_locked
from app.people.sign_in_refusals import WeakPassword, WrongCode, WrongPassword


def own(session: Session, asker: Principal) -> Account:
    """The asker's account, its row locked."""
    account = session.get(Account, asker.account_id, with_for_update=True)
    if account is None:
        raise NotFound
    return account


def change_password(
    session: Session, asker: Principal, old: str, new: str, now: datetime
) -> UUID | Refusal:
    """A new password; every other login ends. A wrong old one counts as a failed attempt."""
    account = own(session, asker)
    locked = refuse_locked(account, now)
    if locked:
        return locked
    if not verify_password(account.password_hash, old):
        return fail(session, account, WrongPassword(), now)
    if new == old or not is_strong(new, account.phone, account.name):
        return WeakPassword()
    account.password_hash, account.must_change_password = hash_password(new), False
    revoke_logins(session, account.id, "password changed", now, but=asker.login_id)
    emit(
        session,
        "account.password_changed",
        by=account.id,
        unit_code=account.unit_code,
        subject=("account", account.id),
    )
    return account.id


def enrol_second_factor(session: Session, asker: Principal, secret: bytes) -> str:
    """The URI of a new second factor, shown once."""
    return enrol(session, own(session, asker), secret)


def confirm_second_factor(
    session: Session, asker: Principal, code: str, secret: bytes, now: datetime
) -> UUID | Refusal:
    """The first code of a new second factor; every other login ends."""
    account = own(session, asker)
    locked = refuse_locked(account, now)
    if locked:
        return locked
    wrong = confirm(session, account, code, secret, now)
    if wrong:
        return fail(session, account, wrong, now) if isinstance(wrong, WrongCode) else wrong
    revoke_logins(session, account.id, "second factor confirmed", now, but=asker.login_id)
    return account.id
