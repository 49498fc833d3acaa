"""A month of work in the first communities of the demo city, recorded as handsets and offices do.

Nothing here is written past the commands: whatever they judge, mark and trace is judged, marked
and traced. Who does what on which date is decided by the seed.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.attendance.commands import record_check_in
from app.attendance.schemas import CheckInIn
from app.db.engine import Sessions
from app.db.models import TrackBatch
from app.demo import month_end
from app.demo import month_records as said
from app.demo.city import MONTH
from app.demo.month_events import Cast, cast_of, everyday, special, still_open
from app.demo.month_offices import Offices, morning, offices_of
from app.demo.month_people import UPLOADED_AFTER, Person, captured, people_of
from app.errands.commands import record_act
from app.incidents.sweeping import sweep
from app.kit.clock import SHANGHAI, civil_day
from app.kit.ids import uuid7
from app.outbox.emit import mark_stale
from app.patrol.batches import Columns, digest_of, packed
from app.patrol.commands import record_appointment
from app.people.calendar import Calendar
from app.people.posts import areas_on
from app.registry.collecting import record_collection
from app.rules.coordinates import ReferenceSystem
from app.tasks.notes import record_note
from app.visits.commands import record_visit
from app.visits.placing import placed_on

FIX_EVERY_S = 20
WALKS = (
    (time(8, 35), time(11, 40)),
    (time(14, 25), time(17, 10)),
    (time(18, 40), time(20, 50)),
)
ACCURACY_M = 8.0
STEP_DEGREES = 0.00011
"""About as far as one walks in twenty seconds."""


def write(sessions: Sessions, communities: Sequence[str], seed: int, now: datetime) -> int:
    """The duty dates of the last month up to yesterday, and the events that are open now; how many
    worker-days were written."""
    worked = sum(_write_community(sessions, community, seed, now) for community in communities)
    sweep(sessions, now)
    for community in communities:
        month_end.write(sessions, community, now)
    return worked


def _write_community(sessions: Sessions, community: str, seed: int, now: datetime) -> int:
    today = civil_day(now)
    with sessions() as session:
        people = list(people_of(session, community, today))
        if not people:
            return 0
        offices = offices_of(session, community)
        cast = cast_of(session, people, duty_dates(session, community, today), now)
    for day in cast.before:
        with sessions.begin() as session:
            _write_day(session, cast, offices, (day, seed))
            month_end.search_night(session, community, day)
    with sessions.begin() as session:
        still_open(session, cast, chance_of(seed, today, community))
    return len(people) * len(cast.before)


def duty_dates(session: Session, community: str, today: date) -> list[date]:
    """Those of the last month, today among them if it is one."""
    calendar = Calendar(session, today - MONTH, today)
    days = (today - timedelta(days=ago) for ago in range(MONTH.days, -1, -1))
    return [day for day in days if calendar.on_duty(community, day)]


def chance_of(*what: object) -> Random:
    """Invented, and the same for the same seed."""
    return Random(" ".join(map(str, what)))  # noqa: S311 - nothing secret hangs on it


def _write_day(session: Session, cast: Cast, offices: Offices, when: tuple[date, int]) -> None:
    day, seed = when
    for person in cast.people:
        chance = chance_of(seed, day, person.community, person.number)
        _work(session, cast, person, day, chance)
    special(session, cast, day, chance_of(seed, day, offices.lead.unit_code, "events"))
    morning(session, offices, [person.worker_id for person in cast.people], day)


def _work(session: Session, cast: Cast, person: Person, day: date, chance: Random) -> None:
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
    for found in said.incidents(places, day, chance):
        everyday(session, cast, person, found, chance)
    for at, collection in said.collections(places, day, chance):
        record_collection(session, captured(person, at), collection)
    for at, act in said.errand(day, chance):
        record_act(session, captured(person, at), act)
    for at, note in said.notes(day, chance):
        record_note(session, captured(person, at), note)


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
