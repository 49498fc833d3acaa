"""Pictures: read whole within bounds, and shown without what the camera wrote into them."""

import io
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from PIL import Image

from app.media.camera import BROKEN, taken, upright
from app.media.refusals import Broken, TooManyPixels

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2048
QUALITY = 85

# We refuse by MOST_PIXELS after the header and before the pixels; Pillow's own limit only warns.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True)
class Picture:
    """A photo that could be read whole, and the picture that is served for it."""

    width: int
    height: int
    taken: dict[str, Any] | None
    shown: bytes

    @property
    def shown_sha256(self) -> str:
        """By which the served picture is kept."""
        return sha256(self.shown).hexdigest()


def read(content: bytes, media_type: str) -> Picture:
    """Read a photo of a type; raises Broken or TooManyPixels."""
    try:
        with Image.open(io.BytesIO(content), formats=[FORMATS[media_type]]) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise TooManyPixels(pixels=width * height, most=MOST_PIXELS)
            return Picture(width, height, taken(picture), _shown(picture))
    except (*BROKEN, MemoryError):
        raise Broken(filetype=media_type) from None


def _shown(picture: Image.Image) -> bytes:
    """Upright, no side longer than LONGEST_SIDE, a JPEG of nothing but the pixels."""
    turn = upright(picture)
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    plain = _opaque(picture)
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if turn is not None:
        plain = plain.transpose(turn)
    # A picture of its own: comments and profiles hang on the one that was read.
    bare = Image.new("RGB", plain.size)
    bare.paste(plain)
    written = io.BytesIO()
    bare.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def _opaque(picture: Image.Image) -> Image.Image:
    """In plain colours; what is transparent is white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    ground = Image.new("RGB", layer.size, "white")
    ground.paste(layer, mask=layer)
    return ground
