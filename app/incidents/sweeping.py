"""The sweep that draws cards (EVT-3): any number of workers run it at once, none draws one twice.

What it costs follows from what is due: holds are found by the instant of their next card.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import IncidentCase, IncidentHop
from app.incidents.drawing import Fall, Held, draw, falls_of
from app.incidents.recomputing import is_stale, recompute
from app.rules.cards import Colour

AT_ONCE = 500
"""Holds in one transaction: whoever is killed leaves at most so many to the next sweep."""
ADVANCE = text("""
update incident_hop set next_card_at = case when id = any(:yellow) then red_at end
where id = any(:hops)
""")


def sweep(sessions: Sessions, now: datetime, at_once: int = AT_ONCE) -> int:
    """Draw every card whose instant has passed; how many were drawn.

    While clocks wait to be computed anew, no card is drawn by the old ones.
    """
    with sessions() as session:
        stale = is_stale(session)
    if stale and not recompute(sessions, now):
        return 0
    drawn, found = 0, at_once
    while found == at_once:
        with sessions.begin() as session:
            due = holds_due(session, now, at_once)
            drawn += draw_due(session, due, now)
        found = len(due)
    return drawn


def holds_due(session: Session, now: datetime, at_once: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Holds whose next card has fallen, locked; those that others work on are passed over."""
    return session.execute(
        select(
            IncidentHop.id,
            IncidentHop.incident_id,
            IncidentCase.grid_code,
            IncidentHop.tier,
            IncidentHop.unit_code,
            IncidentHop.worker_id,
            IncidentHop.due_at,
            IncidentHop.yellow_at,
            IncidentHop.red_at,
            IncidentHop.next_card_at,
        )
        .join(IncidentCase, IncidentCase.incident_id == IncidentHop.incident_id)
        .where(IncidentHop.next_card_at < now)
        .order_by(IncidentHop.next_card_at)
        .limit(at_once)
        .with_for_update(of=IncidentHop, skip_locked=True)
    ).all()


def draw_due(session: Session, due: Sequence[Row[*tuple[Any, ...]]], now: datetime) -> int:
    """Draw the cards of some holds, and set what falls next."""
    falls = falls_due(due, now)
    if not falls:
        return 0
    drawn = draw(session, falls, now)
    reds = {fall.held.hop_id for fall in falls if fall.colour is Colour.RED}
    hops = [row.id for row in due]
    yellow = [key for key in hops if key not in reds]
    session.execute(ADVANCE, {"hops": hops, "yellow": yellow})
    return drawn


def falls_due(due: Sequence[Row[*tuple[Any, ...]]], now: datetime) -> list[Fall]:
    """The cards of some holds that have fallen."""
    return [fall for row in due for fall in _falls(row, now)]


def _falls(row: Row[*tuple[Any, ...]], now: datetime) -> list[Fall]:
    held = Held(
        hop_id=row.id,
        incident_id=row.incident_id,
        grid_code=row.grid_code,
        tier=row.tier,
        unit_code=row.unit_code,
        worker_id=row.worker_id,
        due_at=row.due_at,
    )
    return falls_of(held, (row.yellow_at, row.red_at, row.next_card_at), now)
