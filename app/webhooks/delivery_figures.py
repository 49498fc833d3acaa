"""How an endpoint fares, in figures (INT-2)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.db.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from app.rules.delivery import UNFINISHED, DeliveryState
from app.webhooks.delivery_schemas import DeliveryFiguresOut

LATELY = timedelta(hours=24)


def figures(session: Session, endpoint: WebhookEndpoint, now: datetime) -> DeliveryFiguresOut:
    """What waits, what was told, and the attempts of the last 24 hours."""
    counts = _counts(session, endpoint)
    lately = _lately(session, endpoint, now)
    return DeliveryFiguresOut(
        endpoint_id=endpoint.id,
        state=endpoint.state,
        waiting=sum(counts.get(state, 0) for state in UNFINISHED),
        oldest_waiting_at=_oldest(session, endpoint),
        delivered=counts.get(DeliveryState.SUCCEEDED, 0),
        dead=counts.get(DeliveryState.DEAD, 0),
        attempts_24h=lately.made,
        succeeded_24h=lately.succeeded,
        success_share_24h=round(lately.succeeded / lately.made, 4) if lately.made else None,
        median_ms_24h=lately.median,
        p90_ms_24h=lately.p90,
        failures=endpoint.failures,
        failing_since=endpoint.failing_since,
        rests_until=endpoint.rests_until,
    )


def _counts(session: Session, endpoint: WebhookEndpoint) -> dict[DeliveryState, int]:
    rows = session.execute(
        select(WebhookDelivery.state, func.count())
        .where(WebhookDelivery.endpoint_id == endpoint.id)
        .group_by(WebhookDelivery.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 - rows are no pairs to the checker


def _oldest(session: Session, endpoint: WebhookEndpoint) -> datetime | None:
    return session.scalar(
        select(func.min(WebhookEvent.occurred_at))
        .join(WebhookDelivery, WebhookDelivery.event_id == WebhookEvent.id)
        .where(WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.state.in_(UNFINISHED))
    )


def _lately(session: Session, endpoint: WebhookEndpoint, now: datetime) -> Row[Any]:
    succeeded = WebhookAttempt.error.is_(None)
    answered = WebhookAttempt.status.is_not(None)

    def part(share: float) -> Any:
        return func.percentile_cont(share).within_group(WebhookAttempt.took_ms).filter(answered)

    return session.execute(
        select(
            func.count().label("made"),
            func.count().filter(succeeded).label("succeeded"),
            part(0.5).label("median"),
            part(0.9).label("p90"),
        )
        .join(WebhookDelivery, WebhookDelivery.id == WebhookAttempt.delivery_id)
        .where(
            WebhookDelivery.endpoint_id == endpoint.id,
            WebhookAttempt.started_at > now - LATELY,
            WebhookAttempt.started_at <= now,
        )
    ).one()
