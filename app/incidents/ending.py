"""An event is closed, withdrawn, found false, or linked to another that it repeats (EVT-1)."""

from sqlalchemy.orm import Session

from app.incidents.doing import Doing
from app.incidents.holding import end_all, hold_again
from app.rules.incidents import HopOutcome


def close(session: Session, doing: Doing) -> None:
    """With its result, by a tier that holds it."""
    end_all(session, doing, HopOutcome.CLOSED)
    doing.case.closed_at = doing.act.effective_at
    doing.case.closed_by = doing.doer.actor.tier


def withdraw(session: Session, doing: Doing) -> None:
    """Taken back by whoever reported it."""
    end_all(session, doing, HopOutcome.WITHDRAWN)


def find_false(session: Session, doing: Doing) -> None:
    """There was nothing."""
    end_all(session, doing, HopOutcome.FALSE)


def link_duplicate(session: Session, doing: Doing) -> None:
    """Another event is the same one; nothing is merged."""
    end_all(session, doing, HopOutcome.DUPLICATE)
    doing.case.duplicate_of = doing.body.duplicate_of
    doing.case.linked_by = doing.doer.actor.tier


def unlink(session: Session, doing: Doing) -> None:
    """It was another one after all: the tier that linked it holds it again."""
    doing.case.duplicate_of = None
    doing.case.linked_by = None
    hold_again(session, doing)
