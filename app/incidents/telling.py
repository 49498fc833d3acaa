"""What handsets and the outside are told of an act on an event."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.db.models import Assignment, Incident, IncidentAct, IncidentCard, IncidentCase, IncidentHop
from app.incidents.situations import open_hops, situations
from app.kit.clock import civil_day
from app.outbox.emit import emit, publish
from app.people.posts import grids_on
from app.rules.incidents import OPEN, Actor, Situation, State, allowed, may_escalate_to
from app.rules.tiers import LINE, Tier

Body = dict[str, Any]
UNFINISHED = OPEN | {State.CLOSED, State.FOLLOWED_UP}
"""Somebody holds it, or the grid worker has still to verify it."""


def tell(session: Session, case: IncidentCase, act: IncidentAct) -> None:
    """The workers concerned, the audit, and whoever is told outside."""
    tell_workers(session, case, civil_day(act.received_at), act.worker_id)
    told = facts_of(session, case, act)
    emit(
        session,
        "incident.acted",
        by=act.account_id,
        unit_code=case.grid_code,
        subject=("incident", case.incident_id),
        **told,
    )


def facts_of(session: Session, case: IncidentCase, act: IncidentAct) -> Body:
    """An act without its words; what does not apply is left out."""
    hops = open_hops(session, [case.incident_id])[case.incident_id]
    due_at = min((hop.due_at for hop in hops), default=None)
    facts = {
        "act": act.act.value,
        "act_id": str(act.id),
        "number": act.number,
        "state": act.became.value,
        "tier": act.tier.value,
        "to_tier": act.to_tier.value if act.to_tier else None,
        "category": case.category,
        "severity": case.severity.value,
        "grid_code": case.grid_code,
        "effective_at": act.effective_at.isoformat(),
        "due_at": due_at.isoformat() if due_at else None,
        "score": act.facts.get("score"),
        "duplicate_of": act.facts.get("duplicate_of"),
    }
    return {name: value for name, value in facts.items() if value is not None}


def tell_workers(
    session: Session, case: IncidentCase, today: date, also: UUID | None = None
) -> None:
    """Who reported it, who answers for it, who acted, and whoever holds its grid today."""
    hops = open_hops(session, [case.incident_id])[case.incident_id]
    workers = {case.worker_id, also, *(hop.worker_id for hop in hops)}
    workers |= set(_workers_of(session, case.grid_code, today))
    stand = Standings.of(session, [case])
    for worker_id in sorted(found for found in workers if found is not None):
        publish(session, worker_id, "incident", case.incident_id, stand.body(case, worker_id))


def _workers_of(session: Session, grid_code: str, day: date) -> Sequence[UUID]:
    return session.scalars(
        select(Assignment.worker_id).where(
            Assignment.grid_code == grid_code, Assignment.valid.contains(day)
        )
    ).all()


@dataclass(frozen=True)
class Standings:
    """What handsets are told of some events, read once for whoever is told."""

    situations: Mapping[UUID, Situation]
    hops: Mapping[UUID, Sequence[IncidentHop]]
    cards: Mapping[UUID, Sequence[Body]]
    reports: Mapping[UUID, Body]

    @staticmethod
    def of(session: Session, cases: Sequence[IncidentCase]) -> "Standings":
        keys = [case.incident_id for case in cases]
        return Standings(
            situations(session, cases),
            open_hops(session, keys),
            _cards(session, keys),
            _reports(session, keys),
        )

    def body(self, case: IncidentCase, worker_id: UUID) -> Body:
        """An event as a worker's handset holds it: nothing of residents is in it."""
        key = case.incident_id
        stands = _body(case, worker_id, self.situations[key], self.hops[key])
        return stands | self.reports[key] | {"cards": self.cards[key]}


def body_of(session: Session, incident_id: UUID, worker_id: UUID) -> Body:
    """One event as a worker's handset holds it."""
    case = session.get_one(IncidentCase, incident_id)
    return Standings.of(session, [case]).body(case, worker_id)


def held(
    session: Session, worker_id: UUID, when: tuple[date, date], after: UUID, limit: int
) -> list[tuple[UUID, Body]]:
    """What a handset holds: open events of one's grids of today, and one's own reports since."""
    today, since = when
    grids = grids_on(session, worker_id, today)
    waits = IncidentCase.grid_code.in_(grids) & IncidentCase.state.in_(UNFINISHED)
    own = (IncidentCase.worker_id == worker_id) & (IncidentCase.day >= since)
    cases = session.scalars(
        select(IncidentCase)
        .where(or_(waits, own), IncidentCase.incident_id > after)
        .order_by(IncidentCase.incident_id)
        .limit(limit)
    ).all()
    stand = Standings.of(session, cases)
    return [(case.incident_id, stand.body(case, worker_id)) for case in cases]


def _body(
    case: IncidentCase, worker_id: UUID, situation: Situation, hops: Sequence[IncidentHop]
) -> Body:
    mine = next((hop for hop in hops if hop.tier is Tier.GRID), None)
    actor = Actor(Tier.GRID, is_reporter=case.worker_id == worker_id)
    return {
        "worker_id": str(case.worker_id),
        "grid_code": case.grid_code,
        "category": case.category,
        "severity": case.severity.value,
        "state": case.state.value,
        "acts": case.acts,
        "changed_at": case.changed_at.isoformat(),
        "held_by": [tier.value for tier in LINE if tier in situation.held_by],
        "allowed": [act.value for act in allowed(situation, actor)],
        "escalate_to": [tier.value for tier in may_escalate_to(Tier.GRID, case.severity)],
        "due_at": mine.due_at.isoformat() if mine else None,
    }


def _cards(session: Session, keys: Collection[UUID]) -> defaultdict[UUID, list[Body]]:
    rows = session.scalars(
        select(IncidentCard)
        .where(IncidentCard.incident_id.in_(keys))
        .order_by(IncidentCard.fell_at, IncidentCard.id)
    )
    found: defaultdict[UUID, list[Body]] = defaultdict(list)
    for card in rows:
        found[card.incident_id].append(
            {
                "id": str(card.id),
                "colour": card.colour.value,
                "tier": card.tier.value,
                "fell_at": card.fell_at.isoformat(),
                "withdrawn": card.withdrawn_at is not None,
            }
        )
    return found


def _reports(session: Session, keys: Collection[UUID]) -> Mapping[UUID, Body]:
    rows = session.execute(
        select(Incident.id, Incident.day, Incident.corrected_at, Incident.time_proven).where(
            Incident.id.in_(keys)
        )
    )
    return {
        key: {
            "day": day.isoformat(),
            "corrected_at": corrected_at.isoformat(),
            "time_proven": proven,
        }
        for key, day, corrected_at, proven in rows
    }
