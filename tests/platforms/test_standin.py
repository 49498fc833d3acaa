"""The stand-in platform: what it takes in, what it counts, how it misbehaves, what it says."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from app.db.models import WebhookEvent
from app.kit.ids import uuid7
from app.platforms.adapters import ADAPTERS
from app.platforms.dressing import dressed
from app.platforms.hearing import heard
from app.rules.exchange import MessageKind
from app.rules.tasks import Platform
from app.standin.agreement import Agreement
from app.webhooks.oauth import token_of, token_request
from app.webhooks.refusals import NotAuthentic
from app.webhooks.schemes import headers_for, verify
from tests.platforms.standing_in import (
    AGREEMENTS,
    CREDENTIALS,
    Running,
    agreed,
    answering,
    standing_in,
)

NOW = datetime(2026, 3, 18, 2, 0, tzinfo=UTC)
DAY = date(2026, 3, 18)
INCIDENT = UUID("0199d2f0-0000-7000-8000-000000000000")
RECORD = UUID("0199d2f0-0000-7000-8000-000000000009")


class Clock:
    """A clock that the test moves."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=list(Platform), ids=str)
def running(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Running]:
    with standing_in(request.param, clock) as found:
        yield found


@pytest.fixture
def chengdu(clock: Clock) -> Iterator[Running]:
    with standing_in(Platform.CHENGDU, clock) as found:
        yield found


def event(number: int, state: str = "held", key: UUID = INCIDENT) -> WebhookEvent:
    return WebhookEvent(
        id=uuid7(NOW + timedelta(seconds=number), bytes(9) + bytes([number])),
        type="incident.acted",
        subject_kind="incident",
        subject_id=str(key),
        number=number,
        unit_code="510185001001001",
        occurred_at=NOW,
        data={"act": "report", "number": number, "state": state, "tier": "grid"},
    )


def proof(running: Running, message_id: str, body: bytes) -> dict[str, str]:
    """The headers with which we prove what we tell or ask."""
    told, now = running.standin.agreement.told, running.standin.now()
    known = dict(told.credentials)
    if AGREEMENTS[running.standin.agreement.platform][0] == "oauth":
        asked = token_request(known | {"token_url": f"{running.url}/oauth/token"})
        answer = httpx.post(asked.url, headers=dict(asked.headers), content=asked.body)
        known["access_token"] = token_of(answer.status_code, answer.content, now).access_token
    return headers_for(told.scheme, known, told.secrets, message_id, now, body)


def tell(running: Running, told: WebhookEvent, **changes: str) -> httpx.Response:
    body = dressed(ADAPTERS[running.standin.agreement.platform], told)
    headers = proof(running, str(told.id), body) | changes
    return httpx.post(f"{running.url}/deliveries", content=body, headers=headers)


def ask(running: Running, what: str, day: date = DAY) -> Any:
    target = f"/{what}?day={day}"
    headers = proof(running, "question", target.encode())
    answer = httpx.get(running.url + target, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()[what]


def test_int_2_what_is_told_is_taken_in_once_and_the_highest_number_stays(running: Running) -> None:
    for told in (event(1), event(2, "handling"), event(2, "handling"), event(3, "closed")):
        assert tell(running, told).status_code == 200
    words = ADAPTERS[running.standin.agreement.platform].tables
    assert ask(running, "events") == [
        {
            "kind": "incident",
            "id": str(INCIDENT),
            "number": 3,
            "state": words.word_for("state", "closed"),
        }
    ]
    assert running.state()["flaws"] == {"duplicate": 1}
    assert ask(running, "events", DAY - timedelta(days=1)) == []


def test_int_2_what_comes_out_of_order_is_counted_and_changes_nothing(chengdu: Running) -> None:
    for told in (event(2, "handling"), event(1)):
        assert tell(chengdu, told).status_code == 200
    assert chengdu.state()["flaws"] == {"out_of_order": 1}
    assert ask(chengdu, "events")[0]["number"] == 2


def test_numbers_may_leave_gaps_for_what_it_did_not_ask_for(chengdu: Running) -> None:
    tell(chengdu, event(1))
    tell(chengdu, event(4))
    assert chengdu.state()["flaws"] == {}


@pytest.mark.parametrize(
    "header", ["x-signature", "x-message-id", "x-timestamp", "x-app-key"], ids=str
)
def test_int_1_what_is_not_proven_is_refused_and_counted(chengdu: Running, header: str) -> None:
    assert tell(chengdu, event(1), **{header: "1"}).status_code == 401
    assert chengdu.state()["flaws"] == {"bad_signature": 1}
    assert httpx.get(f"{chengdu.url}/events?day={DAY}").status_code == 401
    assert chengdu.state()["held"] == []


def test_int_1_a_question_is_proven_for_its_own_day(chengdu: Running) -> None:
    headers = proof(chengdu, "question", f"/events?day={DAY}".encode())
    other = httpx.get(f"{chengdu.url}/events?day=2026-03-17", headers=headers)
    assert other.status_code == 401


def test_int_1_a_token_for_the_right_client_and_for_an_hour(clock: Clock) -> None:
    with standing_in(Platform.SICHUAN, clock) as sichuan:
        url = f"{sichuan.url}/oauth/token"
        for credentials in (("jianyang", "wrong"), ("", ""), ("other", CREDENTIALS["app_key"])):
            assert httpx.post(url, auth=credentials).status_code == 401
        headers = proof(sichuan, "one", b"{}")
        clock.now += timedelta(hours=1)
        late = headers | {"webhook-timestamp": str(int(clock.now.timestamp()))}
        answer = httpx.post(f"{sichuan.url}/deliveries", content=b"{}", headers=late)
        assert answer.status_code == 401


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"msgType": 1}'], ids=repr)
def test_what_is_not_its_language_is_refused_and_counted(chengdu: Running, body: bytes) -> None:
    answer = httpx.post(
        f"{chengdu.url}/deliveries", content=body, headers=proof(chengdu, "one", body)
    )
    assert answer.status_code == 422
    assert chengdu.state()["flaws"] == {"not_understood": 1}


