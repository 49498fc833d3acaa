"""VIS-7, evidence: how long the track was near a place around a visit; shown, never required."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.rules.area import disc
from app.rules.cite import cites
from app.rules.field_time import measure
from app.rules.fixes import Fixes
from app.rules.geodesy import Position
from app.rules.intervals import clip, length_s
from app.rules.parameters import Values
from app.rules.visits import VIS_7, VISIT_RADIUS_M

AROUND = timedelta(hours=2)


def span_around(at: datetime) -> tuple[float, float]:
    """The seconds of the epoch in which a visit's track is looked at."""
    return (at - AROUND).timestamp(), (at + AROUND).timestamp()


@cites(VIS_7)
def presence_s(
    devices: Sequence[Fixes], place: Position, at: datetime, values: Values
) -> float | None:
    """The time within the visit radius from two hours before a visit to two hours after, by the
    track alone (FLD-2); None where there is no track then."""
    if not any(len(fixes) for fixes in devices):
        return None
    area = disc(place, values[VISIT_RADIUS_M])
    near = measure(devices, area, values).intervals
    return round(length_s(clip(near, *span_around(at))), 1)
