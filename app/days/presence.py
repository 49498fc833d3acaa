"""How a visit is corroborated by its worker's track (VIS-7): evidence, never required."""

from sqlalchemy.orm import Session

from app.days.verdicts import by_device
from app.db.models import Visit
from app.patrol.queries import batches_of
from app.people.values import values_on
from app.rules.geodesy import Position
from app.rules.presence import presence_s, span_around
from app.visits.placing import location_on


def presence_at(session: Session, visit: Visit) -> float | None:
    """Seconds of the track within the visit radius of the place around the visit; None where there
    is no track, or no place that is known."""
    location = location_on(session, visit.place_id, visit.day) if visit.place_id else None
    if location is None or location.whereabouts is None:
        return None
    where = location.whereabouts
    batches = batches_of(session, visit.worker_id, *span_around(visit.corrected_at))
    return presence_s(
        by_device(batches),
        Position(where["lon"], where["lat"]),
        visit.corrected_at,
        values_on(session, visit.day),
    )
