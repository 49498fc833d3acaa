"""Events are recorded as they were reported, and opened with their first holds (EVT-1, EVT-2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import Incident, IncidentAct, IncidentCase
from app.incidents.filed_under import check_category
from app.incidents.holding import begin_hold, responsible
from app.incidents.schemas import IncidentIn
from app.incidents.telling import tell
from app.kit.clock import civil_day
from app.people.capture import Capture
from app.people.field_grid import grid_of_record
from app.people.photos import Subject, link_photos
from app.people.posts import grids_on
from app.people.values import values_on
from app.rules.effective import effective_at
from app.rules.geodesy import Position
from app.rules.incidents import Act, State, first_holders
from app.rules.tiers import Tier

AT_ONCE = 500
AS_SAID = (
    "category",
    "severity",
    "lon",
    "lat",
    "accuracy_m",
    "description",
    "reporter",
    "straight_to_centre",
    "photos",
)


@dataclass(frozen=True)
class Opening:
    """When an event was reported, since when the grid has it, when we learned of it, from whom."""

    reported_at: datetime
    arrived_at: datetime
    now: datetime
    account_id: UUID | None


def record_incident(session: Session, capture: Capture, body: IncidentIn) -> Incident:
    """Record an event in the grid where it was found; its clocks run from here.

    Raises CategoryUnknown and NoGrid.
    """
    check_category(session, body.category, capture.day)
    position = Position(body.lon, body.lat)
    grid_code = grid_of_record(session, capture.worker_id, capture.day, position)
    contact = None if body.contact is None else body.contact.model_dump()
    incident = Incident(
        **capture.columns(),
        grid_code=grid_code,
        contact=contact,
        **{name: getattr(body, name) for name in AS_SAID},
    )
    session.add(incident)
    session.flush()
    subject = Subject("incident", incident.id, incident.community_code, incident.worker_id)
    link_photos(session, subject, body.photos, capture.received_at)
    found_at = effective_at(
        capture.at,
        capture.received_at,
        values_on(session, capture.day),
        proven=capture.proven,
    )
    opening = Opening(found_at, found_at, capture.received_at, capture.account_id)
    _open(session, incident, opening)
    return incident


def open_case(session: Session, incident: Incident, now: datetime) -> IncidentCase:
    """An event of an earlier release is held from now on: nobody had a clock before [reading]."""
    return _open(session, incident, Opening(incident.corrected_at, now, now, None))


def _open(session: Session, incident: Incident, opening: Opening) -> IncidentCase:
    """The case, act number 1 and the first holds, each with its clock."""
    case = IncidentCase(
        incident_id=incident.id,
        grid_code=incident.grid_code,
        worker_id=incident.worker_id,
        day=incident.day,
        category=incident.category,
        severity=incident.severity,
        state=State.HELD,
        acts=1,
        reported_at=opening.reported_at,
        changed_at=opening.now,
    )
    session.add(case)
    session.flush()
    act = _report(incident, opening)
    session.add(act)
    session.flush()
    _first_holds(session, incident, case, act, opening)
    tell(session, case, act)
    return case


def _report(incident: Incident, opening: Opening) -> IncidentAct:
    """The report as the first act; it has the event's own key."""
    return IncidentAct(
        id=incident.id,
        incident_id=incident.id,
        number=1,
        act=Act.REPORT,
        tier=Tier.GRID,
        unit_code=incident.grid_code,
        account_id=opening.account_id,
        worker_id=incident.worker_id,
        device_id=incident.device_id,
        captured_at=incident.captured_at,
        corrected_at=incident.corrected_at,
        received_at=incident.received_at,
        effective_at=opening.reported_at,
        time_proven=incident.time_proven,
        day=incident.day,
        became=State.HELD,
        lon=incident.lon,
        lat=incident.lat,
        facts={"severity": incident.severity.value, "category": incident.category},
    )


def _first_holds(
    session: Session, incident: Incident, case: IncidentCase, act: IncidentAct, opening: Opening
) -> None:
    """The worker who found it has it since then; whoever else holds it, also a successor in the
    grid, since it was received: nobody else could know of it [reading]."""
    direct = incident.straight_to_centre
    for tier in first_holders(incident.severity, straight_to_centre=direct):
        worker_id = _answers_for(session, incident, opening.now) if tier is Tier.GRID else None
        there = Tier.COMMUNITY if tier is Tier.GRID and worker_id is None else tier
        known = there is Tier.GRID and worker_id == incident.worker_id
        since = opening.arrived_at if known else opening.now
        begin_hold(session, case, act, (there, None, worker_id), since, opening.now)


def _answers_for(session: Session, incident: Incident, now: datetime) -> UUID | None:
    """Who reported it, while the grid is theirs; else who has the grid today, if anybody."""
    today = civil_day(now)
    if incident.day == today or incident.grid_code in grids_on(session, incident.worker_id, today):
        return incident.worker_id
    return responsible(session, incident.grid_code, today)


def adopt_events(sessions: Sessions, now: datetime) -> int:
    """Open every event that an earlier release recorded, the oldest first; says how many."""
    adopted = 0
    while True:
        with sessions.begin() as session:
            incidents = _without_case(session)
            adopted += sum(_adopt(session, incident, now) for incident in incidents)
        if not incidents:
            return adopted


def _adopt(session: Session, incident: Incident, now: datetime) -> bool:
    """Unless somebody opened it while we waited for its row."""
    if session.get(IncidentCase, incident.id) is not None:
        return False
    open_case(session, incident, now)
    return True


def _without_case(session: Session) -> Sequence[Incident]:
    opened = exists().where(IncidentCase.incident_id == Incident.id)
    return session.scalars(
        select(Incident)
        .where(~opened)
        .order_by(Incident.corrected_at, Incident.id)
        .limit(AT_ONCE)
        .with_for_update()
    ).all()
