"""A worker's tasks, the city's coverage and the recompute of a month, beside a year of visits."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from itertools import cycle
from statistics import median

import httpx
import psycopg
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.db import schema
from app.db.engine import Sessions, make_engine, make_sessions
from app.db.models import VisitStanding
from app.kit import clock
from app.rules.version import RULES_VERSION
from app.rules.visits import VisitKind, period_of
from app.settings import Settings
from app.visits import tallies
from tests.load.city import token
from tests.load.generator import closed_loop, request
from tests.load.race import EMPTY
from tests.load.servers import OURS, serving
from tests.load.visit_year import CITY, VisitYear, settle, write

COMMUNITIES_RECOMPUTED = 15
MONTH = timedelta(days=31)


@dataclass(frozen=True)
class VisitTimings:
    """Medians of what one connection waits for, in milliseconds."""

    tasks_ms: float
    week_ms: float
    quarter_ms: float
    month_ms: float
    empty_ms: float


@dataclass(frozen=True)
class VisitScale:
    """How a city of some size fares."""

    scale: int
    year: VisitYear
    timings: VisitTimings


@dataclass(frozen=True)
class Served:
    """A city of some size, and its server."""

    year: VisitYear
    port: int
    sessions: Sessions
    workers: Sequence[str]
    centre: str


def visit_scales(
    settings: Settings, secret: str, scales: Sequence[int], seconds: float
) -> Iterator[VisitScale]:
    """One after the other: the largest would not leave the others their share of memory."""
    for scale in scales:
        with _served(settings, secret, scale) as served:
            yield VisitScale(scale, served.year, _timings(served, seconds))


@contextmanager
def _served(settings: Settings, secret: str, scale: int) -> Iterator[Served]:
    with schema.scratch_database(settings, "load") as made:
        fresh = made.model_copy(update={"secret_key": secret})
        schema.upgrade(fresh)
        engine = make_engine(fresh)
        sessions = make_sessions(engine)
        now = clock.now()
        today = clock.civil_day(now)
        with sessions.begin() as db:
            db.execute(text("set local statement_timeout = 0"))
            year = write(db, secret.encode(), scale, now, today)
            _stand(db, today)
        with psycopg.connect(fresh.libpq_url, autocommit=True) as connection:
            settle(connection)
        with sessions() as db:
            tokens = [token(db, secret.encode(), login, now) for login in year.worker_logins]
            centre = token(db, secret.encode(), year.centre_login, now)
        with serving(OURS, fresh, secret) as port:
            yield Served(year, port, sessions, tokens, centre)
        engine.dispose()


def _stand(db: Session, today: date) -> None:
    """Every community is up to date, and closed as far as four days back."""
    db.execute(
        text(
            "insert into visit_standing (community_code, closed_until, judged_on, rules_version,"
            " computed_at) select code, :closed, :today, :version, now() from unit"
            " where tier = 'community'"
        ),
        {"closed": today - timedelta(days=4), "today": today, "version": RULES_VERSION},
    )


def _timings(served: Served, seconds: float) -> VisitTimings:
    today = served.year.today
    monday = today - timedelta(days=today.weekday() + 7)
    quarter = period_of(VisitKind.RESIDENT, period_of(VisitKind.RESIDENT, today).first - MONTH)
    week = _coverage(served, monday, monday + timedelta(days=6))
    return VisitTimings(
        tasks_ms=_tasks(served, seconds),
        week_ms=_waited(served.port, [week], seconds),
        quarter_ms=_waited(served.port, [_coverage(served, quarter.first, quarter.last)], seconds),
        month_ms=month_ms(served),
        empty_ms=_waited(served.port, [EMPTY], seconds),
    )


def _tasks(served: Served, seconds: float) -> float:
    path = "/v1/me/tasks?lon=104.3005&lat=30.2005"
    headers = [{"authorization": f"Bearer {bearer}"} for bearer in served.workers]
    shown = httpx.get(f"http://127.0.0.1:{served.port}{path}", headers=headers[0], timeout=60)
    assert shown.status_code == 200, shown.text
    return _waited(served.port, [request("GET", path, one) for one in headers], seconds)


def _coverage(served: Served, first: date, last: date) -> bytes:
    path = f"/v1/coverage?unit={CITY}&by=township&from={first}&to={last}"
    headers = {"authorization": f"Bearer {served.centre}"}
    shown = httpx.get(f"http://127.0.0.1:{served.port}{path}", headers=headers, timeout=120)
    assert shown.status_code == 200, shown.text
    return request("GET", path, headers)


def _waited(port: int, asked: Sequence[bytes], seconds: float) -> float:
    """The median time to answer of one connection that asks in turn."""
    turns = cycle(asked)
    outcome = closed_loop(port, [lambda: next(turns)], seconds / 4, seconds, b"200")
    assert not outcome.errors, outcome.first_error
    return outcome.p50_ms


def month_ms(served: Served) -> float:
    """A community's month judged anew, written and committed, for each of its three workers."""
    since = served.year.today - MONTH
    taken = []
    for community in sorted(set(served.year.communities))[:COMMUNITIES_RECOMPUTED]:
        with served.sessions.begin() as db:
            db.execute(
                update(VisitStanding)
                .where(VisitStanding.community_code == community)
                .values(closed_until=since)
            )
        started = time.perf_counter()
        with served.sessions.begin() as db:
            tallies.recompute(db, community, clock.now())
        taken.append((time.perf_counter() - started) * 1000)
    return median(taken)


def growth(found: Sequence[VisitScale]) -> list[tuple[str, float, int]]:
    """By how much each figure grew from the smallest city to the largest, beside the data."""
    names = ("tasks", "week", "quarter", "month")
    first, last = found[0], found[-1]
    return [
        (name, after / before, last.scale // first.scale)
        for name, before, after in zip(
            names, astuple(first.timings)[:4], astuple(last.timings)[:4], strict=True
        )
    ]
