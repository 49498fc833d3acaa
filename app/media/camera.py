"""What a camera wrote into a photo: when and where it was taken. Whatever is broken is left out."""

import math
import re
import struct
from datetime import datetime
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

BROKEN = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    Warning,
    struct.error,
)
"""All that reading a damaged or a hostile EXIF block is known to raise."""
WRITTEN = "%Y:%m:%d %H:%M:%S"
OFFSET = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d")
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
MOST_DEGREES = {GPS.GPSLatitude: 90.0, GPS.GPSLongitude: 180.0}


def taken(picture: Image.Image) -> dict[str, Any] | None:
    """`at` (camera's civil time, with its offset if it wrote one), `lon`, `lat`; None: nothing."""
    try:
        exif = picture.getexif()
        details, position = dict(exif.get_ifd(IFD.Exif)), dict(exif.get_ifd(IFD.GPSInfo))
    except BROKEN:
        return None
    at = _at(details, exif.get(Base.DateTime))
    lon = _degrees(position, GPS.GPSLongitude, GPS.GPSLongitudeRef, "W")
    lat = _degrees(position, GPS.GPSLatitude, GPS.GPSLatitudeRef, "S")
    if lon is None or lat is None:
        lon = lat = None
    return None if at is None and lon is None else {"at": at, "lon": lon, "lat": lat}


def upright(picture: Image.Image) -> Image.Transpose | None:
    """How the picture has to be turned to stand upright."""
    try:
        return TURNS.get(picture.getexif().get(Base.Orientation, 1))
    except BROKEN:
        return None


def _at(details: dict[int, Any], changed: Any) -> str | None:
    written = details.get(Base.DateTimeOriginal) or changed
    offset = str(details.get(Base.OffsetTimeOriginal) or "").strip("\x00 ")
    try:
        at = datetime.strptime(str(written).strip("\x00 "), WRITTEN)  # noqa: DTZ007 - cameras write civil time
    except ValueError:
        return None
    return at.isoformat() + (offset if OFFSET.fullmatch(offset) else "")


def _degrees(position: dict[int, Any], key: GPS, sign_key: GPS, negative: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in position[key])
        found = degrees + minutes / 60 + seconds / 3600
    except BROKEN:
        return None
    if not math.isfinite(found) or not 0 <= found <= MOST_DEGREES[key]:
        return None
    sign = -1 if str(position.get(sign_key)).strip("\x00 ").upper() == negative else 1
    return round(sign * found, 7)
