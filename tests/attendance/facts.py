"""Sign-ins as handsets make them, for the tests of this folder."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.attendance.commands import record_check_in
from app.attendance.schemas import CheckInIn
from app.db.models import Account, Change, CheckIn, OutboxEvent, StaleDay
from app.kit.clock import SHANGHAI
from app.kit.ids import uuid7
from app.people.capture import Capture
from app.people.principal import Principal
from app.people.roles import scopes_of
from tests.city import City

WEDNESDAY = date(2026, 3, 18)
SUNDAY = date(2026, 3, 22)
GRID = "510185001001001"
"""Its worker is the one most tests are about."""


def at(clock_time: str, day: date = WEDNESDAY) -> datetime:
    """The instant at which the clocks show a time, HH:MM or HH:MM:SS."""
    return datetime.combine(day, time.fromisoformat(clock_time), SHANGHAI)


def acting(db: Session, city: City, who: str) -> Principal:
    """A worker (by grid) or an office (by role) as commands see them."""
    account = db.scalars(select(Account).where(Account.phone == city.phones[who])).one()
    return Principal(
        account_id=account.id,
        name=account.name,
        unit_code=account.unit_code,
        roles=tuple(account.roles),
        scopes=scopes_of(tuple(account.roles)),
        worker_id=account.worker_id,
        device_id=None,
        login_id=account.id,
    )


def events(db: Session) -> list[tuple[str, UUID | None]]:
    """What was done and by whom, in order; but for the steps of its approval."""
    db.flush()
    rows = db.execute(select(OutboxEvent.name, OutboxEvent.account_id).order_by(OutboxEvent.id))
    return [(name, by) for name, by in rows if not name.startswith("approval.")]


def stale_days(db: Session) -> list[date]:
    """The dates marked to be judged again, in order."""
    db.flush()
    return list(db.scalars(select(StaleDay.day).distinct().order_by(StaleDay.day)))


def last_change(db: Session) -> Change:
    """What handsets were told last."""
    db.flush()
    return db.scalars(select(Change).order_by(Change.id.desc()).limit(1)).one()


@dataclass
class Handset:
    """A worker's handset: what it sends is recorded through the command."""

    db: Session
    city: City
    grid: str = GRID
    account_id: UUID = field(init=False)

    def __post_init__(self) -> None:
        self.account_id = self.db.scalars(
            select(Account.id).where(Account.worker_id == self.worker_id)
        ).one()

    @property
    def worker_id(self) -> UUID:
        """The worker who carries it."""
        return self.city.workers[self.grid]

    def captured(
        self,
        moment: datetime,
        *,
        after: timedelta = timedelta(0),
        proven: bool = True,
        offset_s: float = 0,
        key: UUID | None = None,
    ) -> Capture:
        """A record's circumstances; `after` is how long it took to arrive."""
        return Capture(
            id=key or uuid7(moment),
            account_id=self.account_id,
            worker_id=self.worker_id,
            device_id=None,
            community_code=self.grid[:12],
            device_time=moment + timedelta(seconds=offset_s),
            at=moment,
            received_at=moment + after,
            proven=proven,
            offset_s=offset_s,
        )

    def doubtful(self, moment: datetime) -> CheckIn:
        """A sign-in at the station that needs review: unproven, an hour late."""
        return self.sign_in(self.captured(moment, after=timedelta(hours=1), proven=False))

    def at_station(self, *, north_m: float = 0, accuracy_m: float = 12) -> CheckInIn:
        """A position so many metres north of the station."""
        lon, lat = self.city.stations[self.grid[:12]]
        return CheckInIn(lon=lon, lat=lat + north_m / 110_860, accuracy_m=accuracy_m)

    def sign_in(self, capture: Capture, body: CheckInIn | None = None) -> CheckIn:
        """Record a sign-in, at the station unless said otherwise."""
        return record_check_in(self.db, capture, body or self.at_station())
