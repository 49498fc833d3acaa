"""What lies around some events, in one query a table: holds, cards, platforms' views."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import IncidentCard, IncidentHop, PlatformView
from app.incidents.look_schemas import IncidentCardSeen, IncidentHoldOut, PlatformSaysOut
from app.rules.incidents import State
from app.rules.tiers import rank

HANDLED_THERE = {State.CLOSED.value, State.FOLLOWED_UP.value, State.VERIFIED.value}
About = TypeVar("About", IncidentHop, IncidentCard, PlatformView)
ByIncident = Mapping[UUID, Sequence[About]]


def open_holds(session: Session, keys: Sequence[UUID]) -> ByIncident[IncidentHop]:
    """The tiers that hold some events now, from the lowest."""
    rows = session.scalars(
        select(IncidentHop).where(IncidentHop.incident_id.in_(keys), IncidentHop.ended_at.is_(None))
    )
    return _by_incident(sorted(rows, key=lambda hop: rank(hop.tier)))


def cards_of(session: Session, keys: Sequence[UUID]) -> ByIncident[IncidentCard]:
    """Every card of some events, in the order in which they fell."""
    rows = session.scalars(
        select(IncidentCard)
        .where(IncidentCard.incident_id.in_(keys))
        .order_by(IncidentCard.fell_at, IncidentCard.id)
    )
    return _by_incident(rows)


def views_of(session: Session, keys: Sequence[UUID]) -> ByIncident[PlatformView]:
    """What platforms say of some events."""
    rows = session.scalars(
        select(PlatformView)
        .where(PlatformView.incident_id.in_(keys))
        .order_by(PlatformView.platform)
    )
    return _by_incident(rows)


def _by_incident(rows: Iterable[About]) -> ByIncident[About]:
    found: dict[UUID, list[About]] = defaultdict(list)
    for row in rows:
        found[row.incident_id].append(row)
    return found


@dataclass(frozen=True)
class Around:
    """What lies around the events of a page."""

    holds: ByIncident[IncidentHop]
    cards: ByIncident[IncidentCard]

    @classmethod
    def of(cls, session: Session, keys: Sequence[UUID]) -> "Around":
        """Of some events."""
        return cls(open_holds(session, keys), cards_of(session, keys))


def hold_fields(hop: IncidentHop) -> dict[str, object]:
    """What every look at a hold shows."""
    names = IncidentHoldOut.model_fields.keys() - {"hop_id"}
    return {"hop_id": hop.id, **{name: getattr(hop, name) for name in names}}


def hold_out(hop: IncidentHop) -> IncidentHoldOut:
    """A hold as it is shown."""
    return IncidentHoldOut.model_validate(hold_fields(hop))


def card_out(card: IncidentCard) -> IncidentCardSeen:
    """A card as it is shown beside an event."""
    names = IncidentCardSeen.model_fields.keys() - {"questioned"}
    return IncidentCardSeen.model_validate(
        {name: getattr(card, name) for name in names}
        | {"questioned": card.questioned_because is not None}
    )


def view_out(view: PlatformView) -> PlatformSaysOut:
    """A platform's view; its own words are not for lists."""
    return PlatformSaysOut(
        platform=view.platform,
        their_ref=view.their_ref,
        their_state=view.their_state,
        state=view.state,
        handled=view.state in HANDLED_THERE,
        said_at=view.said_at,
    )
