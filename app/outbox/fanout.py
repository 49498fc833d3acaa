"""From an act to its deliveries, in the transaction of the act (INT-2).

The row of the subject is locked until the commit, so the numbers of a subject's events rise in the
order of their commits, and nobody sees number 3 before number 2.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db.bulk import insert_rows
from app.db.models import WebhookEvent
from app.kit.ids import uuid7

NUMBERS = text(
    """
    insert into webhook_subject (kind, id, last_number)
    select kind, id, wanted
    from unnest(cast(:kinds as text[]), cast(:ids as text[]), cast(:wanted as int[]))
        as asked (kind, id, wanted)
    order by kind, id
    on conflict (kind, id) do update
        set last_number = webhook_subject.last_number + excluded.last_number
    returning kind, id, last_number
    """
)
DELIVERIES = text(
    """
    -- 'epoch': due at once, whatever time the deliverers live in.
    insert into webhook_delivery
        (event_id, endpoint_id, subject_kind, subject_id, number, state, next_at)
    select event.id, endpoint.id, event.subject_kind, event.subject_id, event.number,
        'pending', 'epoch'
    from webhook_event event
    join webhook_endpoint endpoint
        on endpoint.state in ('active', 'paused')
        and event.unit_code like endpoint.unit_code || '%'
        and (endpoint.event_types = '[]' or endpoint.event_types ? event.type)
    where event.id = any(:events)
    order by event.occurred_at, event.subject_kind, event.subject_id, event.number
    """
)
DELIVERY = text(
    """
    insert into webhook_delivery
        (event_id, endpoint_id, subject_kind, subject_id, number, state, trigger, next_at)
    select id, :endpoint, subject_kind, subject_id, number, 'pending', 'test', 'epoch'
    from webhook_event where id = :event
    """
)


@dataclass(frozen=True)
class Told:
    """One event to tell: its type, its subject, where and when it happened, what is said."""

    type: str
    subject: tuple[str, str]
    unit_code: str
    occurred_at: datetime
    data: dict[str, Any]


def tell(session: Session, told: Sequence[Told]) -> Sequence[UUID]:
    """Write events with their numbers, and a delivery for each endpoint that asked for them."""
    if not told:
        return []
    keys = _write(session, told)
    session.execute(DELIVERIES, {"events": keys})
    return keys


def tell_one(session: Session, told: Told, endpoint_id: UUID) -> UUID:
    """Write a test that a single endpoint is told of, whatever it asked for."""
    [key] = _write(session, [told])
    session.execute(DELIVERY, {"event": key, "endpoint": endpoint_id})
    return key


def _write(session: Session, told: Sequence[Told]) -> list[UUID]:
    """The events with their numbers."""
    next_number = _first_numbers(session, told)
    rows = []
    keys = []
    for each in told:
        number = next_number[each.subject]
        next_number[each.subject] += 1
        kind, key = each.subject
        keys.append(uuid7(each.occurred_at))
        rows.append(
            {
                "id": keys[-1],
                "type": each.type,
                "subject_kind": kind,
                "subject_id": key,
                "number": number,
                "unit_code": each.unit_code,
                "occurred_at": each.occurred_at,
                "data": each.data,
            }
        )
    insert_rows(session, WebhookEvent, rows)
    return keys


def _first_numbers(session: Session, told: Sequence[Told]) -> Counter[tuple[str, str]]:
    wanted = Counter(each.subject for each in told)
    subjects = sorted(wanted)
    rows = session.execute(
        NUMBERS,
        {
            "kinds": [kind for kind, _ in subjects],
            "ids": [key for _, key in subjects],
            "wanted": [wanted[subject] for subject in subjects],
        },
    )
    return Counter(
        {(row.kind, row.id): row.last_number - wanted[row.kind, row.id] + 1 for row in rows}
    )
