"""One extension of a hold, and cards that a higher tier withdraws (EVT-3)."""

from collections import Counter
from datetime import datetime
from decimal import Decimal

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.models import (
    ApprovalCase,
    ApprovalStep,
    Change,
    HopExtension,
    IncidentHop,
    OutboxEvent,
)
from app.incidents.card_refusals import (
    CardOfLowerTier,
    CardOfUnknownEvent,
    CardWithdrawn,
    ExtensionDecided,
    ExtensionNotMore,
    ExtensionOverdue,
    ExtensionTooLong,
)
from app.incidents.drawing import PlatformCard, draw_platform_card
from app.incidents.holding import end_holds
from app.kit.errors import NotFound, Refusal
from app.rules.approvals import CaseState
from app.rules.cards import CardOrigin, Colour
from app.rules.incidents import Act, HopOutcome
from app.rules.tiers import Tier
from tests.city import City, key
from tests.incidents.clock_facts import (
    FRIDAY,
    GRID,
    NINE,
    SECOND,
    THURSDAY,
    Events,
    at,
    hours,
)

DUE = at("09:00", THURSDAY)


@pytest.fixture
def events(api: FastAPI, db: Session, city: City) -> Events:
    return Events(api, db, city)


def test_evt_3_granted_hours_set_the_clock_anew(events: Events, db: Session) -> None:
    hop = events.event()
    events.asks(hop, "4", at("16:00"))
    assert events.fresh(hop).due_at == DUE
    events.decides(hop, Tier.COMMUNITY, at("16:30"), granted=True)
    moved = events.fresh(hop)
    assert (moved.due_at, moved.extended_h) == (at("15:30", THURSDAY), Decimal(4))
    assert [clock.why.value for clock in events.clocks(hop)] == ["arrival", "extension"]
    assert events.clocks(hop)[-1].inputs["extended_h"] == 4.0
    assert events.sweep(at("15:30", THURSDAY)) == 0
    assert events.sweep(at("15:30", THURSDAY) + SECOND) == 1
    asked = db.get_one(HopExtension, hop.id)
    assert (asked.granted, asked.decided_at, asked.hours) == (True, at("16:30"), Decimal(4))


def test_evt_3_fewer_hours_may_be_granted_but_not_more(events: Events) -> None:
    hop = events.event()
    events.asks(hop, "4", at("16:00"))
    with pytest.raises(ExtensionNotMore):
        events.decides(hop, Tier.COMMUNITY, at("16:30"), granted=True, hours="4.01")
    events.db.rollback()
    events.decides(hop, Tier.COMMUNITY, at("16:31"), granted=True, hours="1.5")
    assert events.fresh(hop).due_at == at("10:30", THURSDAY)


def test_evt_3_refused_the_clock_goes_on(events: Events, db: Session) -> None:
    hop = events.event()
    events.asks(hop, "4", at("16:00"))
    events.decides(hop, Tier.COMMUNITY, at("16:30"), granted=False, reason="可当日办结")
    assert (events.fresh(hop).due_at, hop.extended_h) == (DUE, Decimal(0))
    assert db.get_one(HopExtension, hop.id).granted is False
    assert len(events.clocks(hop)) == 1
    with pytest.raises(ExtensionDecided):
        events.decides(hop, Tier.COMMUNITY, at("16:31"), granted=True)


@pytest.mark.parametrize(
    ("moment", "wanted", "refusal"),
    [
        (DUE - SECOND, "6.5", None),
        (DUE, "6.5", ExtensionOverdue),
        (DUE - SECOND, "6.51", ExtensionTooLong),
    ],
)
def test_evt_3_asked_for_in_time_and_at_most_its_own_hours(
    events: Events, moment: datetime, wanted: str, refusal: type[Refusal] | None
) -> None:
    hop = events.event()
    if refusal is None:
        events.asks(hop, wanted, moment)
        return
    with pytest.raises(refusal):
        events.asks(hop, wanted, moment)


@pytest.mark.parametrize("tier", [Tier.GRID, Tier.TOWNSHIP, Tier.CENTRE, Tier.OFFICE])
def test_evt_3_only_the_tier_above_decides(events: Events, tier: Tier) -> None:
    hop = events.event()
    events.asks(hop, "4", at("16:00"))
    with pytest.raises(ExtensionDecided):
        events.decides(hop, tier, at("16:30"), granted=True)


