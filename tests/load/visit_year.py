"""A city of visit places with a year of visits and tallies, written set by set in SQL.

Each grid has one guard post, two rented homes, one place of a special group, two of care and 34
households: 40 targets. Nine of ten obligations were paid.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from psycopg import Connection
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db.models import Account, Device, Login
from app.kit.ids import uuid7
from app.kit.secrets import seal
from app.rules.visits import VisitKind

CITY = "510185"
GRIDS_A_COMMUNITY = 3
COMMUNITIES_A_TOWNSHIP = 100
TARGETS_A_GRID = {
    VisitKind.PROPERTY_GUARD: 1,
    VisitKind.RENTAL: 2,
    VisitKind.SPECIAL_GROUP: 1,
    VisitKind.CARE: 2,
    VisitKind.RESIDENT: 34,
}
WORKERS = 1500
PLACES = sum(TARGETS_A_GRID.values())
SEALED_ALIKE = 500
"""So many whereabouts are sealed, and used again: what matters is reading them."""

CALENDAR = """
insert into calendar_day (day, working, source)
select day::date, extract(isodow from day) < 6, 'national'
from generate_series(cast(:first as date), cast(:last as date), interval '1 day') day
"""
UNITS = (
    "insert into unit (code, tier, name) values ('510185', 'city', '简阳市')",
    """
insert into unit (code, tier, name, parent_code)
select '510185' || lpad(n::text, 3, '0'), 'township', '乡镇' || n, '510185'
from generate_series(1, ceil(cast(:communities as numeric) / 100)::int) n
""",
    """
insert into unit (code, tier, name, parent_code)
select '510185' || lpad((n / 100 + 1)::text, 3, '0') || lpad((n % 100 + 1)::text, 3, '0'),
       'community', '社区' || n, '510185' || lpad((n / 100 + 1)::text, 3, '0')
from generate_series(0, cast(:communities as int) - 1) n
""",
    """
insert into unit (code, tier, name, parent_code)
select code || lpad(serial::text, 3, '0'), 'grid', '网格', code
from unit, generate_series(1, 3) serial where tier = 'community'
""",
    """
create temporary table held as
select code as grid, left(code, 12) as community, n, gen_random_uuid() as worker,
       104.3 + (n % 200) * 0.002 as west, 30.2 + (n / 200) * 0.002 as south
from (select code, row_number() over (order by code) - 1 as n from unit where tier = 'grid') g
""",
    """
insert into boundary (unit_code, area, valid, source)
select grid, ST_Multi(ST_MakeEnvelope(west, south, west + 0.002, south + 0.002, 4326)),
       daterange(cast(:first as date), null), 'load'
from held
""",
    """
insert into worker (id, name, phone, level)
select worker, '网格员' || n, '1' || lpad((9900000000 + n)::text, 10, '0'), 1 from held
""",
    """
insert into posting (id, worker_id, community_code, employment, valid)
select gen_random_uuid(), worker, community, 'full_time', daterange(cast(:first as date), null)
from held
""",
    """
insert into assignment (id, worker_id, level, grid_code, first_responsible, valid)
select gen_random_uuid(), worker, 1, grid, true, daterange(cast(:first as date), null) from held
""",
)
TARGETS = """
create temporary table target as
select gen_random_uuid() as place, gen_random_uuid() as target, grid, community, worker, kind,
       row_number() over () as n
from held, lateral (
    select kind from unnest(cast(:kinds as text[]), cast(:counts as int[])) k(kind, many),
                     generate_series(1, many)
) kinds
"""
PLACES_SQL = (
    "insert into visit_place (id) select place from target",
    """
insert into visit_place_location (id, place_id, grid_code, whereabouts, valid)
select gen_random_uuid(), place, grid, (cast(:sealed as text[]))[1 + n % :alike],
       daterange(cast(:first as date), null)
from target
""",
    """
insert into visit_target (id, place_id, kind, valid)
select target, place, kind, daterange(cast(:first as date), null) from target
""",
    "create temporary table span (kind text, first date, last date)",
    """
insert into span
select 'property_guard', day::date, day::date
from generate_series(cast(:first as date), cast(:today as date), interval '1 day') day
where extract(isodow from day) < 6
""",
    """
insert into span
select kind, day::date, day::date + 6
from generate_series(date_trunc('week', cast(:first as date)), cast(:today as date),
                     interval '7 days') day,
     unnest(array['rental', 'special_group', 'care']) kind
""",
    """
insert into span
select 'resident', day::date, (day + interval '3 months')::date - 1
from generate_series(date_trunc('quarter', cast(:first as date)), cast(:today as date),
                     interval '3 months') day
""",
    """
