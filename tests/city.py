"""A small city for tests: two townships, three communities, six grids, one worker for each grid.

Grids are squares of about 400 m side by side; every station stands in the middle of its first grid.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from uuid import UUID

from argon2 import PasswordHasher
from chinese_calendar import is_workday
from shapely import MultiPolygon, Point, box
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import (
    Account,
    Assignment,
    Boundary,
    CalendarDay,
    Posting,
    Station,
    Unit,
    Worker,
)
from app.kit.ids import uuid7
from app.rules.divisions import tier_of
from app.rules.duty import Employment

SINCE = date(2026, 1, 1)
WEST, SOUTH = 104.547, 30.411
WIDTH, HEIGHT = 0.0042, 0.0036
PASSWORD = "correct-Horse-7-battery"
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""As ours, but cheap: thousands of tests sign in."""
COMMUNITIES = {
    "510185001001": ["510185001001001", "510185001001002", "510185001001003"],
    "510185001002": ["510185001002001", "510185001002002"],
    "510185002001": ["510185002001001"],
}
OFFICES = {
    "station_lead": "510185001001",
    "information_administrator": "510185001001",
    "township": "510185001",
    "command_centre": "510185",
    "leading_group_office": "510185",
    "finance": "510185",
    "platform": "510185",
    "auditor": "510185",
    "system_administrator": "510185",
    "security_administrator": "510185",
}


@dataclass
class City:
    """Who and what is there, by code and by role."""

    workers: dict[str, UUID] = field(default_factory=dict)
    """The first responsible worker of each grid."""
    phones: dict[str, str] = field(default_factory=dict)
    """The phone of each account: by grid code for workers, by role for offices."""
    stations: dict[str, tuple[float, float]] = field(default_factory=dict)
    """lon, lat of each community's station."""


def square(column: int) -> MultiPolygon:
    """The polygon of the grid in a column of the row."""
    west = WEST + column * WIDTH
    return MultiPolygon([box(west, SOUTH, west + WIDTH, SOUTH + HEIGHT)])


def build(db: Session) -> City:
    """Write the small city."""
    city = City()
    _calendar(db)
    for code in ["510185", "510185001", "510185002", *COMMUNITIES, *chain(*COMMUNITIES.values())]:
        parent = code[:-3] if len(code) > 6 else None
        db.add(Unit(code=code, tier=tier_of(code), name=f"单位{code}", parent_code=parent))
        db.flush()
    column = 0
    for community, grids in COMMUNITIES.items():
        first = square(column).centroid
        _station(db, city, community, first)
        west = WEST + column * WIDTH
        whole = MultiPolygon([box(west, SOUTH, west + WIDTH * len(grids), SOUTH + HEIGHT)])
        _boundary(db, community, whole)
        for grid in grids:
            _boundary(db, grid, square(column))
            _worker(db, city, grid)
            column += 1
    for number, (role, unit) in enumerate(OFFICES.items()):
        _account(db, city, role, unit, f"1880000{number:04d}", role)
    db.flush()
    return city


def _calendar(db: Session) -> None:
    day = date(2025, 12, 1)
    while day <= date(2026, 12, 31):
        db.add(CalendarDay(day=day, working=is_workday(day), source="national"))
        day += timedelta(days=1)


def _station(db: Session, city: City, community: str, point: Point) -> None:
    city.stations[community] = (point.x, point.y)
    db.add(
        Station(community_code=community, name="服务管理站", point=point, valid=Range(SINCE, None))
    )


def _boundary(db: Session, code: str, area: MultiPolygon) -> None:
    db.add(Boundary(unit_code=code, area=area, valid=Range(SINCE, None), source="test"))


def _worker(db: Session, city: City, grid: str) -> None:
    number = len(city.workers)
    worker = Worker(id=key(), name=f"网格员{number}", phone=f"1990000{number:04d}", level=1)
    db.add(worker)
    db.flush()
    city.workers[grid] = worker.id
    span = Range(SINCE, None)
    db.add(
        Posting(
            id=key(),
            worker_id=worker.id,
            community_code=grid[:12],
            employment=Employment.FULL_TIME,
            valid=span,
        )
    )
    db.add(
        Assignment(
            id=key(),
            worker_id=worker.id,
            level=1,
            grid_code=grid,
            first_responsible=True,
            valid=span,
        )
    )
    account = _account(db, city, grid, grid[:12], f"1990000{number:04d}", "worker")
    account.worker_id = worker.id


def _account(
    db: Session, city: City, key_in_city: str, unit: str, phone: str, role: str
) -> Account:
    city.phones[key_in_city] = phone
    account = Account(
        id=key(),
        phone=phone,
        name=key_in_city,
        unit_code=unit,
        roles=[role],
        password_hash=PASSWORD_HASH,
    )
    db.add(account)
    return account


def key() -> UUID:
    """A fresh key of a fixed time."""
    return uuid7(datetime(2026, 1, 1, tzinfo=UTC))
