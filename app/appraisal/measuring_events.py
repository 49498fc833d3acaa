"""Events that a worker held without a card, and how many were filed (EVT-3, EVT-5, CON-B4)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.appraisal.pieces import Piece, Pieces, Whose, gathered
from app.appraisal.quota_shares import quotas
from app.db.models import IncidentCard, IncidentCase, IncidentHop
from app.incidents.card_grounds import grounds_of
from app.kit.clock import civil_day
from app.rules.appraisal import Part
from app.rules.cards import CardVerdict
from app.rules.incidents import State
from app.rules.quota import judge_quota, quota_of
from app.rules.tiers import Tier


def events(session: Session, whose: Whose) -> Pieces:
    """Holds and, where the centre set one, the quota."""
    return gathered([*_holds(session, whose), *_filed(session, whose)])


def _holds(session: Session, whose: Whose) -> Iterator[tuple[UUID, Piece]]:
    rows = session.execute(
        select(
            IncidentHop.id, IncidentHop.incident_id, IncidentHop.worker_id, IncidentHop.due_at
        ).where(
            IncidentHop.worker_id.in_(whose.keys),
            IncidentHop.tier == Tier.GRID,
            IncidentHop.due_at >= whose.begins,
            IncidentHop.due_at < min(whose.ends, whose.now),
        )
    ).all()
    cards = _cards(session, [row.id for row in rows])
    excused = _excused(session, cards)
    for row in rows:
        day = civil_day(row.due_at)
        worker_id = row.worker_id
        if worker_id is not None and whose.full_time(worker_id, day):
            piece = _hold((row.id, row.incident_id, row.due_at), cards.get(row.id, ()), excused)
            yield worker_id, piece


def _cards(session: Session, hops: Sequence[UUID]) -> Mapping[UUID, Sequence[IncidentCard]]:
    """The cards that stand, by hold."""
    found: dict[UUID, list[IncidentCard]] = defaultdict(list)
    for card in session.scalars(
        select(IncidentCard)
        .where(IncidentCard.hop_id.in_(hops), IncidentCard.withdrawn_at.is_(None))
        .order_by(IncidentCard.fell_at)
    ):
        assert card.hop_id is not None
        found[card.hop_id].append(card)
    return found


def _excused(session: Session, cards: Mapping[UUID, Sequence[IncidentCard]]) -> Mapping[UUID, str]:
    """Why a card is not held against its worker: away all the time, or spoken against since."""
    drawn = [card for found in cards.values() for card in found]
    verdicts = grounds_of(session, drawn)
    why: dict[UUID, str] = {}
    for card in drawn:
        verdict = verdicts[card.id].verdict if card.id in verdicts else CardVerdict.OTHER_TIER
        if card.questioned_because is not None:
            why[card.id] = "questioned"
        elif verdict is not CardVerdict.AVOIDABLE:
            why[card.id] = verdict.value
    return why


def _hold(
    held: tuple[UUID, UUID, datetime],
    cards: Sequence[IncidentCard],
    excused: Mapping[UUID, str],
) -> Piece:
    hop, incident, due_at = held
    aside = bool(cards) and all(card.id in excused for card in cards)
    return Piece(
        part=Part.HOLDS,
        kind="incident",
        key=str(incident),
        day=civil_day(due_at),
        done=0 if cards else 1,
        owed=0 if aside else 1,
        says={
            "hold": str(hop),
            "due_at": due_at.isoformat(),
            "cards": [{"id": str(card.id), "colour": card.colour.value} for card in cards],
            "set_aside": sorted({excused[card.id] for card in cards}) if aside else [],
        },
    )


def _filed(session: Session, whose: Whose) -> Iterator[tuple[UUID, Piece]]:
    """Up to the quota, by the dates on which work was owed: more than it counts no more."""
    if quota_of(whose.values) == 0:
        return
    states, owed = _states(session, whose), quotas(session, whose)
    for worker_id in whose.keys:
        quota = owed[worker_id]
        found = states.get(worker_id, {})
        judged = judge_quota((state for state, n in found.items() for _ in range(n)), quota)
        counted = int(str(judged.because["counted"]))
        yield (
            worker_id,
            Piece(
                part=Part.QUOTA,
                kind="event_quota",
                key=f"{worker_id}/{whose.month:%Y-%m}",
                day=whose.last,
                done=min(counted, quota),
                owed=quota,
                says=judged.because,
            ),
        )


def _states(session: Session, whose: Whose) -> Mapping[UUID, Mapping[State, int]]:
    rows = session.execute(
        select(IncidentCase.worker_id, IncidentCase.state, func.count())
        .where(
            IncidentCase.worker_id.in_(whose.keys),
            IncidentCase.day.between(whose.month, whose.last),
        )
        .group_by(IncidentCase.worker_id, IncidentCase.state)
    )
    found: dict[UUID, dict[State, int]] = defaultdict(dict)
    for worker_id, state, count in rows:
        found[worker_id][state] = count
    return found
