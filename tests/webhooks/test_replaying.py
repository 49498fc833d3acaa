"""INT-2: what was told, or never was, can be told again; and what is past its term is forgotten."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import WebhookAttempt, WebhookDelivery, WebhookEvent
from app.kit.errors import NotFound
from app.outbox.fanout import Told, tell_one
from app.people.principal import Principal
from app.rules.delivery import (
    DEAD_KEPT,
    RETRY_DELAYS_S,
    SUCCEEDED_KEPT,
    AttemptTrigger,
    DeliveryState,
    EndpointState,
)
from app.webhooks.delivery_refusals import ReplayTooFarBack
from app.webhooks.delivery_schemas import ReplayIn, ReplayOut
from app.webhooks.refusals import EndpointNotInState
from app.webhooks.replaying import replay_one, replay_span
from app.webhooks.retention import Forgotten, forget
from tests.webhooks.facts import (
    NOON,
    Clock,
    administrator,
    attempts,
    deliver,
    endpoint_of,
    happen,
    make_endpoint,
    states,
)
from tests.webhooks.receiver import OK, Receiver, Say

HOUR = timedelta(hours=1)


@pytest.fixture
def asker(db: Session) -> Principal:
    return administrator(db)


def ids(db: Session) -> list[int]:
    """The keys of all deliveries."""
    db.rollback()
    return list(db.scalars(select(WebhookDelivery.id).order_by(WebhookDelivery.id)))


def again(db: Session, asker: Principal, key: int) -> WebhookDelivery:
    """Replay one; committed."""
    found = replay_one(db, asker, key)
    db.commit()
    return found


def span(db: Session, asker: Principal, endpoint: UUID, now: Clock, **said: Any) -> ReplayOut:
    """Replay the last hour, unless said otherwise; committed."""
    body = ReplayIn.model_validate({"since": NOON - HOUR, **said})
    found = replay_span(db, asker, endpoint, body, now())
    db.commit()
    return found


def set_state(db: Session, endpoint: UUID, state: EndpointState) -> None:
    endpoint_of(db, endpoint).state = state
    db.commit()


def give_up(sessions: Sessions, db: Session, clock: Clock, receiver: Receiver) -> None:
    """All attempts fail."""
    receiver.behaves = lambda _: Say(422)
    for delay in RETRY_DELAYS_S.on(clock.now.date()):
        clock.pass_(seconds=delay)
        assert deliver(sessions, clock) == 1
    assert {state for _, _, state, _ in states(db)} == {"dead"}
    receiver.behaves = lambda _: OK


def test_int_2_one_is_told_again_under_the_same_key(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver, asker: Principal
) -> None:
    make_endpoint(db, receiver.url)
    [key] = happen(db, "a")
    deliver(sessions, clock)
    found = again(db, asker, *ids(db))
    assert (found.state, found.trigger) == (DeliveryState.PENDING, AttemptTrigger.MANUAL)
    deliver(sessions, clock)
    assert [got.message_id for got in receiver.accepted] == [str(key)] * 2
    assert [row.trigger for row in attempts(db)] == [AttemptTrigger.AUTO, AttemptTrigger.MANUAL]


def test_int_2_a_dead_letter_climbs_the_whole_ladder_again(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver, asker: Principal
) -> None:
    make_endpoint(db, receiver.url)
    happen(db, "a")
    give_up(sessions, db, clock, receiver)
    again(db, asker, *ids(db))
    receiver.behaves = lambda _: Say(422)
    deliver(sessions, clock)
    assert states(db) == [("a", 1, "retrying", 1)]


def test_int_2_what_waits_goes_at_once_and_keeps_its_place_on_the_ladder(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver, asker: Principal
) -> None:
    make_endpoint(db, receiver.url)
    happen(db, "a")
    receiver.behaves = lambda _: Say(422)
    deliver(sessions, clock)
    assert deliver(sessions, clock) == 0
    again(db, asker, *ids(db))
    assert deliver(sessions, clock) == 1
    assert states(db) == [("a", 1, "retrying", 2)]


def test_int_2_what_a_disabled_endpoint_missed_is_told_in_order(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver, asker: Principal
) -> None:
    endpoint = make_endpoint(db, receiver.url)
    happen(db, "a")
    deliver(sessions, clock)
    set_state(db, endpoint, EndpointState.DISABLED)
    happen(db, "a", "b", "a")
    set_state(db, endpoint, EndpointState.ACTIVE)
    happen(db, "a")
    found = span(db, asker, endpoint, clock)
    assert (found.never_told, found.told_again, found.next_cursor) == (3, 0, None)
    deliver(sessions, clock)
    assert receiver.order() == {"a": [1, 2, 3, 4], "b": [1]}
    assert span(db, asker, endpoint, clock).never_told == 0


def test_int_2_dead_letters_of_a_span_are_told_again_and_successes_if_asked(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver, asker: Principal
) -> None:
    endpoint = make_endpoint(db, receiver.url)
    happen(db, "dead")
    give_up(sessions, db, clock, receiver)
    happen(db, "told")
    deliver(sessions, clock)
    found = span(db, asker, endpoint, clock)
    assert (found.never_told, found.told_again) == (0, 1)
    deliver(sessions, clock)
    assert attempts(db)[-1].trigger is AttemptTrigger.RECOVER
    assert span(db, asker, endpoint, clock, succeeded=True).told_again == 2


def test_int_2_only_what_the_endpoint_asks_for_and_only_within_the_span(
    db: Session, clock: Clock, asker: Principal
) -> None:
    happen(db, "early", at=NOON - HOUR - timedelta(seconds=1))
    happen(db, "first", at=NOON - HOUR)
    happen(db, "last", at=NOON)
    happen(db, "late", at=NOON + timedelta(seconds=1))
    happen(db, "other type", type="incident.card_drawn")
    happen(db, "elsewhere", unit_code="510185002001001")
    endpoint = make_endpoint(
        db, "https://x.example/", unit_code="510185001", event_types=["incident.acted"]
    )
    other = make_endpoint(db, "https://y.example/", state=EndpointState.PAUSED)
    tell_one(
        db,
        Told("webhook.test", ("webhook_endpoint", str(other)), "510185001", NOON, {}),
        other,
    )
    db.commit()
    clock.pass_(hours=1)
    assert span(db, asker, endpoint, clock, until=NOON).never_told == 2
    assert {subject for subject, *_ in states(db)} == {"first", "last", str(other)}
    assert span(db, asker, endpoint, clock).never_told == 1


def test_int_2_a_long_span_goes_on_where_the_answer_ended(
    db: Session, clock: Clock, asker: Principal
) -> None:
    happen(db, *(f"s{number}" for number in range(5)))
    endpoint = make_endpoint(db, "https://x.example/")
    cursor, begun = None, []
    for _ in range(3):
        found = span(db, asker, endpoint, clock, limit=2, cursor=cursor)
        cursor = found.next_cursor
        begun.append((found.never_told, cursor is None))
    assert begun == [(2, False), (2, False), (1, True)]
    assert len(states(db)) == 5


@pytest.mark.parametrize(("more", "refused"), [(timedelta(0), False), (timedelta(seconds=1), True)])
def test_int_2_no_further_back_than_successes_are_on_record(
    db: Session, clock: Clock, asker: Principal, more: timedelta, *, refused: bool
) -> None:
    endpoint = make_endpoint(db, "https://x.example/")
    start = NOON - SUCCEEDED_KEPT - more
    if refused:
        with pytest.raises(ReplayTooFarBack) as found:
            span(db, asker, endpoint, clock, since=start)
        assert found.value.facts == {"earliest": (NOON - SUCCEEDED_KEPT).isoformat()}
    else:
        assert span(db, asker, endpoint, clock, since=start).never_told == 0


def test_int_2_nothing_is_replayed_to_a_retired_or_unknown_endpoint(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver, asker: Principal
) -> None:
    endpoint = make_endpoint(db, receiver.url)
    happen(db, "a")
    deliver(sessions, clock)
    set_state(db, endpoint, EndpointState.RETIRED)
    with pytest.raises(EndpointNotInState):
        again(db, asker, *ids(db))
    db.rollback()
    with pytest.raises(EndpointNotInState):
        span(db, asker, endpoint, clock)
    db.rollback()
    with pytest.raises(NotFound):
        span(db, asker, UUID(int=1), clock)
    with pytest.raises(NotFound):
        again(db, asker, 10**9)


def left(db: Session) -> tuple[int, ...]:
    """Events, deliveries and attempts."""
    db.rollback()
    tables = (WebhookEvent, WebhookDelivery, WebhookAttempt)
    return tuple(db.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


SECOND = timedelta(seconds=1)


def test_int_2_what_was_delivered_is_forgotten_after_30_days(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url)
    happen(db, "a", "b", "c")
    deliver(sessions, clock)
    assert forget(sessions, NOON + SUCCEEDED_KEPT) == Forgotten(0, 0)
    assert forget(sessions, NOON + SUCCEEDED_KEPT + SECOND, batch=2) == Forgotten(3, 0)
    assert left(db) == (3, 0, 0)
    assert forget(sessions, NOON + DEAD_KEPT, batch=2) == Forgotten(0, 0)
    assert forget(sessions, NOON + DEAD_KEPT + SECOND, batch=2) == Forgotten(0, 3)


def test_int_2_dead_letters_and_what_was_never_told_are_kept_180_days(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url)
    happen(db, "a")
    give_up(sessions, db, clock, receiver)
    died = db.scalars(select(WebhookDelivery.finished_at)).one()
    assert died is not None
    assert forget(sessions, died + DEAD_KEPT) == Forgotten(0, 0)
    assert left(db) == (1, 1, 10)
    assert forget(sessions, died + DEAD_KEPT + SECOND) == Forgotten(1, 1)
    assert left(db) == (0, 0, 0)


def test_int_2_what_waits_is_never_forgotten_unless_nobody_is_there(
    sessions: Sessions, db: Session
) -> None:
    endpoint = make_endpoint(db, "https://x.example/", state=EndpointState.PAUSED)
    happen(db, "a")
    assert forget(sessions, NOON + timedelta(days=3650)) == Forgotten(0, 0)
    endpoint_of(db, endpoint).retired_at = NOON
    db.commit()
    assert forget(sessions, NOON + DEAD_KEPT + SECOND) == Forgotten(1, 1)
