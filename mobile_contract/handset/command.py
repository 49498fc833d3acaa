"""`python3 -m app simulate`: drives the real API as handsets do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from mobile_contract.handset import cases, coverage, reckoning, report, results
from mobile_contract.handset.door import Door, Refused, Unreachable, client
from mobile_contract.handset.faults import Shares
from mobile_contract.handset.logins import Credentials
from mobile_contract.handset.people import NobodyThere
from mobile_contract.handset.server import DidNotStart, is_ready, machine_time, own_server
from mobile_contract.handset.simulation import Stage, Wish, cast_of, play
from mobile_contract.handset.tally import Tally
from mobile_contract.handset.times import Pace, RealTime, Times, ToldTime, running_from

DEMO_PASSWORD = "Jianyang-grid-2017"  # noqa: S105 - printed by the demo for everyone
DEMO_TOTP = "JIANYANGGRIDWORKERDEMOSECRET2345"
DEMO_CENTRE = "18802000001"
DEMO_ADMINISTRATOR = "18806000001"
DATE = ["%Y-%m-%d"]
console = Console(width=max(Console().width, 140))

Share = Annotated[float, typer.Option(min=0, max=1, help="Share of handsets so struck, 0 to 1")]
BaseUrl = Annotated[
    str | None, typer.Option(help="A running server; else one is started and told the time")
]
Workers = Annotated[int, typer.Option(help="How many workers", min=1)]
Unit = Annotated[str | None, typer.Option(help="Whose workers: a division code")]
Date = Annotated[
    datetime | None, typer.Option("--date", formats=DATE, help="Default: the last duty date")
]
From = Annotated[
    datetime | None, typer.Option("--from", formats=DATE, help="Duty dates from here on")
]
To = Annotated[datetime | None, typer.Option(formats=DATE, help="Last date of the span")]
SpeedUp = Annotated[float, typer.Option(min=0, help="Times real time; 0: as fast as it goes")]
Seed = Annotated[int, typer.Option(help="Same seed, same city, same verdicts")]
Tracks = Annotated[
    Path | None,
    typer.Option(help="Folder of recorded tracks to replay", file_okay=False, exists=True),
]
Walks = Annotated[
    bool,
    typer.Option("--record-tracks/--no-tracks", help="Without, a month passes in a few minutes"),
]
CasesFile = Annotated[
    Path | None, typer.Option("--cases", help="Write what was sent and answered, for `judge`")
]
Password = Annotated[str, typer.Option(help="Of all accounts")]
Office = Annotated[str, typer.Option(help="Phone of the command centre's account")]
Administrator = Annotated[
    str,
    typer.Option(help="Phone of the system administrator, who lists offices; empty: none acts"),
]
TotpSecret = Annotated[str, typer.Option(help="Its second factor; empty: none")]


def simulate(  # noqa: PLR0913 - the command line is this signature
    *,
    base_url: BaseUrl = None,
    workers: Workers = 20,
    unit: Unit = None,
    date_: Date = None,
    from_: From = None,
    to: To = None,
    speed_up: SpeedUp = 0,
    seed: Seed = 1,
    offline: Share = 0.15,
    wrong_clock: Share = 0.1,
    mocked: Share = 0.05,
    drifting: Share = 0.1,
    duplicates: Share = 0.15,
    resends: Share = 0.15,
    tracks: Tracks = None,
    walks: Walks = True,
    cases_: CasesFile = None,
    password: Password = DEMO_PASSWORD,
    office: Office = DEMO_CENTRE,
    administrator: Administrator = DEMO_ADMINISTRATOR,
    totp_secret: TotpSecret = DEMO_TOTP,
) -> None:
    """Drive the API as handsets do; exit 1 if the server failed or contradicted itself.

    Without --base-url a server is started on a free port over the same database, and told what
    time it is, so that whole past days pass with their windows, late uploads and final verdicts.
    A running server goes by its own clock: what is older than its deadlines is judged as late.
    A date simulated again with the same seed changes nothing; with another seed it holds both.
    """
    first, last = date_ or from_, date_ or to or from_
    centre = Credentials(office, password, totp_secret or None, is_handset=False)
    wish = Wish(
        office=centre,
        administrator=replace(centre, phone=administrator) if administrator else None,
        password=password,
        unit=unit,
        workers=workers,
        first=_day(first),
        last=_day(last),
        seed=seed,
        shares=Shares(offline, wrong_clock, mocked, drifting, duplicates, resends),
        tracks=tracks,
        walks=walks,
    )
    try:
        clean = asyncio.run(_run(wish, base_url, speed_up, cases_))
    except (NobodyThere, DidNotStart, Refused, Unreachable, ValueError) as problem:
        console.print(f"{type(problem).__name__}: {problem}", markup=False, soft_wrap=True)
        raise typer.Exit(1) from problem
    if not clean:
        raise typer.Exit(1)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


async def _run(wish: Wish, base_url: str | None, speed_up: float, file: Path | None) -> bool:
    """Play, look at the boards, tell; whether the server kept its word."""
    tally = Tally()
    with Progress(console=console) as progress:
        async with _stage(base_url, speed_up, tally, progress) as stage:
            cast = await cast_of(wish, stage)
            await play(cast, stage)
            dates, boards = await results.worker_dates(cast), await results.stations(cast)
            paid = await coverage.coverage(cast)
            events = await reckoning.reckon(stage.shelf.book, cast.office)
    for contradiction in results.contradictions(dates, boards):
        tally.surprise(contradiction)
    reckoning.note(events, tally)
    report.show(console, tally, boards)
    console.print(coverage.table(paid))
    console.print(reckoning.table(events))
    if file is not None:
        written = cases.write(file, dates, events)
        console.print(f"judge them: python3 -m app judge {' '.join(map(str, written))}")
    return tally.is_clean


@asynccontextmanager
async def _stage(
    base_url: str | None, speed_up: float, tally: Tally, progress: Progress
) -> AsyncIterator[Stage]:
    """A running server with its own clock, or one of our own that is told the time."""
    pace = Pace(speed_up)
    if base_url is not None:
        async with client(base_url) as http:
            if not await is_ready(http):
                raise DidNotStart(f"no server is ready at {base_url}")
            times: Times = RealTime(running_from(await machine_time(http)), pace)
            yield Stage(Door(http, tally), times, told=False, progress=progress)
        return
    async with own_server() as server, client(server.base_url) as http:
        told = ToldTime(server.clock, await machine_time(http), pace)
        told.tell(told.moment)
        yield Stage(Door(http, tally), told, told=True, progress=progress)
