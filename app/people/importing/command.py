"""`python3 -m app import`: what it says on a terminal."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.engine import make_engine, make_sessions
from app.db.models import Boundary
from app.kit import clock
from app.kit.errors import Refusal
from app.people.first_administrator import open_first
from app.people.importing.fields import PHONE
from app.people.importing.problems import LineProblem
from app.people.importing.whole import Report, import_files
from app.settings import Settings

console = Console()
SHOWN = 200
DEMO_IN_THE_WAY = """\
The database holds the demo city, whose accounts anybody can open. Nothing was imported.
Remove it first: python3 -m app demo --remove   (or import beside it: --beside-demo)
库中是演示城市，其账号密码是公开的。未导入任何数据；请先用 demo --remove 删除演示城市。"""


def import_city(
    files: Annotated[
        list[Path],
        typer.Argument(help="Units, stations, workers (CSV, XLSX) and boundaries (GeoJSON)"),
    ],
    check: Annotated[bool, typer.Option("--check", help="Only say what is wrong")] = False,
    beside_demo: Annotated[
        bool, typer.Option("--beside-demo", help="Also into a database with the demo city")
    ] = False,
) -> None:
    """Import a city's own units, boundaries, stations and workers: all of it or nothing.

    Files are recognised by what is in them; headings may be Chinese or English, text UTF-8 or
    GB18030. The whole set is judged together; exit 1 with a table of every line that is wrong.
    """
    engine = make_engine(Settings())
    try:
        with console.status("reading and judging"), make_sessions(engine).begin() as session:
            if not (check or beside_demo) and holds_demo_city(session):
                console.print(DEMO_IN_THE_WAY)
                raise typer.Exit(1)
            report = import_files(session, files, clock.now(), keep=not check)
    finally:
        engine.dispose()
    show(report, check=check)
    if report.problems:
        raise typer.Exit(1)


def holds_demo_city(session: Session) -> bool:
    """Whether there are boundaries that say they come from the demo."""
    demo = select(Boundary.id).where(Boundary.source.startswith("demo:")).limit(1)
    return session.scalar(demo) is not None


def show(report: Report, *, check: bool) -> None:
    """What was found or written."""
    if report.problems:
        console.print(problems_table(report.problems))
        hidden = len(report.problems) - SHOWN
        if hidden > 0:
            console.print(f"… {hidden} more")
        console.print(f"{len(report.problems)} problems; nothing was imported. 未导入任何数据。")
        return
    counts = ", ".join(f"{count} {kind}" for kind, count in report.written.items()) or "nothing new"
    done = "would be written" if check else "written"
    console.print(f"{counts} {done}; {report.unchanged} unchanged")


def problems_table(problems: Sequence[LineProblem]) -> Table:
    """Each problem with its file, line and column."""
    table = Table(title="What is wrong 问题清单")
    for heading in ("file", "line", "column", "code", "问题", "problem"):
        table.add_column(heading, overflow="fold")
    for found in problems[:SHOWN]:
        line = str(found.place.line) if found.place.line else ""
        table.add_row(found.place.file, line, found.column, found.code, found.zh, found.en)
    return table


def first_administrator(
    phone: Annotated[str, typer.Argument(help="Mobile number to sign in with")],
    name: Annotated[str, typer.Argument(help="The person's name")],
) -> None:
    """Open the first system administrator's account of an imported city; it opens all others."""
    if not PHONE.fullmatch(phone):
        console.print("a mobile number has 11 digits and begins with 1")
        raise typer.Exit(2)
    engine = make_engine(Settings())
    try:
        with make_sessions(engine).begin() as session:
            password = open_first(session, phone, name.strip(), clock.now())
    except Refusal as refusal:
        console.print(refusal.title("en"), refusal.title("zh"))
        raise typer.Exit(1) from None
    finally:
        engine.dispose()
    console.print(f"{phone} {name}: one-time password {password}")
