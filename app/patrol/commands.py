"""Appointments are recorded; the verdict of their date counts them (FLD-3)."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.db.models import Appointment
from app.outbox.emit import emit, mark_stale, publish
from app.patrol.refusals import AppointmentTooFar
from app.patrol.schemas import AppointmentIn
from app.people.capture import Capture
from app.people.posts import post_of
from app.rules.civil import civil_day

FURTHEST = timedelta(days=31)


def record_appointment(session: Session, capture: Capture, body: AppointmentIn) -> Appointment:
    """Record an appointment; it belongs to the date on which it lies, whenever it was recorded."""
    if abs(body.starts_at - capture.at) > FURTHEST:
        raise AppointmentTooFar(starts_at=body.starts_at, captured_at=capture.at)
    day = civil_day(body.starts_at)
    post = post_of(session, capture.worker_id, day)
    appointment = Appointment(
        **capture.columns() | {"community_code": post.community_code, "day": day},
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        subject=body.subject,
    )
    session.add(appointment)
    session.flush()
    mark_stale(session, capture.worker_id, post.community_code, day)
    publish(session, capture.worker_id, "appointment", appointment.id, shown(appointment))
    emit(
        session,
        "appointment.recorded",
        by=capture.account_id,
        unit_code=post.community_code,
        subject=("appointment", appointment.id),
        day=day.isoformat(),
    )
    return appointment


def shown(appointment: Appointment) -> dict[str, object]:
    """An appointment as the handset gets it back."""
    return {
        "day": appointment.day.isoformat(),
        "starts_at": appointment.starts_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat(),
        "subject": appointment.subject,
        "time_proven": appointment.time_proven,
    }
