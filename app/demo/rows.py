"""The demo city as rows for COPY; keys come from the seed, so the same seed is the same city."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from app.db.geometry import WGS84
from app.db.models.visits import WHEREABOUTS
from app.demo.city import MONTH, MONTH_IN, DemoCity
from app.demo.places import DemoPlace
from app.kit.ids import uuid7
from app.kit.schema import IN_FORCE
from app.kit.secrets import seal
from app.people import national_calendar
from app.rules.divisions import UnitTier, tier_of
from app.rules.tasks import Platform

Row = tuple[object, ...]
Table = tuple[str, str, Iterable[Row]]
SINCE = f"[{IN_FORCE.isoformat()},)"
MADE_AT = datetime(2017, 9, 1, tzinfo=UTC)
REAL_OUTLINE = "demo: real outline of the city 市界为真实数据"
ACCOUNTS = {Platform.CHENGDU: "wzl", Platform.SICHUAN: "wgh"}
"""What the names of workers' accounts begin with."""
INVENTED = "demo: invented boundary 虚构边界"


@dataclass(frozen=True)
class Keys:
    """Keys of a fixed time, decided by the seed and by what they name."""

    seed: int

    def of(self, kind: str, *parts: str) -> UUID:
        """The key of a thing."""
        digest = sha256(":".join([str(self.seed), kind, *parts]).encode()).digest()
        return uuid7(MADE_AT, digest[:10])

    def place(self, place: DemoPlace) -> UUID:
        """The key of a visit place."""
        return self.of("visit place", place.grid, str(place.serial))

    def worker(self, phone: str) -> UUID:
        """The key of a member of the corps."""
        return self.of("worker", phone)


@dataclass(frozen=True)
class Openers:
    """What opens every account of the demo: one password, and one second factor for offices."""

    password_hash: str
    sealed_secret: str
    since: datetime
    secret: bytes
    """The server's own, with which sealed columns are written."""


def tables(city: DemoCity, keys: Keys, openers: Openers) -> Iterator[Table]:
    """Each table with its columns and rows, in the order in which they refer to each other."""
    yield "calendar_day", "day working source", calendar_days()
    yield "unit", "code tier name parent_code", units(city)
    yield "boundary", "unit_code area valid source", boundaries(city)
    yield "station", "community_code name point valid", stations(city)
    yield "worker", "id name phone level category", corps(city, keys)
    yield "posting", "id worker_id community_code employment valid", postings(city, keys)
    columns = "id worker_id level grid_code first_responsible valid"
    yield "assignment", columns, assignments(city, keys)
    columns = "id phone name unit_code roles worker_id password_hash totp_secret totp_confirmed_at"
    yield "account", columns, accounts(city, keys, openers)
    columns = "id platform account worker_id valid recorded_by recorded_at"
    yield "platform_account", columns, platform_accounts(city, keys, openers.since)
    yield "visit_place", "id created_at", visit_places(city, keys, openers.since)
    columns = "id place_id grid_code whereabouts valid"
    yield "visit_place_location", columns, locations(city, keys, openers.secret)
    columns = "id place_id kind valid created_at"
    yield "visit_target", columns, targets(city, keys, openers.since)


def calendar_days() -> Iterator[Row]:
    """The national calendar as far as it is published."""
    for day, working in national_calendar.known():
        yield day, working, national_calendar.NATIONAL


def units(city: DemoCity) -> Iterator[Row]:
    """Units, parents first."""
    for unit in city.units:
        yield unit.code, unit.tier.value, unit.name, unit.parent


def boundaries(city: DemoCity) -> Iterator[Row]:
    """Boundaries, each saying whether it is invented."""
    for code, area in city.boundaries.items():
        source = REAL_OUTLINE if tier_of(code) is UnitTier.CITY else INVENTED
        yield code, ewkb(several(area)), SINCE, source


def stations(city: DemoCity) -> Iterator[Row]:
    """Stations at invented points."""
    for station in city.stations:
        yield station.community, station.name, ewkb(station.point), SINCE


