"""Endpoints and acts for the tests of what is told outside."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Account, WebhookDelivery, WebhookEndpoint, WebhookEvent
from app.kit.ids import uuid7
from app.outbox.emit import emit
from app.people.principal import Principal
from app.people.roles import scopes_of
from app.rules.delivery import EndpointState
from app.webhooks.endpoints import open_endpoint
from app.webhooks.schemas import EndpointIn

NOW = datetime(2026, 3, 18, 2, 0, tzinfo=UTC)
GRID = "510185001001001"
URL = "https://platform.example.gov.cn/receive"
ROLE = "system_administrator"


def administrator(db: Session, role: str = ROLE) -> Principal:
    """The account of a role of the city, as a token names it."""
    account = db.scalars(select(Account).where(Account.roles.contains([role]))).one()
    return Principal(
        account_id=account.id,
        name=account.name,
        unit_code=account.unit_code,
        roles=(role,),
        scopes=scopes_of((role,)),
        worker_id=None,
        device_id=None,
        login_id=account.id,
    )


def asked(**changes: Any) -> EndpointIn:
    """An endpoint as an administrator asks for it."""
    return EndpointIn.model_validate({"url": URL, "description": "平台", **changes})


def opened(
    db: Session, state: EndpointState = EndpointState.ACTIVE, **changes: Any
) -> WebhookEndpoint:
    """An endpoint in a state."""
    endpoint, _ = open_endpoint(db, administrator(db), asked(**changes), NOW)
    endpoint.state = state
    db.flush()
    return endpoint


def act(db: Session, subject: UUID | None = None, unit: str = GRID, **facts: Any) -> UUID:
    """An act on an event, told as the capability tells it."""
    key = subject or uuid7(NOW)
    emit(
        db,
        "incident.acted",
        by=None,
        unit_code=unit,
        subject=("incident", key),
        **({"act": "report", "number": 1, "state": "held"} | facts),
    )
    return key


def events(db: Session, subject: object) -> list[WebhookEvent]:
    """What was told of a subject, by number."""
    found = select(WebhookEvent).where(WebhookEvent.subject_id == str(subject))
    return list(db.scalars(found.order_by(WebhookEvent.number)))


def told_to(db: Session, endpoint: WebhookEndpoint) -> list[UUID]:
    """The events that an endpoint is told of, in the order in which they were written."""
    found = select(WebhookDelivery.event_id).where(WebhookDelivery.endpoint_id == endpoint.id)
    return list(db.scalars(found.order_by(WebhookDelivery.id)))
