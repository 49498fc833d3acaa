"""Fixes as the bytes that PostgreSQL keeps, and back: whole columns at a time.

The path is EWKB: a line with M (epoch seconds), or a point with M for a single fix.
"""

from dataclasses import dataclass
from struct import Struct

import numpy as np
from numpy.typing import NDArray

from app.rules.geodesy import Floats

Int16s = NDArray[np.int16]
Bytes = NDArray[np.uint8]

HAS_M, HAS_SRID = 0x4000_0000, 0x2000_0000
POINT, LINE = 1, 2
LITTLE_ENDIAN = 1
WGS84 = 4326
POINT_HEADER = Struct("<BII")
LINE_HEADER = Struct("<BIII")
INT2_OID = 21
ARRAY_HEADER = Struct(">iiiii")
ELEMENT = np.dtype([("size", ">i4"), ("value", ">i2")])

MORE_DM = 32767
"""Stands for an accuracy that is unknown or beyond 3,276 m: never precise enough."""
NOTHING_DM = 5e-7
"""What a tenth of a metre may lose when it is written in binary."""
UNKNOWN_SPEED = -1
FASTEST_CMPS = 32767
MOCKED = 0b1


@dataclass(frozen=True)
class Packed:
    """The columns of one batch as they are stored."""

    path: bytes
    accuracy_dm: Int16s
    speed_cmps: Int16s | None
    flags: bytes | None


def pack_path(t_s: Floats, lon: Floats, lat: Floats) -> bytes:
    """EWKB of fixes in order."""
    rows = np.empty((len(t_s), 3), dtype="<f8")
    rows[:, 0], rows[:, 1], rows[:, 2] = lon, lat, t_s
    points = rows.tobytes()
    if len(t_s) == 1:
        return POINT_HEADER.pack(LITTLE_ENDIAN, POINT | HAS_M | HAS_SRID, WGS84) + points
    return LINE_HEADER.pack(LITTLE_ENDIAN, LINE | HAS_M | HAS_SRID, WGS84, len(t_s)) + points


def unpack_path(ewkb: bytes) -> NDArray[np.float64]:
    """Rows of lon, lat, epoch seconds from EWKB as PostGIS gives it."""
    kind = int.from_bytes(ewkb[1:5], "little") & 0xFF
    header = POINT_HEADER.size if kind == POINT else LINE_HEADER.size
    return np.frombuffer(ewkb, dtype="<f8", offset=header).reshape(-1, 3)


def pack_accuracy(accuracy_m: Floats) -> Int16s:
    """Decimetres, rounded up, so that what is too coarse in metres stays too coarse."""
    decimetres = np.ceil(accuracy_m * 10 - NOTHING_DM)
    return np.fmin(decimetres, MORE_DM).astype(np.int16)


def unpack_accuracy(accuracy_dm: Int16s) -> Floats:
    """Metres, NaN where it is not known."""
    return np.where(accuracy_dm == MORE_DM, np.nan, accuracy_dm / 10)


def pack_speed(speed_mps: Floats) -> Int16s:
    """Centimetres a second; unknown and negative speeds are one value."""
    centimetres = np.minimum(np.rint(speed_mps * 100), FASTEST_CMPS)
    return np.where(speed_mps >= 0, centimetres, UNKNOWN_SPEED).astype(np.int16)


def pack_flags(flags: Bytes) -> bytes | None:
    """One byte a fix; nothing when all are zero."""
    return flags.tobytes() if flags.any() else None


def unpack_mocked(flags: bytes | None, count: int) -> NDArray[np.bool_]:
    """Which fixes came from a mocked provider."""
    if flags is None:
        return np.zeros(count, dtype=np.bool_)
    return (np.frombuffer(flags, dtype=np.uint8) & MOCKED).astype(np.bool_)


def int2_array(values: Int16s) -> bytes:
    """A smallint[] in PostgreSQL's binary form, without a Python object for each number."""
    elements = np.empty(len(values), dtype=ELEMENT)
    elements["size"] = 2
    elements["value"] = values
    return ARRAY_HEADER.pack(1, 0, INT2_OID, len(values), 1) + elements.tobytes()
