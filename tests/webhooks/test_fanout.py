"""INT-1, INT-2: from an act to its deliveries, in the transaction of the act."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.db.models import OutboxEvent, WebhookDelivery, WebhookEndpoint, WebhookEvent
from app.kit.ids import uuid7
from app.outbox.catalogue import TYPES
from app.outbox.emit import Happened, emit, emit_all
from app.rules.delivery import DeliveryState, EndpointState
from app.rules.telling import Selection, is_told
from tests.webhooks.told import GRID, NOW, act, events, opened, told_to

Sessions = sessionmaker[Session]


@pytest.fixture
def sessions(api: FastAPI) -> Sessions:
    """Transactions that commit."""
    found: Sessions = api.state.sessions
    return found


def test_numbers_rise_in_the_order_of_commits_under_two_transactions(sessions: Sessions) -> None:
    subject, turns, both = uuid7(NOW), 15, Barrier(2)
    seen: list[list[int]] = []

    def tell_on() -> None:
        both.wait()
        for _ in range(turns):
            with sessions.begin() as db:
                act(db, subject)
                act(db, subject, act="take_up")
                # Inside the transaction nothing that is still to commit has a lower number.
                seen.append([event.number for event in events(db, subject)])

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(tell_on), pool.submit(tell_on)]:
            done.result()
    with sessions() as db:
        assert [event.number for event in events(db, subject)] == list(range(1, 4 * turns + 1))
    assert len(seen) == 2 * turns
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in seen)


def test_what_is_rolled_back_tells_nothing_and_leaves_no_gap(sessions: Sessions) -> None:
    with sessions.begin() as db:
        endpoint = opened(db).id
        subject = act(db)
    with sessions() as db:
        act(db, subject)
        assert len(events(db, subject)) == 2
        db.rollback()
    with sessions.begin() as db:
        act(db, subject)
        assert [event.number for event in events(db, subject)] == [1, 2]
        assert len(told_to(db, db.get_one(WebhookEndpoint, endpoint))) == 2


@pytest.mark.parametrize("state", list(EndpointState))
def test_int_1_paused_endpoints_are_told_disabled_and_retired_ones_are_not(
    db: Session, state: EndpointState
) -> None:
    endpoint = opened(db, state)
    act(db)
    told = state in {EndpointState.ACTIVE, EndpointState.PAUSED}
    assert len(told_to(db, endpoint)) == int(told)


def test_a_delivery_is_due_at_once_and_waits_in_its_subjects_line(db: Session) -> None:
    endpoint = opened(db)
    subject = act(db)
    [event] = events(db, subject)
    [delivery] = db.scalars(select(WebhookDelivery))
    assert (delivery.event_id, delivery.endpoint_id) == (event.id, endpoint.id)
    assert (delivery.subject_id, delivery.number) == (str(subject), 1)
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 0)
    assert delivery.next_at < NOW


def test_what_is_no_type_of_the_catalogue_is_recorded_and_not_told(db: Session) -> None:
    opened(db)
    before = db.scalar(select(func.count()).select_from(OutboxEvent))
    emit(db, "record.revealed", by=None, unit_code=GRID, subject=("record", uuid7(NOW)), fields=[])
    assert db.scalar(select(func.count()).select_from(OutboxEvent)) == (before or 0) + 1
    assert db.scalar(select(func.count()).select_from(WebhookEvent)) == 0


def test_many_at_once_are_told_in_their_order(db: Session) -> None:
    endpoint = opened(db)
    one, other = sorted([uuid7(NOW), uuid7(NOW)])
    subjects = [one, other, one, one, other]
    emit_all(
        db,
        [
            Happened("incident.acted", GRID, ("incident", key), None, {"number": place})
            for place, key in enumerate(subjects)
        ],
    )
    numbers = [event.number for key in (one, other) for event in events(db, key)]
    assert numbers == [1, 2, 3, 1, 2]
    assert [event.data["act_number"] for event in events(db, one)] == [0, 2, 3]
    assert len(told_to(db, endpoint)) == len(subjects)


UNITS = ["510185", "510185001", "510185001001", "510185001001001", "510185002", "510185002001"]
NAMES = sorted(TYPES)
selections = st.lists(
    st.builds(
        Selection,
        state=st.sampled_from(EndpointState),
        unit_code=st.sampled_from(UNITS),
        event_types=st.lists(st.sampled_from(NAMES), max_size=3, unique=True),
    ),
    min_size=1,
    max_size=6,
)
happenings = st.lists(
    st.tuples(
        st.sampled_from(NAMES), st.sampled_from([*UNITS, "510185001001002", "510185002001001"])
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture],
          deadline=None)  # fmt: skip
@given(selections, happenings)
def test_int_1_who_is_told_is_what_the_rule_says(
    db: Session, chosen: Sequence[Selection], happened: Sequence[tuple[str, str]]
) -> None:
    with db.begin_nested() as undone:
        endpoints = [
            opened(
                db,
                selection.state,
                unit_code=selection.unit_code,
                event_types=[name for name in selection.event_types if name != "webhook.test"],
            )
            for selection in chosen
        ]
        for endpoint, selection in zip(endpoints, chosen, strict=True):
            endpoint.event_types = list(selection.event_types)
        keys = [uuid7(NOW) for _ in happened]
        emit_all(
            db,
            [
                Happened(name, unit, (TYPES[name].subject, key))
                for key, (name, unit) in zip(keys, happened, strict=True)
            ],
        )
        for endpoint, selection in zip(endpoints, chosen, strict=True):
            wanted = [
                event.id
                for key, (name, unit) in zip(keys, happened, strict=True)
                for event in events(db, key)
                if is_told(selection, name, unit)
            ]
            assert sorted(told_to(db, endpoint)) == sorted(wanted)
        undone.rollback()
