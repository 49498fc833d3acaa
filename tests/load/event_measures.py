"""Sweeps and inboxes beside a year of events, and deliveries to a receiver on this machine."""

import os
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle
from statistics import median
from uuid import UUID, uuid4

import httpx
import psycopg
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from app.db import schema
from app.db.engine import Sessions, make_engine, make_sessions
from app.db.models import Account, Unit, WebhookEndpoint, WebhookEvent, WebhookSecret
from app.incidents.sweeping import sweep
from app.kit import clock
from app.outbox.fanout import Told, tell
from app.rules.delivery import EndpointState, Scheme, SecretUse
from app.rules.divisions import UnitTier
from app.settings import ROOT, Settings
from tests.load import event_year
from tests.load.city import token
from tests.load.generator import closed_loop, request
from tests.load.race import EMPTY
from tests.load.receiver import Received, receiving
from tests.load.servers import OURS, serving

CITY = "510185"
DELIVERIES_A_SUBJECT = 6
TRICKLE_S = 0.02
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PATIENCE_S = 180


@dataclass(frozen=True)
class EventTimings:
    """Of sweeps and inboxes."""

    events: int
    open: int
    idle_ms: float
    cards: int
    cards_per_second: float
    station_ms: float
    centre_ms: float
    empty_ms: float


@dataclass(frozen=True)
class DeliveryTimings:
    """Of two worker processes and a receiver here; latencies from commit to receipt, medians."""

    delivered: int
    per_second: float
    out_of_order: int
    lost: int
    alone_ms: float
    beside_ms: float


def event_timings(settings: Settings, secret: str, events: int, seconds: float) -> EventTimings:
    """Beside a year of events, of which 2,000 are open."""
    with _database(settings, secret) as (fresh, sessions):
        now = clock.now()
        with sessions.begin() as db:
            db.execute(text("set local statement_timeout = 0"))
            year = event_year.write(db, secret.encode(), events, now, clock.civil_day(now))
        with psycopg.connect(fresh.libpq_url, autocommit=True) as connection:
            event_year.settle(connection)
        with sessions() as db:
            centre, station = (
                token(db, secret.encode(), login, now)
                for login in (year.centre_login, year.station_login)
            )
        with serving(OURS, fresh, secret) as port:
            station_ms = _waited(port, [_inbox(port, station)], seconds)
            centre_ms = _waited(port, [_inbox(port, centre)], seconds)
            empty_ms = _waited(port, [EMPTY], seconds)
        idle_ms = median(_timed(sessions, now)[0] for _ in range(20))
        with sessions.begin() as db:
            db.execute(text(ALL_DUE), {"now": now})
        taken_ms, cards = _timed(sessions, now)
    return EventTimings(
        events=year.events,
        open=year.open,
        idle_ms=idle_ms,
        cards=cards,
        cards_per_second=cards / taken_ms * 1000,
        station_ms=station_ms,
        centre_ms=centre_ms,
        empty_ms=empty_ms,
    )


ALL_DUE = """
update incident_hop set arrived_at = cast(:now as timestamptz) - interval '9 hours',
       due_at = cast(:now as timestamptz) - interval '1 hour',
       yellow_at = cast(:now as timestamptz) - interval '1 hour',
       red_at = cast(:now as timestamptz) + interval '23 hours',
       next_card_at = cast(:now as timestamptz) - interval '1 hour'
where ended_at is null
"""


@contextmanager
def _database(settings: Settings, secret: str) -> Iterator[tuple[Settings, Sessions]]:
    with schema.scratch_database(settings, "load") as made:
        fresh = made.model_copy(update={"secret_key": secret})
        schema.upgrade(fresh)
        engine = make_engine(fresh)
        yield fresh, make_sessions(engine)
        engine.dispose()


def _timed(sessions: Sessions, now: datetime) -> tuple[float, int]:
    started = time.perf_counter()
    drawn = sweep(sessions, now)
    return (time.perf_counter() - started) * 1000, drawn


def _inbox(port: int, bearer: str) -> bytes:
    path, headers = "/v1/incidents/inbox?tier=grid&limit=50", {"authorization": f"Bearer {bearer}"}
    shown = httpx.get(f"http://127.0.0.1:{port}{path}", headers=headers, timeout=60)
    assert shown.status_code == 200, shown.text
    assert shown.json()["items"], "an inbox with nothing in it measures nothing"
    return request("GET", path, headers)


def _waited(port: int, asked: Sequence[bytes], seconds: float) -> float:
    turns = cycle(asked)
    outcome = closed_loop(port, [lambda: next(turns)], seconds / 4, seconds, b"200")
    assert not outcome.errors, outcome.first_error
    return outcome.p50_ms


