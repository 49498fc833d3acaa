"""INT-2: at least once, in order within a subject, and nobody is slowed by another."""

import asyncio
import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import OutboxEvent, WebhookEndpoint, WebhookEvent
from app.rules.delivery import EndpointState, Scheme, SecretUse
from app.webhooks.delivering import LANES, drain
from app.webhooks.draining import width_of
from app.webhooks.keys import replace_key
from app.webhooks.schemes import verify
from tests.webhooks.facts import (
    NOON,
    SECRET,
    Clock,
    attempts,
    deliver,
    endpoint_of,
    happen,
    make_endpoint,
    plain,
    post,
    states,
)
from tests.webhooks.receiver import OK, Got, Receiver, Say, receiving

OTHER_SECRET = "whsec_" + "QUFB" * 8


def notices(db: Session) -> list[str]:
    """What offices were told of endpoints."""
    db.rollback()
    rows = db.scalars(select(OutboxEvent).order_by(OutboxEvent.id))
    return [row.name for row in rows if row.name.startswith("webhook.endpoint")]


def test_int_2_told_signed_and_recorded(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url)
    keys = happen(db, "a", "b", "a")
    assert deliver(sessions, clock) == 3
    assert receiver.order() == {"a": [1, 2], "b": [1]}
    assert {got.message_id for got in receiver.got} == {str(key) for key in keys}
    for got in receiver.got:
        found = verify(Scheme.STANDARD_WEBHOOKS, None, [SECRET], got.headers, got.body, NOON)
        assert (found.message_id, found.sent_at) == (got.message_id, NOON)
    assert {(state, tries) for _, _, state, tries in states(db)} == {("succeeded", 1)}
    assert deliver(sessions, clock) == 0


def test_int_2_a_retry_has_its_own_instant_and_the_same_key(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url)
    happen(db, "a")
    receiver.behaves = lambda _: Say(500)
    deliver(sessions, clock)
    clock.pass_(seconds=5)
    receiver.behaves = lambda _: OK
    deliver(sessions, clock)
    first, second = receiver.got
    assert (first.message_id, first.body) == (second.message_id, second.body)
    stamps = [int(got.headers["webhook-timestamp"]) for got in receiver.got]
    assert stamps == [int(NOON.timestamp()), int(NOON.timestamp()) + 5]
    rows = attempts(db)
    assert [(row.number, row.status, row.error) for row in rows] == [
        (1, 500, "status"),
        (2, 204, None),
    ]


