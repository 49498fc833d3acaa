"""Who may act on an event, and for which tier (ORG-1, EVT-1)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.models import Incident, IncidentAct, IncidentCase
from app.incidents.act_schemas import ActIn, AllowedActsOut, EventDecisionIn, OfficeActIn
from app.incidents.acting import Moment, perform
from app.incidents.doing import Doer
from app.incidents.refusals import EventOfOthers
from app.incidents.situations import situation_on
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.people.capture import Capture, NotYet
from app.people.partners import may_go_on
from app.people.principal import Principal
from app.people.values import values_on
from app.rules.effective import effective_at
from app.rules.incidents import Actor, allowed, may_escalate_to
from app.rules.tiers import LINE, TIER_OF_UNIT, Tier

OFFICE, CENTRE = "leading_group_office", "command_centre"


def record_action(session: Session, capture: Capture, body: ActIn) -> IncidentAct:
    """A worker's act; raises NotYet while the event has not arrived, and EventOfOthers.

    Whether one may act is judged on the date the act counts from: a date that is only claimed
    gives nobody a grid back [reading, ATT-4].
    """
    incident = session.get(Incident, body.incident_id)
    if incident is None:
        raise NotYet(waits_for=body.incident_id)
    if not may_act(session, incident, capture.worker_id, _counts_on(session, capture)):
        raise EventOfOthers
    doer = Doer(
        _worker(incident, capture.worker_id),
        incident.grid_code,
        capture.account_id,
        capture.worker_id,
    )
    return perform(session, doer, body, Moment.of(capture), capture.id)


def _counts_on(session: Session, capture: Capture) -> date:
    values = values_on(session, capture.day)
    return civil_day(effective_at(capture.at, capture.received_at, values, proven=capture.proven))


def _worker(incident: Incident, worker_id: UUID) -> Actor:
    return Actor(Tier.GRID, is_reporter=incident.worker_id == worker_id)


def act_for_office(
    session: Session,
    asker: Principal,
    incident_id: UUID,
    body: OfficeActIn | EventDecisionIn,
    now: datetime,
) -> IncidentAct:
    """An act of an office, for the tier of its unit; events beyond its unit are not its own."""
    incident = _there(session, incident_id)
    asker.act(incident.grid_code)
    doer = Doer(Actor(tier_of(asker)), asker.unit_code, asker.account_id, None)
    return perform(session, doer, body.on(incident_id), Moment.at(now), body.id)


def tier_of(asker: Principal) -> Tier:
    """The leading-group office acts as such; who holds the centre's role too, for the centre."""
    if OFFICE in asker.roles and CENTRE not in asker.roles:
        return Tier.OFFICE
    return TIER_OF_UNIT[asker.tier]


def may_act(session: Session, incident: Incident, worker_id: UUID, day: date) -> bool:
    """Who reported it, a worker of its grid on the date, or one of their mutual-aid group."""
    return may_go_on(session, worker_id, incident.grid_code, incident.worker_id, day)


def allowed_for_office(
    session: Session, asker: Principal, incident_id: UUID, now: datetime
) -> AllowedActsOut:
    """What the asker's tier may do to an event now."""
    incident = _there(session, incident_id)
    asker.look(incident.grid_code)
    return _allowed(session, incident, Actor(tier_of(asker)), civil_day(now))


def allowed_for_worker(
    session: Session, worker_id: UUID, incident_id: UUID, now: datetime
) -> AllowedActsOut:
    """What a worker may do to an event now; those of others are not there."""
    incident = _there(session, incident_id)
    today = civil_day(now)
    if not may_act(session, incident, worker_id, today):
        raise NotFound
    return _allowed(session, incident, _worker(incident, worker_id), today)


def _there(session: Session, incident_id: UUID) -> Incident:
    found = session.get(Incident, incident_id)
    if found is None:
        raise NotFound
    return found


def _allowed(session: Session, incident: Incident, actor: Actor, today: date) -> AllowedActsOut:
    case = session.get(IncidentCase, incident.id)
    if case is None:
        raise NotFound
    situation = situation_on(session, case, today)
    return AllowedActsOut(
        incident_id=incident.id,
        state=case.state,
        acts=case.acts,
        held_by=[tier for tier in LINE if tier in situation.held_by],
        tier=actor.tier,
        allowed=list(allowed(situation, actor)),
        escalate_to=list(may_escalate_to(actor.tier, case.severity)),
    )
