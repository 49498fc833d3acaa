"""Access tokens: forged, altered, foreign, expired ones; and how soon a revocation is felt."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from jose import jwt
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Account, Device, Login
from app.kit.errors import Unauthenticated
from app.kit.secrets import derive
from app.people.tokens import AUDIENCE, ISSUER, LIFETIME, TYPE, Doorkeeper, Recent, issue
from app.settings import Settings
from tests.city import City

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WORKER = "510185001001001"


@pytest.fixture
def login(db: Session, city: City) -> Login:
    """A worker's login from a bound device."""
    phone = city.phones[WORKER]
    account = db.scalars(select(Account).where(Account.phone == phone)).one()
    device = Device(
        id=uuid4(), account_id=account.id, model="x", app_version="1.0.0", registered_at=NOW
    )
    db.add(device)
    db.flush()
    login = Login(
        id=uuid4(),
        account_id=account.id,
        device_id=device.id,
        signed_in_at=NOW,
        refreshed_at=NOW,
        expires_at=NOW + timedelta(days=30),
        refresh_hash=b"",
    )
    db.add(login)
    db.commit()
    return login


@pytest.fixture
def door(api: FastAPI) -> Doorkeeper:
    """The service's doorkeeper."""
    found: Doorkeeper = api.state.doorkeeper
    return found


def claims_of(login: Login) -> dict[str, str | int | None]:
    """What a good token of the login says."""
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(login.account_id),
        "login": str(login.id),
        "device": str(login.device_id),
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + LIFETIME).timestamp()),
    }


