"""What was written of events, and whom to ask, is erased after its term (EVT-1, EVT-4, part 8)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.db.models import Incident, IncidentAct, IncidentCase, PhotoLink, PlatformView
from app.kit.clock import civil_day, day_start
from app.outbox.emit import Happened, emit_all
from app.people.values import values_on
from app.rules.event_looks import event_erased_before
from app.rules.incidents import OPEN

AT_ONCE = 500
PHOTOS_OF = ("incident", "incident_act")


def erase_events(session: Session, now: datetime) -> int:
    """Descriptions, contacts, words and photos of events that ended; says of how many.

    The term runs from the verification; without one from the closing, and of an event that ended
    otherwise from its last act.
    """
    today = civil_day(now)
    limit = day_start(event_erased_before(today, values_on(session, today)))
    case = IncidentCase
    ended = func.coalesce(case.verified_at, case.closed_at, case.changed_at)
    rows = session.execute(
        select(Incident.id, Incident.grid_code)
        .join(case, case.incident_id == Incident.id)
        .where(
            _has_words(),
            case.state.not_in(sorted(OPEN)),
            ended < limit,
        )
        .order_by(Incident.id)
        .limit(AT_ONCE)
        .with_for_update(of=Incident, skip_locked=True)
    ).all()
    keys = [key for key, _ in rows]
    if keys:
        _erase(session, keys)
    emit_all(
        session,
        [Happened("incident.erased", grid_code, ("incident", key)) for key, grid_code in rows],
    )
    return len(keys)


def _has_words() -> ColumnElement[bool]:
    """In the report, or in an act: also in one that was done after an earlier erasure."""
    said = exists().where(IncidentAct.incident_id == Incident.id, IncidentAct.words.is_not(None))
    return or_(Incident.description.is_not(None), Incident.contact.is_not(None), said)


def _erase(session: Session, keys: list[UUID]) -> None:
    acts = select(IncidentAct.id).where(IncidentAct.incident_id.in_(keys))
    session.execute(
        delete(PhotoLink).where(
            PhotoLink.subject_kind.in_(PHOTOS_OF),
            or_(PhotoLink.subject_id.in_(keys), PhotoLink.subject_id.in_(acts)),
        )
    )
    session.execute(
        update(IncidentAct).where(IncidentAct.incident_id.in_(keys)).values(words=None, photos=[])
    )
    session.execute(
        update(PlatformView).where(PlatformView.incident_id.in_(keys)).values(result=None)
    )
    session.execute(
        update(Incident)
        .where(Incident.id.in_(keys))
        .values(description=None, contact=None, photos=[])
    )
