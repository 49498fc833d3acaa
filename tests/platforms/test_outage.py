"""INT-2: a platform is gone for two days, and in the end nobody knows.

Events are reported, handled, handed on and closed, cards fall, the platforms answer out of order,
twice, badly signed or not at all, while one of them is gone. It comes back, forgets to answer at
first, and has lost an event. When all is quiet both have what we have, and we what they said.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.deps import moment
from app.db.engine import Sessions
from app.db.models import (
    InboundMessage,
    IncidentCase,
    PlatformView,
    WebhookAttempt,
    WebhookDelivery,
)
from app.platforms.adapters import ADAPTERS
from app.platforms.dressing import dress
from app.rules.delivery import DeliveryState, InboundState
from app.rules.exchange import MessageKind
from app.rules.tasks import Platform
from app.webhooks.delivering import opened
from tests.city import City
from tests.platforms.meeting import meet
from tests.platforms.standing_in import Running, answering, standing_in
from tests.platforms.two_days import STEP, Clock, World

BEGINS = datetime(2026, 3, 18, 0, 0, tzinfo=UTC)
TWO_DAYS = timedelta(days=2)
QUIET_WITHIN = 48
"""Steps: two more days."""
OTHER = {Platform.CHENGDU: Platform.SICHUAN, Platform.SICHUAN: Platform.CHENGDU}


@pytest.fixture
def world(api: FastAPI, db: Session, city: City) -> Iterator[World]:
    clock = Clock(BEGINS)
    api.dependency_overrides[moment] = clock
    with ExitStack() as running:
        ours = running.enter_context(answering(api))
        platforms = {
            platform: running.enter_context(
                standing_in(platform, clock, f"{ours}/v1/platforms/{platform.value}/webhooks")
            )
            for platform in Platform
        }
        endpoints = {
            platform: meet(db, each, BEGINS - timedelta(days=30))
            for platform, each in platforms.items()
        }
        sessions: Sessions = api.state.sessions
        made = World(
            db=db,
            sessions=sessions,
            city=city,
            clock=clock,
            platforms=platforms,
            endpoints=endpoints,
            post=running.enter_context(opened(sessions, clock, dress)),
            loop=running.enter_context(asyncio.Runner()),
            chance=random.Random(0),
        )
        made.prepare()
        try:
            yield made
        finally:
            # The service closes its connections as it ends: none may be lent then.
            db.close()


@pytest.mark.parametrize("away", list(Platform), ids=str)
def test_int_2_two_days_without_one_platform_leave_no_trace(world: World, away: Platform) -> None:
    world.chance.seed(f"without {away}")
    other = OTHER[away]
    for _ in range(4):
        world.live()
    world.platforms[away].control(behaviour="gone")
    ends = world.clock.now + TWO_DAYS
    while world.clock.now < ends:
        world.live(away=[away])
        assert world.waiting(other) == 0
    assert world.waiting(away) > 50
    world.platforms[away].control(behaviour="forgetful", path="/deliveries", times=5)
    until_quiet(world)
    lose_something(world.platforms[away])
    found = world.reconcile()
    assert {row.error for row in found} == {None}
    assert sum(row.taken_in for row in found if row.platform is away) > 0
    assert sum(row.sent_again for row in found) > 0
    until_quiet(world)
    assert [row.differences for row in world.reconcile() if row.differences] == []
    for running in world.platforms.values():
        check_their_view(world, running)
        check_what_they_said(world, running)
    check_never_delayed(world, other)
    assert world.platforms[away].state()["flaws"]["duplicate"] >= 1


def until_quiet(world: World) -> None:
    """Until nothing waits for either."""
    for _ in range(QUIET_WITHIN):
        world.settle()
        if not any(world.waiting(platform) for platform in Platform):
            return
        world.clock.now += STEP
    raise AssertionError("still waiting")


def lose_something(running: Running) -> None:
    """It forgets one event, and the end of another."""
    subjects = [held for held in running.state()["held"] if held["kind"] == "incident"]
    running.lose(subjects[0]["id"])
    last = max(subjects[1:], key=lambda held: held["number"])
    running.lose(last["id"], above=last["number"] - 1)


def check_their_view(world: World, running: Running) -> None:
    """Of each event the last number and the state, nothing out of order, one key for a number."""
    told = {
        (row.subject_kind, row.subject_id): row.number
        for row in world.db.scalars(select(WebhookDelivery).order_by(WebhookDelivery.number))
        if row.endpoint_id == world.endpoints[running.standin.agreement.platform]
    }
    held = {(each["kind"], each["id"]): each for each in running.state()["held"]}
    assert {subject: each["number"] for subject, each in held.items()} == told
    words = ADAPTERS[running.standin.agreement.platform].tables
    cases = world.db.scalars(select(IncidentCase)).all()
    assert len(cases) >= 10
    ours = {str(case.incident_id): words.word_for("state", case.state.value) for case in cases}
    theirs = {key: each["state"] for (kind, key), each in held.items() if kind == "incident"}
    assert theirs == ours
    assert set(running.state()["flaws"]) <= {"duplicate"}
    keys = defaultdict(set)
    for arrival in running.standin.ledger.arrivals:
        keys[arrival.told.subject, arrival.told.number].add(arrival.message_id)
    assert {len(each) for each in keys.values()} == {1}


def check_what_they_said(world: World, running: Running) -> None:
    """Each message of theirs was taken in once, or found to be stale; the last word stands."""
    platform = running.standin.agreement.platform
    rows = world.db.scalars(select(InboundMessage).where(InboundMessage.platform == platform)).all()
    assert sorted(row.message_id for row in rows) == sorted(
        sent.message_id for sent in running.standin.sent
    )
    assert {row.state for row in rows} <= {InboundState.DONE, InboundState.STALE}
    assert {sent.kind for sent in running.standin.sent} == set(MessageKind)
    last = {
        sent.subject: sent.message_id
        for sent in sorted(running.standin.sent, key=lambda sent: sent.number)
        if sent.kind is MessageKind.STATUS
    }
    views = world.db.scalars(select(PlatformView).where(PlatformView.platform == platform))
    assert {f"incident:{view.incident_id}": view.message_id for view in views} == last


def check_never_delayed(world: World, platform: Platform) -> None:
    """Each delivery succeeded with its first attempt, at the time at which it was due."""
    deliveries = world.db.scalars(
        select(WebhookDelivery).where(WebhookDelivery.endpoint_id == world.endpoints[platform])
    ).all()
    keys = [row.id for row in deliveries]
    attempts = world.db.scalars(
        select(WebhookAttempt).where(WebhookAttempt.delivery_id.in_(keys))
    ).all()
    assert {row.state for row in deliveries} == {DeliveryState.SUCCEEDED}
    assert {row.status for row in attempts} == {200}
    assert len(attempts) == len(deliveries)
