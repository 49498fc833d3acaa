"""Endpoints of stand-in platforms, and both of them until nothing is left to do."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import Account, WebhookEndpoint
from app.kit.ids import uuid7
from app.platforms.dressing import dress
from app.rules.delivery import EndpointState, Scheme, SecretUse
from app.webhooks.delivering import deliver_all, opened
from app.webhooks.keys import add_key
from tests.platforms.standing_in import Running


def meet(db: Session, running: Running, now: datetime, **changes: Any) -> UUID:
    """An endpoint for a stand-in platform, with the keys that were agreed on; committed."""
    agreement = running.standin.agreement
    creator = db.scalars(select(Account.id).order_by(Account.id).limit(1)).one()
    known: dict[str, Any] = {
        "id": uuid7(now),
        "url": f"{running.url}/deliveries",
        "description": agreement.platform.value,
        "platform": agreement.platform,
        "scheme": agreement.told.scheme,
        "inbound_scheme": agreement.says.scheme,
        "credentials": dict(agreement.told.credentials)
        | {"token_url": f"{running.url}/oauth/token"},
        "event_types": [],
        "unit_code": "510185",
        "allow_cidrs": ["127.0.0.0/8"],
        "at_once": 8,
        "state": EndpointState.ACTIVE,
        "created_at": now,
        "created_by": creator,
    }
    endpoint = WebhookEndpoint(**(known | changes))
    db.add(endpoint)
    db.flush()
    if agreement.told.scheme is not Scheme.OAUTH:
        add_key(db, endpoint.id, SecretUse.OUTBOUND, agreement.told.secrets[0], now)
    add_key(db, endpoint.id, SecretUse.INBOUND, agreement.says.secrets[0], now)
    db.commit()
    return endpoint.id


def deliver(sessions: Sessions, now: Callable[[], datetime]) -> int:
    """Send all that is due now, each platform in its own words; how many requests were made."""
    with opened(sessions, now, dress) as post:
        return asyncio.run(deliver_all(post))
