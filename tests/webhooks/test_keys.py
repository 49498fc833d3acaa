"""INT-2: keys are made or given, rotated with an overlap, expired, and sealed where they lie."""

import base64
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db.models import WebhookEndpoint
from app.kit.errors import NotFound
from app.kit.ids import uuid7
from app.rules.delivery import Scheme, SecretUse
from app.webhooks.keys import (
    add_key,
    check_secret,
    expire_key,
    keys_of,
    new_secret,
    replace_key,
    signing_secrets,
)
from app.webhooks.refusals import LastKey, NoKeysInScheme, NotAKey, TooManyKeys
from tests.webhooks.told import NOW, opened

OUT, IN = SecretUse.OUTBOUND, SecretUse.INBOUND
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)


@pytest.fixture
def endpoint(db: Session) -> WebhookEndpoint:
    """An endpoint with its first key, made at NOW."""
    return opened(db)


def valid(db: Session, endpoint: WebhookEndpoint, at: datetime) -> list[str]:
    """What signs outward at an instant."""
    return signing_secrets(db, endpoint.id, OUT, at)


def test_a_key_of_standard_webhooks_is_whsec_and_32_bytes_of_chance() -> None:
    made = {new_secret(Scheme.STANDARD_WEBHOOKS) for _ in range(20)}
    assert len(made) == 20
    for secret in made:
        assert secret.startswith("whsec_")
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
        assert check_secret(Scheme.STANDARD_WEBHOOKS, secret) == secret
    text_key = new_secret(Scheme.HMAC_HEADER)
    assert len(bytes.fromhex(text_key)) == 32
    assert check_secret(Scheme.HMAC_HEADER, text_key) == text_key


def of_bytes(count: int) -> str:
    """A given key of so many bytes."""
    return "whsec_" + base64.b64encode(bytes(range(1, count + 1))).decode()


@pytest.mark.parametrize(
    ("scheme", "secret", "fits"),
    [
        (Scheme.STANDARD_WEBHOOKS, of_bytes(23), False),
        (Scheme.STANDARD_WEBHOOKS, of_bytes(24), True),
        (Scheme.STANDARD_WEBHOOKS, of_bytes(64), True),
        (Scheme.STANDARD_WEBHOOKS, of_bytes(65), False),
        (Scheme.STANDARD_WEBHOOKS, of_bytes(32).removeprefix("whsec_"), True),
        (Scheme.STANDARD_WEBHOOKS, of_bytes(32) + "!", False),
        (Scheme.STANDARD_WEBHOOKS, "whsec_", False),
        (Scheme.HMAC_HEADER, "k" * 15, False),
        (Scheme.HMAC_HEADER, "k" * 16, True),
        (Scheme.HMAC_HEADER, "k" * 256, True),
        (Scheme.HMAC_HEADER, "k" * 257, False),
        (Scheme.HMAC_HEADER, "密" * 16, False),
    ],
    ids=range(12),
)
def test_a_key_that_is_given_has_the_form_of_its_scheme(
    scheme: Scheme, secret: str, fits: bool
) -> None:
    if fits:
        assert check_secret(scheme, secret) == secret
    else:
        with pytest.raises(NotAKey):
            check_secret(scheme, secret)


def test_oauth_has_no_keys() -> None:
    with pytest.raises(NoKeysInScheme):
        check_secret(Scheme.OAUTH, of_bytes(32))


def test_both_sign_during_the_overlap_and_the_new_one_alone_after_it(
    db: Session, endpoint: WebhookEndpoint
) -> None:
    [first] = valid(db, endpoint, NOW)
    at = NOW + HOUR
    replace_key(db, endpoint.id, OUT, "second", DAY, at)
    assert valid(db, endpoint, at) == ["second", first]
    assert valid(db, endpoint, at + DAY - timedelta(microseconds=1)) == ["second", first]
    assert valid(db, endpoint, at + DAY) == ["second"]


