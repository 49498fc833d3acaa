"""Every hold has a clock: due, yellow and red as instants, with what they were computed from
(EVT-3). Each computation is a row; the last one is in force."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import (
    DeadlinePolicy,
    HopClock,
    IncidentCard,
    IncidentCase,
    IncidentHop,
    StaleClocks,
)
from app.incidents.card_shown import CHANGE, shown
from app.kit.clock import civil_day
from app.outbox.emit import emit, publish
from app.people.calendar import Calendar
from app.people.values import supersessions
from app.rules.cards import CardOrigin, ClockReason, Colour, Span, WorkingSpans
from app.rules.civil import in_civil_time
from app.rules.deadlines import (
    RED_AFTER_H,
    Clock,
    Hold,
    Known,
    Policy,
    counts_anew,
    deadline_of,
    judge_clock,
    not_before_known,
    working_spans,
)
from app.rules.divisions import ancestors
from app.rules.parameters import Values, values_on

CHUNK_DAYS = 64
"""The calendar is loaded by so many dates at once: two months hold most clocks."""
READING = func.hashtextextended("clocks of events", 0)
"""Whoever computes a clock holds this lock shared until the commit (`recomputing.barrier`)."""


class Deadlines:
    """What clocks are computed from, read once for however many: the centre's hours, the city's
    parameters, and the duty calendar as far as it is asked for."""

    def __init__(self, session: Session) -> None:
        session.execute(select(func.pg_advisory_xact_lock_shared(READING)))
        self.session = session
        self.policies = policies_of(session)
        self.history = supersessions(session)
        self.calendars: dict[int, Calendar] = {}
        self.values: dict[date, Values] = {}
        self.known_spans: dict[tuple[date, bool], tuple[Span, ...]] = {}

    def clock(self, case: IncidentCase, hop: IncidentHop) -> Clock:
        """The clock of a hold, by the day it began."""
        day = civil_day(hop.arrived_at)
        deadline = deadline_of(self.policies, case.category, case.severity, hop.tier, day)
        since = hop.clock_from or hop.arrived_at
        hold = Hold(since, deadline, hop.extended_h or Decimal(0))
        return judge_clock(hold, self._values(day)[RED_AFTER_H], self.spans(hop.unit_code))

    def spans(self, unit_code: str) -> WorkingSpans:
        """The working hours of a unit's dates."""

        def of_day(day: date) -> tuple[Span, ...]:
            on_duty = self._calendar(day).on_duty(unit_code, day)
            key = (day, on_duty)
            if key not in self.known_spans:
                self.known_spans[key] = working_spans(day, self._values(day), on_duty=on_duty)
            return self.known_spans[key]

        return of_day

    def _calendar(self, day: date) -> Calendar:
        chunk = day.toordinal() // CHUNK_DAYS
        if chunk not in self.calendars:
            first = date.fromordinal(max(1, chunk * CHUNK_DAYS))
            last = first + timedelta(days=CHUNK_DAYS)
            self.calendars[chunk] = Calendar(self.session, first, last)
        return self.calendars[chunk]

    def _values(self, day: date) -> Values:
        if day not in self.values:
            self.values[day] = values_on(day, self.history)
        return self.values[day]


def policies_of(session: Session) -> Sequence[Policy]:
    """Every decision of the centre on hours, as the rule reads it."""
    rows = session.scalars(select(DeadlinePolicy).order_by(DeadlinePolicy.id))
    return [
        Policy(
            key=row.id,
            category=row.category,
            severity=row.severity,
            tier=row.tier,
            hours=row.hours,
            effective_from=row.effective_from,
            decided_at=row.decided_at,
        )
        for row in rows
    ]


def set_clock(
    session: Session, case: IncidentCase, hop: IncidentHop, why: ClockReason, now: datetime
) -> None:
    """Compute a hold's instants and keep what they were computed from. A new hold is stored
    with them; the act that began it is flushed before."""
    with session.no_autoflush:
        deadlines = Deadlines(session)
        cards = [] if why is ClockReason.ARRIVAL else cards_by_clock(session, [hop.id])[hop.id]
        reset_clock(session, case, hop, why, now, (deadlines, cards))


