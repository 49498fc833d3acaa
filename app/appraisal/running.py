"""The month of a whole city, community by community, in one process or several (APR-1).

Each community is a transaction of its own behind a lock: a run that is interrupted keeps what it
had finished, and run again it goes on where nothing is doubled.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date, datetime
from multiprocessing import get_context
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.appraisal.computing import compute_month, has_settled
from app.appraisal.refusals import MonthClosed, MonthConfirmed
from app.db.engine import Sessions, make_engine, make_sessions
from app.db.models import AppraisalMonth, Posting, Unit
from app.kit import clock
from app.kit.clock import civil_day
from app.people.months import workers_of_month
from app.people.posts import under
from app.rules.activity import month_of
from app.rules.appraisal import MonthState
from app.rules.divisions import UnitTier
from app.settings import Settings

CHUNK = 5
"""Communities that a process takes at a time."""
console = Console()


@dataclass(frozen=True)
class Ran:
    """What a run came to."""

    communities: int = 0
    workers: int = 0
    decided: int = 0
    """Communities left as they were: a person has given a word on their month."""

    def __add__(self, other: "Ran") -> "Ran":
        """Both together."""
        return Ran(
            self.communities + other.communities,
            self.workers + other.workers,
            self.decided + other.decided,
        )


def communities_of(session: Session, unit_code: str) -> Sequence[str]:
    """The communities of a unit in which anybody ever had a post."""
    posted = select(Posting.community_code).where(Posting.community_code == Unit.code).exists()
    return session.scalars(
        select(Unit.code)
        .where(Unit.tier == UnitTier.COMMUNITY, under(Unit.code, unit_code), posted)
        .order_by(Unit.code)
    ).all()


def run_one(sessions: Sessions, community_code: str, month: date, now: datetime) -> Ran:
    """One community, committed."""
    try:
        with sessions.begin() as session:
            return Ran(1, compute_month(session, community_code, month, now))
    except (MonthConfirmed, MonthClosed):
        return Ran(1, decided=1)


def run_chunk(communities: Sequence[str], month: date, now: datetime) -> Ran:
    """Some communities, in a process of their own."""
    engine = make_engine(Settings())
    try:
        sessions = make_sessions(engine)
        return sum((run_one(sessions, code, month, now) for code in communities), Ran())
    finally:
        engine.dispose()


def run(
    sessions: Sessions, unit_code: str, month: date, now: datetime, processes: int = 1
) -> Iterator[Ran]:
    """Community by community, or chunk by chunk as the processes finish them."""
    with sessions() as session:
        codes = communities_of(session, unit_code)
    if processes == 1:
        yield from (run_one(sessions, code, month, now) for code in codes)
        return
    chunks = [codes[at : at + CHUNK] for at in range(0, len(codes), CHUNK)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(run_chunk, chunk, month, now) for chunk in chunks]
        try:
            yield from (done.result() for done in as_completed(waiting))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def appraise_last_month(sessions: Sessions, now: datetime) -> Ran:
    """The month before, once it has settled, in every community that is behind with it."""
    before = _month_before(civil_day(now))
    with sessions() as session:
        if not has_settled(session, before, now):
            return Ran()
        computed = {
            row.community_code
            for row in session.scalars(select(AppraisalMonth).where(AppraisalMonth.month == before))
            if row.state is not MonthState.OPEN or has_settled(session, before, row.computed_at)
        }
        wanted = {one.community_code for one in workers_of_month(session, "", before)} - computed
    return sum((run_one(sessions, code, before, now) for code in sorted(wanted)), Ran())


def _month_before(day: date) -> date:
    first = day.replace(day=1)
    year, month = (first.year - 1, 12) if first.month == 1 else (first.year, first.month - 1)
    return date(year, month, 1)


def appraise(
    month: Annotated[str, typer.Option(help="A month such as 2026-10")],
    unit: Annotated[str, typer.Option(help="Code of a unit; the whole city without it")] = "",
    processes: Annotated[int, typer.Option(help="Processes that share the work", min=1)] = 1,
) -> None:
    """Compute the appraisal of a month; what a person has given a word on stays as it is."""
    first = _first_of(month)
    now = clock.now()
    if first > civil_day(now):
        console.print(f"{month} has not begun")
        raise typer.Exit(1)
    engine = make_engine(Settings())
    sessions = make_sessions(engine)
    with sessions() as session:
        total = len(communities_of(session, unit))
    steps = run(sessions, unit, first, now, processes)
    expected = total if processes == 1 else -(-total // CHUNK)
    done = sum(track(steps, f"appraisal of {month}", total=expected, console=console), Ran())
    engine.dispose()
    console.print(
        f"{done.workers} workers of {done.communities} communities appraised; "
        f"{done.decided} communities decided already"
    )


def _first_of(month: str) -> date:
    try:
        return month_of(date.fromisoformat(f"{month}-01"))[0]
    except ValueError:
        raise typer.BadParameter(f"{month!r} is no month; write it as 2026-10") from None