def test_without_an_overlap_the_old_one_ends_at_once(
    db: Session, endpoint: WebhookEndpoint
) -> None:
    replace_key(db, endpoint.id, OUT, "second", timedelta(0), NOW + HOUR)
    assert valid(db, endpoint, NOW + HOUR) == ["second"]


def test_a_second_rotation_prolongs_nothing(db: Session, endpoint: WebhookEndpoint) -> None:
    [first] = valid(db, endpoint, NOW)
    replace_key(db, endpoint.id, OUT, "second", HOUR, NOW)
    replace_key(db, endpoint.id, OUT, "third", DAY, NOW + HOUR / 2)
    assert valid(db, endpoint, NOW + HOUR / 2) == ["third", "second", first]
    assert valid(db, endpoint, NOW + HOUR) == ["third", "second"]
    replace_key(db, endpoint.id, OUT, "fourth", timedelta(0), NOW + HOUR)
    assert valid(db, endpoint, NOW + HOUR) == ["fourth"]


def test_at_most_ten_old_keys_stay_valid(db: Session, endpoint: WebhookEndpoint) -> None:
    for turn in range(10):
        replace_key(db, endpoint.id, OUT, f"key {turn}", DAY, NOW + turn * HOUR)
    at = NOW + 10 * HOUR
    assert len(valid(db, endpoint, at)) == 11
    with pytest.raises(TooManyKeys):
        replace_key(db, endpoint.id, OUT, "one more", DAY, at)
    assert len(valid(db, endpoint, at)) == 11
    replace_key(db, endpoint.id, OUT, "one alone", timedelta(0), at)
    assert valid(db, endpoint, at) == ["one alone"]


def test_each_direction_has_keys_of_its_own(db: Session, endpoint: WebhookEndpoint) -> None:
    outward = valid(db, endpoint, NOW)
    add_key(db, endpoint.id, IN, "inward", NOW)
    replace_key(db, endpoint.id, IN, "inward two", timedelta(0), NOW)
    assert valid(db, endpoint, NOW) == outward
    assert signing_secrets(db, endpoint.id, IN, NOW) == ["inward two"]
    assert signing_secrets(db, opened(db).id, IN, NOW) == []


def test_a_key_is_expired_at_once_but_never_the_last(
    db: Session, endpoint: WebhookEndpoint
) -> None:
    [old] = keys_of(db, endpoint.id)
    with pytest.raises(LastKey):
        expire_key(db, endpoint.id, old.id, NOW)
    new = replace_key(db, endpoint.id, OUT, "second", DAY, NOW + HOUR)
    ended = expire_key(db, endpoint.id, old.id, NOW + 2 * HOUR)
    assert ended.expires_at == NOW + 2 * HOUR
    assert expire_key(db, endpoint.id, old.id, NOW + 3 * HOUR).expires_at == NOW + 2 * HOUR
    with pytest.raises(LastKey):
        expire_key(db, endpoint.id, new.id, NOW + 3 * HOUR)
    assert valid(db, endpoint, NOW + 3 * HOUR) == ["second"]


def test_a_key_of_another_endpoint_is_not_there(db: Session, endpoint: WebhookEndpoint) -> None:
    [theirs] = keys_of(db, opened(db).id)
    for key in (theirs.id, uuid7(NOW)):
        with pytest.raises(NotFound):
            expire_key(db, endpoint.id, key, NOW)


def test_the_database_alone_holds_no_secret(db: Session) -> None:
    credentials = {"app_key": "grid-app", "client_secret": "very-secret-text"}
    endpoint = opened(db, scheme="hmac_header", credentials=credentials, secret="s" * 20)
    rows = [
        *db.scalars(text("select secret from webhook_secret")),
        *db.scalars(text("select credentials from webhook_endpoint")),
    ]
    assert len(rows) == 2
    assert not any("very-secret-text" in row or "s" * 20 in row for row in rows)
    assert endpoint.credentials == credentials
