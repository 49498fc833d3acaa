"""What was told, or never was, is told again (INT-2).

A replay changes rows under the lock of the endpoint, as drains do. What is told again keeps its
key and its number; a receiver that has seen it drops it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from app.db.keyset import cursor_of, cut, later
from app.db.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from app.kit.errors import NotFound
from app.outbox.catalogue import TEST
from app.outbox.emit import emit
from app.people.principal import Principal
from app.rules.delivery import AttemptTrigger, DeliveryState, EndpointState, may_replay_from
from app.webhooks.claiming import hold
from app.webhooks.delivery_lists import EPOCH, delivery_of
from app.webhooks.delivery_refusals import ReplayTooFarBack
from app.webhooks.delivery_schemas import ReplayIn, ReplayOut
from app.webhooks.refusals import EndpointNotInState

PLACE = (WebhookEvent.occurred_at, WebhookEvent.id)
SUBJECT = "webhook_endpoint"


def replay_one(session: Session, asker: Principal, key: int) -> WebhookDelivery:
    """Tell one event once more, from the first step of the ladder; what waits goes at once."""
    delivery = delivery_of(session, asker, key)
    endpoint = _held(session, asker, delivery.endpoint_id)
    session.refresh(delivery, with_for_update=True)
    before = delivery.state
    if before is DeliveryState.DELIVERING:
        return delivery
    delivery.next_at = EPOCH
    if before in {DeliveryState.SUCCEEDED, DeliveryState.DEAD}:
        delivery.state = DeliveryState.PENDING
        delivery.trigger = AttemptTrigger.MANUAL
        delivery.attempts, delivery.finished_at = 0, None
    _trace(session, asker, endpoint, "webhook.replayed", delivery=key, before=before.value)
    return delivery


def replay_span(
    session: Session, asker: Principal, endpoint_id: UUID, body: ReplayIn, now: datetime
) -> ReplayOut:
    """Tell what an endpoint was never told of a span, and dead letters once more."""
    endpoint = _held(session, asker, endpoint_id)
    earliest = may_replay_from(now)
    if body.since < earliest:
        raise ReplayTooFarBack(earliest=earliest.isoformat())
    found, last = cut(_to_tell(session, endpoint, body, now), body.limit)
    never = [row for row in found if row.delivery_id is None]
    _begin(session, endpoint.id, [row.event_id for row in never])
    _begin_again(session, [row.delivery_id for row in found if row.delivery_id is not None])
    _trace(
        session,
        asker,
        endpoint,
        "webhook.span_replayed",
        since=body.since.isoformat(),
        until=None if body.until is None else body.until.isoformat(),
        succeeded=body.succeeded,
        deliveries=len(found),
    )
    return ReplayOut(
        never_told=len(never),
        told_again=len(found) - len(never),
        next_cursor=cursor_of(last.occurred_at, last.event_id) if last else None,
    )


def _held(session: Session, asker: Principal, endpoint_id: UUID) -> WebhookEndpoint:
    endpoint = hold(session, endpoint_id)
    if endpoint is None:
        raise NotFound
    asker.look(endpoint.unit_code)
    if endpoint.state is EndpointState.RETIRED:
        raise EndpointNotInState(state=endpoint.state, allowed=[])
    return endpoint


def _to_tell(
    session: Session, endpoint: WebhookEndpoint, body: ReplayIn, now: datetime
) -> Sequence[Row[UUID, datetime, int]]:
    """One more than asked for, the earliest first."""
    again = [DeliveryState.DEAD, *([DeliveryState.SUCCEEDED] if body.succeeded else [])]
    asked_for = [
        WebhookEvent.unit_code.startswith(endpoint.unit_code, autoescape=True),
        WebhookEvent.type != TEST,
    ]
    if endpoint.event_types:
        asked_for.append(WebhookEvent.type.in_(endpoint.event_types))
    return session.execute(
        select(
            WebhookEvent.id.label("event_id"),
            WebhookEvent.occurred_at,
            WebhookDelivery.id.label("delivery_id"),
        )
        .outerjoin(
            WebhookDelivery,
            and_(
                WebhookDelivery.event_id == WebhookEvent.id,
                WebhookDelivery.endpoint_id == endpoint.id,
            ),
        )
        .where(
            WebhookEvent.occurred_at >= body.since,
            WebhookEvent.occurred_at <= (body.until or now),
            or_(and_(WebhookDelivery.id.is_(None), *asked_for), WebhookDelivery.state.in_(again)),
            later(PLACE, body.cursor),
        )
        .order_by(*PLACE)
        .limit(body.limit + 1)
    ).all()


def _begin(session: Session, endpoint_id: UUID, events: Sequence[UUID]) -> None:
    """Deliveries of events that have none, in the order of their subjects' numbers."""
    columns = (
        WebhookEvent.id,
        literal(endpoint_id),
        WebhookEvent.subject_kind,
        WebhookEvent.subject_id,
        WebhookEvent.number,
        literal(DeliveryState.PENDING.value),
        literal(AttemptTrigger.RECOVER.value),
        literal(EPOCH),
    )
    names = ("event_id", "endpoint_id", "subject_kind", "subject_id", "number", "state",
             "trigger", "next_at")  # fmt: skip
    session.execute(
        insert(WebhookDelivery).from_select(
            names,
            select(*columns)
            .where(WebhookEvent.id == func.any(list(events)))
            .order_by(WebhookEvent.occurred_at, WebhookEvent.number),
        )
    )


def _begin_again(session: Session, deliveries: Sequence[int]) -> None:
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.id == func.any(list(deliveries)))
        .values(
            state=DeliveryState.PENDING,
            trigger=AttemptTrigger.RECOVER,
            attempts=0,
            next_at=EPOCH,
            finished_at=None,
        ),
        execution_options={"synchronize_session": False},
    )


def _trace(
    session: Session, asker: Principal, endpoint: WebhookEndpoint, name: str, **facts: Any
) -> None:
    emit(
        session,
        name,
        by=asker.account_id,
        unit_code=endpoint.unit_code,
        subject=(SUBJECT, endpoint.id),
        **facts,
    )
