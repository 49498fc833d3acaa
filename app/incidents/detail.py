"""One event with everything that happened to it (EVT-1): acts, holds with their clocks, cards."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import (
    Account,
    HopClock,
    HopExtension,
    Incident,
    IncidentAct,
    IncidentCase,
    IncidentHop,
)
from app.incidents.holds import hold_fields, view_out, views_of
from app.incidents.lists import cases, rows_of
from app.incidents.look_refusals import ContactNotKept
from app.incidents.look_schemas import (
    ActSeen,
    ContactOut,
    ExtensionOut,
    HopClockOut,
    HopOut,
    IncidentDetailOut,
    IncidentRevealedOut,
    PlatformWordOut,
)
from app.incidents.seeing import may_read
from app.kit.errors import Forbidden, NotFound
from app.outbox.emit import emit
from app.people.photos import missing_of
from app.people.principal import Principal
from app.rules.divisions import UnitTier
from app.rules.event_looks import EventLookPurpose
from app.rules.incidents import EVT_1

SEEN_OF_ACT = ActSeen.model_fields.keys() - {"by_name", "by_roles", "words", "missing_photos"}


def case_of(session: Session, asker: Principal, key: UUID) -> IncidentCase:
    """One event within the asker's unit."""
    found = session.get(IncidentCase, key)
    if found is None:
        raise NotFound
    asker.look(found.grid_code)
    return found


def seen_by_office(session: Session, asker: Principal, key: UUID) -> IncidentDetailOut:
    """One event as an office sees it."""
    case = case_of(session, asker, key)
    reached = session.scalars(
        select(IncidentHop.tier).where(IncidentHop.incident_id == key).distinct()
    )
    return detail(session, case, masked=not may_read(asker, case, set(reached)))


def detail(session: Session, case: IncidentCase, *, masked: bool) -> IncidentDetailOut:
    """Everything about an event; where `masked` without what was written."""
    key = case.incident_id
    incident = session.get_one(Incident, key)
    row = session.execute(cases().where(IncidentCase.incident_id == key)).one()
    acts = session.scalars(
        select(IncidentAct).where(IncidentAct.incident_id == key).order_by(IncidentAct.number)
    ).all()
    missing = missing_of(session, [key, *(act.id for act in acts)])
    return IncidentDetailOut(
        **rows_of(session, [row])[0],
        rule=EVT_1.rule,
        clause=EVT_1.clause,
        reporter=incident.reporter,
        straight_to_centre=incident.straight_to_centre,
        accuracy_m=incident.accuracy_m,
        description=None if masked else incident.description,
        masked=masked,
        has_contact=incident.contact is not None,
        verified_at=case.verified_at,
        verified_by=case.verified_by,
        linked_by=case.linked_by,
        duplicates=_duplicates(session, key),
        photos=[str(photo) for photo in incident.photos],
        missing_photos=missing.get(key, []),
        acts=_acts(session, acts, missing, masked=masked),
        hops=_hops(session, key),
        platforms=_platforms(session, key, masked=masked),
    )


def _duplicates(session: Session, key: UUID) -> list[UUID]:
    rows = session.scalars(
        select(IncidentCase.incident_id)
        .where(IncidentCase.duplicate_of == key)
        .order_by(IncidentCase.incident_id)
    )
    return list(rows)


def _acts(
    session: Session,
    acts: Sequence[IncidentAct],
    missing: Mapping[UUID, list[str]],
    *,
    masked: bool,
) -> list[ActSeen]:
    who = {act.account_id for act in acts if act.account_id is not None}
    named = {
        account.id: account
        for account in session.scalars(select(Account).where(Account.id.in_(who)))
    }
    return [
        ActSeen.model_validate(
            {
                **{name: getattr(act, name) for name in SEEN_OF_ACT},
                **_by(named.get(act.account_id) if act.account_id else None),
                "words": None if masked else act.words,
                "missing_photos": missing.get(act.id, []),
            }
        )
        for act in acts
    ]


def _by(account: Account | None) -> dict[str, Any]:
    if account is None:
        return {"by_name": None, "by_roles": []}
    return {"by_name": account.name, "by_roles": list(account.roles)}


def _hops(session: Session, key: UUID) -> list[HopOut]:
    hops = session.scalars(
        select(IncidentHop)
        .where(IncidentHop.incident_id == key)
        .order_by(IncidentHop.arrived_at, IncidentHop.id)
    ).all()
    ids = [hop.id for hop in hops]
    clocks: dict[UUID, list[HopClock]] = defaultdict(list)
    for clock in session.scalars(
        select(HopClock).where(HopClock.hop_id.in_(ids)).order_by(HopClock.id)
    ):
        clocks[clock.hop_id].append(clock)
    extensions = {
        found.hop_id: found
        for found in session.scalars(select(HopExtension).where(HopExtension.hop_id.in_(ids)))
    }
    return [_hop(hop, clocks.get(hop.id, ()), extensions.get(hop.id)) for hop in hops]


def _hop(hop: IncidentHop, clocks: Sequence[HopClock], asked: HopExtension | None) -> HopOut:
    return HopOut.model_validate(
        {
            **hold_fields(hop),
            "worker_id": hop.worker_id,
            "ended_at": hop.ended_at,
            "outcome": hop.outcome,
            "extended_h": hop.extended_h,
            "extension": asked and ExtensionOut.model_validate(asked),
            "clocks": [HopClockOut.model_validate(clock) for clock in clocks],
        }
    )


def _platforms(session: Session, key: UUID, *, masked: bool) -> list[PlatformWordOut]:
    return [
        PlatformWordOut(
            **view_out(view).model_dump(),
            result=None if masked or view.result is None else str(view.result),
        )
        for view in views_of(session, [key]).get(key, ())
    ]


def reveal(
    session: Session, asker: Principal, key: UUID, purpose: EventLookPurpose
) -> IncidentRevealedOut:
    """Whom to ask, to the event's station alone."""
    case = case_of(session, asker, key)
    if asker.tier is not UnitTier.COMMUNITY:
        raise Forbidden(needed=[UnitTier.COMMUNITY.value])
    return _revealed(session, asker, case, purpose)


def reveal_to_worker(
    session: Session, asker: Principal, key: UUID, purpose: EventLookPurpose, grids: Sequence[str]
) -> IncidentRevealedOut:
    """Whom to ask, to a worker of the event's grid."""
    case = session.get(IncidentCase, key)
    if case is None or case.grid_code not in grids:
        raise NotFound
    return _revealed(session, asker, case, purpose)


def _revealed(
    session: Session, asker: Principal, case: IncidentCase, purpose: EventLookPurpose
) -> IncidentRevealedOut:
    """A look that leaves its trace; raises ContactNotKept."""
    contact = session.get_one(Incident, case.incident_id).contact
    if contact is None:
        raise ContactNotKept(id=case.incident_id)
    emit(
        session,
        "incident.revealed",
        by=asker.account_id,
        unit_code=case.grid_code,
        subject=("incident", case.incident_id),
        purpose=purpose.value,
    )
    shown = ContactOut(name=contact.get("name"), phone=contact.get("phone"))
    return IncidentRevealedOut(id=case.incident_id, contact=shown, purpose=purpose)
