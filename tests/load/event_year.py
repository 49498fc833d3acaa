"""A city's year of events, written set by set in SQL: 200,000 of them, of which 2,000 are open.

Each event was reported, taken up and closed or escalated once; one in ten went to the community,
one in fifty to the township. One in forty of the closed ones has a card.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from psycopg import Connection
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.kit.secrets import seal
from tests.load.visit_year import CALENDAR, CITY, UNITS, WORKERS, login

EVENTS = 200_000
OPEN = 2_000
COMMUNITIES = WORKERS // 3

REPORTS = """
create temporary table event as
select gen_random_uuid() as id, gen_random_uuid() as report, gen_random_uuid() as ending,
       held.grid, held.community, held.worker, held.west + 0.001 as lon, held.south + 0.001 as lat,
       k <= cast(:open as int) as open,
       (array['livelihood_service', 'dispute', 'public_safety', 'service_request'])[1 + k % 4]
           as category,
       case when k % 20 = 0 then 'major' else 'general' end as severity,
       case when k <= cast(:open as int) then cast(:now as timestamptz) - interval '20 minutes'
            else cast(:now as timestamptz) - interval '2 days' - random() * interval '360 days' end
           as at,
       case when k % 50 = 0 then 'township' when k % 10 = 0 then 'community' else 'grid' end
           as tier
from generate_series(1, cast(:events as int)) k
join held on held.n = (k * 7919) % cast(:workers as int)
"""
ROWS = (
    """
insert into incident (id, worker_id, community_code, captured_at, corrected_at, received_at,
                      time_proven, day, grid_code, category, severity, lon, lat, description)
select id, worker, community, at, at, at, true, (at at time zone 'Asia/Shanghai')::date, grid,
       category, severity, lon, lat, jsonb_build_object('sealed', cast(:sealed as text))
from event
""",
    """
insert into incident_case (incident_id, grid_code, worker_id, day, category, severity, state, acts,
                           reported_at, changed_at, closed_at, closed_by, score, verified_at,
                           verified_day, verified_by)
select id, grid, worker, (at at time zone 'Asia/Shanghai')::date, category, severity,
       case when open then 'held' else 'verified' end, case when open then 1 else 2 end, at, at,
       case when not open then at + interval '3 hours' end, case when not open then tier end,
       case when not open then 'satisfied' end, case when not open then at + interval '1 day' end,
       case when not open then (at at time zone 'Asia/Shanghai')::date + 1 end,
       case when not open then worker end
from event
""",
    """
insert into incident_act (id, incident_id, number, act, tier, unit_code, worker_id, captured_at,
                          corrected_at, received_at, effective_at, time_proven, day, was, became,
                          facts)
select report, id, 1, 'report', 'grid', grid, worker, at, at, at, at, true,
       (at at time zone 'Asia/Shanghai')::date, null, 'held', '{}'
from event
""",
    """
insert into incident_act (id, incident_id, number, act, tier, unit_code, captured_at, corrected_at,
                          received_at, effective_at, time_proven, day, was, became, facts)
select ending, id, 2, 'close', tier, grid, at + interval '3 hours', at + interval '3 hours',
       at + interval '3 hours', at + interval '3 hours', true,
       (at at time zone 'Asia/Shanghai')::date, 'handling', 'closed', '{}'
from event where not open
""",
    """
insert into incident_hop (id, incident_id, tier, unit_code, worker_id, begun_by, arrived_at,
                          taken_up_at, ended_at, ended_by, outcome, due_at, yellow_at, red_at,
                          next_card_at)
select gen_random_uuid(), id, tier,
       case tier when 'grid' then grid when 'community' then community else left(grid, 9) end,
       case tier when 'grid' then worker end, report, at,
       case when not open then at + random() * interval '2 hours' end,
       case when not open then at + random() * interval '9 hours' + interval '2 hours' end,
       case when not open then ending end, case when not open then 'closed' end,
       at + interval '8 hours', at + interval '8 hours', at + interval '32 hours',
       case when open then at + interval '8 hours' end
from event
""",
    """
insert into hop_clock (hop_id, computed_at, why, due_at, yellow_at, red_at, inputs)
select id, arrived_at, 'arrival', due_at, yellow_at, red_at, '{}' from incident_hop
""",
    """
insert into incident_card (id, incident_id, hop_id, colour, origin, tier, unit_code, worker_id,
                           fell_at, drawn_at, day, because)
select gen_random_uuid(), incident_id, id, 'yellow', 'clock', tier, unit_code, worker_id, yellow_at,
       yellow_at, (yellow_at at time zone 'Asia/Shanghai')::date, '{}'
from incident_hop where ended_at > yellow_at
""",
)
TABLES = (
    "unit", "assignment", "posting", "incident", "incident_case", "incident_act", "incident_hop",
    "hop_clock", "incident_card",
)  # fmt: skip


@dataclass(frozen=True)
class EventYear:
    """What was written, and who can look at it."""

    events: int
    open: int
    cards: int
    centre_login: UUID
    station_login: UUID


def write(db: Session, secret: bytes, events: int, now: datetime, today: date) -> EventYear:
    """A city of 1,500 workers with a year of events up to now."""
    first = today - timedelta(days=400)
    db.execute(text(CALENDAR), {"first": first, "last": today + timedelta(days=400)})
    for statement in UNITS:
        db.execute(text(statement), {"first": first, "communities": COMMUNITIES})
    known = {"events": events, "open": OPEN, "workers": WORKERS, "now": now}
    db.execute(text(REPORTS), known)
    sealed = seal(secret, "incident description", '"路灯损坏两盏，影响夜间通行"')
    for statement in ROWS:
        db.execute(text(statement), {"sealed": sealed})
    counts = db.execute(
        text(
            "select (select count(*) from incident),"
            " (select count(*) from incident_hop where ended_at is null),"
            " (select count(*) from incident_card)"
        )
    ).one()
    station = str(db.scalar(text("select community from event where open limit 1")))
    written, still_open, cards = counts
    return EventYear(
        events=written,
        open=still_open,
        cards=cards,
        centre_login=login(db, CITY, "18800000000", ["command_centre"], None, now),
        station_login=login(db, station, "18800000001", ["station_lead"], None, now),
    )


def settle(connection: Connection) -> None:
    """Statistics, as autovacuum would have them by morning."""
    for table in TABLES:
        connection.execute(f"vacuum analyze {table}")
