"""EVT-1, EVT-3: what a tier has before it, in the order in which it falls due (二3, 四(二)4)."""

from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app.incidents.inbox import Before, InboxOf, inbox
from app.incidents.look_schemas import InboxPage
from app.kit.errors import BadCursor
from app.rules.cards import Colour
from app.rules.incidents import Act, HopOutcome
from app.rules.tasks import Platform
from app.rules.tiers import Tier
from tests.city import City
from tests.incidents.written_events import HOUR, Events, at

COMMUNITY = "510185001001"
TOWNSHIP = "510185001"
NEIGHBOUR = "510185001001002"
ELSEWHERE = "510185001002001"
NOON = at("12:00")


@pytest.fixture
def events(db: Session, city: City) -> Events:
    return Events(db, city)


def seen(
    events: Events,
    unit: str,
    tier: Tier,
    of: InboxOf = InboxOf.HELD,
    page: tuple[str | None, int] = (None, 100),
    now: datetime = NOON,
) -> InboxPage:
    return inbox(events.db, Before(unit, tier, of), page, now)


def keys(page: InboxPage) -> list[object]:
    return [row.incident_id for row in page.items]


def test_evt_3_what_falls_due_first_comes_first_and_pages_go_on(events: Events) -> None:
    late = events.held(at("08:40"), tiers=[Tier.COMMUNITY], due=at("17:00"))
    soon = events.held(at("09:00"), tiers=[Tier.COMMUNITY], due=at("12:00"))
    over = events.held(at("08:50"), NEIGHBOUR, tiers=[Tier.COMMUNITY], due=at("11:00"))
    page = seen(events, COMMUNITY, Tier.COMMUNITY)
    assert keys(page) == [over.id, soon.id, late.id]
    assert [row.seconds_to_due for row in page.items] == [-3600, 0, 5 * 3600]
    first = seen(events, COMMUNITY, Tier.COMMUNITY, page=(None, 2))
    rest = seen(events, COMMUNITY, Tier.COMMUNITY, page=(first.next_cursor, 2))
    assert (keys(first), keys(rest), rest.next_cursor) == ([over.id, soon.id], [late.id], None)


def test_evt_3_due_at_one_instant_by_key(events: Events) -> None:
    made = [events.held(at("09:00"), tiers=[Tier.COMMUNITY], due=NOON) for _ in range(5)]
    hops = sorted(each.hops[0].id for each in made)
    shown, cursor = [], None
    for _ in range(5):
        page = seen(events, COMMUNITY, Tier.COMMUNITY, page=(cursor, 1))
        shown += [row.hop_id for row in page.items]
        cursor = page.next_cursor
    assert (shown, cursor) == (hops, None)


def test_evt_1_a_tier_sees_what_it_holds_now_and_within_its_unit(events: Events) -> None:
    own = events.held(at("09:00"), tiers=[Tier.GRID])
    both = events.held(at("09:10"), tiers=[Tier.COMMUNITY, Tier.TOWNSHIP])
    other = events.held(at("09:20"), ELSEWHERE, tiers=[Tier.COMMUNITY])
    passed = events.held(at("09:30"), tiers=[Tier.COMMUNITY])
    passed.ended(passed.hops[0], at("10:00"), HopOutcome.ESCALATED)
    assert keys(seen(events, COMMUNITY, Tier.COMMUNITY)) == [both.id]
    assert keys(seen(events, COMMUNITY, Tier.GRID)) == [own.id]
    assert keys(seen(events, COMMUNITY, Tier.TOWNSHIP)) == []
    assert keys(seen(events, TOWNSHIP, Tier.TOWNSHIP)) == [both.id]
    assert keys(seen(events, TOWNSHIP, Tier.COMMUNITY)) == [both.id, other.id]


