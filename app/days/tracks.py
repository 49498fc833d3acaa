"""The track of a date as GeoJSON; whoever looks at another's leaves a trace."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import numpy as np
from pydantic import ConfigDict, Field
from sqlalchemy.orm import Session

from app.days import examples
from app.days.facts import Facts, Post, facts_of, post_on
from app.days.standards import Standards
from app.days.verdicts import judge_field_with_late
from app.kit.errors import NotFound
from app.kit.schema import Out
from app.outbox.emit import emit
from app.patrol.queries import StoredBatch
from app.people.principal import Principal
from app.rules.civil import bounds_of
from app.rules.fixes import Disposition


class TrackGeometry(Out):
    """The fixes of an upload in order; a single one is a point."""

    type: Literal["LineString", "Point"]
    coordinates: list[Any]


class TrackProperties(Out):
    """One entry per fix in each list."""

    batch_id: UUID
    device_id: UUID
    received_at: datetime
    late: bool
    t: list[int] = Field(description="Milliseconds of the epoch")
    accuracy: list[float | None] = Field(description="Metres; none if it is not known")
    disposition: list[str] = Field(description="used, mocked, imprecise, superseded or teleport")


class TrackFeature(Out):
    """One upload."""

    type: Literal["Feature"]
    geometry: TrackGeometry
    properties: TrackProperties


class DayTrackOut(Out):
    """The fixes of a worker's date, WGS 84, each with what became of it (FLD-2)."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.TRACK]})

    type: Literal["FeatureCollection"]
    features: list[TrackFeature]


def track(session: Session, worker_id: UUID, day: date) -> DayTrackOut:
    """The track of a worker's date; raises NotFound where the worker has no post."""
    post = post_on(session, worker_id, day, Standards(session, [day]))
    if post is None:
        raise NotFound
    features = list(_features(post, facts_of(session, post)))
    return DayTrackOut(type="FeatureCollection", features=features)


def looked_at_track(session: Session, asker: Principal, worker_id: UUID, day: date) -> DayTrackOut:
    """The track of a worker of one's unit; the look is recorded."""
    found = track(session, worker_id, day)
    emit(
        session,
        "track.looked_at",
        by=asker.account_id,
        unit_code=asker.unit_code,
        subject=("worker", worker_id),
        day=day.isoformat(),
        batches=len(found.features),
    )
    return found


def _features(post: Post, facts: Facts) -> Iterator[TrackFeature]:
    """Dispositions are of a device's uploads together, in the order in which they were joined."""
    dispositions = judge_field_with_late(post, facts).measured.dispositions
    devices = sorted({batch.device_id for batch in facts.batches})
    for device, judged in zip(devices, dispositions, strict=True):
        position = 0
        for batch in facts.batches:
            if batch.device_id == device:
                size = len(batch.fixes)
                feature = _feature(post, facts, batch, judged[position : position + size])
                position += size
                yield from feature


def _feature(post: Post, facts: Facts, batch: StoredBatch, judged: Any) -> Iterator[TrackFeature]:
    """The fixes of an upload that lie in the date, if there are any."""
    start, end = bounds_of(post.day)
    fixes = batch.fixes
    of_the_day = np.flatnonzero((fixes.t_s >= start) & (fixes.t_s < end))
    if not len(of_the_day):
        return
    fixes, judged = fixes.taken(of_the_day), judged[of_the_day]
    line = np.column_stack((fixes.lon, fixes.lat)).round(7).tolist()
    single = len(line) == 1
    yield TrackFeature(
        type="Feature",
        geometry=TrackGeometry(
            type="Point" if single else "LineString", coordinates=line[0] if single else line
        ),
        properties=TrackProperties(
            batch_id=batch.batch_id,
            device_id=batch.device_id,
            received_at=batch.received_at,
            late=facts.counts_until is not None and batch.received_at > facts.counts_until,
            t=np.rint(fixes.t_s * 1000).astype(np.int64).tolist(),
            accuracy=[None if np.isnan(metres) else metres for metres in fixes.accuracy_m.tolist()],
            disposition=[Disposition(found).name.lower() for found in judged.tolist()],
        ),
    )
