"""Events are recorded as they were reported; EVT-2 to EVT-5 will judge them."""

from sqlalchemy.orm import Session

from app.db.models import Incident
from app.incidents.schemas import IncidentIn
from app.outbox.emit import emit, publish
from app.people.capture import Capture
from app.people.field_grid import grid_of_record
from app.rules.geodesy import Position


def record_incident(session: Session, capture: Capture, body: IncidentIn) -> Incident:
    """Record an event in the grid where it was found."""
    position = Position(body.lon, body.lat)
    grid_code = grid_of_record(session, capture.worker_id, capture.day, position)
    incident = Incident(
        **capture.columns(),
        grid_code=grid_code,
        category=body.category,
        severity=body.severity,
        lon=body.lon,
        lat=body.lat,
        accuracy_m=body.accuracy_m,
        description=body.description,
    )
    session.add(incident)
    session.flush()
    publish(session, incident.worker_id, "incident", incident.id, shown(incident))
    emit(
        session,
        "incident.recorded",
        by=capture.account_id,
        unit_code=grid_code,
        subject=("incident", incident.id),
        category=body.category.value,
        severity=body.severity.value,
        day=incident.day.isoformat(),
    )
    return incident


def shown(incident: Incident) -> dict[str, object]:
    """An event as the handset gets it back."""
    return {
        "day": incident.day.isoformat(),
        "category": incident.category,
        "severity": incident.severity.value,
        "grid_code": incident.grid_code,
        "corrected_at": incident.corrected_at.isoformat(),
        "time_proven": incident.time_proven,
    }
