"""The table: what, figure, goal, reached."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from rich.console import Console
from rich.table import Table

from app.settings import Settings
from tests.load.event_measures import DeliveryTimings, EventTimings
from tests.load.measures import History
from tests.load.month_measures import MonthTimings
from tests.load.race import Pace, Record, ratio
from tests.load.visit_measures import VisitScale, growth

OURS, BARE, NAIVE, EMPTY = "ours", "yardstick", "naive", "empty"


@dataclass(frozen=True)
class Line:
    """One figure, and whether it reached its goal; None where there is none."""

    what: str
    figure: str
    goal: str = ""
    reached: bool | None = None


@dataclass(frozen=True)
class Size:
    """Bytes a fix with indexes, over how many batches."""

    bytes_a_fix: float
    batches: int
    lost: int
    """Answered with success and not stored."""


def track_lines(records: dict[str, Record], size: Size) -> list[Line]:
    """Batches of 60 fixes under 16 connections."""
    to_bare, to_naive = ratio(records, OURS, BARE), ratio(records, OURS, NAIVE)
    errors = sum(record.errors for record in records.values()) + size.lost
    return [
        _paced("empty request (GET /healthz)", records[EMPTY]),
        _paced("(a) yardstick, batches", records[BARE]),
        _paced("(b) naive, batches", records[NAIVE]),
        _paced("(c) ours, batches", records[OURS]),
        Line("ours / yardstick", f"{to_bare:.2f} ×", "≥ 0.9 ×", to_bare >= 0.9),
        Line("ours / naive", f"{to_naive:.1f} ×", "≥ 8 ×", to_naive >= 8),
        Line("errors, or answered and not stored", str(errors), "0", errors == 0),
        Line(
            f"storage with indexes ({size.batches:,} batches)",
            f"{size.bytes_a_fix:.1f} bytes a fix",
            "≤ 40",
            size.bytes_a_fix <= 40,
        ),
    ]


def check_in_lines(records: dict[str, Record]) -> list[Line]:
    """Sign-ins under 16 connections."""
    times = ratio(records, OURS, NAIVE)
    errors = sum(record.errors for record in records.values())
    return [
        _paced("naive ORM insert, sign-ins", records[NAIVE]),
        _paced("ours, sign-ins with verdict", records[OURS]),
        Line("ours / naive", f"{times:.2f} ×", "≥ 1.5 ×", times >= 1.5),
        Line("errors", str(errors), "0", errors == 0),
    ]


def history_lines(found: Sequence[History]) -> list[Line]:
    """A station's screen beside a short and a long history."""
    short, long = found[0].timings, found[-1].timings
    lines = []
    for history in found:
        timings = history.timings
        beside = f"beside {history.days} days, {history.worker_days:,} worker-days"
        lines += [
            Line(f"empty request, one connection, {beside}", f"{timings.empty_ms:.2f} ms"),
            _within(f"board of 20 workers {beside}", timings.board_ms, 30),
            _within(f"its 304 {beside}", timings.unchanged_ms, 5),
            _within(
                f"field time of 2,160 fixes from the database {beside}", timings.field_time_ms, 15
            ),
            Line(
                f"the same judged, stored and published {beside}", f"{timings.recompute_ms:.1f} ms"
            ),
        ]
    for what, before, after in (
        ("board", short.board_ms, long.board_ms),
        ("its 304", short.unchanged_ms, long.unchanged_ms),
    ):
        change = (after / before - 1) * 100
        lines.append(
            Line(f"{what}, history ten times longer", f"{change:+.0f} %", "± 25 %", change <= 25)
        )
    return lines


def visit_lines(found: Sequence[VisitScale]) -> list[Line]:
    """Tasks, coverage and recompute beside a year of visits, in cities of rising size."""
    lines = []
    for one in found:
        timings, year = one.timings, one.year
        city = f"{one.scale} ×: {year.targets:,} targets, {year.visits:,} visits"
        lines += [
            Line(f"empty request, one connection, {city}", f"{timings.empty_ms:.2f} ms"),
            _within(f"me/tasks of 40 targets, {city}", timings.tasks_ms, 40),
            _aimed(f"coverage of the city for a week, {city}", timings.week_ms, 500, one.scale),
            _aimed(
                f"coverage of the city for a quarter, {city}", timings.quarter_ms, 500, one.scale
            ),
            _within(f"a month of three workers judged, {city}", timings.month_ms, 200),
        ]
    if len(found) > 1:
        lines += [
            Line(f"growth of {name}, data {data} ×", f"{times:.1f} ×", f"≤ {data} ×", times <= data)
            for name, times, data in growth(found)
        ]
    return lines


