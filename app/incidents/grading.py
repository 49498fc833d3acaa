"""An event turns out to be of another category, or graver or less grave (EVT-1, EVT-2)."""

from sqlalchemy.orm import Session

from app.incidents.clocks import set_clock
from app.incidents.doing import Doing
from app.incidents.holding import end_holds, pass_on
from app.incidents.judging import raises
from app.rules.cards import ClockReason
from app.rules.field_records import Severity
from app.rules.incidents import HopOutcome, first_holders, released_by_raising


def regrade(session: Session, doing: Doing) -> None:
    """Clocks that run are computed anew; a major one goes to community and township at once."""
    case, body = doing.case, doing.body
    raised = raises(case, body)
    if raised:  # Settled by the clock it had, before the event becomes another one.
        released = released_by_raising([hop.tier for hop in doing.hops])
        end_holds(session, doing, released, HopOutcome.ESCALATED)
    case.category = body.category or case.category
    case.severity = body.severity or case.severity
    for hop in [hop for hop in doing.hops if hop.ended_at is None]:
        set_clock(session, case, hop, ClockReason.REGRADE, doing.now)
    if raised:
        for tier in first_holders(Severity.MAJOR):
            pass_on(session, doing, tier, doing.doer.actor.tier)
