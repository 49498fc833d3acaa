"""EVT-1, EVT-3: counts and times against a count by hand over random events (二3, 四(二)4)."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import IncidentCard
from app.incidents.figures import CountsBy, IncidentCounts, check_range, counts
from app.incidents.lists import Asked
from app.incidents.look_refusals import IncidentRangeTooLong
from app.incidents.times import Span, TimelinessRow, TimesBy, timeliness
from app.kit.clock import civil_day
from app.kit.errors import BadCursor
from app.rules.deadlines import HoldEnded, on_time_share
from app.rules.field_records import Severity
from app.rules.incidents import NOT_COUNTED, OPEN, HopOutcome, State
from app.rules.tiers import Tier
from tests.city import COMMUNITIES, City
from tests.incidents.written_events import HOUR, Events, Written, at

GRIDS = [grid for grids in COMMUNITIES.values() for grid in grids]
CATEGORIES = ["public_safety", "dispute", "other"]
TIERS = [Tier.GRID, Tier.COMMUNITY, Tier.TOWNSHIP, Tier.CENTRE]
NOW = at("12:00", date(2026, 4, 10))
FIRST, LAST = date(2026, 3, 1), date(2026, 4, 9)
CITY = "510185"


@dataclass
class Year:
    """Random events, and their rows as Python sees them."""

    events: Events
    written: list[Written]


def make_one(events: Events, rng: random.Random) -> Written:
    """An event with some holds, in any state."""
    moment = at("00:00", FIRST) + timedelta(minutes=rng.randrange(39 * 24 * 60))
    severity = Severity.MAJOR if rng.random() < 0.2 else Severity.GENERAL
    grid, category = rng.choice(GRIDS), rng.choice(CATEGORIES)
    event = events.reported(moment, grid, severity=severity, category=category)
    state = rng.choice(list(State))
    arrived = moment
    for tier in sorted(rng.sample(TIERS, rng.randint(1, 3)), key=TIERS.index):
        taken_up = arrived + rng.randint(1, 100) * HOUR / 10 if rng.random() < 0.7 else None
        hop = event.held_by(
            tier, arrived, due=arrived + rng.randint(1, 90) * HOUR, taken_up=taken_up
        )
        if rng.random() < 0.2:
            event.carded(hop, withdrawn_at=NOW if rng.random() < 0.5 else None)
        arrived += rng.randint(1, 90) * HOUR
        if state not in OPEN or rng.random() < 0.5:
            event.ended(hop, arrived, rng.choice([HopOutcome.ESCALATED, HopOutcome.CLOSED]))
    return event.becomes(state, reopened=rng.random() < 0.1)


@pytest.fixture
def year(db: Session, city: City) -> Year:
    rng = random.Random(20260318)
    events = Events(db, city)
    return Year(events, [make_one(events, rng) for _ in range(120)])


def shown(year: Year, by: CountsBy, unit: str = CITY, **asked: Any) -> dict[str, IncidentCounts]:
    page = counts(year.events.db, Asked(unit, **asked), by, (None, 500), NOW)
    assert page.next_cursor is None
    return {row.key: row for row in page.items}


def is_overdue(event: Written) -> bool:
    return any(hop.ended_at is None and hop.due_at < NOW for hop in event.hops)


def by_hand(events: list[Written], carded: set[Any]) -> dict[str, int]:
    states = Counter(event.case.state for event in events)
    left_out = sum(states[state] for state in NOT_COUNTED)
    opened = sum(states[state] for state in OPEN)
    return {
        "reported": len(events),
        "open": opened,
        "overdue": sum(event.case.state in OPEN and is_overdue(event) for event in events),
        "closed": len(events) - left_out - opened,
        "not_counted": left_out,
        "major": sum(event.case.severity is Severity.MAJOR for event in events),
        "carded": sum(event.id in carded for event in events),
        "reopened": sum(event.case.reopened for event in events),
    }


def held_now(event: Written) -> list[str]:
    return [hop.tier.value for hop in event.hops if hop.ended_at is None]


KEYS: dict[CountsBy, Callable[[Written], list[str]]] = {
    CountsBy.CATEGORY: lambda event: [event.case.category],
    CountsBy.TIER: held_now,
    CountsBy.STATE: lambda event: [event.case.state.value],
    CountsBy.UNIT: lambda event: [event.case.grid_code[:9]],
    CountsBy.MONTH: lambda event: [f"{event.case.day:%Y-%m}"],
    CountsBy.SEVERITY: lambda event: [event.case.severity.value],
}


@pytest.mark.parametrize("by", list(CountsBy))
def test_evt_1_counts_are_what_a_count_by_hand_gives(year: Year, by: CountsBy) -> None:
    standing = select(IncidentCard.incident_id).where(IncidentCard.withdrawn_at.is_(None))
    carded = set(year.events.db.scalars(standing))
    grouped: dict[str, list[Written]] = defaultdict(list)
    for event in year.written:
        for key in KEYS[by](event):
            grouped[key].append(event)
    found = shown(year, by)
    assert list(found) == sorted(grouped)
    for key, events in grouped.items():
        numbers = found[key].model_dump(exclude={"key", "name_zh", "name_en"})
        assert numbers == by_hand(events, carded), key


def test_evt_1_counts_of_a_unit_and_a_span_in_pages(year: Year) -> None:
    community, day = "510185001001", date(2026, 3, 20)
    events = [
        event
        for event in year.written
        if event.case.grid_code.startswith(community) and event.case.day >= day
    ]
    found = shown(year, CountsBy.UNIT, community, first=day)
    assert {key: row.reported for key, row in found.items()} == Counter(
        event.case.grid_code for event in events
    )
    keys, cursor = [], None
    for _ in found:
        asked = Asked(community, first=day)
        page = counts(year.events.db, asked, CountsBy.UNIT, (cursor, 1), NOW)
        keys += [row.key for row in page.items]
        cursor = page.next_cursor
    assert (keys, cursor) == (list(found), None)
    assert found[keys[0]].name_zh == f"单位{keys[0]}"


def times(year: Year, by: TimesBy, unit: str = CITY) -> dict[tuple[str, Tier], TimelinessRow]:
    span = Span(unit, FIRST, LAST)
    page = timeliness(year.events.db, span, by, (None, 500), NOW)
    return {(row.key, row.tier): row for row in page.items}


def hours(lengths: list[timedelta], part: float) -> float | None:
    if not lengths:
        return None
    return round(float(np.percentile([length / HOUR for length in lengths], part)), 2)


def unit_key(event: Written, hop: Any) -> str:
    del event
    return str(hop.unit_code[:9])


TIME_KEYS: dict[TimesBy, Callable[[Written, Any], str]] = {
    TimesBy.TIER: lambda _, hop: str(hop.tier.value),
    TimesBy.UNIT: unit_key,
    TimesBy.CATEGORY: lambda event, _: event.case.category,
    TimesBy.MONTH: lambda _, hop: f"{civil_day(hop.arrived_at):%Y-%m}",
}


@pytest.mark.parametrize("by", list(TimesBy))
def test_evt_3_shares_and_times_are_what_a_count_by_hand_gives(year: Year, by: TimesBy) -> None:
    grouped: dict[tuple[str, Tier], list[Any]] = defaultdict(list)
    for event in year.written:
        if event.case.state in NOT_COUNTED:
            continue
        for hop in event.hops:
            if FIRST <= civil_day(hop.arrived_at) <= LAST:
                grouped[TIME_KEYS[by](event, hop), hop.tier].append(hop)
    found = times(year, by)
    assert list(found) == sorted(grouped, key=lambda each: (each[0], TIERS.index(each[1])))
    for key, hops in grouped.items():
        row, ended = found[key], [hop for hop in hops if hop.ended_at]
        holds = [HoldEnded(hop.due_at, hop.ended_at) for hop in hops]
        assert (row.arrived, row.closed) == (len(hops), len(ended))
        assert row.on_time_share == on_time_share(holds, NOW)
        answered = [hop.taken_up_at - hop.arrived_at for hop in hops if hop.taken_up_at]
        lengths = [hop.ended_at - hop.arrived_at for hop in ended]
        assert row.response_median_h == pytest.approx(hours(answered, 50), abs=0.011)
        assert row.response_p90_h == pytest.approx(hours(answered, 90), abs=0.011)
        assert row.handling_p90_h == pytest.approx(hours(lengths, 90), abs=0.011)
        middle = median(lengths) / HOUR if lengths else None
        assert row.handling_median_h == pytest.approx(middle, abs=0.011)


def test_evt_3_in_pages_by_key_and_tier(year: Year) -> None:
    whole = list(times(year, TimesBy.CATEGORY))
    shown, cursor = [], None
    for _ in range(5):
        page = timeliness(
            year.events.db, Span(CITY, FIRST, LAST), TimesBy.CATEGORY, (cursor, 3), NOW
        )
        shown += [(row.key, row.tier) for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert (shown, cursor) == (whole, None)
    with pytest.raises(BadCursor):
        timeliness(year.events.db, Span(CITY, FIRST, LAST), TimesBy.UNIT, ("WyJ4Il0", 3), NOW)


@pytest.mark.parametrize(
    ("ended", "now", "on_time", "overdue"),
    [
        (timedelta(0), HOUR, 1, 0),
        (timedelta(seconds=1), HOUR, 0, 0),
        (None, timedelta(0), 0, 0),
        (None, timedelta(seconds=1), 0, 1),
    ],
)
def test_evt_3_ended_when_due_is_on_time_and_open_when_due_is_not_overdue(
    db: Session,
    city: City,
    ended: timedelta | None,
    now: timedelta,
    on_time: int,
    overdue: int,
) -> None:
    due = at("15:00")
    event = Events(db, city).held(at("09:00"), due=due)
    if ended is not None:
        event.ended(event.hops[0], due + ended, HopOutcome.CLOSED)
    span = Span(CITY, FIRST, LAST)
    (row,) = timeliness(db, span, TimesBy.TIER, (None, 10), due + now).items
    assert (row.on_time, row.open_overdue) == (on_time, overdue)


def test_evt_1_a_tier_that_holds_counts_and_two_count_twice(db: Session, city: City) -> None:
    event = Events(db, city).held(at("09:00"), tiers=[Tier.COMMUNITY, Tier.TOWNSHIP])
    page = counts(db, Asked(CITY, tier=Tier.COMMUNITY), CountsBy.TIER, (None, 10), NOW)
    assert {row.key: row.reported for row in page.items} == {"community": 1, "township": 1}
    assert is_overdue(event)
    empty = counts(db, Asked(CITY, tier=Tier.GRID), CountsBy.TIER, (None, 10), NOW)
    assert empty.items == []


@pytest.mark.parametrize(
    ("first", "last", "fits"),
    [
        (date(2026, 3, 18), date(2026, 3, 18), True),
        (date(2026, 3, 19), date(2026, 3, 18), False),
        (date(2025, 2, 12), date(2026, 3, 18), True),
        (date(2025, 2, 11), date(2026, 3, 18), False),
    ],
)
def test_a_range_has_its_bounds(first: date, last: date, fits: bool) -> None:
    if fits:
        check_range(first, last)
        return
    with pytest.raises(IncidentRangeTooLong):
        check_range(first, last)
