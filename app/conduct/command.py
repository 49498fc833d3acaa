"""`python3 -m app detect`: a month searched for grounds, community by community."""

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from app.conduct.detection_refusals import MonthNotSettled
from app.conduct.searching import CITY, search
from app.db.engine import make_engine, make_sessions
from app.kit import clock
from app.settings import Settings

console = Console()


def detect_month(
    month: Annotated[
        datetime, typer.Option(formats=["%Y-%m"], help="Which month, once it has settled")
    ],
    unit: Annotated[str, typer.Option(help="Whose communities: a division code")] = CITY,
) -> None:
    """Propose what the month's data says; run again, it doubles nothing."""
    sessions = make_sessions(make_engine(Settings()))
    with Progress(console=console) as progress:
        shown = progress.add_task("communities", total=None)

        def done(searched: int, of: int) -> None:
            progress.update(shown, completed=searched, total=of)

        try:
            made = search(sessions, unit, month.date(), clock.now(), done)
        except MonthNotSettled as refused:
            progress.stop()
            console.print(f"{refused.facts['month']} settles at {refused.facts['settles_at']}")
            raise typer.Exit(1) from None
    console.print(f"{made} proposals made anew")
