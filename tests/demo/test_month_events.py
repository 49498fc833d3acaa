"""Whenever the demo is loaded, something is due soon, something is overdue, and nothing is odd."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.counsel import national_duty
from app.demo.month_courses import BURST, EXTENDED, OVERDUE, PAST, SOON
from app.demo.month_events import Cast, moments, placed
from app.kit.clock import civil_day
from app.rules.cards import Span
from app.rules.deadlines import Clock, Deadline, Hold, judge_clock, working_spans
from app.rules.field_records import Severity
from app.rules.parameters import values_on

GRID_HOURS = Decimal("6.5")
A_DAY = timedelta(days=1)


def cast_at(now: datetime) -> Cast:
    """A month's duty dates; who takes part does not matter here."""
    today = civil_day(now)
    days = [today - A_DAY * ago for ago in range(31, -1, -1)]
    return Cast((), {}, [day for day in days if national_duty(day)], now)


def clock(at: datetime) -> Clock:
    """Of a general event in a grid."""

    def spans(day: date) -> tuple[Span, ...]:
        return working_spans(day, values_on(day, {}), on_duty=national_duty(day))

    return judge_clock(Hold(at, Deadline(Severity.GENERAL, GRID_HOURS)), 24, spans)


HOURS = [datetime(2026, 3, 16, tzinfo=UTC) + timedelta(hours=5 * number) for number in range(34)]
HOLIDAYS = [datetime(2026, 2, 19, 2, tzinfo=UTC), datetime(2026, 10, 4, 13, tzinfo=UTC)]
"""Within the Spring Festival, and within the week of National Day."""


@pytest.mark.parametrize("now", [*HOURS, *HOLIDAYS], ids=str)
def test_evt_3_whenever_it_is_loaded(now: datetime) -> None:
    clocks = {at: clock(at) for at in moments(cast_at(now))}
    found = list(placed(clocks, now))
    assert all(at < now for at, _ in found)
    told = {story.description: at for at, story in found}
    for story in (SOON, EXTENDED):
        assert clock(told[story.description]).due > now, story.description
    if OVERDUE.description in told:
        fallen = clock(told[OVERDUE.description])
        assert fallen.yellow < now < fallen.red
    else:
        assert told[BURST.description] + timedelta(hours=1) < now
        assert told[BURST.description] + timedelta(hours=2) > now


def test_both_ways_of_being_overdue_are_met() -> None:
    told = [
        story
        for now in [*HOURS, *HOLIDAYS]
        for _, story in placed({at: clock(at) for at in moments(cast_at(now))}, now)
    ]
    assert any(story is OVERDUE for story in told)
    assert any(story is BURST for story in told)


def test_a_short_month_holds_every_story() -> None:
    now = datetime(2026, 3, 20, 2, tzinfo=UTC)
    short = Cast((), {}, [date(2026, 3, 18), date(2026, 3, 19), date(2026, 3, 20)], now)
    told = [story for stories in short.stories().values() for story in stories]
    assert len(told) == sum(map(len, PAST.values()))
    assert set(short.stories()) <= {date(2026, 3, 18), date(2026, 3, 19)}
