"""A city to measure: five stations of twenty workers, each with a grid of thirty corners."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Point, Polygon, box
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import (
    Account,
    Assignment,
    Boundary,
    CalendarDay,
    Device,
    Login,
    Posting,
    Station,
    Unit,
    Worker,
)
from app.kit.ids import uuid7
from app.people.tokens import issue
from app.rules.divisions import tier_of
from app.rules.duty import Employment

TOWNSHIP = "510185001"
STATIONS, WORKERS_A_STATION = 5, 20
SINCE, HISTORY_SINCE = date(2024, 1, 1), date(2024, 12, 1)
WEST, SOUTH = 104.50, 30.40
APART = 0.006
CORNERS = 30
RADIUS = 0.0025


@dataclass(frozen=True)
class Person:
    """A worker with a handset, signed in."""

    worker_id: UUID
    device_id: UUID
    login_id: UUID
    community: str
    lon: float
    lat: float


@dataclass(frozen=True)
class LoadCity:
    """Who is there."""

    people: list[Person]
    leads: dict[str, UUID]
    """The login of each station's lead, by community."""

    def station(self, community: str) -> list[Person]:
        """The workers of a community."""
        return [person for person in self.people if person.community == community]


def community_code(number: int) -> str:
    """The code of a station's community."""
    return f"{TOWNSHIP}{number + 1:03d}"


def corners(lon: float, lat: float) -> NDArray[np.float64]:
    """An uneven round of thirty corners."""
    turn = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    reach = RADIUS * (1 + 0.12 * np.cos(5 * turn))
    return np.column_stack((lon + reach * np.cos(turn), lat + 0.85 * reach * np.sin(turn)))


def build(db: Session, now: datetime) -> LoadCity:
    """Write the city, with logins as a sign-in leaves them."""
    for code in ("510185", TOWNSHIP):
        _unit(db, code)
    _calendar(db, now.date())
    people: list[Person] = []
    leads: dict[str, UUID] = {}
    for number in range(STATIONS):
        community, south = community_code(number), SOUTH + number * APART
        _unit(db, community)
        _boundary(db, community, box(WEST, south, WEST + WORKERS_A_STATION * APART, south + APART))
        point = Point(WEST + APART / 2, south + APART / 2)
        span = Range(SINCE, None)
        db.add(Station(community_code=community, name="服务管理站", point=point, valid=span))
        for place in range(WORKERS_A_STATION):
            centre = (WEST + (place + 0.5) * APART, south + APART / 2)
            people.append(_person(db, community, len(people), centre, now))
        account = _account(db, community, f"1880000{number:04d}", "station_lead", None)
        leads[community] = _login(db, account, None, now)
    db.flush()
    return LoadCity(people, leads)


def token(db: Session, secret: bytes, login_id: UUID, now: datetime) -> str:
    """An access token of a login."""
    login = db.get(Login, login_id)
    assert login is not None
    return issue(secret, login, now)[0]


def _calendar(db: Session, today: date) -> None:
    day = HISTORY_SINCE
    while day <= today + timedelta(days=2):
        db.add(CalendarDay(day=day, working=True, source="national"))
        day += timedelta(days=1)


def _unit(db: Session, code: str) -> None:
    parent = code[:-3] if len(code) > 6 else None
    db.add(Unit(code=code, tier=tier_of(code), name=f"单位{code}", parent_code=parent))
    db.flush()


def _boundary(db: Session, code: str, outline: Polygon) -> None:
    area, span = MultiPolygon([outline]), Range(SINCE, None)
    db.add(Boundary(unit_code=code, area=area, valid=span, source="load"))


def _person(
    db: Session, community: str, number: int, centre: tuple[float, float], now: datetime
) -> Person:
    grid = f"{community}{number % WORKERS_A_STATION + 1:03d}"
    _unit(db, grid)
    _boundary(db, grid, Polygon(corners(*centre)))
    phone = f"1990000{number:04d}"
    worker = Worker(id=key(), name=f"网格员{number}", phone=phone, level=1)
    db.add(worker)
    db.flush()
    span = Range(SINCE, None)
    of_worker = {"id": key(), "worker_id": worker.id, "valid": span}
    db.add(Posting(**of_worker, community_code=community, employment=Employment.FULL_TIME))
    db.add(Assignment(**of_worker, level=1, grid_code=grid, first_responsible=True))
    account = _account(db, community, phone, "worker", worker.id)
    device = Device(
        id=key(), account_id=account.id, model="load", app_version="1.0.0", registered_at=now
    )
    db.add(device)
    db.flush()
    login = _login(db, account, device.id, now)
    return Person(worker.id, device.id, login, community, *centre)


def _account(db: Session, unit: str, phone: str, role: str, worker_id: UUID | None) -> Account:
    account = Account(
        id=key(),
        phone=phone,
        name=phone,
        unit_code=unit,
        roles=[role],
        worker_id=worker_id,
        password_hash="never compared here",
    )
    db.add(account)
    db.flush()
    return account


def _login(db: Session, account: Account, device_id: UUID | None, now: datetime) -> UUID:
    login = Login(
        id=key(),
        account_id=account.id,
        device_id=device_id,
        signed_in_at=now,
        expires_at=now + timedelta(days=1),
        refresh_hash=b"",
        refreshed_at=now,
    )
    db.add(login)
    return login.id


def key() -> UUID:
    """A fresh key."""
    return uuid7(datetime(2026, 1, 1, tzinfo=UTC))
