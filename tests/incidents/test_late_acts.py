"""EVT-3, ATT-4: acts that were done without network and told later."""

from contextlib import nullcontext
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.dialects.postgresql import Range

from app.db.engine import Sessions
from app.db.models import Assignment
from app.incidents.refusals import ActNotAllowed, EventOfOthers
from app.incidents.sweeping import sweep
from app.kit.ids import uuid7
from app.rules.cards import Colour
from app.rules.incidents import Act, HopOutcome, State
from app.rules.tiers import Tier
from tests.city import SINCE
from tests.incidents.facts import GRID as OF_EVENT
from tests.incidents.facts import NEIGHBOUR, Street, at

GRID, COMMUNITY = Tier.GRID, Tier.COMMUNITY
THURSDAY = date(2026, 3, 19)
DUE = at("09:00", THURSDAY)
"""Of an event found on Wednesday at nine: six and a half hours of work later."""


@pytest.fixture
def key(street: Street) -> UUID:
    found = street.reported(at("09:00"))
    assert street.holds(found)[GRID].due_at == DUE
    return found


def told_at(moment: datetime, done: datetime) -> timedelta:
    """How long an act took to arrive."""
    return moment - done


def swept(street: Street, sessions: Sessions, now: datetime) -> None:
    street.db.commit()
    sweep(sessions, now)
    street.db.expire_all()


def test_evt_3_done_in_time_and_told_late_the_card_that_fell_meanwhile_is_questioned(
    street: Street, sessions: Sessions, key: UUID
) -> None:
    swept(street, sessions, at("10:00", THURSDAY))
    [card] = street.cards(key)
    assert (card.colour, card.questioned_because) == (Colour.YELLOW, None)
    done, told = at("16:00"), at("11:00", THURSDAY)
    act = street.worker(key, Act.CLOSE, done, after=told_at(told, done))
    assert (act.effective_at, act.received_at) == (done, told)
    [hop] = street.hops(key)
    assert (hop.ended_at, hop.outcome) == (done, HopOutcome.CLOSED)
    [card] = street.cards(key)
    assert card.questioned_because is not None
    assert card.withdrawn_at is None
    assert (street.case(key).closed_at, street.case(key).changed_at) == (done, told)


def test_att_4_without_proof_it_counts_from_receipt_and_the_card_stands(
    street: Street, sessions: Sessions, key: UUID
) -> None:
    swept(street, sessions, at("10:00", THURSDAY))
    done, told = at("16:00"), at("11:00", THURSDAY)
    act = street.worker(key, Act.CLOSE, done, after=told_at(told, done), proven=False)
    assert (act.effective_at, act.corrected_at, act.day) == (told, done, done.date())
    [card] = street.cards(key)
    assert card.questioned_because is None
    assert street.hops(key)[0].ended_at == told


@pytest.mark.parametrize(
    ("done", "cards"),
    [(at("08:59", THURSDAY), 0), (DUE, 0), (at("09:01", THURSDAY), 1)],
    ids=["before", "at the instant", "after"],
)
def test_evt_3_while_no_sweep_came_by_the_act_itself_settles_what_fell(
    street: Street, key: UUID, done: datetime, cards: int
) -> None:
    told = at("11:00", THURSDAY)
    street.worker(key, Act.CLOSE, done, after=told_at(told, done))
    found = street.cards(key)
    assert [card.fell_at for card in found] == [DUE] * cards
    assert all(card.drawn_at == told for card in found)


def test_evt_3_nobody_above_is_on_the_clock_before_they_could_know(
    street: Street, key: UUID
) -> None:
    done, told = at("10:00"), at("15:00")
    street.worker(key, Act.ESCALATE, done, after=told_at(told, done))
    left, begun = street.hops(key)
    assert (left.tier, left.ended_at) == (GRID, done)
    assert (begun.tier, begun.arrived_at) == (COMMUNITY, told)