def test_evt_3_the_office_decides_for_the_centre(events: Events) -> None:
    hop = events.event(tier=Tier.CENTRE)
    before = hop.due_at
    events.asks(hop, "6.5", at("16:00"))
    events.decides(hop, Tier.OFFICE, at("16:30"), granted=True)
    assert events.fresh(hop).due_at > before


def test_evt_3_a_card_that_fell_while_the_request_waited_is_withdrawn_by_the_grant(
    events: Events, db: Session
) -> None:
    hop = events.event()
    events.asks(hop, "4", DUE - hours(0.5))
    events.sweep(DUE + SECOND)
    events.decides(hop, Tier.COMMUNITY, DUE + hours(1), granted=True)
    [card] = events.cards(hop)
    decided = db.get_one(HopExtension, hop.id).decided_by
    assert (card.withdrawn_at, card.withdrawn_by) == (DUE + hours(1), decided)
    assert events.fresh(hop).next_card_at == at("15:30", THURSDAY), "it can fall again"
    events.sweep(at("15:31", THURSDAY))
    assert [card.fell_at for card in events.cards(hop)] == [DUE, at("15:30", THURSDAY)]
    names = Counter(db.scalars(select(OutboxEvent.name)))
    assert (names["incident.card_withdrawn"], names["incident.card_drawn"]) == (1, 2)


def test_evt_3_a_late_grant_moves_the_card_to_the_later_instant(events: Events) -> None:
    hop = events.event()
    events.asks(hop, "1", DUE - hours(0.5))
    events.sweep(at("11:00", THURSDAY))
    events.decides(hop, Tier.COMMUNITY, at("11:00", THURSDAY), granted=True)
    events.sweep(at("11:01", THURSDAY))
    first, second = events.cards(hop)
    assert (first.fell_at, first.withdrawn_at is not None) == (DUE, True)
    assert (second.fell_at, second.withdrawn_at) == (at("10:00", THURSDAY), None)


def test_evt_3_a_card_is_withdrawn_once_with_an_act(events: Events, db: Session) -> None:
    hop = events.event()
    events.sweep(DUE + SECOND)
    [card] = events.cards(hop)
    events.withdraws(card, hop, Tier.COMMUNITY, at("10:00", THURSDAY))
    [card] = events.cards(hop)
    assert card.withdrawn_at == at("10:00", THURSDAY)
    assert card.withdrawn_by is not None
    last = db.scalars(
        select(Change).where(Change.kind == "incident_card").order_by(Change.id.desc())
    ).first()
    assert last is not None
    assert last.body is not None
    assert last.body["withdrawn_at"] is not None
    with pytest.raises(CardWithdrawn):
        events.withdraws(card, hop, Tier.TOWNSHIP, at("11:00", THURSDAY))
    db.rollback()
    assert events.sweep(at("12:00", THURSDAY)) == 0, "it does not fall again at the same instant"
    assert events.sweep(at("09:00:01", FRIDAY)) == 1, "red falls"


@pytest.mark.parametrize(
    ("held_by", "tier", "allowed"),
    [
        (Tier.GRID, Tier.GRID, False),
        (Tier.GRID, Tier.COMMUNITY, True),
        (Tier.GRID, Tier.CENTRE, True),
        (Tier.TOWNSHIP, Tier.COMMUNITY, False),
        (Tier.TOWNSHIP, Tier.TOWNSHIP, False),
        (Tier.TOWNSHIP, Tier.CENTRE, True),
        (Tier.CENTRE, Tier.CENTRE, False),
        (Tier.CENTRE, Tier.OFFICE, True),
    ],
)
def test_evt_3_only_a_higher_tier_withdraws(
    events: Events, held_by: Tier, tier: Tier, allowed: bool
) -> None:
    hop = events.event(tier=held_by)
    events.sweep(hop.due_at + SECOND)
    [card] = events.cards(hop)
    if allowed:
        events.withdraws(card, hop, tier, hop.due_at + hours(1))
        assert events.cards(hop)[0].withdrawn_at is not None
    else:
        with pytest.raises(CardOfLowerTier):
            events.withdraws(card, hop, tier, hop.due_at + hours(1))


def test_evt_3_a_card_of_another_event_is_not_there(events: Events) -> None:
    hop, other = events.event(), events.event()
    events.sweep(DUE + SECOND)
    [card] = events.cards(other)
    with pytest.raises(NotFound):
        events.withdraws(card, hop, Tier.COMMUNITY, at("10:00", THURSDAY))


