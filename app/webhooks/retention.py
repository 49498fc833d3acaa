"""What was delivered is forgotten after 30 days, dead letters and old events after 180 (INT-2).

In batches, each a transaction of its own: a year's backlog holds nobody up.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, TextClause, text

from app.db.engine import Sessions
from app.rules.delivery import DEAD_KEPT, SUCCEEDED_KEPT

BATCH = 5000
BATCHES_AT_MOST = 40
"""Of one turn; the next one goes on."""
DELIVERIES = text(
    """
    with old as (
        select delivery.id from webhook_delivery delivery
        join webhook_endpoint endpoint on endpoint.id = delivery.endpoint_id
        where (delivery.state = 'succeeded' and delivery.finished_at < :succeeded)
            or (delivery.state = 'dead' and delivery.finished_at < :dead)
            or endpoint.retired_at < :dead
        limit :batch
        for update of delivery skip locked
    ), forgotten as (
        delete from webhook_attempt using old where webhook_attempt.delivery_id = old.id
    )
    delete from webhook_delivery using old where webhook_delivery.id = old.id
    """
)
EVENTS = text(
    """
    with old as (
        select event.id from webhook_event event
        where event.occurred_at < :dead and not exists (
            select from webhook_delivery delivery where delivery.event_id = event.id
        )
        limit :batch
        for update of event skip locked
    )
    delete from webhook_event using old where webhook_event.id = old.id
    """
)


@dataclass(frozen=True)
class Forgotten:
    """How much was."""

    deliveries: int
    events: int


def forget(sessions: Sessions, now: datetime, batch: int = BATCH) -> Forgotten:
    """Delete what is past its term."""
    return Forgotten(
        deliveries=_in_batches(sessions, DELIVERIES, now, batch),
        events=_in_batches(sessions, EVENTS, now, batch),
    )


def _in_batches(sessions: Sessions, what: TextClause, now: datetime, batch: int) -> int:
    terms = {"succeeded": now - SUCCEEDED_KEPT, "dead": now - DEAD_KEPT, "batch": batch}
    forgotten = 0
    for _ in range(BATCHES_AT_MOST):
        with sessions.begin() as session:
            done = session.execute(what, terms)
        assert isinstance(done, CursorResult)
        forgotten += done.rowcount
        if done.rowcount < batch:
            break
    return forgotten
