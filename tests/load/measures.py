"""What is measured beside the closed loop: size, field time, worker-days and boards."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from statistics import median

import httpx
import numpy as np
import psycopg
from shapely import Polygon
from sqlalchemy.orm import Session

from app.attendance.queries import leave_halves
from app.days.commands import recompute, recompute_all
from app.days.facts import Facts, Post, appointments_of, post_on
from app.days.standards import Standards
from app.days.verdicts import judge_field
from app.db import schema
from app.db.engine import Sessions, make_engine, make_sessions
from app.kit import clock
from app.patrol.queries import batches_of
from app.rules.area import prepare_area
from app.rules.field_time import final_instant, measure, span_to_read
from app.rules.fixes import Fixes
from app.rules.geodesy import Position
from app.rules.parameters import Values
from app.settings import Settings
from tests.load import city as cities
from tests.load.bodies import times, walk
from tests.load.city import LoadCity
from tests.load.generator import closed_loop, request
from tests.load.history import write_day, write_earlier
from tests.load.race import EMPTY, Pace, settle
from tests.load.servers import OURS, serving

SIZES = """
select sum(pg_total_relation_size(inhrelid)) from pg_inherits
where inhparent = 'track_batch'::regclass
"""
FIXES_STORED = "select sum(cardinality(accuracy_dm)), count(*) from track_batch"


STATION = cities.community_code(2)


@dataclass(frozen=True)
class Timings:
    """Medians of what one connection waits for, in milliseconds."""

    board_ms: float
    unchanged_ms: float
    field_time_ms: float
    recompute_ms: float
    empty_ms: float


@dataclass(frozen=True)
class History:
    """How a station's screen fares beside a history of some length."""

    days: int
    worker_days: int
    timings: Timings


@dataclass(frozen=True)
class Beside:
    """A database with a history of some length, and its server."""

    days: int
    day: date
    port: int
    sessions: Sessions
    city: LoadCity
    lead: str
    """A token of the station's lead."""


def bytes_a_fix(settings: Settings) -> tuple[float, int]:
    """Of the partitions with their indexes, and how many batches they hold."""
    with psycopg.connect(settings.libpq_url, autocommit=True) as connection:
        (size,) = connection.execute(SIZES).fetchone() or (0,)
        fixes, batches = connection.execute(FIXES_STORED).fetchone() or (0, 0)
    return float(size or 0) / float(fixes or 1), int(batches)


def field_time_per_second(rounds: int) -> float:
    """Fixes a second of one core, from arrays: 100 worker-days of 2,160 fixes, areas prepared."""
    t_s = times(date(2026, 3, 18)) / 1000
    values = Values()
    devices, areas = [], []
    for seed in range(100):
        place = Position(104.5 + seed * cities.APART, 30.41)
        walked = walk(place, seed)
        no = np.zeros(len(t_s), dtype=np.bool_)
        devices.append(Fixes(t_s, walked.lon, walked.lat, walked.accuracy, no))
        areas.append(prepare_area([Polygon(cities.corners(place.lon, place.lat))], values))
    figures = []
    for _ in range(rounds):
        started = time.process_time()
        for fixes, area in zip(devices, areas, strict=True):
            assert len(measure([fixes], area, values).intervals)
        figures.append(len(t_s) * len(devices) / (time.process_time() - started))
    return median(figures)


def histories(settings: Settings, secret: str, days: tuple[int, int], pace: Pace) -> list[History]:
    """The same date beside a short history and beside one ten times as long, in turns."""
    with ExitStack() as open_:
        beside = [open_.enter_context(_beside(settings, secret, length)) for length in days]
        turns = [[_measured(each, pace.seconds) for each in beside] for _ in range(pace.runs)]
        return [
            _medians(each, list(of_each))
            for each, of_each in zip(beside, zip(*turns, strict=True), strict=True)
        ]


