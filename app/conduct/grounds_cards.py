"""B4: cards at the worker's own tier that could have been avoided, date by date (四(二)4)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conduct.basis import Evidence, Judged, Plain, record
from app.db.models import IncidentCard
from app.incidents.card_grounds import grounds_of
from app.people.months import MonthOfWorker
from app.rules.activity import month_of
from app.rules.cards import CardVerdict
from app.rules.finding import Finding
from app.rules.tiers import Tier

Found = tuple[IncidentCard, Finding[CardVerdict]]


def look_at_cards(session: Session, months: Sequence[MonthOfWorker]) -> Judged:
    """By what is known of each card now: one that is in question is no ground."""
    if not months:
        return {}
    first, last = month_of(months[0].month)
    cards = session.scalars(
        select(IncidentCard)
        .where(
            IncidentCard.worker_id.in_([one.worker_id for one in months]),
            IncidentCard.tier == Tier.GRID,
            IncidentCard.day.between(first, last),
        )
        .order_by(IncidentCard.fell_at, IncidentCard.id)
    ).all()
    findings = grounds_of(session, cards)
    found: dict[tuple[UUID, date], list[Found]] = defaultdict(list)
    for card in cards:
        if card.worker_id is not None:
            found[card.worker_id, card.day].append((card, findings[card.id]))
    return {key: _evidence(cards_of_date) for key, cards_of_date in found.items()}


def _evidence(cards: Sequence[Found]) -> Evidence:
    avoidable = sum(_is_ground(finding) for _, finding in cards)
    return Evidence(
        stands=avoidable > 0,
        because={"day": cards[0][0].day.isoformat(), "cards": len(cards), "avoidable": avoidable},
        records=[_record(card, finding) for card, finding in cards],
    )


def _is_ground(finding: Finding[CardVerdict]) -> bool:
    return finding.verdict is CardVerdict.AVOIDABLE and not finding.because["questioned"]


def _record(card: IncidentCard, finding: Finding[CardVerdict]) -> Plain:
    return record(
        "incident_card",
        card.id,
        f"/v1/incident-cards/{card.id}",
        incident=str(card.incident_id),
        origin=card.origin.value,
        verdict=finding.verdict.value,
        **finding.because,
    )