@pytest.mark.parametrize(
    ("mood", "status"),
    [
        ({"behaviour": "fail", "status": 500}, 500),
        ({"behaviour": "fail", "status": 302}, 302),
        ({"behaviour": "throttle", "retry_after_s": 30}, 429),
        ({"behaviour": "retired"}, 410),
    ],
    ids=["500", "302", "429", "410"],
)
def test_it_answers_badly_until_told_otherwise(
    chengdu: Running, mood: dict[str, Any], status: int
) -> None:
    chengdu.control(**mood)
    answer = tell(chengdu, event(1))
    assert answer.status_code == status
    assert answer.headers.get("retry-after") == ("30" if status == 429 else None)
    assert (chengdu.state()["turned_away"], chengdu.state()["arrivals"]) == (1, 0)
    chengdu.control(behaviour="well")
    assert tell(chengdu, event(1)).status_code == 200


def test_gone_it_hangs_up_and_takes_nothing_in(chengdu: Running) -> None:
    chengdu.control(behaviour="gone")
    with pytest.raises(httpx.TransportError):
        tell(chengdu, event(1))
    assert chengdu.state()["arrivals"] == 0


def test_forgetful_it_takes_in_and_hangs_up_so_the_sender_tells_it_again(chengdu: Running) -> None:
    chengdu.control(behaviour="forgetful", times=1)
    with pytest.raises(httpx.TransportError):
        tell(chengdu, event(1))
    assert tell(chengdu, event(1)).status_code == 200
    assert chengdu.state()["flaws"] == {"duplicate": 1}


def test_only_where_it_was_told_to(chengdu: Running) -> None:
    chengdu.control(behaviour="gone", path="/events")
    assert tell(chengdu, event(1)).status_code == 200
    with pytest.raises(httpx.TransportError):
        ask(chengdu, "events")
    assert ask(chengdu, "messages") == []


def test_slow_it_answers_rightly_but_late(chengdu: Running) -> None:
    chengdu.control(behaviour="slow", ms=300)
    began = time.monotonic()
    assert tell(chengdu, event(1)).status_code == 200
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(
    "mood",
    [
        {"behaviour": "slow"},
        {"behaviour": "fail"},
        {"behaviour": "fail", "status": 200},
        {"behaviour": "throttle"},
        {"behaviour": "odd"},
        {"behaviour": "well", "colour": "red"},
    ],
    ids=lambda mood: "-".join(map(str, mood.values())),
)
def test_a_mood_out_of_form_is_refused(chengdu: Running, mood: dict[str, Any]) -> None:
    assert httpx.post(f"{chengdu.url}/control", json=mood).status_code == 422


