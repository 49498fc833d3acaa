"""The process that works through the timetable; any number of them share it.

Each entry's turn is one job in PostgreSQL, taken by one worker. What a killed worker had begun is
taken up at the entry's next turn: every entry goes by what is in the tables, not by its own job.
"""

import asyncio
import signal
import time
from collections.abc import Callable

import procrastinate
import structlog
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from psycopg import OperationalError

from app.db.engine import Sessions, make_engine, make_sessions
from app.jobs import webhook_jobs
from app.jobs.timetable import TIMETABLE, Entry
from app.jobs.webhook_jobs import BEATS_EVERY_S, DRAINS_AT_ONCE
from app.kit import clock
from app.platforms.dressing import dress
from app.settings import Settings
from app.webhooks.delivering import Post, opened

TIMED = "default"
AT_ONCE = 3
"""Two long turns leave one for cards and messages, which are due every two seconds."""
GRACE_S = 10.0
"""How long a worker that is asked to end may finish what it does."""
BETWEEN_TRIES_S = 5.0
FINISHED_JOBS_KEPT_HOURS = 72
log = structlog.get_logger("jobs")


def build(settings: Settings, sessions: Sessions, post: Post) -> procrastinate.App:
    """The queue with every entry of the timetable, and what delivers webhooks."""
    connector = PsycopgConnector(conninfo=settings.libpq_url, min_size=1, max_size=AT_ONCE + 3)
    queue = procrastinate.App(connector=connector)
    for entry in TIMETABLE:
        turn = queue.task(name=entry.name, queueing_lock=entry.name)(_turn(entry, sessions))
        queue.periodic(cron=entry.cron)(turn)
    _tidied(queue)
    webhook_jobs.enter(queue, post)
    return queue


def _turn(entry: Entry, sessions: Sessions) -> Callable[[int], None]:
    def turn(timestamp: int) -> None:
        del timestamp
        entry.run(sessions, clock.now())

    return turn


def _tidied(queue: procrastinate.App) -> None:
    """Jobs of killed workers and old failures are removed."""

    async def tidy_queue(timestamp: int) -> None:
        del timestamp
        for stalled in await queue.job_manager.get_stalled_jobs():
            await queue.job_manager.finish_job(stalled, Status.FAILED, delete_job=True)
        await queue.job_manager.delete_old_jobs(
            nb_hours=FINISHED_JOBS_KEPT_HOURS, include_failed=True
        )

    turn = queue.task(name="tidy_queue", queueing_lock="tidy_queue")(tidy_queue)
    queue.periodic(cron="17 * * * *")(turn)


def run(settings: Settings) -> None:
    """Work until asked to end; while the database is away, try again."""
    clock.follow(settings.clock_file)
    engine = make_engine(settings)
    sessions = make_sessions(engine)
    while True:
        try:
            with opened(sessions, clock.now, dress) as post:
                asyncio.run(work(build(settings, sessions, post), post, wait=True))
        except (OperationalError, ConnectorException) as error:
            log.warning("database_unavailable", error=str(error))
            time.sleep(BETWEEN_TRIES_S)
        else:
            break
    engine.dispose()


async def work(queue: procrastinate.App, post: Post, *, wait: bool) -> None:
    """Take jobs as they fall due; without `wait` only those that are waiting now."""
    async with queue.open_async():
        loops = [
            asyncio.create_task(_take(queue, name, at_once, wait=wait))
            for name, at_once in ((TIMED, AT_ONCE), (webhook_jobs.QUEUE, DRAINS_AT_ONCE))
        ]

        def end() -> None:
            post.ending = True
            for loop in loops:
                loop.cancel()

        if wait:
            for signal_ in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(signal_, end)
        await asyncio.wait(loops, return_when=asyncio.FIRST_EXCEPTION)
        end()
        for ended in await asyncio.gather(*loops, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


async def _take(queue: procrastinate.App, name: str, at_once: int, *, wait: bool) -> None:
    """The jobs of one queue; those of the other never wait for them."""
    await queue.run_worker_async(
        queues=[name],
        wait=wait,
        concurrency=at_once,
        delete_jobs="successful",
        shutdown_graceful_timeout=GRACE_S,
        install_signal_handlers=False,
        update_heartbeat_interval=BEATS_EVERY_S,
    )
