"""What a track upload looks like, decoded by msgspec: columns, or objects for simple clients."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import numpy as np
from msgspec import Meta, Struct

from app.kit.errors import Malformed
from app.kit.ids import is_uuid7
from app.patrol.batches import Columns
from app.patrol.packing import Bytes
from app.rules.coordinates import ReferenceSystem
from app.rules.geodesy import Floats

Time = Annotated[
    int,
    Meta(ge=946_684_800_000, lt=4_102_444_800_000, description="Epoch milliseconds, 2000 to 2099"),
]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Accuracy = Annotated[float, Meta(ge=0, le=1e9, description="Metres; null if unknown")]
Speed = Annotated[float, Meta(ge=-1e6, le=1e6, description="Metres a second; null or < 0: unknown")]
Flags = Annotated[int, Meta(ge=0, le=255, description="Bits; 1: from a mocked provider")]
Count = Meta(min_length=1, max_length=1000)
COLUMNS = ("t", "lon", "lat", "accuracy", "speed", "flags")
SYSTEMS = {
    "wgs84": ReferenceSystem.WGS84,
    "gcj02": ReferenceSystem.GCJ02,
    "bd09": ReferenceSystem.BD09,
}


class Fix(Struct, forbid_unknown_fields=True, gc=False):
    """One fix of a simple client."""

    t: Time
    lon: Longitude
    lat: Latitude
    accuracy: Accuracy | None
    speed: Speed | None = None
    flags: Flags = 0


class TrackIn(Struct, forbid_unknown_fields=True):
    """One batch: either the columns `t`, `lon`, `lat`, `accuracy`, or `fixes`; never both."""

    batch_id: UUID
    crs: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
    t: Annotated[list[Time], Count] | None = None
    lon: Annotated[list[Longitude], Count] | None = None
    lat: Annotated[list[Latitude], Count] | None = None
    accuracy: Annotated[list[Accuracy | None], Count] | None = None
    speed: Annotated[list[Speed | None], Count] | None = None
    flags: Annotated[list[Flags], Count] | None = None
    fixes: Annotated[list[Fix], Count] | None = None


DECODER = msgspec.json.Decoder(TrackIn)


def decode(body: bytes) -> tuple[UUID, Columns]:
    """The batch id and the fixes of a body; raises Malformed."""
    try:
        track = DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise malformed("body", str(error)) from None
    if not is_uuid7(track.batch_id):
        raise malformed("body.batch_id", "must be a UUIDv7")
    return track.batch_id, (_of_columns(track) if track.fixes is None else _of_objects(track))


def malformed(at: str, why: str) -> Malformed:
    """A body that does not have the form, and where."""
    return Malformed(problems=[{"at": at, "why": why, "kind": "track"}])


def _of_columns(track: TrackIn) -> Columns:
    if track.t is None or track.lon is None or track.lat is None or track.accuracy is None:
        raise malformed("body", "needs t, lon, lat and accuracy, or fixes")
    columns = (track.t, track.lon, track.lat, track.accuracy, track.speed, track.flags)
    if any(column is not None and len(column) != len(track.t) for column in columns):
        raise malformed("body", "columns must have the same length")
    return Columns(
        np.array(track.t, dtype=np.int64),
        np.array(track.lon, dtype=np.float64),
        np.array(track.lat, dtype=np.float64),
        np.array(track.accuracy, dtype=np.float64),
        _floats(track.speed),
        _bytes(track.flags),
        SYSTEMS[track.crs],
    )


def _of_objects(track: TrackIn) -> Columns:
    columns = (track.t, track.lon, track.lat, track.accuracy, track.speed, track.flags)
    if track.fixes is None or any(column is not None for column in columns):
        raise malformed("body", "columns or fixes, not both")
    speeds = [fix.speed for fix in track.fixes]
    return Columns(
        np.array([fix.t for fix in track.fixes], dtype=np.int64),
        np.array([fix.lon for fix in track.fixes], dtype=np.float64),
        np.array([fix.lat for fix in track.fixes], dtype=np.float64),
        np.array([fix.accuracy for fix in track.fixes], dtype=np.float64),
        None if all(speed is None for speed in speeds) else _floats(speeds),
        _bytes([fix.flags for fix in track.fixes]),
        SYSTEMS[track.crs],
    )


def _floats(column: list[float | None] | None) -> Floats | None:
    return None if column is None else np.array(column, dtype=np.float64)


def _bytes(column: list[int] | None) -> Bytes | None:
    """Flags as bytes; a column of zeros says the same as none."""
    if column is None or not any(column):
        return None
    return np.array(column, dtype=np.uint8)


def request_schema() -> dict[str, Any]:
    """The schema of the body, as the contract shows it."""
    _, components = msgspec.json.schema_components(
        [TrackIn], ref_template="#/components/schemas/{name}"
    )
    fix = components["Fix"]
    track = components["TrackIn"]
    for column in (*COLUMNS, "fixes"):
        parts = track["properties"][column].pop("anyOf")
        track["properties"][column] |= next(part for part in parts if part != {"type": "null"})
        track["properties"][column].pop("default", None)
    track["properties"]["fixes"]["items"] = fix
    track["oneOf"] = [
        {"required": ["t", "lon", "lat", "accuracy"], "not": {"required": ["fixes"]}},
        {
            "required": ["fixes"],
            "not": {"anyOf": [{"required": [column]} for column in COLUMNS]},
        },
    ]
    track["examples"] = [EXAMPLE]
    return dict(track)


EXAMPLE: dict[str, Any] = {
    "batch_id": "0199d2f0-3c00-7a01-8b02-000000000001",
    "t": [1_772_414_400_000, 1_772_414_410_000],
    "lon": [104.5471, 104.5472],
    "lat": [30.4111, 30.4112],
    "accuracy": [6.0, 7.5],
    "speed": [1.1, 1.2],
    "crs": "wgs84",
}
