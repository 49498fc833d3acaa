"""`python3 -m app detect`: a month searched for grounds, community by community."""

from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from app.conduct.detection_refusals import MonthNotSettled
from app.conduct.searching import CITY, search
from app.db.engine import Sessions, make_engine, make_sessions
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
    engine = make_engine(Settings())
    try:
        made = _search(make_sessions(engine), unit, month.date())
    except MonthNotSettled as refused:
        console.print(f"{refused.facts['month']} settles at {refused.facts['settles_at']}")
        raise typer.Exit(1) from None
    finally:
        engine.dispose()
    console.print(f"{made} proposals made anew")


def _search(sessions: Sessions, unit: str, month: date) -> int:
    with Progress(console=console) as progress:
        shown = progress.add_task("communities", total=None)

        def done(searched: int, of: int) -> None:
            progress.update(shown, completed=searched, total=of)

        return search(sessions, unit, month, clock.now(), done)
