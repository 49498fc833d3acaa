"""A worker's tracks as they were uploaded, decoded straight into columns."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.patrol.packing import unpack_accuracy, unpack_mocked, unpack_path
from app.rules.fixes import Fixes


@dataclass(frozen=True, eq=False)
class StoredBatch:
    """One upload, or the part of it that lies in the span asked for."""

    device_id: UUID
    batch_id: UUID
    received_at: datetime
    fixes: Fixes


BATCHES = text("""
select device_id, batch_id, received_at, path::bytea as path, accuracy_dm, flags
from track_batch
where worker_id = :worker_id
  and first_at <= :until and last_at >= :since
  and (first_at >= cast(:since as timestamptz) - interval '1 day'
       or last_at - first_at > interval '1 day')
  and (cast(:received_until as timestamptz) is null or received_at <= :received_until)
order by device_id, first_at, batch_id
""")
"""Batches longer than a day are few and have their own index; the rest begin near the span."""


def batches_of(
    session: Session,
    worker_id: UUID,
    start_s: float,
    end_s: float,
    received_until: datetime | None = None,
) -> list[StoredBatch]:
    """The uploads with fixes from `start_s` to `end_s` (epoch seconds), cut to that span."""
    span = {
        "worker_id": worker_id,
        "since": datetime.fromtimestamp(start_s, UTC),
        "until": datetime.fromtimestamp(end_s, UTC),
        "received_until": received_until,
    }
    found = (_batch(row, start_s, end_s) for row in session.execute(BATCHES, span))
    return [batch for batch in found if len(batch.fixes)]


def _batch(row: Row[Any], start_s: float, end_s: float) -> StoredBatch:
    columns = unpack_path(bytes(row.path))
    fixes = Fixes(
        t_s=columns[:, 2],
        lon=columns[:, 0],
        lat=columns[:, 1],
        accuracy_m=unpack_accuracy(np.array(row.accuracy_dm, dtype=np.int16)),
        mocked=unpack_mocked(row.flags and bytes(row.flags), len(columns)),
    )
    if fixes.t_s[0] < start_s or fixes.t_s[-1] > end_s:
        fixes = fixes.taken(np.flatnonzero((fixes.t_s >= start_s) & (fixes.t_s <= end_s)))
    return StoredBatch(row.device_id, row.batch_id, row.received_at, fixes)
