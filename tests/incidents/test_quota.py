"""EVT-5: what each worker filed in a month beside the quota of that month (四(二)2)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.db.models import ParameterValue, Posting
from app.incidents.quota import EventQuotaOut, Month, own_quota, quotas
from app.kit.errors import NotFound
from app.rules.duty import Employment
from app.rules.incidents import State
from app.rules.quota import QuotaVerdict
from tests.city import City
from tests.incidents.written_events import GRID, Events, at

COMMUNITY = "510185001001"
NEIGHBOUR = "510185001001002"
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture
def events(db: Session, city: City) -> Events:
    return Events(db, city)


def set_quota(events: Events, value: int, since: date) -> None:
    events.db.add(
        ParameterValue(
            name="monthly_event_quota",
            value=value,
            effective_from=since,
            reason="试点",
            decided_by=events.account("command_centre").id,
            decided_at=at("09:00", date(2026, 2, 20)),
        )
    )
    events.db.flush()


def month_of(events: Events, first: date = MARCH, today: date = APRIL) -> Month:
    return Month.of(events.db, first, today)


def own(events: Events, month: Month | None = None, grid: str = GRID) -> EventQuotaOut:
    return own_quota(events.db, events.city.workers[grid], month or month_of(events))


def test_evt_5_events_count_in_the_month_of_their_capture(events: Events) -> None:
    set_quota(events, 2, MARCH)
    for moment in (
        at("23:59:59", MARCH - timedelta(days=1)),
        at("00:00", MARCH),
        at("23:59:59", date(2026, 3, 31)),
        at("00:00", APRIL),
    ):
        events.reported(moment)
    found = own(events)
    assert (found.counted, found.quota, found.verdict) == (2, 2, QuotaVerdict.MET)
    assert (found.month, found.rule, found.clause) == ("2026-03", "EVT-5", "四(二)2")


def test_evt_5_what_does_not_count_is_told(events: Events) -> None:
    set_quota(events, 3, MARCH)
    for state in State:
        events.reported(at("09:00")).becomes(state)
    events.reported(at("10:00"), NEIGHBOUR)
    found = own(events)
    assert (found.filed, found.counted, found.verdict) == (8, 5, QuotaVerdict.MET)
    assert found.not_counted == {"withdrawn": 1, "false": 1, "duplicate": 1}


@pytest.mark.parametrize(
    ("since", "quota", "verdict"),
    [
        (MARCH, 1, QuotaVerdict.SHORT),
        (MARCH + timedelta(days=1), 0, QuotaVerdict.NOT_SET),
    ],
)
def test_evt_5_the_quota_in_force_on_the_first_date(
    events: Events, since: date, quota: int, verdict: QuotaVerdict
) -> None:
    set_quota(events, 1, since)
    found = own(events)
    assert (found.quota, found.verdict) == (quota, verdict)


@pytest.mark.parametrize(
    ("today", "verdict"),
    [(date(2026, 3, 31), QuotaVerdict.OPEN), (APRIL, QuotaVerdict.SHORT)],
)
def test_evt_5_a_month_is_short_once_it_is_over(
    events: Events, today: date, verdict: QuotaVerdict
) -> None:
    set_quota(events, 1, MARCH)
    assert own(events, month_of(events, today=today)).verdict is verdict


def test_org_4_nothing_is_asked_of_part_time_workers(events: Events) -> None:
    set_quota(events, 1, MARCH)
    who = Posting.worker_id == events.city.workers[GRID]
    events.db.execute(update(Posting).where(who).values(employment=Employment.RURAL_PART_TIME))
    events.db.expire_all()
    assert own(events).verdict is QuotaVerdict.NOT_BOUND


def test_evt_5_every_worker_of_a_unit_in_pages(events: Events) -> None:
    events.reported(at("09:00"))
    whole = quotas(events.db, COMMUNITY, month_of(events), (None, 100))
    assert {row.worker_id for row in whole.items} == {
        events.city.workers[f"{COMMUNITY}00{n}"] for n in (1, 2, 3)
    }
    assert sum(row.filed for row in whole.items) == 1
    shown, cursor = [], None
    for _ in range(3):
        page = quotas(events.db, COMMUNITY, month_of(events), (cursor, 1))
        shown += page.items
        cursor = page.next_cursor
    assert (shown, cursor) == (whole.items, None)
    assert quotas(events.db, COMMUNITY, month_of(events, date(2025, 12, 1)), (None, 10)).items == []


def test_evt_5_without_a_post_in_the_month_there_is_nothing(events: Events) -> None:
    with pytest.raises(NotFound):
        own(events, month_of(events, date(2025, 12, 1)))
