"""Photos for tests, made when they are needed."""

import io
from dataclasses import dataclass
from hashlib import sha256 as digest_of
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

ASKED = {"at": "2026-03-18T10:05:00+08:00", "lon": 104.5491, "lat": 30.4128}
"""What `photo` lets the camera write."""


@dataclass(frozen=True)
class Photo:
    """A picture as a handset sends it."""

    content: bytes
    filetype: str = "image/jpeg"

    @property
    def sha256(self) -> str:
        """Its name."""
        return digest_of(self.content).hexdigest()


def picture(size: tuple[int, int] = (64, 48), shade: int = 0) -> Image.Image:
    """Left red and right blue, with a mark in the upper left corner."""
    made = Image.new("RGB", size, (200, shade % 256, shade // 256 % 256))
    made.paste((0, 0, 200), (size[0] // 2, 0, *size))
    made.paste((255, 255, 255), (0, 0, size[0] // 4, size[1] // 4))
    return made


def photo(size: tuple[int, int] = (64, 48), shade: int = 0, turned: int = 1) -> Photo:
    """A JPEG with time, position, comment and orientation."""
    exif = Image.Exif()
    exif[Base.Orientation] = turned
    exif[Base.Make] = "Camera of a handset"
    exif.get_ifd(IFD.Exif).update(
        {Base.DateTimeOriginal: "2026:03:18 10:05:00", Base.OffsetTimeOriginal: "+08:00"}
    )
    exif.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "N",
            GPS.GPSLatitude: (30.0, 24.0, 46.08),
            GPS.GPSLongitudeRef: "E",
            GPS.GPSLongitude: (104.0, 32.0, 56.76),
        }
    )
    return encoded(picture(size, shade), "JPEG", exif=exif, comment=b"a comment", quality=90)


def encoded(made: Image.Image, kind: str, **options: Any) -> Photo:
    """A picture as a file."""
    written = io.BytesIO()
    made.save(written, kind, **options)
    return Photo(written.getvalue(), f"image/{kind.lower()}")
