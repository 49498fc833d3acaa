"""The commands behind `python3 -m app`."""

import gc
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

from app import contract, counsel
from app.api.observation import configure_logs
from app.appraisal.running import appraise
from app.conduct.command import detect_month
from app.db import schema
from app.db.engine import make_engine, make_sessions
from app.demo.command import load_demo
from app.incidents.commands import adopt_events
from app.jobs import worker
from app.jobs.beside import worker_beside
from app.kit import clock
from app.main import create_app
from app.patrol.partitions import ensure_partitions
from app.pay.command import payroll
from app.people.importing.command import first_administrator, import_city
from app.settings import Settings
from app.standin.command import platform_stub
from mobile_contract.handset.command import simulate

cli = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
console = Console()

GARBAGE_LOOKED_FOR_AFTER = 20_000
"""Allocations: a request makes many objects and hardly any cycles."""


def application() -> object:
    """The service, as uvicorn's workers build it; what is loaded by now is never garbage."""
    app = create_app(Settings())
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_LOOKED_FOR_AFTER)
    return app


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on")] = 8000,
    workers: Annotated[int, typer.Option(help="Server processes", min=1)] = 1,
) -> None:
    """Serve the API, with a worker beside it unless GRID_JOBS=false."""
    with worker_beside(Settings()):
        uvicorn.run(
            "app.cli:application",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            access_log=False,
            log_level="warning",
            proxy_headers=True,
            server_header=False,
        )


@cli.command()
def work() -> None:
    """Do what falls due without anybody asking; any number of workers share it."""
    settings = Settings()
    configure_logs(settings.log_level)
    worker.run(settings)


@cli.command()
def migrate() -> None:
    """Bring the database's schema to this release."""
    settings = Settings()
    console.print(f"schema at {schema.upgrade(settings)}")
    engine = make_engine(settings)
    with engine.begin() as connection:
        made = ensure_partitions(connection, clock.now()).made
    console.print(f"{len(made)} months of tracks made ready")
    adopted = adopt_events(make_sessions(engine), clock.now())
    console.print(f"{adopted} events of an earlier release opened")


@cli.command()
def check_migrations() -> None:
    """Build a fresh database by migrations alone and compare it with the models."""
    schema.check(Settings())
    console.print("migrations build exactly what the models say")


@cli.command()
def new_epoch() -> None:
    """After a restore: handsets send their last 30 days again, pull cursors start anew."""
    console.print(f"server epoch {schema.new_epoch(Settings())}")


@cli.command()
def judge(
    files: Annotated[
        list[Path], typer.Argument(help="Files of cases; the key `judge` names the rule")
    ],
    tracks: Annotated[
        Path | None, typer.Option(help="Folder of the tracks that cases name")
    ] = None,
) -> None:
    """Say what the regulation says about cases; exit 1 if any differs from its file."""
    if not counsel.judge(files, tracks, console):
        raise typer.Exit(1)


@cli.command()
def rules(
    query: Annotated[
        str, typer.Argument(help="Rule id such as ATT-1, or clause such as 三(一)1")
    ] = "",
) -> None:
    """List rules, clauses, values and since when; exit 1 if nothing answers to the query."""
    if not counsel.rules(query, console):
        console.print(f"nothing answers to {query!r}; without it everything is listed")
        raise typer.Exit(1)


cli.command("demo")(load_demo)
cli.command("import")(import_city)
cli.command("first-administrator")(first_administrator)
cli.command("simulate")(simulate)
cli.command("platform-stub")(platform_stub)
cli.command("appraise")(appraise)
cli.command("detect")(detect_month)
cli.command("payroll")(payroll)


@cli.command("contract")
def write_contract() -> None:
    """Write mobile_contract/ anew from the code: openapi, schemas, examples, errors, regulation."""
    console.print(f"{contract.write(create_app(Settings()))} files in mobile_contract/")


if __name__ == "__main__":
    cli()