create temporary table obligation as
select target.target, target.place, target.grid, target.community, target.worker, target.kind,
       span.first, span.last,
       case when random() < 0.9 and span.first < cast(:today as date) then gen_random_uuid() end
           as visit,
       least(span.last, cast(:today as date) - 1, span.first + (random() * 4)::int) as day
from target join span using (kind)
""",
    """
insert into visit (id, worker_id, community_code, captured_at, corrected_at, received_at,
                   time_proven, day, grid_code, place_id, manner, outcome, verdict, distance_m)
select visit, worker, community, at, at, at, true, day, grid, place, 'on_site', 'met', 'counts', 20
from (select *, (day + time '02:00') at time zone 'UTC' as at from obligation) o
where visit is not null
""",
    """
insert into visit_tally (grid_code, kind, first_day, last_day, worker_id, owed, paid, targets,
                         visits, shared, closed, rules_version, computed_at)
select grid, kind, first, last, worker, count(*), count(visit), array_agg(target order by target),
       array_agg(visit order by target), '{}', last < cast(:today as date) - 4, 'load', now()
from obligation group by grid, kind, first, last, worker
""",
    "drop table obligation",
)


@dataclass(frozen=True)
class VisitYear:
    """What was written, and who can look at it."""

    today: date
    first: date
    workers: int
    targets: int
    tallies: int
    visits: int
    worker_logins: list[UUID]
    communities: list[str]
    centre_login: UUID


def write(db: Session, secret: bytes, scale: int, now: datetime, today: date) -> VisitYear:
    """`scale` cities of 1,500 workers and 60,000 targets in one, up to today."""
    first = today - timedelta(days=365)
    communities = WORKERS * scale // GRIDS_A_COMMUNITY
    known = {"first": first, "today": today, "communities": communities}
    db.execute(text(CALENDAR), {"first": first, "last": today + timedelta(days=120)})
    for statement in UNITS:
        db.execute(text(statement), known)
    kinds = {
        "kinds": [kind.value for kind in TARGETS_A_GRID],
        "counts": list(TARGETS_A_GRID.values()),
    }
    db.execute(text(TARGETS), kinds)
    known |= {"sealed": whereabouts(secret), "alike": SEALED_ALIKE}
    for statement in PLACES_SQL:
        db.execute(text(statement), known)
    return _shown(db, now, first, today)


def whereabouts(secret: bytes) -> list[str]:
    """Sealed places in the first grids."""
    return [
        seal(
            secret,
            "visit place",
            f'{{"label":"{n}栋{n % 6 + 1}单元{n % 30 + 1}号","lon":{104.3 + n * 1e-5:.6f},'
            f'"lat":{30.2 + n % 97 * 1e-5:.6f}}}',
        )
        for n in range(SEALED_ALIKE)
    ]


def _shown(db: Session, now: datetime, first: date, today: date) -> VisitYear:
    counts = db.execute(
        text(
            "select (select count(*) from held), (select count(*) from visit_target),"
            " (select count(*) from visit_tally), (select count(*) from visit)"
        )
    ).one()
    some = db.execute(
        text("select worker, community from held where n % (select count(*) / 50 from held) = 0")
    ).all()
    logins = [
        login(db, community, f"177{n:08d}", ["worker"], worker, now)
        for n, (worker, community) in enumerate(some)
    ]
    centre = login(db, CITY, "18800000000", ["command_centre"], None, now)
    workers, targets, tallies, visits = counts
    return VisitYear(
        today=today,
        first=first,
        workers=workers,
        targets=targets,
        tallies=tallies,
        visits=visits,
        worker_logins=logins,
        communities=[community for _, community in some],
        centre_login=centre,
    )


def login(
    db: Session, unit: str, phone: str, roles: list[str], worker: UUID | None, now: datetime
) -> UUID:
    """An account that is signed in."""
    account = Account(
        id=key(), phone=phone, name=phone, unit_code=unit, roles=roles, worker_id=worker,
        password_hash="never compared here",
    )  # fmt: skip
    db.add(account)
    db.flush()
    device = Device(
        id=key(), account_id=account.id, model="load", app_version="1.0.0", registered_at=now
    )
    if worker is not None:
        db.add(device)
        db.flush()
    signed_in = Login(
        id=key(), account_id=account.id, device_id=device.id if worker else None,
        signed_in_at=now, expires_at=now + timedelta(days=1), refresh_hash=b"", refreshed_at=now,
    )  # fmt: skip
    db.add(signed_in)
    db.flush()
    return signed_in.id


def settle(connection: Connection) -> None:
    """Statistics, as autovacuum would have them by morning."""
    for table in ("visit_tally", "visit_place_location", "visit_target", "visit", "boundary"):
        connection.execute(f"vacuum analyze {table}")


def key() -> UUID:
    """A fresh key."""
    return uuid7(datetime(2026, 1, 1, tzinfo=UTC))
