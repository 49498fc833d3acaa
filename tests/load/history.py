"""A history in the database: one full date of every worker, and that date again for months before.

Earlier dates are copied by the database itself. Of their tracks one batch in six is kept, and the
times inside their paths stay those of the copied date: what boards and verdicts of the measured
date read does not change, only how much lies beside it.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import psycopg
from sqlalchemy.orm import Session

from app.db.models import CheckIn
from app.kit.clock import SHANGHAI
from app.kit.ids import uuid7
from app.patrol.batches import Columns, instant, packed
from app.rules.attendance import Verdict
from app.rules.coordinates import ReferenceSystem
from app.settings import Settings
from tests.load.bodies import BATCHES_A_DAY, FIXES, OPENS, Walk, times, walk
from tests.load.city import LoadCity, Person, key

BATCH = """
insert into track_batch (device_id, batch_id, worker_id, received_at, first_at, last_at, digest,
                         crs, path, accuracy_dm, speed_cmps, flags)
values (%s, %s, %s, %s, %s, %s, %s, 0, %s::geometry, %s::int2[], %s::int2[], null)
"""

EARLIER = (
    """
insert into track_batch
select device_id,
       (lpad(to_hex((extract(epoch from first_at - make_interval(days => ago)) * 1000)::bigint),
             12, '0')
        || substr(replace(batch_id::text, '-', ''), 13))::uuid,
       worker_id, received_at - make_interval(days => ago), first_at - make_interval(days => ago),
       last_at - make_interval(days => ago), digest, crs, path, accuracy_dm, speed_cmps, flags
from generate_series(%(first)s::int, %(last)s::int) as ago, track_batch
where first_at >= %(start)s and first_at < %(end)s
  and extract(minute from first_at)::int %% 60 < 10
""",
    """
insert into check_in
select gen_random_uuid(), worker_id, community_code, device_id,
       captured_at - make_interval(days => ago), corrected_at - make_interval(days => ago),
       received_at - make_interval(days => ago), time_proven, offset_s, lon, lat, accuracy_m,
       mocked, day - ago, "window", verdict, distance_m, because
from generate_series(%(first)s::int, %(last)s::int) as ago, check_in where day = %(day)s
""",
    """
insert into worker_day
select worker_id, day - ago, community_code, on_duty, bound, windows, windows_filled,
       windows_excused, field_verdict, total_s, morning_s, afternoon_s, off_peak_s, short, fixes,
       fixes_set_aside, because, rules_version, computed_at
from generate_series(%(first)s::int, %(last)s::int) as ago, worker_day where day = %(day)s
""",
    """
insert into board_version
select unit_code, day - ago, version
from generate_series(%(first)s::int, %(last)s::int) as ago, board_version where day = %(day)s
""",
)


def write_day(db: Session, settings: Settings, city: LoadCity, day: date) -> None:
    """The facts of one full date: 36 batches and three valid sign-ins of every worker."""
    for person in city.people:
        db.add_all(_sign_ins(person, day))
    with psycopg.connect(settings.libpq_url) as connection, connection.cursor() as cursor:
        for seed, person in enumerate(city.people):
            cursor.executemany(BATCH, list(_batches(person, walk(person, seed), day)))


def write_earlier(settings: Settings, day: date, first: int, last: int) -> None:
    """The date again, `first` to `last` days ago; statistics as a running service has them."""
    start = datetime.combine(day, time.min, SHANGHAI)
    span = {"start": start, "end": start + timedelta(days=1), "day": day}
    with psycopg.connect(settings.libpq_url, autocommit=True) as connection:
        for statement in EARLIER:
            connection.execute(statement, {**span, "first": first, "last": last})
        connection.execute("vacuum analyze")


def _batches(person: Person, walked: Walk, day: date) -> Iterator[tuple[object, ...]]:
    t_ms = times(day)
    for number in range(BATCHES_A_DAY):
        part = slice(number * FIXES, (number + 1) * FIXES)
        columns = Columns(
            t_ms[part],
            walked.lon[part],
            walked.lat[part],
            walked.accuracy[part],
            walked.speed[part],
            None,
            ReferenceSystem.WGS84,
        )
        stored, first, last = packed(columns), t_ms[part][0], t_ms[part][-1]
        assert stored.speed_cmps is not None
        yield (
            person.device_id,
            uuid7(instant(int(last))),
            person.worker_id,
            instant(int(last)),
            instant(int(first)),
            instant(int(last)),
            bytes(16),
            stored.path,
            stored.accuracy_dm.tolist(),
            stored.speed_cmps.tolist(),
        )


def _sign_ins(person: Person, day: date) -> Iterator[CheckIn]:
    for window, opens in enumerate(OPENS, 1):
        at = datetime.combine(day, opens, SHANGHAI)
        yield CheckIn(
            id=key(),
            worker_id=person.worker_id,
            community_code=person.community,
            device_id=person.device_id,
            captured_at=at,
            corrected_at=at,
            received_at=at,
            time_proven=True,
            offset_s=0.0,
            lon=person.lon,
            lat=person.lat,
            accuracy_m=12.0,
            mocked=False,
            day=day,
            window=window,
            verdict=Verdict.VALID,
            distance_m=20.0,
            because={"rule": "ATT-1", "clause": "三(一)1 “3”"},
        )
