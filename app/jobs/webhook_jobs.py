"""Deliveries as jobs: every second, drains for the endpoints that something is due to (INT-2).

What is to be delivered is rows of its own; a job is only somebody's turn to look after an endpoint.
An endpoint has two lanes, each worked by one job at a time, so that two processes share it. The
jobs are coroutines in a queue of their own: one that waits for a slow endpoint holds no thread.
"""

from typing import Any, TypeAlias
from uuid import UUID

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status
from procrastinate.tasks import Task

from app.webhooks.delivering import LANES, Post, drain, waiting_endpoints

Drains: TypeAlias = Task[..., Any, Any]
QUEUE = "webhooks"
DRAINS_AT_ONCE = 64
"""Of one process: coroutines, so that no number of slow endpoints keeps others waiting."""
BEATS_EVERY_S = 5.0
SILENT_S = 20
"""A worker that was not heard of for so long is gone; another one takes its lanes."""


def enter(queue: procrastinate.App, post: Post) -> None:
    """The jobs that deliver."""
    _enter_dispatch(queue, post, _enter_drains(queue, post))
    _enter_freeing(queue)


def _enter_drains(queue: procrastinate.App, post: Post) -> Drains:
    async def deliver_webhooks(endpoint_id: str, lane: int) -> None:
        await drain(post, UUID(endpoint_id), lane)

    return queue.task(name="deliver_webhooks", queue=QUEUE)(deliver_webhooks)


def _enter_dispatch(queue: procrastinate.App, post: Post, drains: Drains) -> None:
    async def dispatch_webhooks(timestamp: int) -> None:
        del timestamp
        for endpoint_id in await waiting_endpoints(post):
            if not post.is_quiet(endpoint_id):
                for lane in range(LANES):
                    await _defer(drains, endpoint_id, lane)

    turn = queue.task(name="dispatch_webhooks", queue=QUEUE, queueing_lock="dispatch_webhooks")(
        dispatch_webhooks
    )
    queue.periodic(cron="* * * * * */1")(turn)


async def _defer(drains: Drains, endpoint_id: UUID, lane: int) -> None:
    """Unless one waits already; one that runs is followed by one, which may find nothing."""
    name = f"webhooks {endpoint_id} {lane}"
    try:
        await drains.configure(lock=name, queueing_lock=name).defer_async(
            endpoint_id=str(endpoint_id), lane=lane
        )
    except AlreadyEnqueued:
        return


def _enter_freeing(queue: procrastinate.App) -> None:
    """The lanes of killed workers are free again."""

    async def free_webhook_lanes(timestamp: int) -> None:
        del timestamp
        stalled = await queue.job_manager.get_stalled_jobs(
            queue=QUEUE, seconds_since_heartbeat=SILENT_S
        )
        for job in stalled:
            await queue.job_manager.finish_job(job, Status.FAILED, delete_job=True)

    turn = queue.task(name="free_webhook_lanes", queue=QUEUE, queueing_lock="free_webhook_lanes")(
        free_webhook_lanes
    )
    queue.periodic(cron="* * * * * */5")(turn)
