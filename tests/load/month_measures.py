"""The month's end of a city, as its engineers run it: by the commands, beside a year of history."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import httpx
import psycopg
from sqlalchemy import text

from app.db import schema
from app.db.engine import make_engine, make_sessions
from app.kit import clock
from app.settings import ROOT, Settings
from tests.load import month_year
from tests.load.city import token
from tests.load.event_year import EVENTS
from tests.load.generator import closed_loop, request
from tests.load.servers import OURS, serving

A_TOWNSHIP = "510185001"
CLOSED_BEFORE = 11


@dataclass(frozen=True)
class MonthTimings:
    """Seconds of whole commands, start of Python included; milliseconds of answers."""

    workers: int
    days: int
    township_workers: int
    township_s: float
    alone_s: float
    two_s: float
    detection_s: float
    proposals: int
    payroll_s: float
    statements: int
    corrections: int
    drill_down_ms: float


def month_timings(settings: Settings, secret: str, *, quick: bool) -> MonthTimings:
    """Beside a year of a city of 1,500 workers; `quick` writes fewer events."""
    with schema.scratch_database(settings, "load") as made:
        fresh = made.model_copy(update={"secret_key": secret})
        schema.upgrade(fresh)
        engine, now = make_engine(fresh), clock.now()
        sessions = make_sessions(engine)
        with sessions.begin() as db:
            db.execute(text("set local statement_timeout = 0"))
            events = EVENTS // (10 if quick else 1)
            year = month_year.write(db, secret.encode(), events, now, clock.civil_day(now))
            month_year.close_months_before(db, year, CLOSED_BEFORE)
            bearer = token(db, secret.encode(), year.worker_login, now)
        with psycopg.connect(fresh.libpq_url, autocommit=True) as connection:
            month_year.settle(connection)
        engine.dispose()
        return _timings(fresh, secret, year, bearer)


def _timings(fresh: Settings, secret: str, year: month_year.MonthYear, bearer: str) -> MonthTimings:
    month = f"{year.month:%Y-%m}"
    environment = {
        **os.environ,
        "DATABASE_URL": fresh.libpq_url,
        "GRID_SECRET_KEY": secret,
        "GRID_LOG_LEVEL": "WARNING",
    }
    township_s = _command(environment, "appraise", "--month", month, "--unit", A_TOWNSHIP)
    alone_s = _command(environment, "appraise", "--month", month)
    two_s = _command(environment, "appraise", "--month", month, "--processes", "2")
    detection_s = _command(environment, "detect", "--month", month)
    _decide(fresh, year.month)
    payroll_s = _command(environment, "payroll", "--month", month)
    counts = _counts(fresh, year.month)
    with serving(OURS, fresh, secret) as port:
        drill_down_ms = _drill_down(port, bearer, month)
    return MonthTimings(
        workers=year.workers,
        days=year.days,
        township_workers=counts["township"],
        township_s=township_s,
        alone_s=alone_s,
        two_s=two_s,
        detection_s=detection_s,
        proposals=counts["proposals"],
        payroll_s=payroll_s,
        statements=counts["statements"],
        corrections=counts["corrections"],
        drill_down_ms=drill_down_ms,
    )


def _command(environment: Mapping[str, str], *arguments: str) -> float:
    started = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return time.perf_counter() - started


def _decide(fresh: Settings, month: date) -> None:
    """Every station gave its word as proposed, and every township closed the month."""
    with psycopg.connect(fresh.libpq_url) as connection:
        connection.execute(
            "update month_appraisal set result = proposed, decided_at = now() where month = %s",
            (month,),
        )
        connection.execute(
            "update appraisal_month set state = 'closed', closed_at = now(), confirmed_at = now()"
            " where month = %s",
            (month,),
        )


COUNTS = {
    "township": "select count(*) from posting where community_code like '510185001%%'",
    "proposals": "select count(*) from conduct_proposal",
    "statements": "select count(*) from pay_statement where month = %(month)s",
    "corrections": "select count(*) from pay_line where kind = 'correction'",
}


def _counts(fresh: Settings, month: date) -> dict[str, int]:
    with psycopg.connect(fresh.libpq_url) as connection:
        return {
            name: int((connection.execute(asked, {"month": month}).fetchone() or (0,))[0])
            for name, asked in COUNTS.items()
        }


def _drill_down(port: int, bearer: str, month: str) -> float:
    """A worker opens a month and all the records behind one of its indicators."""
    headers = {"authorization": f"Bearer {bearer}"}
    paths = (
        f"/v1/me/appraisals/{month}",
        f"/v1/me/appraisals/{month}/records?indicator=attendance",
    )
    found = []
    for path in paths:
        shown = httpx.get(f"http://127.0.0.1:{port}{path}", headers=headers, timeout=60)
        assert shown.status_code == 200, shown.text
        outcome = closed_loop(port, [partial(request, "GET", path, headers)], 0.5, 3, b"200")
        assert not outcome.errors, outcome.first_error
        found.append(outcome.p50_ms)
    return sum(found)