@contextmanager
def _beside(settings: Settings, secret: str, days: int) -> Iterator[Beside]:
    """A database with a full date and some days before it, and its server."""
    with schema.scratch_database(settings, "load") as fresh:
        schema.upgrade(fresh)
        engine = make_engine(fresh)
        sessions = make_sessions(engine)
        now, day = clock.now(), clock.civil_day(clock.now()) - timedelta(days=2)
        with sessions.begin() as db:
            city = cities.build(db, now)
        with sessions.begin() as db:
            write_day(db, fresh, city, day)
        with sessions.begin() as db:
            recompute_all(db, [(person.worker_id, day) for person in city.people], now)
        write_earlier(fresh, day, 1, days)
        settle(fresh)
        with serving(OURS, fresh, secret) as port:
            with sessions() as db:
                lead = cities.token(db, secret.encode(), city.leads[STATION], now)
            yield Beside(days, day, port, sessions, city, lead)
        engine.dispose()


def _measured(beside: Beside, seconds: float) -> Timings:
    workers = beside.city.station(STATION)
    path = f"/v1/boards/{STATION}/{beside.day}"
    headers = {"authorization": f"Bearer {beside.lead}"}
    first = httpx.get(f"http://127.0.0.1:{beside.port}{path}", headers=headers, timeout=60)
    assert first.status_code == 200, first.text
    assert len(first.json()["items"]) == len(workers)
    held = {**headers, "if-none-match": first.headers["etag"]}
    return Timings(
        board_ms=_sequential(beside.port, request("GET", path, headers), seconds, b"200"),
        unchanged_ms=_sequential(beside.port, request("GET", path, held), seconds, b"304"),
        field_time_ms=field_time_ms(beside.sessions, beside.city, beside.day),
        recompute_ms=recompute_ms(beside.sessions, beside.city, beside.day),
        empty_ms=_sequential(beside.port, EMPTY, seconds, b"200"),
    )


def _medians(beside: Beside, turns: list[Timings]) -> History:
    return History(
        beside.days,
        beside.days * len(beside.city.people),
        Timings(*(median(column) for column in zip(*map(astuple, turns), strict=True))),
    )


def _sequential(port: int, asked: bytes, seconds: float, status: bytes) -> float:
    """The median time to answer of one connection."""
    outcome = closed_loop(port, [lambda: asked], seconds / 4, seconds, status)
    assert not outcome.errors, outcome.first_error
    return outcome.p50_ms


def field_time_ms(sessions: Sessions, city: LoadCity, day: date) -> float:
    """One worker-day of 2,160 fixes read from the database and judged; the median of many.

    The calendar and the values in force are read once before, as for any number of worker-days.
    """
    taken = []
    with sessions() as db:
        standards = Standards(db, [day])
    for person in city.people[:20] * 3:
        started = time.perf_counter()
        with sessions() as db:
            post = post_on(db, person.worker_id, day, standards)
            assert post is not None
            judged = judge_field(post, field_facts(db, post))
        taken.append((time.perf_counter() - started) * 1000)
        assert judged.quality.fixes == len(times(day))
    return median(taken)


def field_facts(db: Session, post: Post) -> Facts:
    """What field time rests on: tracks, appointments, leave, and until when they count."""
    start, end = span_to_read(post.day, post.values)
    return Facts(
        leave=leave_halves(db, post.worker_id, post.day),
        counts_until=final_instant(post.day, post.values),
        batches=batches_of(db, post.worker_id, start, end, None),
        appointments=appointments_of(db, post.worker_id, post.day),
    )


def recompute_ms(sessions: Sessions, city: LoadCity, day: date) -> float:
    """One worker-day of 2,160 fixes read, judged, written and committed; the median of many."""
    taken = []
    for _ in range(3):
        for person in city.people[:20]:
            started = time.perf_counter()
            with sessions.begin() as db:
                row = recompute(db, person.worker_id, day, clock.now())
                assert row is not None
            taken.append((time.perf_counter() - started) * 1000)
            assert row.fixes == len(times(day))
    return median(taken)
