"""INT-2: heads of their subjects only, each by one worker at a time, and nobody's for long."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from app.rules.delivery import Answer, AttemptError, DeliveryState, EndpointState
from app.rules.telling import EndpointAct
from app.webhooks.claiming import LEASE, Claimed, claim, endpoints_waited_for, hold
from app.webhooks.endpoints import act_on_endpoint
from app.webhooks.recording import Sent, record
from tests.webhooks.facts import (
    NOON,
    Clock,
    administrator,
    endpoint_of,
    happen,
    make_endpoint,
    states,
)

URL = "https://x.example/"
SECOND = timedelta(seconds=1)
SERVER_ERROR = Answer(500, AttemptError.STATUS)


def take(sessions: Sessions, endpoint: UUID, now: Clock, want: int = 100) -> list[Claimed]:
    """Claim, in a transaction of its own."""
    with sessions.begin() as session:
        held = hold(session, endpoint)
        assert held is not None
        return claim(session, held, want, now())


def ended(
    sessions: Sessions, endpoint: UUID, now: Clock, *claims: Claimed, answer: Answer | None
) -> None:
    """Record how claimed deliveries ended."""
    with sessions.begin() as session:
        held = hold(session, endpoint)
        assert held is not None
        record(session, held, [Sent(each, answer, now()) for each in claims], now(), lambda: 0.0)


def named(claims: list[Claimed]) -> list[tuple[str, int]]:
    return [(each.event.subject_id, each.event.number) for each in claims]


def waited_for(sessions: Sessions, now: Clock) -> bool:
    with sessions() as session:
        return bool(endpoints_waited_for(session, now()))


def test_int_2_only_the_head_of_a_subject(sessions: Sessions, db: Session, clock: Clock) -> None:
    endpoint = make_endpoint(db, URL)
    happen(db, "a", "a", "b", "a")
    first = take(sessions, endpoint, clock)
    assert named(first) == [("a", 1), ("b", 1)]
    assert take(sessions, endpoint, clock) == []
    ended(sessions, endpoint, clock, first[0], answer=Answer(200))
    assert named(take(sessions, endpoint, clock)) == [("a", 2)]


def test_int_2_no_more_than_wanted_the_oldest_first(
    sessions: Sessions, db: Session, clock: Clock
) -> None:
    endpoint = make_endpoint(db, URL)
    happen(db, "c")
    happen(db, "a", "b")
    assert named(take(sessions, endpoint, clock, 2)) == [("c", 1), ("a", 1)]
    assert take(sessions, endpoint, clock, 0) == []


def test_int_2_a_head_that_waits_for_its_retry_holds_back_its_followers(
    sessions: Sessions, db: Session, clock: Clock
) -> None:
    endpoint = make_endpoint(db, URL)
    happen(db, "a", "a")
    [first] = take(sessions, endpoint, clock)
    ended(sessions, endpoint, clock, first, answer=SERVER_ERROR)
    clock.pass_(seconds=4.999)
    assert take(sessions, endpoint, clock) == []
    clock.pass_(seconds=0.001)
    assert named(take(sessions, endpoint, clock)) == [("a", 1)]


def test_int_2_another_endpoint_s_wait_holds_back_nobody(
    sessions: Sessions, db: Session, clock: Clock
) -> None:
    one, other = make_endpoint(db, URL), make_endpoint(db, URL)
    happen(db, "a", "a")
    [first] = take(sessions, one, clock)
    ended(sessions, one, clock, first, answer=SERVER_ERROR)
    [theirs] = take(sessions, other, clock)
    ended(sessions, other, clock, theirs, answer=Answer(204))
    assert named(take(sessions, other, clock)) == [("a", 2)]


def test_int_2_what_a_killed_worker_held_is_taken_when_its_lease_has_run_out(
    sessions: Sessions, db: Session, clock: Clock
) -> None:
    endpoint = make_endpoint(db, URL)
    happen(db, "a")
    [lost] = take(sessions, endpoint, clock)
    clock.now = NOON + LEASE - SECOND
    assert (take(sessions, endpoint, clock), waited_for(sessions, clock)) == ([], False)
    clock.now = NOON + LEASE
    assert waited_for(sessions, clock)
    [again] = take(sessions, endpoint, clock)
    assert again.event.id == lost.event.id
    ended(sessions, endpoint, clock, lost, answer=Answer(200))
    assert states(db) == [("a", 1, "delivering", 0)]
    ended(sessions, endpoint, clock, again, answer=SERVER_ERROR)
    assert states(db) == [("a", 1, "retrying", 1)]
    assert len(db.scalars(select(WebhookAttempt)).all()) == 2


@pytest.mark.parametrize(
    ("ahead", "taken"),
    [(timedelta(minutes=5), False), (timedelta(minutes=5, seconds=1), True)],
    ids=["clocks differ", "the clock was wrong"],
)
def test_int_2_a_lease_of_a_clock_that_was_set_back_binds_nobody(
    sessions: Sessions, db: Session, clock: Clock, ahead: timedelta, *, taken: bool
) -> None:
    endpoint = make_endpoint(db, URL)
    happen(db, "a")
    clock.now = NOON + ahead
    take(sessions, endpoint, clock)
    clock.now = NOON
    assert waited_for(sessions, clock) is taken
    assert bool(take(sessions, endpoint, clock)) is taken


def test_int_2_a_rest_of_a_clock_that_was_set_back_binds_nobody(
    sessions: Sessions, db: Session, clock: Clock
) -> None:
    endpoint = make_endpoint(db, URL)
    happen(db, "a")
    rest(db, endpoint, clock, hours=1, minutes=5)
    assert (take(sessions, endpoint, clock), waited_for(sessions, clock)) == ([], False)
    rest(db, endpoint, clock, hours=1, minutes=5, seconds=1)
    assert waited_for(sessions, clock)
    assert len(take(sessions, endpoint, clock)) == 1


def test_int_2_what_was_not_begun_waits_as_it_did(
    sessions: Sessions, db: Session, clock: Clock
) -> None:
    endpoint = make_endpoint(db, URL)
    happen(db, "a")
    ended(sessions, endpoint, clock, *take(sessions, endpoint, clock), answer=None)
    assert states(db) == [("a", 1, "pending", 0)]
    ended(sessions, endpoint, clock, *take(sessions, endpoint, clock), answer=SERVER_ERROR)
    clock.pass_(seconds=5)
    ended(sessions, endpoint, clock, *take(sessions, endpoint, clock), answer=None)
    assert states(db) == [("a", 1, "retrying", 1)]
    assert named(take(sessions, endpoint, clock)) == [("a", 1)]


@pytest.mark.parametrize(
    "state", [state for state in EndpointState if state is not EndpointState.ACTIVE]
)
def test_int_2_nothing_is_sent_to_an_endpoint_that_is_not_active(
    sessions: Sessions, db: Session, clock: Clock, state: EndpointState
) -> None:
    endpoint = make_endpoint(db, URL)
    happen(db, "a")
    endpoint_of(db, endpoint).state = state
    db.commit()
    assert (take(sessions, endpoint, clock), waited_for(sessions, clock)) == ([], False)


def test_int_2_what_fails_under_way_to_a_retired_endpoint_is_given_up(
    sessions: Sessions, db: Session, clock: Clock
) -> None:
    endpoint = make_endpoint(db, URL)
    happen(db, "a", "b")
    first, second = take(sessions, endpoint, clock)
    endpoint_of(db, endpoint).state = EndpointState.RETIRED
    db.commit()
    ended(sessions, endpoint, clock, first, answer=SERVER_ERROR)
    ended(sessions, endpoint, clock, second, answer=Answer(200))
    assert states(db) == [("a", 1, "dead", 1), ("b", 1, "succeeded", 1)]


def test_int_2_what_a_killed_worker_held_for_a_retired_endpoint_is_given_up(
    sessions: Sessions, db: Session, clock: Clock
) -> None:
    endpoint = make_endpoint(db, URL)
    happen(db, "a")
    take(sessions, endpoint, clock)
    clock.pass_(seconds=LEASE.total_seconds())
    happen(db, "b")
    act_on_endpoint(db, administrator(db), endpoint, EndpointAct.RETIRE, clock())
    db.commit()
    assert states(db) == [("a", 1, "dead", 0), ("b", 1, "dead", 0)]


def rest(db: Session, endpoint: UUID, clock: Clock, **span: float) -> None:
    """It rests for so long from now on."""
    endpoint_of(db, endpoint).rests_until = clock() + timedelta(**span)
    db.commit()


def test_int_2_while_it_rests_nothing_is_tried_and_then_one(
    sessions: Sessions, db: Session, clock: Clock
) -> None:
    endpoint = make_endpoint(db, URL)
    happen(db, "a", "b")
    rest(db, endpoint, clock, seconds=30)
    clock.pass_(seconds=29.999)
    assert (take(sessions, endpoint, clock), waited_for(sessions, clock)) == ([], False)
    clock.pass_(seconds=0.001)
    assert waited_for(sessions, clock)
    [probe] = take(sessions, endpoint, clock)
    assert (named([probe]), probe.probe, probe.counts) == ([("a", 1)], True, True)
    assert take(sessions, endpoint, clock) == []
    clock.pass_(seconds=LEASE.total_seconds())
    assert len(take(sessions, endpoint, clock)) == 1, "the one who tried was killed"


def test_int_2_a_probe_that_is_not_due_uses_up_no_attempt(
    sessions: Sessions, db: Session, clock: Clock
) -> None:
    endpoint = make_endpoint(db, URL)
    happen(db, "a", "b")
    ended(sessions, endpoint, clock, *take(sessions, endpoint, clock), answer=SERVER_ERROR)
    rest(db, endpoint, clock, seconds=1)
    clock.pass_(seconds=1)
    [probe] = take(sessions, endpoint, clock)
    assert not probe.counts
    ended(sessions, endpoint, clock, probe, answer=SERVER_ERROR)
    assert states(db) == [("a", 1, "retrying", 1), ("b", 1, "retrying", 1)]
    assert (endpoint_of(db, endpoint).rests_until or NOON) > clock()


def test_int_2_a_probe_that_succeeds_lets_all_that_waits_go_at_once(
    sessions: Sessions, db: Session, clock: Clock
) -> None:
    endpoint = make_endpoint(db, URL)
    happen(db, "a", "b", "c")
    ended(sessions, endpoint, clock, *take(sessions, endpoint, clock), answer=SERVER_ERROR)
    rest(db, endpoint, clock, seconds=1)
    clock.pass_(seconds=1)
    ended(sessions, endpoint, clock, *take(sessions, endpoint, clock), answer=Answer(200))
    assert named(take(sessions, endpoint, clock)) == [("b", 1), ("c", 1)]
    found = endpoint_of(db, endpoint)
    assert (found.failures, found.failing_since, found.rests_until) == (0, None, None)


def test_int_2_what_was_under_way_does_not_draw_a_rest_out(
    sessions: Sessions, db: Session, clock: Clock
) -> None:
    endpoint = make_endpoint(db, URL)
    happen(db, *(f"s{number}" for number in range(8)))
    ended(sessions, endpoint, clock, *take(sessions, endpoint, clock), answer=SERVER_ERROR)
    found = endpoint_of(db, endpoint)
    assert (found.failures, found.rests_until) == (5, NOON + timedelta(seconds=30))
    clock.pass_(seconds=30)
    ended(sessions, endpoint, clock, *take(sessions, endpoint, clock), answer=SERVER_ERROR)
    found = endpoint_of(db, endpoint)
    assert (found.failures, found.rests_until) == (6, clock() + timedelta(seconds=60))


def test_int_2_a_refused_message_says_nothing_against_its_endpoint(
    sessions: Sessions, db: Session, clock: Clock
) -> None:
    endpoint = make_endpoint(db, URL)
    happen(db, *(f"s{number}" for number in range(8)))
    unfit = Answer(422, AttemptError.STATUS)
    ended(sessions, endpoint, clock, *take(sessions, endpoint, clock), answer=unfit)
    found = endpoint_of(db, endpoint)
    assert (found.failures, found.rests_until, found.failing_since) == (0, None, NOON)


acts = st.lists(
    st.one_of(
        st.tuples(st.just("happen"), st.sampled_from("abc")),
        st.tuples(st.just("claim"), st.integers(1, 3)),
        st.tuples(st.just("end"), st.sampled_from([200, 500, None])),
        st.tuples(st.just("wait"), st.sampled_from([1, 5, 61, 400])),
    ),
    max_size=40,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts)
def test_int_2_in_whatever_way_it_goes_a_subject_s_order_is_kept(
    sessions: Sessions, db: Session, walked: list[tuple[str, str | int | None]]
) -> None:
    now, endpoint = Clock(), make_endpoint(db, URL)
    held: list[Claimed] = []
    told: dict[str, list[int]] = {}
    for act, what in walked:
        if act == "happen":
            happen(db, f"{what} of {endpoint}")
        elif act == "claim":
            held += take(sessions, endpoint, now, int(what or 0))
        elif act == "wait":
            now.pass_(seconds=float(what or 0))
        elif held:
            each = held.pop(0)
            answer = None if what is None else Answer(int(what), _error(int(what)))
            if what == 200 and each.event.number not in told.get(each.event.subject_id, []):
                told.setdefault(each.event.subject_id, []).append(each.event.number)
            ended(sessions, endpoint, now, each, answer=answer)
    assert all(numbers == sorted(numbers) for numbers in told.values())
    _nothing_is_lost(db, endpoint, told)


def _error(status: int) -> AttemptError | None:
    return None if status == 200 else AttemptError.STATUS


def _nothing_is_lost(db: Session, endpoint: UUID, told: dict[str, list[int]]) -> None:
    db.rollback()
    rows = db.scalars(select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint)).all()
    for row in rows:
        if row.state is DeliveryState.SUCCEEDED:
            assert row.number in told[row.subject_id]
        else:
            assert row.state in {
                DeliveryState.PENDING,
                DeliveryState.DELIVERING,
                DeliveryState.RETRYING,
            }
    db.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint)
        .values(state=EndpointState.RETIRED)
    )
    db.commit()