def reset_clock(
    session: Session,
    case: IncidentCase,
    hop: IncidentHop,
    why: ClockReason,
    now: datetime,
    given: tuple[Deadlines, Sequence[IncidentCard]],
) -> bool:
    """The same with what was read before; whether any instant is another than it was.

    Cards stay as they were drawn; those that would not have fallen yet are questioned.
    """
    deadlines, cards = given
    clock = deadlines.clock(case, hop)
    if why is not ClockReason.ARRIVAL:
        if counts_anew(clock, hop.due_at, now):
            hop.clock_from = now
            clock = deadlines.clock(case, hop)
        clock = not_before_known(clock, Known(hop.yellow_at, hop.red_at, now))
        if (clock.due, clock.yellow, clock.red) == (hop.due_at, hop.yellow_at, hop.red_at):
            return False
    hop.due_at, hop.yellow_at, hop.red_at = clock.due, clock.yellow, clock.red
    for card in would_not_have_fallen(hop, cards, now):
        question(session, case, card, {"why": why.value, "would_fall_at": instant_of(hop, card)})
    hop.next_card_at = next_card_at(hop, cards)
    session.add(hop)
    session.flush()
    session.add(
        HopClock(
            hop_id=hop.id,
            computed_at=now,
            why=why,
            due_at=clock.due,
            yellow_at=clock.yellow,
            red_at=clock.red,
            inputs=dict(clock.inputs),
        )
    )
    return True


def cards_by_clock(session: Session, hops: Sequence[UUID]) -> Mapping[UUID, Sequence[IncidentCard]]:
    """The cards that our own clock drew for some holds, withdrawn ones too."""
    found: dict[UUID, list[IncidentCard]] = {key: [] for key in hops}
    rows = session.scalars(
        select(IncidentCard)
        .where(IncidentCard.hop_id.in_(hops), IncidentCard.origin == CardOrigin.CLOCK)
        .order_by(IncidentCard.fell_at)
    )
    for card in rows:
        assert card.hop_id is not None
        found[card.hop_id].append(card)
    return found


def next_card_at(hop: IncidentHop, cards: Sequence[IncidentCard]) -> datetime | None:
    """The instant of the first card that was not drawn; a withdrawn one falls again only where
    the hold became due later than it was."""
    for colour, at in ((Colour.YELLOW, hop.yellow_at), (Colour.RED, hop.red_at)):
        same = [card for card in cards if card.colour is colour]
        if not any(card.withdrawn_at is None or card.fell_at >= at for card in same):
            return at
    return None


def would_not_have_fallen(
    hop: IncidentHop, cards: Sequence[IncidentCard], now: datetime
) -> Sequence[IncidentCard]:
    """Standing cards whose instant, as it is computed now, has not come yet."""
    return [
        card
        for card in cards
        if card.withdrawn_at is None
        and card.questioned_because is None
        and max(card.fell_at, now) <= falls_at(hop, card)
        and card.fell_at < falls_at(hop, card)
    ]


def falls_at(hop: IncidentHop, card: IncidentCard) -> datetime:
    """When a card's colour falls by the clock as it stands."""
    return hop.yellow_at if card.colour is Colour.YELLOW else hop.red_at


def instant_of(hop: IncidentHop, card: IncidentCard) -> str:
    """The same as it is written."""
    return in_civil_time(falls_at(hop, card))


def question(
    session: Session, case: IncidentCase, card: IncidentCard, because: Mapping[str, str]
) -> None:
    """Something speaks against a card now: it stays, and the tier above is shown it."""
    if card.questioned_because is not None or card.withdrawn_at is not None:
        return
    card.questioned_because = dict(because)
    if card.worker_id is not None:
        publish(session, card.worker_id, CHANGE, card.id, shown(card))
    emit(
        session,
        "incident.card_questioned",
        by=None,
        unit_code=case.grid_code,
        subject=("incident", case.incident_id),
        card_id=str(card.id),
        **because,
    )


def last_inputs(session: Session, hop_id: UUID) -> Mapping[str, object]:
    """What the clock that is in force was computed from."""
    found = session.scalars(
        select(HopClock.inputs).where(HopClock.hop_id == hop_id).order_by(HopClock.id.desc())
    ).first()
    return found or {}


def freshen(session: Session, case: IncidentCase, hop: IncidentHop, now: datetime) -> None:
    """Compute a hold's clock anew if what it rests on changed and no sweep came by since."""
    why = session.scalar(
        select(StaleClocks.why)
        .where(StaleClocks.unit_code.in_(ancestors(hop.unit_code)))
        .order_by(StaleClocks.id.desc())
        .limit(1)
    )
    if why is not None:
        set_clock(session, case, hop, why, now)
