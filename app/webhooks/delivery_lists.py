"""Deliveries, dead letters and the log of attempts, as offices look at them (INT-2)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select, true
from sqlalchemy.orm import Session, defer

from app.db.keyset import cut
from app.db.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from app.kit.errors import BadCursor, NotFound
from app.kit.paging import decode, encode
from app.people.posts import under
from app.people.principal import Principal
from app.rules.delivery import UNFINISHED, AttemptError, DeliveryState
from app.webhooks.delivery_schemas import (
    AttemptOut,
    DeliveryDetailOut,
    DeliveryOut,
    DeliveryPage,
)

Found: TypeAlias = Row[WebhookDelivery, WebhookEvent, int | None, str | None]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST = 2**63 - 1
LAST = (
    select(WebhookAttempt.status, WebhookAttempt.error)
    .where(WebhookAttempt.delivery_id == WebhookDelivery.id)
    .order_by(WebhookAttempt.id.desc())
    .limit(1)
    .lateral("last")
)


@dataclass(frozen=True)
class Asked:
    """Which deliveries."""

    endpoint: UUID | None = None
    state: DeliveryState | None = None
    type: str | None = None
    subject: str | None = None
    first: datetime | None = None
    last: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the rows must be."""
        found: list[ColumnElement[bool] | None] = [
            None if self.endpoint is None else WebhookDelivery.endpoint_id == self.endpoint,
            None if self.state is None else WebhookDelivery.state == self.state,
            None if self.type is None else WebhookEvent.type == self.type,
            None if self.subject is None else WebhookDelivery.subject_id == self.subject,
            None if self.first is None else WebhookEvent.occurred_at >= self.first,
            None if self.last is None else WebhookEvent.occurred_at < self.last,
        ]
        return [condition for condition in found if condition is not None]


def deliveries_under(
    session: Session, unit_code: str, asked: Asked, page: tuple[str | None, int]
) -> DeliveryPage:
    """The deliveries to a unit's endpoints, the latest first."""
    cursor, limit = page
    query = (
        _rows()
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(under(WebhookEndpoint.unit_code, unit_code), *asked.conditions(), _before(cursor))
        .order_by(WebhookDelivery.id.desc())
        .limit(limit + 1)
    )
    shown, last = cut(session.execute(query).all(), limit)
    return DeliveryPage(
        items=[_out(row) for row in shown],
        next_cursor=None if last is None else encode(last[0].id),
    )


def _rows() -> Select[WebhookDelivery, WebhookEvent, int | None, str | None]:
    return (
        select(WebhookDelivery, WebhookEvent, LAST.c.status, LAST.c.error)
        .join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id)
        .outerjoin(LAST, true())
    )


def _before(cursor: str | None) -> ColumnElement[bool]:
    if cursor is None:
        return true()
    [key] = decode(cursor, int)
    if not 0 < int(key) <= LARGEST:
        raise BadCursor
    return WebhookDelivery.id < key


def _out(row: Found) -> DeliveryOut:
    return DeliveryOut(**_said(row))


def _said(row: Found) -> dict[str, Any]:
    delivery, event, status, error = row
    waits = delivery.state in UNFINISHED and delivery.next_at > EPOCH
    return {
        "id": delivery.id,
        "event_id": event.id,
        "endpoint_id": delivery.endpoint_id,
        "type": event.type,
        "subject_kind": event.subject_kind,
        "subject_id": event.subject_id,
        "number": event.number,
        "unit_code": event.unit_code,
        "occurred_at": event.occurred_at,
        "state": delivery.state,
        "trigger": delivery.trigger,
        "attempts": delivery.attempts,
        "next_at": delivery.next_at if waits else None,
        "finished_at": delivery.finished_at,
        "last_status": status,
        "last_error": None if error is None else AttemptError(error),
    }


def delivery_of(session: Session, asker: Principal, key: int) -> WebhookDelivery:
    """One delivery to an endpoint within the asker's unit; raises NotFound."""
    found = session.get(WebhookDelivery, key)
    if found is None:
        raise NotFound
    asker.look(session.get_one(WebhookEndpoint, found.endpoint_id).unit_code)
    return found


def shown(session: Session, delivery: WebhookDelivery) -> DeliveryOut:
    """One delivery as lists have it."""
    return _out(session.execute(_rows().where(WebhookDelivery.id == delivery.id)).one())


def detail(session: Session, delivery: WebhookDelivery, *, excerpts: bool) -> DeliveryDetailOut:
    """One delivery with what it tells and its attempts; how answers begin only if `excerpts`."""
    row = session.execute(_rows().where(WebhookDelivery.id == delivery.id)).one()
    return DeliveryDetailOut(
        **_said(row),
        data=row[1].data,
        log=_log(session, delivery.id, excerpts=excerpts),
    )


def _log(session: Session, key: int, *, excerpts: bool) -> list[AttemptOut]:
    query = (
        select(WebhookAttempt).where(WebhookAttempt.delivery_id == key).order_by(WebhookAttempt.id)
    )
    if not excerpts:
        query = query.options(defer(WebhookAttempt.excerpt))
    return [_attempt_out(each, excerpts=excerpts) for each in session.scalars(query)]


def _attempt_out(attempt: WebhookAttempt, *, excerpts: bool) -> AttemptOut:
    return AttemptOut(
        number=attempt.number,
        trigger=attempt.trigger,
        started_at=attempt.started_at,
        took_ms=attempt.took_ms,
        status=attempt.status,
        error=None if attempt.error is None else AttemptError(attempt.error),
        excerpt=attempt.excerpt if excerpts else None,
    )
