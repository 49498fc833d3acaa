"""The platforms' door (INT-1): no token, but a signature over the bytes that came."""

import gzip
import hmac
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import InboundMessage
from app.intake.quota import Quota
from app.platforms.inbound import BYTES_AT_MOST
from app.platforms.sayings import LoginSaid
from app.rules.delivery import Scheme
from app.rules.tasks import Platform
from tests.api.sign_ins import SetClock
from tests.api.station import refused
from tests.attendance.facts import at
from tests.city import City
from tests.conftest import SignedIn
from tests.platforms.partner import SECRETS, Partner

NOW = at("10:00")
LOGIN = LoginSaid("wg01", at("08:31"))


class Door:
    """What a platform posts, signed by its own scheme unless said otherwise."""

    def __init__(self, http: TestClient, partner: Partner, clock: SetClock) -> None:
        self.http, self.partner, self.clock = http, partner, clock

    def posts(self, body: bytes, key: str = "msg_1", **changes: Any) -> Response:
        signed = self.partner.signed(body, changes.get("at", self.clock.now), key)
        path = f"/v1/platforms/{changes.get('path', self.partner.platform.value)}/webhooks"
        headers = changes.get("headers", signed) | changes.get("more", {})
        answer: Response = self.http.post(path, content=changes.get("sent", body), headers=headers)
        return answer

    def kept(self) -> int:
        self.partner.db.rollback()
        return self.partner.db.scalar(select(func.count()).select_from(InboundMessage)) or 0


@pytest.fixture(params=Platform)
def door(
    request: pytest.FixtureRequest, api: FastAPI, client: SignedIn, db: Session, city: City
) -> Door:
    partner = Partner(db, city, request.param)
    partner.agree()
    return Door(client.http, partner, SetClock(NOW).rule(api))


def test_int_1_stored_then_answered(door: Door) -> None:
    body = door.partner.writes(LOGIN)
    first = door.posts(body)
    assert first.status_code == 202, first.text
    assert (first.json()["message_id"], first.json()["again"]) == ("msg_1", False)
    assert door.kept() == 1
    door.clock.now = NOW + timedelta(days=14)
    again = door.posts(body)
    assert (again.status_code, again.json()["again"]) == (202, True)
    assert again.json()["received_at"] == first.json()["received_at"]
    assert door.kept() == 1


def test_int_1_no_token_is_asked_and_none_helps(door: Door) -> None:
    body = door.partner.writes(LOGIN)
    bare = door.posts(body, headers={"Authorization": "Bearer whatever"})
    assert refused(bare) == (401, "webhook.not_authentic")
    assert bare.json()["facts"]["why"] == "missing_header"
    assert door.posts(body, more={"Authorization": "Bearer whatever"}).status_code == 202


def test_int_1_every_refusal_has_its_code(door: Door) -> None:
    body = door.partner.writes(LOGIN)
    assert refused(door.posts(body, path="beijing")) == (404, "platform.unknown")
    assert refused(door.posts(body, sent=body + b" ")) == (401, "webhook.not_authentic")
    old = door.posts(body, at=NOW - timedelta(minutes=6))
    assert (refused(old), old.json()["facts"]["why"]) == ((401, "webhook.not_authentic"), "too_old")
    other = next(each for each in Platform if each is not door.partner.platform)
    assert refused(door.posts(body, path=other.value)) == (401, "platform.not_set_up")
    assert door.kept() == 0
    assert door.posts(body).status_code == 202
    assert refused(door.posts(b"{}")) == (409, "platform.message_reused")
    assert door.kept() == 1


def test_int_1_a_replay_after_five_minutes_is_refused(door: Door) -> None:
    body = door.partner.writes(LOGIN)
    headers = door.partner.signed(body, NOW, "msg_1")
    assert door.posts(body, headers=headers).status_code == 202
    door.clock.now = NOW + timedelta(minutes=5, seconds=1)
    assert refused(door.posts(body, headers=headers)) == (401, "webhook.not_authentic")


@pytest.mark.parametrize("more", [0, 1, BYTES_AT_MOST * 4])
def test_int_1_up_to_256_kib(door: Door, more: int) -> None:
    body = b"x" * (BYTES_AT_MOST + more)
    answer = door.posts(body)
    if more:
        assert refused(answer) == (413, "request.too_large")
        assert door.kept() == 0
    else:
        assert answer.status_code == 202


def test_int_1_packed_bodies_are_signed_as_they_are_unpacked(door: Door) -> None:
    body = door.partner.writes(LOGIN)
    packed = door.posts(body, sent=gzip.compress(body), more={"Content-Encoding": "gzip"})
    assert packed.status_code == 202, packed.text
    broken = door.posts(body, sent=b"no gzip", more={"Content-Encoding": "gzip"})
    assert refused(broken) == (400, "request.bad_encoding")


def by_hand(body: bytes, at: datetime) -> dict[str, str]:
    """Signed as Standard Webhooks says: over bytes, whether they are text or not."""
    stamp = str(int(at.timestamp()))
    key = b64decode(SECRETS[Scheme.STANDARD_WEBHOOKS].removeprefix("whsec_"))
    digest = hmac.digest(key, f"msg_1.{stamp}.".encode() + body, "sha256")
    signature = f"v1,{b64encode(digest).decode()}"
    return {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": signature}


@pytest.mark.parametrize(
    "body",
    [b"", b"\x00", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000, b"NaN", b'"\\ud800"'],
    ids=["nothing", "nul", "not utf-8", "deep list", "deep object", "nan", "half a pair"],
)
def test_int_1_whatever_is_signed_is_stored(door: Door, body: bytes) -> None:
    signed = by_hand(body, door.clock.now) if door.partner.platform is Platform.CHENGDU else {}
    answer = door.posts(b"{}", sent=body, headers=signed) if signed else door.posts(body)
    assert answer.status_code == 202, answer.text


def test_int_1_two_at_once_with_one_key_are_stored_once(door: Door) -> None:
    body = door.partner.writes(LOGIN)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: door.posts(body), range(16)))
    assert {answer.status_code for answer in answers} == {202}
    assert sorted(answer.json()["again"] for answer in answers) == [False] + [True] * 15
    assert door.kept() == 1


def test_int_1_of_two_bodies_at_once_with_one_key_one_is_refused(door: Door) -> None:
    bodies = [door.partner.writes(LOGIN, number) for number in (1, 2)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(door.posts, bodies))
    assert sorted(answer.status_code for answer in answers) == [202, 409]
    assert door.kept() == 1


def test_int_1_a_platform_that_runs_wild_is_slowed_down(door: Door, api: FastAPI) -> None:
    api.state.quota = Quota(3)
    bodies = [door.partner.writes(LOGIN, number) for number in range(1, 5)]
    answers = [door.posts(body, key=f"msg_{n}") for n, body in enumerate(bodies)]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    forged = [door.posts(b"{}", headers={}) for _ in range(5)]
    assert {answer.status_code for answer in forged} == {401}
    assert door.kept() == 3


def test_int_1_without_an_agreement_nobody_is_proven(client: SignedIn) -> None:
    path, body = "/v1/platforms/chengdu/webhooks", b"{}"
    answer = client.http.post(path, content=body)
    assert refused(answer) == (401, "platform.not_set_up")
    for language, title in (
        ("zh", "尚未与该平台约定消息验证方式和密钥。"),
        ("en", "Nothing is agreed with this platform yet by which its messages could be proven."),
    ):
        said = client.http.post(path, content=body, headers={"Accept-Language": language})
        assert said.json()["title"] == title
