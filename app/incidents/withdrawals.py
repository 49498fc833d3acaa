"""A card is never erased: a tier above withdraws it, once, with a reason (EVT-3)."""

from sqlalchemy.orm import Session

from app.db.models import IncidentCard
from app.incidents.card_refusals import CardOfLowerTier, CardWithdrawn
from app.incidents.card_shown import CHANGE, shown
from app.incidents.doing import Doing
from app.incidents.drawing import card_facts
from app.kit.errors import NotFound
from app.outbox.emit import emit, publish
from app.rules.civil import in_civil_time
from app.rules.tiers import rank


def withdraw(session: Session, doing: Doing) -> None:
    """Withdraw a card of the event; raises NotFound, CardOfLowerTier and CardWithdrawn."""
    key = doing.body.card_id
    card = None if key is None else session.get(IncidentCard, key, with_for_update=True)
    if card is None or card.incident_id != doing.case.incident_id:
        raise NotFound
    if rank(doing.doer.actor.tier) <= rank(card.tier):
        raise CardOfLowerTier(tier=card.tier.value)
    if card.withdrawn_at is not None:
        raise CardWithdrawn(id=card.id)
    take_back(session, doing, card)


def take_back(session: Session, doing: Doing, card: IncidentCard) -> None:
    """The act at hand withdraws a card; the row of the act says who and why."""
    card.withdrawn_at = doing.now
    card.withdrawn_by = doing.act.id
    session.flush()
    if card.worker_id is not None:
        publish(session, card.worker_id, CHANGE, card.id, shown(card))
    emit(
        session,
        "incident.card_withdrawn",
        by=doing.doer.account_id,
        unit_code=doing.case.grid_code,
        subject=("incident", doing.case.incident_id),
        **card_facts(card.id, card.colour, card.tier, card.fell_at),
        grid_code=doing.case.grid_code,
        withdrawn_at=in_civil_time(doing.now),
        act_id=str(doing.act.id),
    )
