"""Signing in: what is wrong is written down before it is refused."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Account, Login
from app.kit.errors import Refusal
from app.kit.ids import uuid7
from app.outbox.emit import emit
from app.people.account_schemas import SignInIn
from app.people.devices import bind
from app.people.passwords import DUMMY, verify_password
from app.people.refresh import lease_of, new_refresh
from app.people.second_factor import judge_code
from app.people.sign_in_refusals import (
    AccountDisabled,
    Locked,
    SecondFactorNeeded,
    WrongCredentials,
)
from app.people.standing import carries_handset
from app.settings import Settings

FREE_ATTEMPTS = 5
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(minutes=30)


@dataclass(frozen=True)
class Granted:
    """A login and the refresh token that only the caller will know."""

    login: Login
    refresh_token: str


def sign_in(
    session: Session, body: SignInIn, settings: Settings, now: datetime
) -> Granted | Refusal:
    """A new login, or why not; a refusal's traces are to be committed too.

    The account's row stays locked while the password is verified, so that guesses made at the
    same time are counted one by one.
    """
    account = account_for_update(session, body.phone)
    if account is None:
        verify_password(DUMMY, body.password)
        note_stranger(session, body.phone)
        return WrongCredentials()
    locked = refuse_locked(account, now)
    if locked:
        return locked
    if not verify_password(account.password_hash, body.password):
        return fail(session, account, WrongCredentials(), now)
    return _admit(session, account, body, settings, now)


def _admit(
    session: Session, account: Account, body: SignInIn, settings: Settings, now: datetime
) -> Granted | Refusal:
    if account.disabled_at:
        return AccountDisabled()
    wrong = judge_code(account, body.totp, settings.secret, now)
    if isinstance(wrong, SecondFactorNeeded):
        return wrong
    if wrong:
        return fail(session, account, wrong, now)
    device_id: UUID | None = None
    if carries_handset(account):
        device = bind(session, account, body.device, settings, now)
        if isinstance(device, Refusal):
            return device
        device_id = device.id
    account.failed_attempts, account.locked_until = 0, None
    return _open(session, account, device_id, settings, now)


def _open(
    session: Session, account: Account, device_id: UUID | None, settings: Settings, now: datetime
) -> Granted:
    lease = lease_of(account)
    login = Login(
        id=uuid7(now),
        account_id=account.id,
        account=account,
        device_id=device_id,
        signed_in_at=now,
        expires_at=now + lease.whole,
        refreshed_at=now,
    )
    token = new_refresh(login, settings.secret)
    session.add(login)
    emit(
        session,
        "auth.signed_in",
        by=account.id,
        unit_code=account.unit_code,
        subject=("login", login.id),
        device=str(device_id) if device_id else None,
    )
    return Granted(login, token)


def account_for_update(session: Session, phone: str) -> Account | None:
    """The account of a phone, its row locked."""
    return session.scalar(select(Account).where(Account.phone == phone).with_for_update())


def fail(session: Session, account: Account, refusal: Refusal, now: datetime) -> Refusal:
    """Count a failed attempt; from the fifth on each one locks, twice as long as before."""
    account.failed_attempts += 1
    wait = lock_after(account.failed_attempts)
    if wait:
        account.locked_until = now + wait
    emit(
        session,
        "auth.locked" if wait else "auth.sign_in_failed",
        by=None,
        unit_code=account.unit_code,
        subject=("account", account.id),
        why=refusal.code,
        attempts=account.failed_attempts,
    )
    return refusal


def lock_after(failed_attempts: int) -> timedelta | None:
    """How long the account is locked after its n-th failure in a row."""
    if failed_attempts < FREE_ATTEMPTS:
        return None
    return min(FIRST_LOCK * (1 << min(failed_attempts - FREE_ATTEMPTS, 10)), LONGEST_LOCK)


def note_stranger(session: Session, phone: str) -> None:
    """An attempt with a phone that nobody here has; the number is masked."""
    masked = f"{phone[:3]}****{phone[-4:]}"
    emit(
        session,
        "auth.sign_in_failed",
        by=None,
        unit_code=None,
        subject=("phone", masked),
        why=WrongCredentials.code,
    )


def refuse_locked(account: Account, now: datetime) -> Locked | None:
    """The refusal of an account that is locked now."""
    if account.locked_until is None or account.locked_until <= now:
        return None
    return Locked(retry_after_seconds=int((account.locked_until - now).total_seconds()) + 1)
