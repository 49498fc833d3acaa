"""The month of a whole city, in one process or several (APR-1).

Some communities of a township are a transaction, each behind a lock: a run that is interrupted
keeps what it had finished, and run again nothing is doubled.
"""

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.appraisal.computing import compute_months, has_settled
from app.appraisal.handsets import handsets_since
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

BATCH = 25
"""Communities of a township that are computed together."""
TOWNSHIP_DIGITS = 9
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


def batches_of(communities: Sequence[str]) -> Sequence[Sequence[str]]:
    """Communities of one township together, at most so many."""
    found: dict[str, list[str]] = {}
    for code in communities:
        found.setdefault(code[:TOWNSHIP_DIGITS], []).append(code)
    return [
        codes[at : at + BATCH] for codes in found.values() for at in range(0, len(codes), BATCH)
    ]


def run_batch(sessions: Sessions, communities: Sequence[str], month: date, now: datetime) -> Ran:
    """Some communities of a township, committed together."""
    with sessions.begin() as session:
        computed = compute_months(session, communities, month, now)
    return Ran(len(communities), sum(computed.values()), _decided(sessions, communities, month))


def _decided(sessions: Sessions, communities: Sequence[str], month: date) -> int:
    with sessions() as session:
        return (
            session.scalar(
                select(func.count())
                .select_from(AppraisalMonth)
                .where(
                    AppraisalMonth.community_code.in_(communities),
                    AppraisalMonth.month == month,
                    AppraisalMonth.state != MonthState.OPEN,
                )
            )
            or 0
        )


def run_beside(communities: Sequence[str], month: date, now: datetime) -> Ran:
    """A batch, in a process of its own."""
    return run_batch(_sessions(), communities, month, now)


@cache
def _sessions() -> Sessions:
    """Of this process: connected once."""
    return make_sessions(make_engine(Settings()))


def run(
    sessions: Sessions,
    batches: Sequence[Sequence[str]],
    month: date,
    now: datetime,
    processes: int = 1,
) -> Iterator[Ran]:
    """Batch by batch, in this process or as several finish them."""
    if processes == 1:
        yield from (run_batch(sessions, batch, month, now) for batch in batches)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin_beside) as pool:
        waiting = [pool.submit(run_beside, batch, month, now) for batch in batches]
        try:
            yield from (done.result() for done in as_completed(waiting))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _begin_beside() -> None:
    """A process that works beside another leaves it to that one to interrupt the run, and ends
    with it: what it has not committed by then is undone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def appraise_last_month(sessions: Sessions, now: datetime) -> Ran:
    """The month before, once it has settled, in every community that is behind with it.

    A community in which nobody had a handset by then had its records on paper: it is appraised only
    when somebody asks for it [reading].
    """
    before = _month_before(civil_day(now))
    with sessions() as session:
        if not has_settled(session, before, now):
            return Ran()
        computed = {
            row.community_code
            for row in session.scalars(select(AppraisalMonth).where(AppraisalMonth.month == before))
            if row.state is not MonthState.OPEN or has_settled(session, before, row.computed_at)
        }
        wanted = _with_handsets(session, before) - computed
    batches = batches_of(sorted(wanted))
    return sum((run_batch(sessions, batch, before, now) for batch in batches), Ran())


def _with_handsets(session: Session, month: date) -> set[str]:
    """Where any full-time worker of a month had a handset before it was over."""
    months = workers_of_month(session, "", month)
    since = handsets_since(session, [one.worker_id for one in months])
    _, last = month_of(month)
    return {one.community_code for one in months if since.get(one.worker_id, date.max) <= last}


def _month_before(day: date) -> date:
    first = day.replace(day=1)
    year, month = (first.year - 1, 12) if first.month == 1 else (first.year, first.month - 1)
    return date(year, month, 1)


def appraise(
    month: Annotated[str, typer.Option(help="A month such as 2026-10")],
    unit: Annotated[str, typer.Option(help="Code of a unit; the whole city without it")] = "",
    processes: Annotated[int, typer.Option(help="Processes that share the work", min=1)] = 1,
) -> None:
    """Compute the appraisal of a month; what a person has given a word on stays as it is.

    Interrupted, it keeps what it had finished; run again, it doubles nothing.
    """
    first = _first_of(month)
    now = clock.now()
    if first >= civil_day(now):
        console.print(f"{month} has no date yet that is over")
        raise typer.Exit(1)
    engine = make_engine(Settings())
    sessions = make_sessions(engine)
    with sessions() as session:
        batches = batches_of(communities_of(session, unit))
    steps = run(sessions, batches, first, now, processes)
    shown = track(steps, f"appraisal of {month}", total=len(batches), console=console)
    try:
        done = sum(shown, Ran())
    except BrokenProcessPool:
        console.print("a process was ended from outside; what it had finished is kept: run again")
        raise typer.Exit(1) from None
    finally:
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