def signed(claims: object, key: bytes, header: dict[str, str]) -> str:
    """A token put together by hand."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()) for part in (header, claims)]
    head = b".".join(part.rstrip(b"=") for part in parts)
    mac = hmac.new(key, head, sha256).digest() if key else b""
    return (head + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


def test_good_token_is_admitted(door: Doorkeeper, login: Login, database: Settings) -> None:
    token, seconds = issue(database.secret, login, NOW)
    asker = door.admit(token, NOW)
    assert seconds == 900
    assert (asker.account_id, asker.login_id, asker.device_id) == (
        login.account_id,
        login.id,
        login.device_id,
    )
    assert {"handset", "me"} <= asker.scopes
    key = derive(database.secret, TYPE)
    assert door.admit(signed(claims_of(login), key, {"alg": "HS256", "typ": TYPE}), NOW) == asker


def test_expiry_is_judged_at_the_instant_given(
    door: Doorkeeper, login: Login, database: Settings
) -> None:
    token, _ = issue(database.secret, login, NOW)
    door.admit(token, NOW + LIFETIME - timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        door.admit(token, NOW + LIFETIME)
    with pytest.raises(Unauthenticated):
        door.remembered(token, NOW + LIFETIME)


def test_token_never_outlives_its_login(door: Doorkeeper, login: Login, database: Settings) -> None:
    late = login.expires_at - MINUTE
    token, seconds = issue(database.secret, login, late)
    assert seconds == 60
    door.admit(token, late)
    with pytest.raises(Unauthenticated):
        door.admit(token, login.expires_at)


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "another-api"},
        {"aud": None},
        {"iss": "somebody-else"},
        {"iss": None},
        {"sub": None},
        {"sub": "not-a-key"},
        {"login": None},
        {"login": 7},
        {"device": "x"},
        {"exp": None},
        {"exp": "soon"},
        {"exp": 10**30},
    ],
    ids=str,
)
def test_signed_with_our_key_but_other_claims(
    door: Doorkeeper, login: Login, database: Settings, change: dict[str, object]
) -> None:
    claims = {k: v for k, v in (claims_of(login) | change).items() if v is not None}
    token = signed(claims, derive(database.secret, TYPE), {"alg": "HS256", "typ": TYPE})
    with pytest.raises(Unauthenticated):
        door.admit(token, NOW)


@pytest.mark.parametrize("alg", ["none", "None", "HS512", "HS384", "RS256", "ES256", ""])
def test_algorithm_is_never_read_from_the_token(
    door: Doorkeeper, login: Login, database: Settings, alg: str
) -> None:
    key = derive(database.secret, TYPE)
    for used in (b"", key):
        with pytest.raises(Unauthenticated):
            door.admit(signed(claims_of(login), used, {"alg": alg, "typ": TYPE}), NOW)


def test_other_keys_and_other_purposes(door: Doorkeeper, login: Login, database: Settings) -> None:
    claims = claims_of(login)
    strangers = (b"x" * 32, database.secret, derive(database.secret, "refresh-token"))
    for key in strangers:
        with pytest.raises(Unauthenticated):
            door.admit(signed(claims, key, {"alg": "HS256", "typ": TYPE}), NOW)
    mine = derive(database.secret, TYPE)
    for header in ({"alg": "HS256", "typ": "JWT"}, {"alg": "HS256"}):
        with pytest.raises(Unauthenticated):
            door.admit(signed(claims, mine, header), NOW)


def test_altered_payload_and_rubbish(door: Doorkeeper, login: Login, database: Settings) -> None:
    token, _ = issue(database.secret, login, NOW)
    head, payload, mac = token.split(".")
    claims = jwt.get_unverified_claims(token) | {"sub": str(uuid4())}
    other = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    for forged in (
        f"{head}.{other}.{mac}",
        f"{head}.{payload}.",
        f"{head}.{payload}",
        "",
        "..",
        "é.é.é",
        "a" * 5000,
    ):
        with pytest.raises(Unauthenticated):
            door.admit(forged, NOW)
        assert door.remembered(forged, NOW) is None


@pytest.mark.parametrize("wrong", ["account", "device", "login"])
def test_token_of_another_account_device_or_login(
    door: Doorkeeper, login: Login, database: Settings, wrong: str
) -> None:
    claim = {"account": "sub", "device": "device", "login": "login"}[wrong]
    claims = claims_of(login) | {claim: str(UUID(int=1))}
    token = signed(claims, derive(database.secret, TYPE), {"alg": "HS256", "typ": TYPE})
    with pytest.raises(Unauthenticated):
        door.admit(token, NOW)


@pytest.mark.parametrize("stopped", ["login", "device", "account"])
def test_revocation_is_felt_within_a_minute(
    door: Doorkeeper, login: Login, db: Session, database: Settings, stopped: str
) -> None:
    token, _ = issue(database.secret, login, NOW)
    door.admit(token, NOW)
    if stopped == "login":
        login.revoked_at = NOW
    if stopped == "device" and login.device:
        login.device.revoked_at = NOW
    if stopped == "account":
        login.account.disabled_at = NOW
    db.commit()
    assert door.remembered(token, NOW + timedelta(seconds=29)) is not None
    assert door.remembered(token, NOW + timedelta(seconds=31)) is None
    with pytest.raises(Unauthenticated):
        door.admit(token, NOW + timedelta(seconds=31))
    with pytest.raises(Unauthenticated):
        door.remembered(token, NOW + timedelta(seconds=32))


def test_forgetting_a_login_asks_at_once(
    door: Doorkeeper, login: Login, db: Session, database: Settings
) -> None:
    token, _ = issue(database.secret, login, NOW)
    door.admit(token, NOW)
    login.revoked_at = NOW
    db.commit()
    door.forget(login.id)
    assert door.remembered(token, NOW) is None
    with pytest.raises(Unauthenticated):
        door.admit(token, NOW)


def test_one_time_password_opens_nothing_but_the_account(
    door: Doorkeeper, login: Login, db: Session, database: Settings
) -> None:
    login.account.must_change_password = True
    db.commit()
    token, _ = issue(database.secret, login, NOW)
    assert door.admit(token, NOW).scopes == {"account"}


def test_the_least_recently_used_is_forgotten() -> None:
    recent: Recent[int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert (recent.get("a"), recent.get("b"), recent.get("c")) == (1, None, 3)
