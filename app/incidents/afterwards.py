"""A closed event is talked over with whoever reported it, then verified and scored (EVT-4)."""

from sqlalchemy.orm import Session

from app.incidents.doing import Doing
from app.incidents.holding import hold_again
from app.rules.incidents import OPEN


def follow_up(session: Session, doing: Doing) -> None:
    """The words of the conversation are the act."""
    del session, doing


def verify(session: Session, doing: Doing) -> None:
    """Scored by the grid worker; a failed one reopens it, once, at the tier that closed it."""
    case, act = doing.case, doing.act
    case.score = doing.body.score
    if act.became in OPEN:
        _reopen(session, doing)
        return
    case.verified_at = act.effective_at
    case.verified_day = act.day
    case.verified_by = doing.doer.worker_id


def _reopen(session: Session, doing: Doing) -> None:
    case = doing.case
    case.reopened = True
    case.closed_at = None
    case.closed_by = None
    hold_again(session, doing)
