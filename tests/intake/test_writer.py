"""The writer of tracks, where the tests of the door don't reach."""

import asyncio
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import StaleDay, TrackBatch
from app.intake.writer import BatchRow, open_writer
from app.kit import clock
from app.kit.ids import uuid7
from app.patrol.batches import Columns, digest_of, packed
from app.rules.coordinates import ReferenceSystem
from app.settings import Settings
from tests.city import City


@pytest.mark.parametrize("marked", [True, False])
def test_a_batch_is_stored_whether_or_not_it_marks_a_day(
    database: Settings, db: Session, city: City, marked: bool
) -> None:
    now = clock.now()
    columns = Columns(
        t_ms=np.array([int(now.timestamp() * 1000)], dtype=np.int64),
        lon=np.array([104.548]),
        lat=np.array([30.412]),
        accuracy_m=np.array([8.0]),
        speed_mps=None,
        flags=None,
        system=ReferenceSystem.WGS84,
    )
    row = BatchRow(
        device_id=uuid7(now),
        batch_id=uuid7(now - timedelta(seconds=1)),
        worker_id=next(iter(city.workers.values())),
        received_at=now,
        first_at=now,
        last_at=now,
        digest=digest_of(columns),
        crs=0,
        packed=packed(columns),
        stale=[(clock.civil_day(now), "510185001001")] if marked else [],
    )

    async def store() -> bool:
        async with open_writer(database) as writer:
            return (await writer.store(row)).created

    assert asyncio.run(store())
    assert db.scalars(select(TrackBatch.batch_id)).all() == [row.batch_id]
    assert len(db.scalars(select(StaleDay.id)).all()) == marked
