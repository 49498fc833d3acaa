"""Access tokens, and the standing of whoever holds one."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Generic, TypeVar
from uuid import UUID

from jose import JWTError, jwt
from sqlalchemy.orm import Session, joinedload

from app.db.engine import Sessions
from app.db.models import Login
from app.kit.errors import Unauthenticated
from app.kit.secrets import derive
from app.people.principal import Principal
from app.people.standing import principal_of
from app.settings import Settings

LIFETIME = timedelta(minutes=15)
FRESH = timedelta(seconds=30)
"""How old the known standing of a login may be: a revocation is felt within a minute."""
REMEMBERED = 20_000
"""Tokens and logins that one process remembers."""

ALGORITHM = "HS256"
TYPE = "at+jwt"
ISSUER = "jianyang-grid"
AUDIENCE = "jianyang-grid-api"
REQUIRED = {f"require_{claim}": True for claim in ("aud", "iss", "sub")}
JUDGED_BY_US = {f"verify_{claim}": False for claim in ("exp", "iat", "nbf")}
"""Times are compared with the caller's `now`; requiring them would have the library compare."""

Known = TypeVar("Known")


@dataclass(frozen=True)
class Claims:
    """What an access token says."""

    account_id: UUID
    login_id: UUID
    device_id: UUID | None
    expires_at: datetime


@dataclass(frozen=True)
class Standing:
    """What the database said of a login, and when it was asked."""

    principal: Principal | None
    ends_at: datetime
    asked_at: datetime


class Recent(Generic[Known]):
    """The most recently used answers; safe between threads."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.known: OrderedDict[object, Known] = OrderedDict()
        self.lock = Lock()

    def get(self, key: object) -> Known | None:
        """What is remembered of a key."""
        with self.lock:
            found = self.known.get(key)
            if found is not None:
                self.known.move_to_end(key)
            return found

    def put(self, key: object, value: Known) -> None:
        """Remember, and forget what was not used for longest."""
        with self.lock:
            self.known[key] = value
            self.known.move_to_end(key)
            while len(self.known) > self.size:
                self.known.popitem(last=False)

    def forget(self, key: object) -> None:
        """Ask again next time."""
        with self.lock:
            self.known.pop(key, None)


def issue(secret: bytes, login: Login, now: datetime) -> tuple[str, int]:
    """An access token of a login and its lifetime in seconds; it never outlives the login."""
    expires_at = min(now + LIFETIME, login.expires_at)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(login.account_id),
        "login": str(login.id),
        "device": str(login.device_id) if login.device_id else None,
        "iat": int(now.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    token = jwt.encode(claims, derive(secret, TYPE), algorithm=ALGORITHM, headers={"typ": TYPE})
    return token, max(int((expires_at - now).total_seconds()), 0)


def read(secret: bytes, token: str) -> Claims:
    """The claims of a token that we signed; raises Unauthenticated. Expiry is not judged here."""
    try:
        claims = jwt.decode(
            token,
            derive(secret, TYPE),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options=REQUIRED | JUDGED_BY_US,
        )
        if jwt.get_unverified_header(token).get("typ") != TYPE:
            raise Unauthenticated
        return _claims(claims)
    except (JWTError, KeyError, TypeError, ValueError, OverflowError, AttributeError):
        raise Unauthenticated from None


def _claims(claims: Mapping[str, Any]) -> Claims:
    return Claims(
        account_id=UUID(claims["sub"]),
        login_id=UUID(claims["login"]),
        device_id=UUID(claims["device"]) if claims["device"] is not None else None,
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


class Doorkeeper:
    """Admits bearers of access tokens whose account, device and login still stand."""

    def __init__(self, sessions: Sessions, settings: Settings) -> None:
        self.sessions = sessions
        self.secret = settings.secret
        self.require_second_factor = settings.require_second_factor
        self.tokens: Recent[Claims] = Recent(REMEMBERED)
        self.logins: Recent[Standing] = Recent(REMEMBERED)

    def admit(self, token: str, now: datetime) -> Principal:
        """The principal of a token; raises Unauthenticated. May ask the database."""
        claims = self.tokens.get(token)
        if claims is None:
            claims = read(self.secret, token)
            self.tokens.put(token, claims)
        standing = self._fresh_standing(claims, now)
        if standing is None:
            standing = self._ask(claims, now)
            self.logins.put(claims.login_id, standing)
        return _admitted(claims, standing, now)

    def remembered(self, token: str, now: datetime) -> Principal | None:
        """The principal if both token and standing are known: never waits, never asks.

        None means that `admit` must decide; raises Unauthenticated where it is known to refuse.
        """
        claims = self.tokens.get(token)
        standing = claims and self._fresh_standing(claims, now)
        return _admitted(claims, standing, now) if claims and standing else None

    def forget(self, login_id: UUID) -> None:
        """Make this process ask again about a login that was just changed."""
        self.logins.forget(login_id)

    def _fresh_standing(self, claims: Claims, now: datetime) -> Standing | None:
        known = self.logins.get(claims.login_id)
        return known if known and abs(now - known.asked_at) < FRESH else None

    def _ask(self, claims: Claims, now: datetime) -> Standing:
        with self.sessions() as session:
            login = standing_login(session, claims)
            if login is None:
                return Standing(None, now, now)
            return Standing(principal_of(login, self.require_second_factor), login.expires_at, now)


def standing_login(session: Session, claims: Claims) -> Login | None:
    """The login of a token, unless it, its account or its device was stopped."""
    login = session.get(
        Login,
        claims.login_id,
        options=[joinedload(Login.account), joinedload(Login.device)],
        populate_existing=True,
    )
    if login is None or (login.account_id, login.device_id) != (
        claims.account_id,
        claims.device_id,
    ):
        return None
    stopped = login.revoked_at or login.account.disabled_at
    return None if stopped or (login.device and login.device.revoked_at) else login


def _admitted(claims: Claims, standing: Standing, now: datetime) -> Principal:
    if standing.principal is None or now >= min(claims.expires_at, standing.ends_at):
        raise Unauthenticated
    return standing.principal
