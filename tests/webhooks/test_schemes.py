"""INT-1, INT-2: messages are proven, outward and inward, by three schemes."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.clock import SHANGHAI
from app.rules.delivery import Scheme
from app.webhooks.keys import new_secret
from app.webhooks.oauth import NoToken, Token, token_of, token_request
from app.webhooks.schemes import NotAuthentic, Verified, headers_for, verify

STANDARD, HMAC, OAUTH = Scheme.STANDARD_WEBHOOKS, Scheme.HMAC_HEADER, Scheme.OAUTH
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(bytes(range(32))).decode()
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
BODY = b'{"test": 2432232314}'
AT = datetime.fromtimestamp(1614265330, UTC)
VECTOR = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
APP = {"app_key": "jianyang-grid"}
APP_SECRET = "5f2b6c1d9e8a47c3b0d1"
INWARD = [(STANDARD, None, SECRET, OTHER), (HMAC, APP, APP_SECRET, "another-secret-1")]
NAMES = ["standard_webhooks", "hmac_header"]
both = pytest.mark.parametrize(("scheme", "credentials", "secret", "other"), INWARD, ids=NAMES)
Given = Mapping[str, str] | None


def why(
    scheme: Scheme,
    credentials: Given,
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes = BODY,
    now: datetime = AT,
) -> str | Verified:
    """Why a message is refused, or that it is proven."""
    try:
        return verify(scheme, credentials, secrets, headers, body, now)
    except NotAuthentic as refusal:
        return str(refusal.facts["why"])


def standard(signature: str, **changes: str) -> dict[str, str]:
    """The headers of the specification's own example, signed as told."""
    return {
        "webhook-id": MESSAGE,
        "webhook-timestamp": "1614265330",
        "webhook-signature": signature,
    } | {f"webhook-{name}": value for name, value in changes.items()}


def test_the_test_vector_of_the_specification() -> None:
    made = headers_for(STANDARD, None, [SECRET], MESSAGE, AT, BODY)
    assert made == standard(VECTOR)
    assert why(STANDARD, None, [SECRET], made) == Verified(MESSAGE, AT)


@pytest.mark.parametrize(
    "zone", [UTC, SHANGHAI, timezone(timedelta(hours=-7))], ids=["utc", "shanghai", "west"]
)
def test_an_instant_signs_alike_in_every_zone(zone: timezone) -> None:
    made = headers_for(STANDARD, None, [SECRET], MESSAGE, AT.astimezone(zone), BODY)
    assert made["webhook-signature"] == VECTOR


GARBAGE = "garbage"
BAD_TOKENS = [
    GARBAGE,
    "v1,a,b",
    "v1,bad",
    "v1,!!!!",
    "v1",
    "v1,",
    ",",
    "",
    "v1a,YWJj",
    "v2," + VECTOR[3:],
    "v1,é",
    "V1," + VECTOR[3:],
]


@pytest.mark.parametrize("token", BAD_TOKENS, ids=range(len(BAD_TOKENS)))
def test_a_malformed_or_unknown_token_proves_nothing_and_hides_nothing(token: str) -> None:
    alone = why(STANDARD, None, [SECRET], standard(token))
    assert alone == ("no_match" if token else "missing_header")
    for signature in (f"{token} {VECTOR}", f"{VECTOR} {token}", f"{token} {VECTOR} {token}"):
        assert why(STANDARD, None, [SECRET], standard(signature)) == Verified(MESSAGE, AT)


@both
def test_while_two_keys_are_valid_both_sign_and_either_proves(
    scheme: Scheme, credentials: Given, secret: str, other: str
) -> None:
    made = headers_for(scheme, credentials, [other, secret], MESSAGE, AT, BODY)
    assert max(len(value.split(" ")) for value in made.values()) == 2
    for held in ([secret], [other], [other, secret], [secret, other]):
        assert why(scheme, credentials, held, made) == Verified(MESSAGE, AT)
    third = new_secret(scheme)
    assert why(scheme, credentials, [third], made) == "no_match"
    old = headers_for(scheme, credentials, [secret], MESSAGE, AT, BODY)
    assert why(scheme, credentials, [other], old) == "no_match"
    assert why(scheme, credentials, [], old) == "no_secret"


