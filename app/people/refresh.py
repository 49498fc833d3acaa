"""Refresh tokens: good once; an older one presented again ends the whole login.

Two at the same time with one token: the row's lock lets the first through, the second is reuse.
A handset on a bad network names each refresh with an `attempt`: the token just used, presented
again with the same attempt within two minutes, is a retry after a lost answer. A thief who has
only the token does not know the attempt.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session, joinedload

from app.db.models import Account, Login
from app.kit.errors import Refusal, Unauthenticated
from app.kit.secrets import derive
from app.outbox.emit import emit
from app.people.sign_in_refusals import LoginEnded, RefreshReused
from app.people.standing import carries_handset

PURPOSE = "refresh-token"
RETRY_WITHIN = timedelta(minutes=2)
PARTS = 3


@dataclass(frozen=True)
class Lease:
    """How long a login lasts in all, and how long without a refresh."""

    whole: timedelta
    idle: timedelta


HANDSET_LEASE = Lease(whole=timedelta(days=30), idle=timedelta(days=30))
OFFICE_LEASE = Lease(whole=timedelta(hours=12), idle=timedelta(minutes=30))


@dataclass(frozen=True)
class Refreshed:
    """The login and its next refresh token."""

    login: Login
    refresh_token: str


def lease_of(account: Account) -> Lease:
    """Handsets stay signed in for weeks without network; offices for a working day."""
    return HANDSET_LEASE if carries_handset(account) else OFFICE_LEASE


def new_refresh(login: Login, secret: bytes) -> str:
    """Give the login its next refresh token; the one before is spent."""
    chance = secrets.token_urlsafe(32)
    token = f"{login.id.hex}.{chance}.{_mac(secret, login.id, chance)}"
    login.refresh_hash = sha256(token.encode()).digest()
    return token


def refresh(
    session: Session, token: str, attempt: UUID | None, secret: bytes, now: datetime
) -> Refreshed | Refusal:
    """The next refresh token, or why not; a refusal's traces are to be committed too."""
    login = _login_of(session, token, secret)
    if login is None or login.account.disabled_at or (login.device and login.device.revoked_at):
        return Unauthenticated()
    if login.revoked_at or now >= login.expires_at:
        return LoginEnded()
    if now - login.refreshed_at > lease_of(login.account).idle:
        return LoginEnded()
    given = sha256(token.encode()).digest()
    if hmac.compare_digest(given, login.refresh_hash):
        login.previous_hash, login.attempt, login.refreshed_at = given, attempt, now
        return Refreshed(login, new_refresh(login, secret))
    if _is_retry(login, given, attempt, now):
        return Refreshed(login, new_refresh(login, secret))
    return _reuse(session, login, now)


def _login_of(session: Session, token: str, secret: bytes) -> Login | None:
    parts = token.split(".")
    if len(parts) != PARTS or not token.isascii():
        return None
    try:
        login_id = UUID(hex=parts[0])
    except ValueError:
        return None
    if not hmac.compare_digest(_mac(secret, login_id, parts[1]), parts[2]):
        return None
    return session.get(
        Login,
        login_id,
        options=[joinedload(Login.account), joinedload(Login.device)],
        with_for_update={"of": Login},
    )


def _is_retry(login: Login, given: bytes, attempt: UUID | None, now: datetime) -> bool:
    return (
        attempt is not None
        and attempt == login.attempt
        and given == login.previous_hash
        and now - login.refreshed_at <= RETRY_WITHIN
    )


def _reuse(session: Session, login: Login, now: datetime) -> Refusal:
    login.revoked_at, login.revoked_because = now, "refresh token reused"
    emit(
        session,
        "auth.refresh_reused",
        by=login.account_id,
        unit_code=login.account.unit_code,
        subject=("login", login.id),
    )
    return RefreshReused()


def _mac(secret: bytes, login_id: UUID, chance: str) -> str:
    key = derive(secret, PURPOSE)
    return hmac.new(key, f"{login_id.hex}.{chance}".encode(), sha256).hexdigest()
