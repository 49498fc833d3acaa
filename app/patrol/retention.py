"""Tracks are thinned after 180 days and deleted after 2 years (rulebook part 8).

Verdicts were computed long before and stay as they are. A thinned batch keeps its digest, so that
a repeat of it is still known.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, text

from app.patrol.packing import pack_path, unpack_path
from app.patrol.partitions import partitions_ending_before

THINNED_AFTER = timedelta(days=180)
DELETED_AFTER = timedelta(days=730)
ONE_EACH_S = 60
AT_ONCE = 500

DENSE = text("""
select device_id, batch_id, path::bytea as path, accuracy_dm, speed_cmps, flags
from track_batch
where last_at < :before
  and ST_NPoints(path) > extract(epoch from last_at - first_at) / 60 + 3
order by device_id, batch_id
limit :at_once
for update skip locked
""")
"""Not thinned yet: one fix a minute, the first and the last are never more than this."""

THIN = text("""
update track_batch
set path = cast(:path as bytea)::geometry, accuracy_dm = :accuracy_dm, speed_cmps = :speed_cmps,
    flags = :flags
where device_id = :device_id and batch_id = :batch_id
""")


@dataclass(frozen=True)
class Retained:
    """What a run did."""

    dropped: list[str]
    deleted: int
    thinned: int


def thin_and_drop(connection: Connection, now: datetime) -> Retained:
    """One run, in the caller's transaction; it thins some batches at a time, so run it often."""
    limit = now - DELETED_AFTER
    dropped = [
        name
        for name in partitions_ending_before(connection, limit)
        if _drop(connection, name, limit)
    ]
    deleted = connection.execute(
        text("delete from track_batch where last_at < :limit"), {"limit": limit}
    ).rowcount
    span = {"before": now - THINNED_AFTER, "at_once": AT_ONCE}
    dense = connection.execute(DENSE, span).all()
    for row in dense:
        connection.execute(THIN, thinned(row))
    return Retained(dropped, deleted, len(dense))


def _drop(connection: Connection, name: str, limit: datetime) -> bool:
    """Drop a month unless a batch with an old id holds younger fixes."""
    younger = text(f"select exists (select from {name} where last_at >= :limit)")  # noqa: S608
    if connection.scalar(younger, {"limit": limit}):
        return False
    connection.execute(text(f"drop table {name}"))
    return True


def thinned(row: Row[Any]) -> dict[str, Any]:
    """The columns of a batch with one fix a minute, and its last."""
    columns = unpack_path(bytes(row.path))
    chosen = one_each_minute(columns[:, 2])
    speed = row.speed_cmps
    return {
        "device_id": row.device_id,
        "batch_id": row.batch_id,
        "path": pack_path(columns[chosen, 2], columns[chosen, 0], columns[chosen, 1]),
        "accuracy_dm": [row.accuracy_dm[index] for index in chosen],
        "speed_cmps": None if speed is None else [speed[index] for index in chosen],
        "flags": None if row.flags is None else bytes(row.flags[index] for index in chosen),
    }


def one_each_minute(t_s: NDArray[np.float64]) -> list[int]:
    """The first fix of every minute, and the last of all."""
    _, first = np.unique(t_s // ONE_EACH_S, return_index=True)
    return sorted({*first.tolist(), len(t_s) - 1})
