"""Signing in: what is wrong is written down before it is refused."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Account, Login, OutboxEvent
from app.kit.errors import Refusal
from app.kit.ids import uuid7
from app.kit.secrets import derive
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
STRANGERS = "unknown-phone"


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
        return refuse_stranger(session, body, settings.secret, now)
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


def refuse_stranger(session: Session, body: SignInIn, secret: bytes, now: datetime) -> Refusal:
    """A phone that nobody here has is refused, counted and locked as an account is.

    Otherwise a few guesses would tell which phones have an account.
    """
    subject = stranger(secret, body.phone)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(subject, 0))))
    failed_attempts, locked_until = failures_of(session, subject)
    locked = locked_at(now, locked_until)
    if locked:
        return locked
    verify_password(DUMMY, body.password)
    wait = lock_after(failed_attempts + 1)
    emit(
        session,
        "auth.locked" if wait else "auth.sign_in_failed",
        by=None,
        unit_code=None,
        subject=("phone", subject),
        why=WrongCredentials.code,
        attempts=failed_attempts + 1,
        locked_until=(now + wait).isoformat() if wait else None,
    )
    return WrongCredentials()


def stranger(secret: bytes, phone: str) -> str:
    """A phone masked, with a tag by which only we know it again."""
    tag = hmac.digest(derive(secret, STRANGERS), phone.encode(), "sha256").hex()[:16]
    return f"{phone[:3]}****{phone[-4:]} {tag}"


def failures_of(session: Session, subject: str) -> tuple[int, datetime | None]:
    """How often a stranger's phone was tried, and until when it is locked."""
    found = select(func.count(), func.max(OutboxEvent.facts["locked_until"].astext)).where(
        OutboxEvent.subject_kind == "phone", OutboxEvent.subject_id == subject
    )
    failed_attempts, until = session.execute(found).one()
    return failed_attempts, datetime.fromisoformat(until) if until else None


def refuse_locked(account: Account, now: datetime) -> Locked | None:
    """The refusal of an account that is locked now."""
    return locked_at(now, account.locked_until)


def locked_at(now: datetime, until: datetime | None) -> Locked | None:
    """The refusal of what is locked until an instant."""
    if until is None or until <= now:
        return None
    return Locked(retry_after_seconds=int((until - now).total_seconds()) + 1)
