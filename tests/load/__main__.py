"""`python3 -m app load`: fresh servers and databases, and a table of speed and size."""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from rich.console import Console

from app.db import schema
from app.db.engine import make_engine, make_sessions
from app.kit import clock
from app.settings import Settings
from tests.load import city as cities
from tests.load import naive, report, yardstick
from tests.load.bodies import Material
from tests.load.city import LoadCity
from tests.load.event_measures import delivery_timings, event_timings
from tests.load.event_year import EVENTS
from tests.load.generator import CONNECTIONS
from tests.load.measures import bytes_a_fix, field_time_per_second, histories
from tests.load.month_measures import month_timings
from tests.load.race import Contender, Pace, Record, empty_requests, race
from tests.load.report import BARE, EMPTY, NAIVE, OURS, Line, Size
from tests.load.servers import OURS as OUR_SERVER
from tests.load.servers import factory, serving
from tests.load.visit_measures import visit_scales

console = Console(width=None if os.isatty(1) else 150)


class Part(StrEnum):
    """What can be measured by itself."""

    HANDSETS = "handsets"
    VISITS = "visits"
    EVENTS = "events"
    MONTHS = "months"


@dataclass(frozen=True)
class Ready:
    """A fresh database with the city, and a token of each worker."""

    settings: Settings
    secret: str
    material: Material
    tokens: dict[int, str]

    def of_connection(self, number: int) -> dict[int, str]:
        """The workers that one connection speaks for."""
        return {who: token for who, token in self.tokens.items() if who % CONNECTIONS == number}


def load(
    runs: Annotated[int, typer.Option(min=1, help="Turns of each contender")] = 3,
    seconds: Annotated[float, typer.Option(min=0.5, help="Length of a turn")] = 8,
    quick: Annotated[bool, typer.Option("--quick", help="One short turn, short history")] = False,
    scales: Annotated[
        str, typer.Option(help="Sizes of the city beside whose year visits are measured")
    ] = "1,3,10",
    only: Annotated[
        Part | None, typer.Option(help="Nothing but this part; without it everything")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the figures to this file too")
    ] = None,
) -> None:
    """Measure speed and size against two yardsticks in the same run, and print the table."""
    settings, secret = Settings(), secrets.token_urlsafe(32)
    pace = Pace(1, 0.5, 2) if quick else Pace(runs, 1.5, seconds)
    parts: dict[str, list[Line]] = {}
    if only in (None, Part.HANDSETS):
        parts |= handsets(settings, secret, pace, quick=quick)
    if only in (None, Part.VISITS):
        sizes = [1] if quick else [int(size) for size in scales.split(",")]
        with console.status("visits beside a year of a city"):
            parts["Visits"] = report.visit_lines(
                list(visit_scales(settings, secret, sizes, 1 if quick else 4))
            )
    if only in (None, Part.EVENTS):
        parts |= events(settings, secret, quick=quick)
    if only in (None, Part.MONTHS):
        with console.status("a month's end of a city"):
            parts["Month's end"] = report.month_lines(month_timings(settings, secret, quick=quick))
    facts = [report.machine(settings), report.pace_of(pace)]
    for title, lines in parts.items():
        report.show(console, title, lines)
    console.print("\n".join([*facts, "Reproduce with: python3 -m app load"]), highlight=False)
    if json_file is not None:
        figures = {title: [asdict(line) for line in lines] for title, lines in parts.items()}
        written = json.dumps({"facts": facts, **figures}, ensure_ascii=False, indent=1)
        json_file.write_text(written, encoding="utf-8")


def handsets(settings: Settings, secret: str, pace: Pace, *, quick: bool) -> dict[str, list[Line]]:
    """What handsets send, and the station's screen beside it."""
    days = (3, 30) if quick else (30, 300)
    parts: dict[str, list[Line]] = {}
    with console.status("tracks and sign-ins"), fresh_city(settings, secret) as ready:
        tracks, size = race_tracks(ready, pace)
        parts["Track batches of 60 fixes"] = report.track_lines(tracks, size)
        check_ins = race_check_ins(ready, pace)
        parts["Sign-ins"] = report.check_in_lines(check_ins)
        complain(tracks, check_ins)
    with console.status("field time, worker-days and boards"):
        lines = [report.field_time_line(field_time_per_second(5))]
        found = histories(settings, secret, days, Pace(pace.runs, 0, 1 if quick else 2))
        parts["Field time, worker-days, boards"] = lines + report.history_lines(found)
    return parts


def events(settings: Settings, secret: str, *, quick: bool) -> dict[str, list[Line]]:
    """Clocks, cards, inboxes, and what is told outside."""
    with console.status("a year of events"):
        judged = event_timings(settings, secret, EVENTS // (10 if quick else 1), 1 if quick else 4)
    with console.status("webhooks"):
        told = delivery_timings(settings, secret, 1_200 if quick else 9_000, 3 if quick else 15)
    return {
        "Events": report.event_lines(judged),
        "Webhooks": report.delivery_lines(told),
    }


@contextmanager
def fresh_city(settings: Settings, secret: str) -> Iterator[Ready]:
    """A database of its own with the city and the yardsticks' tables."""
    with schema.scratch_database(settings, "load") as fresh:
        schema.upgrade(fresh)
        engine, now = make_engine(fresh), clock.now()
        sessions = make_sessions(engine)
        with sessions.begin() as db:
            city: LoadCity = cities.build(db, now)
        with psycopg.connect(fresh.libpq_url) as connection:
            connection.execute(yardstick.TABLE)
        naive.Base.metadata.create_all(engine)
        with sessions() as db:
            tokens = {
                who: cities.token(db, secret.encode(), person.login_id, now)
                for who, person in enumerate(city.people)
            }
        engine.dispose()
        yield Ready(fresh, secret, Material(city.people, clock.civil_day(now)), tokens)


def race_tracks(ready: Ready, pace: Pace) -> tuple[dict[str, Record], Size]:
    """Yardstick, ours, naive and empty requests in turn."""
    connections = range(CONNECTIONS)
    with ExitStack() as servers:
        ports = {
            name: servers.enter_context(serving(module, ready.settings, ready.secret))
            for name, module in (
                (BARE, factory("yardstick")),
                (OURS, OUR_SERVER),
                (NAIVE, factory("naive")),
            )
        }
        contenders = {
            name: Contender(
                port, [ready.material.tracks(ready.of_connection(each)) for each in connections]
            )
            for name, port in ports.items()
        }
        contenders[EMPTY] = empty_requests(ports[OURS])
        records = race(ready.settings, contenders, pace)
    size, batches = bytes_a_fix(ready.settings)
    return records, Size(size, batches, max(0, records[OURS].answered - batches))


def race_check_ins(ready: Ready, pace: Pace) -> dict[str, Record]:
    """A naive insert and ours in turn."""
    with ExitStack() as servers:
        contenders = {
            name: Contender(
                servers.enter_context(serving(module, ready.settings, ready.secret)),
                [
                    ready.material.check_ins(ready.of_connection(each))
                    for each in range(CONNECTIONS)
                ],
            )
            for name, module in ((NAIVE, factory("naive")), (OURS, OUR_SERVER))
        }
        return race(ready.settings, contenders, pace)


def complain(*raced: dict[str, Record]) -> None:
    """Show the first refusal of each contender that had one."""
    for records in raced:
        for name, record in records.items():
            if record.first_error:
                console.print(f"[red]{name}[/]: {record.first_error}", highlight=False)


if __name__ == "__main__":
    typer.run(load)
