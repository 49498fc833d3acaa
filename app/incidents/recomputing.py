"""A changed calendar, policy or parameter computes the clocks of open holds anew (EVT-3).

Whoever changes something marks the unit in the transaction of the change; the sweep works the
marks off before it draws any card. Each other result is a row with why it was computed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import IncidentCase, IncidentHop, StaleClocks
from app.incidents.clocks import READING, Deadlines, cards_by_clock, reset_clock
from app.incidents.telling import tell_workers
from app.kit.clock import civil_day
from app.people.posts import under
from app.rules.cards import ClockReason

AT_ONCE = 200
"""Events in one transaction."""


@dataclass(frozen=True)
class Marks:
    """What changed: which units' clocks rest on it, and why."""

    keys: Sequence[int]
    why: Mapping[str, ClockReason]
    """By unit; of several changes the last."""


def recompute(sessions: Sessions, now: datetime) -> bool:
    """Work off the marks that nobody else works on; whether none is left now.

    The marks are deleted last: whoever is killed in between leaves them to the next sweep, and
    doing it twice changes nothing the second time.
    """
    with sessions.begin() as keeper:
        marks = _marks(keeper)
        if marks.keys:
            _barrier(sessions)
            for unit_code, why in marks.why.items():
                _recompute_unit(sessions, unit_code, why, now)
            keeper.execute(delete(StaleClocks).where(StaleClocks.id.in_(marks.keys)))
    with sessions() as session:
        return not is_stale(session)


def is_stale(session: Session) -> bool:
    """Whether any clock is to be computed anew."""
    return session.scalar(select(select(StaleClocks.id).exists())) is True


def _marks(session: Session) -> Marks:
    rows = session.scalars(
        select(StaleClocks).order_by(StaleClocks.id).with_for_update(skip_locked=True)
    ).all()
    return Marks([row.id for row in rows], {row.unit_code: row.why for row in rows})


def _barrier(sessions: Sessions) -> None:
    """Wait for whoever began a hold by what was read before the change: it is seen from here on."""
    with sessions.begin() as session:
        session.execute(select(func.pg_advisory_xact_lock(READING)))


def _recompute_unit(sessions: Sessions, unit_code: str, why: ClockReason, now: datetime) -> None:
    """In transactions of some events each; one that somebody acts on now has one of its own."""
    with sessions() as session:
        waiting = _events_with_open_holds(session, unit_code)
    for first in range(0, len(waiting), AT_ONCE):
        some = waiting[first : first + AT_ONCE]
        with sessions.begin() as session:
            done = _recompute_events(session, some, unit_code, why, now, wait=False)
        for key in [key for key in some if key not in done]:
            with sessions.begin() as session:
                _recompute_events(session, [key], unit_code, why, now, wait=True)


def _events_with_open_holds(session: Session, unit_code: str) -> Sequence[UUID]:
    return session.scalars(
        select(IncidentHop.incident_id)
        .distinct()
        .where(IncidentHop.ended_at.is_(None), under(IncidentHop.unit_code, unit_code))
        .order_by(IncidentHop.incident_id)
    ).all()


def _recompute_events(
    session: Session,
    keys: Sequence[UUID],
    unit_code: str,
    why: ClockReason,
    now: datetime,
    *,
    wait: bool,
) -> set[UUID]:
    """Locked as acts lock them: the case, then its open holds."""
    locking = select(IncidentCase).where(IncidentCase.incident_id.in_(keys))
    cases = {
        case.incident_id: case
        for case in session.scalars(
            locking.order_by(IncidentCase.incident_id).with_for_update(skip_locked=not wait)
        )
    }
    hops = session.scalars(
        select(IncidentHop)
        .where(
            IncidentHop.incident_id.in_(cases),
            IncidentHop.ended_at.is_(None),
            under(IncidentHop.unit_code, unit_code),
        )
        .order_by(IncidentHop.arrived_at, IncidentHop.id)
        .with_for_update()
    ).all()
    deadlines, cards = Deadlines(session), cards_by_clock(session, [hop.id for hop in hops])
    for hop in hops:
        case = cases[hop.incident_id]
        if reset_clock(session, case, hop, why, now, (deadlines, cards[hop.id])):
            tell_workers(session, case, civil_day(now))
    return set(cases)
