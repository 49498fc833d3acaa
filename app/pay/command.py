"""`python3 -m app payroll`: a month's payroll, computed by the system itself."""

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from app.db.engine import make_engine, make_sessions
from app.kit import clock
from app.kit.errors import Refusal
from app.kit.money import written
from app.pay.computing import compute_payroll
from app.pay.months import written_month
from app.settings import Settings

console = Console()


def payroll(
    month: Annotated[
        datetime, typer.Option(formats=["%Y-%m"], help="Which month, once it is over")
    ],
) -> None:
    """Compute a month's payroll and offer it to the centre; run again, it doubles nothing.

    All of it is one transaction: interrupted, nothing was written. Exit 1 if it is refused.
    """
    engine = make_engine(Settings())
    try:
        with Progress(console=console) as progress, make_sessions(engine).begin() as session:
            shown = progress.add_task("months read", total=None)

            def done(place: int, of: int) -> None:
                progress.update(shown, completed=place, total=of)

            found = compute_payroll(session, month.date(), None, clock.now(), done)
            sums = f"{found.workers} workers, {written(found.total)} yuan"
            said = f"{written_month(found.month)}: {sums}, {found.state.value}"
    except Refusal as refused:
        console.print(f"{refused.code}: {refused.title('en')} {refused.title('zh')}")
        raise typer.Exit(1) from None
    finally:
        engine.dispose()
    console.print(said)
