"""What CON-B4 says of cards: read for a page of them at once. It proposes; a person decides."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Assignment, IncidentCard, IncidentHop, Leave, Posting
from app.incidents.clocks import Deadlines
from app.kit.clock import civil_day
from app.rules.cards import CardDrawn, CardVerdict, HalfOfDate, halves_held, judge_card
from app.rules.duty import Employment
from app.rules.finding import Finding
from app.rules.leave import LeaveSpan, halves_covered
from app.rules.procedures import RequestState
from app.rules.tiers import Tier


def grounds_of(
    session: Session, cards: Sequence[IncidentCard]
) -> Mapping[UUID, Finding[CardVerdict]]:
    """The finding on each card of the grid tier, by the card's key."""
    own = [card for card in cards if card.tier is Tier.GRID]
    if not own:
        return {}
    facts = _Facts(session, own)
    return {card.id: judge_card(facts.drawn(card)) for card in own}


class _Facts:
    """What decides over some cards: the holds, the posts, the leaves, the working hours."""

    def __init__(self, session: Session, cards: Sequence[IncidentCard]) -> None:
        workers = {card.worker_id for card in cards if card.worker_id is not None}
        hops = {card.hop_id for card in cards if card.hop_id is not None}
        self.deadlines = Deadlines(session)
        found = select(IncidentHop.id, IncidentHop.arrived_at).where(IncidentHop.id.in_(hops))
        self.arrivals = {row.id: row.arrived_at for row in session.execute(found)}
        self.postings = _by_worker(
            session.scalars(select(Posting).where(Posting.worker_id.in_(workers))).all()
        )
        self.assignments = session.scalars(
            select(Assignment).where(Assignment.worker_id.in_(workers))
        ).all()
        self.leaves = _leaves(session, workers, min(card.day for card in cards), self.arrivals)

    def drawn(self, card: IncidentCard) -> CardDrawn:
        """A card as the rule judges it."""
        held = self._held(card)
        return CardDrawn(
            colour=card.colour,
            tier=card.tier,
            day=card.day,
            withdrawn=card.withdrawn_at is not None,
            has_worker=card.worker_id is not None,
            employment=self._employment(card),
            held=held,
            on_leave=self._on_leave(card.worker_id, {day for day, _ in held}),
            questioned=card.questioned_because is not None,
        )

    def _held(self, card: IncidentCard) -> list[HalfOfDate]:
        """Halves of the hold on dates on which the worker had the grid: a predecessor's don't
        count."""
        spans = self.deadlines.spans(card.unit_code)
        mine = [
            row.valid
            for row in self.assignments
            if (row.worker_id, row.grid_code) == (card.worker_id, card.unit_code)
        ]
        return [
            (day, half)
            for day, half in halves_held(self._arrived(card), card.fell_at, spans)
            if any(day in valid for valid in mine)
        ]

    def _arrived(self, card: IncidentCard) -> datetime:
        arrived = None if card.hop_id is None else self.arrivals.get(card.hop_id)
        return min(arrived or card.fell_at, card.fell_at)

    def _employment(self, card: IncidentCard) -> Employment | None:
        for posting in self.postings.get(card.worker_id, ()):
            if card.day in posting.valid:
                return posting.employment
        return None

    def _on_leave(self, worker_id: UUID | None, days: set[date]) -> list[HalfOfDate]:
        return [
            (day, half)
            for span in self.leaves.get(worker_id, ())
            for day in days
            for half in halves_covered(span, day)
        ]


def _by_worker(rows: Sequence[Posting]) -> Mapping[UUID | None, Sequence[Posting]]:
    found: dict[UUID | None, list[Posting]] = defaultdict(list)
    for row in rows:
        found[row.worker_id].append(row)
    return found


def _leaves(
    session: Session, workers: set[UUID], first: date, arrivals: Mapping[UUID, datetime]
) -> Mapping[UUID | None, Sequence[LeaveSpan]]:
    """Approved leaves that can touch the holds."""
    earliest = min([first, *map(civil_day, arrivals.values())])
    rows = session.scalars(
        select(Leave).where(
            Leave.worker_id.in_(workers),
            Leave.state == RequestState.APPROVED,
            Leave.last_day >= earliest,
        )
    )
    found: dict[UUID | None, list[LeaveSpan]] = defaultdict(list)
    for row in rows:
        span = LeaveSpan(row.first_day, row.first_half, row.last_day, row.last_half)
        found[row.worker_id].append(span)
    return found
