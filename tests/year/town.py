"""Where the simulated year takes place: units, stations, calendar, people, their accounts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from chinese_calendar import is_workday
from shapely import MultiPolygon, box
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.db.models import (
    Account,
    Assignment,
    Boundary,
    CalendarDay,
    Contract,
    DutyDecision,
    Leave,
    Posting,
    Station,
    Unit,
    Worker,
)
from app.rules.divisions import tier_of
from app.rules.duty import DutyChange, Half
from app.rules.hiring import ContractOrigin, RetirementPost
from app.rules.procedures import RequestState
from tests.city import HEIGHT, PASSWORD_HASH, SOUTH, WEST, WIDTH, City
from tests.year.duty import DECLARED, EXEMPTED, FIRST, LAST, at, duty_after
from tests.year.people import COMMUNITIES, GRIDS_EACH, Person, people
from tests.year.script import ABSENCES, EMPLOYMENT

CITY = "510185"
TOWNSHIPS = ("510185001", "510185002")
BEFORE = date(2024, 12, 1)
"""The calendar begins here; postings and stations of the year's first workers too."""
BORN = date(1985, 5, 5)
RETIRES = date(2048, 5, 5)
NAMESPACE = UUID("6f3b1c1e-0000-4000-8000-000000000000")
CENTRE, CENTRE_2, OFFICE, OFFICE_2, FINANCE = "centre", "centre 2", "office", "office 2", "finance"
ROLES = {
    CENTRE: "command_centre",
    CENTRE_2: "command_centre",
    OFFICE: "leading_group_office",
    OFFICE_2: "leading_group_office",
    FINANCE: "finance",
}


@dataclass
class Town:
    """Keys of everybody; hired workers get theirs from the service."""

    workers: dict[str, UUID] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)
    """By worker, by community or township code, by office."""
    city: City = field(default_factory=City)
    """As the tests' client signs people in by it."""

    def who(self, worker_id: str) -> str:
        """A worker's short name."""
        return next(key for key, known in self.workers.items() if str(known) == worker_id)


def key_of(*what: object) -> UUID:
    """The same key for the same thing."""
    return uuid5(NAMESPACE, " ".join(map(str, what)))


def emptied(db: Session) -> None:
    """Nobody is left of whatever city was here; categories and forms stay."""
    db.execute(text("truncate unit, worker, account, calendar_day cascade"))


def build(db: Session) -> Town:
    """Write all that does not work."""
    town = Town()
    _calendar(db)
    _units(db)
    _offices(db, town)
    for person in people().values():
        if not person.hired_by_service:
            _person(db, town, person)
    db.flush()
    _decisions(db, town)
    _leaves(db, town)
    return town


def _calendar(db: Session) -> None:
    days = [BEFORE + timedelta(days=passed) for passed in range(580)]
    rows = [{"day": day, "working": is_workday(day), "source": "national"} for day in days]
    db.execute(upsert(CalendarDay).on_conflict_do_nothing(), rows)


def _units(db: Session) -> None:
    for code in [CITY, *TOWNSHIPS, *COMMUNITIES, *_grids()]:
        parent = code[:-3] if code != CITY else None
        db.add(Unit(code=code, tier=tier_of(code), name=f"单位{code}", parent_code=parent))
        db.flush()
    for row, community in enumerate(COMMUNITIES):
        squares = [_square(row, column) for column in range(GRIDS_EACH)]
        south = SOUTH + row * HEIGHT
        _boundary(db, community, box(WEST, south, WEST + WIDTH * GRIDS_EACH, south + HEIGHT))
        for column, square in enumerate(squares):
            _boundary(db, f"{community}{column + 1:03d}", square)
        point, valid = squares[0].centroid, Range(BEFORE, None)
        station = Station(community_code=community, name="服务管理站", point=point, valid=valid)
        db.add(station)
    db.flush()


def _grids() -> Iterator[str]:
    for community in COMMUNITIES:
        yield from (f"{community}{serial:03d}" for serial in range(1, GRIDS_EACH + 1))


