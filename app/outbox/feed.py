"""The feed that handsets pull: changes in the order of their commits.

Neither times nor ids follow the order of commits. A change carries the id of its transaction, and
a reader sees only changes below the oldest transaction still running: what appears later always
has a higher transaction id, so nothing is ever passed over.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import BigInteger, literal_column, select, tuple_
from sqlalchemy.orm import Session

from app.db.models import Change

HORIZON = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint", BigInteger)


def horizon(session: Session) -> int:
    """The oldest transaction still running: all below it is decided."""
    return int(session.scalars(select(HORIZON)).one())


def changes_after(
    session: Session, worker_id: UUID, xid: int, change_id: int, limit: int
) -> Sequence[Change]:
    """The next decided changes of a worker after a place in the feed."""
    return session.scalars(
        select(Change)
        .where(
            Change.worker_id == worker_id,
            tuple_(Change.xid, Change.id) > (xid, change_id),
            Change.xid < HORIZON,
        )
        .order_by(Change.xid, Change.id)
        .limit(limit)
    ).all()
