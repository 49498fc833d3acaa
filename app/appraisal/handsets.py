"""Since when a worker could record anything at all: said beside the figures of a month (APR-1)."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Account, Device
from app.kit.clock import civil_day


def handsets_since(session: Session, worker_ids: Collection[UUID]) -> Mapping[UUID, date]:
    """The date on which each worker's first handset was bound; none for who never had one.

    It excuses nothing: an office sees by it that a month without records was one without a
    handset, and corrects the figures with its reason.
    """
    rows = session.execute(
        select(Account.worker_id, func.min(Device.registered_at))
        .join(Device, Device.account_id == Account.id)
        .where(Account.worker_id.in_(worker_ids))
        .group_by(Account.worker_id)
    )
    return {worker_id: civil_day(first) for worker_id, first in rows if worker_id is not None}