def test_evt_3_cards_extension_help_and_platforms_show(events: Events) -> None:
    event = events.held(at("08:00"), tiers=[Tier.COMMUNITY], due=at("11:00"))
    (hop,) = event.hops
    card = event.carded(hop)
    event.carded(hop, Colour.RED, questioned_because={"late": True})
    event.extension_asked(hop, at("10:00"))
    event.acted(Act.ASK_HELP, Tier.COMMUNITY, at("10:30"))
    event.seen_there(Platform.CHENGDU, "closed", at("11:30"))
    event.seen_there(Platform.SICHUAN, "held", at("11:30"))
    (row,) = seen(events, COMMUNITY, Tier.COMMUNITY).items
    assert (row.cards[0].id, row.cards[0].questioned) == (card.id, False)
    assert [each.colour for each in row.cards] == [Colour.YELLOW, Colour.RED]
    assert row.cards[1].questioned
    assert row.extension_asked is not None
    assert (row.extension_asked.hours, row.help_asked_at) == (Decimal("6.50"), at("10:30"))
    assert [(each.platform, each.handled) for each in row.platforms] == [
        (Platform.CHENGDU, True),
        (Platform.SICHUAN, False),
    ]
    assert (row.category_zh, row.category_en) == ("公共安全", "Public safety")
    event.acted(Act.GIVE_HELP, Tier.TOWNSHIP, at("11:40"))
    (row,) = seen(events, COMMUNITY, Tier.COMMUNITY).items
    assert row.help_asked_at is None


def test_evt_3_the_tier_above_sees_what_it_is_asked(events: Events) -> None:
    extends = events.held(at("08:00"), tiers=[Tier.COMMUNITY])
    asked = extends.extension_asked(extends.hops[0], at("09:00"))
    helped = events.held(at("08:10"), tiers=[Tier.COMMUNITY])
    helped.acted(Act.ASK_HELP, Tier.COMMUNITY, at("09:00"))
    events.held(at("08:20"), tiers=[Tier.COMMUNITY])
    of = InboxOf.ASKED
    assert keys(seen(events, TOWNSHIP, Tier.TOWNSHIP, of)) == [extends.id, helped.id]
    assert keys(seen(events, "510185", Tier.CENTRE, of)) == []
    asked.decided_at = at("09:30")
    helped.acted(Act.GIVE_HELP, Tier.TOWNSHIP, at("09:30"))
    assert keys(seen(events, TOWNSHIP, Tier.TOWNSHIP, of)) == []


def test_evt_3_the_office_decides_what_the_centre_asks(events: Events) -> None:
    event = events.held(at("08:00"), tiers=[Tier.CENTRE])
    event.extension_asked(event.hops[0], at("09:00"))
    assert keys(seen(events, "510185", Tier.OFFICE, InboxOf.ASKED)) == [event.id]
    assert keys(seen(events, "510185", Tier.OFFICE, InboxOf.HELD)) == []
    assert keys(seen(events, "510185", Tier.GRID, InboxOf.ASKED)) == []


def test_evt_1_a_request_of_an_earlier_hold_waits_no_more(events: Events) -> None:
    event = events.held(at("08:00"), tiers=[Tier.COMMUNITY])
    event.acted(Act.ASK_HELP, Tier.COMMUNITY, at("08:30"))
    event.ended(event.hops[0], at("09:00"), HopOutcome.HANDED_DOWN)
    event.held_by(Tier.COMMUNITY, at("10:00") + HOUR, came_from=Tier.GRID)
    (row,) = seen(events, COMMUNITY, Tier.COMMUNITY).items
    assert row.help_asked_at is None
    assert keys(seen(events, TOWNSHIP, Tier.TOWNSHIP, InboxOf.ASKED)) == []


@pytest.mark.parametrize("cursor", ["x", "WyJ4Il0", "WyIyMDI2LTAzLTE4IiwgIngiXQ"])
def test_a_cursor_of_elsewhere_is_refused(events: Events, cursor: str) -> None:
    with pytest.raises(BadCursor):
        seen(events, COMMUNITY, Tier.COMMUNITY, page=(cursor, 10))
