"""An event is taken up, goes up, down or back, and help is asked for and given (EVT-1, EVT-2)."""

from sqlalchemy.orm import Session

from app.db.models import IncidentHop
from app.incidents.doing import Doing
from app.incidents.holding import end_holds, pass_on
from app.rules.incidents import HopOutcome, released_by_escalation
from app.rules.tiers import Tier


def take_up(session: Session, doing: Doing) -> None:
    """Its tier deals with it now; the station also with what a vacant grid was left with."""
    hop = doing.hop_of(doing.doer.actor.tier) or _take_over(session, doing)
    hop.taken_up_at = max(doing.act.effective_at, hop.arrived_at)


def _take_over(session: Session, doing: Doing) -> IncidentHop:
    end_holds(session, doing, [Tier.GRID], HopOutcome.ESCALATED)
    return pass_on(session, doing, doing.doer.actor.tier, Tier.GRID)


def escalate(session: Session, doing: Doing) -> None:
    """Up to the next tier; what the acting tier and those below held is over."""
    tier = doing.doer.actor.tier
    released = released_by_escalation(tier, [hop.tier for hop in doing.hops])
    _hand_on(session, doing, released, HopOutcome.ESCALATED)


def hand_down(session: Session, doing: Doing) -> None:
    """One tier down, in the line of the grid; raises GridVacant."""
    _hand_on(session, doing, [doing.doer.actor.tier], HopOutcome.HANDED_DOWN)


def give_back(session: Session, doing: Doing) -> None:
    """To the tier that sent it; raises GridVacant."""
    _hand_on(session, doing, [doing.doer.actor.tier], HopOutcome.RETURNED)


def _hand_on(
    session: Session, doing: Doing, released: frozenset[Tier] | list[Tier], outcome: HopOutcome
) -> None:
    target = doing.act.to_tier
    assert target is not None
    end_holds(session, doing, sorted(released), outcome)
    pass_on(session, doing, target, doing.doer.actor.tier)


def say(session: Session, doing: Doing) -> None:
    """Help is asked for or given: the words are the act; who holds the event still does."""
    del session, doing