@both
@pytest.mark.parametrize(
    ("off_s", "expected"),
    [(-301, "too_old"), (-300, None), (0, None), (300, None), (301, "too_new")],
)
def test_five_minutes_either_way(
    scheme: Scheme, credentials: Given, secret: str, other: str, off_s: int, expected: str | None
) -> None:
    del other
    sent = AT + timedelta(seconds=off_s)
    made = headers_for(scheme, credentials, [secret], MESSAGE, sent, BODY)
    assert why(scheme, credentials, [secret], made) == (expected or Verified(MESSAGE, sent))


@both
def test_what_was_signed_is_what_is_proven(
    scheme: Scheme, credentials: Given, secret: str, other: str
) -> None:
    del other
    made = headers_for(scheme, credentials, [secret], MESSAGE, AT, BODY)
    assert why(scheme, credentials, [secret], made, BODY + b" ") == "no_match"
    shouted = {name.upper(): value for name, value in made.items()}
    assert why(scheme, credentials, [secret], shouted) == Verified(MESSAGE, AT)
    for name in made:
        without = {other: value for other, value in made.items() if other != name}
        assert why(scheme, credentials, [secret], without) == "missing_header"
        changed = made | {name: made[name][:-1] + ("0" if made[name][-1] != "0" else "1")}
        assert why(scheme, credentials, [secret], changed) in {"no_match", "unknown_app_key"}


@pytest.mark.parametrize("stamp", ["", "1614265330.0", "+1614265330", " 1614265330", "01614265330",
                                   "nan", "inf", "9" * 40, "-1", "１６１４２６５３３０"],
                         ids=range(10))  # fmt: skip
@both
def test_an_instant_is_whole_seconds_and_nothing_else(
    scheme: Scheme, credentials: Given, secret: str, other: str, stamp: str
) -> None:
    del other
    made = headers_for(scheme, credentials, [secret], MESSAGE, AT, BODY)
    [name] = [name for name, value in made.items() if value == "1614265330"]
    expected = "malformed_header" if stamp else "missing_header"
    assert why(scheme, credentials, [secret], made | {name: stamp}) == expected


@pytest.mark.parametrize(
    "message_id",
    ["a b", "a\nb", "消息", "a" * 201, "a.b"],
    ids=["space", "line", "chinese", "long", "stop"],
)
def test_a_key_parts_what_is_signed_in_one_way_only(message_id: str) -> None:
    made = headers_for(STANDARD, None, [SECRET], message_id, AT, BODY)
    assert why(STANDARD, None, [SECRET], made) == "malformed_header"
    signed = headers_for(HMAC, APP, [APP_SECRET], message_id, AT, BODY)
    # A full stop parts nothing in this scheme.
    expected = Verified(message_id, AT) if message_id == "a.b" else "malformed_header"
    assert why(HMAC, APP, [APP_SECRET], signed) == expected


def signed_by_hand(key: bytes, body: bytes) -> dict[str, str]:
    """As the specification says, over the bytes."""
    digest = hmac.digest(key, f"{MESSAGE}.1614265330.".encode() + body, "sha256")
    return standard("v1," + base64.b64encode(digest).decode())


def test_an_empty_key_proves_nothing() -> None:
    assert why(STANDARD, None, ["whsec_", SECRET], signed_by_hand(b"", BODY)) == "no_match"


def test_a_body_in_another_encoding_is_proven_by_its_bytes() -> None:
    body = "已办结".encode("gbk")
    assert why(STANDARD, None, [SECRET], standard(VECTOR), body) == "no_match"
    made = signed_by_hand(base64.b64decode(SECRET.removeprefix("whsec_")), body)
    assert why(STANDARD, None, [SECRET], made, body) == Verified(MESSAGE, AT)
    made = headers_for(HMAC, APP, [APP_SECRET], MESSAGE, AT, b"\xff\xfe")
    assert why(HMAC, APP, [APP_SECRET], made, b"\xff\xfe") == Verified(MESSAGE, AT)


@given(
    headers=st.dictionaries(
        st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "x-app-key",
                         "x-timestamp", "x-message-id", "x-signature"]),
        st.text(max_size=40) | st.just("1614265330") | st.just(VECTOR),
    ),
    body=st.binary(max_size=40),
)  # fmt: skip
def test_whatever_comes_is_refused_in_order(headers: dict[str, str], body: bytes) -> None:
    for scheme, credentials, secret, _ in INWARD:
        assert isinstance(why(scheme, credentials, [secret], headers, body), str)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.integers(1, 2**33))
