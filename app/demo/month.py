"""A month of work in the first communities of the demo city, recorded as handsets and offices do.

Nothing here is written past the commands: whatever they judge, mark and trace is judged, marked
and traced. Who does what on which date is decided by the seed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.attendance.commands import record_check_in
from app.attendance.schemas import CheckInIn
from app.db.engine import Sessions
from app.db.models import Account, Posting, Station, TrackBatch
from app.demo import month_records as said
from app.demo.city import MONTH
from app.demo.month_offices import Offices, morning, offices_of
from app.errands.commands import record_act
from app.incidents.commands import record_incident
from app.kit.clock import SHANGHAI, civil_day
from app.kit.ids import uuid7
from app.outbox.emit import mark_stale
from app.patrol.batches import Columns, digest_of, packed
from app.patrol.commands import record_appointment
from app.people.calendar import Calendar
from app.people.capture import Capture
from app.people.posts import areas_on
from app.registry.collecting import record_collection
from app.rules.coordinates import ReferenceSystem
from app.tasks.notes import record_note
from app.visits.commands import record_visit
from app.visits.placing import placed_on

UPLOADED_AFTER = timedelta(minutes=2)
FIX_EVERY_S = 20
WALKS = (
    (time(8, 35), time(11, 40)),
    (time(14, 25), time(17, 10)),
    (time(18, 40), time(20, 50)),
)
ACCURACY_M = 8.0
STEP_DEGREES = 0.00011
"""About as far as one walks in twenty seconds."""


@dataclass(frozen=True)
class Person:
    """A worker of the community, with account and station."""

    worker_id: UUID
    account_id: UUID
    community: str
    station: tuple[float, float]
    number: int


def write(sessions: Sessions, communities: Sequence[str], seed: int, now: datetime) -> int:
    """The duty dates of the last month up to yesterday; how many worker-days were written."""
    today = civil_day(now)
    with sessions() as session:
        calendar = Calendar(session, today - MONTH, today)
        people = [
            person for community in communities for person in people_of(session, community, today)
        ]
        offices = {community: offices_of(session, community) for community in communities}
    worked = 0
    for community in communities:
        of_community = [person for person in people if person.community == community]
        for day in (today - timedelta(days=ago) for ago in range(MONTH.days, 0, -1)):
            if of_community and calendar.on_duty(community, day):
                with sessions.begin() as session:
                    _write_day(session, of_community, offices[community], (day, seed))
                worked += len(of_community)
    return worked


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


def _write_day(
    session: Session, people: Sequence[Person], offices: Offices, when: tuple[date, int]
) -> None:
    day, seed = when
    for person in people:
        number = f"{seed} {day} {person.community} {person.number}"
        chance = Random(number)  # noqa: S311 - invented, and the same for the same seed
        _work(session, person, day, chance)
    morning(session, offices, [person.worker_id for person in people], day)


def _work(session: Session, person: Person, day: date, chance: Random) -> None:
    """Sign-ins, walks, visits, and what else comes up."""
    for opens in said.SIGN_INS:
        at = said.at_random(day, opens, said.WINDOW_MINUTES[opens], chance)
        body = CheckInIn(**said.beside(person.station, chance), accuracy_m=ACCURACY_M)
        record_check_in(session, captured(person, at), body)
    walk(session, person, day, chance)
    places = [
        place
        for grid in areas_on(session, person.worker_id, day)
        for place in placed_on(session, person.community, day)
        if place.grid_code == grid.grid_code
    ]
    for at, visit in said.visits(places, day, chance):
        record_visit(session, captured(person, at), visit)
    for at, appointment in said.appointments(day, chance):
        record_appointment(session, captured(person, at), appointment)
    for at, incident in said.incidents(places, day, chance):
        record_incident(session, captured(person, at), incident)
    for at, collection in said.collections(places, day, chance):
        record_collection(session, captured(person, at), collection)
    for at, act in said.errand(day, chance):
        record_act(session, captured(person, at), act)
    for at, note in said.notes(day, chance):
        record_note(session, captured(person, at), note)


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


def walk(session: Session, person: Person, day: date, chance: Random) -> None:
    """Through the grid, in the morning, the afternoon and the evening (FLD-1)."""
    areas = areas_on(session, person.worker_id, day)
    if not areas:
        return
    rng = np.random.default_rng(chance.getrandbits(32))
    middle = areas[0].area.representative_point()
    for begins, ends in WALKS:
        start = datetime.combine(day, begins, SHANGHAI).timestamp() + float(rng.integers(0, 900))
        end = datetime.combine(day, ends, SHANGHAI).timestamp() + float(rng.integers(0, 900))
        t_ms = (np.arange(start, end, FIX_EVERY_S) * 1000).astype(np.int64)
        turns = rng.uniform(0, 2 * np.pi, len(t_ms))
        # Steps of a walk that turns back to where it began keep it inside the grid.
        lon = middle.x + _returning(np.cos(turns)) * STEP_DEGREES
        lat = middle.y + _returning(np.sin(turns)) * STEP_DEGREES
        _upload(session, person, t_ms, (lon, lat))
    mark_stale(session, person.worker_id, person.community, day)


def _returning(
    steps: NDArray[np.float64],
) -> NDArray[np.float64]:
    summed = np.cumsum(steps)
    straight = np.linspace(0, summed[-1], len(summed))
    found: NDArray[np.float64] = np.clip(summed - straight, -6, 6)
    return found


def _upload(
    session: Session,
    person: Person,
    t_ms: NDArray[np.int64],
    where: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    lon, lat = where
    accuracy = np.full(len(t_ms), ACCURACY_M)
    columns = Columns(t_ms, lon, lat, accuracy, None, None, ReferenceSystem.WGS84)
    stored = packed(columns)
    first, last = (datetime.fromtimestamp(at / 1000, SHANGHAI) for at in (t_ms[0], t_ms[-1]))
    session.add(
        TrackBatch(
            device_id=person.account_id,
            batch_id=uuid7(last),
            worker_id=person.worker_id,
            received_at=last + UPLOADED_AFTER,
            first_at=first,
            last_at=last,
            digest=digest_of(columns),
            crs=0,
            path=stored.path.hex(),
            accuracy_dm=stored.accuracy_dm.tolist(),
            speed_cmps=None,
            flags=None,
        )
    )
