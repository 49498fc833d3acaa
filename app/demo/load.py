"""Writes the demo city into the database, all of it in one transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain

import psycopg
from psycopg import Cursor, sql
from psycopg.rows import class_row

from app.db.engine import make_engine, make_sessions
from app.db.models import Base
from app.demo import city as demo
from app.demo import month
from app.demo.city import DemoCity
from app.demo.contracts import CONTRACT_COLUMNS, STANDARD_COLUMNS, contracts, standards
from app.demo.exchange import open_paused
from app.demo.rows import Keys, Openers, Row, Table, tables
from app.kit.ids import uuid7
from app.kit.secrets import seal
from app.people import second_factor
from app.people.passwords import hash_password
from app.settings import Settings

PASSWORD = "Jianyang-grid-2017"  # noqa: S105 - no secret: the demo prints it for everyone
TOTP_SECRET = "JIANYANGGRIDWORKERDEMOSECRET2345"  # noqa: S105 - as public as the password
KEPT = frozenset({"server_epoch", "incident_category"})
"""What a migration filled, and no city replaces."""
SHOWN_PER_ROLE = 2
Progress = Callable[[str], None]


class Occupancy(StrEnum):
    """What a database holds."""

    NOTHING = "nothing"
    DEMO = "demo"
    OWN_CITY = "own_city"


@dataclass(frozen=True)
class DemoAccount:
    """A way into the demo city."""

    role: str
    phone: str
    name: str
    unit: str
    second_factor: bool


def occupancy(settings: Settings) -> Occupancy:
    """Whether the database is empty, holds a demo city, or a city of somebody's own."""
    with psycopg.connect(settings.libpq_url) as connection:
        found = connection.execute(
            "select exists (select from unit),"
            " exists (select from boundary where source like 'demo:%%')"
        ).fetchone()
    assert found is not None
    units, invented = found
    if not units:
        return Occupancy.NOTHING
    return Occupancy.DEMO if invented else Occupancy.OWN_CITY


def load(
    settings: Settings, seed: int, workers: int, now: datetime, progress: Progress
) -> Mapping[str, int]:
    """Empty every table, write the demo city of a seed, and say how many rows each table got."""
    progress("cutting the city into townships, communities and grids")
    city = demo.build(seed, workers)
    written: dict[str, int] = {}
    with psycopg.connect(settings.libpq_url) as connection, connection.cursor() as cursor:
        _empty(cursor, now)
        keys = Keys(seed)
        every = chain(tables(city, keys, openers(settings, now)), _pay(settings, city, keys, now))
        for table, columns, rows in every:
            progress(f"writing {table}")
            written[table] = _copy(cursor, table, columns, rows)
    with psycopg.connect(settings.libpq_url, autocommit=True) as connection:
        progress("gathering statistics")
        connection.execute("analyze")
    return written


def _pay(settings: Settings, city: DemoCity, keys: Keys, now: datetime) -> Iterator[Table]:
    """Contracts, and what they are paid by."""
    yield "contract", CONTRACT_COLUMNS, contracts(city, keys, settings.secret, now)
    yield "pay_standard", STANDARD_COLUMNS, standards(city, keys, now)


def write_month(settings: Settings, seed: int, now: datetime, progress: Progress) -> int:
    """A month of work in one community, told to both platforms; how many worker-days."""
    progress("writing a month of work in one community")
    engine = make_engine(settings)
    try:
        sessions = make_sessions(engine)
        with sessions.begin() as session:
            open_paused(session, now)
        return month.write(sessions, [demo.MONTH_IN], seed, now)
    finally:
        engine.dispose()


def remove(settings: Settings, now: datetime) -> None:
    """Empty every table: room for a city of one's own."""
    with psycopg.connect(settings.libpq_url) as connection, connection.cursor() as cursor:
        _empty(cursor, now)


def openers(settings: Settings, now: datetime) -> Openers:
    """Hashed and sealed once and shared: two thousand times would take minutes."""
    sealed = seal(settings.secret, second_factor.PURPOSE, TOTP_SECRET)
    return Openers(hash_password(PASSWORD), sealed, now, settings.secret)


def shown_accounts(settings: Settings) -> Sequence[DemoAccount]:
    """The first accounts of each role."""
    with psycopg.connect(settings.libpq_url, row_factory=class_row(DemoAccount)) as connection:
        return connection.execute(FIRST_OF_EACH_ROLE, {"shown": SHOWN_PER_ROLE}).fetchall()


FIRST_OF_EACH_ROLE = """
select role, phone, name, unit, second_factor from (
    select roles[1] as role, phone, account.name, unit_code || ' ' || unit.name as unit,
           totp_confirmed_at is not null as second_factor,
           row_number() over (partition by roles order by phone) as place
    from account join unit on unit.code = unit_code) numbered
where place <= %(shown)s
order by phone
"""


def _empty(cursor: Cursor[Row], now: datetime) -> None:
    """Every table of the city; handsets that knew the old one meet a new epoch."""
    names = [sql.Identifier(name) for name in Base.metadata.tables if name not in KEPT]
    cursor.execute(
        sql.SQL("truncate {} restart identity cascade").format(sql.SQL(", ").join(names))
    )
    cursor.execute("update server_epoch set epoch = %s, since = %s", (uuid7(now), now))


def _copy(cursor: Cursor[Row], table: str, columns: str, rows: Iterable[Row]) -> int:
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns.split()))
    )
    written = 0
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            written += 1
    return written