def _square(row: int, column: int) -> BaseGeometry:
    west, south = WEST + column * WIDTH, SOUTH + row * HEIGHT
    return box(west, south, west + WIDTH, south + HEIGHT)


def _boundary(db: Session, code: str, area: BaseGeometry) -> None:
    whole = MultiPolygon([area])
    db.add(Boundary(unit_code=code, area=whole, valid=Range(BEFORE, None), source="test"))


def _offices(db: Session, town: Town) -> None:
    for community in COMMUNITIES:
        add_account(db, town, community, community, "station_lead")
    for township in TOWNSHIPS:
        add_account(db, town, township, township, "township")
    for who, role in ROLES.items():
        add_account(db, town, who, CITY, role)
    db.flush()


def add_account(
    db: Session, town: Town, who: str, unit: str, role: str, worker_id: UUID | None = None
) -> None:
    """Somebody who can sign in."""
    phone = f"1{8800000000 + len(town.accounts)}"
    account = Account(
        id=key_of("account", who),
        phone=phone,
        name=who,
        unit_code=unit,
        roles=[role],
        worker_id=worker_id,
        password_hash=PASSWORD_HASH,
    )
    db.add(account)
    town.accounts[who] = account.id
    town.city.phones[who] = phone


def _person(db: Session, town: Town, person: Person) -> None:
    worker_id = town.workers[person.key] = key_of("worker", person.key)
    db.add(Worker(id=worker_id, name=person.key, phone=f"199{worker_id.int % 10**8:08d}", level=1))
    db.flush()
    add_account(db, town, person.key, person.posts[0].community, "worker", worker_id)
    for number, post in enumerate(person.posts):
        since = BEFORE if post.first == FIRST else post.first
        until = None if post.last == LAST or person.ended_by_service else post.last
        valid = Range(since, until and until + timedelta(days=1))
        mine: dict[str, Any] = {"worker_id": worker_id, "valid": valid}
        key = key_of("post", person.key, number)
        employment = EMPLOYMENT[person.full_time]
        db.add(Posting(id=key, community_code=post.community, employment=employment, **mine))
        first = person.full_time
        db.add(Assignment(id=key, level=1, grid_code=post.grid, first_responsible=first, **mine))
    if person.full_time:
        _contract(db, town, person)


def _contract(db: Session, town: Town, person: Person) -> None:
    post = person.posts[0]
    first = BEFORE if post.first == FIRST else post.first
    db.add(
        Contract(
            id=key_of("contract", person.key),
            worker_id=town.workers[person.key],
            community_code=post.community,
            origin=ContractOrigin.EARLIER,
            signed_on=first,
            first_day=first,
            born=BORN.isoformat(),
            retirement_post=RetirementPost.MEN,
            retires_on=RETIRES,
            signed_by=town.accounts[post.community],
            recorded_at=at(first),
        )
    )


def _decisions(db: Session, town: Town) -> None:
    changes: Mapping[date, DutyChange] = {
        DECLARED: DutyChange.DECLARED,
        EXEMPTED: DutyChange.EXEMPTED,
    }
    for day, change in changes.items():
        made = {"decided_by": town.accounts[CENTRE], "decided_at": at(FIRST)}
        db.add(DutyDecision(day=day, unit_code=CITY, change=change, reason="重点时段", **made))


def _leaves(db: Session, town: Town) -> None:
    for absence in ABSENCES:
        post = people()[absence.who].post_on(absence.first)
        assert post is not None
        asked = duty_after(absence.first - timedelta(days=10), 1)
        db.add(
            Leave(
                id=key_of("leave", absence.who, absence.first),
                worker_id=town.workers[absence.who],
                community_code=post.community,
                kind=absence.kind,
                first_day=absence.first,
                first_half=Half.MORNING,
                last_day=absence.last,
                last_half=Half.AFTERNOON,
                reason="请假",
                requested_at=at(asked),
                state=RequestState.APPROVED,
                decided_by=town.accounts[post.community],
                decided_at=at(asked, "11:00"),
            )
        )


def settle(db: Session) -> None:
    """Statistics, as autovacuum would have them by morning."""
    db.execute(text("analyze"))
