"""Random acts by random people while time passes: no illegal state, no lost card, no hold without
a clock (EVT-1 to EVT-4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.db.engine import Sessions
from app.db.models import (
    HopClock,
    IncidentAct,
    IncidentCard,
    IncidentCase,
    IncidentHop,
    WebhookEvent,
)
from app.incidents.situations import situations
from app.incidents.sweeping import sweep
from app.kit.errors import Refusal
from app.kit.ids import uuid7
from app.rules.cards import Colour
from app.rules.incidents import MOVES, OPEN, Act, Actor, Score, Situation, State, allowed
from app.rules.tiers import Tier
from tests.city import City
from tests.incidents.facts import GRID, NEIGHBOUR, Street, at

OFFICES = {
    "station_lead": Tier.COMMUNITY,
    "township": Tier.TOWNSHIP,
    "command_centre": Tier.CENTRE,
    "leading_group_office": Tier.OFFICE,
}
ACTORS = {
    GRID: Actor(Tier.GRID, is_reporter=True),
    **{who: Actor(tier) for who, tier in OFFICES.items()},
}
EVERYBODY = (*ACTORS, NEIGHBOUR)
"""The neighbour is nobody to the event."""
PASSES = (timedelta(minutes=1), timedelta(minutes=25), timedelta(hours=3), timedelta(days=2))
LATE = (timedelta(0), timedelta(0), timedelta(hours=2), timedelta(days=1))
A_HALF, A_SIXTH = 0.5, 1 / 6
HANDLED = {State.CLOSED, State.FOLLOWED_UP, State.VERIFIED}
STEPS = 14
SELDOM = {Act.WITHDRAW: 1, Act.FIND_FALSE: 1, Act.GIVE_HELP: 2, Act.ASK_HELP: 4}
OFTEN = 12
"""So that most walks go far: how often an act is chosen beside the others."""
SAYS: Mapping[Act, Mapping[str, Sequence[Any]]] = {
    Act.ESCALATE: {"to": [None, None, "centre", "grid"]},
    Act.REGRADE: {"severity": ["general", "major"]},
    Act.VERIFY: {"score": list(Score), "reason": ["现场复查"]},
    Act.DECIDE_EXTENSION: {"granted": [True, False], "reason": ["情况属实"]},
    Act.ASK_EXTENSION: {"hours": ["0.25", "2"]},
}
"""What acts may say beyond the least."""


@dataclass
class Seen:
    """An event with all that hangs on it, read afresh."""

    case: IncidentCase
    acts: Sequence[IncidentAct]
    hops: Sequence[IncidentHop]
    clocks: dict[UUID, list[HopClock]]
    cards: Sequence[IncidentCard]
    numbers: Sequence[int]

    def cards_of(self, hop: IncidentHop, colour: Colour) -> list[IncidentCard]:
        return [card for card in self.cards if (card.hop_id, card.colour) == (hop.id, colour)]


@dataclass
class Walk:
    """One event and what happens to it."""

    sessions: Sessions
    city: City
    chance: Random
    now: datetime = field(default_factory=lambda: at("09:00"))
    key: UUID = field(init=False)
    other: UUID = field(init=False)
    known: dict[UUID, bool] = field(default_factory=dict)
    """Cards that were drawn, and whether they were withdrawn."""

    def begin(self) -> None:
        severity = self.chance.choice(["general", "general", "major"])
        reporter = self.chance.choice(["worker", "resident"])
        with self.sessions.begin() as db:
            street = Street(db, self.city)
            self.key = street.reported(self.now, severity=severity, reporter=reporter)
            self.other = street.reported(self.now)

    def step(self) -> None:
        """Time passes, perhaps a sweep comes by, somebody does something."""
        self.now += self.chance.choice(PASSES) + timedelta(seconds=1)
        if self.chance.random() < A_HALF:
            sweep(self.sessions, self.now)
            self.check(swept=True)
        self.act(*self.chosen())
        self.check(swept=False)

    def chosen(self) -> tuple[str, Act]:
        """Something that is allowed, or now and then anything."""
        anything = [(who, act) for who in EVERYBODY for act in Act]
        if self.chance.random() < A_SIXTH:
            return self.chance.choice(anything)
        stands = self.situation()
        may = [(who, act) for who, actor in ACTORS.items() for act in allowed(stands, actor)]
        weights = [SELDOM.get(act, OFTEN) for _, act in may]
        return self.chance.choices(may, weights)[0] if may else self.chance.choice(anything)

    def situation(self) -> Situation:
        with self.sessions() as db:
            return situations(db, [db.get_one(IncidentCase, self.key)])[self.key]

    def act(self, who: str, act: Act) -> None:
        """What is refused changes nothing: its transaction is gone."""
        changes = self.changes(act)
        late, proven = self.chance.choice(LATE), self.chance.random() < A_HALF
        try:
            with self.sessions.begin() as db:
                street = Street(db, self.city)
                if who in OFFICES:
                    street.office(who, self.key, act, self.now, **changes)
                else:
                    done = max(self.now - late, at("09:00"))
                    street.worker(
                        self.key,
                        act,
                        done,
                        grid=who,
                        after=self.now - done,
                        proven=proven,
                        **changes,
                    )
        except Refusal:
            return

    def changes(self, act: Act) -> dict[str, Any]:
        more = {
            Act.WITHDRAW_CARD: {"card_id": [*map(str, self.known), str(uuid7(self.now))]},
            Act.LINK_DUPLICATE: {"duplicate_of": [str(self.key), str(self.other)]},
        }
        said = {**SAYS, **more}.get(act, {})
        return {name: self.chance.choice(values) for name, values in said.items()}

    def seen(self) -> Seen:
        with self.sessions() as db:
            street = Street(db, self.city)
            clocks: dict[UUID, list[HopClock]] = {}
            for clock in street.clocks(self.key):
                clocks.setdefault(clock.hop_id, []).append(clock)
            told = (
                select(WebhookEvent.number)
                .where(WebhookEvent.subject_id == str(self.key))
                .order_by(WebhookEvent.occurred_at, WebhookEvent.number)
            )
            return Seen(
                street.case(self.key),
                street.acts(self.key),
                street.hops(self.key),
                clocks,
                street.cards(self.key),
                db.scalars(told).all(),
            )

    def check(self, *, swept: bool) -> None:
        seen = self.seen()
        check_state(seen)
        check_acts(seen)
        for hop in seen.hops:
            check_clock(seen, hop)
            check_cards(seen, hop, self.now if swept else None)
        drawn = {card.id: card.withdrawn_at is not None for card in seen.cards}
        for key, withdrawn in self.known.items():
            assert key in drawn
            assert drawn[key] or not withdrawn
        self.known = drawn


def check_state(seen: Seen) -> None:
    """Somebody holds it exactly while it is open; what is said of its end is said together."""
    case = seen.case
    held = [hop for hop in seen.hops if hop.ended_at is None]
    assert (case.state in OPEN) == bool(held)
    assert (case.state is State.HANDLING) == any(hop.taken_up_at for hop in held)
    assert len({hop.tier for hop in held}) == len(held)
    assert (case.state in HANDLED) == (case.closed_at is not None) == (case.closed_by is not None)
    assert (case.state is State.VERIFIED) == (case.verified_at is not None)
    assert (case.state is State.DUPLICATE) == (case.duplicate_of is not None)


def check_acts(seen: Seen) -> None:
    """Numbered without gaps; each follows from the one before by a cell of the table."""
    acts = seen.acts
    assert [act.number for act in acts] == list(range(1, seen.case.acts + 1))
    assert acts[-1].became is seen.case.state
    for before, act in pairwise(acts):
        assert act.was is before.became
        move = MOVES[act.tier, act.act, before.became]
        reopened = act.act is Act.VERIFY and act.became is State.HELD
        stays_open = act.became in OPEN and (move.becomes or before.became) in OPEN
        assert reopened or stays_open or act.became is (move.becomes or before.became)
        assert act.effective_at <= act.received_at
    assert sum(act.act is Act.VERIFY and act.became is State.HELD for act in acts) <= 1
    assert list(seen.numbers) == list(range(1, len(seen.numbers) + 1))


def check_clock(seen: Seen, hop: IncidentHop) -> None:
    """Due, yellow and red, as the last computation says."""
    last = seen.clocks[hop.id][-1]
    assert (hop.due_at, hop.yellow_at, hop.red_at) == (last.due_at, last.yellow_at, last.red_at)
    assert hop.arrived_at < hop.yellow_at < hop.red_at
    assert hop.ended_at is None or hop.ended_at >= hop.arrived_at


def check_cards(seen: Seen, hop: IncidentHop, swept_at: datetime | None) -> None:
    """What fell was drawn; what did not fall was not, or it is questioned or withdrawn."""
    until = hop.ended_at or swept_at
    for colour, at_ in ((Colour.YELLOW, hop.yellow_at), (Colour.RED, hop.red_at)):
        cards = seen.cards_of(hop, colour)
        if until is not None and until > at_:
            assert cards, (colour, at_, until)
        if hop.ended_at is not None and hop.ended_at <= at_:
            assert all(card.questioned_because or card.withdrawn_at for card in cards)
        assert sum(card.withdrawn_at is None for card in cards) <= 1
    assert hop.ended_at is None or hop.next_card_at is None


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_evt_no_illegal_state_no_lost_card_no_hold_without_a_clock(
    sessions: Sessions, city: City, seed: int
) -> None:
    walk = Walk(sessions, city, Random(seed))
    walk.begin()
    walk.check(swept=False)
    for _ in range(STEPS):
        walk.step()
