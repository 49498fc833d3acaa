"""What a city's months are appraised by, beside its year of events, written set by set in SQL.

1,500 workers: a day's verdict for each date, tallies of visits, logins to both platforms, records
and samples, errands with ratings, morning meetings with who was there, checks of work clothes, a
survey of each grid.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from psycopg import Connection
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.load import event_year
from tests.load.visit_year import CITY, login

FACTS = (
    """
insert into worker_day (worker_id, day, community_code, on_duty, bound, windows, windows_filled,
                        windows_excused, field_verdict, total_s, morning_s, afternoon_s,
                        off_peak_s, short, fixes, fixes_set_aside, because, rules_version,
                        computed_at)
select worker, day, community, duty, true,
       case when duty then cast(:windows as jsonb) else '[]' end,
       case when duty then 3 else 0 end, 0,
       case when not duty then 'not_owed' when luck < 0.9 then 'met' else 'short' end,
       case when duty then 22000 else 0 end, case when duty then 8000 else 0 end,
       case when duty then 7000 else 0 end, case when duty then 7000 else 0 end,
       jsonb_build_object('total', case when duty and luck >= 0.9 then 1800 else 0 end,
                          'morning', 0, 'afternoon', 0, 'off_peak', 0),
       case when duty then 2160 else 0 end, '{}', '{}', 'load', now()
from (select held.*, day::date as day, extract(isodow from day) < 6 as duty, random() as luck
      from held, generate_series(cast(:first as date), cast(:last as date), interval '1 day') day) d
""",
    """
insert into platform_login (worker_id, platform, day, community_code, at, source, evidence,
                            recorded_at)
select worker, platform, day::date, community, day + interval '1 hour', 'station', 'load', day
from held, unnest(array['chengdu', 'sichuan']) platform,
     generate_series(cast(:first as timestamptz), cast(:last as timestamptz), interval '1 day') day
where extract(isodow from day) < 6 and random() < 0.99
""",
    "create temporary table span (kind text, many int, first date, last date)",
    """
insert into span
select 'property_guard', 1, day::date, day::date
from generate_series(cast(:first as date), cast(:last as date), interval '1 day') day
where extract(isodow from day) < 6
union all
select kind, many, day::date, day::date + 6
from generate_series(date_trunc('week', cast(:first as date)), cast(:last as date),
                     interval '7 days') day,
     (values ('rental', 2), ('special_group', 1), ('care', 2)) k (kind, many)
union all
select 'resident', 34, day::date, (day + interval '3 months')::date - 1
from generate_series(date_trunc('quarter', cast(:first as date)), cast(:last as date),
                     interval '3 months') day
""",
    """
insert into visit_tally (grid_code, kind, first_day, last_day, worker_id, owed, paid, targets,
                         visits, shared, closed, rules_version, computed_at)
select grid, kind, first, last, worker, many, (random() * many)::int,
       array(select gen_random_uuid() from generate_series(1, many)),
       array(select null::uuid from generate_series(1, many)), '{}', true, 'load', now()
from held, span
""",
    """
insert into record (id, kind, community_code, grid_code, worker_id, state, version,
                    entered_version, collected_at, submitted_at, entered_at)
select gen_random_uuid(), 'place', community, grid, worker, 'entered', 1, 1, at,
       at + interval '1 day', at + random() * interval '7 days 6 hours'
from held, generate_series(1, 240) k,
     lateral (select cast(:now as timestamptz) - k * interval '36 hours' as at) collected
""",
    """
insert into sample (id, unit_code, kind, seed, size, population, population_digest,
                    population_file, drawn_by, drawn_at, day)
select gen_random_uuid(), community, null, 'load', 15, 60, 'load', '', cast(:account as uuid),
       month + interval '9 days', month::date + 9
from (select distinct community from held) c,
     generate_series(cast(:first as timestamptz), cast(:last as timestamptz),
                     interval '1 month') month
""",
    """
insert into sample_item (sample_id, place, record_id, version, result, checked_by, checked_at)
select sample.id, row_number() over (partition by sample.id), chosen.id, 1,
       case when random() < 0.97 then 'correct' else 'wrong' end, sample.drawn_by,
       sample.drawn_at + interval '1 day'
from sample, lateral (select id from record where record.community_code = sample.unit_code
                      order by id limit 15) chosen
""",
    """
insert into errand (id, worker_id, community_code, grid_code, matter, step, rating, accepted_at,
                    changed_at, closed_day)
select gen_random_uuid(), worker, community, grid, '社保', 'rated', 3 + (random() * 2)::int, at,
       at + interval '2 days', (at + interval '2 days')::date
from held, generate_series(1, 40) k,
     lateral (select cast(:now as timestamptz) - k * interval '9 days' as at) accepted
""",
    """
insert into errand_act (id, worker_id, community_code, captured_at, corrected_at, received_at,
                        time_proven, day, errand_id, step, papers, rating)
select gen_random_uuid(), worker_id, community_code, changed_at, changed_at, changed_at, true,
       closed_day, id, 'rated', '[]', rating
from errand
""",
    """
insert into meeting (id, unit_code, kind, held_on, starts_at, subject, minutes, host_id,
                     recorded_at)
select gen_random_uuid(), community, 'morning', day::date, day + interval '40 minutes', '晨会', '',
       cast(:account as uuid), day
from (select distinct community from held) c,
     generate_series(cast(:first as timestamptz), cast(:last as timestamptz), interval '1 day') day
where extract(isodow from day) < 6
""",
    """
insert into meeting_attendance (meeting_id, worker_id, presence, recorded_by, recorded_at)
select meeting.id, worker, case when random() < 0.97 then 'present' else 'absent' end,
       host_id, starts_at
