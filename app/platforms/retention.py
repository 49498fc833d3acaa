"""What the platforms wrote is erased after its term; that and when it came is kept (INT-1)."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.models import InboundMessage
from app.kit.clock import civil_day, day_start
from app.people.values import values_on
from app.rules.exchange import erased_before

AT_ONCE = 2000


def erase_bodies(session: Session, now: datetime) -> int:
    """Contents of messages received before the term; says of how many."""
    today = civil_day(now)
    limit = day_start(erased_before(today, values_on(session, today)))
    over = (
        select(InboundMessage.id)
        .where(InboundMessage.received_at < limit, InboundMessage.body.is_not(None))
        .order_by(InboundMessage.received_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    keys = session.scalars(over).all()
    session.execute(update(InboundMessage).where(InboundMessage.id.in_(keys)).values(body=None))
    return len(keys)
