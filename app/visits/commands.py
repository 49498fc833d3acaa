"""Visits are recorded as they were captured; VIS-6 to VIS-8 will judge them."""

from sqlalchemy.orm import Session

from app.db.models import Visit
from app.outbox.emit import emit, publish
from app.people.capture import Capture
from app.people.field_grid import grid_of_record
from app.rules.geodesy import Position
from app.visits.schemas import VisitIn


def record_visit(session: Session, capture: Capture, body: VisitIn) -> Visit:
    """Record a visit in the grid where it was made."""
    position = None if body.lon is None or body.lat is None else Position(body.lon, body.lat)
    grid_code = grid_of_record(session, capture.worker_id, capture.day, position)
    visit = Visit(
        **capture.columns(),
        grid_code=grid_code,
        kind=body.kind,
        words={"place": body.place, "reason": None, "note": body.note},
        lon=body.lon,
        lat=body.lat,
        accuracy_m=body.accuracy_m,
    )
    session.add(visit)
    session.flush()
    publish(session, visit.worker_id, "visit", visit.id, shown(visit))
    emit(
        session,
        "visit.recorded",
        by=capture.account_id,
        unit_code=grid_code,
        subject=("visit", visit.id),
        kind=body.kind.value,
        day=visit.day.isoformat(),
    )
    return visit


def shown(visit: Visit) -> dict[str, object]:
    """A visit as the handset gets it back."""
    return {
        "day": visit.day.isoformat(),
        "kind": visit.kind.value if visit.kind else None,
        "grid_code": visit.grid_code,
        "place": visit.words["place"] if visit.words else None,
        "corrected_at": visit.corrected_at.isoformat(),
        "time_proven": visit.time_proven,
    }
