"""What a platform was told, as it reads it, and telling it again (INT-2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.db.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from app.kit.clock import civil_day, day_end, day_start
from app.outbox.catalogue import ENDPOINT
from app.people.posts import under
from app.platforms.comparing import OurEvent, Ours, Subject
from app.platforms.dressing import dressed
from app.platforms.language import Language
from app.platforms.sayings import Word
from app.platforms.speaking import undressed
from app.rules.delivery import UNFINISHED, DeliveryState
from app.webhooks.claiming import hold

KNOWN = text(
    """
    select asked.kind, asked.id
    from unnest(cast(:kinds as text[]), cast(:ids as text[])) as asked (kind, id)
    join webhook_subject subject on subject.kind = asked.kind and subject.id = asked.id
    """
).bindparams(bindparam("kinds", type_=ARRAY(String)), bindparam("ids", type_=ARRAY(String)))
AGAIN = text(
    """
    insert into webhook_delivery
        (event_id, endpoint_id, subject_kind, subject_id, number, state, trigger, next_at)
    select id, :endpoint, subject_kind, subject_id, number, 'pending', 'recover', 'epoch'
    from webhook_event where id = any(:events)
    order by subject_kind, subject_id, number
    on conflict (event_id, endpoint_id) do update
        set state = 'pending', trigger = 'recover', attempts = 0, next_at = 'epoch',
            claimed_until = null, finished_at = null
        where webhook_delivery.state in ('succeeded', 'dead')
    """
).bindparams(bindparam("events", type_=ARRAY(Uuid)))
Row = tuple[WebhookEvent, DeliveryState | None]
Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True)
class Reader:
    """Whom we told, and how it reads what we told."""

    endpoint: WebhookEndpoint
    language: Language


def told_on(session: Session, reader: Reader, day: date) -> Mapping[Subject, Ours]:
    """The subjects to which something happened on a date that the endpoint is told of."""
    subjects = _concerning(
        select(WebhookEvent.subject_kind, WebhookEvent.subject_id), reader.endpoint
    ).where(WebhookEvent.occurred_at >= day_start(day), WebhookEvent.occurred_at < day_end(day))
    rows = session.execute(
        _concerning(select(WebhookEvent, WebhookDelivery.state), reader.endpoint)
        .where(tuple_(WebhookEvent.subject_kind, WebhookEvent.subject_id).in_(subjects))
        .order_by(WebhookEvent.subject_kind, WebhookEvent.subject_id, WebhookEvent.number)
    )
    found = [(event, state) for event, state in rows]
    return {
        subject: _ours(reader, list(events), day)
        for subject, events in groupby(found, lambda row: (row[0].subject_kind, row[0].subject_id))
    }


def _concerning(query: Query, endpoint: WebhookEndpoint) -> Query:
    """What an endpoint is told of; without a delivery what happened while it was disabled."""
    mine = and_(
        WebhookDelivery.event_id == WebhookEvent.id, WebhookDelivery.endpoint_id == endpoint.id
    )
    asked_for: ColumnElement[bool] = (
        WebhookEvent.type.in_(endpoint.event_types) if endpoint.event_types else true()
    )
    passed_over = and_(
        WebhookEvent.occurred_at >= endpoint.created_at,
        under(WebhookEvent.unit_code, endpoint.unit_code),
        asked_for,
    )
    return query.outerjoin(WebhookDelivery, mine).where(
        WebhookEvent.subject_kind != ENDPOINT,
        or_(WebhookDelivery.id.is_not(None), passed_over),
    )


def _ours(reader: Reader, rows: Sequence[Row], day: date) -> Ours:
    events = [
        OurEvent(event.id, event.number, civil_day(event.occurred_at) == day, state in UNFINISHED)
        for event, state in rows
    ]
    return Ours(events, state_told(reader.language, [event for event, _ in rows]))


def state_told(language: Language, events: Sequence[WebhookEvent]) -> Word | None:
    """The state that was told last, in the platform's word; not every event says one."""
    for event in reversed(events):
        state = undressed(language, dressed(language, event)).state
        if state is not None:
            return state
    return None


def known(session: Session, subjects: Iterable[Subject]) -> Sequence[Subject]:
    """Those that somebody was ever told of."""
    asked = list(subjects)
    rows = session.execute(
        KNOWN, {"kinds": [kind for kind, _ in asked], "ids": [key for _, key in asked]}
    )
    return [(kind, key) for kind, key in rows]


def tell_again(session: Session, endpoint: WebhookEndpoint, events: Sequence[UUID]) -> None:
    """With their own keys and numbers, so that whoever has them already drops them."""
    if events:
        hold(session, endpoint.id)
        session.execute(AGAIN, {"endpoint": endpoint.id, "events": list(events)})
