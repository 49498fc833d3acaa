"""A month of more communities than one transaction takes, and the commands of the month's end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection
from sqlalchemy.dialects.postgresql import Range
from typer.testing import CliRunner

from app.cli import cli
from app.db.engine import make_engine, make_sessions
from app.db.models import Assignment, PayStandard, Posting, Unit, Worker
from app.kit import clock
from app.kit.clock import day_start
from app.rules.divisions import tier_of
from app.rules.duty import Employment
from app.rules.meetings import Presence
from app.rules.pay import StandardKind
from app.settings import ROOT, Settings
from tests.appraisal.facts import GRID, NEIGHBOUR, SETTLED, THIRD
from tests.city import SINCE, City, key
from tests.conduct.month import SearchedMonth

TOWNSHIP = "510185003"
"""Of 24 communities: with the small city's three more than the 25 that are searched together."""
COMMUNITIES = [f"{TOWNSHIP}{number:03d}" for number in range(1, 25)]
GRIDS = [f"{code}001" for code in COMMUNITIES]
SURVEYED = [GRID, GRIDS[0], GRIDS[-1]]
"""Of the first, the first and the second transaction."""
PATIENCE_S = 60.0
AS_IF = (
    "import sys; from pathlib import Path; from app.kit import clock;"
    " clock.follow(Path(sys.argv.pop(1))); from app.cli import cli; cli()"
)
"""A command at the time that a file says."""
FIGURES = {
    "appraise": [
        "select worker_id, month, community_code, score, proposed, because, computed_at"
        " from month_appraisal order by 1, 2",
        "select worker_id, month, indicator, numerator, denominator, weight, points, parts"
        " from month_indicator order by 1, 2, 3",
        "select community_code, month, state, workers, computed_at from appraisal_month order by 1",
    ],
    "detect": [
        "select worker_id, ground, occurred_on, community_code, state, rung, answer_until"
        " from conduct_proposal order by 1, 2, 3",
        "select worker_id, ground, number, stands, because from conduct_evidence"
        " join conduct_proposal on id = proposal_id order by 1, 2, 3",
        "select community_code, month, found from conduct_detection order by 1",
    ],
    "payroll": [
        "select month, state, workers, base, performance, corrections, total, digest from payroll",
        "select * from pay_statement order by worker_id",
        "select * from pay_line order by worker_id, number",
        "select procedure, state, step from approval_case",
    ],
}
"""What a command leaves, but for keys that are made anew each time."""


def write(database: Settings, city: City) -> None:
    """The same of every database."""
    engine = make_engine(database)
    with make_sessions(engine).begin() as db:
        month = SearchedMonth(db, city)
        _township(month)
        for place, grid in enumerate(sorted(city.workers)):
            missed = [day.day for day in month.duty[: place % 5]]
            month.days(grid, missed=missed, short=missed[:1])
        for grid in (GRID, NEIGHBOUR, GRIDS[-1]):
            month.tally(date(2026, 3, 2), date(2026, 3, 8), owed=7, paid=3, grid=grid)
            month.rated(date(2026, 3, 3), 5, grid)
        month.meeting(date(2026, 3, 4), dict.fromkeys((GRID, THIRD), Presence.PRESENT))
        for grid in SURVEYED:
            month.survey(date(2026, 3, 20), 100, 80, grid)
        _standards(month)
    engine.dispose()


def _township(month: SearchedMonth) -> None:
    db = month.db
    for code in [TOWNSHIP, *COMMUNITIES, *GRIDS]:
        db.add(Unit(code=code, tier=tier_of(code), name=f"单位{code}", parent_code=code[:-3]))
        db.flush()
    for number, grid in enumerate(GRIDS):
        worker = Worker(
            id=_KEYS[number], name=f"网格员{number + 100}", phone=f"1980000{number:04d}", level=1
        )
        db.add(worker)
        db.flush()
        month.city.workers[grid] = worker.id
        span = Range(SINCE, None)
        db.add(
            Posting(
                id=key(), worker_id=worker.id, community_code=grid[:12],
                employment=Employment.FULL_TIME, valid=span,
            )
        )  # fmt: skip
        db.add(
            Assignment(
                id=key(), worker_id=worker.id, level=1, grid_code=grid,
                first_responsible=True, valid=span,
            )
        )  # fmt: skip
    db.flush()


_KEYS = [key() for _ in GRIDS]


def _standards(month: SearchedMonth) -> None:
    for kind, amount in ((StandardKind.MINIMUM_WAGE, "2200"), (StandardKind.PERFORMANCE, "1200")):
        month.db.add(
            PayStandard(
                id=key(), kind=kind, amount=Decimal(amount), effective_from=SINCE,
                reason="市政府文件", decided_by=month.account("command_centre"),
                decided_at=day_start(SINCE),
            )
        )  # fmt: skip


@dataclass(frozen=True)
class MonthEnd:
    """The commands over a database, after the month has settled."""

    database: Settings
    clock: Path

    def start(self, *asked: str) -> "subprocess.Popen[str]":
        """A command in a process group of its own."""
        self.clock.write_text(SETTLED.isoformat(), "ascii")
        return subprocess.Popen(
            [sys.executable, "-c", AS_IF, str(self.clock), *asked],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": self.database.database_url},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *asked: str) -> str:
        """A command to its end, in this process."""
        self.clock.write_text(SETTLED.isoformat(), "ascii")
        clock.follow(self.clock)
        try:
            ran = CliRunner().invoke(cli, asked, env={"DATABASE_URL": self.database.database_url})
        finally:
            clock.follow(None)
        assert ran.exit_code == 0, ran.output
        return ran.output

    @contextmanager
    def held_up(self, statement: str) -> "Iterator[Wait]":
        """Whoever needs the same lock as a statement takes waits until the end."""
        with psycopg.connect(self.database.libpq_url) as holder:
            holder.execute(statement)
            yield Wait(holder)

    def figures(self, command: str) -> list[list[tuple[Any, ...]]]:
        """All that a command left, in order."""
        with psycopg.connect(self.database.libpq_url) as connection:
            return [connection.execute(query).fetchall() for query in FIGURES[command]]


@dataclass(frozen=True)
class Wait:
    """For somebody who waits for a lock."""

    holder: Connection[Any]

    def until(self) -> None:
        """Somebody does."""
        query = (
            "select count(*) from pg_locks where not granted and database ="
            " (select oid from pg_database where datname = current_database())"
        )
        until(lambda: self.holder.execute(query).fetchone() != (0,), "nobody waits")


def until(true: Any, otherwise: str) -> None:
    """Wait for what comes soon."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)


def workers_beside(parent: int) -> Sequence[int]:
    """The processes that a command started for its work."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [
        int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


def is_there(pid: int) -> bool:
    """Whether a process still runs."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def kill(pid: int) -> None:
    """At once, without a word."""
    os.kill(pid, signal.SIGKILL)