def test_what_it_lost_it_can_be_told_again(chengdu: Running) -> None:
    for number in (1, 2, 3):
        tell(chengdu, event(number, "handling" if number == 3 else "held"))
    chengdu.lose(str(INCIDENT), above=1)
    assert [held["number"] for held in ask(chengdu, "events")] == [1]
    tell(chengdu, event(2))
    chengdu.lose(str(INCIDENT))
    assert ask(chengdu, "events") == []
    tell(chengdu, event(3))
    assert chengdu.state()["flaws"] == {}


class OurDoor:
    """What comes in on our side, checked as we check it."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        self.came: list[tuple[str, bytes]] = []

    def app(self) -> FastAPI:
        ours = FastAPI()

        @ours.post("/in")
        async def come_in(request: Request) -> Response:
            body, says = await request.body(), self.agreement.says
            known = (says.scheme, says.credentials, says.secrets)
            try:
                found = verify(*known, request.headers, body, NOW)
            except NotAuthentic:
                return Response(status_code=401)
            self.came.append((found.message_id, body))
            return Response(status_code=202)

        return ours


SAYS: list[dict[str, Any]] = [
    {"kind": "status", "incident_id": str(INCIDENT), "state": "handling", "result": "已派单"},
    {"kind": "card", "incident_id": str(INCIDENT), "colour": "red", "tier": "township"},
    {"kind": "login", "account": "jy001", "at": "2026-03-18T09:00:00+08:00"},
    {
        "kind": "receipt",
        "record_id": str(RECORD),
        "version": 2,
        "accepted": False,
        "code": "E07",
    },
]


@pytest.mark.parametrize("platform", list(Platform), ids=str)
def test_int_1_it_says_everything_in_its_own_language(platform: Platform, clock: Clock) -> None:
    door = OurDoor(agreed(platform, *AGREEMENTS[platform]))
    with answering(door.app()) as url, standing_in(platform, clock, f"{url}/in") as running:
        sent = running.send(*SAYS)
    assert [each["answers"] for each in sent] == [["202"]] * 4
    messages = [heard(ADAPTERS[platform], body) for _, body in door.came]
    assert [message.kind for message in messages] == list(MessageKind)
    assert [message.number for message in messages] == [1, 2, 1, 1]
    assert [message.said.subject for message in messages] == [
        f"incident:{INCIDENT}",
        f"incident:{INCIDENT}",
        "account:jy001",
        f"record:{RECORD}:2",
    ]


def test_it_says_things_out_of_order_twice_and_badly_signed(clock: Clock) -> None:
    door = OurDoor(agreed(Platform.CHENGDU, *AGREEMENTS[Platform.CHENGDU]))
    with answering(door.app()) as url, standing_in(Platform.CHENGDU, clock, f"{url}/in") as running:
        running.send(SAYS[0], SAYS[0], order="reversed", copies=2)
        came = [heard(ADAPTERS[Platform.CHENGDU], body).number for _, body in door.came]
        for signed in ("wrongly", "not_at_all", "long_ago"):
            assert running.send(SAYS[0], signed=signed)[0]["answers"] == ["401"]
    assert came == [2, 2, 1, 1]
    assert len({message_id for message_id, _ in door.came}) == 2


def test_what_it_withheld_it_gives_when_asked_signed_as_if_it_was_sent(chengdu: Running) -> None:
    sent = chengdu.send(*SAYS, withheld=True)
    assert [each["answers"] for each in sent] == [[]] * 4
    found, says = ask(chengdu, "messages"), chengdu.standin.agreement.says
    for each in found:
        proven = verify(
            says.scheme, says.credentials, says.secrets, each["headers"], each["body"].encode(), NOW
        )
        assert proven.message_id == each["message_id"]
    assert [each["message_id"] for each in found] == [each["message_id"] for each in sent]
    assert ask(chengdu, "messages", DAY + timedelta(days=1)) == []


def test_where_nobody_listens_the_failure_is_kept(chengdu: Running) -> None:
    assert chengdu.send(SAYS[0])[0]["answers"] == ["ConnectError"]


@pytest.mark.parametrize(
    "says",
    [
        {"kind": "status", "incident_id": str(INCIDENT)},
        {"kind": "status", "state": "held"},
        {"kind": "card", "incident_id": str(INCIDENT), "colour": "red"},
        {"kind": "login"},
        {"kind": "receipt", "record_id": str(RECORD)},
        {"kind": "gossip"},
    ],
    ids="-".join,
)
def test_a_message_without_what_it_needs_is_not_sent(
    chengdu: Running, says: dict[str, Any]
) -> None:
    answer = httpx.post(f"{chengdu.url}/control/send", json={"says": [says]})
    assert answer.status_code == 422
    assert chengdu.state()["sent"] == []
