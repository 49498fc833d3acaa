"""Cards are drawn (EVT-3): at the instant at which they fell, once, for whoever held the event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.db.models import Change, HopClock, IncidentCard, IncidentCase, IncidentHop
from app.incidents.clocks import cards_by_clock, freshen, question
from app.incidents.holders import Holders
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.outbox.emit import Happened, emit_all
from app.rules.cards import CardOrigin, Colour
from app.rules.deadlines import fallen
from app.rules.tiers import Tier

CHANGE = "incident_card"
"""The kind by which handsets know a card."""
STANDING = text("origin = 'clock' and withdrawn_at is null")


@dataclass(frozen=True)
class Held:
    """A hold as its cards need it."""

    hop_id: UUID
    incident_id: UUID
    grid_code: str
    tier: Tier
    unit_code: str
    worker_id: UUID | None
    due_at: datetime


@dataclass(frozen=True)
class Fall:
    """A card that fell: of which hold, which colour, when."""

    held: Held
    colour: Colour
    at: datetime


def settle(
    session: Session, case: IncidentCase, hop: IncidentHop, ended_at: datetime, now: datetime
) -> None:
    """Before a hold's end is written: what fell before it is drawn although no sweep came by, and
    cards that were drawn although it ended in time (it was told late) are questioned."""
    freshen(session, case, hop, now)
    if hop.next_card_at is not None:
        draw(session, falls_of(held_of(case, hop), instants_of(hop), ended_at), now)
        hop.next_card_at = None
        session.flush()
    because = {"why": "ended_in_time", "ended_at": ended_at.isoformat()}
    for card in cards_by_clock(session, [hop.id])[hop.id]:
        if card.fell_at >= ended_at:
            question(session, case, card, because)


def held_of(case: IncidentCase, hop: IncidentHop) -> Held:
    """A hold of an event."""
    return Held(
        hop_id=hop.id,
        incident_id=hop.incident_id,
        grid_code=case.grid_code,
        tier=hop.tier,
        unit_code=hop.unit_code,
        worker_id=hop.worker_id,
        due_at=hop.due_at,
    )


def instants_of(hop: IncidentHop) -> tuple[datetime, datetime, datetime | None]:
    """Yellow, red, and the next that was not drawn."""
    return hop.yellow_at, hop.red_at, hop.next_card_at


def falls_of(
    held: Held, instants: tuple[datetime, datetime, datetime | None], until: datetime
) -> list[Fall]:
    """The cards of a hold that fell before an instant and were not drawn."""
    yellow, red, following = instants
    if following is None:
        return []
    return [Fall(held, colour, at) for colour, at in fallen(yellow, red, until) if at >= following]


def draw(session: Session, falls: Sequence[Fall], now: datetime) -> int:
    """Write cards, tell the workers' handsets, and let it be known; none is written twice.

    However many there are, it takes a handful of statements.
    """
    if not falls:
        return 0
    rows = _rows(session, falls, now)
    statement = upsert(IncidentCard).on_conflict_do_nothing(
        index_elements=["hop_id", "colour"], index_where=STANDING
    )
    drawn = set(session.scalars(statement.returning(IncidentCard.id), rows))
    new = [(fall, row) for fall, row in zip(falls, rows, strict=True) if row["id"] in drawn]
    told = [_change(row) for _, row in new if row["worker_id"] is not None]
    if told:
        session.execute(insert(Change), told)
    emit_all(session, [_happened(fall, row) for fall, row in new])
    return len(new)


def _rows(session: Session, falls: Sequence[Fall], now: datetime) -> list[dict[str, Any]]:
    grids = {fall.held.grid_code for fall in falls if fall.held.tier is Tier.GRID}
    holders = Holders(session, grids)
    inputs = _inputs(session, {fall.held.hop_id for fall in falls})
    return [_row(fall, holders, inputs.get(fall.held.hop_id, {}), now) for fall in falls]


def _inputs(session: Session, hops: set[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """What the clock in force of each hold was computed from."""
    rows = session.execute(
        select(HopClock.hop_id, HopClock.inputs)
        .ext(distinct_on(HopClock.hop_id))
        .where(HopClock.hop_id.in_(hops))
        .order_by(HopClock.hop_id, HopClock.id.desc())
    )
    return {hop_id: inputs for hop_id, inputs in rows}  # noqa: C416 - rows are no pairs


def _row(fall: Fall, holders: Holders, inputs: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    held, day = fall.held, civil_day(fall.at)
    return {
        "id": uuid7(now),
        "incident_id": held.incident_id,
        "hop_id": held.hop_id,
        "colour": fall.colour,
        "origin": CardOrigin.CLOCK,
        "their_ref": None,
        "tier": held.tier,
        "unit_code": held.unit_code,
        "worker_id": holders.of(held.tier, held.grid_code, held.worker_id, day),
        "fell_at": fall.at,
        "drawn_at": now,
        "day": day,
        "because": {"due_at": held.due_at.isoformat(), **inputs},
    }


def _change(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "worker_id": row["worker_id"],
        "kind": CHANGE,
        "subject_id": str(row["id"]),
        "gone": None,
        "body": shown(IncidentCard(**row)),
    }


def shown(card: IncidentCard) -> dict[str, Any]:
    """A card as the handset of its worker holds it."""
    return {
        "incident_id": str(card.incident_id),
        "colour": card.colour.value,
        "origin": card.origin.value,
        "tier": card.tier.value,
        "fell_at": card.fell_at.isoformat(),
        "day": card.day.isoformat(),
        "questioned": card.questioned_because is not None,
        "withdrawn_at": card.withdrawn_at.isoformat() if card.withdrawn_at else None,
    }


def _happened(fall: Fall, row: Mapping[str, Any]) -> Happened:
    held = fall.held
    facts = card_facts(row["id"], fall.colour, held.tier, fall.at) | {"grid_code": held.grid_code}
    return Happened(
        "incident.card_drawn", held.grid_code, ("incident", held.incident_id), None, facts
    )


def card_facts(key: UUID, colour: Colour, tier: Tier, fell_at: datetime) -> dict[str, Any]:
    """What acts about a card say of it."""
    return {
        "card_id": str(key),
        "colour": colour.value,
        "tier": tier.value,
        "fell_at": fell_at.isoformat(),
    }