def case_of(events: Events, hop: IncidentHop) -> ApprovalCase:
    """The case of a hold's one extension."""
    events.db.expire_all()
    return events.db.scalars(select(ApprovalCase).where(ApprovalCase.subject_id == hop.id)).one()


def steps_of(events: Events, hop: IncidentHop) -> list[ApprovalStep]:
    """Its two steps."""
    of_case = ApprovalStep.case_id == case_of(events, hop).id
    return list(events.db.scalars(select(ApprovalStep).where(of_case).order_by("number")))


@pytest.mark.parametrize("granted", [True, False])
def test_evt_3_an_extension_is_a_case_with_two_steps(events: Events, granted: bool) -> None:
    hop = events.event()
    events.asks(hop, "4", at("16:00"))
    case = case_of(events, hop)
    assert (case.state, case.step, case.unit_code) == (CaseState.OPEN, 2, GRID)
    events.decides(hop, Tier.COMMUNITY, at("16:30"), granted=granted, reason="居民赵某反映")
    asked, decided = steps_of(events, hop)
    assert [asked.tier, decided.tier] == [Tier.GRID, Tier.COMMUNITY]
    assert (asked.taken_at, decided.taken_at) == (at("16:00"), at("16:30"))
    assert decided.facts == {"act": str(events.db.get_one(HopExtension, hop.id).decided_by)}
    assert "赵某" not in (decided.reason or ""), "what is said of an event stays sealed there"
    expected = CaseState.APPROVED if granted else CaseState.REFUSED
    assert case_of(events, hop).state is expected


def test_evt_3_an_extension_of_the_earlier_release_gets_its_case_when_decided(
    events: Events, db: Session
) -> None:
    hop = events.event()
    events.asks(hop, "4", at("16:00"))
    db.execute(update(ApprovalCase).values(subject_id=key()))
    db.commit()
    events.decides(hop, Tier.COMMUNITY, at("16:30"), granted=True)
    asked, decided = steps_of(events, hop)
    assert (asked.taken_at, decided.taken_at) == (at("16:00"), at("16:30"))
    assert case_of(events, hop).opened_at == at("16:00")


def test_evt_3_more_time_is_asked_for_in_vain_once_the_event_has_gone_on(
    events: Events,
) -> None:
    hop = events.event()
    events.asks(hop, "4", at("16:00"))
    closing = events.doing(hop, Act.CLOSE, Tier.GRID, at("16:30"))
    end_holds(events.db, closing, [Tier.GRID], HopOutcome.CLOSED)
    events.db.commit()
    assert case_of(events, hop).state is CaseState.WITHDRAWN


def said(events: Events, **changes: object) -> PlatformCard:
    """A card as a platform says it."""
    hop = events.event()
    fields = {
        "incident_id": hop.incident_id,
        "origin": CardOrigin.CHENGDU,
        "their_ref": "CD-1",
        "colour": Colour.YELLOW,
        "tier": Tier.GRID,
        "fell_at": at("10:00"),
    }
    return PlatformCard(**(fields | changes))  # type: ignore[arg-type]


def test_int_1_a_platforms_card_counts_for_whoever_held_the_event(
    events: Events, db: Session, city: City
) -> None:
    card_said = said(events)
    card = draw_platform_card(db, card_said, at("10:05"))
    assert card is not None
    assert (card.tier, card.unit_code, card.worker_id) == (Tier.GRID, GRID, city.workers[GRID])
    assert (card.fell_at, card.drawn_at) == (at("10:00"), at("10:05"))
    assert draw_platform_card(db, card_said, at("10:06")) is None, "the same card again"
    assert len(events.cards()) == 1
    names = db.scalars(select(OutboxEvent.name)).all()
    assert "incident.card_drawn" not in names, "the platform is not told of its own card"


def test_int_1_a_card_of_an_unknown_event_is_refused(events: Events, db: Session) -> None:
    with pytest.raises(CardOfUnknownEvent):
        draw_platform_card(db, said(events, incident_id=key()), at("10:05"))


def test_int_1_our_clock_and_a_platforms_draw_beside_each_other(
    events: Events, db: Session
) -> None:
    card_said = said(events, fell_at=NINE - hours(1))
    assert draw_platform_card(db, card_said, at("10:05")) is not None
    db.commit()
    assert events.sweep(DUE + SECOND) == 1
    assert [card.origin.value for card in events.cards()] == ["chengdu", "clock"]
