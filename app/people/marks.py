"""Which worker-days the registers' changes touch, and what handsets are told of them."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db.models import Assignment, Boundary, Unit
from app.outbox.emit import publish, withdraw
from app.people.spans import starts
from app.rules.divisions import ancestors

MARK_POSTED = text("""
insert into stale_day (worker_id, day, community_code)
select posting.worker_id, dates.day::date, posting.community_code
from posting
join worker on worker.id = posting.worker_id and worker.level = 1
cross join generate_series(cast(:first as date), cast(:last as date), interval '1 day') dates(day)
where posting.valid @> dates.day::date
  and (cast(:worker as uuid) is null or posting.worker_id = :worker)
  and posting.community_code like :unit || '%'
union
select worker_id, day, community_code
from worker_day
where day between :first and :last
  and (cast(:worker as uuid) is null or worker_id = :worker)
  and community_code like :unit || '%'
""")
"""Who is posted there, and whose day was judged there when the post still was."""

RENAMED = text("""
with reached as (
    select unit_code, day from board_version
    where unit_code = any(:above) or unit_code like :unit || '%'
    order by unit_code, day
    for update
)
update board_version set version = version + 1
from reached
where board_version.unit_code = reached.unit_code and board_version.day = reached.day
""")

MARK_HOLDERS = text("""
insert into stale_day (worker_id, day, community_code)
select posting.worker_id, dates.day::date, posting.community_code
from assignment
join posting on posting.worker_id = assignment.worker_id
cross join generate_series(cast(:first as date), cast(:last as date), interval '1 day') dates(day)
where assignment.grid_code = :grid and assignment.level = 1
  and assignment.valid @> dates.day::date and posting.valid @> dates.day::date
""")


def mark_worker(session: Session, worker_id: UUID, first: date, today: date) -> None:
    """Mark a worker's days from a date to today, wherever the worker stood; none if it is later."""
    session.flush()
    session.execute(MARK_POSTED, {"first": first, "last": today, "worker": worker_id, "unit": ""})


def mark_unit(session: Session, unit_code: str, first: date, last: date) -> None:
    """Mark the days of everyone posted in a unit."""
    session.flush()
    session.execute(MARK_POSTED, {"first": first, "last": last, "worker": None, "unit": unit_code})


def renamed(session: Session, unit_code: str) -> None:
    """A name on the boards of a unit, those above and those below changed: no poller keeps it."""
    session.execute(RENAMED, {"above": list(ancestors(unit_code)), "unit": unit_code})


def mark_holders(session: Session, grid_code: str, first: date, last: date) -> None:
    """Mark the dates of every worker on which he or she holds a grid."""
    session.flush()
    session.execute(MARK_HOLDERS, {"grid": grid_code, "first": first, "last": last})


def publish_grid(session: Session, worker_id: UUID, grid_code: str) -> None:
    """Tell a worker's handsets of a grid."""
    publish(session, worker_id, "grid", grid_code, grid_shown(session, grid_code))


def grid_shown(session: Session, grid_code: str) -> dict[str, Any]:
    """A grid as handsets see it: its name and the latest version of its boundary."""
    unit = session.get_one(Unit, grid_code)
    latest = session.scalar(
        select(Boundary)
        .where(Boundary.unit_code == grid_code)
        .order_by(Boundary.valid.desc())
        .limit(1)
    )
    return {
        "code": grid_code,
        "name": unit.name,
        "boundary": latest.id if latest else None,
        "from": starts(latest.valid).isoformat() if latest else None,
    }


def publish_to_holders(session: Session, grid_code: str, day: date) -> None:
    """Tell everyone of level 1 who holds a grid on a date."""
    session.flush()
    for worker_id in holders(session, grid_code, day):
        publish_grid(session, worker_id, grid_code)


def withdraw_grid(session: Session, worker_id: UUID, grid_code: str, why: str) -> None:
    """Tell a worker's handsets that a grid is no longer theirs."""
    withdraw(session, worker_id, "grid", grid_code, why)


def holders(session: Session, grid_code: str, day: date) -> list[UUID]:
    """The workers of level 1 who hold a grid on a date."""
    return list(
        session.scalars(
            select(Assignment.worker_id).where(
                Assignment.grid_code == grid_code,
                Assignment.level == 1,
                Assignment.valid.contains(day),
            )
        )
    )