def test_whatever_is_signed_is_proven(text: str, seconds: int) -> None:
    at, body = datetime.fromtimestamp(seconds, UTC), text.encode()
    for scheme, credentials, secret, other in INWARD:
        made = headers_for(scheme, credentials, [secret], MESSAGE, at, body)
        assert why(scheme, credentials, [secret], made, body, at) == Verified(MESSAGE, at)
        assert why(scheme, credentials, [other], made, body, at) == "no_match"


def test_the_hmac_header_is_what_its_description_says() -> None:
    content = b"jianyang-grid\n1614265330\n" + MESSAGE.encode() + b"\n" + BODY
    digest = hmac.new(APP_SECRET.encode(), content, hashlib.sha256).hexdigest()
    made = headers_for(HMAC, APP, [APP_SECRET], MESSAGE, AT, BODY)
    assert made == {
        "X-App-Key": "jianyang-grid",
        "X-Timestamp": "1614265330",
        "X-Message-Id": MESSAGE,
        "X-Signature": digest,
    }
    large = made | {"X-Signature": f"zz {digest.upper()}"}
    assert why(HMAC, APP, [APP_SECRET], large) == Verified(MESSAGE, AT)
    assert why(HMAC, {"app_key": "x"}, [APP_SECRET], made) == "unknown_app_key"
    assert why(HMAC, None, [APP_SECRET], made) == "unknown_app_key"


def test_a_platform_may_call_the_headers_otherwise() -> None:
    credentials = {**APP, "headers": {"signature": "Sign", "timestamp": "Ts"}}
    made = headers_for(HMAC, credentials, [APP_SECRET], MESSAGE, AT, BODY)
    assert set(made) == {"X-App-Key", "Ts", "X-Message-Id", "Sign"}
    assert verify(HMAC, credentials, [APP_SECRET], made, BODY, AT) == Verified(MESSAGE, AT)
    assert why(HMAC, APP, [APP_SECRET], made) == "missing_header"


CLIENT = {
    "token_url": "https://login.example.gov.cn/token",
    "client_id": "grid 1",
    "client_secret": "p:w/d",
}


def test_oauth_asks_for_a_token_as_rfc_6749_says() -> None:
    asked = token_request({**CLIENT, "scope": "events push"})
    assert asked.url == CLIENT["token_url"]
    assert asked.body == b"grant_type=client_credentials&scope=events+push"
    basic = asked.headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(basic) == b"grid+1:p%3Aw%2Fd"
    assert token_request(CLIENT).body == b"grant_type=client_credentials"


@pytest.mark.parametrize(
    ("answer", "life_s"),
    [
        ({"expires_in": 3600, "token_type": "Bearer"}, 3600),
        ({"expires_in": "3600"}, 3600),
        ({}, 300),
        ({"expires_in": None}, 300),
        ({"expires_in": "soon"}, 300),
        ({"expires_in": -5}, 0),
        ({"expires_in": 10**30}, 300),
        ({"expires_in": 10**8}, 86400),
    ],
    ids=range(8),
)
def test_a_token_serves_until_a_minute_before_it_expires(
    answer: dict[str, object], life_s: int
) -> None:
    token = token_of(200, json.dumps({"access_token": "abc.def", **answer}).encode(), AT)
    assert token == Token("abc.def", AT + timedelta(seconds=life_s))
    assert token.serves(AT) == (life_s > 60)
    assert not token.serves(AT + timedelta(seconds=life_s - 60))


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (401, b'{"access_token": "abc"}', "status_401"),
        (200, b"<html>", "not_json"),
        (200, b"[" * 100_000, "not_json"),
        (200, b"[]", "no_access_token"),
        (200, b'{"access_token": 7}', "no_access_token"),
        (200, b'{"access_token": ""}', "no_access_token"),
        (200, b'{"access_token": "a\\r\\nX: y"}', "no_access_token"),
        (200, b'{"access_token": "abc", "token_type": "mac"}', "not_bearer"),
    ],
    ids=range(8),
)
def test_an_answer_without_a_usable_token(status: int, answer: bytes, code: str) -> None:
    with pytest.raises(NoToken, match=code):
        token_of(status, answer, AT)


def test_oauth_goes_outward_only() -> None:
    made = headers_for(OAUTH, {**CLIENT, "access_token": "abc"}, [], MESSAGE, AT, BODY)
    assert made == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": "1614265330",
        "authorization": "Bearer abc",
    }
    assert why(OAUTH, CLIENT, [SECRET], made) == "outward_only"