def delivery_timings(
    settings: Settings, secret: str, deliveries: int, seconds: float
) -> DeliveryTimings:
    """First everything at once, then a trickle: alone, and beside an endpoint that is down."""
    with _database(settings, secret) as (fresh, sessions), receiving() as received:
        with sessions.begin() as db:
            account = _city(db)
            _endpoint(db, account, received.port, clock.now())
            _tell(db, deliveries // DELIVERIES_A_SUBJECT)
        with _workers(fresh, secret):
            _await(received, deliveries)
            per_second = _pace(received)
            out_of_order = _out_of_order(sessions, received)
            missing = deliveries - len(set(received.ids))
            alone = [_trickled(sessions, received, seconds)]
            with sessions.begin() as db:
                _endpoint(db, account, _closed_port(), clock.now())
            beside = [_trickled(sessions, received, seconds) for _ in range(2)]
    return DeliveryTimings(
        deliveries, per_second, out_of_order, missing, median(alone), median(beside)
    )


def _city(db: Session) -> UUID:
    db.add(Unit(code=CITY, tier=UnitTier.CITY, name="简阳市"))
    db.flush()
    account = Account(
        id=uuid4(), phone="18800000009", name="load", unit_code=CITY,
        roles=["system_administrator"], password_hash="never compared here",
    )  # fmt: skip
    db.add(account)
    db.flush()
    return account.id


def _endpoint(db: Session, account_id: UUID, port: int, now: datetime) -> None:
    endpoint = WebhookEndpoint(
        id=uuid4(), url=f"http://127.0.0.1:{port}/hook", description="load", platform=None,
        scheme=Scheme.STANDARD_WEBHOOKS, inbound_scheme=None, credentials=None, event_types=[],
        unit_code=CITY, allow_cidrs=["127.0.0.0/8"], at_once=32, state=EndpointState.ACTIVE,
        created_at=now, created_by=account_id,
    )  # fmt: skip
    db.add(endpoint)
    db.flush()
    db.execute(
        insert(WebhookSecret).values(
            id=uuid4(), endpoint_id=endpoint.id, use=SecretUse.OUTBOUND, secret=SECRET,
            created_at=now,
        )
    )  # fmt: skip


def _told(subject: UUID, number: int) -> Told:
    data = {"act": "take_up", "number": number, "state": "handling", "tier": "grid"}
    return Told("incident.acted", ("incident", str(subject)), CITY, clock.now(), data)


def _tell(db: Session, subjects: int) -> None:
    """As acts do: one event after the other on each of many subjects."""
    keys = [uuid4() for _ in range(subjects)]
    for number in range(1, DELIVERIES_A_SUBJECT + 1):
        tell(db, [_told(key, number) for key in keys])


@contextmanager
def _workers(settings: Settings, secret: str, many: int = 2) -> Iterator[None]:
    environment = {
        **os.environ,
        "DATABASE_URL": settings.libpq_url,
        "GRID_SECRET_KEY": secret,
        "GRID_LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "app.cli", "work"]
    with ExitStack() as running:
        for _ in range(many):
            worker = subprocess.Popen(command, cwd=ROOT, env=environment)
            running.callback(worker.wait, 30)
            running.callback(worker.terminate)
        yield


def _await(received: Received, many: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while len(received.ids) < many and time.monotonic() < until:
        time.sleep(0.1)


def _pace(received: Received) -> float:
    """Over the middle nine tenths: the workers don't begin at the same moment."""
    cut = len(received.at) // 20
    first, last = received.at[cut], received.at[-1 - cut]
    return (len(received.at) - 2 * cut) / (last - first)


def _out_of_order(sessions: Sessions, received: Received) -> int:
    """How many came after a later one of their subject; a repeat of the same id is none."""
    known = _numbers(sessions)
    highest: dict[str, int] = defaultdict(int)
    wrong = 0
    for key in dict.fromkeys(received.ids):
        subject, number = known[key]
        wrong += number < highest[subject]
        highest[subject] = max(highest[subject], number)
    return wrong


def _numbers(sessions: Sessions) -> Mapping[str, tuple[str, int]]:
    with sessions() as db:
        rows = db.execute(
            select(WebhookEvent.id, WebhookEvent.subject_id, WebhookEvent.number)
        ).all()
    return {str(key): (subject, number) for key, subject, number in rows}


def _trickled(sessions: Sessions, received: Received, seconds: float) -> float:
    """Milliseconds from a commit to its receipt, one event each fiftieth of a second."""
    received.forget()
    committed: dict[str, float] = {}
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with sessions.begin() as db:
            (key,) = tell(db, [_told(uuid4(), 1)])
        committed[str(key)] = time.monotonic()
        time.sleep(TRICKLE_S)
    _await(received, len(committed))
    arrived = dict(zip(received.ids, received.at, strict=True))
    return median((arrived[key] - at) * 1000 for key, at in committed.items())


def _closed_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