from meeting join held on held.community = meeting.unit_code
""",
    """
insert into equipment_check (id, worker_id, community_code, day, at, received_at, by_station,
                             checked_by, work_clothes, items, note, because)
select gen_random_uuid(), worker, community, day::date, day, day, true, cast(:account as uuid),
       random() > 0.02, '{}', '', '{}'
from held, generate_series(cast(:first as timestamptz), cast(:last as timestamptz),
                           interval '1 week') day
""",
    """
insert into awareness_survey (id, grid_code, conducted_on, asked, aware, method, recorded_by,
                              recorded_at)
select gen_random_uuid(), grid, cast(:month as date) + 10, 100, 88 + (random() * 12)::int,
       '随机入户', cast(:account as uuid), cast(:month as timestamptz) + interval '11 days'
from held
""",
    """
insert into pay_standard (id, kind, amount, effective_from, reason, decided_by, decided_at)
values (gen_random_uuid(), 'minimum_wage', 2330.00, cast(:since as date), 'load',
        cast(:account as uuid), cast(:first as timestamptz)),
       (gen_random_uuid(), 'performance', 1200.00, cast(:since as date), 'load',
        cast(:account as uuid), cast(:first as timestamptz))
""",
)
CLOSED_MONTH = (
    """
insert into appraisal_month (id, community_code, month, state, computed_at, workers, rules_version)
select gen_random_uuid(), community, cast(:month as date), 'open', now(), count(*), 'load'
from held group by community
""",
    """
insert into month_appraisal (worker_id, month, community_code, score, proposed, because,
                             rules_version, computed_at, result, decided_at, decided_by)
select worker, cast(:month as date), community, 88, 'pass', '{}', 'load', now(), 'pass', now(),
       cast(:account as uuid)
from held
""",
    """
update appraisal_month set state = 'closed', closed_at = now(), closed_by = cast(:account as uuid),
       confirmed_at = now(), confirmed_by = cast(:account as uuid)
where month = cast(:month as date)
""",
    """
insert into payroll (month, id, state, workers, base, performance, corrections, total, digest,
                     rules_version, computed_at)
select cast(:month as date), gen_random_uuid(), 'approved', count(*), 2330 * count(*),
       1200 * count(*), 0, 3530 * count(*), 'load', 'load', now()
from held
""",
    """
insert into pay_statement (month, worker_id, community_code, duty, employed, result, base,
                           performance, corrections, total, because)
select cast(:month as date), worker, community, 22, 22, 'pass', 2330, 1200, 0, 3530, '{}' from held
""",
    """
insert into pay_line (month, worker_id, number, kind, amount, rule, clause, because)
select cast(:month as date), worker, number, kind, amount, rule, clause, '{}'
from held, (values (1, 'base', 2330.00, 'PAY-1', '五5'),
                   (2, 'performance', 1200.00, 'PAY-2', '五3'))
           line (number, kind, amount, rule, clause)
""",
    "update payroll set state = 'closed', closed_at = now() where month = cast(:month as date)",
)
TABLES = (
    "worker_day", "platform_login", "visit_tally", "record", "sample", "sample_item", "errand",
    "errand_act", "meeting", "meeting_attendance", "equipment_check", "awareness_survey",
    "month_appraisal", "appraisal_month", "pay_statement", "pay_line",
)  # fmt: skip
WINDOWS = json.dumps(
    [{"number": number, "state": "filled", "record": None} for number in (1, 2, 3)]
)


@dataclass(frozen=True)
class MonthYear:
    """What was written, and who can look at it."""

    workers: int
    days: int
    month: date
    """The first date of the month to be appraised."""
    centre: UUID
    centre_login: UUID
    worker_login: UUID


def write(db: Session, secret: bytes, events: int, now: datetime, today: date) -> MonthYear:
    """A year up to now of all that appraisal, detection and pay rest on."""
    event_year.write(db, secret, events, now, today)
    month = month_before((today - timedelta(days=5)).replace(day=1))
    logins = _logins(db, now)
    known = {
        "since": today - timedelta(days=400),
        "first": today - timedelta(days=370),
        "last": today - timedelta(days=1),
        "now": now,
        "month": month,
        "account": logins[0],
        "windows": WINDOWS,
    }
    for statement in FACTS:
        db.execute(text(statement), known)
    counts = "select (select count(*) from held), (select count(*) from worker_day)"
    workers, days = db.execute(text(counts)).one()
    return MonthYear(workers, days, month, *logins)


def month_before(month: date) -> date:
    """The first date of the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def _logins(db: Session, now: datetime) -> tuple[UUID, UUID, UUID]:
    """The centre's account and login, and that of one worker."""
    worker, community = db.execute(text("select worker, community from held limit 1")).one()
    theirs = login(db, community, "17700000001", ["worker"], worker, now)
    ours = login(db, CITY, "18800000002", ["command_centre"], None, now)
    account = db.scalar(text("select account_id from login where id = :id"), {"id": ours})
    assert isinstance(account, UUID)
    return account, ours, theirs


def close_months_before(db: Session, year: MonthYear, months: int) -> None:
    """Closed appraisals and payrolls of the months before, as their computation gives them."""
    month = year.month
    for _ in range(months):
        month = month_before(month)
        for statement in CLOSED_MONTH:
            db.execute(text(statement), {"month": month, "account": year.centre})


def settle(connection: Connection) -> None:
    """Statistics, as autovacuum would have them by morning."""
    event_year.settle(connection)
    for table in TABLES:
        connection.execute(f"vacuum analyze {table}")
