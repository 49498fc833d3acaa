"""Keys rotated and expired by the administrator; what is recorded never holds a secret (INT-2)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.models import WebhookEndpoint, WebhookSecret
from app.outbox.catalogue import ENDPOINT
from app.outbox.emit import emit
from app.people.principal import Principal
from app.rules.delivery import EndpointState
from app.webhooks import keys
from app.webhooks.endpoints import endpoint_of, scheme_of
from app.webhooks.refusals import EndpointNotInState
from app.webhooks.schemas import RotationIn, WebhookKeyMadeOut, WebhookKeyOut


def list_keys(
    session: Session, asker: Principal, endpoint_id: UUID, now: datetime
) -> Sequence[WebhookKeyOut]:
    """All keys of an endpoint, without their secrets."""
    endpoint = endpoint_of(session, asker, endpoint_id)
    return [key_out(key, now) for key in keys.keys_of(session, endpoint.id)]


def rotate(
    session: Session, asker: Principal, endpoint_id: UUID, body: RotationIn, now: datetime
) -> WebhookKeyMadeOut:
    """A new key of one direction, made here or given by the platform."""
    endpoint = endpoint_of(session, asker, endpoint_id, for_change=True)
    if endpoint.state is EndpointState.RETIRED:
        raise EndpointNotInState(state=endpoint.state, allowed=[])
    scheme = scheme_of(endpoint, body.use)
    given = body.secret
    secret = keys.new_secret(scheme) if given is None else keys.check_secret(scheme, given)
    overlap = timedelta(hours=body.overlap_hours)
    key = keys.replace_key(session, endpoint.id, body.use, secret, overlap, now)
    _trace(session, asker, "webhook_key.rotated", endpoint, key, overlap_hours=body.overlap_hours)
    shown = key_out(key, now).model_dump()
    return WebhookKeyMadeOut(**shown, secret=secret if given is None else None)


def expire(
    session: Session, asker: Principal, endpoint_id: UUID, key_id: UUID, now: datetime
) -> WebhookKeyOut:
    """A key is not valid from now on."""
    endpoint = endpoint_of(session, asker, endpoint_id, for_change=True)
    key = keys.expire_key(session, endpoint.id, key_id, now)
    _trace(session, asker, "webhook_key.expired", endpoint, key)
    return key_out(key, now)


def key_out(key: WebhookSecret, now: datetime) -> WebhookKeyOut:
    """A key without its secret."""
    return WebhookKeyOut(
        id=key.id,
        use=key.use,
        created_at=key.created_at,
        expires_at=key.expires_at,
        valid=keys.is_valid(key, now),
    )


def _trace(
    session: Session,
    asker: Principal,
    name: str,
    endpoint: WebhookEndpoint,
    key: WebhookSecret,
    **facts: Any,
) -> None:
    emit(
        session,
        name,
        by=asker.account_id,
        unit_code=endpoint.unit_code,
        subject=(ENDPOINT, endpoint.id),
        key=str(key.id),
        use=key.use.value,
        **facts,
    )
