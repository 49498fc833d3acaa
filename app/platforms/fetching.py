"""A platform fetches an event that it was told of; each fetch is logged (INT-1).

What is told outside is thin: keys, codes, states, instants. Whoever needs more to handle an event
asks for it here, where each look leaves a trace.

Data sharing [reading]: with the description of the place and the matter, as the handling needs it;
without the reporter's name and telephone, without what anybody wrote in an act, without photos
(faces, doors, number plates): those need an agreement on data sharing that the regulation does not
contain. And only events that some platform was told of: the platform's selection of events bounds
what it can fetch.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import (
    Incident,
    IncidentAct,
    IncidentCase,
    IncidentHop,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)
from app.kit.errors import NotFound
from app.outbox.emit import emit
from app.people.principal import Principal
from app.platforms.fetch_schemas import FetchedActOut, FetchedHoldOut, FetchedIncidentOut

INCIDENT = "incident"


def fetch_incident(session: Session, asker: Principal, key: UUID) -> FetchedIncidentOut:
    """An event's content, logged; raises NotFound beyond the unit or where no platform was told."""
    incident, case = session.get(Incident, key), session.get(IncidentCase, key)
    if incident is None or case is None:
        raise NotFound
    asker.look(case.grid_code)
    number = _last_told(session, key)
    if number is None:
        raise NotFound
    emit(
        session,
        "incident.fetched",
        by=asker.account_id,
        unit_code=case.grid_code,
        subject=(INCIDENT, key),
        number=number,
    )
    return _content(session, incident, case, number)


def _last_told(session: Session, key: UUID) -> int | None:
    return session.scalar(
        select(func.max(WebhookEvent.number))
        .join(WebhookDelivery, WebhookDelivery.event_id == WebhookEvent.id)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(
            WebhookEvent.subject_kind == INCIDENT,
            WebhookEvent.subject_id == str(key),
            WebhookEndpoint.platform.is_not(None),
        )
    )


def _content(
    session: Session, incident: Incident, case: IncidentCase, number: int
) -> FetchedIncidentOut:
    return FetchedIncidentOut(
        id=incident.id,
        number=number,
        category=case.category,
        severity=case.severity,
        state=case.state,
        grid_code=case.grid_code,
        lon=incident.lon,
        lat=incident.lat,
        description=incident.description,
        reported_at=case.reported_at,
        closed_at=case.closed_at,
        verified_at=case.verified_at,
        held_by=[FetchedHoldOut.model_validate(hop) for hop in _holds(session, incident.id)],
        acts=[FetchedActOut.model_validate(act) for act in _acts(session, incident.id)],
    )


def _holds(session: Session, key: UUID) -> Sequence[IncidentHop]:
    return session.scalars(
        select(IncidentHop)
        .where(IncidentHop.incident_id == key, IncidentHop.ended_at.is_(None))
        .order_by(IncidentHop.arrived_at, IncidentHop.id)
    ).all()


def _acts(session: Session, key: UUID) -> Sequence[IncidentAct]:
    return session.scalars(
        select(IncidentAct).where(IncidentAct.incident_id == key).order_by(IncidentAct.number)
    ).all()
