"""Endpoints as administrators look at them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import WebhookEndpoint
from app.people.posts import under
from app.rules.delivery import EndpointState
from app.rules.tasks import Platform
from app.webhooks.schemas import EndpointOut, EndpointPage

PLACE = (WebhookEndpoint.created_at, WebhookEndpoint.id)


def endpoints_under(
    session: Session,
    unit_code: str,
    which: tuple[EndpointState | None, Platform | None],
    page: tuple[str | None, int],
) -> EndpointPage:
    """The endpoints of a unit, the latest first; retired ones only when they are asked for."""
    state, platform = which
    cursor, limit = page
    in_state = (
        WebhookEndpoint.state != EndpointState.RETIRED
        if state is None
        else WebhookEndpoint.state == state
    )
    query = (
        select(WebhookEndpoint)
        .where(under(WebhookEndpoint.unit_code, unit_code), in_state, earlier(PLACE, cursor))
        .order_by(*latest_first(PLACE))
        .limit(limit + 1)
    )
    if platform is not None:
        query = query.where(WebhookEndpoint.platform == platform)
    shown, last = cut(session.scalars(query).all(), limit)
    return EndpointPage(
        items=[endpoint_out(endpoint) for endpoint in shown],
        next_cursor=cursor_of(last.created_at, last.id) if last else None,
    )


def endpoint_out(endpoint: WebhookEndpoint) -> EndpointOut:
    """An endpoint without what proves it."""
    return EndpointOut(
        id=endpoint.id,
        url=endpoint.url,
        description=endpoint.description,
        platform=endpoint.platform,
        scheme=endpoint.scheme,
        inbound_scheme=endpoint.inbound_scheme,
        credentials_given=sorted(endpoint.credentials or {}),
        event_types=endpoint.event_types,
        unit_code=endpoint.unit_code,
        allow_cidrs=endpoint.allow_cidrs,
        at_once=endpoint.at_once,
        state=endpoint.state,
        why_disabled=endpoint.why_disabled,
        failing_since=endpoint.failing_since,
        failures=endpoint.failures,
        rests_until=endpoint.rests_until,
        created_at=endpoint.created_at,
        retired_at=endpoint.retired_at,
    )