def test_evt_3_an_act_ends_no_hold_before_it_began(street: Street, key: UUID) -> None:
    street.worker(key, Act.ESCALATE, at("09:30"))
    street.office("station_lead", key, Act.HAND_DOWN, at("11:00"))
    done = at("10:00")
    act = street.worker(key, Act.CLOSE, done, after=told_at(at("12:00"), done))
    assert act.effective_at == at("11:00")
    assert street.hops(key)[-1].ended_at == at("11:00")


def test_evt_4_verified_no_earlier_than_it_was_closed(street: Street, key: UUID) -> None:
    street.worker(key, Act.ESCALATE, at("09:30"))
    street.office("station_lead", key, Act.CLOSE, at("11:00"))
    act = street.worker(key, Act.VERIFY, at("10:00"), after=timedelta(hours=2))
    assert (act.effective_at, street.case(key).verified_at) == (at("11:00"), at("11:00"))


def test_evt_3_parallel_holds_end_when_it_was_closed_each_no_earlier_than_it_began(
    street: Street,
) -> None:
    key = street.reported(at("09:00"), severity="major")
    street.office("station_lead", key, Act.HAND_DOWN, at("09:20"))
    done = at("09:10")
    street.worker(key, Act.CLOSE, done, after=told_at(at("09:40"), done))
    ends = {hop.tier: hop.ended_at for hop in street.hops(key)}
    assert ends == {
        Tier.COMMUNITY: at("09:20"), Tier.TOWNSHIP: at("09:20"), GRID: at("09:20"),
    }  # fmt: skip


def test_evt_1_an_act_that_no_longer_fits_when_it_arrives_is_refused_with_what_does(
    street: Street, key: UUID
) -> None:
    street.worker(key, Act.ESCALATE, at("09:30"))
    done = at("09:20")
    with pytest.raises(ActNotAllowed) as refused:
        street.worker(key, Act.CLOSE, done, after=told_at(at("10:00"), done))
    assert refused.value.facts == {
        "state": "held", "held_by": ["community"], "allowed": ["withdraw"],
    }  # fmt: skip
    assert street.case(key).acts == 2


def test_evt_1_report_and_acts_of_a_day_without_network_arrive_together(street: Street) -> None:
    """Told a day later, in order: handled in time, so no card ever falls."""
    late = timedelta(hours=30)
    key = street.reported(at("09:00"), after=late)
    street.worker(key, Act.TAKE_UP, at("09:10"), after=late)
    street.worker(key, Act.CLOSE, at("11:00"), after=late)
    street.worker(key, Act.VERIFY, at("11:05"), after=late)
    case = street.case(key)
    assert (case.state, case.closed_at) == (State.VERIFIED, at("11:00"))
    [hop] = street.hops(key)
    assert (hop.taken_up_at, hop.ended_at) == (at("09:10"), at("11:00"))
    assert street.cards(key) == []


def test_evt_3_an_extension_asked_for_in_time_and_told_late_is_not_overdue(
    street: Street, key: UUID
) -> None:
    done = at("08:00", THURSDAY)
    told = at("10:00", THURSDAY)
    act = street.worker(key, Act.ASK_EXTENSION, done, after=told_at(told, done))
    assert act.effective_at == done


@pytest.mark.parametrize("proven", [True, False], ids=["proven", "claimed"])
def test_att_4_a_day_that_is_only_claimed_gives_nobody_a_grid_back(
    street: Street, key: UUID, proven: bool
) -> None:
    """The neighbour helped out in the grid until Wednesday."""
    helped = Assignment(
        id=uuid7(DUE),
        worker_id=street.city.workers[NEIGHBOUR],
        level=1,
        grid_code=OF_EVENT,
        first_responsible=False,
        valid=Range(SINCE, THURSDAY),
    )
    street.db.add(helped)
    street.db.flush()
    done = at("16:00")
    after = told_at(at("08:30", THURSDAY), done)
    with nullcontext() if proven else pytest.raises(EventOfOthers):
        street.worker(key, Act.CLOSE, done, grid=NEIGHBOUR, after=after, proven=proven)
    assert street.case(key).state is (State.CLOSED if proven else State.HELD)
