"""`python3 -m app demo`: what it says and asks on a terminal."""

import sys
from typing import Annotated

import typer
from pyotp import TOTP
from rich.console import Console
from rich.table import Table

from app.demo import load as demo
from app.demo.city import BOUNDARY_NOTE, SEED, WORKERS
from app.demo.load import Occupancy
from app.kit import clock
from app.settings import Settings

console = Console()


def load_demo(
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Only into a database that holds no city")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Don't ask on a terminal before emptying a demo city")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also empty a database that holds a city of your own")
    ] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Delete the demo city and load nothing in its place")
    ] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same city")] = SEED,
    workers: Annotated[int, typer.Option(help="Workers of level 1", min=1, max=20_000)] = WORKERS,
) -> None:
    """Load the demo city anew: everything in the database is deleted first, records included."""
    settings = Settings()
    found = demo.occupancy(settings)
    if found is not Occupancy.NOTHING and if_empty:
        console.print("The database holds a city already; nothing was changed.")
    else:
        allow(found, yes=yes, force=force)
        if remove:
            demo.remove(settings, clock.now())
            console.print("The database holds no city now; the next `up` would load the demo.")
            return
        with console.status("demo city") as status:
            now = clock.now()
            rows = dict(demo.load(settings, seed, workers, now, status.update))
            rows["worker-days"] = demo.write_month(settings, seed, now, status.update)
        console.print(", ".join(f"{count} {table}" for table, count in rows.items()))
        console.print(BOUNDARY_NOTE["zh"], BOUNDARY_NOTE["en"], sep="\n")
    if demo.occupancy(settings) is Occupancy.DEMO:
        console.print(accounts_table(settings))


def allow(found: Occupancy, *, yes: bool, force: bool) -> None:
    """Ends the command unless what is in the database may be deleted."""
    if found is Occupancy.OWN_CITY and not force:
        console.print(
            "This database holds a city of its own, not the demo. Nothing was changed. "
            "Use --force to delete that city with all its records."
        )
        raise typer.Exit(1)
    if found is Occupancy.NOTHING or yes or force:
        return
    console.print("Everything in the demo city is deleted, records included.")
    if sys.stdin.isatty():
        typer.confirm("Go on?", abort=True)


def accounts_table(settings: Settings) -> Table:
    """Some accounts of each role; what they share is said once, above."""
    table = Table(
        title=f"Demo accounts, password {demo.PASSWORD}\n"
        f"offices also need a code from the TOTP secret {demo.TOTP_SECRET},\n"
        f"such as {TOTP(demo.TOTP_SECRET).at(clock.now())} now",
        title_justify="left",
    )
    for heading in ("role", "phone", "unit"):
        table.add_column(heading, overflow="fold")
    for account in demo.shown_accounts(settings):
        table.add_row(account.role, account.phone, account.unit)
    return table
