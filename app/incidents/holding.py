"""Tiers begin and end to hold an event; a hold never begins without a clock (EVT-1, EVT-3)."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.cases import withdraw_open
from app.db.models import Assignment, IncidentAct, IncidentCase, IncidentHop
from app.incidents.clocks import set_clock
from app.incidents.doing import Doing
from app.incidents.drawing import settle
from app.incidents.refusals import GridVacant
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.rules.approvals import Procedure
from app.rules.cards import ClockReason
from app.rules.incidents import HopOutcome
from app.rules.tiers import Tier, unit_at

LEVEL_1 = 1


def begin_hold(
    session: Session,
    case: IncidentCase,
    act: IncidentAct,
    held: tuple[Tier, Tier | None, UUID | None],
    arrived_at: datetime,
    now: datetime,
) -> IncidentHop:
    """A tier holds the event from an instant: which, who sent it, and at the grid who answers."""
    tier, came_from, worker_id = held
    hop = IncidentHop(
        id=uuid7(now),
        incident_id=case.incident_id,
        tier=tier,
        unit_code=unit_at(tier, case.grid_code),
        worker_id=worker_id,
        came_from=came_from,
        begun_by=act.id,
        arrived_at=arrived_at,
    )
    set_clock(session, case, hop, ClockReason.ARRIVAL, now)
    return hop


def pass_on(session: Session, doing: Doing, tier: Tier, came_from: Tier | None) -> IncidentHop:
    """A tier holds the event too, unless it does already; it arrives at receipt, for nobody there
    could know of it earlier [reading]. Raises GridVacant."""
    known = doing.hop_of(tier)
    if known is not None:
        return known
    worker_id = answerable(session, doing.case, doing.now) if tier is Tier.GRID else None
    held = (tier, came_from, worker_id)
    return begin_hold(session, doing.case, doing.act, held, doing.now, doing.now)


def hold_again(session: Session, doing: Doing) -> None:
    """The tier that the act names holds it anew."""
    tier = doing.act.to_tier
    assert tier is not None
    pass_on(session, doing, tier, None)


def tier_again(session: Session, case: IncidentCase, tier: Tier | None, now: datetime) -> Tier:
    """Who gets an event back that a tier had: the community where nobody answers for the grid."""
    assert tier is not None
    if tier is Tier.GRID and responsible(session, case.grid_code, civil_day(now)) is None:
        return Tier.COMMUNITY
    return tier


def end_holds(session: Session, doing: Doing, tiers: Iterable[Tier], outcome: HopOutcome) -> None:
    """Some tiers hold it no longer, from when the act counts; what their clocks drew is settled,
    and nobody decides any longer whether they get more time."""
    for hop in [found for tier in tiers if (found := doing.hop_of(tier)) is not None]:
        ended_at = max(doing.act.effective_at, hop.arrived_at)
        settle(session, doing.case, hop, ended_at, doing.now)
        hop.ended_at = ended_at
        hop.ended_by = doing.act.id
        hop.outcome = outcome
        hop.next_card_at = None
        withdraw_open(session, None, Procedure.EXTENSION, hop.id, doing.now)
    session.flush()


def end_all(session: Session, doing: Doing, outcome: HopOutcome) -> None:
    """Nobody holds it any longer."""
    end_holds(session, doing, [hop.tier for hop in doing.hops], outcome)


def responsible(session: Session, grid_code: str, day: date) -> UUID | None:
    """Who answers for a grid on a date: the first responsible worker, else another one of it."""
    return session.scalar(
        select(Assignment.worker_id)
        .where(
            Assignment.grid_code == grid_code,
            Assignment.level == LEVEL_1,
            Assignment.valid.contains(day),
        )
        .order_by(Assignment.first_responsible.desc(), Assignment.worker_id)
        .limit(1)
    )


def answerable(session: Session, case: IncidentCase, now: datetime) -> UUID:
    """Who answers for an event's grid; raises GridVacant."""
    found = responsible(session, case.grid_code, civil_day(now))
    if found is None:
        raise GridVacant(grid=case.grid_code)
    return found
