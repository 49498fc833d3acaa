"""Endpoints, events and a clock of one's own, for the tests of deliveries."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import Account, WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from app.kit.ids import uuid7
from app.outbox.fanout import Told, tell
from app.people.principal import Principal
from app.rules.delivery import EndpointState, Scheme, SecretUse
from app.webhooks.delivering import Post, deliver_all, opened
from app.webhooks.keys import add_key
from app.webhooks.plain import body_of

NOON = datetime(2026, 3, 18, 4, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LOOPBACK = ["127.0.0.0/8"]


@dataclass
class Clock:
    """A time that a test sets."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> datetime:
        """Later."""
        self.now += timedelta(**span)
        return self.now


def plain(event: WebhookEvent, endpoint: WebhookEndpoint) -> bytes:
    """The thin body, whoever is told."""
    del endpoint
    return body_of(event)


def make_endpoint(db: Session, url: str, **changes: Any) -> UUID:
    """An endpoint that is told everything, with a key; committed."""
    creator = db.scalars(select(Account.id).limit(1)).one()
    known = {
        "id": uuid7(NOON),
        "url": url,
        "description": "test",
        "platform": None,
        "scheme": Scheme.STANDARD_WEBHOOKS,
        "event_types": [],
        "unit_code": "510185",
        "allow_cidrs": LOOPBACK,
        "at_once": 8,
        "state": EndpointState.ACTIVE,
        "created_at": NOON,
        "created_by": creator,
    }
    endpoint = WebhookEndpoint(**(known | changes))
    db.add(endpoint)
    db.flush()
    if endpoint.scheme is not Scheme.OAUTH:
        add_key(db, endpoint.id, SecretUse.OUTBOUND, SECRET, NOON)
    db.commit()
    return endpoint.id


def administrator(db: Session) -> Principal:
    """Who keeps the endpoints of the city."""
    account = db.scalars(select(Account).where(Account.unit_code == "510185").limit(1)).one()
    return Principal(
        account_id=account.id,
        name="administrator",
        unit_code="510185",
        roles=("system_administrator",),
        scopes=frozenset({"webhooks:read", "webhooks:write"}),
        worker_id=None,
        device_id=None,
        login_id=account.id,
    )


def happen(db: Session, *subjects: str, at: datetime = NOON, **told: Any) -> Sequence[UUID]:
    """An event for each subject named, in this order; committed."""
    known: dict[str, Any] = {
        "type": "incident.acted",
        "unit_code": "510185001001001",
        "data": {"act": "escalate", "state": "held"},
        "occurred_at": at,
    }
    keys = tell(db, [Told(subject=("incident", name), **(known | told)) for name in subjects])
    db.commit()
    return keys


@contextmanager
def post(sessions: Sessions, now: Clock, **how: Any) -> Iterator[Post]:
    """What drains share; delays as the ladder has them."""
    with opened(sessions, now, how.pop("dress", plain), **how) as found:
        found.jitter = lambda: 0.0
        yield found


def deliver(sessions: Sessions, now: Clock, **how: Any) -> int:
    """Send everything that is due now."""
    with post(sessions, now, **how) as found:
        return asyncio.run(deliver_all(found))


def states(db: Session) -> list[tuple[str, int, str, int]]:
    """Subject, number, state and attempts of every delivery."""
    db.rollback()
    rows = db.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id))
    return [(row.subject_id, row.number, row.state.value, row.attempts) for row in rows]


def attempts(db: Session) -> Sequence[WebhookAttempt]:
    """The log."""
    db.rollback()
    return db.scalars(select(WebhookAttempt).order_by(WebhookAttempt.id)).all()


def endpoint_of(db: Session, key: UUID) -> WebhookEndpoint:
    """An endpoint as it is now."""
    db.rollback()
    db.expire_all()
    return db.get_one(WebhookEndpoint, key)
