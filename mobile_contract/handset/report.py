"""The tables at the end of a simulation."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from mobile_contract.handset.results import Station
from mobile_contract.handset.tally import SHOWN, Tally


def show(console: Console, tally: Tally, boards: Sequence[Station]) -> None:
    """What became of everything, what the boards say, and what should not have been."""
    console.print(outcomes(tally))
    console.print(board_table(boards))
    requests = ", ".join(f"{times} × {status}" for status, times in sorted(tally.requests.items()))
    console.print(f"requests: {requests}; unreachable {tally.unreachable}, later {tally.waited}")
    console.print(f"server errors (5xx): {tally.server_errors}")
    for surprise in tally.surprises[:SHOWN]:
        console.print(f"unexpected: {surprise}", markup=False, soft_wrap=True)
    console.print(f"unexpected answers: {len(tally.surprises)}")


def outcomes(tally: Tally) -> Table:
    """By kind, status and verdict; then the fixes."""
    table = Table(title="What became of it")
    for heading in ("kind", "status", "verdict or code"):
        table.add_column(heading)
    table.add_column("times", justify="right")
    for (kind, status, detail), times in sorted(tally.outcomes.items()):
        table.add_row(kind, status, detail, str(times))
    table.add_section()
    for name, fixes in tally.fixes.items():
        aside = "accepted" if name == "accepted" else "set aside"
        table.add_row("fix", aside, "" if name == "accepted" else name, str(fixes))
    return table


def board_table(boards: Sequence[Station]) -> Table:
    """One line per station and date."""
    table = Table(title="What the boards say")
    for heading in ("date", "station", "standing"):
        table.add_column(heading, no_wrap=True)
    for heading in ("workers", "filled", "missed", "reviews", "corrections", "met", "short"):
        table.add_column(heading, justify="right")
    table.add_column("minutes: morning, afternoon, off-peak", justify="right")
    for station in boards:
        board, totals = station.board, station.board["totals"]
        windows, minutes = totals["windows"], totals["minutes"]
        halves = ", ".join(f"{minutes[half]:.0f}" for half in ("morning", "afternoon", "off_peak"))
        counts = (
            totals["workers"],
            windows["filled"],
            windows["missed"],
            station.waiting["review"],
            station.waiting["correction"],
            totals["met"],
            totals["short"],
        )
        table.add_row(
            board["day"],
            f"{board['unit']['code']} {board['unit']['name']}",
            board["standing"],
            *map(str, counts),
            f"{minutes['total']:.0f}: {halves}",
        )
    return table
