"""Where events stand, as the table of moves asks for it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import HopExtension, Incident, IncidentCard, IncidentCase, IncidentHop
from app.incidents.holding import responsible
from app.rules.incidents import Reporter, Situation
from app.rules.tiers import Tier


def situation_of(
    case: IncidentCase,
    hops: Sequence[IncidentHop],
    reporter: Reporter,
    extensions: Mapping[UUID, HopExtension],
    cards_of: Collection[Tier],
) -> Situation:
    """Of one event, from what is known of it; hops that ended are passed over."""
    held = [hop for hop in hops if hop.ended_at is None]
    asked = [hop for hop in held if hop.id in extensions]
    return Situation(
        state=case.state,
        severity=case.severity,
        held_by=frozenset(hop.tier for hop in held),
        came_from={hop.tier: hop.came_from for hop in held},
        taken_up_by=frozenset(hop.tier for hop in held if hop.taken_up_at is not None),
        extension_asked_by=frozenset(hop.tier for hop in asked),
        extension_open_of=frozenset(
            hop.tier for hop in asked if extensions[hop.id].decided_at is None
        ),
        cards_of=frozenset(cards_of),
        reporter=reporter,
        linked_by=case.linked_by,
    )


def situations(session: Session, cases: Sequence[IncidentCase]) -> Mapping[UUID, Situation]:
    """Of some events, in four statements however many there are."""
    keys = [case.incident_id for case in cases]
    hops = open_hops(session, keys)
    extensions = _extensions(session, [hop.id for each in hops.values() for hop in each])
    cards = _tiers_with_cards(session, keys)
    reporters = _reporters(session, keys)
    return {
        key: situation_of(case, hops[key], reporters[key], extensions, cards[key])
        for key, case in zip(keys, cases, strict=True)
    }


def situation_on(session: Session, case: IncidentCase, today: date) -> Situation:
    """Of one event, with whether anybody answers for the grid that holds it."""
    found = situations(session, [case])[case.incident_id]
    if Tier.GRID not in found.held_by:
        return found
    return replace(found, grid_vacant=responsible(session, case.grid_code, today) is None)


def open_hops(session: Session, keys: Collection[UUID]) -> defaultdict[UUID, list[IncidentHop]]:
    """The holds of some events that have not ended, by event, from the lowest tier."""
    rows = session.scalars(
        select(IncidentHop)
        .where(IncidentHop.incident_id.in_(keys), IncidentHop.ended_at.is_(None))
        .order_by(IncidentHop.arrived_at, IncidentHop.id)
    )
    found: defaultdict[UUID, list[IncidentHop]] = defaultdict(list)
    for hop in rows:
        found[hop.incident_id].append(hop)
    return found


def _extensions(session: Session, hops: Collection[UUID]) -> Mapping[UUID, HopExtension]:
    rows = session.scalars(select(HopExtension).where(HopExtension.hop_id.in_(hops)))
    return {row.hop_id: row for row in rows}


def _tiers_with_cards(session: Session, keys: Collection[UUID]) -> defaultdict[UUID, set[Tier]]:
    rows = session.execute(
        select(IncidentCard.incident_id, IncidentCard.tier).where(
            IncidentCard.incident_id.in_(keys), IncidentCard.withdrawn_at.is_(None)
        )
    )
    found: defaultdict[UUID, set[Tier]] = defaultdict(set)
    for key, tier in rows:
        found[key].add(tier)
    return found


def _reporters(session: Session, keys: Collection[UUID]) -> Mapping[UUID, Reporter]:
    rows = session.execute(select(Incident.id, Incident.reporter).where(Incident.id.in_(keys)))
    return {key: reporter for key, reporter in rows}  # noqa: C416 - rows are no pairs to mypy