def event_lines(found: EventTimings) -> list[Line]:
    """Sweeps and inboxes beside a year of events."""
    beside = f"beside {found.events:,} events, {found.open:,} open"
    return [
        Line(f"empty request, one connection, {beside}", f"{found.empty_ms:.2f} ms"),
        _within(f"a sweep with nothing due, {beside}", found.idle_ms, 100),
        Line(
            f"{found.cards:,} cards due at once, {beside}",
            f"{found.cards_per_second:,.0f} cards/s",
            "≥ 2,000/s",
            found.cards_per_second >= 2000,
        ),
        _within(f"inbox of a station, {beside}", found.station_ms, 40),
        _within(f"inbox of the centre, {beside}", found.centre_ms, 40),
    ]


def delivery_lines(found: DeliveryTimings) -> list[Line]:
    """Two worker processes and a receiver on this machine."""
    change = (found.beside_ms / found.alone_ms - 1) * 100
    return [
        Line(
            f"{found.delivered:,} webhooks that wait, 2 workers",
            f"{found.per_second:,.0f} deliveries/s",
            "≥ 300/s",
            found.per_second >= 300,
        ),
        Line(
            "delivered after a later one of its subject",
            str(found.out_of_order),
            "0",
            found.out_of_order == 0,
        ),
        Line("not delivered", str(found.lost), "0", found.lost == 0),
        Line("from commit to receipt, alone", f"{found.alone_ms:.0f} ms"),
        Line("the same beside an endpoint that is down", f"{found.beside_ms:.0f} ms"),
        Line("change", f"{change:+.0f} %", "± 25 %", abs(change) <= 25),
    ]


def month_lines(found: MonthTimings) -> list[Line]:
    """The month's end of a city, whole commands with the start of Python."""
    grew = found.alone_s / found.township_s
    beside = found.workers / found.township_workers
    return [
        Line("workers", f"{found.workers:,} ({found.days:,} worker-days before)"),
        _soon("appraisal of a month, one process", found.alone_s, 60),
        _soon("appraisal of a month, two processes", found.two_s, 35),
        Line(
            f"the same for {beside:.1f} × the workers ({found.township_workers} to"
            f" {found.workers})",
            f"{grew:.1f} × the time",
            f"≤ {beside:.1f} ×",
            grew <= beside,
        ),
        _soon(f"search for grounds ({found.proposals:,} proposals)", found.detection_s, 30),
        _soon(
            f"payroll ({found.statements:,} statements, {found.corrections} corrections)",
            found.payroll_s,
            10,
        ),
        _within("a worker's appraisal and the records behind it", found.drill_down_ms, 50),
    ]


def _soon(what: str, measured_s: float, goal_s: float) -> Line:
    return Line(what, f"{measured_s:.1f} s", f"≤ {goal_s:g} s", measured_s <= goal_s)


def _aimed(what: str, measured_ms: float, goal_ms: float, scale: int) -> Line:
    """The goal is the city's own; of a larger one the figure alone is shown."""
    if scale == 1:
        return _within(what, measured_ms, goal_ms)
    return Line(what, f"{measured_ms:.1f} ms")


def field_time_line(per_second: float) -> Line:
    """From arrays."""
    return Line(
        "field time from arrays, one core",
        f"{per_second / 1e6:.2f} million fixes/s",
        "≥ 1 million",
        per_second >= 1e6,
    )


def _paced(what: str, record: Record) -> Line:
    turns = ", ".join(f"{turn.per_second:.0f}" for turn in record.turns)
    spread = f"p50 {record.p50_ms:.1f} ms, p95 {record.p95_ms:.1f} ms"
    return Line(what, f"{record.per_second:.0f}/s ({turns}); {spread}")


def _within(what: str, measured_ms: float, goal_ms: float) -> Line:
    return Line(what, f"{measured_ms:.1f} ms", f"≤ {goal_ms:g} ms", measured_ms <= goal_ms)


def machine(settings: Settings) -> str:
    """Where this was measured."""
    with psycopg.connect(settings.libpq_url) as connection:
        (version,) = connection.execute("show server_version").fetchone() or ("?",)
        (commit,) = connection.execute("show synchronous_commit").fetchone() or ("?",)
    cores = len(os.sched_getaffinity(0))
    return (
        f"{cores} cores, Python {platform.python_version()}, PostgreSQL {version},"
        f" synchronous_commit {commit}; servers, database and generator share the machine"
    )


def pace_of(pace: Pace) -> str:
    """How it was measured."""
    return (
        f"2 server processes, 16 connections in a closed loop, {pace.runs} turns of"
        f" {pace.seconds:g} s each, contenders in turn, medians;"
        " ratios are medians over neighbouring turns"
    )


def show(console: Console, title: str, lines: Sequence[Line]) -> None:
    """One part of the table."""
    table = Table(title=title, title_justify="left", expand=False)
    for heading in ("what", "figure", "goal", "reached"):
        table.add_column(heading)
    for line in lines:
        said = {None: "", True: "[green]yes[/]", False: "[red]no[/]"}[line.reached]
        table.add_row(line.what, line.figure, line.goal, said)
    console.print(table)
