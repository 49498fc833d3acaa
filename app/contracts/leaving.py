"""A worker leaves: the posts, grids and group of the time after it are given up (ORG-2, ORG-5)."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Assignment, Posting
from app.outbox.emit import mark_visits
from app.people.marks import mark_worker, withdraw_grid
from app.people.memberships import release_member
from app.people.spans import cut, starts

A_DAY = timedelta(days=1)


def leave(session: Session, worker_id: UUID, first: date, by: UUID | None, today: date) -> None:
    """From a date on the worker stands nowhere; handsets are told once that date is near."""
    mark_worker(session, worker_id, first, today)
    communities = _cut_posts(session, worker_id, first)
    grids = _cut_grids(session, worker_id, first)
    if first <= today + A_DAY:
        give_up(session, worker_id, first, grids, by)
    for community in sorted(communities):
        mark_visits(session, community, first)
    mark_worker(session, worker_id, first, today)


def give_up(
    session: Session, worker_id: UUID, first: date, grids: set[str], by: UUID | None
) -> None:
    """The group goes on without the worker, whose handset forgets the grids."""
    release_member(session, worker_id, first, by)
    for grid_code in sorted(grids):
        withdraw_grid(session, worker_id, grid_code, "out_of_scope")


def _cut_posts(session: Session, worker_id: UUID, first: date) -> set[str]:
    """Posts are cut at a date, those that would begin later dropped; where they were."""
    posts = session.scalars(
        select(Posting).where(
            Posting.worker_id == worker_id, Posting.valid.overlaps(Range(first, None))
        )
    ).all()
    for post in posts:
        if starts(post.valid) >= first:
            session.delete(post)
        else:
            post.valid = cut(post.valid, first)
    session.flush()
    return {post.community_code for post in posts}


def _cut_grids(session: Session, worker_id: UUID, first: date) -> set[str]:
    """The same with grids; which they were."""
    held = session.scalars(
        select(Assignment).where(
            Assignment.worker_id == worker_id, Assignment.valid.overlaps(Range(first, None))
        )
    ).all()
    for one in held:
        if starts(one.valid) >= first:
            session.delete(one)
        else:
            one.valid = cut(one.valid, first)
    session.flush()
    return {one.grid_code for one in held}
