"""Cards are drawn (EVT-3): at the instant at which they fell, once, for whoever held the event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db.bulk import insert_rows, rows_of
from app.db.models import Change, IncidentCard, IncidentCase, IncidentHop
from app.incidents.card_refusals import CardOfUnknownEvent
from app.incidents.card_shown import CHANGE, body_of, shown
from app.incidents.clocks import cards_by_clock, falls_at, freshen, question
from app.incidents.holders import Holders
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.outbox.emit import Happened, emit, emit_all, publish
from app.rules.cards import CardOrigin, Colour
from app.rules.civil import in_civil_time
from app.rules.deadlines import fallen
from app.rules.tiers import Tier

DRAW = text("""
insert into incident_card (id, incident_id, hop_id, colour, origin, tier, unit_code, worker_id,
    fell_at, drawn_at, day, because)
select card.id, card.incident_id, card.hop_id, card.colour, card.origin, card.tier, card.unit_code,
    card.worker_id, card.fell_at, card.drawn_at, card.day, card.because || clock.inputs
from json_populate_recordset(null::incident_card, cast(:rows as json)) card
cross join lateral (
    select inputs from hop_clock where hop_clock.hop_id = card.hop_id order by id desc limit 1
) clock
on conflict (hop_id, colour) where origin = 'clock' and withdrawn_at is null do nothing
returning id
""")
"""A card keeps what the clock in force was computed from."""


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
    cards that were drawn although it ended in time (it was told late) are questioned: before their
    instant, or before the one that the clock in force has for them."""
    freshen(session, case, hop, now)
    if hop.next_card_at is not None:
        draw(session, falls_of(held_of(case, hop), instants_of(hop), ended_at), now)
        hop.next_card_at = None
        session.flush()
    because = {"why": "ended_in_time", "ended_at": in_civil_time(ended_at)}
    for card in cards_by_clock(session, [hop.id])[hop.id]:
        if max(card.fell_at, falls_at(hop, card)) >= ended_at:
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
    written = session.execute(DRAW, {"rows": rows_of(session, IncidentCard, rows)})
    drawn = {key for (key,) in written}
    new = [(fall, row) for fall, row in zip(falls, rows, strict=True) if row["id"] in drawn]
    told = [_change(row) for _, row in new if row["worker_id"] is not None]
    insert_rows(session, Change, told)
    emit_all(session, [_happened(fall, row) for fall, row in new])
    return len(new)


def _rows(session: Session, falls: Sequence[Fall], now: datetime) -> list[dict[str, Any]]:
    grids = {fall.held.grid_code for fall in falls if fall.held.tier is Tier.GRID}
    holders = Holders(session, grids)
    return [_row(fall, holders, now) for fall in falls]


def _row(fall: Fall, holders: Holders, now: datetime) -> dict[str, Any]:
    held, day = fall.held, civil_day(fall.at)
    return {
        "id": uuid7(now),
        "incident_id": held.incident_id,
        "hop_id": held.hop_id,
        "colour": fall.colour,
        "origin": CardOrigin.CLOCK,
        "tier": held.tier,
        "unit_code": held.unit_code,
        "worker_id": holders.of(held.tier, held.grid_code, held.worker_id, day),
        "fell_at": fall.at,
        "drawn_at": now,
        "day": day,
        "because": {"due_at": in_civil_time(held.due_at)},
    }


def _change(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "worker_id": row["worker_id"],
        "kind": CHANGE,
        "subject_id": str(row["id"]),
        "gone": None,
        "body": body_of(row, questioned=False, withdrawn_at=None),
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
        "fell_at": in_civil_time(fell_at),
    }


@dataclass(frozen=True)
class PlatformCard:
    """A card that a platform drew for one of our events, as it says."""

    incident_id: UUID
    origin: CardOrigin
    their_ref: str
    colour: Colour
    tier: Tier
    fell_at: datetime


def draw_platform_card(session: Session, said: PlatformCard, now: datetime) -> IncidentCard | None:
    """Write a platform's card for whoever held the event at its instant; none if it is known.

    It is not told outside: the platform knows it. Raises CardOfUnknownEvent.
    """
    case = session.get(IncidentCase, said.incident_id, with_for_update=True)
    hop = None if case is None else _holder_at(session, said)
    if case is None or hop is None:
        raise CardOfUnknownEvent(id=said.incident_id)
    if _is_known(session, said):
        return None
    card = _of_platform(session, said, held_of(case, hop), now)
    session.add(card)
    session.flush()
    if card.worker_id is not None:
        publish(session, card.worker_id, CHANGE, card.id, shown(card))
    emit(
        session,
        "incident.platform_card_drawn",
        by=None,
        unit_code=case.grid_code,
        subject=("incident", case.incident_id),
        **card_facts(card.id, card.colour, card.tier, card.fell_at),
        origin=said.origin.value,
    )
    return card


def _is_known(session: Session, said: PlatformCard) -> bool:
    known = select(IncidentCard.id).where(
        IncidentCard.origin == said.origin, IncidentCard.their_ref == said.their_ref
    )
    return session.scalar(known) is not None


def _holder_at(session: Session, said: PlatformCard) -> IncidentHop | None:
    """Who held the event at the instant: of several the tier that the platform names, else the
    one that held it first; if nobody did, who held it last before, or first of all."""
    hops = session.scalars(
        select(IncidentHop)
        .where(IncidentHop.incident_id == said.incident_id)
        .order_by(IncidentHop.arrived_at, IncidentHop.id)
    ).all()
    before = [hop for hop in hops if hop.arrived_at <= said.fell_at]
    holding = [hop for hop in before if hop.ended_at is None or said.fell_at < hop.ended_at]
    named = [hop for hop in holding if hop.tier is said.tier]
    return next(iter([*named, *holding, *reversed(before), *hops]), None)


def _of_platform(session: Session, said: PlatformCard, held: Held, now: datetime) -> IncidentCard:
    day = civil_day(said.fell_at)
    holders = Holders(session, [held.grid_code])
    return IncidentCard(
        id=uuid7(now),
        incident_id=said.incident_id,
        hop_id=held.hop_id,
        colour=said.colour,
        origin=said.origin,
        their_ref=said.their_ref,
        tier=held.tier,
        unit_code=held.unit_code,
        worker_id=holders.of(held.tier, held.grid_code, held.worker_id, day),
        fell_at=said.fell_at,
        drawn_at=now,
        day=day,
        because={"drawn_by": said.origin.value, "tier_they_named": said.tier.value},
    )