def test_int_2_while_keys_rotate_both_sign(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    endpoint = make_endpoint(db, receiver.url)
    overlap = timedelta(hours=1)
    replace_key(db, endpoint, SecretUse.OUTBOUND, OTHER_SECRET, overlap, NOON)
    db.commit()
    happen(db, "a")
    deliver(sessions, clock)
    clock.pass_(hours=1)
    happen(db, "b")
    deliver(sessions, clock)
    during, after = (got.headers["webhook-signature"].split(" ") for got in receiver.got)
    assert (len(during), len(after)) == (2, 1)
    for secret in (SECRET, OTHER_SECRET):
        got = receiver.got[0]
        verify(Scheme.STANDARD_WEBHOOKS, None, [secret], got.headers, got.body, NOON)


class Unreliable:
    """Refuses every message a few times before it takes it."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.seen: Counter[str] = Counter()

    def __call__(self, got: Got) -> Say:
        self.seen[got.message_id] += 1
        return Say(422) if self.seen[got.message_id] <= self.times else OK


def test_int_2_order_is_kept_under_retries_by_two_processes_at_once(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url, at_once=16)
    subjects = [f"s{number % 7}" for number in range(70)]
    happen(db, *subjects)
    receiver.behaves = Unreliable(1)
    for _ in range(30):
        deliver(sessions, clock)
        clock.pass_(seconds=5)
    assert receiver.order() == {f"s{number}": list(range(1, 11)) for number in range(7)}
    assert {state for _, _, state, _ in states(db)} == {"succeeded"}
    assert len(receiver.got) == 140


def test_int_2_drains_of_several_processes_share_and_double_nothing(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    endpoint = make_endpoint(db, receiver.url, at_once=8)
    happen(db, *(f"s{number}" for number in range(200)))

    async def together() -> int:
        with post(sessions, clock) as one, post(sessions, clock) as other:
            drains = [drain(each, endpoint, lane) for each in (one, other) for lane in range(LANES)]
            return sum(await asyncio.gather(*drains))

    assert asyncio.run(together()) == 200
    assert len({got.message_id for got in receiver.got}) == len(receiver.got) == 200


@pytest.mark.parametrize(
    ("at_once", "lanes"), [(1, [1, 0]), (2, [1, 1]), (3, [2, 1]), (64, [32, 32])]
)
def test_int_2_lanes_share_what_an_endpoint_takes_at_once(at_once: int, lanes: list[int]) -> None:
    assert [width_of(at_once, lane) for lane in range(LANES)] == lanes


def test_int_2_never_more_at_once_than_an_endpoint_takes(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url, at_once=3)
    happen(db, *(f"s{number}" for number in range(30)))
    go = threading.Event()
    receiver.behaves = lambda _: Say(wait=go)
    release = threading.Timer(0.3, go.set)
    release.start()
    deliver(sessions, clock)
    release.join()
    assert (receiver.most_at_once, len(receiver.accepted)) == (3, 30)


def test_int_2_a_slow_endpoint_delays_no_other(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    with receiving() as fast:
        make_endpoint(db, receiver.url, at_once=2)
        make_endpoint(db, fast.url)
        go = threading.Event()
        slow_before = receiver.accepted
        receiver.behaves = lambda _: Say(wait=go)
        happen(db, *(f"s{number}" for number in range(20)))

        def watch(got: Got) -> Say:
            del got
            assert slow_before == []
            if len(fast.got) == 20:
                go.set()
            return OK

        fast.behaves = watch
        deliver(sessions, clock)
        assert (len(fast.accepted), len(receiver.accepted)) == (20, 20)


@pytest.mark.parametrize(
    ("said", "after_s"),
    [
        (Say(500), 5),
        (Say(503, {"Retry-After": "120"}), 120),
        (Say(503, {"Retry-After": "Wed, 18 Mar 2026 04:10:00 GMT"}), 600),
        (Say(503, {"Retry-After": "soon"}), 5),
        (Say(429), 60),
        (Say(429, {"Retry-After": "90"}), 90),
        (Say(502), 60),
        (Say(302, {"Location": "/elsewhere"}), 5),
        (Say(hang_up=True), 5),
    ],
    ids=["500", "seconds", "date", "nonsense", "429", "429 asked", "502", "302", "hangs up"],
)
def test_int_2_waits_as_long_as_it_should(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver, said: Say, after_s: float
) -> None:
    make_endpoint(db, receiver.url)
    happen(db, "a")
    receiver.behaves = lambda _: said
    assert deliver(sessions, clock) == 1
    receiver.behaves = lambda _: OK
    clock.pass_(seconds=after_s - 0.001)
    assert deliver(sessions, clock) == 0
    clock.pass_(seconds=0.001)
    assert deliver(sessions, clock) == 1
    assert {got.path for got in receiver.got} == {"/hook"}, "redirects are not followed"


def test_int_2_who_asks_for_a_pause_gets_one_for_all_that_waits(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url, at_once=1)
    happen(db, "a", "b", "c")
    receiver.behaves = lambda _: Say(429, {"Retry-After": "30"})
    assert deliver(sessions, clock) == 1
    receiver.behaves = lambda _: OK
    clock.pass_(seconds=30)
    deliver(sessions, clock)
    assert [got.subject for got in receiver.accepted] == ["b", "a", "c"]


def test_int_2_an_endpoint_that_is_gone_is_disabled_and_loses_nothing(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    endpoint = make_endpoint(db, receiver.url, at_once=1)
    happen(db, "a", "a")
    receiver.behaves = lambda _: Say(410)
    assert deliver(sessions, clock) == 1
    found = endpoint_of(db, endpoint)
    assert (found.state, found.why_disabled) == (EndpointState.DISABLED, "gone")
    assert notices(db) == ["webhook.endpoint_disabled"]
    clock.pass_(days=3)
    assert deliver(sessions, clock) == 0
    endpoint_of(db, endpoint).state = EndpointState.ACTIVE
    db.commit()
    receiver.behaves = lambda _: OK
    deliver(sessions, clock)
    assert receiver.order() == {"a": [1, 2]}


def test_int_2_offices_are_told_once_that_an_endpoint_fails_and_that_it_is_given_up(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    endpoint = make_endpoint(db, receiver.url)
    receiver.behaves = lambda _: Say(422)
    happen(db, "a", "b")
    for seconds in (0, 5, 300):
        clock.pass_(seconds=seconds)
        deliver(sessions, clock)
    assert notices(db) == []
    clock.pass_(seconds=1800)
    deliver(sessions, clock)
    assert notices(db) == ["webhook.endpoint_failing"]
    for _ in range(10):
        clock.pass_(hours=12)
        deliver(sessions, clock)
    assert endpoint_of(db, endpoint).state is EndpointState.ACTIVE
    happen(db, "c")
    deliver(sessions, clock)
    found = endpoint_of(db, endpoint)
    assert (found.state, found.why_disabled) == (EndpointState.DISABLED, "failing")
    assert notices(db) == ["webhook.endpoint_failing", "webhook.endpoint_disabled"]


def test_int_2_offices_are_told_though_so_much_waits_that_no_delivery_is_tried_four_times(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url)
    receiver.behaves = lambda _: Say(500)
    happen(db, *(f"s{number}" for number in range(60)))
    for _ in range(12):
        deliver(sessions, clock)
        clock.pass_(minutes=15)
    assert max(tries for *_, tries in states(db)) == 1
    assert notices(db) == ["webhook.endpoint_failing"]


def test_int_2_dead_after_ten_attempts_and_the_next_of_the_subject_goes_on(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url)
    happen(db, "a", "a")
    receiver.behaves = lambda got: Say(422) if got.number == 1 else OK
    for seconds in (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000):
        clock.pass_(seconds=seconds)
        assert deliver(sessions, clock) == 1
    clock.pass_(seconds=86400)
    assert deliver(sessions, clock) == 2
    assert states(db) == [("a", 1, "dead", 10), ("a", 2, "succeeded", 1)]


def test_int_2_what_cannot_be_dressed_fails_alone(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    endpoint = make_endpoint(db, receiver.url)
    happen(db, "odd", "a")

    def dress(event: WebhookEvent, told: WebhookEndpoint) -> bytes:
        if event.subject_id == "odd":
            raise LookupError(event.type)
        return plain(event, told)

    deliver(sessions, clock, dress=dress)
    assert sorted(states(db)) == [("a", 1, "succeeded", 1), ("odd", 1, "retrying", 1)]
    assert sorted(str(row.error) for row in attempts(db)) == ["None", "not_dressed"]
    assert endpoint_of(db, endpoint).failures == 0


def test_int_2_without_a_valid_key_nothing_is_sent(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url, scheme=Scheme.HMAC_HEADER, credentials={})
    happen(db, "a")
    deliver(sessions, clock)
    assert receiver.got == []
    assert [row.error for row in attempts(db)] == ["not_signed"]


def test_int_2_names_that_lead_inward_are_refused_at_connect(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    answers = iter(["127.0.0.1"] * 9)

    async def resolve(host: str, port: int) -> list[str]:
        assert (host, port) == ("hooks.example", receiver.port)
        return [next(answers)]

    url = f"http://hooks.example:{receiver.port}/hook"
    make_endpoint(db, url, allow_cidrs=["10.0.0.0/8"])
    happen(db, "a")
    deliver(sessions, clock, resolve=resolve)
    assert (receiver.got, [row.error for row in attempts(db)]) == ([], ["refused_address"])
    make_endpoint(db, url)
    happen(db, "b")
    deliver(sessions, clock, resolve=resolve)
    assert {got.subject for got in receiver.got} == {"b"}
    assert receiver.got[0].headers["host"] == f"hooks.example:{receiver.port}"


def test_int_2_of_an_answer_only_the_beginning_is_kept_as_text(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url)
    happen(db, "a", "b")
    receiver.behaves = lambda got: Say(
        500, body=b"x" * 100_000 if got.subject == "a" else b"\x00\xff" + "好".encode()
    )
    deliver(sessions, clock)
    assert sorted(str(row.excerpt) for row in attempts(db)) == ["x" * 2048, "��好"]


def test_part_8_what_was_answered_is_sealed_in_the_table(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url)
    happen(db, "a")
    receiver.behaves = lambda _: Say(422, body=b"reporter 13800138000 unknown")
    deliver(sessions, clock)
    assert [row.excerpt for row in attempts(db)] == ["reporter 13800138000 unknown"]
    [kept] = db.scalars(text("select excerpt from webhook_attempt"))
    assert "13800138000" not in kept
