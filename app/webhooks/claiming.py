"""Who takes which delivery: heads of their subjects only, each by one worker at a time (INT-2).

A delivery is taken when no earlier event of its subject still waits for the same endpoint. Whoever
takes one holds a lease; what a killed worker held is taken again when the lease has run out. All
that is decided here is decided under the lock of the endpoint's row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from app.db.models import WebhookEndpoint, WebhookEvent
from app.rules.delivery import RETRY_AFTER_AT_MOST, AttemptTrigger, EndpointState

LEASE = timedelta(seconds=60)
APART = timedelta(minutes=5)
"""So much the clocks of workers may differ; what lasts longer than any lease, or any rest, and
this, was begun by a clock that went wrong, and binds nobody."""
ENDPOINTS = text(
    """
    select endpoint.id from webhook_endpoint endpoint
    where endpoint.state = 'active'
        and (
            endpoint.rests_until is null or endpoint.rests_until <= :now
            or endpoint.rests_until > :longest_rest
        )
        and exists (
            select from webhook_delivery delivery
            where delivery.endpoint_id = endpoint.id
                and delivery.state in ('pending', 'delivering', 'retrying')
                and (delivery.next_at <= :now or endpoint.rests_until is not null)
                and (
                    delivery.claimed_until is null or delivery.claimed_until <= :now
                    or delivery.claimed_until > :longest_lease
                )
        )
    order by endpoint.id
    """
)
CLAIM = """
with head as (
    select delivery.id from webhook_delivery delivery
    where delivery.endpoint_id = :endpoint
        and delivery.state in ('pending', 'delivering', 'retrying')
        and {due}
        and (
            delivery.claimed_until is null or delivery.claimed_until <= :now
            or delivery.claimed_until > :longest_lease
        )
        -- A lookup for each row keeps the order of the index; a join would read all that waits.
        and delivery.number = (
            select earlier.number from webhook_delivery earlier
            where earlier.endpoint_id = delivery.endpoint_id
                and earlier.subject_kind = delivery.subject_kind
                and earlier.subject_id = delivery.subject_id
                and earlier.state in ('pending', 'delivering', 'retrying')
            order by earlier.number limit 1
        )
    order by delivery.next_at, delivery.id
    limit :want
    for update of delivery skip locked
)
update webhook_delivery delivery set state = 'delivering', claimed_until = :until
from head where delivery.id = head.id
returning delivery.id, delivery.event_id, delivery.attempts, delivery.trigger, delivery.next_at
"""
DUE, NOT_YET_DUE = (
    text(CLAIM.format(due="delivery.next_at <= :now")),
    text(CLAIM.format(due="delivery.next_at > :now")),
)


@dataclass(frozen=True)
class Claimed:
    """A delivery that is ours to send until an instant."""

    delivery_id: int
    event: WebhookEvent
    attempts: int
    """Of its ladder, before this one."""
    trigger: AttemptTrigger
    until: datetime
    probe: bool
    """The one delivery that tries an endpoint whose rest has ended."""
    counts: bool
    """Whether it is due: a failed probe before that is none of its ladder's attempts."""


def endpoints_waited_for(session: Session, now: datetime) -> Sequence[UUID]:
    """The endpoints that something may be sent to now."""
    longest = {
        "longest_lease": now + LEASE + APART,
        "longest_rest": now + RETRY_AFTER_AT_MOST + APART,
    }
    return session.scalars(ENDPOINTS, {"now": now, **longest}).all()


def rests(endpoint: WebhookEndpoint, now: datetime) -> bool:
    """Whether nothing may be tried now."""
    until = endpoint.rests_until
    return until is not None and now < until <= now + RETRY_AFTER_AT_MOST + APART


def hold(session: Session, endpoint_id: UUID) -> WebhookEndpoint | None:
    """An endpoint, locked; events go on being written for it meanwhile."""
    return session.get(
        WebhookEndpoint, endpoint_id, with_for_update={"key_share": True}, populate_existing=True
    )


def claim(session: Session, endpoint: WebhookEndpoint, want: int, now: datetime) -> list[Claimed]:
    """At most so many deliveries to send. The endpoint is held.

    An endpoint whose rest has ended is tried with one delivery, if none is due with one that is
    not yet; nobody else tries it meanwhile.
    """
    if want < 1 or endpoint.state is not EndpointState.ACTIVE:
        return []
    if endpoint.rests_until is None:
        return _claimed(session, _rows(session, DUE, endpoint, want, now), now, probe=False)
    if rests(endpoint, now):
        return []
    rows = _rows(session, DUE, endpoint, 1, now) or _rows(session, NOT_YET_DUE, endpoint, 1, now)
    if rows:
        endpoint.rests_until = now + LEASE
    return _claimed(session, rows, now, probe=True)


def _rows(
    session: Session, how: Any, endpoint: WebhookEndpoint, want: int, now: datetime
) -> Sequence[Row[Any]]:
    asked = {
        "endpoint": endpoint.id,
        "want": want,
        "now": now,
        "until": now + LEASE,
        "longest_lease": now + LEASE + APART,
    }
    return session.execute(how, asked).all()


def _claimed(
    session: Session, rows: Sequence[Row[Any]], now: datetime, *, probe: bool
) -> list[Claimed]:
    keys = [row.event_id for row in rows]
    found = session.scalars(select(WebhookEvent).where(WebhookEvent.id.in_(keys))) if keys else ()
    events = {event.id: event for event in found}
    return [
        Claimed(
            delivery_id=row.id,
            event=events[row.event_id],
            attempts=row.attempts,
            trigger=AttemptTrigger(row.trigger),
            until=now + LEASE,
            probe=probe,
            counts=row.next_at <= now,
        )
        for row in sorted(rows, key=lambda row: (row.next_at, row.id))
    ]