def corps(city: DemoCity, keys: Keys) -> Iterator[Row]:
    """Workers of level 1, then the roster of levels 2 and 3 (ORG-3)."""
    for worker in city.workers:
        yield keys.worker(worker.phone), worker.name, worker.phone, worker.level, None
    for member in city.roster:
        category = member.category.value
        yield keys.worker(member.phone), member.name, member.phone, member.level, category


def postings(city: DemoCity, keys: Keys) -> Iterator[Row]:
    """Posts, open-ended."""
    for worker in city.workers:
        key, employment = keys.of("posting", worker.phone), worker.employment.value
        yield key, keys.worker(worker.phone), worker.community, employment, SINCE
    for member in city.roster:
        key = keys.of("posting", member.phone)
        yield key, keys.worker(member.phone), member.grid[:12], None, SINCE


def assignments(city: DemoCity, keys: Keys) -> Iterator[Row]:
    """Who holds which grid; only level 1 is first responsible (ORG-2)."""
    held = [
        (worker.phone, worker.level, grid, grid in worker.first_of)
        for worker in city.workers
        for grid in worker.grids
    ]
    held += [(member.phone, member.level, member.grid, False) for member in city.roster]
    for phone, level, grid, first in held:
        yield keys.of("assignment", phone, grid), keys.worker(phone), level, grid, first, SINCE


def accounts(city: DemoCity, keys: Keys, openers: Openers) -> Iterator[Row]:
    """An account for each worker of level 1, and one with a second factor for each office post."""
    password = openers.password_hash
    for worker in city.workers:
        key, worker_id = keys.of("account", worker.phone), keys.worker(worker.phone)
        identity = (key, worker.phone, worker.name, worker.community, ["worker"], worker_id)
        yield *identity, password, None, None
    for office in city.accounts:
        key = keys.of("account", office.phone)
        named = (key, office.phone, office.name, office.unit, [office.role], None)
        yield *named, password, openers.sealed_secret, openers.since


def platform_accounts(city: DemoCity, keys: Keys, now: datetime) -> Iterator[Row]:
    """Each worker's account at both platforms, by serial (INT-1)."""
    centre = next(office for office in city.accounts if office.role == "command_centre")
    recorded = keys.of("account", centre.phone), now
    for serial, worker in enumerate(city.workers, 1):
        worker_id = keys.worker(worker.phone)
        for platform, begins in ACCOUNTS.items():
            key = keys.of("platform account", platform.value, worker.phone)
            yield key, platform.value, f"{begins}{serial:05d}", worker_id, SINCE, *recorded


def visit_places(city: DemoCity, keys: Keys, now: datetime) -> Iterator[Row]:
    """Places, as they were registered."""
    for place in city.places:
        yield keys.place(place), registered(place, now)


def registered(place: DemoPlace, now: datetime) -> datetime:
    """When a place was entered: what had closed by then was never owed."""
    return now - MONTH if place.grid.startswith(MONTH_IN) else now


def locations(city: DemoCity, keys: Keys, secret: bytes) -> Iterator[Row]:
    """Where visit places are, sealed as the column seals."""
    for place in city.places:
        where = {"label": place.label, "lon": place.lon, "lat": place.lat}
        sealed = seal(secret, WHEREABOUTS, json.dumps(where, ensure_ascii=False))
        key = keys.of("visit place location", place.grid, str(place.serial))
        yield key, keys.place(place), place.grid, sealed, SINCE


def targets(city: DemoCity, keys: Keys, now: datetime) -> Iterator[Row]:
    """What each place owes visits for."""
    for place in city.places:
        for kind in place.kinds:
            key = keys.of("visit target", place.grid, str(place.serial), kind)
            yield key, keys.place(place), kind.value, SINCE, registered(place, now)


def several(area: Polygon) -> MultiPolygon:
    """A polygon as the column has it."""
    return MultiPolygon([area])


def ewkb(shape: BaseGeometry) -> str:
    """A shape as PostGIS reads it in COPY."""
    return str(shapely.to_wkb(shapely.set_srid(shape, WGS84), hex=True, include_srid=True))
