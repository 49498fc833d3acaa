"""The workers whose month the demo tells, and records as they make them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Account, Posting, Station
from app.kit.ids import uuid7
from app.people.capture import Capture

UPLOADED_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class Person:
    """A worker of the community, with account and station."""

    worker_id: UUID
    account_id: UUID
    community: str
    station: tuple[float, float]
    number: int


def people_of(session: Session, community: str, day: date) -> Iterator[Person]:
    """The level-1 workers of a community who have an account."""
    point = session.scalars(
        select(Station.point).where(Station.community_code == community)
    ).first()
    assert point is not None
    (lon, lat), *_ = point.coords
    rows = session.execute(
        select(Posting.worker_id, Account.id)
        .join(Account, Account.worker_id == Posting.worker_id)
        .where(Posting.community_code == community, Posting.valid.contains(day))
        .order_by(Account.phone)
    )
    for number, (worker_id, account_id) in enumerate(rows):
        yield Person(worker_id, account_id, community, (lon, lat), number)


def captured(person: Person, at: datetime) -> Capture:
    """A record made at an instant and uploaded soon after, its time proven."""
    return Capture(
        id=uuid7(at),
        account_id=person.account_id,
        worker_id=person.worker_id,
        device_id=None,
        community_code=person.community,
        device_time=at,
        at=at,
        received_at=at + UPLOADED_AFTER,
        proven=True,
        offset_s=0.0,
    )
